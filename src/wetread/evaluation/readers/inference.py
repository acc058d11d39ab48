"""Estimates with a standard error: intervals and two-sided tests from Student's t or the normal distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wetread.errors import ConfigError
from wetread.intervals import Interval

__all__ = ["Difference", "Overall", "Single", "difference", "overall", "single", "two_sided", "upper_tail"]

# Rounding leaves a variance of about 1e-32 where there is none; no real one is near that.
_NOTHING = 1e-24


@dataclass(frozen=True, slots=True)
class Difference:
    """First test minus second, in the mean over readers or, where `reader` is named, of that reader alone.

    `df` None is the normal distribution. With no variance to compare with (all readings alike, or a variance estimate
    that is not positive), limits, `statistic` and `p` are NaN: the data do not say how far off the difference may be.
    """

    first: str
    second: str
    estimate: Interval
    se: float
    df: float | None
    statistic: float
    p: float
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Single:
    """One test by itself, in the mean over readers. `df` None is the normal distribution."""

    test: str
    estimate: Interval
    se: float
    df: float | None


@dataclass(frozen=True, slots=True)
class Overall:
    """Test of no difference between any two tests: `statistic` is an F or a chi-square, as `distribution` says.

    `df_error` is None for a chi-square, and for an F whose denominator is known exactly.
    """

    distribution: str
    statistic: float
    df: float
    df_error: float | None
    p: float


def upper_tail(statistic: float, df: float | None) -> float:
    """Chance of a larger t, or normal deviate where `df` is None."""
    from scipy.special import ndtr, stdtr

    return float(ndtr(-statistic) if df is None else stdtr(df, -statistic))


def two_sided(
    value: float, variance: float, df: float | None, level: float, method: str
) -> tuple[Interval, float, float, float]:
    """Interval, standard error, statistic and two-sided p of an estimate; NaN where the variance says nothing.

    Raises
    ------
    ConfigError
        For a level outside (0, 1).
    """
    from scipy.special import ndtri, stdtrit

    if not 0 < level < 1:
        raise ConfigError(f"an interval's level lies between 0 and 1, not at {level}: 95 % is 0.95")
    if not variance > _NOTHING:
        return Interval(value, math.nan, math.nan, level, method), math.sqrt(max(variance, 0)), math.nan, math.nan
    se = math.sqrt(variance)
    far = 0.5 + level / 2
    half = se * float(ndtri(far) if df is None else stdtrit(df, far))
    statistic = value / se
    return Interval(value, value - half, value + half, level, method), se, statistic, 2 * upper_tail(abs(statistic), df)


def difference(
    names: tuple[str, str], value: float, variance: float, df: float | None, level: float, *, reader: str = ""
) -> Difference:
    """A difference tested against none."""
    interval, se, statistic, p = two_sided(value, variance, df, level, _method(df))
    return Difference(*names, interval, se, df, statistic, p, reader)


def single(test: str, value: float, variance: float, df: float | None, level: float) -> Single:
    """One test's figure of merit with its interval, which is not cut off at 0 and 1."""
    interval, se, _, _ = two_sided(value, variance, df, level, _method(df))
    return Single(test, interval, se, df)


def overall(mean_square: float, error: float, df: float, df_error: float | None, *, chi_square: bool) -> Overall:
    """F test, or chi-square test of df times the ratio; NaN where the error says nothing."""
    from scipy.special import chdtrc, fdtrc

    distribution = "chi-square" if chi_square else "F"
    if not error > _NOTHING:
        return Overall(distribution, math.nan, df, df_error, math.nan)
    ratio = mean_square / error
    if chi_square:
        return Overall(distribution, df * ratio, df, None, float(chdtrc(df, df * ratio)))
    p = float(chdtrc(df, df * ratio)) if df_error is None else float(fdtrc(df, df_error, ratio))
    return Overall(distribution, ratio, df, df_error, p)


def _method(df: float | None) -> str:
    return "normal" if df is None else f"Student's t, {df:.2f} degrees of freedom"
