"""What each film's pixels say that is no finding: grey levels, exposure, sharpness, borders, burned-in letters.

Every film comes through the product's own door (`wetread.radiograph`), in guarded worker processes, and is measured
twice: as it came, and as a network would see it (`wetread.preprocess`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wetread.cohort.markers import letters
from wetread.cohort.shortcuts import crude_statistics
from wetread.errors import DataError
from wetread.preprocess import InputSpec, prepare, to_source
from wetread.radiograph import Radiograph, read_many
from wetread.truth.fingerprints import fingerprint

__all__ = ["LEVELS", "QUALITIES", "Pixels", "measure"]

Float = NDArray[np.float64]

LEVELS = 64
"""Bins of a profile, from 0 (air) to 1 (bone)."""
QUALITIES = ("median grey", "contrast", "black share", "white share", "sharpness", "border", "letters")
_SPEC = InputSpec(256, 256)
_FLAT = 0.02  # grey levels within which a margin is a border and no anatomy


@dataclass(frozen=True)
class Pixels:
    """Measurements of the films of a table that could be read; rows in the table's order.

    Parameters
    ----------
    rows
        (k,) the row of the table that each measured film stands in.
    as_filed, as_input
        (k, 64) share of the film's pixels at each grey level, from the door and as network input; float32, sums 1.
    crude
        (k, 9) `crude_statistics`.
    quality
        (k, 7) in order of `QUALITIES`: the median and the standard deviation of the grey levels; shares of pixels at the
        ends of the range (below 0.01, above 0.99); the typical step between neighbours of the network's input, against
        its contrast; the share of the picture that is flat margin; the number of things that look like burned-in letters.
    pictures
        (k,) SHA-256 of size and pixels: equal only for films that are the same to the last grey level.
    thumbnails
        (k, 64, 64) uint8, by which near copies are found (`wetread.truth.fingerprints`).
    unreadable
        Films with a file that could not be read, by error code.
    without_file
        Films whose table says no file.
    """

    rows: NDArray[np.int64]
    as_filed: NDArray[np.float32]
    as_input: NDArray[np.float32]
    crude: Float
    quality: Float
    pictures: tuple[str, ...]
    thumbnails: NDArray[np.uint8]
    unreadable: dict[str, int]
    without_file: int

    def __len__(self) -> int:
        return len(self.rows)


def measure(
    table: pl.DataFrame, *, root: Path | None = None, workers: int | None = None,
    step: Callable[[], None] | None = None,
) -> Pixels:  # fmt: skip
    """Read and measure every film of a table that has a file.

    Parameters
    ----------
    table
        With the column `path`.
    root
        Where relative paths begin.
    workers
        Processes; by default one for each processor.
    step
        Called after each film, for who waits.

    Raises
    ------
    DataError
        If the table names no file, or none of them can be read.
    """
    if "path" not in table.columns or table["path"].null_count() == table.height:
        raise DataError("no film of this table has a file: give the folder of images, or describe the metadata alone")
    rows = np.flatnonzero(table["path"].is_not_null().to_numpy())
    paths = [Path(root or "", name) for name in table["path"].drop_nulls().to_list()]
    kept: list[int] = []
    found: list[_Measured] = []
    unreadable: dict[str, int] = {}
    outcomes = read_many(paths, enough=(_SPEC.height, _SPEC.width), workers=workers)
    for row, outcome in zip(rows.tolist(), outcomes, strict=True):
        if outcome.film is not None:
            kept.append(row)
            found.append(_measured(outcome.film))
        else:
            code = outcome.error.code if outcome.error is not None else "not-read"
            unreadable[code] = unreadable.get(code, 0) + 1
        if step is not None:
            step()
    if not kept:
        raise DataError(
            f"none of the {len(paths)} files could be read ({', '.join(sorted(unreadable))}): "
            "check the folder of images"
        )
    return Pixels(
        rows=np.array(kept), as_filed=np.stack([film.as_filed for film in found]),
        as_input=np.stack([film.as_input for film in found]), crude=np.stack([film.crude for film in found]),
        quality=np.array([film.quality for film in found]), pictures=tuple(film.picture for film in found),
        thumbnails=np.stack([film.thumbnail for film in found]),
        unreadable=dict(sorted(unreadable.items())), without_file=table.height - len(paths),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Measured:
    as_filed: NDArray[np.float32]
    as_input: NDArray[np.float32]
    crude: Float
    quality: tuple[float, ...]
    picture: str
    thumbnail: NDArray[np.uint8]


def _measured(film: Radiograph) -> _Measured:
    pixels, seen = film.pixels, _content(film)
    small, picture = fingerprint(pixels)
    return _Measured(
        as_filed=_profile(pixels),
        as_input=_profile(seen),
        crude=crude_statistics(pixels),
        quality=(
            float(np.median(pixels)), float(pixels.std()), float((pixels < 0.01).mean()), float((pixels > 0.99).mean()),
            _sharpness(seen), _border(pixels), float(letters(pixels)),
        ),
        picture=picture,
        thumbnail=small,
    )  # fmt: skip


def _content(film: Radiograph) -> NDArray[np.float32]:
    """The network's input without the black beside the film."""
    frame = prepare(film, _SPEC)[0]
    corners = np.arange(max(frame.shape), dtype=np.float64)
    at = to_source(np.stack([corners, corners], axis=1), film.shape, _SPEC)
    inside = (at > -0.5) & (at < np.array(film.shape) - 0.5)
    content: NDArray[np.float32] = frame[np.ix_(inside[:, 0], inside[:, 1])]
    return content


def _profile(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    place = np.minimum((pixels * LEVELS).astype(np.int64), LEVELS - 1)
    return (np.bincount(place.ravel(), minlength=LEVELS) / place.size).astype(np.float32)


def _sharpness(pixels: NDArray[np.float32]) -> float:
    """Root mean square of the Laplacian over the standard deviation: fine detail against all contrast."""
    middle = pixels[1:-1, 1:-1]
    laplacian = pixels[:-2, 1:-1] + pixels[2:, 1:-1] + pixels[1:-1, :-2] + pixels[1:-1, 2:] - 4 * middle
    return float(np.sqrt(np.square(laplacian).mean()) / max(float(pixels.std()), 1e-6))


def _border(pixels: NDArray[np.float32]) -> float:
    """Share of the picture in flat rows and columns that reach in from its edges."""
    rows, columns = pixels.shape
    down = _inner(np.percentile(pixels, 95, axis=1) - np.percentile(pixels, 5, axis=1) < _FLAT)
    across = _inner(np.percentile(pixels, 95, axis=0) - np.percentile(pixels, 5, axis=0) < _FLAT)
    return float(1 - down * across / (rows * columns))


def _inner(flat: NDArray[np.bool_]) -> int:
    """How many lines are left when flat ones are taken away from both ends."""
    lively = np.flatnonzero(~flat)
    return int(lively[-1] - lively[0] + 1) if lively.size else 0
