"""The software's rooms on their layers: an upper one may import a lower one, neighbours never meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.regulatory.device import Device
from wetread.regulatory.pictures.boxes import Box, box, canvas
from wetread.report.drawing import SOFT, Drawn
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["LAYERS", "draw", "ready"]

LAYERS = (
    (("cli", "device"),),
    (("regulatory", "workshop"),),
    (("clinical", "device"), ("training", "workshop"), ("extract", "workshop")),
    (("inference", "device"),),
    (("bundle", "device"), ("evaluation", "workshop"), ("cohort", "workshop"), ("practice", "workshop")),
    (("network", "workshop"), ("preprocess", "device"), ("truth", "workshop")),
    (("collections", "workshop"), ("phantom", "device"), ("report", "workshop")),
    (("radiograph", "device"), ("intervals", "workshop"), ("calibration", "device"), ("page", "device"), ("modality", "device")),
    (("errors", "device"),),
)  # fmt: skip
"""From the top down: each room, and whether it is part of the installed device or of the workshop that makes it."""
_HEIGHT = 72.0


def ready(device: Device) -> bool:
    """Always: it draws the software itself."""
    del device
    return True


def draw(device: Device) -> Drawn:
    """Layers from the command line down to the errors."""
    del device
    row = _HEIGHT / len(LAYERS)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        canvas(axes, _HEIGHT)
        for place, rooms in enumerate(LAYERS):
            width = 96 / len(rooms)
            for number, (name, part) in enumerate(rooms):
                x = 2 + width * (number + 0.5)
                kind = "step" if part == "device" else "end"
                box(axes, Box(x, row * (place + 0.5), width - 2, row - 2.2, name, kind=kind), size=8)
        axes.text(50, _HEIGHT + 1.5, "blue: the installed device; grey: the workshop, which the device never imports",
                  ha="center", va="top", fontsize=7.5, color=SOFT)  # fmt: skip

    rooms = ", ".join(name for layer in LAYERS for name, part in layer if part == "device")
    alt = f"The software's rooms on layers, the command line on top, errors at the bottom. Rooms of the installed device: {rooms}."
    return drawn("rooms", alt, 4.4, paint)
