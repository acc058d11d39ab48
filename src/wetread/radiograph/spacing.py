"""How far apart the pixels of a film are, and a picture whose pixels are square."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from wetread.errors import DecodeError
from wetread.radiograph.decode import LARGEST, numbers
from wetread.radiograph.value import Step

__all__ = ["Spacing", "aspect", "is_square", "spacing", "square"]

Spacing = tuple[float, float]

_CLOSE = 0.01  # a ratio this near to 1 is rounding in the header, not an oblong pixel
_MOST = 4.0  # and beyond this ratio it is a mistake in the header
_PLAUSIBLE = (0.01, 10.0)  # millimetres


def spacing(dataset: Dataset) -> tuple[Spacing | None, str | None]:
    """(row, column) spacing in millimetres and the keyword it came from; (None, None) where the header does not say.

    PixelSpacing (0028,0030) is calibrated or equal to the detector's (PS3.3 10.7.1). ImagerPixelSpacing (0018,1164) is
    at the detector and divided by EstimatedRadiographicMagnificationFactor (0018,1114) where that is given (PS3.3
    C.8.11.5). NominalScannedPixelSpacing (0018,2010) is a digitised film's.
    """
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        pair = _pair(dataset, keyword)
        if pair is None:
            continue
        if keyword == "ImagerPixelSpacing":
            larger = _magnification(dataset)
            pair = (pair[0] / larger, pair[1] / larger)
        if all(_PLAUSIBLE[0] <= side <= _PLAUSIBLE[1] for side in pair):
            return pair, keyword
    return None, None


def aspect(dataset: Dataset, found: Spacing | None) -> float:
    """Height of a pixel divided by its width, from the spacing, else from PixelAspectRatio (PS3.3 C.7.6.3.1.7)."""
    ratio = found or _pair(dataset, "PixelAspectRatio") or (1.0, 1.0)
    return ratio[0] / ratio[1]


def is_square(ratio: float) -> bool:
    """Whether pixels of this height by width count as square: a ratio near 1 is rounding in the header."""
    return abs(ratio - 1) <= _CLOSE


def square(
    pixels: NDArray[np.float32], ratio: float, found: Spacing | None
) -> tuple[NDArray[np.float32], Spacing | None, Step | None]:
    """The picture stretched along its coarser side until pixels are square, its new spacing, and the step if any.

    Raises
    ------
    DecodeError
        If it would have more than `LARGEST` pixels.
    """
    if is_square(ratio):
        return pixels, found, None
    if not 1 / _MOST <= ratio <= _MOST:
        return (
            pixels,
            found,
            Step(
                "aspect-ignored",
                {"ratio": ratio, "because": f"no film has pixels more than {_MOST:g} times as long as wide"},
            ),
        )
    from PIL import Image

    rows, columns = pixels.shape
    size = (columns, round(rows * ratio)) if ratio > 1 else (round(columns / ratio), rows)
    if size[0] * size[1] > LARGEST:
        raise DecodeError(
            f"made square, the pixels would be {size[1]} x {size[0]}, which no radiograph has: the header is damaged"
        )
    stretched = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR), dtype=np.float32)
    side = None if found is None else min(found)
    return (
        np.clip(stretched, 0, 1),
        None if side is None else (side, side),
        Step("aspect", {"ratio": ratio, "rows": size[1], "columns": size[0]}),
    )


def _pair(dataset: Dataset, keyword: str) -> Spacing | None:
    """Two positive numbers, or None where they are missing or make no sense (a spacing of 0 is met)."""
    try:
        found = numbers(dataset, keyword)
    except ValueError:
        return None
    return (found[0], found[1]) if len(found) == 2 and min(found) > 0 else None


def _magnification(dataset: Dataset) -> float:
    try:
        found = numbers(dataset, "EstimatedRadiographicMagnificationFactor")
    except ValueError:
        return 1.0
    return found[0] if found and 1 <= found[0] <= 10 else 1.0
