"""The pen: numbers from evidence, visible gaps, people's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wetread.errors import DataError
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.claim import printed
from wetread.regulatory.pen import MARK, Pen, plain


def pen(data: Any = None, **said: str) -> Pen:
    artefact = Artefact(name="a", kind="other", path=Path("a.json"), sha256="f" * 64, data=data)
    return Pen({"a": artefact}, said)


@pytest.mark.parametrize(
    ("value", "digits", "unit", "text"),
    [
        (112120, None, "films", "112,120 films"),
        (0.77651, None, "", "0.777"),
        (0.0128, None, "%", "1.3 %"),
        (1, None, "%", "100.0 %"),
        (0.5, 0, "%", "50 %"),
        (-0.25, 2, "", "-0.25"),
        ("DenseNet-121", None, "", "DenseNet-121"),
        ({"value": 0.5, "low": 0.4, "high": 0.6}, 1, "", "0.5 (0.4 to 0.6)"),
        ({"value": 0.5, "low": None, "high": 0.6}, 1, "", "0.5"),
    ],
)
def test_a_number_is_printed_and_remembered(value: Any, digits: int | None, unit: str, text: str) -> None:
    writing = pen({"x": value})
    marked = writing.num("a:/x", digits, unit, n={"films": 3})
    assert plain(marked) == text
    (key,) = writing.claims
    claim = writing.claims[key]
    assert MARK.fullmatch(marked)[1] == key  # type: ignore[index]
    assert (claim.id, claim.pointers, claim.sha256, claim.n, claim.text) == (
        "a:/x",
        ("/x",),
        ("f" * 64,),
        {"films": 3},
        text,
    )


def test_one_number_printed_in_two_ways_is_two_claims() -> None:
    writing = pen({"x": 0.5})
    assert plain(writing.num("a:/x", 2) + writing.num("a:/x", 1, "%") + writing.num("a:/x", 2)) == "0.5050.0 %0.50"
    assert len(writing.claims) == 2


@pytest.mark.parametrize("reference", ["b:/x", "a:/y", "a:/none", "a:/nan"])
def test_what_is_not_there_is_a_visible_gap(reference: str) -> None:
    writing = pen({"none": None, "nan": float("nan")})
    assert writing.num(reference) == f"[[NOT IN THE FOLDER: `{reference}`]]"
    assert list(writing.missing) == [reference]
    assert writing.claims == {}


def test_absent_evidence_is_said_and_remembered() -> None:
    writing = pen()
    assert writing.absent("a cohort report", "Make one.") == "*Not in the folder: a cohort report. Make one.*"
    assert writing.missing == {"a cohort report": "Make one."}


@pytest.mark.parametrize("value", [True, [1], {"a": 1}])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(DataError, match="a:/x is no number"):
        pen({"x": value}).num("a:/x")


@pytest.mark.parametrize(
    ("operation", "values", "text"),
    [
        ("share", (1, 4), "0.250"),
        ("difference", (0.75, 0.5), "0.250"),
        ("sum", (1, 2, 3), "6"),
        ("complement", (0.25,), "0.750"),
    ],
)
def test_what_follows_from_numbers_names_its_operands(operation: str, values: tuple[float, ...], text: str) -> None:
    writing = pen(list(values))
    references = [f"a:/{place}" for place in range(len(values))]
    assert plain(writing.derived(operation, *references)) == text
    (claim,) = writing.claims.values()
    assert claim.id == f"{operation}({', '.join(references)})"
    assert claim.sha256 == ("f" * 64,) * len(values)


def test_a_share_of_nothing_is_a_gap() -> None:
    writing = pen([1, 0])
    assert "NOT IN THE FOLDER" in writing.derived("share", "a:/0", "a:/1")
    assert writing.missing


def test_an_open_field_shows_and_a_filled_one_is_printed() -> None:
    writing = pen(contact=" Somebody. ")
    assert writing.human("contact", "who") == "Somebody."
    assert writing.human("sites", "where") == "[[HUMAN: sites: where]]"
    assert writing.human("notes", "more", required=False) == "[[HUMAN: notes: more]]"
    assert writing.open_fields == {"sites": True, "notes": False}
    assert writing.hints == {"sites": "where", "notes": "more"}
    assert writing.filled == {"contact": "Somebody."}


def test_people_cite_evidence() -> None:
    writing = pen(
        {"films": 12, "share": 0.345}, why="Of {a:/films||films} {a:/share|1|%} were ill; {a:/gone}; {not a place}."
    )
    assert plain(writing.human("why", "")) == (
        "Of 12 films 34.5 % were ill; [[NOT IN THE FOLDER: `a:/gone`]]; {not a place}."
    )
    assert len(writing.claims) == 2


def test_nobody_writes_a_mark_by_hand() -> None:
    writing = pen(why="\ue000c\ue0010.99\ue002")
    assert writing.human("why", "") == "c0.99"


def test_a_cell_holds_one_line_and_ends_at_no_bar() -> None:
    assert Pen.table(["a", "b"], [["x\ny", "p|q"]]) == "| a | b |\n| --- | --- |\n| x y | p\\|q |"


def test_has_tells_what_is_measured() -> None:
    writing = pen({"x": 0, "none": None})
    assert [writing.has(f"a:/{name}") for name in ("x", "none", "gone")] == [True, False, False]
    assert not writing.has("b:/x")


def test_printed_groups_thousands() -> None:
    assert printed(-1234567.891, 1) == "-1,234,567.9"
