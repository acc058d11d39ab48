"""The picture of a study's size: the teeth of a performance goal, and what readers save in cases."""

from __future__ import annotations

from typing import Any

from wetread.evaluation.sample_size.proportions import GoalSize

__all__ = ["plot"]

_INK, _SOFT, _BLUE, _ORANGE = "#16202a", "#51606d", "#0072b2", "#d55e00"  # the last two from Okabe and Ito (2008)


def plot(goal: GoalSize, readers: tuple[tuple[int, int | None], ...], figure: Any) -> None:
    """Draw into an empty matplotlib figure: left the power of a goal by films, right the cases by readers.

    Parameters
    ----------
    goal
        Of `goal_size`.
    readers
        Of `reader_study_table`; numbers of readers that cannot reach the power are marked on the axis.
    figure
        A `matplotlib.figure.Figure`.
    """
    left, right = figure.subplots(1, 2)
    left.plot(goal.films, goal.powers, color=_BLUE, linewidth=1, marker=".", markersize=3)
    left.axhline(goal.power, color=_SOFT, linewidth=0.8, linestyle=":")
    for count, power, name, offset in (
        (goal.first, goal.power_first, "first", (-72, 34)),
        (goal.stable, goal.power_stable, "stable", (16, -62)),
    ):
        left.annotate(
            f"{name}: {count}", (count, power), xytext=offset, textcoords="offset points", color=_ORANGE,
            arrowprops={"arrowstyle": "-", "color": _ORANGE, "linewidth": 0.8},
        )  # fmt: skip
        left.plot([count], [power], color=_ORANGE, marker="o", markersize=5)
    left.set_title(f"{goal.expected:.0%} expected against a goal of {goal.goal:.0%}", color=_INK, fontsize=10)
    left.set_xlabel("films of the class")
    left.set_ylabel("power")

    reached = [(count, cases) for count, cases in readers if cases is not None]
    right.plot(*zip(*reached, strict=True), color=_BLUE, linewidth=1.2, marker="o", markersize=4)
    for count, cases in reached:
        right.annotate(str(cases), (count, cases), xytext=(4, 4), textcoords="offset points", color=_INK, fontsize=8)
    for count in (count for count, cases in readers if cases is None):
        right.plot([count], [0], color=_ORANGE, marker="x", clip_on=False)
        right.annotate("never", (count, 0), xytext=(-10, 8), textcoords="offset points", color=_ORANGE, fontsize=8)
    right.set_ylim(bottom=0)
    right.margins(x=0.08)
    right.set_title("cases of a reader study", color=_INK, fontsize=10)
    right.set_xlabel("readers")
    right.set_ylabel("cases")
