"""Readers, labels and networks held against each other on the films that several of them read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, reference

__all__ = ["comparisons", "radiologist"]

_TITLES = {
    "attending": "an attending radiologist against the majority of three: abnormal or not",
    "text_label": "labels mined from reports against the same majority: abnormal or not",
    "panels": "one panel's airspace opacity against another's lung opacity",
    "network": "this device's call, out of fold (development estimate), against radiologists' lung opacity",
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
