"""Who is in the films: the cohort reports as templates print them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.errors import DataError
from wetread.regulatory.artefact import resolve
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import found
from wetread.regulatory.evidence.cohort import View, alarm, co_findings, cohorts, groups, suspects
from wetread.regulatory.evidence.recipe import recipe
from wetread.regulatory.evidence.run import Fit, run, sides
from wetread.regulatory.evidence.split import is_seal, splits

__all__ = ["training", "who"]

_NAMED = 12
"""Layers named one by one; more are told by the part of the network that they stand in."""


def who(device: Device) -> Mapping[str, Any]:
    """What templates name of cohorts, runs' sides and seals; `value_of` gives a bare number to decide by, never to print."""
    views = cohorts(device)
    about = run(device)
    mine = [view for view in views if view.role != "collection"]

    def value_of(reference: str) -> Any:
        name, _, pointer = reference.partition(":")
        try:
            return resolve(device.artefacts[name], pointer)
        except (DataError, KeyError):
            return None

    return {
        "cohorts": views,
        # the very films of the device where the folder has them; otherwise whatever it has
        "told_cohorts": mine or views,
        "has_training_cohort": any(view.role == "training" for view in views),
        "run_sides": list(sides(about)) if about else [],
        "seals": [split.name for split in splits(device) if is_seal(split)],
        "divisions": [split for split in splits(device) if not is_seal(split)],
        "groups_of": groups,
        "findings_of": co_findings,
        "suspects_of": suspects,
        "alarm_of": alarm,
        "counts_of": _counts,
        "value_of": value_of,
    }


def _counts(view: View) -> Mapping[str, int]:
    told = {name: found(view.artefact, "people", name) for name in ("films", "patients", "positive")}
    return {name: count for name, count in told.items() if isinstance(count, int)}


def training(device: Device) -> Mapping[str, Any]:
    """What templates name of the layers and of what was taught."""
    about, how = run(device), recipe(device)
    taught = how.get("data", "taught") if how else None
    return {
        "layer_words": {
            kind: _layers(found(about, "plan", kind)) if about else "" for kind in ("frozen", "tuned", "added")
        },
        "taught": ", ".join(str(name).lower() for name in taught) if isinstance(taught, list) else "",
        "last_pass": _last_pass,
    }


def _layers(names: Any) -> str:
    """The layers in code spans: each where they are few, otherwise the parts of the network that they stand in."""
    if not isinstance(names, list) or not names:
        return ""
    parts = list(dict.fromkeys(".".join(str(name).split(".")[: 2 if "blocks" in str(name) else 1]) for name in names))
    shown = [str(name) for name in names] if len(names) <= _NAMED else parts
    if len(shown) > _NAMED:
        blocks = [name for name in shown if "blocks." in name]
        rest = [name for name in shown if "blocks." not in name]
        shown = [f"{blocks[0]} … {blocks[-1]}", *rest] if blocks else [*shown[:_NAMED], "…"]
    return " (" + ", ".join(f"`{name}`" for name in shown) + ")"


def _last_pass(fit: Fit) -> str:
    return f"{fit.last}/pass"
