"""Burned-in letters: side markers and words that a network may read instead of the lungs.

A simple detector, made to compare groups of films, never to clear a film of text. It looks in the outer parts of the
film, where no lung is, for small shapes that rise sharply from darker ground on all sides. It is blind to dark letters, to
letters over the lungs or on bright bone, and to faint lead markers; clips, wires and the ends of tubes near the edge are
taken for letters. `tools/cohort_films.py` measures it; docs/describe.md says how it did.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["letters"]

_SIDE = 512  # pixels of the longer side at which films are looked at
_WIDEST = 19  # pixels: a wider bright shape is no stroke of a letter
_STEP = 0.2  # grey levels by which a letter rises above the ground around it
_RIM = 0.22  # share of the width at each side, and of the height at the top and bottom, where letters stand
_SOLID = 12  # pixels of the smallest shape


def letters(pixels: NDArray[np.float32]) -> int:
    """How many shapes in a picture in [0, 1] look like burned-in letters."""
    from PIL import Image
    from scipy import ndimage

    scale = _SIDE / max(pixels.shape)
    height, width = (max(1, round(side * scale)) for side in pixels.shape)
    film = np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR))
    rising = ndimage.white_tophat(film, size=(_WIDEST, _WIDEST), mode="nearest") > _STEP
    shapes, count = ndimage.label(rising, np.ones((3, 3)))
    if not count:
        return 0
    solid = np.bincount(shapes.ravel(), minlength=count + 1)
    return sum(
        _is_letter(box, int(solid[number]), film.shape)
        for number, box in enumerate(ndimage.find_objects(shapes), start=1)
    )


def _is_letter(box: tuple[slice, slice], solid: int, shape: tuple[int, ...]) -> bool:
    """Whether a shape has a letter's size, does not touch the edge of the film, and stands where no lung is."""
    (top, bottom), (left, right) = ((side.start, side.stop) for side in box)
    high, wide = bottom - top, right - left
    if not (5 <= high <= 48 and 3 <= wide <= 72 and solid >= _SOLID and solid / (high * wide) >= 0.15):
        return False
    rows, columns = shape
    if top < 2 or left < 2 or bottom > rows - 2 or right > columns - 2:
        return False
    middle, centre = (top + bottom) / 2 / rows, (left + right) / 2 / columns
    return bool(min(centre, 1 - centre) < _RIM and (middle < 0.6 or middle > 0.95))
