"""The ledger: each time that the sealed films were scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, reference
from wetread.regulatory.evidence.evaluation import sealed_digest

__all__ = ["last_use", "ledger", "uses"]


def ledger(device: Device) -> Artefact | None:
    """The ledger in the folder; None where there is none."""
    return first(device, "ledger")


def uses(device: Device) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every use of the device's test list, with its reference; every line where the device file names no test list."""
    lines = ledger(device)
    digest = sealed_digest(device)
    told = found(lines) if lines is not None else None
    for place, row in enumerate(told if isinstance(told, list) else ()):
        if lines is not None and isinstance(row, Mapping) and digest in (None, row.get("films_sha256")):
            yield reference(lines, place), row


def last_use(device: Device) -> str | None:
    """Reference of the last use: its number says how often the list was scored."""
    rows = list(uses(device))
    return rows[-1][0] if rows else None
