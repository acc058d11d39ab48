"""The page of a comparison: differences with their intervals, in sentences, with the pictures beside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wetread import __version__
from wetread.evaluation.pages.appendix import every_number, made_with
from wetread.evaluation.pages.plot_parts import forest, percents
from wetread.evaluation.pages.words import NOT_CLEARED, limits, shares, threes
from wetread.intervals import Interval
from wetread.page import render
from wetread.report import Drawn, Section, Table, draw
from wetread.report.drawing import BLUE, ORANGE, SOFT, tidy
from wetread.report.wording import count, number, probability, share, stated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from wetread.evaluation.compare import Calls, Comparison

__all__ = ["drawn", "page"]

_SAID = (
    ("auroc", "AUROC"), ("average_precision", "average precision"), ("best_f1", "best F1"),
    ("sensitivity_at_specificity", "sensitivity at specificity"), ("specificity_at_sensitivity", "specificity at sensitivity"),
    ("sensitivity", "sensitivity at its threshold"), ("specificity", "specificity at its threshold"), ("ppv", "PPV at its threshold"),
    ("npv", "NPV at its threshold"), ("f1", "F1 at its threshold"), ("brier", "Brier score (lower is better)"),
)  # fmt: skip


def page(found: Comparison, figures: Mapping[str, Drawn]) -> str:
    """The self-contained page, as text, with the figures that were drawn."""
    first, second = found.names
    return render(
        "comparison.html",
        {
            "name": f"{first} and {second}",
            "set": found.films.name,
            "alarms": found.alarms,
            "key_figures": _key_figures(found),
            "headlines": _headlines(found),
            "first": _table(found),
            "sections": _sections(found),
            "appendix": tuple(_named(each, title) for each, title in _all(found)),
            "figures": dict(figures),
            "about": made_with(found.films, found.settings, found.about),
            "not_cleared": NOT_CLEARED,
            "version": __version__,
        },
    )


# ------------------------------------------------------------------------------------------------------- figures


def drawn(found: Comparison) -> dict[str, Drawn]:
    """Both curves, and the differences."""
    rows: list[tuple[str, Interval | None]] = [
        (name, value) for name, _, _, value in _differences(found) if math.isfinite(value.value)
    ]
    first, second = found.names
    alt = f"{first} minus {second}, with intervals over patients"
    figures = [_roc(found), forest("differences", alt, rows, label=f"{first} minus {second}", chance=0.0)]
    return {figure.name: figure for figure in figures}


def _roc(found: Comparison) -> Drawn:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=SOFT, linestyle=":", linewidth=1, label="drawn by lot")
        for name, curve, colour, line in zip(found.names, found.curves, (BLUE, ORANGE), ("-", "--"), strict=True):
            axes.plot(1 - curve.specificity, curve.sensitivity, color=colour, linestyle=line, linewidth=1.6, label=name)
        axes.set_xlabel("share of negative films called (1 − specificity)")
        axes.set_ylabel("share of positive films called (sensitivity)")
        axes.set_aspect("equal")
        axes.legend(loc="lower right")
        percents(axes, "x")
        percents(axes, "y")
        tidy(axes)

    said = [f"{name} with area {curve.auroc:.3f}" for name, curve in zip(found.names, found.curves, strict=True)]
    return draw("roc", f"Two ROC curves: {said[0]}, {said[1]}.", 4.6, paint)


# --------------------------------------------------------------------------------------------------------- words


def _differences(found: Comparison) -> list[tuple[str, Interval, Interval, Interval]]:
    """Name, the first's, the second's, and the difference of each number worth a line."""
    said = dict(_SAID)
    made = []
    for one, two, apart in zip(found.first.estimates, found.second.estimates, found.difference.estimates, strict=False):
        if apart.name in said and one.name == apart.name == two.name:
            at = f" {stated(apart.at)}" if apart.at is not None and "_at_" in apart.name else ""
            made.append((f"{said[apart.name]}{at}", one.stated, two.stated, apart.stated))
    order = {name: place for place, (_, name) in enumerate(_SAID)}
    return sorted(made, key=lambda row: next(place for name, place in order.items() if row[0].startswith(name)))


def _key_figures(found: Comparison) -> tuple[tuple[str, str], ...]:
    films = found.films
    one, two, apart = (each.find("auroc") for each in (found.first, found.second, found.difference))
    first, second = found.names
    return (
        (number(films.films), "films"), (number(films.patients), "patients"),
        (number(films.positives), f"positive, {share(films.prevalence.value)}"),
        (f"{one.value:.3f}", f"AUROC of {first}"), (f"{two.value:.3f}", f"AUROC of {second}"),
        (_signed(apart.value), f"difference ({limits(apart.stated)})"),
    )  # fmt: skip


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def _headlines(found: Comparison) -> tuple[str, ...]:
    first, second = found.names
    apart = found.difference.find("auroc").stated
    sure = (
        "surely better"
        if apart.low > 0
        else "surely worse"
        if apart.high < 0
        else "neither surely better nor surely worse"
    )
    told = [
        f"On the same {count(found.films.films, 'film')} of {count(found.films.patients, 'patient')}, {first} is {sure} than {second} at telling "
        f"positive from negative films: AUROC {threes(apart)} more.",
    ]
    if found.area is not None and math.isfinite(found.area.p):
        told.append(
            f"Computed in closed form, with films of one patient taken together, the difference is {threes(found.area.difference)}, "
            f"{probability(found.area.p)}."
        )
    told += [_calls(calls, found) for calls in found.calls]
    if not found.calls:
        told.append("No thresholds were given: what either model calls is not compared.")
    return (*told, NOT_CLEARED)


def _calls(calls: Calls, found: Comparison) -> str:
    first, second = found.names
    better = "sensitivity" if calls.what == "positive" else "false alarms"
    test = f"{probability(calls.p)}; {calls.test}" if math.isfinite(calls.p) else calls.test
    return (
        f"Of the {calls.what} films, {number(calls.first)} are called by {first} alone and {number(calls.second)} by {second} alone: {better} "
        f"{_points(calls.difference)} ({test})."
    )


def _points(apart: Interval) -> str:
    text = f"{100 * apart.value:+.1f} percentage points"
    if math.isfinite(apart.low):
        text += f" ({100 * apart.low:+.1f} to {100 * apart.high:+.1f})"
    return text.replace("-", "−")


def _table(found: Comparison) -> Table:
    first, second = found.names
    rows = tuple(
        (name, f"{one.value:.3f}", f"{two.value:.3f}", f"{_signed(apart.value)} ({_signed(apart.low)} to {_signed(apart.high)})"
         if math.isfinite(apart.low) else f"{_signed(apart.value)} (no interval)")
        for name, one, two, apart in _differences(found) if math.isfinite(apart.value)
    )  # fmt: skip
    return Table(
        "Each number, and the difference on the same resamples of patients",
        ("", first, second, f"{first} minus {second}"),
        rows,
    )


def _sections(found: Comparison) -> tuple[Section, ...]:
    first, second = found.names
    films = found.films
    every, positive, negative = found.correlation
    told = [
        f"{count(films.films, 'film')} of {count(films.patients, 'patient')}, {number(films.positives)} of them positive: {shares(films.prevalence)}.",
        *(f"{note[0].upper()}{note[1:]}." for note in found.told),
    ]
    if all(map(math.isfinite, found.correlation)):
        told.append(
            f"The two scores rank films with a correlation of {every:.2f} (Spearman); {positive:.2f} among positive and {negative:.2f} among negative "
            "films. The less they agree, the more there would be in reading with both."
        )
    means = (
        "Two intervals that overlap say nothing of a difference: it is the difference that has the interval here.",
        "Net reclassification is not given: it calls a model better that is merely miscalibrated.",
    )
    captions = (
        ("roc", "Both on the same films."),
        ("differences", f"{first} minus {second}; the dotted line is no difference."),
    )
    return (Section("How far apart they are", tuple(told), means, captions),)


def _all(found: Comparison) -> tuple[tuple[Table, str], ...]:
    first, second = found.names
    return (
        (every_number(found.difference), f"{first} minus {second}"),
        (every_number(found.first), first),
        (every_number(found.second), second),
    )


def _named(table: Table, title: str) -> Table:
    return Table(f"{title}: {table.caption[0].lower()}{table.caption[1:]}", table.head, table.rows)
