"""What pictures of performance share: which evaluations they show, numbers for their words, and axes in percent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wetread.errors import DataError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence.evaluation import Evaluated, evaluations
from wetread.report.drawing import BLUE, GREEN, ORANGE, SERIES, SOFT, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LINES", "chosen", "forest", "named", "percents", "shown", "span"]

LINES = (("-", SERIES[0]), ("--", SERIES[1]), (":", SERIES[2]), ("-.", SERIES[3]))
"""Dash and colour of each curve, so that none is told by colour alone."""
_MOST = len(LINES)


def shown(device: Device, holds: Callable[[Evaluated], bool]) -> tuple[Evaluated, ...]:
    """The evaluations that hold what a picture needs, the sealed one first; as many as can be told apart."""
    return tuple(one for one in evaluations(device) if holds(one))[:_MOST]


def chosen(device: Device, part: str, what: str) -> Evaluated:
    """The first evaluation that holds a part.

    Raises
    ------
    DataError
        If none does; `ready` of the picture says so beforehand.
    """
    for one in evaluations(device):
        if one.get(part):
            return one
    raise DataError(f"no evaluation in the folder holds {what}")


def named(one: Evaluated) -> str:
    """What the legend calls an evaluation: its films and how they stand."""
    return f"{one.get('films', 'name')} ({one.standing})"


def percents(axes: Axes, *which: str) -> None:
    """Axes in whole percent."""
    from matplotlib.ticker import PercentFormatter

    for each in which:
        (axes.xaxis if each == "x" else axes.yaxis).set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))


def span(interval: Any) -> tuple[float, float, float] | None:
    """Value and both ends; None where one is missing."""
    if not isinstance(interval, Mapping):
        return None
    value, low, high = (interval.get(name) for name in ("value", "low", "high"))
    if value is None or low is None or high is None:
        return None
    return float(value), float(low), float(high)


def forest(
    axes: Axes, rows: Sequence[tuple[str, tuple[float, float, float]]], *, whole: tuple[float, float, float] | None
) -> None:
    """Estimates with their intervals, one a line from above; all films as a band behind them."""
    if whole is not None:
        axes.axvspan(whole[1], whole[2], color=GREEN, alpha=0.12, linewidth=0)
        axes.axvline(whole[0], color=GREEN, linewidth=1)
    for place, (_, (value, low, high)) in enumerate(reversed(rows)):
        axes.plot([low, high], [place, place], color=BLUE, linewidth=1.6, solid_capstyle="butt")
        axes.scatter([value], [place], color=ORANGE, s=26, zorder=3)
    axes.axvline(0.5, color=SOFT, linewidth=1, linestyle=":")
    axes.set_yticks(range(len(rows)), [name for name, _ in reversed(rows)])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    tidy(axes, grid="x")
