"""The figures of calibration and of use. They draw finished numbers and count nothing themselves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wetread.evaluation.pages.plot_parts import bars, percents
from wetread.report.drawing import BLUE, GREEN, ORANGE, RULE, SOFT, Drawn, draw, tidy
from wetread.report.wording import listed, number, share

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wetread.evaluation.calls.abstention import Abstention
    from wetread.evaluation.calls.utility import DecisionCurve
    from wetread.evaluation.probability.reliability import Reliability

__all__ = ["abstention_figure", "decision_figure", "reliability_figure"]


def reliability_figure(found: Reliability) -> Drawn:
    """Positive share against probability."""
    shown = [each for each in found.bins if each.films]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        top = max(
            [each.mean_probability for each in shown]
            + [each.observed.stated.high for each in shown if math.isfinite(each.observed.stated.high)]
        )
        top = min(1.0, 1.06 * top)
        axes.plot([0, top], [0, top], color=SOFT, linestyle=":", linewidth=1, label="right")
        axes.plot(found.smooth_at, found.smooth, color=BLUE, linewidth=1.4, label="smoothed over films")
        bars(
            axes,
            [each.mean_probability for each in shown],
            [each.observed.stated for each in shown],
            ORANGE,
            "o",
            found.binning,
        )
        axes.set_xlabel("probability that was said")
        axes.set_ylabel("share of films that are positive")
        axes.set_xlim(0, top)
        axes.set_ylim(0, top)
        axes.legend(loc="upper left")
        percents(axes, "x")
        percents(axes, "y")
        tidy(axes)

    said = [
        f"said {share(each.mean_probability)}, positive {share(each.observed.value)} of {number(each.films)}"
        for each in shown
    ]
    return draw("reliability", f"Positive share by probability: {listed(said)}.", 3.8, paint)


def decision_figure(found: DecisionCurve, model: str) -> Drawn:
    """Net benefit of the model, of calling all, and of calling none."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.fill_between(found.threshold, found.low, found.high, color=RULE, linewidth=0)
        axes.plot(found.threshold, found.benefit, color=BLUE, linewidth=1.6, label=model)
        axes.plot(
            found.threshold, found.all_positive, color=ORANGE, linestyle="--", linewidth=1.2, label="every film called"
        )
        axes.axhline(0, color=SOFT, linewidth=1, label="no film called")
        axes.set_xscale("log")
        axes.set_ylim(-0.25 * found.prevalence, 1.08 * found.prevalence)
        axes.set_xlabel("probability from which one acts")
        axes.set_ylabel("net benefit, hits per film")
        axes.legend(loc="upper right")
        axes.minorticks_off()
        ticks = [
            t
            for t in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.9)
            if found.threshold[0] <= t <= found.threshold[-1]
        ]
        axes.set_xticks(ticks, [f"{number(100 * t, 1)} %" for t in ticks])
        tidy(axes, grid="y")

    best = int(found.benefit.argmax())
    alt = (
        f"Decision curve. The highest net benefit of {model} is {found.benefit[best]:.4f} at {share(float(found.threshold[best]))}; calling every film "
        f"has {found.all_positive[best]:.4f} there."
    )
    return draw("decision", alt, 3.2, paint)


def abstention_figure(found: Abstention) -> Drawn:
    """Wrong calls among films read."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.fill_between(found.coverage, found.risk_low, found.risk_high, color=RULE, linewidth=0)
        axes.plot(found.coverage, found.risk, color=BLUE, linewidth=1.6, label="wrong calls among films read")
        axes.plot(
            found.coverage,
            found.positives_unread,
            color=GREEN,
            linestyle="--",
            linewidth=1.2,
            label="positive films left unread",
        )
        axes.set_xlim(1.0, 0.0)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("share of films that are read")
        axes.set_ylabel("share")
        axes.legend(loc="upper left")
        percents(axes, "x")
        percents(axes, "y")
        tidy(axes, grid="y")

    half = int(abs(found.coverage - 0.5).argmin())
    alt = f"Wrong calls: {share(float(found.risk[0]))} when all films are read, {share(float(found.risk[half]))} when {share(float(found.coverage[half]))} are."
    return draw("abstention", alt, 3.0, paint)
