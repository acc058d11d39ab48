"""Shares and odds ratios over films, with intervals that take the patient as the unit.

Films of one patient resemble each other. Only the patients' own sums enter, so nothing here grows with the number of
films, and nothing is drawn: a ratio of two sums over patients has a variance of its own (the linearised, or
cluster-robust, one; Rao and Scott, Biometrics 48:577, 1992). With one film a patient it is that of independent films.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wetread.intervals import Interval, proportion
from wetread.intervals.value import normal_quantile

__all__ = ["odds_ratio", "share"]

Ints = NDArray[np.int64]
_ROBUST = "cluster-robust over patients, normal on the log-odds"
_EXACT = "exact over patients, because none or all of the films are positive"
_FEW = "exact over patients, because only one patient is left"


def share(positive: Ints, films: Ints, *, level: float = 0.95) -> Interval | None:
    """Share of films that are positive; None where there are no films.

    Parameters
    ----------
    positive, films
        (patients,) how many positive films each has, and how many in all.
    """
    there = films > 0
    y, n = positive[there].astype(np.float64), films[there].astype(np.float64)
    patients, total = len(n), n.sum()
    if not patients:
        return None
    found = float(y.sum() / total)
    if found in (0.0, 1.0):
        exact = proportion(patients * found, patients, level=level)
        return Interval(found, exact.low, exact.high, level, _EXACT)
    if patients == 1:
        return Interval(found, 0.0, 1.0, level, _FEW)
    variance = patients / (patients - 1) * float(np.square(y - found * n).sum()) / total**2
    return _on_log_odds(found, math.sqrt(variance), level, _ROBUST)


def _on_log_odds(found: float, error: float, level: float, method: str) -> Interval:
    odds, half = math.log(found / (1 - found)), normal_quantile(level) * error / (found * (1 - found))
    return Interval(found, _sigmoid(odds - half), _sigmoid(odds + half), level, method)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def odds_ratio(both: Ints, first: Ints, second: Ints, films: Ints, *, level: float = 0.95) -> Interval | None:
    """Odds of the first where the second is, over the odds of the first where it is not.

    Parameters
    ----------
    both, first, second, films
        (patients,) films that have both, the first, the second, and all films of each.

    Returns
    -------
    None where a whole row or column is empty. Where a single cell is, one half is added to each (Haldane, Anscombe).
    """
    cells = np.stack([both, second - both, first - both, films - first - second + both]).astype(np.float64)
    a, b, c, d = cells.sum(axis=1)
    if 0 in (a + b, c + d, a + c, b + d):
        return None
    method = "cluster-robust over patients, normal on the logarithm"
    half = 0.0
    if 0 in (a, b, c, d):
        half, method = 0.5, f"{method}; one half added to each cell because a cell is 0"
    totals = np.array([a, b, c, d]) + half
    influence = (cells / totals[:, None] * np.array([[1.0], [-1.0], [-1.0], [1.0]])).sum(axis=0)
    patients = int((films > 0).sum())
    added = float((half / totals**2).sum())  # what the halves, as films of their own, would vary
    error = math.sqrt(patients / max(patients - 1, 1) * float(np.square(influence).sum()) + added)
    middle, wide = math.log(totals[0] * totals[3] / (totals[1] * totals[2])), normal_quantile(level) * error
    return Interval(math.exp(middle), _exp(middle - wide), _exp(middle + wide), level, method)


def _exp(x: float) -> float:
    return math.exp(min(max(x, -700.0), 700.0))
