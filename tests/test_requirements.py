"""Every requirement has a test, every reason code and risk control a requirement, every marker a known id."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from requirements_plugin import REQUIREMENTS, for_reason, known_requirements
from wetread.errors import Code
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.trace.matrix import Finding, Matrix, matrix, reason_codes
from wetread.regulatory.trace.requirements import requirements
from wetread.regulatory.trace.risks import risks
from wetread.regulatory.trace.summary import Result

TESTS = Path(__file__).resolve().parent


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def named(node: ast.AST) -> Iterator[str]:
    """The ids in each `pytest.mark.requirement("...")` of a piece of code."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.requirement":
            yield from (arg.value for arg in call.args if isinstance(arg, ast.Constant))


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(TESTS).with_suffix("").parts)


def of_parameters(path: Path) -> Iterator[tuple[str, str]]:
    """Function and id of each marker that stands on a set of parameters: these are known when the module is loaded."""
    for name, function in vars(importlib.import_module(module_of(path))).items():
        for mark in getattr(function, "pytestmark", ()) if name.startswith("test_") else ():
            sets = mark.args[1] if mark.name == "parametrize" else ()
            yield from (
                (name, each) for found in sets for inner in getattr(found, "marks", ()) for each in inner.args
                if inner.name == "requirement"
            )  # fmt: skip


@cache
def markers() -> tuple[tuple[str, str], ...]:
    """Test and requirement of every marker below tests/."""
    found: list[tuple[str, str]] = []
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.requirement" not in text:
            continue
        file = f"tests/{path.relative_to(TESTS)}"
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found += [(f"{file}::{node.name}", name) for part in node.decorator_list for name in named(part)]
        if "(*for_reason(" in text:
            found += [(f"{file}::{name}", each) for name, each in of_parameters(path)]
    return tuple(found)


def held() -> Matrix:
    """This repository's requirements and risks, with every marked test taken for passed."""
    tested: dict[str, list[str]] = {}
    for node, name in markers():
        tested.setdefault(node, []).append(name)
    return matrix(
        requirements(read(REQUIREMENTS)),
        risks(read(REQUIREMENTS.with_name("risks.yaml"))),
        [Result(node=node, requirements=tuple(names), passed=1) for node, names in tested.items()],
        documents=[document.id for document in DOCUMENTS],
        codes=reason_codes(),
    )


@pytest.mark.requirement("REQ-TRACEABILITY")
def test_nothing_hangs_loose_among_requirements_risks_codes_documents_and_tests() -> None:
    assert held().findings == ()
    assert len(held().rows) >= 100


@pytest.mark.requirement("REQ-TRACEABILITY")
def test_a_requirement_without_a_test_would_be_found() -> None:
    kept = [Result(node=node, requirements=(name,), passed=1) for node, name in markers() if name != "REQ-BATCH"]
    found = matrix(requirements(read(REQUIREMENTS)), (), kept)
    assert found.findings == (Finding("untested", "REQ-BATCH"),)


def test_every_reason_and_every_error_has_its_requirement() -> None:
    assert {code for code in reason_codes() if not for_reason(code)} == set()
    assert all(len(for_reason(code.value)) == 1 for code in Code), "a reason belongs to one requirement"


def test_every_marker_names_a_known_requirement_and_each_once() -> None:
    assert {name for _, name in markers()} == known_requirements()
    decorated = [pair for pair in markers() if pair[0].partition("::")[2] not in PARAMETRISED]
    assert len(decorated) == len(set(decorated))


PARAMETRISED = {
    "test_each_refusal_stands_alone",
    "test_each_notice_leaves_the_film_eligible",
    "test_each_kind_has_its_code_and_says_its_evidence",
    "test_the_same_film_laid_wrongly_is_refused",
    "test_what_became_of_a_film_is_seen_and_named",
}
"""Tests whose markers stand on their parameters, so that several cases may name one requirement."""


def test_texts_of_requirements_and_risks_hold_no_number() -> None:
    """A number in them would be one that no evidence gives."""
    told = [each.text for each in requirements(read(REQUIREMENTS))]
    for risk in risks(read(REQUIREMENTS.with_name("risks.yaml"))):
        told += [risk.hazard, risk.sequence, risk.situation, risk.harm, *(control.text for control in risk.controls)]
    assert [text for text in told if re.search(r"(?<![A-Za-z])\d", text)] == []


def test_nobody_estimated_a_risk_on_behalf_of_people() -> None:
    found = risks(read(REQUIREMENTS.with_name("risks.yaml")))
    assert {(risk.severity, risk.probability, risk.residual) for risk in found} == {("", "", "")}
