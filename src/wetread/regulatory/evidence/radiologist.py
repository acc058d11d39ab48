"""Readers, labels and networks held against each other on the films that several of them read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, reference

__all__ = ["comparisons", "radiologist"]

_TITLES = {
    "attending": "an attending radiologist against the majority of three",
    "text_label": "labels mined from reports against the majority of three",
    "panels": "one panel's readings against another panel's",
    "network": "this device against radiologists' opacity",
}


def radiologist(device: Device) -> Artefact | None:
    """The comparison in the folder; None where there is none."""
    return first(device, "radiologist")


def comparisons(artefact: Artefact) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Title, reference and content of each comparison that has rates."""
    for name, title in _TITLES.items():
        told = found(artefact, name)
        if isinstance(told, Mapping) and "sensitivity" in told:
            yield title, reference(artefact, name), told
