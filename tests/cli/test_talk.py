"""Words at the terminal, and the status of a batch."""

from __future__ import annotations

import itertools
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetread.cli.films import Answer
from wetread.cli.talk import Progress, about, printable, sentence, summary, worst
from wetread.errors import Code, Reason
from wetread.inference import ModelIdentity, Reading, Threshold, refuse

STATUSES = st.lists(st.sampled_from([0, 1, 3, 4, 5]))
MODEL = ModelIdentity("toy", "1", "0" * 64, "Apache-2.0", "adults of paper")


def reading(score: float, *, abstained: bool = False, probability: float = 0.2) -> Reading:
    return Reading(
        status="read",
        probability=probability,
        prevalence=0.3,
        score=score,
        threshold=Threshold(0.5, "by hand", (0.4, 0.6)),
        call="present" if score >= 0.5 else "absent",
        abstained=abstained,
        model=MODEL,
        evidence="Measured on nothing.",
        notices=(Reason(Code.AGE_ASSUMED, "AGE UNKNOWN."),),
    )


@pytest.mark.requirement("REQ-EXIT-STATUS")
@pytest.mark.parametrize("order", list(itertools.permutations([0, 3, 4])))
def test_the_order_of_films_does_not_matter(order: tuple[int, ...]) -> None:
    assert worst(order) == 4


@pytest.mark.requirement("REQ-EXIT-STATUS")
@pytest.mark.parametrize(
    ("statuses", "expected"),
    [([], 0), ([0, 0], 0), ([0, 3], 3), ([3, 4], 4), ([4, 5, 3], 5), ([5, 1], 1), ([3, 4, 5, 1, 0], 1)],
)
def test_the_first_of_1_5_4_3(statuses: list[int], expected: int) -> None:
    assert worst(statuses) == expected


@given(STATUSES, STATUSES)
def test_batches_join_as_their_statuses_do(one: list[int], other: list[int]) -> None:
    assert worst([*one, *other]) == worst([worst(one), worst(other)])


@pytest.mark.requirement("REQ-BATCH")
@given(STATUSES)
def test_a_summary_counts_every_film(statuses: list[int]) -> None:
    told = summary(status for status in statuses if status != 5)
    total, _, parts = told.partition(": ")
    counted = sum(int(part.split()[0]) for part in parts.split(", ") if part)
    assert int(total.split()[0]) == counted == len([status for status in statuses if status != 5])


@given(st.text())
def test_a_printable_name_is_one_line_that_steers_nothing(name: str) -> None:
    shown = printable(name)
    assert shown.isprintable()
    assert shown == name or not name.isprintable()


@pytest.mark.parametrize(
    ("given_reading", "expected"),
    [
        (reading(0.7), "a.dcm: pneumonia SUSPECTED"),
        (reading(0.2), "a.dcm: pneumonia not suspected (this does not rule it out)"),
        (reading(0.55, abstained=True), "a.dcm: INDETERMINATE"),
        (reading(0.45, abstained=True), "a.dcm: INDETERMINATE"),
        (refuse((Reason(Code.VIEW, "A lateral film."),)), "a.dcm: NOT READ, refused:"),
    ],
)
def test_the_first_line_says_what_came_of_it(given_reading: Reading, expected: str) -> None:
    told = sentence(Answer("a.dcm", "0", 0, given_reading))
    assert told.splitlines()[0].startswith(expected)
    assert all(line.startswith("    ") for line in told.splitlines()[1:])


@pytest.mark.requirement("REQ-NO-FALSE-CERTAINTY")
@pytest.mark.parametrize(
    ("probability", "words"), [(0.0, "0 %"), (0.00001, "< 0.01 %"), (0.034, "3.4 %"), (0.9999999, "> 99.99 %")]
)
def test_no_probability_looks_more_certain_than_it_is(probability: float, words: str) -> None:
    told = sentence(Answer("a.dcm", "0", 0, reading(0.2, probability=probability)))
    assert f"probability {words} where 30 % of films are positive" in told


@pytest.mark.requirement("REQ-LOUD-NOTICES")
def test_every_reason_and_every_notice_is_told_with_its_code() -> None:
    reasons = (Reason(Code.VIEW, "A lateral film."), Reason(Code.AGE, "Too young."))
    assert sentence(Answer("a.dcm", "0", 3, refuse(reasons))).splitlines()[1:] == [
        "    [view] A lateral film.",
        "    [age] Too young.",
    ]
    assert "    note [age-assumed] AGE UNKNOWN." in sentence(Answer("a.dcm", "0", 0, reading(0.2)))


def test_an_unreadable_file_is_told_in_one_line() -> None:
    told = sentence(Answer("a.dcm", "", 4, code="not-a-film", message="this is an empty file"))
    assert told == "a.dcm: NOT READABLE [not-a-film]: this is an empty file"


@pytest.mark.requirement("REQ-PROVENANCE")
def test_each_model_is_told_once() -> None:
    assert about([reading(0.2), reading(0.3), refuse((Reason(Code.VIEW, "x"),))]) == [
        "Model toy 1: for adults of paper. Measured on nothing."
    ]


@pytest.mark.parametrize(("total", "terminal", "shown"), [(1, True, False), (3, True, True), (3, False, False)])
def test_progress(
    total: int, terminal: bool, shown: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    progress = Progress(total)
    for _ in range(total):
        progress.clear()
        progress.step()
    progress.clear()
    out, err = capsys.readouterr()
    assert out == ""
    assert ("films" in err) is shown
    if shown:
        assert err.endswith("\r\033[K"), "the line is taken away at the end"
