"""Documents 16 and 18: what users and the public are told is the sealed test, and nothing that nobody measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from regulatory.made import device_folder
from wetread.regulatory.device import load_device
from wetread.regulatory.digits import bare
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.written import Written, write

DOCUMENTS_HERE = {document.id: document for document in DOCUMENTS if document.id in ("16-labelling", "18-summary")}
EVERYTHING = ("bundle", "cohort", "split", "plan", "lock", "ledger", "evaluation")


def told(folder: Path, name: str, **changes: Any) -> Written:
    """One document of the made folder."""
    return write(DOCUMENTS_HERE[name], load_device(device_folder(folder, **changes)))


@pytest.mark.parametrize("name", DOCUMENTS_HERE)
@pytest.mark.requirement("REQ-SEAL")
def test_only_sealed_evaluations_are_told_where_there_is_one(tmp_path: Path, name: str) -> None:
    device = device_folder(tmp_path)
    plain = json.loads((tmp_path / "evaluation.json").read_text("utf-8"))
    plain["films"] |= {"list_hash": "2" * 64, "name": "films of development"}
    (tmp_path / "development.json").write_text(json.dumps(plain), "utf-8")
    entry = "evidence:\n  development: {kind: evaluation, path: development.json}\n"
    device.write_text(device.read_text("utf-8").replace("evidence:\n", entry), "utf-8")
    text = write(DOCUMENTS_HERE[name], load_device(device)).text
    assert "| sealed test |" in text
    assert "films of development" not in text


@pytest.mark.parametrize("name", DOCUMENTS_HERE)
@pytest.mark.requirement("REQ-SEAL")
def test_a_development_estimate_is_headed_so(tmp_path: Path, name: str) -> None:
    text = told(tmp_path, name, without=("split", "lock", "ledger")).text
    assert "**Development estimate" in text
    assert "| sealed test |" not in text


@pytest.mark.parametrize("name", DOCUMENTS_HERE)
@pytest.mark.requirement("REQ-DOCUMENT-GAPS")
def test_people_say_who_they_are_and_what_it_means(tmp_path: Path, name: str) -> None:
    found = told(tmp_path, name)
    asked = {"16-labelling": "label_identity", "18-summary": "summary_conclusion"}[name]
    assert found.pen.open_fields[asked] is True
    assert f"[[HUMAN: {asked}:" in found.text


@pytest.mark.parametrize("name", DOCUMENTS_HERE)
@pytest.mark.requirement("REQ-DOCUMENT-GAPS")
def test_an_empty_folder_is_all_gaps(tmp_path: Path, name: str) -> None:
    found = told(tmp_path, name, without=EVERYTHING)
    assert any("measured performance" in gap or "standalone evaluation" in gap for gap in found.pen.missing)


@pytest.mark.parametrize("name", DOCUMENTS_HERE)
def test_no_digit_is_typed_by_hand(tmp_path: Path, name: str) -> None:
    names = [document.id for document in DOCUMENTS]
    assert bare(told(tmp_path, name).marked, name, names) == ()
    assert bare(told(tmp_path / "empty", name, without=EVERYTHING).marked, name, names) == ()


@pytest.mark.parametrize("name", DOCUMENTS_HERE)
def test_a_model_taught_by_another_network_is_not_called_wholly_apart(tmp_path: Path, name: str) -> None:
    device = load_device(device_folder(tmp_path))
    assert "Not wholly apart" not in write(DOCUMENTS_HERE[name], device).text
    card = device.artefacts["bundle"]
    training = card.data["training"] | {"teacher": {"scores": "another.csv"}, "labels": "Made up."}
    taught = replace(card, data=card.data | {"training": training})
    known = replace(device, artefacts={**device.artefacts, "bundle": taught})
    assert "Not wholly apart" in write(DOCUMENTS_HERE[name], known).text


@pytest.mark.parametrize(
    ("claim", "regulation"),
    [("triage", "892.2080"), ("detection", "892.2070"), ("detection-and-diagnosis", "892.2090")],
)
def test_the_claim_changes_the_summary(tmp_path: Path, claim: str, regulation: str) -> None:
    text = told(tmp_path, "18-summary", claim=claim).text
    assert f"21 CFR {regulation}" in text
    others = {"892.2080", "892.2070", "892.2090"} - {regulation}
    assert not any(f"| 21 CFR {other} |" in text for other in others)


@pytest.mark.parametrize("claim", ["triage", "detection", "detection-and-diagnosis"])
def test_outline_and_probability_are_told_by_claim(tmp_path: Path, claim: str) -> None:
    text = told(tmp_path, "16-labelling", claim=claim).text
    assert ("are no part of this claim and are not shown" in text) == (claim == "triage")
    assert ("- **Probability**" in text) == (claim != "triage")


@pytest.mark.parametrize("name", DOCUMENTS_HERE)
def test_nothing_claims_clearance(tmp_path: Path, name: str) -> None:
    text = told(tmp_path, name).text.lower()
    assert "not cleared" in text
    for boast in ("is cleared", "fda approved", "fda-cleared", "substantially equivalent", "safe and effective"):
        if boast == "is cleared":
            text = text.replace("once a device is cleared", "")
        assert boast not in text
