"""Splits and seals: how patients were kept apart."""

from __future__ import annotations

from collections.abc import Iterator

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import found, items, reference

__all__ = ["is_seal", "leaks", "sides", "splits"]


def splits(device: Device) -> tuple[Artefact, ...]:
    """Every split or list of the folder."""
    return device.of_kind("split")


def is_seal(split: Artefact) -> bool:
    """Whether it is a list of patients kept aside by a rule, rather than a division into sides."""
    return isinstance(found(split, "patients"), list) and found(split, "sides") is None


def sides(split: Artefact) -> Iterator[tuple[str, str]]:
    """Name and reference of each side."""
    told = found(split, "sides")
    for name in told if isinstance(told, dict) else ():
        yield name, reference(split, "sides", name)


def leaks(device: Device) -> Iterator[tuple[str, str]]:
    """What altered copies the leak guard finds: name and reference of each kind."""
    for guard in device.of_kind("leaks"):
        told = found(guard, "altered_copies_found")
        for name in told if isinstance(told, dict) else ():
            yield name, reference(guard, "altered_copies_found", name)
        yield from ((str(row.get("kind")), ref) for ref, row in items(guard, "leaks"))
