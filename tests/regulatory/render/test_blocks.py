"""Markdown with marks to blocks: nothing of the text is lost, and no character in evidence or field is taken for markup."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulatory.render.written import marked, pen
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.pen import Pen
from wetread.regulatory.render.blocks import (
    Code,
    Figure,
    Heading,
    Kind,
    Listing,
    Paragraph,
    Quote,
    Rule,
    Table,
    parse,
    text,
)
from wetread.regulatory.render.told import BANNER, body, evidence, spans_of
from wetread.regulatory.written import BANNER as WRITTEN

FORGED = Artefact(name="made", kind="figures", path=Path("made.json"), sha256="ab" * 32, data={})
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Co", "Zl", "Zp"))


def test_every_kind_of_block_is_found_in_its_order() -> None:
    kinds = [type(block) for block in body(parse(marked(pen())))]
    assert kinds == [
        Heading, Paragraph, Listing, Listing, Heading, Table, Heading, Figure, Figure, Heading, Code, Quote, Rule, Heading,
        Paragraph,
    ]  # fmt: skip


def test_title_and_banner_are_left_to_the_writers() -> None:
    assert BANNER == WRITTEN
    assert BANNER in text(spans_of(parse(marked(pen()))))
    assert BANNER not in text(spans_of(body(parse(marked(pen())))))


def test_a_warning_at_the_head_is_no_banner() -> None:
    assert [type(block) for block in body(parse("> Something else.\n\nText."))] == [Quote, Paragraph]


def test_a_number_keeps_its_claim_and_its_characters() -> None:
    by = pen()
    spans = [span for span in spans_of(parse(marked(by))) if span.kind is Kind.NUMBER]
    assert {span.key for span in spans} == set(by.claims)
    assert "a < b | *c* [d]" in {span.text for span in spans}
    assert all(span.text == by.claims[span.key].text for span in spans)


def test_open_fields_and_gaps_are_spans_of_their_own() -> None:
    spans = list(spans_of(parse(marked(pen()))))
    assert [(span.key, span.text) for span in spans if span.kind is Kind.HUMAN] == [
        ("purpose", "what it is *for* [here]"),
        ("owner", "who answers | for it"),
    ]
    assert [span.text for span in spans if span.kind is Kind.MISSING] == ["made:/nowhere"]


def test_a_link_leads_to_the_web_or_nowhere() -> None:
    spans = {span.text: span.href for span in spans_of(parse("[a](https://a.b/c) [d](javascript:e) [f](file:///g)"))}
    assert spans["a"] == "https://a.b/c"
    assert {href for name, href in spans.items() if name != "a"} == {""}


def test_html_is_text() -> None:
    assert text(spans_of(parse("<b>not bold</b>\n\n<script>x</script>"))) == "<b>not bold</b><script>x</script>"


def test_looks_are_kept() -> None:
    (block,) = parse("**bold *both*** `code` *it*")
    assert isinstance(block, Paragraph)
    looks = {span.text: (span.bold, span.italic, span.code) for span in block.spans}
    assert looks["bold "] == (True, False, False)
    assert looks["both"] == (True, True, False)
    assert looks["code"] == (False, False, True)
    assert looks["it"] == (False, True, False)


def test_an_ordered_list_keeps_its_first_number_and_its_depth() -> None:
    (block,) = parse("3. a\n4. b\n   - c\n")
    assert isinstance(block, Listing)
    assert block.start == 3
    assert [type(inner) for inner in block.items[1]] == [Paragraph, Listing]


def test_a_picture_in_a_sentence_is_its_words() -> None:
    (block,) = parse("See ![the caption](../figures/x.svg) here.")
    assert isinstance(block, Paragraph)
    assert text(block.spans) == "See the caption here."


@given(st.lists(st.text(LETTERS, min_size=1), min_size=1, max_size=4))
def test_evidence_is_printed_as_it_is_wherever_it_stands(values: list[str]) -> None:
    """Any text in a mark comes through a table's cell unchanged, but for the backslash before a bar."""
    cells = [f"\ue000key{index}\ue001{value}\ue002" for index, value in enumerate(values)]
    (table,) = parse("\n".join(["| a |", "| --- |", *(f"| {cell} |" for cell in cells)]))
    assert isinstance(table, Table)
    assert [text(row[0]) for row in table.rows] == [value.replace("\\|", "|") for value in values]
    assert [row[0][0].key for row in table.rows] == [f"key{index}" for index in range(len(values))]


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S", "Z")), max_size=60))
def test_no_text_breaks_the_parser(anything: str) -> None:
    spans = list(spans_of(parse(anything)))
    assert all(span.kind in (Kind.TEXT, Kind.BREAK, Kind.HUMAN, Kind.MISSING) for span in spans)


def test_the_list_of_evidence_has_each_number_once() -> None:
    by = pen()
    listed = evidence(parse(marked(by)), by.claims)
    assert [each.index for each in listed] == list(range(1, len(by.claims) + 1))
    assert {each.source for each in listed} == {"made"}
    auroc = next(each for each in listed if "a method" in each.whence)
    assert auroc.printed == "0.812 (0.750 to 0.900)"
    for part in ("made:/auroc", "SHA-256 abababababab", "1,234 films", "split: sealed test", "seed: 7"):
        assert part in auroc.whence


def test_a_derived_number_is_listed_with_its_first_operand() -> None:
    by = pen()
    printed = by.derived("share", "made:/share", "made:/films")
    (only,) = evidence(parse(printed), by.claims)
    assert only.source == "made"


@pytest.mark.parametrize("odd", ["\x00", "\x1b", "\ud800", "\ue003", "\ue0030\ue004", "\ue001", "\ufffe"])
def test_what_no_format_can_hold_is_told_as_unknown(odd: str) -> None:
    told = text(spans_of(parse(f"before {odd}after")))
    assert told.startswith("before \ufffd")
    assert told.endswith("after")


def test_evidence_cannot_forge_a_mark() -> None:
    by = Pen(
        {"made": replace(FORGED, data={"rule": "a\ue000other\ue0010.99\ue002b\ud800"})}, {"x": "\ue000k\ue0011\ue002"}
    )
    spans = list(spans_of(parse(f"{by.num('made:/rule')} {by.human('x', 'a hint')}")))
    assert [span.key for span in spans if span.kind is Kind.NUMBER] == list(by.claims)
    assert not any(0xE000 <= ord(letter) <= 0xF8FF for letter in text(spans))
    assert text(spans).encode()


@pytest.mark.parametrize("empty", ["", "\n\n"])
def test_nothing_is_no_block(empty: str) -> None:
    assert parse(empty) == ()
