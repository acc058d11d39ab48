"""Sensitivity against one minus specificity, a curve for each evaluation, with the threshold that is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.errors import DataError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence.evaluation import Evaluated
from wetread.regulatory.pictures.told import LINES, named, percents, shown
from wetread.report.drawing import SOFT, Drawn, tidy
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]


def _holds(one: Evaluated) -> bool:
    return bool(one.get("roc", "sensitivity")) and bool(one.get("roc", "specificity"))


def ready(device: Device) -> bool:
    """Whether an evaluation holds a curve."""
    return bool(shown(device, _holds))


def draw(device: Device) -> Drawn:
    """The curves.

    Raises
    ------
    DataError
        If no evaluation in the folder holds one.
    """
    told = shown(device, _holds)
    if not told:
        raise DataError("no evaluation in the folder holds an ROC curve")

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=SOFT, linestyle=":", linewidth=1)
        for one, (dash, colour) in zip(told, LINES, strict=False):
            false_calls = [1 - value for value in one.get("roc", "specificity")]
            axes.plot(
                false_calls,
                one.get("roc", "sensitivity"),
                color=colour,
                linestyle=dash,
                linewidth=1.6,
                label=named(one),
            )
            worth = one.get("cuts", 0, "applied", "worth")
            if worth:
                point = (1 - worth["specificity"]["stated"]["value"], worth["sensitivity"]["stated"]["value"])
                axes.scatter(*point, color=colour, marker="o", s=34, zorder=3)
        axes.set_xlabel("share of negative films called (one minus specificity)")
        axes.set_ylabel("share of positive films called (sensitivity)")
        axes.set_aspect("equal")
        axes.set_xlim(-0.01, 1.01)
        axes.set_ylim(-0.01, 1.01)
        percents(axes, "x", "y")
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.16))
        tidy(axes)

    said = "; ".join(f"{named(one)}: AUROC {one.get('roc', 'auroc'):.3f}" for one in told)
    return drawn("roc", f"ROC curves. {said}. Dots are the thresholds that are judged.", 4.6 + 0.2 * len(told), paint)
