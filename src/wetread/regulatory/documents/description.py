"""Device description: what goes in, what comes out, by which principle, in which version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.documents.subject import subject
from wetread.regulatory.documents.use import indication
from wetread.regulatory.evidence import first
from wetread.regulatory.evidence.bundle import words
from wetread.regulatory.pen import Pen

__all__ = ["context"]

_RESULTS = (
    ("`priority`", "JSON", "what a worklist should do with the film, and why; never a way back in the list"),
    ("`sr`", "DICOM Comprehensive 3D SR (TID 1500, TID 4019)", "the reading as a measurement report"),
    (
        "`cad-sr`",
        "DICOM Chest CAD SR (TID 4100)",
        "a detection with success or failure, for workstations that take CAD marks",
    ),
    ("`gsps`", "DICOM presentation state", "outline and words on the untouched film"),
    ("`capture`", "DICOM secondary capture", "a copy of the film with the outline, under a banner"),
    ("`pdf`", "DICOM encapsulated PDF", "one page for the chart"),
    ("`fhir`", "FHIR transaction", "report, observations, device and provenance for the record"),
    ("`hl7`", "HL7 message (ORU)", "the same for interface engines"),
)
"""Every kind of result: name, form, and for what."""


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names beyond the pen."""
    hostile = first(device, "hostile")
    return {
        **subject(device),
        **indication(device, pen),
        "results": [list(row) for row in _RESULTS],
        "environment": device.plain.get("environment") or "",
        "hostile": hostile.name if hostile else "",
        "sites": words(device.plain.get("sites"), last="and"),
    }
