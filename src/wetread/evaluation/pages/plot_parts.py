"""What several figures of an evaluation share: estimates with their intervals, lying or upright, and axes in percent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wetread.intervals import Interval
from wetread.report.drawing import BLUE, INK, SOFT, Drawn, draw, tidy
from wetread.report.wording import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Row", "bars", "forest", "percents", "three"]

Row = tuple[str, Interval | None]


def forest(
    name: str, alt: str, rows: Sequence[Row], reference: Row | None = None, *, label: str = "AUROC", chance: float = 0.5
) -> Drawn:
    """Estimates with their intervals, one a line; a reference on top, in ink, with a line down through all.

    Parameters
    ----------
    rows
        Name and interval; those without an interval are left out.
    chance
        Where nothing is known or nothing differs; a dotted line.
    """
    first = [reference] if reference is not None and reference[1] is not None else []
    shown = [(name, value) for name, value in [*first, *rows] if value is not None]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.axvline(chance, color=SOFT, linestyle=":", linewidth=1)
        for place, (_, value) in enumerate(reversed(shown)):
            own = bool(first) and place == len(shown) - 1
            colour = INK if own else BLUE
            if own:
                axes.axvline(value.value, color=SOFT, linewidth=0.8)
            low, high = (value.low, value.high) if math.isfinite(value.low) else (value.value, value.value)
            axes.plot([low, high], [place, place], color=colour, linewidth=1.6, solid_capstyle="butt")
            axes.scatter(value.value, place, color=colour, marker="D" if own else "o", s=26, zorder=3)
            axes.annotate(
                f"{value.value:.3f}".replace("-", "−"),
                (1.01, place),
                xycoords=("axes fraction", "data"),
                va="center",
                color=SOFT,
            )
        axes.set_yticks(range(len(shown)), [row for row, _ in reversed(shown)])
        axes.set_ylim(-0.6, len(shown) - 0.4)
        axes.set_xlabel(label)
        tidy(axes, grid="x")

    said = [f"{row} {three(value)}" for row, value in shown]
    return draw(name, f"{alt}: {'; '.join(said)}.", 0.8 + 0.26 * len(shown), paint)


def bars(axes: Axes, places: Sequence[float], values: Sequence[Interval], colour: str, marker: str, name: str) -> None:
    """Estimates with their intervals upright, at places along the axis."""
    for place, value in zip(places, values, strict=True):
        if math.isfinite(value.low) and math.isfinite(value.high):
            axes.plot([place, place], [value.low, value.high], color=colour, linewidth=1.6)
    axes.scatter(places, [value.value for value in values], color=colour, marker=marker, s=34, zorder=3, label=name)


def three(value: Interval) -> str:
    r"""An estimate with three decimals, a real minus, and its interval where there is one.

    >>> three(Interval(-0.1, -0.2, 0.05))
    '−0.100 (−0.200 to 0.050)'
    >>> three(Interval(0.5, float("nan"), float("nan")))
    '0.500 (no interval)'
    """
    text = (
        f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f})"
        if math.isfinite(value.low)
        else f"{value.value:.3f} (no interval)"
    )
    return text.replace("-", "−").replace("nan", "none")


def percents(axes: Axes, which: str) -> None:
    """Write an axis in percent."""
    from matplotlib.ticker import FuncFormatter

    (axes.yaxis if which == "y" else axes.xaxis).set_major_formatter(
        FuncFormatter(lambda value, _: f"{number(100 * value, 2)} %")
    )
