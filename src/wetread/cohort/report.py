"""The page of a cohort: sections of sentences that are computed, with the pictures beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread import __version__
from wetread.cohort.bias_words import shortcut_section
from wetread.cohort.pixel_words import pixel_sections
from wetread.cohort.words import headlines, key_figures, sections
from wetread.page import render
from wetread.report.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wetread.cohort.describe import Cohort
    from wetread.report.drawing import Drawn

__all__ = ["page"]


def page(cohort: Cohort, figures: Mapping[str, Drawn]) -> str:
    """The self-contained page, as text, with the figures that were drawn."""
    parts: list[Section] = [*sections(cohort), *pixel_sections(cohort), *shortcut_section(cohort)]
    return render(
        "cohort.html",
        {
            "name": cohort.name,
            "key_figures": key_figures(cohort),
            "alarm": cohort.shortcuts is not None and cohort.shortcuts.alarm,
            "headlines": headlines(cohort),
            "sections": parts,
            "figures": dict(figures),
            "about": dict(cohort.about),
            "version": __version__,
        },
    )
