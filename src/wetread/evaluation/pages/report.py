"""The page of an evaluation: what must not be missed, the first page, sections beside their pictures, an appendix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread import __version__
from wetread.evaluation.pages.appendix import appendix, facts
from wetread.evaluation.pages.honesty_words import honesty_sections
from wetread.evaluation.pages.use_words import use_sections
from wetread.evaluation.pages.words import NOT_CLEARED, first_table, headlines, key_figures, sections
from wetread.page import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wetread.evaluation.result import Evaluation
    from wetread.report import Drawn

__all__ = ["page"]


def page(found: Evaluation, figures: Mapping[str, Drawn]) -> str:
    """The self-contained page, as text, with the figures that were drawn."""
    return render(
        "evaluation.html",
        {
            "name": found.films.name,
            "model": found.model,
            "alarms": found.alarms,
            "key_figures": key_figures(found),
            "headlines": headlines(found),
            "first": first_table(found),
            "sections": (*sections(found), *honesty_sections(found), *use_sections(found)),
            "appendix": appendix(found),
            "figures": dict(figures),
            "about": facts(found),
            "not_cleared": NOT_CLEARED,
            "version": __version__,
        },
    )
