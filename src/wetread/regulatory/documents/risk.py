"""The risk file: hazards, what controls them, and whether the tests of the controls passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.documents.matrix import code, codes, worded
from wetread.regulatory.evidence.traced import Traced, traced
from wetread.regulatory.pen import Pen
from wetread.regulatory.trace.risks import CONTROLS, Risk

__all__ = ["context"]

_ESTIMATES = {
    "severity": "Severity of the harm",
    "probability": "Probability of the harm before the controls",
    "residual": "Residual risk after the controls, and whether it is acceptable",
}
_ASKED = "severity, probability and residual risk by the plan's scales, and acceptability; written in the register"


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template prints: `traced`, the table of risks, and the rows of each risk's own section."""
    told = traced(device, tuple(document.id for document in DOCUMENTS))
    status = {row.requirement.id: row.status if told.tests else "not run" for row in told.matrix.rows}
    return {
        "traced": told,
        "overview": [_overview(told, pen, risk) for risk in told.registered],
        "risks": [
            {
                "id": code(risk.id),
                "ai": risk.ai,
                "told": _told(told, pen, risk),
                "controls": list(_controls(told, pen, risk, status)),
                "estimates": _estimates(told, pen, risk),
            }
            for risk in told.registered
        ],
        "learnt": [code(risk.id) for risk in told.registered if risk.ai],
    }


def _overview(told: Traced, pen: Pen, risk: Risk) -> list[str]:
    return [
        code(risk.id),
        worded(pen, f"{told.risks}:{risk.place}/hazard", risk.hazard),
        worded(pen, f"{told.risks}:{risk.place}/harm", risk.harm),
        codes(risk.requirements),
    ]


def _told(told: Traced, pen: Pen, risk: Risk) -> list[list[str]]:
    words = {"hazard": "Hazard", "sequence": "Sequence of events", "situation": "Hazardous situation", "harm": "Harm"}
    return [[word, worded(pen, f"{told.risks}:{risk.place}/{key}", getattr(risk, key))] for key, word in words.items()]


def _controls(told: Traced, pen: Pen, risk: Risk, status: Mapping[str, str]) -> Iterator[list[str]]:
    for number, control in enumerate(risk.controls):
        text = worded(pen, f"{told.risks}:{risk.place}/controls/{number}/text", control.text)
        results = ", ".join(f"{code(name)} ({status.get(name, 'not stated')})" for name in control.requirements)
        yield [text, CONTROLS[control.kind], results]


def _estimates(told: Traced, pen: Pen, risk: Risk) -> list[list[str]]:
    """What people estimated in the register, and one open field for what they have not."""
    rows = [
        [word, worded(pen, f"{told.risks}:{risk.place}/{key}", text)]
        for key, word in _ESTIMATES.items()
        if (text := getattr(risk, key))
    ]
    if len(rows) < len(_ESTIMATES):
        rows.append(["Still to be estimated" if rows else "To be estimated", pen.human(risk.id, _ASKED)])
    return rows
