"""What the device is for, by claim type; its indication held against what its model is made for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wetread.regulatory.device import ClaimType, Device
from wetread.regulatory.documents.limits import limits
from wetread.regulatory.documents.operating import columns, prevalences, table_rows
from wetread.regulatory.documents.subject import subject
from wetread.regulatory.evidence import found
from wetread.regulatory.evidence.bundle import ages, card, words
from wetread.regulatory.pen import Pen

__all__ = ["PURPOSES", "Purpose", "context", "indication"]

_OLDEST = 120
"""An upper age of a card at and above which its range has no upper end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a claim type says, in sentences in which {device} and {finding} stand for names.

    Attributes
    ----------
    statement
        A draft of the intended use.
    output
        What the user is shown under this claim, and what is left switched off.
    impact, false_positive, false_negative
        What its answers do in the clinic.
    standard
        What a study has to show.
    not_claimed
        What must not be said of it.
    """

    statement: str
    output: str
    impact: str
    false_positive: str
    false_negative: str
    standard: str
    not_claimed: str


PURPOSES: Mapping[ClaimType, Purpose] = {
    ClaimType.TRIAGE: Purpose(
        statement="{device} is intended to help prioritise the reading list: it analyses frontal chest radiographs and flags, for "
        "the whole film, features of {finding}, so that a flagged film may be read sooner than its turn.",
        output="A flag for the film, beside the standard of care. No film leaves the list or moves back in it. The outline "
        "and the probability, which the software can also give, are no part of this claim: an installation under it shows "
        "its users the flag alone (`--results worklist`).",
        impact="The device changes the order in which films are read, and nothing else: every film is read by a qualified "
        "reader, with or without a flag.",
        false_positive="a film without the finding is read before its turn, and others wait longer for it.",
        false_negative="a film with the finding keeps its place and is read in its turn, as without the device; whoever takes a "
        "missing flag for a negative answer loses that protection.",
        standard="Standalone sensitivity and specificity against a reference standard by readers, each with the lower end of its "
        "interval above a goal that was set beforehand, and the time from film to notification beside the time from film "
        "to reading without the device. No reader study is customary for this claim.",
        not_claimed="detection, localisation or diagnosis; ruling the finding out; a safe place at the end of the list",
    ),
    ClaimType.DETECTION: Purpose(
        statement="{device} is intended to direct the reader's attention: it analyses frontal chest radiographs and marks regions "
        "with features of {finding}, as a concurrent aid while a qualified reader reads the film.",
        output="An outline on a copy of the film or as a presentation state, beside the untouched film. The call and the "
        "probability, which the software can also give, are no part of this claim.",
        impact="The device changes where a reader looks. The reading stays the reader's.",
        false_positive="a mark draws the reader to a normal region; the reading may take longer, and a finding may be reported "
        "that is none.",
        false_negative="no mark stands where a finding is; a reader who leans on the marks may look less closely there.",
        standard="A study of several readers and many films: each reads with and without the device, and the area under the "
        "ROC curve, averaged over readers, must be larger with it, with readers and films both taken as drawn; beside it "
        "the standalone performance, with the place of the mark counted.",
        not_claimed="triage; diagnosis; that a film without marks is normal",
    ),
    ClaimType.DIAGNOSIS: Purpose(
        statement="{device} is intended to help readers detect and characterise {finding}: it analyses frontal chest radiographs, "
        "marks suspicious regions and gives a probability, as a concurrent aid while a qualified reader reads the film.",
        output="An outline, a call, and a probability at a stated prevalence, beside the untouched film.",
        impact="The device changes where a reader looks and how sure a reader is. The reading stays the reader's.",
        false_positive="a reader may be led to report and to treat what is not there; antibiotics and further films follow.",
        false_negative="a reader may be led to dismiss a finding; treatment comes later.",
        standard="A study of several readers and many films, each read with and without the device: detection and "
        "characterisation must both be better with it, with readers and films both taken as drawn; beside it the "
        "standalone performance, diagnostic as well as of the place.",
        not_claimed="diagnosis without a reader; telling pneumonia from other disease that looks alike, unless shown",
    ),
}


def indication(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the device file says of the indication, in words, and where the claim's regulation stands (`claim`)."""
    told = device.plain.get("indications") or {}
    finding = told.get("finding") or "pneumonia"
    purpose = PURPOSES[device.claim]
    return {
        "purpose": purpose,
        "claim": f"codes:/entries/{device.claim}",
        "statement": purpose.statement.format(device=device.name, finding=finding),
        "finding": finding,
        "indicated": bool(told),
        "ages": ages(pen, "device:/indications/ages_years", told.get("ages_years")),
        "users": words(device.plain.get("users"), last="and"),
    }


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names beyond the pen."""
    at = columns(device)
    return {
        **subject(device),
        **indication(device, pen),
        "agreement_rows": _agreement(device, pen),
        "limits": limits(device, pen),
        "prevalences": prevalences(device),
        "at": at,
        "at_headings": [one.heading(pen) for one in at],
        "at_rows": table_rows(at, pen),
    }


def _agreement(device: Device, pen: Pen) -> list[list[str]]:
    """Indication and card side by side: what, indication, card, and whether the model is made for it."""
    model, told = card(device), device.plain.get("indications") or {}
    if model is None or not told:
        return []
    made = found(model, "intended_use") or {}
    rows = []
    for what, term in (
        ("Views", "views"),
        ("Modalities", "modalities"),
        ("Body part", "body_parts"),
    ):
        wanted, there = set(told.get(term) or ()), set(made.get(term) or ())
        verdict = "agrees" if wanted and wanted <= there else "not stated" if not wanted else "**differs**"
        rows.append([what, words(told.get(term)) or "not stated", words(made.get(term)) or "not stated", verdict])
    indicated, readable = told.get("ages_years"), made.get("age_years")
    if indicated and readable:
        highest = indicated[1] if indicated[1] is not None else math.inf
        inside = indicated[0] >= readable[0] and (highest <= readable[1] or readable[1] >= _OLDEST)
        shown = [
            ages(pen, "device:/indications/ages_years", indicated),
            ages(pen, f"{model.name}:/intended_use/age_years", readable),
        ]
        rows.append(["Ages", *shown, "agrees" if inside else "**differs**"])
    return rows
