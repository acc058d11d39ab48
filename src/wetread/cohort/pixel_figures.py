"""Figures of the pixels: grey levels of films with and without a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.cohort.axes import percents
from wetread.report.drawing import BLUE, GREEN, ORANGE, RULE, SERIES, SOFT, Drawn, draw, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wetread.cohort.profiles import Profiles

__all__ = ["draw_profiles"]


def draw_profiles(profiles: Profiles) -> Drawn | None:
    """Grey levels by view and finding, mean over patients; None where no group has ten."""
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
        percents(panels[0], "y")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3)

    said = [f"{p.view} {p.group}: median {p.median:.2f}" for p in shown]
    return draw(
        "profiles", f"Grey levels of films as the network sees them, mean over patients. {'; '.join(said)}.", 3.4, paint
    )
