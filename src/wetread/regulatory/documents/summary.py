"""What the 510(k) summary and the model card print: the subject device's own facts and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.documents.labelling import worth
from wetread.regulatory.documents.limits import limits
from wetread.regulatory.documents.subject import subject
from wetread.regulatory.documents.use import indication
from wetread.regulatory.documents.who import who
from wetread.regulatory.evidence import first, found
from wetread.regulatory.evidence.plan import plan_of
from wetread.regulatory.pen import Pen

__all__ = ["context"]


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names beyond the pen's functions."""
    plan = plan_of(device)
    codes = found(device.artefacts["codes"], "entries", device.claim.value, "codes")
    return {
        **subject(device),
        **indication(device, pen),
        **who(device),
        **worth(device, pen),
        "limits": limits(device, pen),
        "regulation": f"codes:/entries/{device.claim.value}",
        "codes": [(code, f"codes:/entries/{device.claim.value}/codes/{code}") for code in codes or {}],
        "plan": plan.name if plan else "",
        "kind_of": lambda kind: one.name if (one := first(device, kind)) else "",
    }
