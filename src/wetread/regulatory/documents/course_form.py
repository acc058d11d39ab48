"""The course's six-section form, filled from the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.documents.curves import curves
from wetread.regulatory.documents.limits import limits
from wetread.regulatory.documents.operating import columns, prevalences, table_rows
from wetread.regulatory.documents.reference import standard
from wetread.regulatory.documents.subject import subject
from wetread.regulatory.documents.use import indication
from wetread.regulatory.documents.who import training, who
from wetread.regulatory.evidence import first, found, items
from wetread.regulatory.evidence.bundle import ages, card, words
from wetread.regulatory.pen import Pen

__all__ = ["context", "truth_of_plan"]


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names beyond the pen."""
    at = columns(device)
    radiologist, model = first(device, "radiologist"), card(device)
    return {
        **subject(device),
        **indication(device, pen),
        **who(device),
        **training(device),
        **standard(device, pen),
        **curves(device),
        "limits": limits(device, pen),
        "at": at,
        "at_headings": [one.heading(pen) for one in at],
        "at_rows": table_rows(at, pen),
        "prevalences": prevalences(device),
        "population": _population(device),
        "plan_truth": truth_of_plan(device),
        "is_youden": "youden" in str(found(model, "threshold", "rule")).lower() if model else False,
        "plan_ages": ages(
            pen,
            "device:/validation/described/population/ages_years",
            _described(device, "population").get("ages_years"),
        ),
        "goals": [ref for ref, _ in items(device.artefacts["device"], "validation", "goals")],
        "analysis": _analysis(device),
        "radiologist": radiologist.name if radiologist else "",
        "is_compared": _is_of(radiologist, model),
    }


def _is_of(compared: Artefact | None, model: Artefact | None) -> bool:
    """Whether what was held against readers is this very model."""
    if compared is None or model is None:
        return False
    return all(found(compared, "bundle", name) == found(model, name) for name in ("name", "version"))


def _described(device: Device, name: str) -> Mapping[str, Any]:
    told = found(device.artefacts["device"], "validation", "described", name)
    return told if isinstance(told, Mapping) else {}


def _population(device: Device) -> Mapping[str, str]:
    """Whom the study is to hold, in the words of the device file."""
    told = _described(device, "population")
    lists = {name: words(told.get(name), last="and")
             for name in ("sexes", "views", "modalities", "included", "excluded")}  # fmt: skip
    return lists | {name: str(told.get(name) or "") for name in ("body_part", "negatives")}


def _analysis(device: Device) -> Mapping[str, str]:
    """How several goals share the error, and which groups are reported, in the words of the device file."""
    told = found(device.artefacts["device"], "validation", "described")
    told = told if isinstance(told, Mapping) else {}
    return {"multiplicity": str(told.get("multiplicity") or ""), "subgroups": words(told.get("subgroups"), last="and")}


def truth_of_plan(device: Device) -> Mapping[str, Any]:
    """How the study's reference standard is to be made."""
    told = _described(device, "truth")
    rule, further = str(told.get("rule") or ""), str(told.get("adjudication") or "")
    sentence = f"{rule[:1].upper()}{rule[1:]}{f'; {further}' if further else ''}." if rule else ""
    return {"rule": rule, "sentence": sentence, "blinded": told.get("blinded") is True}
