"""Readers and cases for a reader study of two tests (several readers, the same cases: MRMC).

Obuchowski and Rockette's model with Hillis' degrees of freedom, from the variance components of a pilot or of a study
that has been published (Hillis, Obuchowski and Berbaum, Academic Radiology 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wetread.errors import ConfigError, DataError
from wetread.evaluation.sample_size.asked import between

__all__ = [
    "Components",
    "DbmComponents",
    "ReaderPower",
    "dbm_power",
    "reader_study_power",
    "reader_study_size",
    "reader_study_table",
]

_MOST_CASES = 100_000
RANDOM_BOTH, FIXED_READERS, FIXED_CASES = "random readers and cases", "fixed readers", "fixed cases"
_DESIGNS = (RANDOM_BOTH, FIXED_READERS, FIXED_CASES)


@dataclass(frozen=True, slots=True)
class Components:
    """Variance components of a reader study, each for the pilot's number of cases.

    Parameters
    ----------
    reader_by_test
        How differently readers gain from the test; taken as 0 where the estimate is negative.
    variance
        Of one reader's figure with one test.
    cov1, cov2, cov3
        Covariance of figures of the same reader with different tests, of different readers with the same test, and of
        different readers with different tests.
    cases
        Cases of the pilot, positive and negative together; a new study is taken to have the same ratio.

    Raises
    ------
    DataError
        If the variance is not positive, a covariance exceeds it, or there are fewer than two cases.
    """

    reader_by_test: float
    variance: float
    cov1: float
    cov2: float
    cov3: float
    cases: int

    def __post_init__(self) -> None:
        if not (self.variance > 0 and max(abs(c) for c in (self.cov1, self.cov2, self.cov3)) <= self.variance):
            raise DataError(f"variance components of a reader study: {self} fits no data")
        if self.cases < 2:
            raise DataError(f"variance components come from at least 2 cases, not {self.cases}")


@dataclass(frozen=True, slots=True)
class DbmComponents:
    """The same from Dorfman, Berbaum and Metz' pseudovalues: test by reader, test by case, and error."""

    test_by_reader: float
    test_by_case: float
    error: float


@dataclass(frozen=True, slots=True)
class ReaderPower:
    """Power of a reader study, and what it was computed from.

    Parameters
    ----------
    power
        Chance to find the effect.
    noncentrality, df, critical
        Of the F distribution with 1 and `df` degrees of freedom, and the value that the statistic must exceed; `df` is
        None for fixed readers, where it is chi-squared with 1.
    readers, cases, effect, alpha, design
        What was asked.
    """

    power: float
    noncentrality: float
    df: float | None
    critical: float
    readers: int
    cases: int
    effect: float
    alpha: float
    design: str


def reader_study_power(
    components: Components,
    effect: float,
    readers: int,
    cases: int,
    *,
    alpha: float = 0.05,
    design: str = RANDOM_BOTH,
) -> ReaderPower:
    """Chance that a study of so many readers and cases finds a difference of two tests, both sides.

    Parameters
    ----------
    effect
        Difference of the figure (AUROC, sensitivity) between the tests.
    design
        "random readers and cases": the finding is to hold for other readers and other cases. "fixed readers": for these
        readers and other cases. "fixed cases": for other readers and these cases.

    Raises
    ------
    ConfigError
        For an unknown design, an effect of 0, a level outside (0, 1), fewer than two readers (one, where readers are
        fixed) or two cases.
    DataError
        If the components leave no variance to plan with.
    """
    _asked(effect, readers, cases, alpha, design)
    shrink = components.cases / cases
    across = max(components.cov2 - components.cov3, 0.0)
    own = shrink * (components.variance - components.cov1)
    shared = shrink * across
    by_reader = max(components.reader_by_test, 0.0)
    df: float | None
    if design == FIXED_READERS:
        error, df = own + (readers - 1) * shared, None
    elif design == FIXED_CASES:
        error, df = by_reader + own - shared, float(readers - 1)
    else:
        error = by_reader + own + (readers - 1) * shared
        alone = by_reader + own - shared
        df = error**2 * (readers - 1) / alone**2 if alone > 0 else float(cases - 1)
    return _power(effect**2 * readers / 2, error, df, (readers, cases, effect, alpha, design))


def dbm_power(
    components: DbmComponents, effect: float, readers: int, cases: int, *, alpha: float = 0.05
) -> ReaderPower:
    """The same for random readers and cases by the older route (Hillis and Berbaum, Academic Radiology 2004).

    Raises
    ------
    ConfigError, DataError
        As `reader_study_power`.
    """
    _asked(effect, readers, cases, alpha, RANDOM_BOTH)
    alone = cases * max(components.test_by_reader, 0.0) + components.error
    error = alone + readers * max(components.test_by_case, 0.0)
    df = error**2 * (readers - 1) / alone**2 if alone > 0 else float(cases - 1)
    return _power(effect**2 * readers * cases / 2, error, df, (readers, cases, effect, alpha, RANDOM_BOTH))


def _asked(effect: float, readers: int, cases: int, alpha: float, design: str) -> None:
    between(0, 1, alpha=alpha)
    if design not in _DESIGNS:
        raise ConfigError(f"no design {design!r} of a reader study: choose one of {', '.join(_DESIGNS)}")
    fewest = 1 if design == FIXED_READERS else 2
    if readers < fewest or cases < 2:
        raise ConfigError(f"{readers} readers and {cases} cases: {design} needs at least {fewest} and 2")
    if not 0 < abs(effect) < 1:
        raise ConfigError(f"an effect is a difference between 0 and 1, not {effect:g}")


def _power(signal: float, error: float, df: float | None, asked: tuple[int, int, float, float, str]) -> ReaderPower:
    from scipy.stats import chi2, f, ncf, ncx2

    if error <= 0:
        raise DataError("the components leave no variance to plan with: take those of another pilot")
    alpha, noncentrality = asked[3], signal / error
    if df is None:
        critical = float(chi2.isf(alpha, 1))
        return ReaderPower(float(ncx2.sf(critical, 1, noncentrality)), noncentrality, None, critical, *asked)
    critical = float(f.isf(alpha, 1, df))
    return ReaderPower(float(ncf.sf(critical, 1, df, noncentrality)), noncentrality, df, critical, *asked)


def reader_study_size(
    components: Components,
    effect: float,
    readers: int,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    design: str = RANDOM_BOTH,
) -> int | None:
    """Smallest number of cases with the power; None where so few readers cannot reach it with any number.

    Raises
    ------
    ConfigError, DataError
        As `reader_study_power`; if the power lies outside (alpha, 1).
    """
    between(alpha, 1, power=power)

    def reached(cases: int) -> bool:
        return reader_study_power(components, effect, readers, cases, alpha=alpha, design=design).power >= power

    low, high = 2, 2
    while not reached(high):
        low, high = high + 1, high * 2
        if high > _MOST_CASES:
            return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle + 1, high)
    return low


def reader_study_table(
    components: Components,
    effect: float,
    readers: Sequence[int],
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    design: str = RANDOM_BOTH,
) -> tuple[tuple[int, int | None], ...]:
    """Cases for each number of readers, as pairs: more readers save cases, and at some point hardly any.

    Raises
    ------
    ConfigError, DataError
        As `reader_study_size`.
    """
    return tuple(
        (count, reader_study_size(components, effect, count, power=power, alpha=alpha, design=design))
        for count in readers
    )
