"""Data management report, with the datasheet: who is in the films, what is missing, what tells the label besides disease."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.documents.shortcut_answers import answers, beside
from wetread.regulatory.documents.subject import subject
from wetread.regulatory.documents.who import training, who
from wetread.regulatory.evidence import first, found
from wetread.regulatory.evidence.bundle import ages as in_words
from wetread.regulatory.evidence.cohort import LIST, alarm, cohorts, groups, suspects
from wetread.regulatory.evidence.split import leaks, sides
from wetread.regulatory.pen import Pen

__all__ = ["context"]


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names beyond the pen."""
    views = cohorts(device)
    guard = first(device, "leaks")
    return {
        **subject(device),
        **who(device),
        **training(device),
        "list_key": LIST.replace("/", "~1"),
        "with_suspects": [view for view in views if suspects(view)],
        "ringing": [view for view in views if alarm(view)],
        "answers": answers(device, pen),
        "beside": beside(device, pen),
        "split_sides": [(split.name, name, ref) for split in device.of_kind("split") for name, ref in sides(split)],
        "leak_rows": list(leaks(device)),
        "guard": guard.name if guard else "",
        "leak_of_films": [view for view in views if found(view.artefact, "split_leak", "share") is not None],
        "coverage": _coverage(device, pen),
    }


def _coverage(device: Device, pen: Pen) -> list[list[str]]:
    """What the indication names and the training films do or do not hold: item, indication, films, verdict."""
    view = next((one for one in cohorts(device) if one.role == "training"), None)
    told = device.plain.get("indications") or {}
    if view is None or not told:
        return []
    rows = []
    least, most = found(view.artefact, "people", "ages", "least"), found(view.artefact, "people", "ages", "most")
    ages = told.get("ages_years")
    if ages:
        wanted = in_words(pen, "device:/indications/ages_years", ages)
        if least is None:
            rows.append(["Age", wanted, "not known film by film", "**cannot be shown**"])
        else:
            there = (
                f"{pen.num(view.ref('people', 'ages', 'least'), 0)} to {pen.num(view.ref('people', 'ages', 'most'), 0)}"
            )
            whole = least <= ages[0] and ages[1] is not None and most >= ages[1]
            rows.append(
                ["Age", wanted, f"{there} years", "covered" if whole else "covered in part: see the groups above"]
            )
    for wanted in told.get("views") or ():
        group = next((ref for name, ref in groups(view, "by_view") if name == wanted), None)
        shown = f"{pen.num(f'{group}/films')} films" if group else "none"
        rows.append([f"View {wanted}", "in", shown, "covered" if group else "**not covered**"])
    return rows
