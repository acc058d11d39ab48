"""What is missing: open fields, evidence, digits, faults, findings; by document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from regulatory.made import device_folder
from wetread.regulatory.device import load_device
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.gaps import Gaps, gaps
from wetread.regulatory.lint import Severity

WORDS = "Written by whoever answers for it."


def found(path: Path) -> Gaps:
    return gaps(load_device(path, tolerant=True))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Gaps:
    return found(device_folder(tmp_path_factory.mktemp("plain")))


def test_open_fields_name_document_and_what_is_asked(plain: Gaps) -> None:
    assert {each.document for each in plain.open} <= {document.id for document in DOCUMENTS}
    assert all(each.field and each.hint for each in plain.open)
    assert any(each.required for each in plain.open)
    assert any(not each.required for each in plain.open)


def test_required_fields_stand_in_the_way_and_optional_ones_do_not(plain: Gaps) -> None:
    required = {each.field for each in plain.open if each.required}
    optional = {each.field for each in plain.open if not each.required} - required
    blocked = {line.split(" ")[0].removeprefix("said.") for line in plain.blocking if line.startswith("said.")}
    assert blocked == required
    assert optional


def test_a_filled_field_is_open_no_more(plain: Gaps, tmp_path: Path) -> None:
    field = next(each.field for each in plain.open if each.required)
    after = found(device_folder(tmp_path, said={field: WORDS}))
    assert field not in {each.field for each in after.open}
    assert len(after.blocking) < len(plain.blocking)


def test_a_field_that_no_document_asks_for_is_told(tmp_path: Path) -> None:
    assert found(device_folder(tmp_path, said={"sponser": WORDS, "empty": ""})).unknown == ("sponser",)


def test_missing_evidence_is_told_by_document(plain: Gaps, tmp_path: Path) -> None:
    after = found(device_folder(tmp_path, without=("cohort",)))
    new = {(each.document, each.what) for each in after.missing} - {
        (each.document, each.what) for each in plain.missing
    }
    assert "06-data-management" in {document for document, _ in new}


def test_evidence_that_cannot_be_opened_is_a_gap_and_stands_in_the_way(tmp_path: Path) -> None:
    path = device_folder(tmp_path)
    (tmp_path / "cohort.json").write_text("{")
    after = found(path)
    (lost,) = [each for each in after.missing if not each.document]
    assert lost.what == "evidence cohort"
    assert any("cohort.json" in line for line in after.blocking)


def test_typed_numbers_are_told_and_stand_in_the_way(plain: Gaps, tmp_path: Path) -> None:
    field = plain.open[0].field
    after = found(device_folder(tmp_path, said={field: "37 films"}))
    assert [(each.where, each.digits) for each in after.digits] == [(f"said.{field}", "37")]
    assert any("'37' is typed by hand" in line for line in after.blocking)


def test_cited_numbers_are_not_typed(plain: Gaps, tmp_path: Path) -> None:
    after = found(device_folder(tmp_path, said={plain.open[0].field: "{evaluation:/films/films||films} were read"}))
    assert after.digits == ()


def test_a_broken_seal_stands_in_the_way(tmp_path: Path) -> None:
    path = device_folder(tmp_path)
    (tmp_path / "plan.json").write_text((tmp_path / "plan.json").read_text() + "\n")
    after = found(path)
    assert [fault.code for fault in after.faults] == ["plan-changed"]
    assert any("plan-changed" in line for line in after.blocking)


def test_an_answered_error_does_not_stand_in_the_way(plain: Gaps) -> None:
    errors = [each for each in plain.findings if each.severity is Severity.ERROR]
    told = [line for line in plain.blocking if line.startswith("error ")]
    assert len(told) == sum(not each.answer for each in errors)


def test_failed_requirements_stand_in_the_way(tmp_path: Path) -> None:
    path = device_folder(tmp_path)
    (tmp_path / "requirements.yaml").write_text(
        "schema: wetread.requirements/1\nrequirements:\n"
        "  - {id: REQ-A-001, kind: safety, text: The device shall be true., reason_codes: [], risks: [], documents: []}\n"
    )
    (tmp_path / "junit.xml").write_text(
        '<testsuites><testsuite name="pytest"><testcase classname="tests.a" name="test_a"><properties>'
        '<property name="requirement" value="REQ-A-001"/></properties><failure message="no">no</failure></testcase>'
        "</testsuite></testsuites>"
    )
    more = "  requirements: {kind: requirements, path: requirements.yaml}\n  junit: {kind: junit, path: junit.xml}\n"
    path.write_text(path.read_text().replace("evidence:\n", f"evidence:\n{more}"))
    after = found(path)
    assert "failed" in {each.kind for each in after.loose}
    assert any("REQ-A-001: a test of a requirement failed" in line for line in after.blocking)


def test_stale_facts_are_told(tmp_path: Path) -> None:
    after = found(device_folder(tmp_path, date="2028-01-01"))
    assert after.stale
    assert all("look it up again" in line for line in after.stale)


def test_gaps_are_plain_values(plain: Gaps) -> None:
    told = json.loads(json.dumps(plain.to_dict()))
    assert len(told["open"]) == len(plain.open)
    assert set(told) == {"open", "missing", "digits", "faults", "findings", "loose", "stale", "unknown"}
