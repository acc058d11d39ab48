"""The figures of a cohort report. They draw finished numbers and count nothing themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.cohort.bias_figures import draw_leak, draw_shortcuts
from wetread.cohort.disease_figures import draw_course, draw_lifts, draw_odds, draw_prevalence
from wetread.cohort.people_figures import draw_ages, draw_findings, draw_loads
from wetread.cohort.pixel_figures import draw_profiles
from wetread.report.drawing import Drawn

if TYPE_CHECKING:
    from wetread.cohort.describe import Cohort

__all__ = ["drawn"]


def drawn(cohort: Cohort) -> dict[str, Drawn]:
    """Every figure that this cohort has numbers for, by name."""
    made: list[Drawn | None] = [
        draw_ages(cohort.people),
        draw_loads(cohort.people),
        draw_findings(cohort.findings),
        draw_prevalence(cohort.prevalence),
        draw_odds(cohort.comorbidity),
        draw_lifts(cohort.comorbidity),
        draw_course(cohort.course),
        draw_leak(cohort.split_leak),
        draw_shortcuts(cohort.shortcuts) if cohort.shortcuts else None,
        draw_profiles(cohort.pixels.as_input) if cohort.pixels else None,
    ]
    return {figure.name: figure for figure in made if figure is not None}
