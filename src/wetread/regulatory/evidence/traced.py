"""Requirements, risks and test results of a folder, held against each other as far as they are there."""

from __future__ import annotations

from dataclasses import dataclass

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found
from wetread.regulatory.trace.matrix import Finding, Matrix, matrix, reason_codes
from wetread.regulatory.trace.requirements import Requirement, requirements
from wetread.regulatory.trace.risks import Risk, risks
from wetread.regulatory.trace.summary import Result, results_of

__all__ = ["Traced", "traced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """What the folder holds of traceability.

    Attributes
    ----------
    requirements, risks, tests
        The names of the evidence; "" for what the folder has not.
    stated, registered, results
        What stands in them; empty for what the folder has not.
    matrix
        All of it together; without rows where no requirements are stated.
    """

    requirements: str
    risks: str
    tests: str
    stated: tuple[Requirement, ...]
    registered: tuple[Risk, ...]
    results: tuple[Result, ...]
    matrix: Matrix

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What hangs loose, but for requirements without a test where the folder holds no test results at all."""
        return tuple(each for each in self.matrix.findings if self.tests or each.kind != "untested")


def traced(device: Device, documents: tuple[str, ...]) -> Traced:
    """Read the first requirements, risks and test results of the folder.

    Parameters
    ----------
    device
        With its evidence.
    documents
        Ids of the documents that there are.

    Raises
    ------
    DataError
        If one of them is not of its form.
    """
    stated, registered, run = (first(device, kind) for kind in ("requirements", "risks", "junit"))
    told = requirements(stated.data) if stated else ()
    known = risks(registered.data) if registered else ()
    results = results_of(run.data) if run else ()
    held = matrix(told, known, results, documents=documents, codes=reason_codes()) if stated else _nothing()
    if stated and run and _other_requirements(stated, run):
        stale = Finding("other requirements", stated.name, "run the tests again")
        held = Matrix(rows=held.rows, findings=(*held.findings, stale))
    return Traced(
        requirements=stated.name if stated else "",
        risks=registered.name if registered else "",
        tests=run.name if run else "",
        stated=told,
        registered=known,
        results=results,
        matrix=held,
    )


def _nothing() -> Matrix:
    return Matrix(rows=(), findings=())


def _other_requirements(stated: Artefact, run: Artefact) -> bool:
    known = found(run, "requirements_sha256")
    return known is not None and known != stated.sha256
