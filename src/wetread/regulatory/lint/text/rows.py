"""Figures in the tables of a text: columns of metrics, or rows of metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wetread.regulatory.lint.text.document import Passage
from wetread.regulatory.lint.text.measures import (
    NAME,
    NUMBER,
    OURS,
    PUBLISHED,
    THEIRS,
    TRIVIAL,
    Figure,
    group_in,
    is_goal,
    number_of,
)

__all__ = ["figures_of_row"]


def figures_of_row(passage: Passage, header: list[str], cells: list[str]) -> Iterator[Figure]:
    """Columns of metrics, or rows of metrics."""
    if TRIVIAL.search(cells[0]):
        return
    share = _share_of_counts(header, cells)
    columns = [(at, cell) for at, cell in enumerate(header) if at > 0 and not TRIVIAL.search(cell)]
    named = [(at, found) for at, cell in columns if (found := NAME.search(cell))]
    for at, found in named:
        value = _value(cells[at]) if at < len(cells) else None
        if value is not None:
            beside = cells[at + 1] if at + 1 < min(len(cells), len(header)) and "CI" in header[at + 1] else cells[at]
            known = PUBLISHED.get(value, "") if found.lastgroup == "f1" and not OURS.search(cells[0]) else ""
            owner = _owner_of_cell(cells[0]) or known
            goal, group = is_goal(passage), group_in(cells[0])
            yield Figure(passage, str(found.lastgroup), value, *_ends(beside, value), owner, goal, group, share)
    if not named and (found := NAME.search(cells[0])):
        yield from _of_metric_row(passage, str(found.lastgroup), header, cells, share)


def _of_metric_row(
    passage: Passage, name: str, header: list[str], cells: list[str], share: float | None
) -> Iterator[Figure]:
    """A row that begins with the metric's name: its first value; more where columns are groups or owners."""
    group = next((told for cell in cells if (told := group_in(cell))), "")
    for at, cell in enumerate(cells[1:], start=1):
        value = _value(cell)
        if value is None:
            continue
        column = header[at] if at < len(header) else ""
        low, high = _ends(cell, value)
        if low is None and at + 1 < len(cells):
            low, high = _ends(cells[at + 1], value)
        owner = _owner_of_cell(column)
        yield Figure(passage, name, value, low, high, owner, is_goal(passage), group or group_in(column), share)
        if not owner and not group_in(column):
            return


def _share_of_counts(header: list[str], cells: list[str]) -> float | None:
    """Positives among films, where a row counts both, or says the prevalence."""
    told = next((at for at, cell in enumerate(header) if re.search(r"prev[ae]l[ae]nce", cell, re.IGNORECASE)), None)
    if told is not None and told < len(cells) and (share := _value(cells[told])) is not None:
        return share
    films = next(
        (at for at, cell in enumerate(header) if re.search(r"\b(?:films|images|n)\b", cell, re.IGNORECASE)), None
    )
    ill = next((at for at, cell in enumerate(header) if re.search(r"positive", cell, re.IGNORECASE)), None)
    if films is None or ill is None or films == ill or max(films, ill) >= len(cells):
        return None
    counts = [cells[at].replace(",", "") for at in (films, ill)]
    if not all(count.isdigit() for count in counts) or not 0 <= int(counts[1]) <= int(counts[0]) or counts[0] == "0":
        return None
    return int(counts[1]) / int(counts[0])


def _owner_of_cell(cell: str) -> str:
    return cell.strip("* ") if THEIRS.search(cell) and not OURS.search(cell) else ""


def _value(cell: str) -> float | None:
    found = re.search(NUMBER, cell)
    return number_of(found[0]) if found else None


def _ends(cell: str, value: float) -> tuple[float | None, float | None]:
    """The ends of an interval in a cell, where the value lies between them."""
    found = re.search(
        r"(0?\.\d+|1\.0*|\d{1,2}(?:\.\d+)?\s?%?)\s*(?:-|–|to|,)\s*(0?\.\d+|1\.0*|1|\d{1,3}(?:\.\d+)?\s?%)", cell
    )
    if not found:
        return None, None
    high = number_of(found[2])
    # "84.8 to 91.2 %" has its sign once.
    low = number_of(found[1]) / (100 if found[2].endswith("%") and not found[1].endswith("%") else 1)
    return (low, high) if low <= value <= high <= 1 else (None, None)
