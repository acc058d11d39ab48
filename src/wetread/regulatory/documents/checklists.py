"""What the reporting checklists print: every item with its answer's place, and how much is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.documents.shelf import listed
from wetread.regulatory.evidence import found
from wetread.regulatory.evidence.checklists import Item, State, answered, checklists
from wetread.regulatory.pen import Pen

__all__ = ["context"]


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """`lists` (each checklist's reference, table and items) and `coverage` (one table over all)."""
    told = [(name, ref, answered(device, name)) for name, ref in checklists(device)]
    fields = {item.field: item.hint for _, _, each in told for item in each if item.state is State.OPEN}
    return {
        "lists": [{"ref": ref, "table": _table(each, pen)} for _, ref, each in told],
        "coverage": _coverage(told, pen),
        "fields": [
            (field, pen.human(field, _hint(device, field, hint), required=False)) for field, hint in fields.items()
        ],
        "answers": [
            (field, pen.human(field, hint, required=False))
            for field, hint in {i.field: i.hint for _, _, each in told for i in each if i.state is State.PEOPLE}.items()
            if (device.said.get(field) or "").strip()
        ],
    }


def _hint(device: Device, field: str, hint: str) -> str:
    return hint or str(found(device.artefacts["checklists"], "fields", field) or "what the item asks")


def _table(told: tuple[Item, ...], pen: Pen) -> str:
    rows = [
        [pen.num(f"{item.ref}/id"), pen.num(f"{item.ref}/asks"), item.state.value, _where(item, pen)] for item in told
    ]
    return pen.table(["Item", "Asks", "State", "Where"], rows)


def _where(item: Item, pen: Pen) -> str:
    match item.state:
        case State.LACKING:
            return f"{listed(item.documents)} once there is: " + ", ".join(item.lacking)
        case State.OPEN | State.PEOPLE:
            return ", ".join((f"field `{item.field}`", *(f"`{name}`" for name in item.documents)))
        case State.NONE:
            return pen.num(f"{item.ref}/why")
        case _:
            return listed(item.documents)


def _coverage(told: list[tuple[str, str, tuple[Item, ...]]], pen: Pen) -> str:
    rows = []
    for _, ref, each in told:
        counts = [
            pen.derived("how many", *(f"{item.ref}/id" for item in each if item.state is state)) for state in State
        ]
        rows.append([f"{pen.num(f'{ref}/title')} ({pen.num(f'{ref}/edition')})", pen.num(f"{ref}/parts"), *counts])
    return pen.table(["Checklist", "Items and parts", *(state.value.capitalize() for state in State)], rows)
