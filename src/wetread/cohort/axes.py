"""What several figures of a cohort do with their axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wetread.intervals import Interval
from wetread.report.drawing import ORANGE
from wetread.report.wording import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["HATCHED", "forest", "percents", "reach", "thousands"]

HATCHED: dict[str, Any] = {"color": ORANGE, "hatch": "////", "edgecolor": "white", "linewidth": 0}
"""The second kind of bar, told from the first without its colour too."""


def percents(axes: Axes, which: str) -> None:
    """Let the axis "x" or "y" say shares 0 to 1 as per cent."""
    from matplotlib.ticker import FuncFormatter

    def text(value: float, _: int) -> str:
        return f"{number(100 * value, 1)} %"

    (axes.yaxis if which == "y" else axes.xaxis).set_major_formatter(FuncFormatter(text))


def thousands(axes: Axes, which: str) -> None:
    """Let the axis "x" or "y" say whole numbers with their thousands apart."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axis.set_major_locator(MaxNLocator(5, integer=True))


def forest(axes: Axes, names: Sequence[str], found: Sequence[Interval], colours: Sequence[str]) -> None:
    """Draw intervals one above the other, each as a line with its value as a dot, and name the rows."""
    for row, (interval, colour) in enumerate(zip(found, colours, strict=True)):
        axes.plot([interval.low, interval.high], [row, row], color=colour, linewidth=1.6)
        axes.plot([interval.value], [row], marker="o", color=colour, markersize=5)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.7, len(names) - 0.3)


def reach(found: Sequence[Interval]) -> list[list[float]]:
    """How far intervals reach below and above their values, as error bars want it: two lists."""
    return [[one.value - one.low for one in found], [one.high - one.value for one in found]]
