"""The network from film to logit: which layers are frozen, tuned and added, with their parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.errors import DataError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence.bundle import card
from wetread.regulatory.evidence.recipe import recipe
from wetread.regulatory.evidence.run import run
from wetread.regulatory.evidence.values import bare
from wetread.regulatory.pen import Pen, plain
from wetread.regulatory.pictures.boxes import Box, arrow, box, canvas
from wetread.report.drawing import Drawn
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]

_HEIGHT, _GAP = 28.0, 3.5
_KINDS = {
    "frozen": ("Frozen", "published\nweights, kept", "end"),
    "tuned": ("Fine-tuned", "published\nweights, learning", "step"),
    "added": ("Added", "from nothing", "ask"),
}


def ready(device: Device) -> bool:
    """Whether a run that says which layers learnt, and its recipe, are in the folder."""
    return run(device) is not None and recipe(device) is not None


def draw(device: Device) -> Drawn:
    """A row of boxes.

    Raises
    ------
    DataError
        If no run in the folder says which layers learnt.
    """
    about, how = run(device), recipe(device)
    if about is None or how is None:
        raise DataError("no run in the folder says which layers learnt")
    pen = Pen(device.artefacts, {})
    parts = [("Film", f"{_frame(device, pen)}one grey channel", "end")]
    for kind, (title, words, fill) in _KINDS.items():
        if bare(device, f"{about.name}:/plan/{kind}_parameters") > 0:
            count = plain(pen.num(f"{about.name}:/plan/{kind}_parameters"))
            layers = plain(pen.derived("count", f"{about.name}:/plan/{kind}"))
            parts.append((title, f"{words}\nlayers: {layers}\n{count}\nparameters", fill))
    parts.append(("Logit and map", "the map's mean\nis the logit", "end"))
    width = (100 - _GAP * (len(parts) - 1)) / len(parts)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        canvas(axes, _HEIGHT)
        for place, (title, text, kind) in enumerate(parts):
            x = width / 2 + place * (width + _GAP)
            if place:
                arrow(axes, (x - width / 2 - _GAP, _HEIGHT / 2), (x - width / 2, _HEIGHT / 2))
            box(axes, Box(x, _HEIGHT / 2, width, 20, title, text, kind), size=7.4)

    told = "; ".join(f"{title}: {' '.join(text.split())}" for title, text, _ in parts)
    return drawn("network", f"The network {how.get('network', 'name')} from film to logit. {told}.", 2.0, paint)


def _frame(device: Device, pen: Pen) -> str:
    model = card(device)
    if model is None:
        return ""
    sides = [plain(pen.num(f"{model.name}:/input/{side}")) for side in ("height", "width")]
    return f"{sides[0]} × {sides[1]}\n"
