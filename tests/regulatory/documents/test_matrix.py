"""Document 11: requirements with what came of their tests, whatever the folder holds."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

import pytest

from regulatory.documents.traced_folder import ELEVEN, ROOT, TWELVE, device_of, document_of, whole
from regulatory.trace.rows_made import outcome_row, requirement, stated
from wetread.regulatory.documents.matrix import ROOMS


@pytest.mark.requirement("REQ-DOCUMENT-NUMBERS")
def test_everything_that_is_there_is_printed_with_its_evidence(tmp_path: Path) -> None:
    found = document_of(device_of(tmp_path, **whole()))
    lines = found.text.splitlines()
    assert "| `REQ-A` | `RISK-A` | `11-requirements-and-tests` | passed |" in lines
    assert "| `REQ-B` | `RISK-A` |  | passed in part |" in lines
    assert "| `REQ-A` | `tests/test_a.py` | a film is read | passed |" in lines
    assert "| `REQ-B` | `tests/test_a.py` | `two of 2` | passed in part |" in lines
    assert "| `tests/test_a.py::test_two_of_2` | passed in part | `needs 2 films` |" in lines
    assert "| Cases passed | 4 |" in lines
    assert "| 1.0 | not told | The first. | 1 |" in lines
    assert "Tested: paper 1.0." in found.text
    assert "It shall answer within 7 seconds." in found.text
    assert {claim.id for claim in found.pen.claims.values()} >= {
        "requirements:/requirements/1/text", "junit:/counts/passed", "count(requirements:/requirements)",
    }  # fmt: skip
    assert found.pen.missing == {}


@pytest.mark.requirement("REQ-TRACEABILITY")
def test_what_hangs_loose_is_listed(tmp_path: Path) -> None:
    told = whole()
    told["requirements"]["requirements"].append(requirement("REQ-C", risks=["RISK-NONE"]))
    told["junit"]["tests"].append(outcome_row("tests/test_a.py::test_c", "REQ-D", failed=1))
    found = document_of(device_of(tmp_path, **told)).text
    assert "| a requirement has no test | `REQ-C` |" in found
    assert "| a requirement names a risk that is not registered | `RISK-NONE` | `REQ-C` |" in found
    assert "names a requirement that is not stated | `REQ-D` | `tests/test_a.py::test_c` |" in found
    assert "| `REQ-C` | `RISK-NONE` |  | **untested** |" in found
    assert "| `tests/test_a.py::test_c` | failed | not told |" in found


@pytest.mark.requirement("REQ-TRACEABILITY")
def test_requirements_changed_after_the_run_are_told(tmp_path: Path) -> None:
    told = whole()
    sha256 = hashlib.sha256(json.dumps(told["requirements"]).encode()).hexdigest()
    told["junit"]["requirements_sha256"] = sha256
    assert "changed after the tests were run" not in document_of(device_of(tmp_path, **told)).text
    told["junit"]["requirements_sha256"] = "0" * 64
    assert "changed after the tests were run" in document_of(device_of(tmp_path, **told)).text


def test_a_plain_junit_file_is_enough(tmp_path: Path) -> None:
    cases = '<testcase classname="a" name="b"><properties><property name="requirement" value="REQ-A"/></properties>'
    found = document_of(
        device_of(tmp_path, requirements=stated(requirement()), junit=f"<testsuite>{cases}</testcase></testsuite>")
    ).text
    assert "| `REQ-A` |  |  | passed |" in found
    assert "| Cases (one for each set of parameters) | 1 |" in found
    assert "Requirements by what came of their tests" not in found


@pytest.mark.requirement("REQ-DOCUMENT-GAPS")
@pytest.mark.parametrize("left_out", ["requirements", "risks", "junit", "changelog", "project"])
@pytest.mark.parametrize("document", [ELEVEN, TWELVE])
def test_any_missing_piece_is_a_visible_gap(tmp_path: Path, left_out: str, document: str) -> None:
    told = whole()
    told.pop(left_out)
    found = document_of(device_of(tmp_path, **told), document)
    asked = {"risks"} if document == TWELVE else {"requirements", "junit", "changelog", "project"}
    assert bool(found.pen.missing) is (left_out in asked)
    assert ("Not in the folder" in found.text) is (left_out in asked)


@pytest.mark.requirement("REQ-DOCUMENT-GAPS")
@pytest.mark.parametrize("document", [ELEVEN, TWELVE])
def test_an_empty_folder_has_a_document_of_gaps(tmp_path: Path, document: str) -> None:
    found = document_of(device_of(tmp_path), document)
    assert "Not in the folder" in found.text
    assert not found.pen.claims


def test_without_a_run_nothing_is_said_of_results(tmp_path: Path) -> None:
    told = whole()
    told.pop("junit")
    found = document_of(device_of(tmp_path, **told)).text
    assert "| `REQ-A` | `RISK-A` | `11-requirements-and-tests` | not run |" in found
    assert "untested" not in found


def test_every_room_of_the_contract_has_its_words() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = {name.strip(" ()") for layer in layers for name in layer.split("|")}
    assert rooms <= set(ROOMS), "describe the new room in wetread.regulatory.documents.matrix"
