"""Classification and predicates: what follows from the claim, who came before, and what nobody has cleared yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wetread.regulatory.device import ClaimType, Device
from wetread.regulatory.documents.shelf import MARKS, listed
from wetread.regulatory.evidence import found
from wetread.regulatory.evidence.bundle import card, words
from wetread.regulatory.pen import Pen
from wetread.regulatory.reference.facts import entries

__all__ = ["context"]

_ROWS = (
    ("Holder", "holder"),
    ("Regulation", "regulation"),
    ("Product code", "code"),
    ("Cleared on", "cleared"),
    ("Findings", "findings"),
    ("Films", "views"),
    ("Patients", "population"),
    ("Users", "users"),
    ("Result", "output"),
    ("Performance", "performance"),
    ("Read where", "source"),
    ("Looked up on", "checked_on"),
)
_ASKED_AS = {ClaimType.TRIAGE: ("triage",), ClaimType.DETECTION: ("detection",)}


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names: codes, controls, options, candidates and the comparison with the subject."""
    codes = device.artefacts["codes"].data
    claim = f"codes:/entries/{device.claim}"
    entry = codes["entries"][device.claim]
    return {
        "claim": claim,
        "mark": MARKS[entry["mark"]],
        "customary_mark": MARKS[entry["customary"]["mark"]],
        "none_mark": MARKS[codes["none"]["mark"]],
        "codes": [(code, f"{claim}/codes/{code}") for code in entry["codes"]],
        "controls": _controls(device, pen, claim),
        "options": [
            f"codes:/none/options/{name}"
            for name, option in codes["none"]["options"].items()
            if device.claim in option["claims"]
        ],
        "others": [f"codes:/other/{name}" for name in codes["other"]],
        "other_claims": [f"codes:/entries/{each}" for each in codes["entries"] if each != device.claim],
        "same_claim": device.claim in _ASKED_AS,
        "marks": _marks(device),
        "young": _is_young(device),
        "ages_mark": MARKS[codes["ages"]["mark"]],
        "comparison": _comparison(device, pen),
    }


def _is_young(device: Device) -> bool:
    """Whether patients are indicated whom the authority does not count as adults."""
    adult_from = device.artefacts["codes"].data["ages"]["adult_from"]
    ages = (device.plain.get("indications") or {}).get("ages_years")
    return isinstance(ages, list) and bool(ages) and ages[0] is not None and ages[0] < adult_from


def _marks(device: Device) -> str:
    """Where the card says what its outline is worth, if the claim is one of marks."""
    model = card(device)
    if model is None or device.claim is ClaimType.TRIAGE or not found(model, "attention_worth"):
        return ""
    return f"{model.name}:/attention_worth"


def _controls(device: Device, pen: Pen, claim: str) -> str:
    controls = device.artefacts["codes"].data["entries"][device.claim]["controls"]
    rows = [
        [
            pen.num(f"{claim}/controls/{name}/asks"),
            listed(control["documents"]),
            pen.human(f"control-{name}", "judged by regulatory affairs once these documents are finished"),
        ]
        for name, control in controls.items()
    ]
    return Pen.table(["Asked for", "Answered in", "Whether that is enough"], rows)


def _candidates(device: Device) -> dict[str, str]:
    data = device.artefacts["predicates"]
    wanted = _ASKED_AS.get(device.claim, ("detection",))
    return {name: ref for name, ref in entries(data).items() if data.data["entries"][name]["claim"] in wanted}


def _comparison(device: Device, pen: Pen) -> str:
    """Subject and candidates side by side: one row for each property."""
    candidates = _candidates(device)
    data = device.artefacts["predicates"].data["entries"]
    rows = [["Name", _subject(device, pen, "name"), *(pen.num(f"{ref}/title") for ref in candidates.values())]]
    rows += [
        [title, _subject(device, pen, key), *(pen.num(f"{ref}/{key}") for ref in candidates.values())]
        for title, key in _ROWS
    ]
    marks = [MARKS[data[name]["mark"]] for name in candidates]
    rows.append(["Regulation, code and date", "–", *marks])
    return Pen.table(["Property", "This device", *candidates], rows)


def _subject(device: Device, pen: Pen, key: str) -> str:
    """What this device has in a row of the comparison."""
    told = device.plain.get("indications") or {}
    terms = ", ".join(term for term in (words(told.get("views")), words(told.get("modalities"))) if term)
    has_sponsor, has_finding = pen.has("device:/sponsor/name"), pen.has("device:/indications/finding")
    made: Mapping[str, Callable[[], str]] = {
        "name": lambda: pen.num("device:/name"),
        "holder": lambda: pen.num("device:/sponsor/name") if has_sponsor else "see document 00",
        "regulation": lambda: pen.num(f"codes:/entries/{device.claim}/regulation"),
        "code": lambda: pen.human("product-code", "the code that is proposed, from the list above"),
        "findings": lambda: pen.num("device:/indications/finding") if has_finding else _open(pen),
        "views": lambda: terms or _open(pen),
        "population": lambda: _ages(pen),
        "users": lambda: words(device.plain.get("users")) or "see document 02",
        "output": lambda: "see document 01",
        "performance": lambda: "see document 09" if card(device) else "not in the folder",
    }
    return made[key]() if key in made else "–"


def _open(pen: Pen) -> str:
    return pen.human("indications", "what is indicated, under `indications` in the device file")


def _ages(pen: Pen) -> str:
    low, high = (f"device:/indications/ages_years/{place}" for place in (0, 1))
    if not pen.has(low):
        return _open(pen)
    if not pen.has(high):
        return f"{pen.num(low)} years and over"
    return f"{pen.num(low)} to {pen.num(high)} years"
