"""What the device's own threshold is worth, on each set of films that it was judged on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, items
from wetread.regulatory.evidence.bundle import card
from wetread.regulatory.evidence.evaluation import Cut, Evaluated, evaluations
from wetread.regulatory.evidence.run import package_of
from wetread.regulatory.pen import Pen

__all__ = ["Operating", "columns", "prevalences", "table_rows"]

_ALIKE = 5e-4
"""Scores are written with six decimals, and a threshold may lie halfway between two of them."""
_RATES = {
    "Recall (sensitivity)": "/worth/sensitivity/stated",
    "Specificity": "/worth/specificity/stated",
    "Precision (PPV)": "/worth/sample/ppv/stated",
    "F1": "/worth/sample/f1/stated",
    "F1 of calling every film positive": "/worth/sample/f1_all_positive",
    "Prevalence of these films": "/worth/sample/prevalence",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """The threshold on one set of films.

    Attributes
    ----------
    ref
        Of the evaluation's calls, or of the summary that holds `sensitivity` and `specificity`.
    standing
        What the column is headed.
    flatters
        Whether these films chose the threshold.
    whole
        Whether it is an evaluation, with intervals; otherwise the two rates alone.
    prevalence
        Reference to the share of positive films.
    films
        Reference to what the films are called, "" where nothing says it.
    """

    ref: str
    standing: str
    flatters: bool
    whole: bool
    prevalence: str
    films: str = ""

    def heading(self, pen: Pen) -> str:
        """Which films, standing, and whether it flatters."""
        named = f"{pen.num(self.films)}; " if self.films else ""
        return (
            f"{named}{self.standing}{', on the films that chose the threshold: it flatters' if self.flatters else ''}"
        )

    def cells(self, pen: Pen) -> list[str]:
        """Printed numbers, in the order of the rows."""
        if self.whole:
            percent = "Prevalence of these films"
            return [pen.num(f"{self.ref}{at}", 1, "%") if what == percent else pen.num(f"{self.ref}{at}", 3)
                    for what, at in _RATES.items()]  # fmt: skip
        rates = (f"{self.ref}/sensitivity", f"{self.ref}/specificity")
        return [
            pen.num(rates[0], 3), pen.num(rates[1], 3), pen.derived("precision", *rates, self.prevalence, digits=3),
            pen.derived("F1", *rates, self.prevalence, digits=3),
            pen.derived("F1 of calling every film", self.prevalence, digits=3), pen.num(self.prevalence, 1, "%"),
        ]  # fmt: skip


def columns(device: Device) -> list[Operating]:
    """Each evaluation at the card's threshold; where there is none, what figures or the run's package say of it."""
    told = [
        Operating(ref=cut.ref, standing=each.standing, flatters=cut.flatters, whole=True,
                  prevalence=f"{cut.ref}/worth/sample/prevalence", films=each.ref("films", "name"))
        for each in evaluations(device) if (cut := _cut(device, each)) is not None
    ]  # fmt: skip
    return told or _summary(device)


def _cut(device: Device, evaluation: Evaluated) -> Cut | None:
    """The cut at the card's threshold, of scores or of probabilities; without a card the first that was stated."""
    model = card(device)
    if model is None:
        return next((cut for cut in evaluation.cuts if cut.stated), None)
    wanted = _thresholds(model)
    return next((cut for cut in evaluation.cuts if any(abs(cut.threshold - one) < _ALIKE for one in wanted)), None)


def _thresholds(model: Artefact) -> tuple[float, ...]:
    """The card's threshold as a score, and as the probability that its calibration makes of it."""
    score, slope, intercept = (
        found(model, *at) for at in (("threshold", "score"), ("calibration", "slope"), ("calibration", "intercept"))
    )
    if not isinstance(score, int | float) or not 0 < score < 1:
        return ()
    if not isinstance(slope, int | float) or not isinstance(intercept, int | float):
        return (score,)
    return score, 1 / (1 + math.exp(-(slope * math.log(score / (1 - score)) + intercept)))


def _summary(device: Device) -> list[Operating]:
    model, figures, package = card(device), first(device, "figures"), package_of(device)
    places = [(figures, "threshold_on_development_films"), (package, "threshold")]
    for artefact, at in places:
        if model and artefact and found(artefact, at, "sensitivity") is not None:
            return [
                Operating(ref=f"{artefact.name}:/{at}", standing="development estimate", flatters=True, whole=False,
                          prevalence=f"{model.name}:/calibration/prevalence")
            ]  # fmt: skip
    return []


def table_rows(told: list[Operating], pen: Pen) -> list[list[str]]:
    """A row for each figure, a column for each set of films."""
    cells = [one.cells(pen) for one in told]
    return [[what, *(column[place] for column in cells)] for place, what in enumerate(_RATES)]


def prevalences(device: Device) -> list[tuple[str, Mapping[str, object]]]:
    """Predictive values at stated prevalences: references, from the first evaluation that has the threshold."""
    for evaluation in evaluations(device):
        cut = _cut(device, evaluation)
        if cut is not None:
            at = cut.ref.partition(":")[2].split("/")[1:]
            return list(items(evaluation.artefact, *at, "worth", "stated"))
    return []
