"""What the standalone performance report prints: every evaluation, the bundle's figures, and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.documents import honesty_tables
from wetread.regulatory.documents.labelling import taught_by
from wetread.regulatory.documents.performance_tables import Tables
from wetread.regulatory.evidence import first, found, items, reference
from wetread.regulatory.evidence.evaluation import Evaluated, evaluations, sealed_digest
from wetread.regulatory.evidence.figures import PARTS, figures
from wetread.regulatory.evidence.honesty import honesty
from wetread.regulatory.evidence.ledger import last_use, uses
from wetread.regulatory.evidence.radiologist import radiologist
from wetread.regulatory.pen import Pen
from wetread.regulatory.pictures import PICTURES, can_draw

__all__ = ["context"]

_CAPTIONS = {
    "roc": "Sensitivity against one minus specificity, with the threshold that is judged",
    "precision-recall": "Precision against recall; calling every film stands at the right end",
    "predictive-values": "PPV and NPV at the threshold, by the share of films that are positive",
    "calibration": "Observed share of positive films against the stated probability",
    "decision-curve": "Net benefit of acting on the score, on every film, and on none",
    "subgroups": "AUROC of each group that has enough patients, beside all films",
    "shortcuts-alone": "AUROC of guesses without a pixel, beside the score",
}
_WORTH = ("told_by_score", "ablation", "boxes", "shuffle", "parity", "parity_films", "guard")


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """Everything that document 09 names beyond the pen's functions."""
    found_here = evaluations(device)
    bundle, worth, panel = figures(device), honesty(device), radiologist(device)
    return {
        "evaluations": [Tables(one, pen) for one in found_here],
        "is_sealed": any(one.sealed for one in found_here) or _sealed_figures(device),
        "sealed_figures": _sealed_figures(device),
        "teacher": taught_by(device),
        "flow": _flow(found_here, pen),
        "summary": _summary(found_here, pen),
        "pictures": {
            name: caption + _whose(name, found_here)
            for name, caption in _CAPTIONS.items()
            if name in PICTURES and can_draw(name, device)
        },
        "uses": last_use(device),
        "use_rows": _uses(device, pen),
        "listed": sealed_digest(device) is not None,
        "lock": lock.name if (lock := first(device, "lock")) else "",
        "figures": bundle.name if bundle else "",
        "figure_tables": _figures(bundle, pen),
        "honesty": worth.name if worth else "",
        "worth": _worth(worth, pen),
        "readers": honesty_tables.readers(panel, pen) if panel else "",
        "panel": panel.name if panel else "",
        "model": model.name if (model := first(device, "bundle")) else "",
        "resume": resume.name if (resume := first(device, "resume")) and found(resume, "equal") is True else "",
    }


_OF_ONE = {
    "predictive-values": "cuts",
    "calibration": "reliability",
    "decision-curve": "decision",
    "shortcuts-alone": "baselines",
}
"""Pictures of the first evaluation that holds a part, with that part."""


def _whose(picture: str, found_here: tuple[Evaluated, ...]) -> str:
    """How the films of a picture of one evaluation stand."""
    part = _OF_ONE.get(picture)
    return next((f" ({one.standing})" for one in found_here if part and one.get(part)), "")


def _sealed_figures(device: Device) -> bool:
    """Whether the bundle's sealed figures are of the device's own test list."""
    bundle, digest = figures(device), sealed_digest(device)
    told = items(bundle, "sealed") if bundle and digest else ()
    return any(row.get("films_sha256") == digest for _, row in told)


def _flow(found_here: tuple[Evaluated, ...], pen: Pen) -> str:
    lines = [
        [pen.num(one.ref("films", "name")), one.standing, *(pen.num(one.ref("films", name)) for name in ("films", "patients")),
         pen.num(one.ref("films", "positives")), pen.num(one.ref("films", "positive_patients")),
         pen.num(one.ref("films", "prevalence"), 1, "%", **one.about)]
        for one in found_here
    ]  # fmt: skip
    header = [
        "Films",
        "Standing",
        "Number",
        "Patients",
        "Positive",
        "Patients with a positive film",
        "Positive share (95 % interval)",
    ]
    return pen.table(header, lines) if lines else ""


def _summary(found_here: tuple[Evaluated, ...], pen: Pen) -> str:
    """The headline: one line for each evaluation, development last, F1 beside calling every film."""
    lines = []
    for one in found_here:
        tables = Tables(one, pen)
        cells = [tables.name, one.standing, pen.num(one.area, 3, **one.about) if one.area else "—"]
        cells += [
            tables.number("cuts", 0, "applied", "worth", rate, "stated", digits=1, unit="%")
            for rate in ("sensitivity", "specificity")
        ]
        cells.append(tables.number("films", "prevalence", "value", digits=1, unit="%"))
        f1 = tables.number("cuts", 0, "applied", "worth", "sample", "f1", "stated", "value", digits=3)
        every = tables.number("cuts", 0, "applied", "worth", "sample", "f1_all_positive", digits=3)
        lines.append([*cells, f"{f1}; {every}"])
    header = ["Films", "Standing", "AUROC (95 % interval)", "Sensitivity (95 % interval)", "Specificity (95 % interval)",
              "Positive", "F1; F1 of calling every film"]  # fmt: skip
    return pen.table(header, lines) if lines else ""


def _uses(device: Device, pen: Pen) -> str:
    lines = []
    for ref, row in uses(device):
        what = " ".join(pen.num(f"{ref}/{name}") for name in ("bundle", "version") if isinstance(row.get(name), str))
        named = what or (pen.num(f"{ref}/device") if isinstance(row.get("device"), str) else "not said")
        films = pen.num(f"{ref}/films") if isinstance(row.get("films"), int) else "—"
        date = pen.num(f"{ref}/date") if isinstance(row.get("date"), str) else "—"
        lines.append([pen.num(f"{ref}/use"), date, named, films])
    return pen.table(["Use", "Date", "What was scored", "Films"], lines) if lines else ""


def _figures(bundle: Artefact | None, pen: Pen) -> list[Mapping[str, Any]]:
    """For each part: its heading, the table of questions, and what stands beside each of them."""
    if bundle is None:
        return []
    told: list[Mapping[str, Any]] = []
    for part, heading in PARTS.items():
        table = honesty_tables.figure_rows(bundle, part, pen)
        if table:
            beside = honesty_tables.beside_all(bundle, part, pen)
            told.append({"part": part, "heading": heading, "table": table, "beside": beside})
    return told


def _worth(worth: Artefact | None, pen: Pen) -> Mapping[str, str]:
    if worth is None:
        return dict.fromkeys(_WORTH, "")
    pairs = found(worth, "parity", "pairs")
    return {
        "told_by_score": honesty_tables.told_by_score(worth, pen),
        "ablation": honesty_tables.ablation(worth, pen),
        "boxes": honesty_tables.boxes(worth, pen),
        "shuffle": honesty_tables.shuffle(worth, pen),
        "parity": honesty_tables.parity(worth, pen) if pairs else "",
        "parity_films": reference(worth, "parity", "films") if pairs else "",
        "guard": reference(worth, "guard") if found(worth, "guard") else "",
    }
