"""Which findings the films with the label have too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.errors import DataError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence.cohort import co_findings
from wetread.regulatory.evidence.values import spread
from wetread.regulatory.pictures.demographics import shown
from wetread.report.drawing import BLUE, Drawn, tidy
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]


def ready(device: Device) -> bool:
    """Whether a cohort report names findings beside the label."""
    view = shown(device)
    return view is not None and bool(co_findings(view))


def draw(device: Device) -> Drawn:
    """Share of the films with the label that have each finding, with its interval over patients.

    Raises
    ------
    DataError
        If no report in the folder names other findings.
    """
    view = shown(device)
    rows = co_findings(view) if view else []
    if not rows:
        raise DataError("no cohort report in the folder names findings beside the label")
    told = [(name, *spread(device, f"{ref}/share_of_label")) for name, ref in reversed(rows)]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        names = [name.replace("_", " ") for name, *_ in told]
        values = [100 * value for _, value, *_ in told]
        less = [100 * (value - low) for _, value, low, _ in told]
        more = [100 * (high - value) for _, value, _, high in told]
        axes.errorbar(values, names, xerr=(less, more), fmt="o", color=BLUE, capsize=2.5, markersize=4, linewidth=1.1)
        axes.set_xlim(left=0)
        axes.set_xlabel("share of the films with the label, % (interval over patients)")
        tidy(axes, grid="x")

    first = told[-1]
    alt = f"Findings beside the label, the commonest {first[0]} in {100 * first[1]:.0f} % of the films with the label."
    return drawn("co-findings", alt, 0.9 + 0.24 * len(told), paint)
