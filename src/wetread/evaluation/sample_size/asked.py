"""What every calculation of a size is asked: the level, the power, and how often a patient comes."""

from __future__ import annotations

import math
from statistics import NormalDist

from wetread.errors import ConfigError

__all__ = ["between", "design_effect", "quantiles"]


def between(low: float, high: float, **values: float) -> None:
    """Refuse a value that does not lie strictly between `low` and `high`.

    Raises
    ------
    ConfigError
        Naming the first that does not.
    """
    for name, value in values.items():
        if not low < value < high:
            raise ConfigError(f"{name.replace('_', ' ')} lies between {low:g} and {high:g}, not at {value:g}")


def quantiles(alpha: float, power: float, sides: int) -> tuple[float, float]:
    """Normal quantiles of the level, of one or two sides, and of the power.

    Raises
    ------
    ConfigError
        If level or power lie outside (0, 1), the power is no more than the level, or the sides are neither 1 nor 2.

    >>> tuple(round(z, 3) for z in quantiles(0.05, 0.8, 2))
    (1.96, 0.842)
    """
    between(0, 1, alpha=alpha, power=power)
    if sides not in (1, 2):
        raise ConfigError(f"a test has 1 or 2 sides, not {sides}")
    if power <= alpha:
        raise ConfigError(f"a test of level {alpha:g} has that power without any films; ask for more than {power:g}")
    normal = NormalDist()
    return normal.inv_cdf(1 - alpha / sides), normal.inv_cdf(power)


def design_effect(films_a_patient: float, correlation: float) -> float:
    """By how much films that come several to a patient must outnumber independent ones (Kish 1965).

    Every size here is of independent films. With `films_a_patient` films each on average, of which two of one patient
    are correlated by `correlation`, multiply the films by this.

    Raises
    ------
    ConfigError
        With fewer than one film a patient, or a correlation outside [0, 1].

    >>> design_effect(3, 0.4)
    1.8
    """
    if not (films_a_patient >= 1 and math.isfinite(films_a_patient)):
        raise ConfigError(f"a patient has at least one film, not {films_a_patient:g}")
    if not 0 <= correlation <= 1:
        raise ConfigError(f"a correlation within patients lies between 0 and 1, not at {correlation:g}")
    return 1 + (films_a_patient - 1) * correlation
