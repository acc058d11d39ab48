"""Pictures of the documents, by name: each is drawn from the evidence alone, to the same bytes every time.

A picture is a module beside this one with `ready(device) -> bool`, whether the folder holds what it shows, and
`draw(device) -> Drawn` (`wetread.report.drawing`: SVG, PNG, and what it shows in words).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from wetread.regulatory.device import Device
from wetread.report.drawing import Drawn

__all__ = ["PICTURES", "Maker", "can_draw"]

Maker = Callable[[Device], Drawn]

_MODULES = {
    "flow-chart": "flow_chart",
    "rooms": "rooms",
    "network": "network",
    "training-curves": "training_curves",
    "demographics": "demographics",
    "co-findings": "co_findings",
    "shortcuts": "shortcuts",
    "label-noise": "label_noise",
    "roc": "roc",
    "precision-recall": "precision_recall",
    "predictive-values": "predictive_values",
    "calibration": "calibration",
    "decision-curve": "decision_curve",
    "subgroups": "subgroups",
    "shortcuts-alone": "shortcuts_alone",
    "sample-size": "sample_size",
}


def _module(name: str) -> Any:
    return import_module(f"{__name__}.{_MODULES[name]}")


def _maker(name: str) -> Maker:
    def draw(device: Device) -> Drawn:
        drawn: Drawn = _module(name).draw(device)
        return drawn

    return draw


PICTURES: Mapping[str, Maker] = {name: _maker(name) for name in _MODULES}


def can_draw(name: str, device: Device) -> bool:
    """Whether there is such a picture and the folder holds what it shows: to be asked before a document names it."""
    return name in _MODULES and bool(_module(name).ready(device))
