"""Figures of what would deceive: a split by film, and what gives the label away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.cohort.axes import HATCHED, forest, percents
from wetread.report.drawing import BLUE, INK, ORANGE, SOFT, Drawn, draw, tidy
from wetread.report.wording import share

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wetread.cohort.audit import Audit
    from wetread.cohort.leak import SplitLeak

__all__ = ["draw_leak", "draw_shortcuts"]


def draw_leak(leak: SplitLeak) -> Drawn:
    """Share of test films of a patient known from training, split by film and by patient."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        rows, leaked = ["split by patient", "split by film"], [0.0, leak.share]
        axes.barh(rows, leaked, height=0.55, label="patient known from training", **HATCHED)
        axes.barh(rows, [1 - part for part in leaked], left=leaked, color=BLUE, height=0.55, label="patient never seen")
        axes.set_xlim(0, 1)
        axes.set_xlabel("share of the test films")
        percents(axes, "x")
        axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.42), ncols=2)
        tidy(axes)

    text = f"Split by film, {share(leak.share)} of the test films are of a patient known from training; split by patient, none."
    return draw("split", text, 1.9, paint)


def draw_shortcuts(audit: Audit) -> Drawn:
    """AUROC of each suspect with its interval, beside the bound at which the alarm rings."""
    suspects = audit.suspects[::-1]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.axvline(0.5, color=SOFT, linewidth=1)
        axes.axvline(audit.threshold, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        colours = [ORANGE if suspect.rings else BLUE for suspect in suspects]
        names = [f"{suspect.name} !" if suspect.rings else suspect.name for suspect in suspects]
        forest(axes, names, [suspect.auroc for suspect in suspects], colours)
        axes.set_xlim(
            min(0.45, *(s.auroc.low - 0.01 for s in suspects)), max(0.65, *(s.auroc.high + 0.01 for s in suspects))
        )
        axes.set_xlabel("AUROC of predicting the label (0.5: nothing)")
        tidy(axes, grid="x")

    said = [f"{s.name} {s.auroc.value:.2f}{' (rings)' if s.rings else ''}" for s in audit.suspects]
    return draw(
        "shortcuts",
        f"AUROC of what is not the lungs: {', '.join(said)}. The alarm stands at {audit.threshold}.",
        0.9 + 0.27 * len(suspects),
        paint,
    )
