"""Software description: level of documentation, architecture, model and data, so that others could make an equivalent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.documents.reference import standard
from wetread.regulatory.documents.subject import subject
from wetread.regulatory.documents.who import training, who
from wetread.regulatory.evidence import first, found, items
from wetread.regulatory.evidence.run import run
from wetread.regulatory.pen import Pen

__all__ = ["context"]

_ROOMS = (
    (
        "`radiograph`",
        "the only reader of pixels: DICOM or image file in, an honest picture out; whether it may be read",
    ),
    ("`preprocess`", "the one road from picture to network input, for training and clinic alike"),
    (
        "`bundle`",
        "a released model as a folder that proves itself: weights, card, self-test, and the seam to the engines",
    ),
    ("`inference`", "the clinical decision: no network, no disk, no clock"),
    ("`clinical`", "one reading said in the hospital's languages"),
    ("`calibration`", "from score to probability, and from one prevalence to another"),
    ("`phantom`", "a synthetic film with known truth, for the constancy check and the golden set"),
    ("`page`", "self-contained pages in one look"),
    ("`modality`", "which examination answers which question; apart from the reading of films"),
    ("`errors`", "everything that can go wrong, and every reason for a refusal, with stable codes"),
)
"""Rooms of the installed device; the workshop's are told by the picture."""


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names beyond the pen."""
    told = {kind: one.name if (one := first(device, kind)) else "" for kind in ("hostile", "honesty", "sbom", "resume")}
    proofs = first(device, "honesty")
    return {
        **subject(device),
        **who(device),
        **training(device),
        **standard(device, pen),
        **told,
        "rooms": [list(row) for row in _ROOMS],
        "parity": [ref for ref, _ in items(proofs, "parity", "pairs")] if proofs else [],
        "all_gate_rows": True,
        "environment_names": list(found(about, "environment") or {}) if (about := run(device)) else [],
    }
