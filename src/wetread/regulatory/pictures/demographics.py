"""Who is in the films that the network was fitted on: films by age, sex and view, the positive ones in colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.errors import DataError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence.cohort import View, cohorts, groups
from wetread.regulatory.evidence.values import bare
from wetread.report.drawing import BLUE, ORANGE, RULE, SOFT, Drawn, tidy
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw", "ready", "shown"]

_PANELS = (("by_age", "age, years"), ("by_sex", "sex"), ("by_view", "view"))


def shown(device: Device) -> View | None:
    """The report that is drawn: of the training films, or the first there is."""
    return next(iter(cohorts(device)), None)


def ready(device: Device) -> bool:
    """Whether a cohort report with films is in the folder."""
    view = shown(device)
    return view is not None and bare(device, view.ref("people", "films")) > 0


def draw(device: Device) -> Drawn:
    """Three panels of bars.

    Raises
    ------
    DataError
        If no cohort report is in the folder.
    """
    view = shown(device)
    if view is None:
        raise DataError("no cohort report is in the folder: make one with `wetread describe`")

    def paint(figure: Figure) -> None:
        panels = figure.subplots(1, 3, width_ratios=(5, 2, 2), sharey=True)
        for axes, (by, label) in zip(panels, _PANELS, strict=True):
            _bars(axes, device, view, by, label)
        panels[0].set_ylabel("films")
        panels[0].legend(loc="upper right", fontsize=8)

    alt = (
        f"Films by age, sex and view, {bare(device, view.ref('people', 'films')):,.0f} in all, "
        f"{bare(device, view.ref('people', 'positive')):,.0f} of them positive ({view.meaning})."
    )
    return drawn("demographics", alt, 2.9, paint)


def _bars(axes: Axes, device: Device, view: View, by: str, label: str) -> None:
    rows = list(groups(view, by))
    names = [name for name, _ in rows]
    films = [bare(device, ref, "films") for _, ref in rows]
    positive = [bare(device, ref, "positive") for _, ref in rows]
    axes.bar(names, films, color=RULE, edgecolor=SOFT, linewidth=0.6, label="negative or not said")
    axes.bar(names, positive, color=ORANGE, edgecolor=BLUE, linewidth=0.6, hatch="//", label="positive")
    axes.set_xlabel(label)
    axes.tick_params(axis="x", labelrotation=60, labelsize=7.5)
    tidy(axes, grid="y")
