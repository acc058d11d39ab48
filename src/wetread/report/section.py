"""A section of a report: sentences, what they mean for training, the pictures that go with them, a table."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Section", "Table"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what it shows, the head, and rows of text; the first cell of a row names it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section.

    Parameters
    ----------
    title
        As a statement or a question.
    told
        Paragraphs.
    means
        What follows from it for who uses the numbers.
    figures
        Names of figures and their captions; one that was not drawn is left out.
    tables
        Shown folded.
    """

    title: str
    told: tuple[str, ...]
    means: tuple[str, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = field(default=())
