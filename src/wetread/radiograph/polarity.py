"""Whether air is dark in a chest film, judged from the picture alone and never from its header.

The picture is reduced to a small standard thumbnail of ranks, and a linear rule weighs it: dark lungs beside a bright
mediastinum against the reverse. Ranks turn round when the film is inverted and stay as they are under any exposure,
gamma or window, so an inverted film has the negated score, and a film's contrast does not matter.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from wetread.radiograph.reduce import small

__all__ = ["POLARITY_BOUND", "SIDE", "polarity", "thumbnail"]

SIDE = 24
"""Rows and columns of the thumbnail."""

POLARITY_BOUND = 1.0
"""A score at or below its negative contradicts the header; a score nearer to 0 than this is unclear."""

_DIGITS = 4  # of a block's mean; 8 bits step by 0.004
_FLAT = 0.02  # a row or column that varies less than this is a border (letterbox, shutter) and not the film
_LEAST = 0.25  # a crop that would leave less than this share of a side is not believed


def polarity(pixels: NDArray[np.float32]) -> float:
    """How sure the picture of a chest film is that air is dark.

    Parameters
    ----------
    pixels
        float32, (rows, columns), 0 to 1, as a `Radiograph` holds them. Only chest films are judged: what the score
        says of other pictures means nothing.

    Returns
    -------
    float
        Positive where air is dark and bone bright, negative where the film is inverted, 0 for a flat picture.
        `polarity(1 - pixels)` is `-polarity(pixels)` up to rounding. See `POLARITY_BOUND` for what counts as sure.

    Notes
    -----
    Logistic regression without intercept on NIH ChestX-ray14 (Wang et al. 2017) and Kermany et al. 2018 films, sealed
    patients left out; `tools/fit_polarity.py` repeats the fit and its patient-wise cross-validation.
    """
    return float(np.vdot(_weights(), thumbnail(pixels)))


def thumbnail(pixels: NDArray[np.float32]) -> NDArray[np.float64]:
    """Ranks of the film's `SIDE` x `SIDE` block means, -1 for the darkest to 1 for the brightest, ties averaged.

    The film is halved to a small size first (`reduce.small`), so that a reduced copy of it has the same thumbnail; then
    flat borders are cut off. Zeros where the picture is flat.
    """
    picture = _without_borders(small(pixels).astype(np.float64))
    return _ranks(_block_means(picture))


def _without_borders(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    rows = _span(np.ptp(picture, axis=1))
    picture = picture[rows]
    return picture[:, _span(np.ptp(picture, axis=0))]


def _span(variation: NDArray[np.float64]) -> slice:
    """From the first to the last line that varies; everything where little would be left."""
    alive = np.flatnonzero(variation > _FLAT)
    if alive.size == 0 or alive[-1] - alive[0] + 1 < _LEAST * variation.size:
        return slice(None)
    return slice(int(alive[0]), int(alive[-1]) + 1)


def _block_means(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    for axis in (0, 1):
        length = picture.shape[axis]
        if length < SIDE:
            picture = np.repeat(picture, -(-SIDE // length), axis=axis)
            length = picture.shape[axis]
        edges = np.arange(SIDE) * length // SIDE
        sizes = np.diff(np.append(edges, length))
        picture = np.add.reduceat(picture, edges, axis=axis) / np.expand_dims(sizes, 1 - axis)
    return picture


def _ranks(means: NDArray[np.float64]) -> NDArray[np.float64]:
    # Rounded so that means that are equal but for float noise tie, in the film and in its inverse alike.
    _, place, count = np.unique(np.round(means.ravel(), _DIGITS), return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    middle = (2 * ends - count + 1) / 2  # average rank of each value, from 1
    rank = middle[place]
    return np.asarray((2 * rank - (means.size + 1)) / (means.size - 1)).reshape(means.shape)


@cache
def _weights() -> NDArray[np.float64]:
    with files(__package__).joinpath("polarity.npy").open("rb") as handle:
        weights: NDArray[np.float64] = np.load(handle, allow_pickle=False).astype(np.float64)
    if weights.shape != (SIDE, SIDE):
        raise ValueError(f"the weights of polarity are {SIDE} x {SIDE}, not {weights.shape}: reinstall wetread")
    weights.flags.writeable = False
    return weights
