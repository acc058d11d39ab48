"""The raw-digit lint: what a pen wrote is fine, what is allowed is fine, and nothing else that is a number."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wetread.regulatory.allowed import ALLOWED, Allowed
from wetread.regulatory.digits import bare, bare_said

WORDS = st.lists(st.text(st.characters(categories=["Ll"], max_codepoint=0x24F), min_size=2, max_size=8), max_size=12)


def mark(text: str) -> str:
    return f"\ue000c0123456789ab\ue001{text}\ue002"


def test_a_typed_number_is_found_with_its_line() -> None:
    (found,) = bare(f"## Films\n\nOf {mark('120')} films,\n37 were ill.\n", "07-x")
    assert (found.where, found.line, found.digits) == ("07-x", 4, "37")
    assert "37 were ill" in str(found)


@pytest.mark.parametrize("allowed", ALLOWED, ids=lambda each: each.name)
def test_each_kind_of_allowed_digits(allowed: Allowed) -> None:
    assert [(text, bare(text, "d")) for text in allowed.examples if bare(text, "d")] == []
    assert [text for text in allowed.not_these if not bare(text, "d")] == []
    assert all(allowed.pattern.search(text) for text in allowed.examples[:1])


@pytest.mark.parametrize(
    "text",
    [
        "See `notes 3` and ``a ` 4``.",
        "```\n12 films\n```",
        "[the list](https://example.org/2024/01) and <https://example.org/7>",
        "![Flow](../figures/chart-2.svg)",
        "1. First\n2) Second\n> 3. Third",
        "## 4.2 Population",
        f"| films | {mark('1,234')} |",
        f"{mark('0.8')} to {mark('0.9')}",
        "[[HUMAN: site-1: the first site]]",
        "Decimal without digits: one half.",
    ],
)
def test_what_is_no_number_in_prose(text: str) -> None:
    assert bare(text, "d") == ()


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("AUROC 0.81", "0.81"),
        ("AUROC **0.81**.", "0.81"),
        ("F1 of 0.817", "0.817"),
        ("one of 3", "3"),
        ("| films | 300 |", "300"),
        ("½ of them", "½"),
        ("about ٣٠ films", "٣٠"),
        ("x²", "x²"),
        ("&#51; films", "3"),
        ("[[HUMAN: sites: at least 3 of them]]", "3"),
        ("```\n1\n```\n2 films", "2"),
        ("`1` 2 `3`", "2"),
        ("[42](https://example.org)", "42"),
        ("1 film", "1"),
        ("1.5 films", "1.5"),
        ("K123456 is ours", "K123456"),
    ],
)
def test_what_is_a_number_however_it_is_written(text: str, digits: str) -> None:
    assert [each.digits for each in bare(text, "d")] == [digits]


def test_names_are_allowed_whole() -> None:
    assert bare("paper reader 9 reads", "d", ["paper reader 9"]) == ()
    assert [each.digits for each in bare("paper reader 90 reads 9", "d", ["paper reader 9"])] == ["90", "9"]


def test_what_people_wrote_is_named_by_its_field() -> None:
    said = {"sites": "at 3 sites", "films": "{cohort:/people/films} films, {cohort:/share|1|%} ill", "none": ""}
    assert [(each.where, each.digits) for each in bare_said(said)] == [("said.sites", "3")]


@given(WORDS)
def test_words_alone_are_never_found(words: list[str]) -> None:
    assert bare(" ".join(words), "d") == ()


@given(WORDS, st.integers(0, 10**6), st.integers(0, 12))
def test_whatever_a_pen_wrote_is_never_found(words: list[str], number: int, place: int) -> None:
    words.insert(place, mark(f"{number:,} films (1 to 2)"))
    assert bare(" ".join(words), "d") == ()


@given(WORDS, st.integers(0, 10**6) | st.floats(0, 1).map(lambda share: round(share, 3)), st.integers(0, 12))
def test_a_number_among_words_is_always_found(words: list[str], number: float, place: int) -> None:
    assume(not re.search(r"^[ni]|et|al$", " ".join(words)))
    text = " ".join(["so", *words[:place], str(number), *words[place:], "so"])
    assume(not re.search(r"(?:section|table|figure|part|page|row|line|step|item|in|since|of)s? [\d.]+", text))
    assert [each.digits for each in bare(text, "d")] == [str(number)]


@given(st.lists(WORDS.map(" ".join), min_size=1, max_size=8), st.data())
def test_the_line_is_right(lines: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(lines) - 1))
    lines[place] = f"so {lines[place]} 4711 times"
    assert [(each.line, each.digits) for each in bare("\n".join(lines), "d")] == [(place + 1, "4711")]
