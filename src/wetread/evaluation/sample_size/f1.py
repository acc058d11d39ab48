"""Films for a study of F1, which is never told without the F1 of calling every film positive."""

from __future__ import annotations

from dataclasses import dataclass

from wetread.evaluation.calls.prevalence import f1_all_positive, f1_at
from wetread.evaluation.sample_size.asked import between
from wetread.intervals.value import normal_quantile

__all__ = ["F1Size", "f1_size"]


@dataclass(frozen=True, slots=True)
class F1Size:
    """Films for an F1 of a stated precision at a stated prevalence, as the formula gives them (not rounded).

    Parameters
    ----------
    f1
        What is expected.
    all_positive
        F1 of calling every film positive at that prevalence: what `f1` has to be seen against.
    named
        2 TP + FP + FN that is needed: F1 is a share of these.
    films
        Films in all.
    sensitivity, specificity, prevalence, half_width, level
        What was asked.
    """

    f1: float
    all_positive: float
    named: float
    films: float
    sensitivity: float
    specificity: float
    prevalence: float
    half_width: float
    level: float


def f1_size(
    sensitivity: float, specificity: float, prevalence: float, half_width: float, *, level: float = 0.95
) -> F1Size:
    """Films so that F1 is known to plus or minus `half_width`, by the delta method.

    F1's variance is F (1 - F) (2 - F) / (2 TP + FP + FN): with F fixed, its precision is a matter of how many films are
    positive or called, and at a low prevalence those are few.

    Raises
    ------
    ConfigError
        If a number lies outside (0, 1).

    >>> found = f1_size(0.8, 0.9, 0.1, 0.05)
    >>> round(found.f1, 4), round(found.all_positive, 4), round(found.named, 1), round(found.films, 1)
    (0.5926, 0.1818, 522.1, 1933.7)
    """
    rates = {"sensitivity": sensitivity, "specificity": specificity, "prevalence": prevalence}
    between(0, 1, **rates, half_width=half_width, level=level)
    f1 = f1_at(sensitivity, specificity, prevalence)
    named = normal_quantile(level) ** 2 * f1 * (1 - f1) * (2 - f1) / half_width**2
    return F1Size(
        f1=f1,
        all_positive=f1_all_positive(prevalence),
        named=named,
        films=named / (prevalence * (1 + sensitivity) + (1 - prevalence) * (1 - specificity)),
        sensitivity=sensitivity,
        specificity=specificity,
        prevalence=prevalence,
        half_width=half_width,
        level=level,
    )
