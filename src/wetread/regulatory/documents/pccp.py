"""The predetermined change control plan: which changes could be planned, and what each would have to pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, items
from wetread.regulatory.evidence.bundle import metrics
from wetread.regulatory.pen import Pen

__all__ = ["context"]

_MOST = 6  # rows of the baseline: the card holds more


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names: the model that changes would be measured against, with its figures and hashes."""
    bundle = first(device, "bundle")
    split, ledger = first(device, "split"), first(device, "ledger")
    return {
        "bundle": bundle.name if bundle else "",
        "baseline": _baseline(pen, device) if bundle else "",
        "tolerance": f"{bundle.name}:/selftest_tolerance" if bundle and found(bundle, "selftest_tolerance") else "",
        "recipe": f"{bundle.name}:/training/recipe" if bundle and found(bundle, "training", "recipe") else "",
        "split": split.name if split else "",
        "ledger": ledger.name if ledger else "",
    }


def _baseline(pen: Pen, device: Device) -> str:
    """The first figures of the card: what it names first is what it is judged by."""
    bundle = first(device, "bundle")
    if bundle is None:
        return ""
    told = dict(items(bundle, "metrics"))
    rows = [
        [
            pen.num(f"{row.ref}/name"),
            pen.num(f"{row.ref}/set"),
            pen.num(row.ref, **row.about),
            pen.num(f"{row.ref}/films") if told[row.ref].get("films") is not None else "–",
            pen.num(f"{row.ref}/positives") if told[row.ref].get("positives") is not None else "–",
        ]
        for row in list(metrics(bundle))[:_MOST]
    ]
    header = [
        "Figure (development estimate unless the test of document 08 was run)",
        "Films",
        "Value",
        "Number",
        "Positive",
    ]
    return Pen.table(header, rows) if rows else ""
