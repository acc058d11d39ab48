"""Widths of columns: they fill the page, keep words whole where they can, and favour what holds more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetread.regulatory.render.blocks import Span, Table, parse
from wetread.regulatory.render.widths import letters, shares

CELLS = st.text(st.characters(codec="ascii", categories=("L", "N", "Z")), max_size=80)


def table(*rows: tuple[str, ...]) -> Table:
    return Table(
        header=tuple((Span(text=cell),) for cell in rows[0]),
        rows=tuple(tuple((Span(text=cell),) for cell in row) for row in rows[1:]),
    )


@given(st.integers(1, 12).flatmap(lambda columns: st.lists(st.tuples(*[CELLS] * columns), min_size=1, max_size=5)))
def test_columns_fill_the_width_and_none_vanishes(rows: list[tuple[str, ...]]) -> None:
    found = shares(table(*rows))
    assert sum(found) == pytest.approx(1)
    assert min(found) > 0
    assert len(found) == len(rows[0])


def test_a_crowded_column_keeps_its_longest_word() -> None:
    long = "a sentence that goes on for much longer than the page can bear in one line of its own"
    header = ("Name", "Number", "Interval", "Text", "Text", "Text")
    found = shares(table(header, ("x", "1", "0.71 (0.65 to 0.77)", long, long, long)))
    page = 110
    assert found[1] * page >= letters("Number", Span(bold=True))
    assert found[2] * page >= len("(0.65 to 0.77)")
    assert min(found[3:]) > found[1]


def test_the_longer_text_gets_the_wider_column() -> None:
    narrow, wide = shares(table(("a", "b"), ("x", "a much longer text than the other")))
    assert wide > 2 * narrow


def test_a_table_without_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="columns"):
        shares(Table(header=(), rows=()))


def test_code_and_bold_are_measured_wider() -> None:
    (made,) = parse("| a | b |\n| --- | --- |\n| `wwwwwwwwwwww` | wwwwwwwwwwww |")
    assert isinstance(made, Table)
    code, text = shares(made)
    assert code > text
