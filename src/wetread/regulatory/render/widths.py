"""How wide the columns of a table become, so that it stays on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wetread.regulatory.render.blocks import Table, text

__all__ = ["shares"]

_MOST = 60  # letters of a cell that count: a longer one wraps anyway
_WORD = 16  # letters of a word that count: a longer one is broken
_UNBROKEN = re.compile(r"\([-+−.,\d to%]+\)|[^\s/_-]+")  # an interval in brackets stays in one piece


def shares(table: Table) -> tuple[float, ...]:
    """Each column's share of the table's width, together 1: by how much stands in it, and never below its longest word.

    Raises
    ------
    ValueError
        If the table has no column.
    """
    columns = [[text(row[index]) for row in (table.header, *table.rows)] for index in range(len(table.header))]
    if not columns:
        raise ValueError("a table without columns has no widths")
    words = [_longest_word(column) for column in columns]
    wanted = [max(word, _typical(column)) for word, column in zip(words, columns, strict=True)]
    spare = sum(wanted) - sum(words)
    total = max(sum(wanted), 1.0)
    # On a crowded page every column keeps its words, and only what lies beyond is shared.
    page = min(total, max(float(sum(words)), 110.0))
    scale = (page - sum(words)) / spare if spare > 0 and total > page else 1.0
    got = [word + (want - word) * scale for word, want in zip(words, wanted, strict=True)]
    return tuple(width / sum(got) for width in got)


def _longest_word(cells: Sequence[str]) -> int:
    words = [word for cell in cells for word in _UNBROKEN.findall(cell)]
    return min(max(map(len, words), default=1), _WORD) + 2


def _typical(cells: Sequence[str]) -> float:
    """Between the mean and the longest cell: one long cell among short ones does not take the page."""
    lengths = [min(len(cell), _MOST) for cell in cells]
    return (sum(lengths) / len(lengths) + max(lengths)) / 2
