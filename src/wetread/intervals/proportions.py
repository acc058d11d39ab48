"""Proportions and odds ratios with intervals from the counts alone, for units that are independent of each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from wetread.errors import ConfigError, DataError
from wetread.intervals.value import Interval, normal_quantile

__all__ = ["odds_ratio", "proportion"]


def proportion(successes: float, trials: float, *, method: str = "exact", level: float = 0.95) -> Interval:
    """A share with its interval.

    Parameters
    ----------
    successes, trials
        Counts, 0 <= successes <= trials and trials > 0. Units are taken as independent: for films of patients who
        have several, use `bootstrap`.
    method
        "exact" (Clopper and Pearson 1934): covers at least as often as it says, never less.
        "wilson" (1927): from the score test, covers as often as it says on average, also near 0 and 1.
        "logit": normal on the log-odds; does not exist for 0 or all of the trials.

    Raises
    ------
    DataError
        If the counts are no share of a whole, or "logit" is asked of 0 or all of the trials.
    ConfigError
        For an unknown method, or a level outside (0, 1).

    >>> str(proportion(15, 148)), str(proportion(15, 148, method="wilson"))
    ('0.101 (0.058-0.162)', '0.101 (0.062-0.160)')
    """
    x, n = float(successes), float(trials)
    if not (0 <= x <= n and 0 < n < math.inf):
        raise DataError(f"{successes} of {trials} is no share: give how many of how many, at least one in all")
    if not 0 < level < 1:
        raise ConfigError(f"an interval's level lies between 0 and 1, not at {level}: 95 % is 0.95")
    share = x / n
    if method == "exact":
        low, high = _exact(x, n, 1 - level)
        return Interval(share, low, high, level, "exact (Clopper-Pearson)")
    z = normal_quantile(level)
    if method == "wilson":
        middle, half = (x + z * z / 2) / (n + z * z), z / (n + z * z) * math.sqrt(x * (n - x) / n + z * z / 4)
        low, high = (0.0 if x == 0 else middle - half), (1.0 if x == n else middle + half)
        return Interval(share, low, high, level, "Wilson score")
    if method == "logit":
        if x in (0, n):
            raise DataError(f"{successes} of {trials} has no logit interval: take the exact or the Wilson one")
        odds, half = math.log(x / (n - x)), z * math.sqrt(1 / x + 1 / (n - x))
        low, high = (1 / (1 + math.exp(half - odds)), 1 / (1 + math.exp(-half - odds)))
        return Interval(share, low, high, level, "normal on the log-odds")
    raise ConfigError(f"no interval {method!r} for a proportion: choose exact, wilson or logit")


def _exact(x: float, n: float, alpha: float) -> tuple[float, float]:
    """Clopper-Pearson limits as quantiles of the beta distribution."""
    from scipy.special import betaincinv

    low = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, alpha / 2))
    high = 1.0 if x == n else float(betaincinv(x + 1, n - x, 1 - alpha / 2))
    return low, high


def odds_ratio(table: Sequence[Sequence[float]], *, level: float = 0.95) -> Interval:
    """Odds ratio of a table of counts [[a, b], [c, d]]: (a/b) / (c/d), with Woolf's interval (1955).

    Where a cell is 0, one half is added to every cell (Haldane 1956, Anscombe 1956), to the estimate too, and
    `Interval.method` says so. Units are taken as independent.

    Raises
    ------
    DataError
        If the table is not two by two, a count is negative or not finite, or a whole row or column is 0 (then one of
        the groups is empty or nothing varies, and there is no odds ratio).

    >>> str(odds_ratio([[20, 5], [10, 15]]))
    '6.000 (1.693-21.262)'
    >>> odds_ratio([[20, 0], [10, 15]]).method
    'Woolf, with one half added to each cell because a cell is 0 (Haldane-Anscombe)'
    """
    cells = np.asarray(table, np.float64)
    if cells.shape != (2, 2) or not (np.isfinite(cells).all() and (cells >= 0).all()):
        raise DataError(f"an odds ratio is of a two by two table of counts, not of {table!r}")
    if not (cells.sum(axis=0).all() and cells.sum(axis=1).all()):
        raise DataError(
            f"no odds ratio of {cells.tolist()}: a whole row or column is 0, so there is nothing to compare"
        )
    method = "Woolf"
    if not cells.all():
        cells = cells + 0.5
        method = "Woolf, with one half added to each cell because a cell is 0 (Haldane-Anscombe)"
    middle = float(np.log(cells[0, 0] * cells[1, 1]) - np.log(cells[0, 1] * cells[1, 0]))
    half = normal_quantile(level) * math.sqrt(float((1 / cells).sum()))
    return Interval(math.exp(middle), math.exp(middle - half), math.exp(middle + half), level, method)
