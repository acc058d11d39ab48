"""Boxes and arrows of a flow chart, placed by hand and drawn alike everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wetread.report.drawing import BLUE, INK, ORANGE, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Box", "arrow", "box", "canvas"]

_TITLE, _LINE = 2.7, 2.1  # heights of a title and of a line of text, in units of the canvas
_FILLS = {"step": ("#eef4f9", BLUE), "ask": ("#fdf3ec", ORANGE), "end": ("#f3f5f7", SOFT)}


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its middle and its size on a canvas of 100 by `height`, and what stands in it."""

    x: float
    y: float
    width: float
    height: float
    title: str
    text: str = ""
    kind: str = "step"


def canvas(axes: Axes, height: float) -> None:
    """100 units across, `height` down from the top, nothing but what is drawn."""
    axes.set_xlim(0, 100)
    axes.set_ylim(height, 0)
    axes.set_axis_off()


def box(axes: Axes, one: Box, *, size: float = 8.0) -> None:
    """Draw a box with a title in bold and text below it."""
    from matplotlib.patches import FancyBboxPatch

    fill, edge = _FILLS[one.kind]
    corner = (one.x - one.width / 2, one.y - one.height / 2)
    axes.add_patch(
        FancyBboxPatch(
            corner, one.width, one.height, boxstyle="round,pad=0,rounding_size=1.2", facecolor=fill, edgecolor=edge,
            linewidth=1.0,
        )
    )  # fmt: skip
    if not one.text:
        axes.text(one.x, one.y, one.title, ha="center", va="center", fontsize=size, fontweight="bold", color=INK)
        return
    lines = one.text.count("\n") + 1
    top = one.y - (_TITLE + lines * _LINE) / 2
    axes.text(one.x, top, one.title, ha="center", va="top", fontsize=size, fontweight="bold", color=INK)
    axes.text(one.x, top + _TITLE, one.text, ha="center", va="top", fontsize=size - 0.9, color=INK, linespacing=1.25)


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], label: str = "") -> None:
    """Draw an arrow, with a word beside it."""
    axes.annotate(
        "", xy=end, xytext=start,
        arrowprops={"arrowstyle": "-|>", "color": SOFT, "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    if label:
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        across = abs(end[0] - start[0]) > abs(end[1] - start[1])
        axes.text(
            middle[0] + (0 if across else 1.2), middle[1] - (0.7 if across else 0), label,
            ha="center" if across else "left", va="bottom" if across else "center", fontsize=7, color=SOFT,
        )  # fmt: skip
