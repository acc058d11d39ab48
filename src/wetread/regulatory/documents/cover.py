"""The cover and index: what the folder is, what is in it, and where each part goes in the electronic template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.documents.shelf import MARKS, listed, usual_gaps
from wetread.regulatory.kinds import KINDS, OURS
from wetread.regulatory.pen import Pen
from wetread.regulatory.reference.facts import entries

__all__ = ["context"]

_BY = {"people": "people", "folder": "this folder", "both": "drafted here, finished by people"}
_HASH = 12  # letters that tell a hash from others


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names: tables of documents, sections and evidence, and what is usual and missing."""
    estar = device.artefacts["estar"]
    return {
        "claim": f"codes:/entries/{device.claim}",
        "documents": _documents(),
        "sections": _sections(device, pen),
        "slots": _slots(device, pen),
        "mark": MARKS[estar.data["template"]["mark"]],
        "evidence": _evidence(device),
        "gaps": usual_gaps(device),
        "sponsor": _sponsor(pen),
    }


def _documents() -> str:
    rows = [
        [
            f"`{each.id}`",
            each.title,
            "in depth" if each.in_depth else "skeleton for people to fill",
            "yes" if each.by_claim else "no",
        ]
        for each in DOCUMENTS
    ]
    return Pen.table(["Document", "Title", "Depth", "Changes with the claim"], rows)


def _sections(device: Device, pen: Pen) -> str:
    estar = device.artefacts["estar"]
    rows = []
    for name, ref in entries(estar).items():
        entry = estar.data["entries"][name]
        why = f": {entry['why']}" if entry.get("why") else ""
        rows.append([pen.num(f"{ref}/title"), f"{entry['applies']}{why}", _BY[entry["by"]], listed(entry["documents"])])
    return Pen.table(["Section of the template", "Applies to software of this kind", "Written by", "Attachment"], rows)


def _slots(device: Device, pen: Pen) -> str:
    """The attachments that two sections ask for one by one."""
    estar = device.artefacts["estar"]
    rows = []
    for name, ref in entries(estar).items():
        for slot, told in estar.data["entries"][name].get("slots", {}).items():
            where = listed(told["documents"]) if told["documents"] else "written by people, outside this folder"
            rows.append([pen.num(f"{ref}/title"), pen.num(f"{ref}/slots/{slot}/title"), where])
    return Pen.table(["Section", "Slot", "Attachment"], rows)


def _evidence(device: Device) -> str:
    rows = [
        [f"`{each.name}`", KINDS[each.kind].what, f"`{each.place}`", f"`{each.sha256[:_HASH]}`"]
        for each in device.artefacts.values()
        if each.kind not in OURS
    ]
    return Pen.table(["Name", "What it is", "File", "SHA-256, first letters"], rows) if rows else ""


def _sponsor(pen: Pen) -> str:
    """What the device file says of the sponsor, or an open field."""
    if pen.has("device:/sponsor/name"):
        return pen.num("device:/sponsor/name")
    return pen.human("sponsor", "name and address of the company that submits, and who answers for it")
