"""Figures of the label: where it is frequent, beside what it stands, and its course."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wetread.cohort.axes import forest, percents, reach
from wetread.report.drawing import BLUE, ORANGE, SERIES, SOFT, Drawn, draw, tidy
from wetread.report.wording import listed, number, ratio, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from wetread.cohort.comorbidity import Comorbidity
    from wetread.cohort.course import Course
    from wetread.cohort.prevalence import Cell, Prevalence

__all__ = ["draw_course", "draw_lifts", "draw_odds", "draw_prevalence"]


def draw_prevalence(prevalence: Prevalence) -> Drawn | None:
    """Share with the label by age, a panel for each sex and a mark for each view; None where nothing is labelled."""
    sexes: list[str | None] = [cell.sex for cell in prevalence.by_sex if cell.sex in ("F", "M")]
    views: list[str | None] = [cell.view for cell in prevalence.by_view]
    cells = prevalence.cells
    if not cells or not sexes:
        cells, sexes, views = prevalence.by_age, [None], [None]
    if not cells:
        return None
    ages = [cell.age for cell in prevalence.by_age]

    def paint(figure: Figure) -> None:
        panels = figure.subplots(1, len(sexes), sharey=True, squeeze=False)[0]
        for axes, sex in zip(panels, sexes, strict=True):
            for place, view in enumerate(views):
                _points(
                    axes, ages, [c for c in cells if c.sex == sex and c.view == view], place, len(views), view or "all"
                )
            axes.set_title({"F": "female", "M": "male"}.get(sex or "", "all"))
            axes.set_xticks(range(len(ages)), [str(age) for age in ages], rotation=60)
            axes.set_xlabel("age in years")
            tidy(axes, grid="y")
        panels[0].set_ylabel("share with pneumonia")
        top = max(cell.share.value for cell in cells if cell.films >= 30) if any(c.films >= 30 for c in cells) else 1.0
        panels[0].set_ylim(0, min(1.02, 2.4 * top + 0.002))
        percents(panels[0], "y")
        if len(views) > 1:
            panels[-1].legend(loc="upper left")

    said = [f"{cell.view} {share(cell.share.value)}" for cell in prevalence.by_view]
    tail = f" Over all ages and sexes: {listed(said)}." if said else ""
    return draw(
        "prevalence", f"Share of films with pneumonia by age, sex and view, with 95 % intervals.{tail}", 3.1, paint
    )


def _points(axes: Axes, ages: Sequence[str | None], cells: Sequence[Cell], place: int, of: int, label: str) -> None:
    x = [ages.index(cell.age) + (place - (of - 1) / 2) * 0.26 for cell in cells]
    y = [cell.share.value for cell in cells]
    axes.errorbar(
        x,
        y,
        yerr=reach([cell.share for cell in cells]),
        fmt="os^D"[place % 4],
        color=SERIES[place % len(SERIES)],
        markersize=4.5,
        linewidth=1.2,
        label=label,
    )


def draw_odds(comorbidity: Comorbidity) -> Drawn | None:
    """Odds ratio of each finding beside the label, as a forest; None where there is no pair."""
    pairs = [pair for pair in comorbidity.pairs if pair.odds_ratio is not None and pair.both][:20]
    if not pairs:
        return None
    pairs = sorted(pairs, key=lambda pair: pair.odds_ratio.value if pair.odds_ratio else 0)
    found = [pair.odds_ratio for pair in pairs if pair.odds_ratio is not None]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.set_xscale("log")
        axes.axvline(1, color=SOFT, linewidth=1)
        names = [f"{pair.name.replace('_', ' ')} ({number(pair.both)})" for pair in pairs]
        colours = [BLUE if o.low > 1 else ORANGE if o.high < 1 else SOFT for o in found]
        forest(axes, names, found, colours)
        _plain_log(axes, min(o.low for o in found), max(o.high for o in found))
        axes.set_xlabel("odds ratio beside pneumonia (films with both)")
        tidy(axes, grid="x")

    said = [f"{pair.name.replace('_', ' ')} {ratio(o.value)}" for pair, o in zip(pairs, found, strict=True)][::-1]
    return draw(
        "odds-ratios",
        f"Odds ratio of each finding beside pneumonia: {', '.join(said)}.",
        0.9 + 0.25 * len(pairs),
        paint,
    )


def _plain_log(axes: Axes, low: float, high: float) -> None:
    ticks = [t for t in (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300) if low / 2 <= t <= high * 2]
    axes.set_xticks(ticks, [f"{t:g}" for t in ticks])
    axes.set_xticks([], minor=True)


def draw_lifts(comorbidity: Comorbidity) -> Drawn | None:
    """Every pair of the 16 most frequent findings as a matrix; None where fewer than three are told."""
    names, lifts = comorbidity.names[:16], comorbidity.lifts
    if len(names) < 3:
        return None

    def paint(figure: Figure) -> None:
        from matplotlib.colors import TwoSlopeNorm

        axes = figure.subplots()
        values = [[_log(lifts[i][j]) for j in range(len(names))] for i in range(len(names))]
        axes.imshow(values, cmap="PuOr_r", norm=TwoSlopeNorm(0, -3, 3), aspect="auto")
        for i in range(len(names)):
            for j in range(len(names)):
                lift = lifts[i][j]
                if lift is not None:
                    colour = "#fdfdfd" if abs(_log(lift)) > 2 else "#111111"
                    axes.text(j, i, ratio(round(lift, 1)), ha="center", va="center", fontsize=6.6, color=colour)
        said = [name.replace("_", " ") for name in names]
        axes.set_xticks(range(len(names)), said, rotation=60, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(names)), said)
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)

    pairs = [(lifts[i][j], i, j) for i in range(len(names)) for j in range(i) if lifts[i][j] is not None]
    top = max(pairs, key=lambda found: found[0] or 0, default=None)
    tail = f" The strongest: {names[top[1]]} and {names[top[2]]}, {ratio(top[0] or 0)} times." if top else ""
    return draw(
        "co-occurrence", f"How many times more often than by chance two findings share a film.{tail}", 4.5, paint
    )


def _log(lift: float | None) -> float:
    return float("nan") if lift is None else max(-3.0, min(3.0, math.log2(lift))) if lift > 0 else -3.0


def draw_course(course: Course) -> Drawn | None:
    """Share with the label by follow-up number; None where there is one stage or none."""
    if len(course.stages) < 2:
        return None

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        x, y = range(len(course.stages)), [stage.share.value for stage in course.stages]
        axes.errorbar(
            x, y, yerr=reach([stage.share for stage in course.stages]), fmt="o", color=BLUE, markersize=5, linewidth=1.4
        )
        axes.set_xticks(list(x), [stage.name for stage in course.stages])
        axes.set_ylim(bottom=0)
        axes.set_xlabel("follow-up number of the film")
        axes.set_ylabel("share with pneumonia")
        percents(axes, "y")
        tidy(axes, grid="y")

    said = [f"{stage.name}: {share(stage.share.value)}" for stage in course.stages]
    return draw("course", f"Share of films with pneumonia by follow-up number. {'; '.join(said)}.", 2.5, paint)
