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
    rows = items(device.artefacts["checklists"], "entries", checklist, "items")
    return tuple(_item(device, ref, row) for ref, row in rows)


def _item(device: Device, ref: str, row: Mapping[str, Any]) -> Item:
    lacking, field = _lacking(device, row), str(row.get("field", ""))
    match row["by"]:
        case "people":
            written = (device.said.get(field) or "").strip() or device.plain.get(str(row.get("key")))
            state = State.PEOPLE if written else State.OPEN
        case "evidence":
            state = State.LACKING if lacking else State.EVIDENCE
        case "document":
            state = State.DOCUMENT
        case _:
            state = State.NONE
    hint = str(found(device.artefacts["checklists"], "fields", field) or "") if field else ""
    documents = tuple(row.get("documents") or ())
    return Item(ref=ref, state=state, documents=documents, lacking=lacking, field=field, hint=hint)


def _lacking(device: Device, row: Mapping[str, Any]) -> tuple[str, ...]:
    """What the item needs and the folder has not: kinds of evidence, in words, or a part that none of them holds."""
    kinds: tuple[str, ...] = tuple(row.get("kinds") or ())
    part = row.get("holds")
    lacking = [KINDS[kind].what for kind in kinds if not device.of_kind(kind)]
    if not lacking and part and not any(found(one, part) for kind in kinds for one in device.of_kind(kind)):
        lacking = [f"{KINDS[kinds[0]].what} that holds `{part}`"]
    return tuple(lacking)


def coverage(told: tuple[Item, ...]) -> Mapping[State, int]:
    """How many items are in each state: how much is answered, not how well."""
    counted = Counter(item.state for item in told)
    return {state: counted[state] for state in State}
