"""How wrong mined labels are, held against readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, items, reference

__all__ = ["LabelRow", "classes", "labels", "noise", "reference_agreement"]


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label against one reference: what both are called, and the reference to its numbers."""

    label: str
    against: str
    ref: str


def noise(device: Device) -> Artefact | None:
    """The study of the labels."""
    return first(device, "noise")


def labels(study: Artefact) -> Iterator[LabelRow]:
    """Every label against every reference."""
    for ref, row in items(study, "labels"):
        yield LabelRow(str(row.get("label")), str(row.get("reference")), ref)


def classes(study: Artefact) -> Iterator[tuple[str, str]]:
    """For each mined finding, what readers saw: its name and reference."""
    told = found(study, "classes")
    for name in told if isinstance(told, dict) else ():
        yield name, reference(study, "classes", name)


def reference_agreement(study: Artefact) -> list[tuple[str, str]]:
    """Coefficients of the two references' agreement: name and reference of each."""
    return [(str(row.get("name")), ref) for ref, row in items(study, "references", "estimates")]
