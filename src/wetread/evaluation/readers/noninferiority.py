"""Not worse than by a margin, or as good as within a margin: one-sided tests of a difference with its standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wetread.errors import ConfigError, DataError
from wetread.evaluation.readers.inference import Difference, upper_tail
from wetread.intervals import Interval

__all__ = ["Equivalence", "NonInferiority", "equivalence", "non_inferiority", "of_difference"]


@dataclass(frozen=True, slots=True)
class NonInferiority:
    """Test of H0: the new is worse than the control by `margin` or more, at one-sided `alpha`.

    `estimate` is new minus control with the two-sided interval of level 1 - 2 `alpha`: `shown` is whether its bound
    excludes the margin, which is whether `p_one_sided` is below `alpha`.
    """

    estimate: Interval
    margin: float
    alpha: float
    se: float
    df: float | None
    statistic: float
    p_one_sided: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests (Schuirmann, J Pharmacokinet Biopharm 1987), each at `alpha`: `p` is the larger of the two."""

    not_worse: NonInferiority
    not_better: NonInferiority
    alpha: float
    p: float
    shown: bool


def non_inferiority(
    difference: float,
    se: float,
    *,
    margin: float,
    df: float | None = None,
    alpha: float = 0.025,
    higher_is_better: bool = True,
) -> NonInferiority:
    """Is the new not worse than the control by as much as the margin?

    t = (difference + margin) / se, one-sided (Chen, Petrick and Sahiner, Academic Radiology 2012). Some programs print
    twice this p; theirs must be halved before it is compared.

    Parameters
    ----------
    difference
        New minus control, of anything, with its standard error `se` > 0.
    margin
        The loss that would matter, > 0, in the same unit; fixed before the data were seen.
    df
        Degrees of freedom of `se` (those of the multi-reader analysis); None for the normal distribution.
    alpha
        One-sided.
    higher_is_better
        False for what should be low, such as reading time.

    Raises
    ------
    ConfigError
        If the margin is not positive, `alpha` is not in (0, 0.5), or `df` is not positive.
    DataError
        If the difference or its standard error is not finite, or the standard error is not positive.

    >>> round(non_inferiority(-0.0438, 0.0207, margin=0.1, df=15.26).p_one_sided, 3)
    0.008
    """
    from scipy.special import ndtri, stdtrit

    if not (math.isfinite(margin) and margin > 0):
        raise ConfigError(f"a margin is a positive number, the loss that would matter, not {margin}")
    if not 0 < alpha < 0.5:
        raise ConfigError(f"a one-sided level lies between 0 and 0.5, not at {alpha}: 2.5 % is 0.025")
    if df is not None and not df > 0:
        raise ConfigError(f"degrees of freedom are positive, or None for the normal distribution, not {df}")
    if not (math.isfinite(difference) and math.isfinite(se) and se > 0):
        raise DataError(
            f"a difference of {difference} with standard error {se} cannot be tested: nothing varied, or too little was read"
        )
    statistic = ((difference if higher_is_better else -difference) + margin) / se
    p = upper_tail(statistic, df)
    half = se * float(ndtri(1 - alpha) if df is None else stdtrit(df, 1 - alpha))
    method = "normal" if df is None else f"Student's t, {df:.2f} degrees of freedom"
    interval = Interval(difference, difference - half, difference + half, 1 - 2 * alpha, method)
    return NonInferiority(interval, margin, alpha, se, df, statistic, p, p < alpha)


def equivalence(
    difference: float, se: float, *, margin: float, df: float | None = None, alpha: float = 0.05
) -> Equivalence:
    """Do new and control differ by less than the margin, in either direction?

    Raises
    ------
    ConfigError, DataError
        As `non_inferiority`.

    >>> equivalence(0.01, 0.02, margin=0.05).shown
    True
    """
    worse = non_inferiority(difference, se, margin=margin, df=df, alpha=alpha)
    better = non_inferiority(difference, se, margin=margin, df=df, alpha=alpha, higher_is_better=False)
    p = max(worse.p_one_sided, better.p_one_sided)
    return Equivalence(worse, better, alpha, p, p < alpha)


def of_difference(found: Difference, *, margin: float, alpha: float = 0.025) -> NonInferiority:
    """The same for a difference of a multi-reader analysis, first (new) minus second (control)."""
    return non_inferiority(found.estimate.value, found.se, margin=margin, df=found.df, alpha=alpha)
