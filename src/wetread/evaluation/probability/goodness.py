"""Tests of the hypothesis that every probability is right."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = ["Goodness", "hosmer_lemeshow", "spiegelhalter"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Goodness:
    """A statistic of a test that the probabilities are right, its degrees of freedom where it has some, and its p."""

    statistic: float
    df: int | None
    p: float
    method: str


def hosmer_lemeshow(p: Float, y: NDArray[np.bool_], *, groups: int = 10, fitted: bool = False) -> Goodness:
    """Hosmer and Lemeshow's test (1980): seen against expected in groups by quantiles of the probability.

    Parameters
    ----------
    p, y
        (n,) probabilities and labels.
    groups
        How many; quantiles that fall together make fewer.
    fitted
        True if the probabilities were fitted on these films: then groups - 2 degrees of freedom, else groups.
    """
    from scipy.stats import chi2

    edges = np.unique(np.quantile(p, np.linspace(0, 1, groups + 1)))
    place = np.clip(np.searchsorted(edges, p, side="left") - 1, 0, max(edges.size - 2, 0))
    n, seen, expected = (np.bincount(place, weights=part) for part in (np.ones(p.size), y.astype(float), p))
    n, seen, expected = n[n > 0], seen[n > 0], expected[n > 0]
    df = n.size - 2 if fitted else n.size
    how = f"Hosmer-Lemeshow, {n.size} groups by quantiles, {'fitted on these films' if fitted else 'other films than the fit'}"
    if df < 1:
        return Goodness(math.nan, None, math.nan, f"{how}: too few groups of different probability")
    off, hardest = (seen - expected) ** 2, np.minimum(expected, n - expected)
    if ((hardest <= 0) & (off > 0)).any():
        return Goodness(math.inf, df, 0.0, how)
    some = hardest > 0
    statistic = float((off[some] / expected[some] + off[some] / (n - expected)[some]).sum())
    return Goodness(statistic, df, float(chi2.sf(statistic, df)), how)


def spiegelhalter(p: Float, y: NDArray[np.bool_], patient: NDArray[np.str_] | None = None) -> Goodness:
    """Spiegelhalter's test (1986) of the Brier score: z is standard normal where every probability is right.

    Parameters
    ----------
    p, y
        (n,) probabilities and labels.
    patient
        (n,) who each film is of: then the variance is that of the patients' sums; None takes films as independent.
    """
    each = (y - p) * (1 - 2 * p)
    variance = float(((1 - 2 * p) ** 2 * p * (1 - p)).sum())
    how = "Spiegelhalter's z, films independent"
    if patient is not None:
        who = np.unique(patient, return_inverse=True)[1]
        variance, how = float((np.bincount(who, weights=each) ** 2).sum()), "Spiegelhalter's z, variance over patients"
    if variance <= 0:
        return Goodness(math.nan, None, math.nan, f"{how}: the probabilities leave nothing to chance")
    z = float(each.sum()) / math.sqrt(variance)
    return Goodness(z, None, 2 * NormalDist().cdf(-abs(z)), how)
