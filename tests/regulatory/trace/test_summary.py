"""A run made small: the same results give the same bytes, and nothing that failed is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulatory.trace.rows_made import outcome_row, run
from wetread.errors import DataError
from wetread.regulatory.trace.junit import OUTCOMES, Case
from wetread.regulatory.trace.summary import results_of, summary

CASES = [
    Case(node="t.py::test_b[1]", requirements=("REQ-B",)),
    Case(node="t.py::test_b[2]", requirements=("REQ-B",), outcome="skipped", reason="needs films"),
    Case(node="t.py::test_b[3]", requirements=("REQ-C",)),
    Case(node="t.py::test_a", requirements=("REQ-A", "REQ-B")),
    Case(node="t.py::test_plain"),
    Case(node="t.py::test_broken", outcome="failed"),
    Case(node="t.py::test_setup", outcome="errors"),
]


def test_a_run_by_function_and_requirement() -> None:
    told = summary(CASES, software="wetread 1", requirements_sha256="ab")
    assert (told["software"], told["requirements_sha256"]) == ("wetread 1", "ab")
    assert told["counts"] == {
        "cases": 7, "passed": 4, "failed": 1, "errors": 1, "skipped": 1, "functions": 5, "verifying": 2,
    }  # fmt: skip
    found = {(row.node, row.requirements): (row.outcome, row.reasons) for row in results_of(told)}
    assert found == {
        ("t.py::test_a", ("REQ-A", "REQ-B")): ("passed", ()),
        ("t.py::test_b", ("REQ-B",)): ("passed in part", ("needs films",)),
        ("t.py::test_b", ("REQ-C",)): ("passed", ()),
        ("t.py::test_broken", ()): ("failed", ()),
        ("t.py::test_setup", ()): ("failed", ()),
    }
    assert [row.place for row in results_of(told)] == [f"/tests/{n}" for n in range(5)]


def test_what_is_not_told_is_not_there() -> None:
    assert set(summary(CASES)) == {"schema", "counts", "tests"}


@given(st.permutations(CASES))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_run_does_not_matter(cases: list[Case]) -> None:
    assert json.dumps(summary(cases)) == json.dumps(summary(CASES))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(OUTCOMES), st.booleans()), max_size=30))
@settings(max_examples=50, deadline=None)
def test_no_case_is_lost(drawn: list[tuple[str, str, bool]]) -> None:
    cases = [Case(node=f"t.py::test_{name}", outcome=outcome, requirements=("REQ-A",) * needed)
             for name, outcome, needed in drawn]  # fmt: skip
    told = summary(cases)
    rows = results_of(told)
    for outcome in OUTCOMES:
        assert told["counts"][outcome] == sum(case.outcome == outcome for case in cases)
        listed = sum(getattr(row, outcome) for row in rows)
        assert listed == told["counts"][outcome] or outcome == "passed"
    assert sum(row.passed for row in rows if row.requirements) == sum(
        case.outcome == "passed" for case in cases if case.requirements
    )


@pytest.mark.parametrize(
    ("counts", "outcome"),
    [
        ({"passed": 2}, "passed"),
        ({"passed": 2, "skipped": 1}, "passed in part"),
        ({"skipped": 1}, "skipped"),
        ({"passed": 9, "errors": 1}, "failed"),
        ({"failed": 1}, "failed"),
    ],
)
def test_what_came_of_a_function(counts: dict[str, int], outcome: str) -> None:
    (found,) = results_of(run(outcome_row("t.py::test_a", "REQ-A", **counts)))
    assert found.outcome == outcome


@pytest.mark.parametrize(
    "data", [None, {}, {"schema": "wetread.tests/1"}, run("no row"), run({"node": 3}), run(outcome_row(passed=-1)),  # type: ignore[arg-type]
             run(outcome_row(passed="two"))],
)  # fmt: skip
def test_other_data_are_refused(data: Any) -> None:
    with pytest.raises(DataError):
        results_of(data)
