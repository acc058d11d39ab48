"""The figures of an evaluation. They draw finished numbers and count nothing themselves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wetread.evaluation.pages.plot_parts import Row, bars, forest, percents
from wetread.evaluation.pages.use_plot import abstention_figure, decision_figure, reliability_figure
from wetread.report.drawing import BLUE, GREEN, ORANGE, SOFT, Drawn, draw, tidy
from wetread.report.wording import listed, number, share, stated

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wetread.evaluation.result import Cut, Evaluation
    from wetread.evaluation.scrutiny.negatives import Baselines, HardNegatives
    from wetread.evaluation.scrutiny.subgroups import Subgroups

__all__ = ["drawn"]


def drawn(found: Evaluation) -> dict[str, Drawn]:
    """Every figure that this evaluation has numbers for, by name."""
    made: list[Drawn | None] = [
        _roc(found),
        _precision(found),
        _worth(found.cuts[0]),
        _f1(found.cuts[0]),
        _against(found.negatives) if found.negatives else None,
        _groups(found.groups) if found.groups else None,
        _baselines(found.baselines, found.model) if found.baselines else None,
        reliability_figure(found.reliability) if found.reliability else None,
        decision_figure(found.decision, found.model) if found.decision else None,
        abstention_figure(found.abstention),
    ]
    return {figure.name: figure for figure in made if figure is not None}


# ------------------------------------------------------------------------------------------------ the two curves


def _roc(found: Evaluation) -> Drawn:
    curve, cuts = found.roc, found.cuts

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=SOFT, linestyle=":", linewidth=1, label="drawn by lot")
        axes.plot(1 - curve.specificity, curve.sensitivity, color=BLUE, linewidth=1.8, label=found.model)
        for cut, marker in zip(cuts, "osD^v<>", strict=False):
            worth = cut.applied.worth
            axes.scatter(
                1 - worth.specificity.value, worth.sensitivity.value, color=ORANGE, marker=marker, s=38, zorder=3,
                label=f"called at and above {number(cut.threshold, 4)}",
            )  # fmt: skip
        axes.set_xlabel("share of negative films called (1 − specificity)")
        axes.set_ylabel("share of positive films called (sensitivity)")
        axes.set_aspect("equal")
        axes.set_xlim(-0.01, 1.01)
        axes.set_ylim(-0.01, 1.01)
        axes.legend(loc="lower right")
        percents(axes, "x")
        percents(axes, "y")
        tidy(axes)

    said = [
        f"at and above {number(cut.threshold, 4)} sensitivity {share(cut.applied.worth.sensitivity.value)} and specificity "
        f"{share(cut.applied.worth.specificity.value)}"
        for cut in cuts
    ]
    return draw("roc", f"ROC curve with area {curve.auroc:.3f}; {'; '.join(said)}.", 4.6, paint)


def _precision(found: Evaluation) -> Drawn:
    curve, best = found.precision, found.best

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.step(curve.recall, curve.precision, where="post", color=BLUE, linewidth=1.4, label=found.model)
        axes.axhline(curve.prevalence, color=SOFT, linestyle=":", linewidth=1, label="drawn by lot: the prevalence")
        axes.scatter(
            best.recall, best.precision, color=ORANGE, marker="o", s=38, zorder=3, label=f"best F1, {best.f1:.3f}"
        )
        axes.scatter(
            1, curve.prevalence, color=GREEN, marker="D", s=38, zorder=3, clip_on=False,
            label=f"every film called, F1 {best.f1_all_positive:.3f}",
        )  # fmt: skip
        axes.set_xlabel("share of positive films called (recall, sensitivity)")
        axes.set_ylabel("share of calls that are right\n(precision, PPV)")
        axes.set_xlim(0, 1.01)
        axes.set_ylim(0, min(1.02, 1.15 * max(curve.precision[1:].max(initial=curve.prevalence), best.precision)))
        axes.legend(loc="upper right")
        percents(axes, "x")
        percents(axes, "y")
        tidy(axes)

    alt = (
        f"Precision against recall, average precision {curve.average_precision:.3f} where {share(curve.prevalence)} of films are "
        f"positive. The best F1 is {best.f1:.3f}; calling every film positive has {best.f1_all_positive:.3f}."
    )
    return draw("precision", alt, 3.3, paint)


# ------------------------------------------------------------------------------------------------- by prevalence


def _worth(cut: Cut) -> Drawn | None:
    known = cut.applied.worth.stated
    if not known:
        return None
    places = [at.prevalence for at in known]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for name, values, colour, marker in (
            ("NPV: not called, and rightly", [at.npv.stated for at in known], GREEN, "s"),
            ("PPV: called, and rightly", [at.ppv.stated for at in known], BLUE, "o"),
        ):
            axes.plot(places, [value.value for value in values], color=colour, linewidth=1.2)
            bars(axes, places, values, colour, marker, name)
        axes.set_xscale("log")
        axes.set_xticks(places, [stated(place) for place in places], minor=False)
        axes.minorticks_off()
        axes.set_ylim(0, 1.03)
        axes.set_xlabel("share of films that are positive")
        axes.set_ylabel("share that is right")
        axes.legend(loc="center left", bbox_to_anchor=(0, 0.62))
        percents(axes, "y")
        tidy(axes, grid="y")

    said = [f"at {share(at.prevalence)} PPV {share(at.ppv.value)} and NPV {share(at.npv.value)}" for at in known]
    return draw("worth", f"Predictive values by prevalence: {listed(said)}.", 3.0, paint)


def _f1(cut: Cut) -> Drawn | None:
    worth = cut.applied.worth
    each = sorted([*worth.stated, worth.sample], key=lambda at: at.prevalence)
    each = [at for at in each if math.isfinite(at.f1.value)]
    if not each:
        return None
    names = [stated(at.prevalence) + ("" if at.stated else "\n(here)") for at in each]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        places = [float(place) for place in range(len(each))]
        axes.bar(
            places,
            [at.f1_all_positive for at in each],
            0.62,
            color=SOFT,
            alpha=0.35,
            label="every film called positive",
        )
        bars(
            axes, places, [at.f1.stated for at in each], ORANGE, "o", f"called at and above {number(cut.threshold, 4)}"
        )
        axes.set_xticks(places, names)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("share of films that are positive")
        axes.set_ylabel("F1")
        axes.legend(loc="upper left")
        tidy(axes, grid="y")

    said = [f"at {share(at.prevalence)} {at.f1.value:.3f} against {at.f1_all_positive:.3f}" for at in each]
    return draw("f1", f"F1 of the calls against that of calling every film positive: {listed(said)}.", 2.8, paint)


# ---------------------------------------------------------------------------------------------------- forests


def _against(found: HardNegatives) -> Drawn | None:
    known = [each for each in found.against if each.auroc is not None]
    if not known:
        return None
    rows: list[Row] = [(each.name.replace("_", " ").lower(), each.auroc) for each in known]
    rows.sort(key=lambda row: row[1].value if row[1] else 0.0)
    return forest(
        "against", "AUROC against negative films with each finding", rows, ("all negative films", found.auroc)
    )


def _groups(found: Subgroups) -> Drawn | None:
    rows: list[Row] = [
        (f"{covariate.name}: {group.name}", group.auroc)
        for covariate in found.covariates
        for group in covariate.groups
        if group.auroc is not None
    ]
    return forest("groups", "AUROC of each group", rows) if rows else None


def _baselines(found: Baselines, model: str) -> Drawn | None:
    if not found.baselines:
        return None
    rows: list[Row] = [(each.name, each.auroc) for each in found.baselines]
    return forest("baselines", "AUROC of covariates alone", rows, (model, found.auroc))
