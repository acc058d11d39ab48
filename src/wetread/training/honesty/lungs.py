"""Roughly where the lungs are, for asking what a network reads from them and what from the rest.

No film here comes with an outline of its lungs. So lungs are taken from what every frontal film shows, two large dark
areas inside the body, and where disease or a device has whitened one, from where the lungs of others lie: the mask is
the average one of many films, laid over the film's own lung field by its four edges. How much of readers' boxes it holds
says how good it is.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wetread.errors import DataError

__all__ = ["SIDE", "LungAtlas", "dark_areas"]

Float = NDArray[np.float32]
Bool = NDArray[np.bool_]

SIDE = 128
"""Rows and columns of the grid that masks are found on, laid over the whole film."""

_SMOOTH, _WIDE = 1.5, SIDE / 5
_LEVELS = range(10, 70, 6)  # percentiles of the inner film at which dark is parted from bright
_LUNG = (0.04, 0.22)  # shares of the film between which one lung lies
_EDGES = (0.02, 0.98)  # of the mask's rows and columns, so that a tail of a few cells moves no edge
_LARGEST_STRETCH = 1.35
_MARGIN = 3  # cells: the outer rim of a lung is brighter than its middle


def dark_areas(picture: Float) -> Bool | None:
    """The two large dark areas inside the body on a grid of `SIDE` x `SIDE`; None where two plausible ones are not found.

    Dark is parted from bright at many levels, on the film and on the film less its wide shades, and the level that shows
    the largest pair of plausible lungs is taken: at a lower one a lung falls apart, at a higher one it runs into the air
    around the body.

    Parameters
    ----------
    picture
        float32 (rows, columns) in [0, 1], air dark.
    """
    from scipy import ndimage

    small = np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BOX))
    smooth = ndimage.gaussian_filter(small, _SMOOTH)
    best: Bool | None = None
    for shades in (smooth, smooth - ndimage.gaussian_filter(small, _WIDE)):
        inner = shades[SIDE // 8 : -SIDE // 8, SIDE // 8 : -SIDE // 8]
        for level in np.percentile(inner, list(_LEVELS)):
            pair = _pair(shades < level)
            if pair is not None and (best is None or pair.sum() > best.sum()):
                best = pair
    return None if best is None else np.asarray(ndimage.binary_dilation(best, iterations=_MARGIN))


def _pair(dark: Bool) -> Bool | None:
    """The largest plausible dark area on either side; None unless both sides have one."""
    from scipy import ndimage

    parts, count = ndimage.label(ndimage.binary_opening(dark, iterations=2))
    if count < 2:
        return None
    rows, columns = (
        np.asarray(ndimage.mean(place, parts, range(1, count + 1))) / SIDE for place in np.mgrid[:SIDE, :SIDE]
    )
    shares = np.bincount(parts.ravel(), minlength=count + 1)[1:] / SIDE**2
    # Air around the body touches the film's edge; a lung does not, or only just.
    rim = np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
    free = np.bincount(rim, minlength=count + 1)[1:] <= SIDE // 32
    fits = free & (shares > _LUNG[0]) & (shares < _LUNG[1]) & (rows > 0.25) & (rows < 0.7)
    chosen = []
    for side in ((columns > 0.15) & (columns < 0.48), (columns > 0.52) & (columns < 0.85)):
        places = np.flatnonzero(fits & side)
        if not places.size:
            return None
        chosen.append(1 + int(places[np.argmax(shares[places])]))
    mask = ndimage.binary_closing(np.isin(parts, chosen), iterations=3)
    return np.asarray(ndimage.binary_fill_holes(mask))


class LungAtlas:
    """The average lung field of many films, and how it is laid over another.

    Parameters
    ----------
    pictures
        Films without an opacity, so that lungs are dark: float32 (rows, columns) in [0, 1].
    least
        Films whose own lung field must be found.

    Raises
    ------
    DataError
        If fewer are.
    """

    def __init__(self, pictures: Iterable[Float], *, least: int = 20) -> None:
        found = [dark_areas(picture) for picture in pictures]
        masks = [mask for mask in found if mask is not None]
        if len(masks) < least:
            raise DataError(
                f"two lungs were found on {len(masks)} of {len(found)} films, and {least} are needed: give more"
            )
        self.films, self.tried = len(masks), len(found)
        boxes = np.array([_edges(mask) for mask in masks])
        self.edges = np.median(boxes, axis=0)
        """Upper, lower, left and right edge of the average lung field, in cells."""
        laid = [_laid(mask.astype(np.float32), _edges(mask), self.edges) for mask in masks]
        self.average: Float = np.mean(laid, axis=0, dtype=np.float32)
        """Share of films with lung in each cell, once laid over each other."""

    def mask(self, picture: Float) -> tuple[Bool, bool]:
        """Where the lungs of a film are, bool (`SIDE`, `SIDE`); and whether its own lung field was found.

        What lies between and around both lungs within half of the films' fields counts as lung, and so does every dark
        area of the film's own. Where its own were not found, the average stands as it is.
        """
        own = dark_areas(picture)
        edges = self.edges
        if own is not None:
            edges = _edges(own)
            size, usual = edges[1::2] - edges[::2], self.edges[1::2] - self.edges[::2]
            # A lung half white is half found: its edges say less than those of others.
            trusted = np.repeat((size < _LARGEST_STRETCH * usual) & (size > usual / _LARGEST_STRETCH), 2)
            edges = np.where(trusted, edges, self.edges)
        shape = _laid(self.average, self.edges, edges) >= 0.5
        return (shape if own is None else shape | own), own is not None


def _edges(mask: Bool) -> NDArray[np.float64]:
    """Upper, lower, left and right edge."""
    found = []
    for axis in (1, 0):
        share = np.cumsum(mask.sum(axis=axis)) / mask.sum()
        found += [float(np.searchsorted(share, edge)) for edge in _EDGES]
    return np.array(found)


def _laid(mask: Float, edges: NDArray[np.float64], onto: NDArray[np.float64]) -> Float:
    """A mask stretched and shifted so that its edges come to lie on others."""
    from scipy import ndimage

    scale = (edges[1::2] - edges[::2]) / np.maximum(onto[1::2] - onto[::2], 1)
    offset = edges[::2] - scale * onto[::2]
    return np.asarray(ndimage.affine_transform(mask, scale, offset, order=1), np.float32)
