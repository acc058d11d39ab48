"""What the labelling prints: the device's inputs, what it refuses, what it is worth, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.documents.limits import limits
from wetread.regulatory.documents.performance_tables import Tables
from wetread.regulatory.documents.subject import subject
from wetread.regulatory.documents.use import indication
from wetread.regulatory.evidence import found
from wetread.regulatory.evidence.evaluation import evaluations
from wetread.regulatory.evidence.ledger import last_use, uses
from wetread.regulatory.pen import Pen

__all__ = ["context", "taught_by", "worth"]


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names beyond the pen's functions."""
    return {
        **subject(device),
        **indication(device, pen),
        **worth(device, pen),
        "limits": limits(device, pen),
        "regulation": f"codes:/entries/{device.claim.value}",
    }


def worth(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What users are told of performance: sealed evaluations alone where there is one, else what there is, so headed.

    Returns
    -------
    `shown` (the tables of each evaluation that is told), `is_sealed`, `performance` (one table with its standing),
    `uses` (reference of the last use of the test list, or None), `times` ("time" or "times"), `interval` (reference of
    the threshold that has one, or "") and `teacher` (as `taught_by`).
    """
    every = evaluations(device)
    sealed = [one for one in every if one.sealed or one.part]
    shown = [Tables(one, pen) for one in sealed or every]
    return {
        "shown": shown,
        "is_sealed": any(one.sealed for one in every),
        "performance": _performance(shown, pen),
        "uses": last_use(device),
        "times": "time" if len(list(uses(device))) == 1 else "times",
        "interval": _interval(device),
        "teacher": taught_by(device),
    }


def taught_by(device: Device) -> str:
    """The card whose model was taught by another network's scores, by name; "" where none was."""
    return next((card.name for card in device.of_kind("bundle") if found(card, "training", "teacher")), "")


def _performance(shown: list[Tables], pen: Pen) -> str:
    """AUROC, sensitivity, specificity and the likelihood ratios, a line for each set of films."""
    lines = []
    for each in shown:
        one = each.one
        cells = [
            each.name,
            each.standing,
            f"{each.number('films', 'films')}, {each.number('films', 'positives')} positive",
        ]
        cells.append(pen.num(one.area, 3, **one.about) if one.area else "—")
        at = ("cuts", 0, "applied", "worth")
        cells += [each.number(*at, rate, "stated", digits=1, unit="%") for rate in ("sensitivity", "specificity")]
        lines.append(cells)
    header = [
        "Films",
        "Standing",
        "Number",
        "AUROC (95 % interval)",
        "Sensitivity (95 % interval)",
        "Specificity (95 % interval)",
    ]
    return pen.table(header, lines) if lines else ""


def _interval(device: Device) -> str:
    """The bundle's threshold where it has an interval, within which the answer is indeterminate; ""."""
    for bundle in device.of_kind("bundle"):
        ends = found(bundle, "threshold", "interval")
        if isinstance(ends, list) and len(ends) == 2:
            return f"{bundle.name}:/threshold"
    return ""
