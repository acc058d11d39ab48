"""AUROC of each group that has enough patients, beside all films."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from wetread.errors import DataError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence.evaluation import Evaluated
from wetread.regulatory.pictures.told import forest, named, shown, span
from wetread.report.drawing import Drawn
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]

_WIDE = 44  # letters of a panel's title
Row = tuple[str, tuple[float, float, float]]


def _rows(one: Evaluated) -> list[Row]:
    told = []
    for _, covariate in one.rows("groups", "covariates"):
        for group in covariate.get("groups") or ():
            known = span(group.get("auroc"))
            if known is not None:
                told.append((f"{covariate.get('name')}: {group.get('name')}", known))
    return told


def ready(device: Device) -> bool:
    """Whether an evaluation judged a group apart."""
    return bool(shown(device, lambda one: bool(_rows(one))))


def draw(device: Device) -> Drawn:
    """Every evaluation that has groups, one above the other.

    Raises
    ------
    DataError
        If no evaluation in the folder judged a group apart.
    """
    told = [(one, _rows(one)) for one in shown(device, lambda one: bool(_rows(one)))]
    if not told:
        raise DataError("no evaluation in the folder judged a group apart")
    heights = [len(rows) + 1 for _, rows in told]

    def paint(figure: Figure) -> None:
        panels = figure.subplots(len(told), 1, squeeze=False, sharex=True, height_ratios=heights)[:, 0]
        for axes, (one, rows) in zip(panels, told, strict=True):
            forest(axes, rows, whole=span(one.get("area", "interval")))
            axes.set_title("\n".join(wrap(named(one), _WIDE)), loc="left")
        panels[-1].set_xlabel("AUROC, its 95 % interval; the band is of all films")

    said = "; ".join(f"{name} {value:.3f}" for _, rows in told for name, (value, _, _) in rows)
    alt = f"AUROC of each group with enough patients: {said}."
    return drawn("subgroups", alt, 0.7 + 0.26 * sum(heights) + 0.4 * len(told), paint)
