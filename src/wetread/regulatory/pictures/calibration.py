"""Observed share of positive films against the stated probability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.regulatory.device import Device
from wetread.regulatory.evidence.evaluation import evaluations
from wetread.regulatory.pictures.told import chosen, named, percents, span
from wetread.report.drawing import BLUE, SOFT, Drawn, tidy
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]


def ready(device: Device) -> bool:
    """Whether an evaluation is of probabilities."""
    return any(one.get("reliability", "bins") for one in evaluations(device))


def draw(device: Device) -> Drawn:
    """Bins with their intervals and the smooth curve, for the first evaluation that is of probabilities.

    Raises
    ------
    DataError
        If no evaluation in the folder is.
    """
    one = chosen(device, "reliability", "probabilities")
    bins = one.get("reliability", "bins") or []
    points = [(row.get("mean_probability"), span((row.get("observed") or {}).get("stated"))) for row in bins]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=SOFT, linestyle=":", linewidth=1)
        axes.plot(
            one.get("reliability", "smooth_at") or [], one.get("reliability", "smooth") or [], color=SOFT, linewidth=1
        )
        for place, told in points:
            if told is not None and place is not None:
                axes.plot([place, place], told[1:], color=BLUE, linewidth=1.6)
                axes.scatter([place], [told[0]], color=BLUE, s=30, zorder=3)
        axes.set_xlabel("probability that was stated (mean of the bin)")
        axes.set_ylabel("share of films that are positive")
        axes.set_aspect("equal")
        axes.set_xlim(-0.01, 1.01)
        axes.set_ylim(-0.01, 1.01)
        percents(axes, "x", "y")
        tidy(axes)

    slope, large = (one.get("reliability", name, "stated") or {} for name in ("slope", "in_the_large"))
    numbers = [
        f"{name} {told['value']:.2f}"
        for name, told in (("slope", slope), ("in the large", large))
        if told.get("value") is not None
    ]
    alt = f"Calibration of {named(one)}: {', '.join(numbers) or 'no slope'}. The dotted line is a calibrated score."
    return drawn("calibration", alt, 4.6, paint)
