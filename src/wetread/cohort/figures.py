"""The figures of a cohort report. They draw finished numbers and count nothing themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wetread.intervals import Interval
from wetread.report.drawing import BLUE, GREEN, INK, ORANGE, RULE, SERIES, SOFT, Drawn, draw, tidy
from wetread.report.wording import listed, number, ratio, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from wetread.cohort.audit import Audit
    from wetread.cohort.comorbidity import Comorbidity
    from wetread.cohort.course import Course
    from wetread.cohort.describe import Cohort
    from wetread.cohort.findings import Findings
    from wetread.cohort.leak import SplitLeak
    from wetread.cohort.people import People
    from wetread.cohort.prevalence import Cell, Prevalence
    from wetread.cohort.profiles import Profiles

__all__ = ["drawn"]


def drawn(cohort: Cohort) -> dict[str, Drawn]:
    """Every figure that this cohort has numbers for, by name."""
    made: list[Drawn | None] = [
        _ages(cohort.people),
        _loads(cohort.people),
        _findings(cohort.findings),
        _prevalence(cohort.prevalence),
        _odds(cohort.comorbidity),
        _lifts(cohort.comorbidity),
        _course(cohort.course),
        _leak(cohort.split_leak),
        _shortcuts(cohort.shortcuts) if cohort.shortcuts else None,
        _profiles(cohort.pixels.as_input) if cohort.pixels else None,
    ]
    return {figure.name: figure for figure in made if figure is not None}


def _ages(people: People) -> Drawn | None:
    bands = [band for band in people.by_age if band.name != "unknown"]
    if not bands:
        return None

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar([band.name for band in bands], [band.films for band in bands], color=BLUE, width=0.8)
        axes.set_xlabel("age in years")
        axes.set_ylabel("films")
        _thousands(axes, "y")
        tidy(axes, grid="y")

    top = max(bands, key=lambda band: band.films)
    return draw("ages", f"Films by age. Most, {number(top.films)}, are of patients of {top.name} years.", 2.6, paint)


def _loads(people: People) -> Drawn:
    bands, places = people.by_load, range(len(people.by_load))
    patients = [band.patients / people.patients for band in bands]
    films = [band.films / people.films for band in bands]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar([x - 0.2 for x in places], patients, 0.38, color=BLUE, label="of all patients")
        axes.bar(
            [x + 0.2 for x in places],
            films,
            0.38,
            color=ORANGE,
            hatch="////",
            edgecolor="white",
            linewidth=0,
            label="of all films",
        )
        axes.set_xticks(list(places), [band.name for band in bands])
        axes.set_xlabel("films of the patient")
        axes.set_ylabel("share")
        _percents(axes, "y")
        axes.legend()
        tidy(axes, grid="y")

    said = [
        f"{band.name}: {share(p)} of patients, {share(f)} of films"
        for band, p, f in zip(bands, patients, films, strict=True)
    ]
    return draw("films-per-patient", f"Patients by number of films. {'; '.join(said)}.", 2.6, paint)


def _findings(findings: Findings) -> Drawn | None:
    each = findings.each[:20][::-1]
    if not each:
        return None

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        names = [finding.name.replace("_", " ") for finding in each]
        axes.barh(names, [finding.films for finding in each], color=BLUE, height=0.62, label="films")
        axes.scatter(
            [finding.patients for finding in each], names, color=ORANGE, marker="D", s=22, label="patients", zorder=3
        )
        axes.legend(loc="lower right")
        _thousands(axes, "x")
        tidy(axes, grid="x")

    said = [f"{finding.name.replace('_', ' ')} {number(finding.films)}" for finding in each[::-1]]
    return draw("findings", f"Films with each finding: {', '.join(said)}.", 0.9 + 0.235 * len(each), paint)


def _prevalence(prevalence: Prevalence) -> Drawn | None:
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
        _percents(panels[0], "y")
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
    reach = [[c.share.value - c.share.low for c in cells], [c.share.high - c.share.value for c in cells]]
    axes.errorbar(
        x,
        y,
        yerr=reach,
        fmt="os^D"[place % 4],
        color=SERIES[place % len(SERIES)],
        markersize=4.5,
        linewidth=1.2,
        label=label,
    )


def _forest(axes: Axes, names: Sequence[str], found: Sequence[Interval], colours: Sequence[str]) -> None:
    for row, (interval, colour) in enumerate(zip(found, colours, strict=True)):
        axes.plot([interval.low, interval.high], [row, row], color=colour, linewidth=1.6)
        axes.plot([interval.value], [row], marker="o", color=colour, markersize=5)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.7, len(names) - 0.3)


def _odds(comorbidity: Comorbidity) -> Drawn | None:
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
        _forest(axes, names, found, colours)
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


def _lifts(comorbidity: Comorbidity) -> Drawn | None:
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


def _course(course: Course) -> Drawn | None:
    if len(course.stages) < 2:
        return None

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        x, y = range(len(course.stages)), [stage.share.value for stage in course.stages]
        reach = [
            [s.share.value - s.share.low for s in course.stages],
            [s.share.high - s.share.value for s in course.stages],
        ]
        axes.errorbar(x, y, yerr=reach, fmt="o", color=BLUE, markersize=5, linewidth=1.4)
        axes.set_xticks(list(x), [stage.name for stage in course.stages])
        axes.set_ylim(bottom=0)
        axes.set_xlabel("follow-up number of the film")
        axes.set_ylabel("share with pneumonia")
        _percents(axes, "y")
        tidy(axes, grid="y")

    said = [f"{stage.name}: {share(stage.share.value)}" for stage in course.stages]
    return draw("course", f"Share of films with pneumonia by follow-up number. {'; '.join(said)}.", 2.5, paint)


def _leak(leak: SplitLeak) -> Drawn:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        rows, leaked = ["split by patient", "split by film"], [0.0, leak.share]
        axes.barh(
            rows,
            leaked,
            color=ORANGE,
            height=0.55,
            hatch="////",
            edgecolor="white",
            linewidth=0,
            label="patient known from training",
        )
        axes.barh(rows, [1 - part for part in leaked], left=leaked, color=BLUE, height=0.55, label="patient never seen")
        axes.set_xlim(0, 1)
        axes.set_xlabel("share of the test films")
        _percents(axes, "x")
        axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.42), ncols=2)
        tidy(axes)

    text = f"Split by film, {share(leak.share)} of the test films are of a patient known from training; split by patient, none."
    return draw("split", text, 1.9, paint)


def _shortcuts(audit: Audit) -> Drawn:
    suspects = audit.suspects[::-1]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.axvline(0.5, color=SOFT, linewidth=1)
        axes.axvline(audit.threshold, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        colours = [ORANGE if suspect.rings else BLUE for suspect in suspects]
        names = [f"{suspect.name} !" if suspect.rings else suspect.name for suspect in suspects]
        _forest(axes, names, [suspect.auroc for suspect in suspects], colours)
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


def _profiles(profiles: Profiles) -> Drawn | None:
    shown = [p for p in profiles.profiles if p.patients >= 10]
    views = list(dict.fromkeys(profile.view for profile in shown))
    if not views:
        return None
    groups = list(dict.fromkeys(profile.group for profile in shown))
    styles = {"no finding": (SOFT, "-", 2.4), "pneumonia": (ORANGE, "-", 2.2)}
    rest = [group for group in groups if group not in styles]
    lines = [(0, (5, 2)), (0, (2, 1.4)), (0, (5, 1.5, 1, 1.5)), (0, (1, 1)), (0, (8, 2))]
    colours = (BLUE, GREEN, SERIES[3], SERIES[4], SERIES[5])
    for place, group in enumerate(rest):
        styles[group] = (colours[place % 5], lines[place % 5], 1.3)  # type: ignore[assignment]

    def paint(figure: Figure) -> None:
        panels = figure.subplots(1, len(views), sharey=True, squeeze=False)[0]
        for axes, view in zip(panels, views, strict=True):
            for profile in (p for p in shown if p.view == view):
                colour, line, width = styles[profile.group]
                levels = [(bin_ + 0.5) / len(profile.mean) for bin_ in range(1, len(profile.mean) - 1)]
                axes.plot(
                    levels, profile.mean[1:-1], color=colour, linestyle=line, linewidth=width, label=profile.group
                )
                if profile.group == "no finding":
                    axes.fill_between(levels, profile.low[1:-1], profile.high[1:-1], color=RULE, linewidth=0)
            axes.set_title(view)
            axes.set_xlabel("grey level (0 air, 1 bone)")
            axes.set_ylim(bottom=0)
            tidy(axes)
        panels[0].set_ylabel("share of the pixels")
        _percents(panels[0], "y")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3)

    said = [f"{p.view} {p.group}: median {p.median:.2f}" for p in shown]
    return draw(
        "profiles", f"Grey levels of films as the network sees them, mean over patients. {'; '.join(said)}.", 3.4, paint
    )


def _percents(axes: Axes, which: str) -> None:
    from matplotlib.ticker import FuncFormatter

    def text(value: float, _: int) -> str:
        return f"{number(100 * value, 1)} %"

    (axes.yaxis if which == "y" else axes.xaxis).set_major_formatter(FuncFormatter(text))


def _thousands(axes: Axes, which: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axis.set_major_locator(MaxNLocator(5, integer=True))
