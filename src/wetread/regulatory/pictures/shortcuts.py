"""What is not the lungs and tells the label all the same, beside the bound of the alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.errors import DataError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence.cohort import View, cohorts, suspects
from wetread.regulatory.evidence.values import bare, spread
from wetread.report.drawing import BLUE, ORANGE, SOFT, Drawn, tidy
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]


def _view(device: Device) -> View | None:
    return next((view for view in cohorts(device) if suspects(view)), None)


def ready(device: Device) -> bool:
    """Whether a cohort report looked for shortcuts."""
    return _view(device) is not None


def draw(device: Device) -> Drawn:
    """AUROC of each suspect on the label, with its interval; those that ring in another colour and mark.

    Raises
    ------
    DataError
        If no report in the folder looked for shortcuts.
    """
    view = _view(device)
    if view is None:
        raise DataError("no cohort report in the folder looked for shortcuts")
    rows = [(name, rings, *spread(device, f"{ref}/auroc")) for name, ref, rings in reversed(suspects(view))]
    bound = bare(device, view.ref("shortcuts", "threshold"))

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for place, (_, rings, value, low, high) in enumerate(rows):
            axes.errorbar([value], [place], xerr=([value - low], [high - value]), fmt="D" if rings else "o",
                          color=ORANGE if rings else BLUE, capsize=2.5, markersize=4.5, linewidth=1.1)  # fmt: skip
        axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
        axes.axvline(0.5, color=SOFT, linewidth=0.8, linestyle=":")
        axes.axvline(bound, color=SOFT, linewidth=0.8, linestyle="--")
        axes.set_xlabel("AUROC on the label\n(dotted: by lot; dashed: bound of the alarm; diamonds ring)")
        tidy(axes)

    loud = [name for name, rings, *_ in reversed(rows) if rings]
    alt = f"What tells the label without the lungs; the alarm rings for {', '.join(loud) or 'nothing'}."
    return drawn("shortcuts", alt, 1.05 + 0.26 * len(rows), paint)
