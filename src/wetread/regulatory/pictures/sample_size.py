"""Power of each performance goal by the number of films: a saw, because films come whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.errors import DataError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence.plan import SizeRow, plan_of, sizes
from wetread.regulatory.pictures.told import percents
from wetread.report.drawing import BLUE, ORANGE, SOFT, Drawn, tidy
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]


_RESULT, _INPUTS = ("first", "stable", "power_first", "power_stable", "teeth"), ("expected", "goal", "power")


def _goals(device: Device) -> list[SizeRow]:
    plan = plan_of(device)
    return [row for row in sizes(plan, "goals") if _whole(row)] if plan else []


def _whole(row: SizeRow) -> bool:
    held = [row.result.get(name) for name in _RESULT] + [row.inputs.get(name) for name in _INPUTS]
    return None not in held and bool(row.result["teeth"].get("films")) and bool(row.result["teeth"].get("powers"))


def ready(device: Device) -> bool:
    """Whether the plan holds a goal."""
    return bool(_goals(device))


def draw(device: Device) -> Drawn:
    """A panel for each goal, with its first and its stable size.

    Raises
    ------
    DataError
        If the folder has no plan with a goal.
    """
    told = _goals(device)
    if not told:
        raise DataError("the folder has no plan with a performance goal")

    def paint(figure: Figure) -> None:
        panels = figure.subplots(len(told), 1, squeeze=False)[:, 0]
        for axes, row in zip(panels, told, strict=True):
            teeth, result = row.result["teeth"], row.result
            axes.plot(teeth["films"], teeth["powers"], color=BLUE, linewidth=1, marker=".", markersize=3)
            axes.axhline(row.inputs["power"], color=SOFT, linewidth=0.8, linestyle=":")
            for name, count, power, marker in (
                ("first", result["first"], result["power_first"], "o"),
                ("stable", result["stable"], result["power_stable"], "D"),
            ):
                axes.scatter([count], [power], color=ORANGE, marker=marker, s=30, zorder=3, label=f"{name}: {count}")
            axes.set_title(
                f"{row.of}, {row.inputs['expected']:.0%} expected, goal {row.inputs['goal']:.0%}", loc="left"
            )
            axes.set_ylabel("power")
            percents(axes, "y")
            axes.legend(loc="lower right")
            tidy(axes)
        panels[-1].set_xlabel("films of the class")

    said = "; ".join(f"{row.of}: first {row.result['first']}, stable {row.result['stable']}" for row in told)
    return drawn("sample-size", f"Power by the number of films. {said}.", 0.4 + 1.9 * len(told), paint)
