"""Human factors: the tasks, the errors that can be foreseen, and what people have to study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, items
from wetread.regulatory.pen import Pen

__all__ = ["context"]


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names: the model's own warnings, and the risks that the register tells of use."""
    bundle, risks = first(device, "bundle"), first(device, "risks")
    return {
        "bundle": bundle.name if bundle else "",
        "outline": f"{bundle.name}:/attention_worth" if bundle and found(bundle, "attention_worth") else "",
        "evidence": f"{bundle.name}:/evidence" if bundle and found(bundle, "evidence") else "",
        "register": _register(pen, device) if risks else "",
    }


def _register(pen: Pen, device: Device) -> str:
    """Every risk of the register: which of them a use error can lead to is for people to say."""
    risks = first(device, "risks")
    rows = [
        [f"`{row['id']}`", pen.num(f"{ref}/hazard"), pen.num(f"{ref}/sequence")]
        for ref, row in (items(risks, "risks") if risks else ())
        if row.get("id") and row.get("hazard") and row.get("sequence")
    ]
    return Pen.table(["Risk", "Hazard", "Sequence of events"], rows) if rows else ""
