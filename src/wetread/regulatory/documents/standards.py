"""Standards and guidance: what applies, in which edition, how sure that is, and what has to be looked up again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.documents.shelf import MARKS, listed
from wetread.regulatory.pen import Pen
from wetread.regulatory.reference.facts import entries, stale

__all__ = ["context"]


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names: both tables, the entries that are drafts, from memory, or have grown old."""
    guidance = device.artefacts["guidance"]
    return {
        "claim": f"codes:/entries/{device.claim}",
        "guidance": _guidance(device, pen),
        "standards": _standards(device, pen),
        "drafts": [
            ref for name, ref in entries(guidance).items() if guidance.data["entries"][name]["status"] == "draft"
        ],
        "unconfirmed": [f"{ref}/title" for ref in _unconfirmed(device)],
        "old": [(each.fact.ref, str(each.fact.checked_on)) for each in stale(device)],
    }


def _guidance(device: Device, pen: Pen) -> str:
    data = device.artefacts["guidance"]
    rows = [
        [
            pen.num(f"{ref}/title"),
            f"{pen.num(f'{ref}/status')}, {pen.num(f'{ref}/dated')}",
            pen.num(f"{ref}/takes"),
            listed(data.data["entries"][name]["documents"]),
            _checked(pen, ref, data.data["entries"][name]["mark"]),
        ]
        for name, ref in entries(data).items()
    ]
    return Pen.table(["Guidance or rule", "Status", "What is taken from it", "Used in", "Looked up"], rows)


def _standards(device: Device, pen: Pen) -> str:
    data = device.artefacts["standards"]
    rows = [
        [
            pen.num(f"{ref}/title"),
            pen.num(f"{ref}/about"),
            listed(data.data["entries"][name]["documents"]),
            _checked(pen, ref, data.data["entries"][name]["mark"]),
        ]
        for name, ref in entries(data).items()
    ]
    return Pen.table(["Standard and edition", "About", "Used in", "Looked up"], rows)


def _checked(pen: Pen, ref: str, mark: str) -> str:
    return f"{pen.num(f'{ref}/checked_on')}, {MARKS[mark]}"


def _unconfirmed(device: Device) -> list[str]:
    """Entries of both lists that were written from memory."""
    return [
        ref
        for name in ("guidance", "standards")
        for entry, ref in entries(device.artefacts[name]).items()
        if device.artefacts[name].data["entries"][entry]["mark"] == "memory"
    ]
