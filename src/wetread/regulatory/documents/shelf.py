"""What the skeletons say alike: how sure a fact is, which documents answer, and which evidence is usual and missing."""

from __future__ import annotations

from collections.abc import Iterable

from wetread.regulatory.device import Device
from wetread.regulatory.kinds import KINDS, OURS

__all__ = ["MARKS", "listed", "usual_gaps"]

MARKS = {"confirmed": "confirmed", "memory": "from memory, unconfirmed"}
"""How sure a fact of the reference data is, in words."""

# What a folder of this kind usually holds, with the kinds of evidence that can stand for each.
_USUAL = (
    ("bundle",),
    ("recipe", "run"),
    ("cohort",),
    ("split",),
    ("figures", "evaluation"),
    ("truth", "agreement", "noise"),
    ("plan",),
    ("lock",),
    ("ledger",),
    ("requirements",),
    ("risks",),
    ("junit",),
    ("sbom",),
    ("readers",),
)


def listed(names: Iterable[str]) -> str:
    """Ids of documents, set as code; a dash for none."""
    return ", ".join(f"`{name}`" for name in names) or "–"


def usual_gaps(device: Device) -> list[tuple[str, str]]:
    """What is usual in such a folder and missing in this one: what it is, and how it is made."""
    kinds = {artefact.kind for artefact in device.artefacts.values()} - set(OURS)
    return [
        (" or ".join(KINDS[kind].what for kind in each), KINDS[each[0]].made)
        for each in _USUAL
        if not kinds & set(each)
    ]
