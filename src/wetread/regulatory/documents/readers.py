"""The plan of a study with readers; for triage, of a study of time instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import ClaimType, Device
from wetread.regulatory.documents.shelf import MARKS
from wetread.regulatory.evidence import first, found, items
from wetread.regulatory.pen import Pen

__all__ = ["context"]


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names: the claim, the plan's sizes for readers, and a reader study where one was done."""
    plan, study = first(device, "plan"), first(device, "readers")
    return {
        "claim": f"codes:/entries/{device.claim}",
        "customary_mark": MARKS[device.artefacts["codes"].data["entries"][device.claim]["customary"]["mark"]],
        "is_triage": device.claim is ClaimType.TRIAGE,
        "is_diagnosis": device.claim is ClaimType.DIAGNOSIS,
        "sizes": [_size(pen, ref, row) for ref, row in items(plan, "readers")] if plan else [],
        "described": f"{plan.name}:/study" if plan and found(plan, "study") else "",
        "study": study.name if study else "",
        "plan": plan.name if plan else "",
    }


def _size(pen: Pen, ref: str, row: Mapping[str, Any]) -> Mapping[str, str]:
    """One calculation: its assumptions, its power, and how many cases go with how many readers."""
    method = str(row.get("method", ""))
    asked = [
        ["Difference of the AUROC to be shown", pen.num(f"{ref}/inputs/effect")],
        ["Level (two sides)", pen.num(f"{ref}/inputs/alpha")],
        ["Power asked for", pen.num(f"{ref}/inputs/power")],
        ["Variance components from", pen.num(f"{ref}/inputs/source")],
        ["Readers and cases of the plan", f"{pen.num(f'{ref}/inputs/readers')} and {pen.num(f'{ref}/inputs/cases')}"],
        ["Power then, readers and cases both random", pen.num(f"{ref}/result/power", 4, method=method)],
        ["with these readers only", pen.num(f"{ref}/result/power_fixed_readers", 4, method=method)],
        ["with these cases only", pen.num(f"{ref}/result/power_fixed_cases", 4, method=method)],
    ]
    result = row.get("result")
    table = result.get("table") if isinstance(result, Mapping) else None
    pairs = [
        [pen.num(f"{ref}/result/table/{place}/{key}", method=method) for key in ("readers", "cases")]
        for place in range(len(table) if isinstance(table, list) else 0)
    ]
    return {
        "method": pen.num(f"{ref}/method") if method else "",
        "asked": Pen.table(["Item", "Value"], asked),
        "pairs": Pen.table(["Readers", "Cases for the power asked for"], pairs) if pairs else "",
    }
