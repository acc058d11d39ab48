"""Films for a study of sensitivity or specificity: to beat a goal, to be known well enough, to tell two scores apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError
from wetread.evaluation.sample_size.asked import between, quantiles
from wetread.intervals.value import normal_quantile

__all__ = [
    "GoalSize",
    "PrecisionSize",
    "goal_power",
    "goal_size",
    "paired_proportions_size",
    "precision_size",
]

_LARGEST = 1_000_000
_AROUND = 20  # films beyond the teeth that are shown to either side


@dataclass(frozen=True, slots=True)
class GoalSize:
    """Films of the class in question that a performance goal needs.

    Counts come in whole films, so power rises as a saw does: one film more may need one right answer more, and power
    falls.

    Parameters
    ----------
    first
        The smallest number with the power.
    stable
        From here on every larger number has it too: plan with this one, or with a tooth that is named.
    power_first, power_stable
        The power at each.
    expected, goal, alpha, power
        What was asked.
    films, powers
        Numbers of films around both, and the power at each: the teeth.
    """

    first: int
    stable: int
    power_first: float
    power_stable: float
    expected: float
    goal: float
    alpha: float
    power: float
    films: tuple[int, ...]
    powers: tuple[float, ...]


def goal_power(films: ArrayLike, expected: float, goal: float, *, alpha: float = 0.05) -> NDArray[np.float64]:
    """Exact chance that the lower end of the two-sided Clopper-Pearson interval exceeds the goal.

    Parameters
    ----------
    films
        (k,) numbers of films of the class: positives for sensitivity, negatives for specificity.
    expected
        The share that will be right if the score is as good as is believed.
    goal
        The share to beat.
    alpha
        One minus the interval's level.

    Returns
    -------
    float64 (k,).

    Raises
    ------
    ConfigError
        If a share lies outside (0, 1), or the expected one does not exceed the goal; with a number of films below 1.
    """
    from scipy.stats import binom

    _goal(expected, goal, alpha)
    n = np.atleast_1d(np.asarray(films, np.int64))
    if not (n >= 1).all():
        raise ConfigError("a goal is met by at least one film")
    # The end exceeds the goal where so many right answers or more have a chance below alpha / 2 at the goal itself.
    enough = binom.isf(alpha / 2, n, goal)
    power: NDArray[np.float64] = binom.sf(enough, n, expected)
    return power


def _goal(expected: float, goal: float, alpha: float) -> None:
    between(0, 1, expected_share=expected, goal=goal, alpha=alpha)
    if expected <= goal:
        raise ConfigError(f"a share of {expected:g} does not beat a goal of {goal:g} with any number of films")


def goal_size(expected: float, goal: float, *, power: float = 0.8, alpha: float = 0.05) -> GoalSize:
    """Films so that the exact 95 % interval of sensitivity (or specificity) lies above a goal.

    Raises
    ------
    ConfigError
        As `goal_power`; if more than a million films would be needed.

    >>> found = goal_size(0.90, 0.80)
    >>> found.first, found.stable
    (107, 113)
    """
    _goal(expected, goal, alpha)
    level, aim = quantiles(alpha, power, 2)
    spread = level * math.sqrt(goal * (1 - goal)) + aim * math.sqrt(expected * (1 - expected))
    guess = math.ceil((spread / (expected - goal)) ** 2)
    most = 2 * guess + 200
    while most <= _LARGEST:
        films = np.arange(1, most + 1)
        reached = goal_power(films, expected, goal, alpha=alpha)
        failing = films[reached < power]
        last = int(failing[-1]) if failing.size else 0
        if 2 * last + 100 <= most:  # as many again, and a hundred, without a tooth that falls short
            first = int(films[reached >= power][0])
            margin = last + 1 - first + _AROUND
            shown = slice(max(first - 1 - margin, 0), last + margin)
            teeth = tuple(films[shown].tolist()), tuple(reached[shown].tolist())
            at = float(reached[first - 1]), float(reached[last])
            return GoalSize(first, last + 1, *at, expected, goal, alpha, power, *teeth)
        most *= 2
    raise ConfigError(f"to tell {expected:g} from {goal:g} takes more than {_LARGEST:,} films: the goal is too near")


@dataclass(frozen=True, slots=True)
class PrecisionSize:
    """Films for an interval of a stated width, as the formula gives them (not rounded).

    Parameters
    ----------
    of_class
        Films of the class in question.
    films
        Films in all, at the stated prevalence, so that as many of the class are expected.
    share, half_width, prevalence, level
        What was asked.
    """

    of_class: float
    films: float
    share: float
    half_width: float
    prevalence: float
    level: float


def precision_size(
    share: float, half_width: float, prevalence: float, *, of: str = "sensitivity", level: float = 0.95
) -> PrecisionSize:
    """Films so that sensitivity or specificity is known to plus or minus `half_width` (Buderer 1996).

    Raises
    ------
    ConfigError
        If a number lies outside (0, 1), or `of` is neither sensitivity nor specificity.

    >>> found = precision_size(0.9, 0.05, 0.1)
    >>> round(found.of_class, 1), round(found.films, 1)
    (138.3, 1382.9)
    """
    between(0, 1, share=share, half_width=half_width, prevalence=prevalence, level=level)
    if of not in ("sensitivity", "specificity"):
        raise ConfigError(f"the size is for sensitivity or specificity, not for {of!r}")
    of_class = normal_quantile(level) ** 2 * share * (1 - share) / half_width**2
    weight = prevalence if of == "sensitivity" else 1 - prevalence
    return PrecisionSize(of_class, of_class / weight, share, half_width, prevalence, level)


def paired_proportions_size(
    only_first: float, only_second: float, *, power: float = 0.8, alpha: float = 0.05, sides: int = 2
) -> float:
    """Films to tell two readings of the same films apart by McNemar's test (Connor, Biometrics 1987), not rounded.

    Parameters
    ----------
    only_first, only_second
        Share of films that only the first, and that only the second gets right. Sensitivities differ by the difference
        of the two; films on which both are right or both wrong say nothing.

    Raises
    ------
    ConfigError
        If the shares are the same, negative, or more than 1 together.

    >>> round(paired_proportions_size(0.15, 0.05), 1)
    154.6
    """
    level, aim = quantiles(alpha, power, sides)
    apart, differ = only_first + only_second, only_first - only_second
    if not (only_first >= 0 and only_second >= 0 and 0 < apart <= 1) or differ == 0:
        raise ConfigError(
            f"shares of {only_first:g} and {only_second:g} of films on which only one is right plan no study"
        )
    spread = level * math.sqrt(apart) + aim * math.sqrt(apart - differ**2)
    return (spread / differ) ** 2
