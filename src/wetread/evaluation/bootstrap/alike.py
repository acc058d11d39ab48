"""What can be said where every resample gives the same number: none of no width, which resampling alone would print."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.evaluation.discrimination.delong import area
from wetread.evaluation.scored import Scored
from wetread.intervals import Interval, proportion

__all__ = ["exact_instead"]


def exact_instead(scored: Scored, name: str, at: float | None, value: float, level: float) -> Interval:
    """An interval for a number that no resample of patients moves.

    Shares of 0 or 1 get the exact interval (Clopper-Pearson) for as many units as patients stand in their denominator:
    films of one patient then count as one. An AUROC of 0 or 1 gets that of `delong.area`. Anything else has limits NaN.
    """
    if name == "auroc" and value in (0, 1):
        try:
            return area(scored, level=level).interval
        except DataError as error:
            return Interval(value, np.nan, np.nan, level, f"none: {error}")
    films = _denominator(scored, name, at)
    if films is None or value not in (0, 1):
        return Interval(value, np.nan, np.nan, level, "none: every resample gives the same")
    patients = int(np.unique(scored.patient[films]).size)
    exact = proportion(value * patients, patients, level=level)
    words = f"exact (Clopper-Pearson) for {patients} patients, since every resample gives the same"
    return Interval(value, exact.low, exact.high, level, words)


def _denominator(scored: Scored, name: str, at: float | None) -> NDArray[np.bool_] | None:
    """The films that a share is of; None for what is no share."""
    if name in ("sensitivity", "sensitivity_at_specificity"):
        return scored.label
    if name in ("specificity", "specificity_at_sensitivity"):
        return ~scored.label
    if name in ("prevalence", "called"):
        return np.ones(len(scored), bool)
    if name in ("ppv", "npv") and at is not None:
        called: NDArray[np.bool_] = scored.score >= at
        return called if name == "ppv" else ~called
    return None
