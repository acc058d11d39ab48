"""Requirements, risks, codes, documents and tests held against each other: each loose end alone is found and named."""

from __future__ import annotations

from typing import Any

import pytest

from regulatory.trace.rows_made import control, outcome_row, registered, requirement, risk, run, stated
from wetread.errors import Code
from wetread.regulatory.trace.matrix import FINDINGS, Finding, Matrix, matrix, reason_codes
from wetread.regulatory.trace.requirements import requirements
from wetread.regulatory.trace.risks import risks
from wetread.regulatory.trace.summary import results_of

WHOLE: dict[str, list[dict[str, Any]]] = {
    "requirements": [requirement(risks=["RISK-A"], documents=["D"], reason_codes=["decode"])],
    "risks": [risk()],
    "tests": [outcome_row("t.py::test_a", "REQ-A")],
}


def held(**changes: list[dict[str, Any]]) -> Matrix:
    told = WHOLE | changes
    return matrix(
        requirements(stated(*told["requirements"])),
        risks(registered(*told["risks"])),
        results_of(run(*told["tests"])),
        documents=["D"],
        codes=["decode"],
    )


@pytest.mark.requirement("REQ-TRACEABILITY")
def test_what_is_whole_has_no_finding() -> None:
    found = held()
    assert found.findings == ()
    (row,) = found.rows
    assert (row.status, row.risks, [each.node for each in row.tests]) == ("passed", ("RISK-A",), ["t.py::test_a"])
    assert found.counts == {"passed": 1}


PLANTED: list[tuple[dict[str, list[dict[str, Any]]], Finding]] = [
    ({"tests": []}, Finding("untested", "REQ-A")),
    ({"tests": [outcome_row("t.py::test_a", "REQ-A", failed=1)]}, Finding("failed", "REQ-A", "t.py::test_a")),
    (
        {"tests": [outcome_row("t.py::test_a", "REQ-A", skipped=1, reasons=["needs films"])]},
        Finding("skipped", "REQ-A", "t.py::test_a: needs films"),
    ),
    (
        {"tests": [outcome_row("t.py::test_a", "REQ-A", passed=1, skipped=1)]},
        Finding("in part", "REQ-A", "t.py::test_a: no reason told"),
    ),
    ({"tests": [outcome_row("t.py::test_a", "REQ-A", "REQ-B")]}, Finding("unknown requirement", "REQ-B", "t.py::test_a")),
    ({"risks": [risk(controls=[control("REQ-A", "REQ-B")])]}, Finding("unknown requirement", "REQ-B", "RISK-A")),
    (
        {"requirements": [WHOLE["requirements"][0] | {"risks": ["RISK-A", "RISK-B"]}]},
        Finding("unknown risk", "RISK-B", "REQ-A"),
    ),
    ({"requirements": [WHOLE["requirements"][0] | {"risks": []}]}, Finding("one-sided link", "REQ-A", "RISK-A")),
    (
        {"risks": [risk(), risk("RISK-B")],
         "requirements": [WHOLE["requirements"][0] | {"risks": ["RISK-A", "RISK-B"]},
                          requirement("REQ-B", risks=["RISK-B"])],
         "tests": [outcome_row("t.py::test_a", "REQ-A", "REQ-B")]},
        Finding("one-sided link", "REQ-B", "RISK-B"),
    ),
    ({"requirements": [WHOLE["requirements"][0] | {"documents": ["D", "E"]}]}, Finding("unknown document", "E", "REQ-A")),
    (
        {"requirements": [WHOLE["requirements"][0] | {"reason_codes": ["decode", "nonsense"]}]},
        Finding("unknown code", "nonsense", "REQ-A"),
    ),
    (
        {"requirements": [WHOLE["requirements"][0] | {"reason_codes": []}]},
        Finding("code without requirement", "decode"),
    ),
]  # fmt: skip


@pytest.mark.requirement("REQ-TRACEABILITY")
@pytest.mark.parametrize(("changes", "expected"), PLANTED, ids=[each.kind for _, each in PLANTED])
def test_each_loose_end_alone_is_found(changes: dict[str, list[dict[str, Any]]], expected: Finding) -> None:
    assert held(**changes).findings == (expected,)


def test_every_kind_of_finding_was_planted() -> None:
    # A run of other requirements is found where the files' hashes are known (tests/regulatory/documents).
    assert {each.kind for _, each in PLANTED} == set(FINDINGS) - {"other requirements"}


@pytest.mark.requirement("REQ-TRACEABILITY")
@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        (({"passed": 1}, {"passed": 3}), "passed"),
        (({"passed": 1}, {"skipped": 3}), "passed in part"),
        (({"passed": 1, "skipped": 1},), "passed in part"),
        (({"skipped": 1}, {"skipped": 3}), "skipped"),
        (({"passed": 1}, {"errors": 1}), "failed"),
        (({"skipped": 1}, {"failed": 1}), "failed"),
    ],
)
def test_what_came_of_a_requirement_is_the_worst_of_its_tests(
    outcomes: tuple[dict[str, int], ...], status: str
) -> None:
    tests = [outcome_row(f"t.py::test_{number}", "REQ-A", **counts) for number, counts in enumerate(outcomes)]
    assert [row.status for row in held(tests=tests).rows] == [status]


def test_without_register_and_folder_their_links_are_not_judged() -> None:
    found = matrix(requirements(stated(*WHOLE["requirements"])), (), results_of(run(*WHOLE["tests"])))
    assert found.findings == ()
    assert found.rows[0].risks == ("RISK-A",)


def test_a_risk_names_its_requirement_even_where_that_is_silent() -> None:
    found = held(requirements=[WHOLE["requirements"][0] | {"risks": []}])
    assert found.rows[0].risks == ("RISK-A",)


def test_codes_are_those_of_reasons_and_errors() -> None:
    codes = reason_codes()
    assert {code.value for code in Code} <= codes
    assert {"usage", "decode", "altered", "leak"} <= codes
