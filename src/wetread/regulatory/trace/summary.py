"""A test run made small enough to keep: no times, no machine, the same bytes for the same results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wetread.errors import DataError
from wetread.regulatory.trace.junit import OUTCOMES, Case

__all__ = ["SCHEMA", "Result", "results_of", "summary"]

SCHEMA = "wetread.tests/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one test function, for one set of requirements.

    Attributes
    ----------
    node
        Node id without parameters.
    requirements
        Ids of the requirements that these cases verify.
    passed, failed, errors, skipped
        Cases, one for each set of parameters.
    reasons
        Why cases were skipped.
    place
        JSON pointer of its row in the summary.
    """

    node: str
    requirements: tuple[str, ...] = ()
    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0
    reasons: tuple[str, ...] = ()
    place: str = ""

    @property
    def outcome(self) -> str:
        """The outcome "failed", "passed", "passed in part" where cases were skipped, or "skipped"."""
        if self.failed or self.errors:
            return "failed"
        if not self.passed:
            return "skipped"
        return "passed in part" if self.skipped else "passed"


def summary(cases: Iterable[Case], *, software: str = "", requirements_sha256: str = "") -> dict[str, Any]:
    """The results of a run as plain data (schema `wetread.tests/1`).

    Listed are the functions that verify a requirement and those of which not every case passed; the others count only.

    Parameters
    ----------
    cases
        As read from the JUnit file.
    software
        Name and version of what was tested; "" where that is not told.
    requirements_sha256
        Hash of the file of requirements that the run knew; "" where that is not told.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[Case]] = {}
    counts = dict.fromkeys(("cases", *OUTCOMES), 0)
    for case in cases:
        counts["cases"] += 1
        counts[case.outcome] += 1
        groups.setdefault((case.function, case.requirements), []).append(case)
    tests = [
        _row(function, names, found)
        for (function, names), found in sorted(groups.items())
        if names or any(case.outcome != "passed" for case in found)
    ]
    # A function may stand in several groups, where its parameters decide which requirement a case verifies.
    counts["functions"] = len({function for function, _ in groups})
    counts["verifying"] = len({row["node"] for row in tests if row["requirements"]})
    about = {"software": software, "requirements_sha256": requirements_sha256}
    told = {name: value for name, value in about.items() if value}
    return {"schema": SCHEMA, **told, "counts": counts, "tests": tests}


def _row(function: str, names: tuple[str, ...], cases: Iterable[Case]) -> dict[str, Any]:
    found = list(cases)
    counts = {outcome: sum(case.outcome == outcome for case in found) for outcome in OUTCOMES}
    row: dict[str, Any] = {"node": function, "requirements": list(names)}
    row |= {outcome: number for outcome, number in counts.items() if number}
    reasons = sorted({case.reason for case in found if case.reason})
    return row | ({"reasons": reasons} if reasons else {})


def results_of(data: Any) -> tuple[Result, ...]:
    """The rows of a summary, in its order.

    Raises
    ------
    DataError
        If the data are no summary.
    """
    if not isinstance(data, Mapping) or data.get("schema") != SCHEMA or not isinstance(data.get("tests"), list):
        raise DataError(f"this is no summary of a test run: `schema: {SCHEMA}` and a list `tests` are needed")
    return tuple(_result(f"/tests/{number}", row) for number, row in enumerate(data["tests"]))


def _result(place: str, row: Any) -> Result:
    if not isinstance(row, Mapping) or not isinstance(row.get("node"), str):
        raise DataError(f"{place}: a row of a test run names its node")
    counts = {outcome: row.get(outcome, 0) for outcome in OUTCOMES}
    if not all(isinstance(number, int) and number >= 0 for number in counts.values()):
        raise DataError(f"{place}: cases are counted in whole numbers")
    return Result(
        node=row["node"],
        requirements=tuple(map(str, row.get("requirements", ()))),
        **counts,
        reasons=tuple(map(str, row.get("reasons", ()))),
        place=place,
    )
