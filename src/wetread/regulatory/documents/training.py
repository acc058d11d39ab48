"""Training and tuning report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.documents.curves import curves
from wetread.regulatory.documents.operating import columns, table_rows
from wetread.regulatory.documents.subject import subject
from wetread.regulatory.documents.who import training, who
from wetread.regulatory.evidence import first
from wetread.regulatory.pen import Pen

__all__ = ["context"]


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names beyond the pen."""
    at = columns(device)
    resume = first(device, "resume")
    return {
        **subject(device),
        **who(device),
        **training(device),
        **curves(device),
        "at": at,
        "at_headings": [one.heading(pen) for one in at],
        "at_rows": table_rows(at, pen),
        "resume": resume.name if resume else "",
    }
