"""Precision against recall, a curve for each evaluation, with the share of positive films that a guess reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.errors import DataError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence.evaluation import Evaluated
from wetread.regulatory.pictures.told import LINES, named, percents, shown
from wetread.report.drawing import Drawn, tidy
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]


def _holds(one: Evaluated) -> bool:
    return bool(one.get("precision", "recall")) and bool(one.get("precision", "precision"))


def ready(device: Device) -> bool:
    """Whether an evaluation holds a curve."""
    return bool(shown(device, _holds))


def draw(device: Device) -> Drawn:
    """The curves; a thin line is the prevalence, which calling every film reaches.

    Raises
    ------
    DataError
        If no evaluation in the folder holds one.
    """
    told = shown(device, _holds)
    if not told:
        raise DataError("no evaluation in the folder holds a curve of precision and recall")

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for one, (dash, colour) in zip(told, LINES, strict=False):
            recall, precision = one.get("precision", "recall"), one.get("precision", "precision")
            axes.step(recall, precision, where="post", color=colour, linestyle=dash, linewidth=1.4, label=named(one))
            axes.axhline(one.get("precision", "prevalence"), color=colour, linestyle=dash, linewidth=0.6)
            worth = one.get("cuts", 0, "applied", "worth")
            if worth and worth["sample"]["ppv"]["stated"]["value"] is not None:
                point = (worth["sensitivity"]["stated"]["value"], worth["sample"]["ppv"]["stated"]["value"])
                axes.scatter(*point, color=colour, marker="o", s=34, zorder=3)
        axes.set_xlabel("share of positive films called (recall, sensitivity)")
        axes.set_ylabel("share of calls that are right (precision, PPV)")
        axes.set_xlim(-0.01, 1.01)
        axes.set_ylim(0, 1.02)
        percents(axes, "x", "y")
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.2))
        tidy(axes)

    said = "; ".join(
        f"{named(one)}: average precision {one.get('precision', 'average_precision'):.3f} where "
        f"{one.get('precision', 'prevalence'):.1%} are positive"
        for one in told
    )
    alt = f"Precision against recall. {said}. Thin lines are the prevalence, dots the thresholds that are judged."
    return drawn("precision-recall", alt, 3.9 + 0.2 * len(told), paint)
