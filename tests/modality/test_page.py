"""docs/modality.md says what the table says, and its figures add up."""

from __future__ import annotations

import re
from pathlib import Path

from modality.questions import read
from tools import modality_page
from wetread.modality import table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "modality.md"


def test_the_rows_of_the_page_are_those_of_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert modality_page.page(text) == text, "run `python tools/modality_page.py`"
    assert all(f"`{row.id}`" in text for row in table().rows)


def test_the_counts_of_the_page_add_up() -> None:
    rows = re.findall(
        r"^\| (first|second|third[^|]*|together) \|(.+)\|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    counts = {name.split(",")[0]: [int(cell.split()[0]) for cell in cells.split("|")] for name, cells in rows}
    assert set(counts) == {"first", "second", "third", "together"}
    for asked, *judged in counts.values():
        assert sum(judged) == asked
    assert counts["together"] == [
        sum(column) for column in zip(counts["first"], counts["second"], counts["third"], strict=True)
    ]
    assert counts["third"][0] == len(read("second"))
