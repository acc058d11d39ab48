"""The empirical AUROC, its interval over resampled patients, and the paired difference of two."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import DataError
from wetread.intervals.resampling import bootstrap
from wetread.intervals.value import Interval

__all__ = ["auroc", "bootstrap_auroc", "bootstrap_difference"]

Float = NDArray[np.float64]


def _checked(scores: ArrayLike, labels: ArrayLike) -> tuple[Float, NDArray[np.bool_]]:
    s = np.asarray(scores, np.float64)
    y = np.asarray(labels)
    if s.ndim != 1 or s.shape != y.shape:
        raise DataError(f"scores and labels are two lists of one length, not {s.shape} and {y.shape}")
    if not np.isfinite(s).all():
        raise DataError(f"{int((~np.isfinite(s)).sum())} scores are missing or not finite")
    if not np.isin(y, (0, 1)).all():
        raise DataError("labels are 0 or 1")
    return s, y.astype(bool)


def auroc(
    scores: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None, strata: ArrayLike | None = None
) -> Float:
    """Chance that a positive film scores above a negative one, ties counted by halves (Mann and Whitney 1947).

    Parameters
    ----------
    scores, labels
        (n,) numbers, and 0 or 1.
    weights
        (b, n) copies of each film, one row a resample; None is one row of ones.
    strata
        (n,) names; only pairs of films of one stratum are compared (Janes and Pepe, Biometrika 2009), each pair alike.

    Returns
    -------
    float64 (b,). NaN where a resample holds no pair to compare.

    Raises
    ------
    DataError
        If lengths differ, a score is not finite, or a label is neither 0 nor 1.

    >>> float(auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])[0])
    0.75
    """
    s, y = _checked(scores, labels)
    w = np.ones((1, s.size)) if weights is None else np.atleast_2d(np.asarray(weights, np.float64))
    if w.ndim != 2 or w.shape[1] != s.size:
        raise DataError(f"weights are one row of {s.size} for each resample, not {w.shape}")
    if strata is not None and np.shape(strata) != s.shape:
        raise DataError(f"strata name one group for each of {s.size} films, not {np.shape(strata)}")
    groups = np.zeros(s.size, np.int64) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    won, pairs = np.zeros(len(w)), np.zeros(len(w))
    for group in np.unique(groups):
        member = groups == group
        if y[member].any() and not y[member].all():
            more_won, more_pairs = _concordance(s[member], y[member], w[:, member])
            won, pairs = won + more_won, pairs + more_pairs
    with np.errstate(invalid="ignore"):
        ratio: Float = np.where(pairs > 0, won / np.where(pairs > 0, pairs, 1), np.nan)
    return ratio


def _concordance(s: Float, y: NDArray[np.bool_], w: Float) -> tuple[Float, Float]:
    """Weighted number of pairs that the positive wins, and of all pairs, for each row of weights."""
    order = np.argsort(s, kind="stable")
    levels = np.unique(s[order], return_index=True)[1]
    negative = np.add.reduceat(w[:, order] * ~y[order], levels, axis=1)
    positive = np.add.reduceat(w[:, order] * y[order], levels, axis=1)
    below = np.cumsum(negative, axis=1) - negative
    return (positive * (below + negative / 2)).sum(axis=1), positive.sum(axis=1) * negative.sum(axis=1)


def _one_each(patients: ArrayLike, scores: ArrayLike) -> None:
    if np.shape(patients) != np.shape(scores):
        raise DataError(f"one patient for each film: {np.shape(patients)} patients, {np.shape(scores)} films")


def bootstrap_auroc(
    scores: ArrayLike,
    labels: ArrayLike,
    patients: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """AUROC with its 95 % interval over resampled patients.

    Raises
    ------
    DataError
        As `auroc` and `bootstrap`; if there is not one patient for each film.
    """
    _one_each(patients, scores)

    def area(weights: Float) -> Float:
        return auroc(scores, labels, weights=weights, strata=strata)

    return bootstrap(area, patients, resamples=resamples, seed=seed)


def bootstrap_difference(
    first: ArrayLike,
    second: ArrayLike,
    labels: ArrayLike,
    patients: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """AUROC of `first` minus that of `second` on the same films: both are computed on each resample (paired).

    Raises
    ------
    DataError
        As `bootstrap_auroc`.
    """
    _one_each(patients, first)

    def gain(weights: Float) -> Float:
        return auroc(first, labels, weights=weights, strata=strata) - auroc(
            second, labels, weights=weights, strata=strata
        )

    return bootstrap(gain, patients, resamples=resamples, seed=seed)
