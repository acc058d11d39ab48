"""Net benefit of acting on the score, on every film, and on none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.regulatory.device import Device
from wetread.regulatory.evidence.evaluation import evaluations
from wetread.regulatory.pictures.told import chosen, named, percents
from wetread.report.drawing import BLUE, ORANGE, SOFT, Drawn, tidy
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]


def ready(device: Device) -> bool:
    """Whether an evaluation holds a decision curve."""
    return any(one.get("decision", "threshold") for one in evaluations(device))


def draw(device: Device) -> Drawn:
    """The curve with its band, for the first evaluation that holds one.

    Raises
    ------
    DataError
        If no evaluation in the folder does.
    """
    one = chosen(device, "decision", "a decision curve")
    curve = {name: one.get("decision", name) for name in ("threshold", "benefit", "low", "high", "all_positive")}

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.fill_between(curve["threshold"], curve["low"], curve["high"], color=BLUE, alpha=0.15, linewidth=0)
        axes.plot(curve["threshold"], curve["benefit"], color=BLUE, linewidth=1.6, label="on the score")
        axes.plot(
            curve["threshold"],
            curve["all_positive"],
            color=ORANGE,
            linestyle="--",
            linewidth=1.2,
            label="on every film",
        )
        axes.axhline(0, color=SOFT, linestyle=":", linewidth=1, label="on none")
        top = max(curve["benefit"])
        axes.set_ylim(-0.25 * top if top > 0 else -0.05, 1.2 * top if top > 0 else 0.05)
        axes.set_xlabel("probability from which a film is worth acting on")
        axes.set_ylabel("net benefit, per film")
        percents(axes, "x")
        axes.legend(loc="upper right")
        tidy(axes)

    ranges = one.get("decision", "useful") or []
    alt = f"Decision curve of {named(one)}: it lies above both alternatives in {len(ranges)} ranges of the probability."
    return drawn("decision-curve", alt, 3.4, paint)
