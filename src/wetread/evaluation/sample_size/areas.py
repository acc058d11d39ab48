"""Films for a study of the AUROC: against a fixed value, of two scores on the same films, of two groups of films."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from wetread.errors import ConfigError, DataError
from wetread.evaluation.sample_size.asked import between, quantiles

__all__ = [
    "AreaSize",
    "Pilot",
    "area_power",
    "area_size",
    "hanley_mcneil_error",
    "paired_areas_power",
    "paired_areas_size",
    "two_groups_size",
]

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class AreaSize:
    """Films that are needed, as the formula gives them (not rounded).

    Parameters
    ----------
    positives, negatives
        Independent films of each class, in each group where there are two.
    alpha, sides, power
        What was asked.
    method
        Whose formula.
    """

    positives: float
    negatives: float
    alpha: float
    sides: int
    power: float
    method: str

    @property
    def films(self) -> int:
        """Positive and negative films together, each rounded up."""
        return math.ceil(self.positives) + math.ceil(self.negatives)


@dataclass(frozen=True, slots=True)
class Pilot:
    """Two scores on the same films of a pilot: their AUROCs, and DeLong's variances and covariance.

    Raises
    ------
    DataError
        If the variances make no covariance matrix, or a class has fewer than two films.
    """

    first: float
    second: float
    first_variance: float
    second_variance: float
    covariance: float
    positives: int
    negatives: int

    def __post_init__(self) -> None:
        variances = (self.first_variance, self.second_variance)
        if not (min(variances) > 0 and self.covariance**2 <= variances[0] * variances[1] * (1 + 1e-12)):
            raise DataError(
                f"pilot: variances {variances[0]:g}, {variances[1]:g} and covariance {self.covariance:g} fit no data"
            )
        if min(self.positives, self.negatives) < 2:
            raise DataError(f"pilot: {self.positives} positive and {self.negatives} negative films give no variance")


def area_size(
    area: float, *, null: float = 0.5, ratio: float = 1.0, power: float = 0.8, alpha: float = 0.05, sides: int = 2
) -> AreaSize:
    """Films to show that an AUROC differs from a fixed value (Obuchowski, Radiology 1994; binormal variance).

    Parameters
    ----------
    area
        The AUROC that is expected, in (0.5, 1).
    null
        The value to differ from: 0.5 is chance; a performance goal lies higher.
    ratio
        Negative films for each positive one.

    Raises
    ------
    ConfigError
        If a number lies outside its range, or the expected AUROC does not exceed the null.

    >>> round(area_size(0.8, power=0.9).positives, 4)
    16.6192
    """
    _areas(area, null)
    between(0, math.inf, ratio=ratio)
    level, aim = quantiles(alpha, power, sides)
    spread = level * math.sqrt(_binormal(null, ratio)) + aim * math.sqrt(_binormal(area, ratio))
    positives = (spread / (area - null)) ** 2
    return AreaSize(
        positives, ratio * positives, alpha, sides, power, "Obuchowski 1994, binormal variance, independent films"
    )


def area_power(
    area: float, positives: float, negatives: float, *, null: float = 0.5, alpha: float = 0.05, sides: int = 2
) -> float:
    """The other way round: power to tell an AUROC from a fixed value with so many films.

    Raises
    ------
    ConfigError
        As `area_size`; with no film of a class.
    """
    _areas(area, null)
    _films(positives, negatives)
    level, _ = quantiles(alpha, 1 - 1e-9, sides)
    ratio = negatives / positives
    reached = math.sqrt(positives) * (area - null) - level * math.sqrt(_binormal(null, ratio))
    return _NORMAL.cdf(reached / math.sqrt(_binormal(area, ratio)))


def _areas(area: float, null: float) -> None:
    between(0.5, 1, expected_AUROC=area)
    if not 0.5 <= null < area:
        raise ConfigError(f"the AUROC to exceed lies from 0.5 up to the expected {area:g}, not at {null:g}")


def _films(positives: float, negatives: float) -> None:
    if not (positives >= 1 and negatives >= 1):
        raise ConfigError(f"an AUROC needs films of both classes, not {positives} positive and {negatives} negative")


def _binormal(area: float, ratio: float) -> float:
    """Variance of the AUROC times the number of positives. Obuchowski's constant for the square root of two is 1.414."""
    a = 1.414 * _NORMAL.inv_cdf(area)
    return 0.0099 * math.exp(-(a**2) / 2) * ((5 * a**2 + 8) + (a**2 + 8) / ratio)


def paired_areas_size(pilot: Pilot, *, power: float = 0.8, alpha: float = 0.05, sides: int = 2) -> AreaSize:
    """Films to tell two scores on the same films apart, from a pilot (Obuchowski and McClish 1997; DeLong's variances).

    Under the null both scores vary as the first does. The films have the pilot's ratio of classes.

    Raises
    ------
    ConfigError
        If level or power lie outside their range, or the pilot's AUROCs do not differ.
    """
    level, aim = quantiles(alpha, power, sides)
    null, other = _paired(pilot)
    spread = level * math.sqrt(null) + aim * math.sqrt(other)
    positives = (spread / (pilot.first - pilot.second)) ** 2
    ratio = pilot.negatives / pilot.positives
    return AreaSize(
        positives, ratio * positives, alpha, sides, power, "Obuchowski and McClish 1997, DeLong variances of a pilot"
    )


def paired_areas_power(pilot: Pilot, *, positives: int | None = None, alpha: float = 0.05, sides: int = 2) -> float:
    """Power to tell the pilot's two scores apart with so many positive films (None: as many as the pilot had).

    Raises
    ------
    ConfigError
        As `paired_areas_size`; with no positive film.
    """
    count = pilot.positives if positives is None else positives
    _films(count, pilot.negatives)
    level, _ = quantiles(alpha, 1 - 1e-9, sides)
    null, other = _paired(pilot)
    reached = math.sqrt(count) * abs(pilot.first - pilot.second) - level * math.sqrt(null)
    return _NORMAL.cdf(reached / math.sqrt(other))


def _paired(pilot: Pilot) -> tuple[float, float]:
    """Variance of the difference times the number of positives: under the null, and as the pilot found it."""
    if pilot.first == pilot.second:
        raise ConfigError(
            f"the pilot's scores have the same AUROC ({pilot.first:g}): no number of films tells them apart"
        )
    null = 2 * (pilot.first_variance - pilot.covariance)
    other = pilot.first_variance + pilot.second_variance - 2 * pilot.covariance
    if null <= 0 or other <= 0:
        raise ConfigError("the pilot's scores rise and fall together: their difference has no variance to plan with")
    return null * pilot.positives, other * pilot.positives


def hanley_mcneil_error(area: float, positives: int, negatives: int) -> float:
    """Standard error of an AUROC from its value and the numbers of films alone (Hanley and McNeil, Radiology 1982).

    Raises
    ------
    ConfigError
        If the AUROC lies outside (0, 1) or a class has no film.

    >>> round(hanley_mcneil_error(0.893, 51, 58), 7)
    0.0325116
    """
    between(0, 1, AUROC=area)
    _films(positives, negatives)
    first, second = _exponential(area)
    spread = area * (1 - area) + (positives - 1) * first + (negatives - 1) * second
    return math.sqrt(spread / (positives * negatives))


def two_groups_size(
    first: float, second: float, *, power: float = 0.8, alpha: float = 0.05, sides: int = 2, digits: int | None = None
) -> AreaSize:
    """Films to tell the AUROCs of two separate groups of films apart, as many of each class (Hanley and McNeil 1982).

    Parameters
    ----------
    first, second
        The AUROCs that are expected, in [0.5, 1).
    sides
        The table of 1982 is for one.
    digits
        Decimals to which the normal quantiles are rounded, as printed tables did (1.645 and 0.842 are three); None
        rounds nothing. It moves the size by less than a film in a thousand.

    Raises
    ------
    ConfigError
        If an AUROC lies outside its range, both are the same, or level or power lie outside (0, 1).

    >>> round(two_groups_size(0.80, 0.85, power=0.8, sides=1).positives, 1)
    464.3
    """
    level, aim = quantiles(alpha, power, sides)
    if digits is not None:
        level, aim = round(level, digits), round(aim, digits)
    low, high = sorted((first, second))
    if not 0.5 <= low < high < 1:
        raise ConfigError(f"two different AUROCs from 0.5 up to 1 can be told apart, not {first:g} and {second:g}")
    variances = [sum(_exponential(area)) for area in (low, high)]
    spread = level * math.sqrt(2 * variances[0]) + aim * math.sqrt(sum(variances))
    films = (spread / (high - low)) ** 2
    return AreaSize(films, films, alpha, sides, power, "Hanley and McNeil 1982, in each of two groups")


def _exponential(area: float) -> tuple[float, float]:
    """Q1 and Q2 less the square of the area: the covariance of two pairs that share a positive, or a negative film."""
    return area / (2 - area) - area**2, 2 * area**2 / (1 + area) - area**2
