"""How wide the columns of a table become, so that it stays on the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from wetread.regulatory.render.blocks import Span, Table, text

__all__ = ["Measure", "letters", "shares"]

Measure = Callable[[str, Span], float]
"""How wide a text is in the look of a span; in any unit."""

_PAGE = 110.0  # letters that a page holds side by side, padding of the cells included
_PAD = 2.5  # letters of padding to a cell
_MOST = 60  # letters of a cell that count: a longer one wraps anyway
_WORD = 22  # letters of a word that count: a longer one is broken
_UNBROKEN = re.compile(r"\([-+−.,\d to%]+\)|\S+")  # an interval in brackets stays in one piece


def letters(words: str, look: Span) -> float:
    """Widths counted in letters; bold ones and those of code are a little wider."""
    return len(words) * (1.1 if look.bold or look.code else 1.0)


def shares(table: Table, measure: Measure = letters, page: float = _PAGE) -> tuple[float, ...]:
    """Each column's share of the table's width, together 1: by how much stands in it, and not below its longest word.

    Parameters
    ----------
    table
        With at least one column.
    measure
        How wide a text is; without, letters are counted.
    page
        How wide the page is, in the same unit.

    Raises
    ------
    ValueError
        If the table has no column.
    """
    header = [tuple(replace(span, bold=True) for span in cell) for cell in table.header]
    columns = [[row[index] for row in (header, *table.rows)] for index in range(len(header))]
    if not columns:
        raise ValueError("a table without columns has no widths")
    pad = _PAD * measure("n", Span())
    words = [_longest_word(column, measure) + pad for column in columns]
    wanted = [max(word, _typical(column, measure) + pad) for word, column in zip(words, columns, strict=True)]
    # On a crowded page every column keeps its words, and only what lies beyond is shared.
    spare, room = sum(wanted) - sum(words), page - sum(words)
    scale = min(1.0, max(room, 0.0) / spare) if spare > 0 else 1.0
    got = [word + (want - word) * scale for word, want in zip(words, wanted, strict=True)]
    return tuple(width / sum(got) for width in got)


def _longest_word(cells: Sequence[Sequence[Span]], measure: Measure) -> float:
    one = measure("n", Span())
    words = [measure(word, span) for cell in cells for span in cell for word in _UNBROKEN.findall(text([span]))]
    return min(max(words, default=one), _WORD * one)


def _typical(cells: Sequence[Sequence[Span]], measure: Measure) -> float:
    """Between the mean and the longest cell: one long cell among short ones does not take the page."""
    most = _MOST * measure("n", Span())
    lengths = [min(sum(measure(text([span]), span) for span in cell), most) for cell in cells]
    return (sum(lengths) / len(lengths) + max(lengths)) / 2
