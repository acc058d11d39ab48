"""The way of a film through the device: header, grayscale, gate on pixels, preprocessing, network, result."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from wetread.regulatory.device import Device
from wetread.regulatory.evidence.bundle import ages, card, words
from wetread.regulatory.pen import Pen, plain
from wetread.regulatory.pictures.boxes import Box, arrow, box, canvas
from wetread.report.drawing import Drawn
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]

_ALT = (
    "Flow chart. A DICOM film's header is checked; then it is decoded in a guarded process and put through the grayscale "
    "chain; its picture is checked for contrast and polarity; the gate on pixels looks at it; it is preprocessed without "
    "augmentation; the network gives a logit and a map; calibration gives a probability at a stated prevalence, and the "
    "threshold a call. At each check the film may be refused with its reasons, or not be readable, and no number is given."
)
_HEIGHT = 108.0


def ready(device: Device) -> bool:
    """Always: it draws what the software does."""
    del device
    return True


def draw(device: Device) -> Drawn:
    """The chart, with the terms and sizes of the device's own card where there is one."""
    steps = _steps(device)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        canvas(axes, _HEIGHT)
        for upper, lower in pairwise(steps):
            arrow(axes, (34, upper.y + upper.height / 2), (34, lower.y - lower.height / 2))
        for one in steps:
            box(axes, one)
            if one.kind == "ask":
                arrow(axes, (one.x + one.width / 2, one.y), (76, one.y), "no")
        _refusals(axes, steps)

    return drawn("flow-chart", _ALT, 7.6, paint)


def _refusals(axes: Axes, steps: list[Box]) -> None:
    told = {
        "Header checks": ("Refused", "every reason with its\ncode, sentence and\nDICOM tag"),
        "Decoding": ("Unreadable", "a named error,\nno reading"),
        "Checks of the picture": ("Refused", "no contrast,\nor inverted"),
        "Gate on pixels": ("Refused", "what it looks like,\nwhat to do"),
    }
    for one in steps:
        if one.kind == "ask":
            title, text = told[one.title]
            box(axes, Box(88, one.y, 23, max(one.height, 9.0), title, text, "end"))


def _steps(device: Device) -> list[Box]:
    said = _said(device)
    told = [
        ("DICOM film", "as the modality or the archive sends it", "end", 7.5),
        ("Header checks", f"object and modality{said['modalities']}, body part{said['body_parts']},\n"
         f"view{said['views']}, age{said['ages']}, species, orientation,\nframes, size, colour, burned-in text", "ask", 11.5),
        ("Decoding", "in a guarded process with limits of time and memory", "ask", 7.5),
        ("Grayscale chain (PS3.3, PS3.4)", "stored values, padding, modality, VOI,\npresentation, square pixels; each step recorded", "step", 9.5),
        ("Checks of the picture", "contrast; is air dark?", "ask", 7.5),
        ("Gate on pixels", "a frontal chest film, upright, whole,\nnot a photograph of one?", "ask", 9.5),
        ("Preprocessing, no augmentation", f"aspect kept, fitted into {said['frame']},\n"
         f"grey levels stretched between percentiles{said['percentiles']}", "step", 9.5),
        ("Network", "one pass: a logit and a map of its parts", "step", 7.5),
        ("Calibration and threshold", f"probability at a stated prevalence;\ncall at and above{said['threshold']};\n"
         "indeterminate inside the threshold's interval", "step", 11.5),
        ("Result", "present, absent or indeterminate; notices; preliminary", "end", 7.5),
    ]  # fmt: skip
    gap = (_HEIGHT - sum(height for *_, height in told)) / len(told)
    boxes, top = [], gap / 2
    for title, text, kind, height in told:
        boxes.append(Box(34, top + height / 2, 64, height, title, text, kind))
        top += height + gap
    return boxes


def _said(device: Device) -> dict[str, str]:
    """What the card says, each beginning with a space; empty where there is no card."""
    model = card(device)
    if model is None:
        return {"modalities": "", "body_parts": "", "views": "", "ages": "", "frame": "the network's frame",
                "percentiles": "", "threshold": " the threshold"}  # fmt: skip
    pen = Pen(device.artefacts, {})

    def number(pointer: str, digits: int | None = None) -> str:
        return plain(pen.num(f"{model.name}:{pointer}", digits))

    use = model.data.get("intended_use", {})
    return {
        "modalities": f" ({words(use.get('modalities'))})",
        "body_parts": f" ({words(use.get('body_parts'))})",
        "views": f" ({words(use.get('views'))})",
        "ages": f" ({plain(ages(pen, f'{model.name}:/intended_use/age_years', use.get('age_years')))})",
        "frame": f"{number('/input/height')} × {number('/input/width')} pixels",
        "percentiles": f" {number('/input/percentiles/0', 0)} and {number('/input/percentiles/1', 0)}",
        "threshold": f" a score of {number('/threshold/score', 3)}",
    }
