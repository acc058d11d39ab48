"""Which harm may come of the software, and what controls it: `risks.yaml`, in the terms of ISO 14971:2019."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wetread.errors import DataError
from wetread.regulatory.trace.rows import names, optional, rows, text

__all__ = ["CONTROLS", "Control", "Risk", "risks"]

CONTROLS = {
    "design": "inherently safe design",
    "protective": "protective measure",
    "information": "information for safety",
}
"""Kinds of risk control, in the order of preference of ISO 14971:2019, clause 7.1."""
_ID = re.compile(r"RISK-[A-Z0-9]+(-[A-Z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What makes a risk smaller.

    Attributes
    ----------
    kind
        One of `CONTROLS`.
    text
        What it is.
    requirements
        Ids of the requirements that put it into effect; at least one.

    Raises
    ------
    DataError
        If it is not of that form.
    """

    kind: str
    text: str
    requirements: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.kind not in CONTROLS:
            raise DataError(f"no kind of risk control {self.kind!r}: choose of {', '.join(CONTROLS)}")
        if not self.requirements:
            raise DataError(f"the risk control {self.text!r} names no requirement: nothing would put it into effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One risk.

    Attributes
    ----------
    id
        "RISK-..." in capitals.
    hazard, sequence, situation, harm
        The hazard, the sequence of events, the hazardous situation, and the harm that may follow.
    ai
        Whether it comes of the model being learnt.
    severity, probability, residual
        As people estimated them, by their own plan; "" where nobody has.
    controls
        What makes it smaller; at least one.
    place
        JSON pointer of its row.

    Raises
    ------
    DataError
        If it is not of that form.
    """

    id: str
    hazard: str
    sequence: str
    situation: str
    harm: str
    ai: bool = False
    severity: str = ""
    probability: str = ""
    residual: str = ""
    controls: tuple[Control, ...]
    place: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise DataError(f"{self.id!r} is no id of a risk: RISK- and capitals, such as RISK-WRONG-VIEW")
        if not self.controls:
            raise DataError(f"{self.id}: a risk without a control: add one, or say why it is acceptable without")

    @property
    def requirements(self) -> tuple[str, ...]:
        """The requirements that control it, each once, in the order of the controls."""
        return tuple(dict.fromkeys(name for control in self.controls for name in control.requirements))


def risks(data: Any) -> tuple[Risk, ...]:
    """The risks of a file (schema `wetread.risks/1`), in its order.

    Raises
    ------
    DataError
        If the file is of another schema, a row is not of its form, or an id stands twice.
    """
    return tuple(_risk(place, row) for place, row in rows(data, "wetread.risks/1", "risks"))


def _risk(place: str, row: Mapping[str, Any]) -> Risk:
    told = {key: text(row, key, place) for key in ("id", "hazard", "sequence", "situation", "harm")}
    estimated = {key: optional(row, key, place) for key in ("severity", "probability", "residual")}
    listed = row.get("controls")
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
        raise DataError(f"{place}: `controls` is no list of controls")
    controls = tuple(
        Control(
            kind=text(each, "kind", f"{place}/controls/{number}"),
            text=text(each, "text", f"{place}/controls/{number}"),
            requirements=names(each, "requirements", f"{place}/controls/{number}"),
        )
        for number, each in enumerate(listed)
    )
    return Risk(**told, **estimated, ai=row.get("ai") is True, controls=controls, place=place)
