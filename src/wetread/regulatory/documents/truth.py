"""Reference standard report: how the labels came to be, how wrong they are, how readers agree, what a test would need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.documents.course_form import truth_of_plan
from wetread.regulatory.documents.reference import standard
from wetread.regulatory.documents.subject import subject
from wetread.regulatory.evidence import first, found, reference
from wetread.regulatory.evidence.agreement import estimates, interval, readers, remarks
from wetread.regulatory.evidence.noise import noise
from wetread.regulatory.pen import Pen

__all__ = ["context"]


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names beyond the pen."""
    study = noise(device)
    radiologist = first(device, "radiologist")
    agreements = [_table(pen, one) for one in device.of_kind("agreement")]
    agreements += [_table(pen, one, "agreement") for one in device.of_kind("truth") if found(one, "agreement")]
    return {
        **subject(device),
        **standard(device, pen),
        "plan_truth": truth_of_plan(device),
        "study_agreement": _table(pen, study, "references") if study and found(study, "references") else None,
        "abnormal": _table(pen, study, "abnormal", "agreement") if study and found(study, "abnormal") else None,
        "agreements": agreements,
        "standards": [
            {"name": one.name, "rows": _counts(pen, one)}
            for one in device.of_kind("truth")
            if found(one, "statement") is not None
        ],
        "radiologist": radiologist.name if radiologist else "",
        "scores": _scores(study),
        "remarks": [f"{study.name}:/remarks/{place}" for place in range(len(found(study, "remarks") or ()))]
        if study
        else [],
        "notes": [f"{study.name}:/notes/{place}" for place in range(len(found(study, "notes") or ()))] if study else [],
    }


def _table(pen: Pen, artefact: Artefact, *at: str) -> Mapping[str, Any]:
    """Coefficients with their intervals, who read, and what follows from the numbers."""
    rows = []
    for _, ref in estimates(artefact, *at):
        ends = interval(artefact, ref)
        shown = f"{pen.num(f'{ends}/0', 3)} to {pen.num(f'{ends}/1', 3)}" if ends else "–"
        rows.append([pen.num(f"{ref}/name"), pen.num(f"{ref}/value", 3), shown, pen.num(f"{ref}/source")])
    base = f"{artefact.name}:" + "".join(f"/{token}" for token in at)
    return {
        "name": artefact.name,
        "rows": rows,
        "readers": ", ".join(readers(artefact, *at)),
        "films": f"{base}/films",
        "patients": f"{base}/patients",
        "remarks": remarks(artefact, *at),
    }


def _counts(pen: Pen, standard: Artefact) -> list[list[str]]:
    """What a reference standard was made of: reads of each reader, films of each answer, and films without one."""
    rows = [[f"Reads by `{name}`", pen.num(reference(standard, "readers", name, "reads"))]
            for name in found(standard, "readers") or {}]  # fmt: skip
    rows += [[f"Films with the answer `{name}`", pen.num(reference(standard, "labels", name))]
             for name in found(standard, "labels") or {}]  # fmt: skip
    rows += [[f"Films undecided: `{name}`", pen.num(reference(standard, "undecided", name))]
             for name in found(standard, "undecided") or {}]  # fmt: skip
    for name, words in (("missing_reads", "Reads that are missing"), ("repeated_reads", "Reads that are repeated")):
        if found(standard, name) is not None:
            rows.append([words, pen.num(reference(standard, name))])
    return rows


def _scores(study: Artefact | None) -> list[str]:
    told = found(study, "scores") if study else None
    return [f"{study.name}:/scores/{place}" for place in range(len(told))] if study and isinstance(told, list) else []
