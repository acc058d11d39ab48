"""The technical appendix of an evaluation: every headline number with both intervals, how each was made, and from what."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wetread.report.section import Table
from wetread.report.wording import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wetread.evaluation.bootstrap.resample import Headline
    from wetread.evaluation.result import Evaluation, Films, Settings
    from wetread.intervals import Interval

__all__ = ["METHODS", "appendix", "every_number", "facts", "made_with"]

METHODS = (
    ("Patients", "The patient is the unit. Every bootstrap draws patients with replacement, each with all films (Field and Welsh 2007)."),
    ("AUROC", "Mann-Whitney, ties by halves. Closed form: DeLong 1988 with films clustered by patient, Obuchowski 1997, normal on the log-odds."),
    ("Average precision", "Sum over the steps of recall of the precision at its end; films of one score are one step; nothing is interpolated."),
    ("Intervals", "Percentile, and BCa (Efron 1987; jackknife over patients), of the same resamples. Printed is the percentile one; for average precision "
     "and best F1 BCa, since copies of films push both up. Shares of independent films: Clopper-Pearson."),
    ("Other prevalences", "Bayes with sensitivity and specificity held; intervals on the log-odds (Mercaldo 2007) or over patients."),
    ("F1", "Beside each F1 stands that of calling every film positive, 2p / (1 + p) at prevalence p."),
    ("Groups", "Wald tests of all groups at once, with the covariance of their figures over resampled patients."),
    ("Covariates alone", "Share of positives in a film's group, from patients of other folds; within groups: Janes and Pepe 2009."),
)  # fmt: skip
"""What, and how it was made."""


def appendix(found: Evaluation) -> tuple[Table, ...]:
    """Tables of numbers and of methods."""
    methods = Table("Methods", ("what", "how"), METHODS)
    return (every_number(found.headline), methods)


def every_number(found: Headline) -> Table:
    """Each headline number with its percentile and its BCa interval, and in how many resamples it had no answer."""
    rows = tuple(
        (
            each.name.replace("_", " ") + ("" if each.at is None else f" at {number(each.at, 4)}"),
            _digits(each.value), _limits(each.percentile), _limits(each.bca), number(each.unanswered),
        )
        for each in found.estimates
    )  # fmt: skip
    head = ("number", "estimate", "percentile interval", "BCa interval", "resamples without an answer")
    caption = f"Every headline number, over {number(found.resamples)} resamples of {number(found.patients)} patients"
    return Table(caption, head, rows)


def _digits(value: float) -> str:
    return "does not exist" if math.isnan(value) else f"{value:.5g}".replace("-", "−")


def _limits(found: Interval) -> str:
    if math.isnan(found.low) or math.isnan(found.high):
        return found.method
    return f"{_digits(found.low)} to {_digits(found.high)}"


def facts(found: Evaluation) -> Mapping[str, str]:
    """What whoever wants the same numbers again needs."""
    return made_with(found.films, found.settings, found.about)


def made_with(films: Films, settings: Settings, about: Mapping[str, str]) -> Mapping[str, str]:
    """The list of films, the caller's facts, seeds and versions."""
    return {
        "List of films (SHA-256)": films.list_hash,
        **about,
        "Resamples and seed": f"{number(settings.resamples)} resamples of patients, seed {settings.seed}",
        "Made with": f"wetread {settings.wetread}, NumPy {settings.numpy}, SciPy {settings.scipy}",
    }
