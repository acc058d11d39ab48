"""PPV and NPV at the threshold, by the share of films that are positive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.regulatory.device import Device
from wetread.regulatory.evidence.evaluation import evaluations
from wetread.regulatory.pictures.told import chosen, named, percents, span
from wetread.report.drawing import BLUE, GREEN, Drawn, tidy
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]


def ready(device: Device) -> bool:
    """Whether an evaluation states predictive values at prevalences."""
    return any(one.get("cuts", 0, "applied", "worth", "stated") for one in evaluations(device))


def draw(device: Device) -> Drawn:
    """Both values with their intervals, for the first evaluation that has a threshold.

    Raises
    ------
    DataError
        If no evaluation in the folder holds one.
    """
    one = chosen(device, "cuts", "calls at a threshold")
    rows = one.get("cuts", 0, "applied", "worth", "stated") or []
    lines = {"NPV: not called, and rightly": ("npv", GREEN, "s"), "PPV: called, and rightly": ("ppv", BLUE, "o")}

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for name, (which, colour, marker) in lines.items():
            points = [(row["prevalence"], span(row[which]["stated"])) for row in rows]
            known = [(place, told) for place, told in points if told is not None]
            axes.plot([place for place, _ in known], [told[0] for _, told in known], color=colour, linewidth=1.2)
            for place, (_, low, high) in known:
                axes.plot([place, place], [low, high], color=colour, linewidth=1.6)
            axes.scatter([p for p, _ in known], [t[0] for _, t in known], color=colour, marker=marker, s=34, label=name)
        places = [row["prevalence"] for row in rows]
        axes.set_xscale("log")
        axes.set_xticks(places, [f"{100 * place:g} %" for place in places], minor=False)
        axes.minorticks_off()
        axes.set_ylim(0, 1.03)
        axes.set_xlabel("share of films that are positive")
        axes.set_ylabel("share that is right")
        percents(axes, "y")
        axes.legend(loc="center left")
        tidy(axes, grid="y")

    said = "; ".join(
        f"at {row['prevalence']:.0%} PPV {row['ppv']['stated']['value']:.1%}, NPV {row['npv']['stated']['value']:.1%}"
        for row in rows
        if row["ppv"]["stated"]["value"] is not None and row["npv"]["stated"]["value"] is not None
    )
    return drawn("predictive-values", f"Predictive values of {named(one)}: {said}.", 3.2, paint)
