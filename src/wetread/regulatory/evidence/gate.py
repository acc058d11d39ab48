"""The gate on pixels, measured: how often it refuses what."""

from __future__ import annotations

from dataclasses import dataclass

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, items

__all__ = ["GateRow", "gate", "rows"]


@dataclass(frozen=True, slots=True)
class GateRow:
    """One kind of picture: its name, the reference to its counts, and whether the gate must let it pass."""

    name: str
    ref: str
    must_pass: bool

    @property
    def is_real(self) -> bool:
        """Whether the pictures are films as they were taken, or such films laid mirrored: neither drawn nor computed."""
        return self.name.partition(",")[0] in _REAL


_REAL = ("frontal", "lateral", "ct", "hips", "mirrored")


def gate(device: Device) -> Artefact | None:
    """The gate's evaluation."""
    return first(device, "gate")


def rows(evaluation: Artefact) -> list[GateRow]:
    """The rows that chose no bound: frontal films, which must pass, first."""
    told = [
        GateRow(str(row.get("row")), ref, str(row.get("row", "")).startswith("frontal"))
        for ref, row in items(evaluation, "rows")
        if row.get("half") == "evaluation"
    ]
    return sorted(told, key=lambda row: not row.must_pass)
