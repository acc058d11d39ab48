"""The precision-recall curve and what lies under it, as templates print them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.evidence.evaluation import evaluations
from wetread.regulatory.pictures import can_draw

__all__ = ["curves"]

_CURVE = "precision-recall"


def curves(device: Device) -> Mapping[str, Any]:
    """`pr_curve`, the picture's name or "", and `averages`: the average precision of each evaluation."""
    told: list[Mapping[str, str]] = []
    for evaluation in evaluations(device):
        if (ref := evaluation.estimate("average_precision")) is not None:
            at = {name: evaluation.ref("films", name) for name in ("name", "films", "patients", "prevalence")}
            told.append({"standing": evaluation.standing, "ref": ref} | at)
    return {"pr_curve": _CURVE if can_draw(_CURVE, device) else "", "averages": told}
