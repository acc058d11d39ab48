"""Reporting checklists: each item, where the folder answers it, and whether it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.evidence import found, items, reference
from wetread.regulatory.kinds import KINDS

__all__ = ["Item", "State", "answered", "checklists", "coverage"]


class State(StrEnum):
    """Whether an item is answered, and by whom."""

    EVIDENCE = "answered from evidence"
    DOCUMENT = "said in a document"
    PEOPLE = "answered by people"
    LACKING = "evidence is not in the folder"
    OPEN = "open, for people"
    NONE = "does not apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a checklist.

    Attributes
    ----------
    ref
        Reference of it: `id` and `asks` stand below.
    state
        As `State`.
    documents
        Ids of the documents that answer it.
    lacking
        Evidence that it needs and the folder has not, in words.
    field
        What people fill in; "" where they need not.
    hint
        What is asked of them.
    """

    ref: str
    state: State
    documents: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    field: str = ""
    hint: str = ""


def checklists(device: Device) -> Iterator[tuple[str, str]]:
    """Id and reference of each checklist."""
    held = device.artefacts["checklists"]
    told = found(held, "entries")
    for name in told if isinstance(told, Mapping) else ():
        yield name, reference(held, "entries", name)


def answered(device: Device, checklist: str) -> tuple[Item, ...]:
    """Every item of a checklist, with what the folder says to it."""
    held = device.artefacts["checklists"]
    there = {artefact.kind for artefact in device.artefacts.values()}
    made = []
    for ref, row in items(held, "entries", checklist, "items"):
        documents, lacking = (
            tuple(row.get("documents") or ()),
            tuple(k for k in row.get("kinds") or () if k not in there),
        )
        field = str(row.get("field", ""))
        by = row["by"]
        if by == "people":
            state = State.PEOPLE if (device.said.get(field) or "").strip() else State.OPEN
        elif by == "evidence":
            state = State.LACKING if lacking else State.EVIDENCE
        else:
            state = State.DOCUMENT if by == "document" else State.NONE
        hint = str(found(held, "fields", field) or "") if field else ""
        made.append(Item(ref=ref, state=state, documents=documents, lacking=lacking, field=field, hint=hint))
    return tuple(made)


def coverage(told: tuple[Item, ...]) -> Mapping[State, int]:
    """How many items are in each state: how much is answered, not how well."""
    counted = Counter(item.state for item in told)
    return {state: counted[state] for state in State}
