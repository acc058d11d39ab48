"""AUROC of guesses without a pixel, beside the score on the same films."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.regulatory.device import Device
from wetread.regulatory.evidence.evaluation import evaluations
from wetread.regulatory.pictures.told import chosen, forest, named, span
from wetread.report.drawing import Drawn
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]


def ready(device: Device) -> bool:
    """Whether an evaluation holds baselines."""
    return any(one.get("baselines", "baselines") for one in evaluations(device))


def draw(device: Device) -> Drawn:
    """The baselines of the first evaluation that holds them.

    Raises
    ------
    DataError
        If no evaluation in the folder does.
    """
    one = chosen(device, "baselines", "baselines")
    known = [(str(row.get("name")), span(row.get("auroc"))) for _, row in one.rows("baselines", "baselines")]
    rows = [(name, told) for name, told in known if told is not None]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        forest(axes, rows, whole=span(one.get("baselines", "auroc")))
        axes.set_xlabel("AUROC, its 95 % interval; the band is the score's")

    said = "; ".join(f"{name} {told[0]:.3f}" for name, told in rows)
    return drawn("shortcuts-alone", f"Guesses without a pixel on {named(one)}: {said}.", 0.9 + 0.28 * len(rows), paint)
