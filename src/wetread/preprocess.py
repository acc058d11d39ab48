"""The one road from picture to network input, for training and clinic alike.

A film keeps its aspect ratio, is fitted into the network's frame with black beside it (halved first where it is eight
times as large), and its grey levels are stretched between two of its own percentiles, so that exposure and window do not
decide a reading. What was done can be undone for points and heat: `to_source` and `heat_to_source`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError
from wetread.radiograph.reduce import halve, halvings
from wetread.radiograph.value import Radiograph

__all__ = ["InputSpec", "heat_to_source", "placement", "prepare", "prepare_pixels", "to_source"]

# Raise when the same film and specification would give other numbers.
_CONTRACT = (
    "wetread.preprocess/2: from 8 x the frame on halved 2 x 2 while at least twice the frame is left, letterbox, "
    "Pillow bilinear (antialiased), percentile stretch of the film's own content"
)

_SMALLEST = (28, 28)

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class InputSpec:
    """How a network wants its film; a bundle's card holds one.

    Parameters
    ----------
    height, width
        Size of the network's frame in pixels, multiples of 32; or 28 x 28, the size of MedMNIST's films.
    percentiles
        Grey levels at these percentiles of the film (in percent) become 0 and 1; what lies outside is clipped.
    """

    height: int = 224
    width: int = 224
    percentiles: tuple[float, float] = (1.0, 99.0)

    def __post_init__(self) -> None:
        size = (self.height, self.width)
        if size != _SMALLEST and (min(size) < 32 or self.height % 32 or self.width % 32):
            raise ConfigError(
                f"a network's frame is a multiple of 32 pixels each way, or 28 x 28, not {self.height} x {self.width}"
            )
        low, high = self.percentiles
        if not 0 <= low < high <= 100:
            raise ConfigError(f"percentiles run from low to high between 0 and 100, not {self.percentiles}")

    def sha256(self) -> str:
        """Hash of this specification and of the preprocessing contract: equal hashes, equal inputs."""
        return hashlib.sha256(json.dumps([_CONTRACT, asdict(self)], sort_keys=True).encode()).hexdigest()


def placement(rows: int, columns: int, spec: InputSpec) -> tuple[int, int, int, int]:
    """Where a film of so many rows and columns lies in the frame: top, left, height and width in pixels."""
    scale = min(spec.height / rows, spec.width / columns)
    height, width = max(1, round(rows * scale)), max(1, round(columns * scale))
    return (spec.height - height) // 2, (spec.width - width) // 2, height, width


def prepare(film: Radiograph, spec: InputSpec) -> Float:
    """Network input for a film: float32 (1, height, width), 0 to 1.

    A film that was read with this frame as `enough` gives the same as the whole film, bit for bit.

    Raises
    ------
    ValueError
        If the film was reduced for a smaller frame than this one.
    """
    left = halvings(film.shape, (spec.height, spec.width)) - (film.reduction.bit_length() - 1)
    if left < 0:
        raise ValueError(
            f"the film was read at 1/{film.reduction} of its size, too small for a frame of {spec.height} x {spec.width}: "
            "read it again with that frame as `enough`"
        )
    return _fitted(halve(film.pixels, left), film.shape, spec)


def prepare_pixels(pixels: Float, spec: InputSpec) -> Float:
    """The same for a bare picture, float32 (rows, columns) in [0, 1], which training has augmented.

    Raises
    ------
    ValueError
        If the picture is not float32 or not two-dimensional.
    """
    if pixels.dtype != np.float32 or pixels.ndim != 2:
        raise ValueError(f"a picture is float32 (rows, columns), not {pixels.dtype} {pixels.shape}")
    rows, columns = pixels.shape
    times = halvings((rows, columns), (spec.height, spec.width))
    return _fitted(halve(pixels, times), (rows, columns), spec)


def _fitted(pixels: Float, shape: tuple[int, int], spec: InputSpec) -> Float:
    """The picture of a film of this shape, halved as often as it should be, resized, stretched and set into the frame."""
    from PIL import Image  # imported where it is used: a refused film never needs it

    top, left, height, width = placement(*shape, spec)
    if pixels.shape == (height, width):
        content = pixels
    else:
        content = np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR))
    low, high = np.percentile(content, spec.percentiles)
    stretched = np.clip((content - low) / max(high - low, 1e-6), 0.0, 1.0)
    frame = np.zeros((1, spec.height, spec.width), np.float32)
    frame[0, top : top + height, left : left + width] = stretched
    return frame


def to_source(points: NDArray[np.floating], shape: tuple[int, int], spec: InputSpec) -> NDArray[np.float64]:
    """Map points of the network's frame to the film.

    Parameters
    ----------
    points
        (n, 2) of (row, column) in the frame, in pixels; the first pixel's centre is 0.
    shape
        Rows and columns of the film.

    Returns
    -------
    float64 (n, 2) of (row, column) in the film's pixels. Points beside the film map outside it.
    """
    top, left, height, width = placement(*shape, spec)
    scale = np.array([shape[0] / height, shape[1] / width])
    mapped: NDArray[np.float64] = (np.asarray(points, np.float64) + 0.5 - (top, left)) * scale - 0.5
    return mapped


def heat_to_source(
    heat: Float, shape: tuple[int, int], spec: InputSpec, *, size: tuple[int, int] | None = None
) -> Float:
    """Spread a coarse map of the network's frame over the film.

    Parameters
    ----------
    heat
        float32 (cells down, cells across), covering the whole frame.
    shape
        Rows and columns of the film.
    size
        Rows and columns to spread it over instead of the film's own, for a copy of the film in that size.

    Returns
    -------
    float32 of `size` or `shape`, bilinear between cells; what lay beside the film is cut off.
    """
    from PIL import Image

    top, left, height, width = placement(*shape, spec)
    down, across = heat.shape[0] / spec.height, heat.shape[1] / spec.width
    box = (left * across, top * down, (left + width) * across, (top + height) * down)
    rows, columns = size or shape
    spread = Image.fromarray(np.ascontiguousarray(heat, np.float32)).resize(
        (columns, rows), Image.Resampling.BILINEAR, box=box
    )
    return np.asarray(spread)
