"""Logistic regression by maximum likelihood, on the films as they are and on every resample at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Groups", "grouped", "log_odds", "logistic", "probability"]

Float = NDArray[np.float64]
_GROUPED = 256  # from twice as many different numbers on, resamples see groups of films alike
_AT_ONCE = 4_000_000  # weights worked on at a time (32 MB)
_EDGE = 1e-7  # as wetread.calibration.logit
_STEPS = 60
_SETTLED = 1e-9


def log_odds(p: Float) -> Float:
    """Log-odds of probabilities, first kept 1e-7 away from 0 and 1."""
    clipped = np.clip(p, _EDGE, 1 - _EDGE)
    odds: Float = np.log(clipped / (1 - clipped))
    return odds


def probability(odds: Float) -> Float:
    """Probability of log-odds, without overflow at either end."""
    far = np.exp(-np.abs(odds))
    value: Float = np.where(odds >= 0, 1, far) / (1 + far)
    return value


def logistic(
    columns: Float,
    label: NDArray[np.bool_],
    weights: Float | None = None,
    *,
    offset: Float | None = None,
    start: Float | None = None,
) -> Float:
    """Coefficients of the likeliest logistic regression, one row for each row of weights.

    Parameters
    ----------
    columns
        float64 (n, k): what the log-odds are a weighted sum of; bring a column of ones for an intercept.
    label
        (n,) bool.
    weights
        (b, n) copies of each film; None is one row of ones.
    offset
        (n,) added to the log-odds, its coefficient fixed at 1.
    start
        (k,) where the search begins: the coefficients on all films, for resamples of them.

    Returns
    -------
    float64 (b, k); NaN in rows that have no likeliest coefficients (one class, or classes that a line parts).
    """
    w = np.ones((1, label.size)) if weights is None else weights
    shift = np.zeros(label.size) if offset is None else offset
    begin = np.zeros(columns.shape[1]) if start is None else start
    rows = max(1, _AT_ONCE // label.size)
    parts = [_newton(columns, shift, label, w[at : at + rows], begin) for at in range(0, len(w), rows)]
    return np.concatenate([np.empty((0, columns.shape[1])), *parts])


def _newton(columns: Float, shift: Float, label: NDArray[np.bool_], w: Float, start: Float) -> Float:
    k = columns.shape[1]
    squares = (columns[:, :, None] * columns[:, None, :]).reshape(label.size, k * k)
    beta, found, busy = np.tile(start, (len(w), 1)), np.full((len(w), k), np.nan), np.arange(len(w))
    for _ in range(_STEPS):
        p = probability(beta[busy] @ columns.T + shift)
        slope = (w[busy] * (label - p)) @ columns
        bend = ((w[busy] * p * (1 - p)) @ squares).reshape(-1, k, k)
        well = np.linalg.cond(bend) < 1e13
        busy, slope, bend = busy[well], slope[well], bend[well]
        step = np.linalg.solve(bend, slope[:, :, None])[:, :, 0]
        far = np.abs(step).max(axis=1) > 1  # near the answer Newton's step needs no check
        if far.any():
            step[far] = _shortened(beta[busy[far]], step[far], (columns, shift, label, w[busy[far]]))
        beta[busy] += step
        settled = np.abs(step).max(axis=1) <= _SETTLED * (1 + np.abs(beta[busy]).max(axis=1))
        found[busy[settled]] = beta[busy[settled]]
        busy = busy[~settled]
        if not busy.size:
            break
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Films of nearly one score and of one label put together, so that a fit on a resample needs their counts alone.

    Parameters
    ----------
    cell
        (n,) where each film is counted: 2 * group + label.
    at
        float64 (g,) the groups' mean number.
    """

    cell: NDArray[np.intp]
    at: Float

    @property
    def number(self) -> Float:
        """(2 g,) the number of each cell."""
        return np.repeat(self.at, 2)

    @property
    def label(self) -> NDArray[np.bool_]:
        """(2 g,) the label of each cell."""
        return np.tile([False, True], self.at.size)


def grouped(number: Float, label: NDArray[np.bool_]) -> Groups:
    """Group films by a number: each its own where few differ, else up to 256 groups by quantiles.

    Grouping moves a number to the mean of the 0.4 % of films around it. A fit then differs by far less than resamples do;
    it is used for how far they move, never for the estimate.
    """
    level, place = np.unique(number, return_inverse=True)
    if level.size > 2 * _GROUPED:
        edges = np.unique(np.quantile(number, np.linspace(0, 1, _GROUPED + 1)))
        place = np.unique(
            np.clip(np.searchsorted(edges, number, side="right") - 1, 0, edges.size - 2), return_inverse=True
        )[1]
        level = np.bincount(place, weights=number) / np.bincount(place)
    return Groups(2 * place + label, level)


def _shortened(beta: Float, step: Float, films: tuple[Float, Float, NDArray[np.bool_], Float]) -> Float:
    """Halve steps that make the fit worse: far from the answer Newton's step is too long."""
    before = _loss(beta, *films)
    for _ in range(12):
        worse = ~(_loss(beta + step, *films) <= before + 1e-9 * np.abs(before))
        if not worse.any():
            break
        step = np.where(worse[:, None], step / 2, step)
    return step


def _loss(beta: Float, columns: Float, shift: Float, label: NDArray[np.bool_], w: Float) -> Float:
    odds = beta @ columns.T + shift
    total: Float = (w * (np.logaddexp(0, odds) - label * odds)).sum(axis=1)
    return total
