"""The plan for watching performance after release: baselines from evidence, thresholds for people to set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found
from wetread.regulatory.evidence.cohort import cohorts, groups
from wetread.regulatory.evidence.gate import gate, rows
from wetread.regulatory.pen import Pen

__all__ = ["context"]


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names: what the films that the model knows were like, and how it did on them."""
    bundle, figures, evaluation = first(device, "bundle"), first(device, "figures"), gate(device)
    return {
        "bundle": bundle.name if bundle else "",
        "model": _model(pen, bundle, figures) if bundle else "",
        "mix": _mix(device, pen),
        "refused": _refused(pen, evaluation) if evaluation else "",
    }


def _model(pen: Pen, bundle: Artefact, figures: Artefact | None) -> str:
    """The model's own figures that later ones are held against."""
    wanted = [
        (
            "Prevalence among the films that the calibration was fitted on",
            f"{bundle.name}:/calibration/prevalence",
            "%",
        ),
        ("Threshold on the score", f"{bundle.name}:/threshold/score", ""),
        ("its interval, within which the reading abstains: from", f"{bundle.name}:/threshold/interval/0", ""),
        ("to", f"{bundle.name}:/threshold/interval/1", ""),
    ]
    if figures and found(figures, "threshold_on_development_films"):
        at = f"{figures.name}:/threshold_on_development_films"
        wanted += [
            (
                "Sensitivity at the threshold (development estimate, on the films that chose it)",
                f"{at}/sensitivity",
                "%",
            ),
            (
                "Specificity at the threshold (development estimate, on the films that chose it)",
                f"{at}/specificity",
                "%",
            ),
        ]
    told = [[what, pen.num(ref, None if unit else 4, unit)] for what, ref, unit in wanted if pen.has(ref)]
    return Pen.table(["Baseline of the model", "Value"], told) if told else ""


def _mix(device: Device, pen: Pen) -> str:
    """Who was in the films that the model was fitted on; where that is not told, in the first cohort report."""
    views = cohorts(device)
    if not views:
        return ""
    view = views[0]
    told = []
    for title, by in (("View", "by_view"), ("Sex", "by_sex"), ("Age band", "by_age")):
        for name, ref in groups(view, by):
            share = pen.derived("share", f"{ref}/films", view.ref("people", "films"), unit="%")
            told.append([f"{title}: {_named(pen, ref, name)}", pen.num(f"{ref}/films"), share])
    table = Pen.table(["Mix of films", "Films", "Share"], told) if told else ""
    return f"Of {view.meaning} ({pen.num(view.ref('people', 'films'), unit='films')}):\n\n{table}" if table else ""


def _named(pen: Pen, ref: str, name: str) -> str:
    return pen.num(f"{ref}/name") if name != "None" else "not told"


def _refused(pen: Pen, evaluation: Artefact) -> str:
    """What the gate on pixels refuses of frontal films, which it must let pass."""
    told = [
        [pen.num(f"{row.ref}/row"), pen.num(f"{row.ref}/films"), pen.num(f"{row.ref}/refused"), _share(pen, row.ref)]
        for row in rows(evaluation)
        if row.must_pass
    ]
    return Pen.table(["Frontal films", "Films", "Refused by the gate", "Share with interval"], told) if told else ""


def _share(pen: Pen, ref: str) -> str:
    low, high = pen.num(f"{ref}/low", 1, "%"), pen.num(f"{ref}/high", 1, "%")
    return f"{pen.num(f'{ref}/share', 1, '%')} ({low} to {high})"
