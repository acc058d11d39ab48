"""Bare numbers of the evidence, to draw or to decide with; what is printed goes through the pen."""

from __future__ import annotations

import math
from collections.abc import Iterable

from wetread.errors import DataError
from wetread.regulatory.artefact import resolve
from wetread.regulatory.device import Device

__all__ = ["bare", "numbers", "spread"]


def bare(device: Device, reference: str, *tokens: str) -> float:
    """The number at a reference and the tokens below it; NaN where none stands there."""
    name, _, pointer = reference.partition(":")
    try:
        found = resolve(device.artefacts[name], "/".join((pointer, *tokens)))
    except (DataError, KeyError):
        return math.nan
    if isinstance(found, dict):
        found = found.get("value")
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else math.nan


def numbers(device: Device, references: Iterable[str], *tokens: str) -> list[float]:
    """The same of several references."""
    return [bare(device, reference, *tokens) for reference in references]


def spread(device: Device, reference: str) -> tuple[float, float, float]:
    """Value, low and high of an object with an interval; NaN for what is not there."""
    value, low, high = (bare(device, reference, name) for name in ("value", "low", "high"))
    return value, low, high
