"""Fingerprints of films: hashes of bytes and of pixels, and a small picture that survives resizing and brightening."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError, UnreadableError

if TYPE_CHECKING:
    from wetread.radiograph import Outcome

__all__ = ["SIZE", "Prints", "coarse", "fine", "fingerprint", "read_prints", "thumbnail"]

SIZE = 64
"""Rows and columns of the small picture."""

_COARSE = 16
_FINE_SIGMA, _COARSE_SIGMA = 3.0, 1.0
_AT_ONCE = 1024


@dataclass(frozen=True, eq=False)
class Prints:
    """Fingerprints of films, in the films' order.

    Parameters
    ----------
    thumbnails
        uint8 (films, 64, 64).
    pixels_sha256, file_sha256
        SHA-256 of the decoded picture with its shape, and of the file's bytes; "" where there is none.
    """

    thumbnails: NDArray[np.uint8]
    pixels_sha256: tuple[str, ...]
    file_sha256: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse fingerprints that do not belong together."""
        if self.thumbnails.dtype != np.uint8 or self.thumbnails.shape[1:] != (SIZE, SIZE):
            raise DataError(f"small pictures are uint8 of {SIZE} x {SIZE}: found {self.thumbnails.dtype}")
        if not len(self.thumbnails) == len(self.pixels_sha256) == len(self.file_sha256):
            raise DataError("each film has a small picture and two hashes")

    def __len__(self) -> int:
        return len(self.thumbnails)


def thumbnail(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A film's small picture: uint8 (64, 64), stretched from the film's least to its greatest value.

    Parameters
    ----------
    pixels
        float32 (rows, columns), any range. The aspect ratio is not kept: copies of a film come squashed.
    """
    from PIL import Image

    small = np.asarray(Image.fromarray(pixels).resize((SIZE, SIZE), Image.Resampling.LANCZOS, reducing_gap=3.0))
    low, high = float(small.min()), float(small.max())
    return np.rint((small - low) * (255.0 / ((high - low) or 1.0))).astype(np.uint8)


def fingerprint(pixels: NDArray[np.float32]) -> tuple[NDArray[np.uint8], str]:
    """Small picture, and SHA-256 of the picture itself with its shape."""
    plain = np.ascontiguousarray(pixels, np.float32)
    return thumbnail(plain), hashlib.sha256(f"{plain.shape}".encode() + plain.tobytes()).hexdigest()


def read_prints(
    paths: Sequence[Path | str | None],
    *,
    workers: int | None = None,
    step: Callable[[], None] | None = None,
    unreadable: dict[int, UnreadableError] | None = None,
) -> Prints:
    """Fingerprints of many files, read through the same door as in the clinic, each in a guarded process.

    Parameters
    ----------
    paths
        A file for each film; None where a film has none: its small picture is blank and its hashes are "".
    workers
        Processes; by default one for each processor that this process may use.
    step
        Called after each file, for who waits.
    unreadable
        A dict that is added to: the place of a film that cannot be read, and why. Such a film then counts as one
        without a file, and whoever gave the dict tells of it.

    Raises
    ------
    DataError
        Naming the first file that cannot be read, if no dict was given: a film that nobody could compare must not pass
        for one without a twin.
    """
    thumbnails = np.zeros((len(paths), SIZE, SIZE), np.uint8)
    pixels, files = [""] * len(paths), [""] * len(paths)
    there = [place for place, path in enumerate(paths) if path is not None]
    named = [path for path in paths if path is not None]
    with closing(_outcomes(named, workers)) as outcomes:
        for place, path, outcome in zip(there, named, outcomes, strict=True):
            if outcome.film is not None:
                thumbnails[place], pixels[place] = fingerprint(outcome.film.pixels)
                files[place] = outcome.sha256
            else:
                error = outcome.error or UnreadableError("there is no picture in it")
                if unreadable is None:
                    raise DataError(
                        f"{path} cannot be read: {error}; each film is needed to look for copies"
                    ) from error
                unreadable[place] = error
            if step is not None:
                step()
    return Prints(thumbnails, tuple(pixels), tuple(files))


def _outcomes(paths: Sequence[Path | str], workers: int | None) -> Generator[Outcome]:
    from wetread.radiograph import read_many

    if paths:  # no worker is started for nothing
        yield from read_many(paths, workers=workers)


def fine(thumbnails: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What two films are compared by: float32 (films, 4096), each of length 1, or 0 for a blank one.

    Grey values become ranks, so that no change of brightness or contrast that keeps their order matters; what is smooth
    is taken away, since the shape of a chest is common to all.
    """
    return _unit(_sharp(_ranks(thumbnails), _FINE_SIGMA))


def coarse(thumbnails: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The same at 16 x 16, to find the few pairs that are worth a closer look: float32 (films, 256)."""
    parts = [np.empty((0, _COARSE**2), np.float32)]
    for some in _blocks(thumbnails):
        step = SIZE // _COARSE
        small = _ranks(some).reshape(len(some), _COARSE, step, _COARSE, step).mean((2, 4))
        parts.append(_unit(_sharp(small, _COARSE_SIGMA)))
    return np.concatenate(parts)


def _blocks(thumbnails: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    for start in range(0, len(thumbnails), _AT_ONCE):
        yield thumbnails[start : start + _AT_ONCE]


def _ranks(thumbnails: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Share of the picture that is darker, equal values counting half."""
    films = len(thumbnails)
    flat = thumbnails.reshape(films, -1).astype(np.int64)
    counts = np.bincount((flat + 256 * np.arange(films)[:, None]).ravel(), minlength=256 * films).reshape(films, 256)
    below = (np.cumsum(counts, axis=1) - 0.5 * counts) / max(flat.shape[1], 1)
    ranks: NDArray[np.float32] = np.take_along_axis(below, flat, axis=1).astype(np.float32).reshape(thumbnails.shape)
    return ranks


def _sharp(pictures: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    from scipy.ndimage import gaussian_filter

    smooth: NDArray[np.float32] = gaussian_filter(pictures, (0, sigma, sigma), mode="nearest")
    return pictures - smooth


def _unit(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    flat = pictures.reshape(len(pictures), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.where(length > 1e-3, flat / np.maximum(length, 1e-3), 0).astype(np.float32)
