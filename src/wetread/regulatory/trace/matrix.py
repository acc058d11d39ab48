"""Requirements, risks, reason codes, tests and documents held against each other, and what hangs loose among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from wetread import errors
from wetread.errors import Code, WetreadError
from wetread.regulatory.trace.requirements import Requirement
from wetread.regulatory.trace.risks import Risk
from wetread.regulatory.trace.summary import Result

__all__ = ["FINDINGS", "STATUSES", "Finding", "Matrix", "Row", "matrix", "reason_codes"]

STATUSES = ("passed", "passed in part", "skipped", "failed", "untested")
"""What may come of a requirement: all its cases passed; some were skipped; all were; one failed; it has no test."""

FINDINGS: Mapping[str, str] = {
    "untested": "a requirement has no test",
    "failed": "a test of a requirement failed",
    "skipped": "no case of a requirement was run",
    "in part": "some cases of a requirement were skipped",
    "unknown requirement": "a test or a risk control names a requirement that is not stated",
    "unknown risk": "a requirement names a risk that is not registered",
    "unknown document": "a requirement names a document that is not in the folder",
    "unknown code": "a requirement names a reason code that the software does not have",
    "code without requirement": "no requirement belongs to a reason code",
    "one-sided link": "a risk is controlled by a requirement that does not name it, or the reverse",
    "other requirements": "the requirements were changed after the tests were run",
}
"""Each kind of finding, in words."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that hangs loose.

    Attributes
    ----------
    kind
        One of `FINDINGS`.
    what
        The id, code or node that it is about.
    where
        What names it, or why; "" where there is no more to say.
    """

    kind: str
    what: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement with all that belongs to it.

    Attributes
    ----------
    requirement
        The requirement.
    risks
        Ids of the risks that it controls, by its own word or by that of the risk.
    tests
        The results of the tests that verify it.
    status
        One of `STATUSES`.
    """

    requirement: Requirement
    risks: tuple[str, ...]
    tests: tuple[Result, ...]
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Every requirement, and what hangs loose.

    Attributes
    ----------
    rows
        In the order of the file of requirements.
    findings
        Sorted by kind, in the order of `FINDINGS`.
    """

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Requirements of each status."""
        return Counter(row.status for row in self.rows)


def reason_codes() -> frozenset[str]:
    """Every code of `wetread.errors`: of the errors, and of the reasons for a refusal or a notice."""
    classes = (value for value in vars(errors).values() if isinstance(value, type))
    told = {value.code for value in classes if issubclass(value, WetreadError)}
    return frozenset(told | {code.value for code in Code})


def matrix(
    requirements: Collection[Requirement],
    risks: Collection[Risk] = (),
    results: Collection[Result] = (),
    *,
    documents: Collection[str] | None = None,
    codes: Collection[str] | None = None,
) -> Matrix:
    """Hold them against each other.

    Parameters
    ----------
    requirements, risks, results
        As read.
    documents
        Ids of the documents that there are; None to leave the links to documents unchecked.
    codes
        Reason codes of which each must belong to a requirement, such as `reason_codes()`; None to leave them unchecked.
    """
    controlled = {requirement.id: [risk.id for risk in risks if requirement.id in risk.requirements]
                  for requirement in requirements}  # fmt: skip
    rows = tuple(
        Row(
            requirement=requirement,
            risks=tuple(dict.fromkeys((*requirement.risks, *controlled[requirement.id]))),
            tests=(tests := tuple(result for result in results if requirement.id in result.requirements)),
            status=_status(tests),
        )
        for requirement in requirements
    )
    found = {*_loose_tests(rows, results), *_loose_risks(requirements, risks)}
    if documents is not None:
        found |= {Finding("unknown document", name, each.id)
                  for each in requirements for name in each.documents if name not in documents}  # fmt: skip
    if codes is not None:
        found |= set(_loose_codes(requirements, codes))
    order = list(FINDINGS)
    findings = sorted(found, key=lambda finding: (order.index(finding.kind), finding.what, finding.where))
    return Matrix(rows=rows, findings=tuple(findings))


def _status(tests: Collection[Result]) -> str:
    outcomes = {result.outcome for result in tests}
    if not outcomes:
        return "untested"
    if "failed" in outcomes:
        return "failed"
    if outcomes == {"passed"}:
        return "passed"
    return "skipped" if outcomes == {"skipped"} else "passed in part"


def _loose_tests(rows: Iterable[Row], results: Iterable[Result]) -> Iterator[Finding]:
    known = set()
    for row in rows:
        known.add(row.requirement.id)
        if row.status == "untested":
            yield Finding("untested", row.requirement.id)
        for result in row.tests:
            if result.outcome == "failed":
                yield Finding("failed", row.requirement.id, result.node)
            elif result.outcome in ("skipped", "passed in part"):
                kind = "skipped" if row.status == "skipped" else "in part"
                yield Finding(
                    kind, row.requirement.id, f"{result.node}: {'; '.join(result.reasons) or 'no reason told'}"
                )
    for result in results:
        for name in result.requirements:
            if name not in known:
                yield Finding("unknown requirement", name, result.node)


def _loose_risks(requirements: Iterable[Requirement], risks: Iterable[Risk]) -> Iterator[Finding]:
    stated = {requirement.id: requirement for requirement in requirements}
    registered = {risk.id: risk for risk in risks}
    for risk in registered.values():
        for name in risk.requirements:
            if name not in stated:
                yield Finding("unknown requirement", name, risk.id)
            elif risk.id not in stated[name].risks:
                yield Finding("one-sided link", name, risk.id)
    if not registered:
        return
    for requirement in stated.values():
        for name in requirement.risks:
            if name not in registered:
                yield Finding("unknown risk", name, requirement.id)
            elif requirement.id not in registered[name].requirements:
                yield Finding("one-sided link", requirement.id, name)


def _loose_codes(requirements: Iterable[Requirement], codes: Collection[str]) -> Iterator[Finding]:
    named = {code: requirement.id for requirement in requirements for code in requirement.reason_codes}
    for code in sorted(set(codes) - set(named)):
        yield Finding("code without requirement", code)
    for code in sorted(set(named) - set(codes)):
        yield Finding("unknown code", code, named[code])
