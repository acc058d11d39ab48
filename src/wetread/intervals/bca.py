"""Bias-corrected and accelerated intervals, from resamples and a jackknife (Efron, J Am Stat Assoc 1987)."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import DataError
from wetread.intervals.resampling import percentile_interval
from wetread.intervals.value import Interval

__all__ = ["bca_interval", "jackknife"]

Float = NDArray[np.float64]
_AT_ONCE = 4_000_000  # weights held in memory at a time (32 MB)


def bca_interval(value: float, resampled: ArrayLike, left_out: ArrayLike, *, level: float = 0.95) -> Interval:
    """BCa interval: percentiles moved by the median bias of the resamples and by the skewness of the jackknife.

    Parameters
    ----------
    value
        The statistic on all units.
    resampled
        (b,) the statistic on resamples; those without an answer (NaN) are left out, as `percentile_interval` does.
    left_out
        (g,) the statistic without one unit (or one group of units) at a time. Groups give the same acceleration with
        more noise. NaN are left out; fewer than two answers, or all alike, give acceleration 0.

    Raises
    ------
    DataError
        As `percentile_interval`; or if the value lies outside all resamples, or so far to their side that the
        correction has no answer: then take the percentiles, and doubt them.
    """
    percentile_interval(value, np.asarray(resampled, np.float64), level=level)
    known = np.asarray(resampled, np.float64)
    known = known[np.isfinite(known)]
    normal = NormalDist()
    # Resamples equal to the value count by halves: a statistic of few distinct values is not biased by that.
    share = float((known < value).mean() + (known == value).mean() / 2)
    if not 0 < share < 1:
        raise DataError(f"no BCa interval: all {known.size} resamples lie to one side of the value {value:.4g}")
    bias, acceleration = normal.inv_cdf(share), _acceleration(np.asarray(left_out, np.float64))
    limits = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        moved = bias + normal.inv_cdf(tail)
        if 1 - acceleration * moved <= 0:
            raise DataError(
                f"no BCa interval: bias {bias:.2f} and acceleration {acceleration:.2f} are too large for it"
            )
        limits.append(100 * normal.cdf(bias + moved / (1 - acceleration * moved)))
    low, high = np.percentile(known, limits)
    return Interval(float(value), float(low), float(high), level, "BCa over resampled patients")


def _acceleration(left_out: Float) -> float:
    known = left_out[np.isfinite(left_out)]
    if known.size < 2:
        return 0.0
    apart = known.mean() - known
    spread = float((apart**2).sum())
    # Below this, what differs is rounding.
    if math.sqrt(spread / known.size) <= 1e-12 * max(1.0, abs(float(known.mean()))):
        return 0.0
    return float((apart**3).sum() / (6 * spread**1.5))


def jackknife(statistic: Callable[[Float], Float], patients: ArrayLike) -> Float:
    """A weighted statistic without each patient in turn: float64 (patients,), or (patients, k), patients sorted.

    Parameters
    ----------
    statistic
        As for `resampled`: takes weights (b, n), returns (b,) or (b, k).
    patients
        (n,) who each film is of.

    Raises
    ------
    DataError
        With fewer than two patients.
    """
    names, of = np.unique(np.asarray(patients), return_inverse=True)
    if names.size < 2:
        raise DataError(f"a jackknife leaves one patient out at a time, and there are {names.size}")
    at_once = max(1, _AT_ONCE // of.size)
    rows = [
        statistic((np.arange(begin, min(begin + at_once, names.size))[:, None] != of).astype(np.float64))
        for begin in range(0, names.size, at_once)
    ]
    return np.concatenate([np.asarray(row, np.float64) for row in rows])
