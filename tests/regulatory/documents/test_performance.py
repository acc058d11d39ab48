"""Document 09: sealed and development estimates apart, every rate with its interval and prevalence, gaps in sight."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulatory.made import device_folder
from wetread.regulatory.device import Device, load_device
from wetread.regulatory.digits import bare
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.written import Written, write

DOCUMENT = next(document for document in DOCUMENTS if document.id == "09-standalone-performance")


def told(folder: Path, **changes: Any) -> Written:
    """Document 09 of the made folder."""
    return write(DOCUMENT, load_device(device_folder(folder, **changes)))


def evaluation(folder: Path) -> Any:
    return json.loads((folder / "evaluation.json").read_text("utf-8"))


@pytest.mark.requirement("REQ-SEAL", "REQ-DOCUMENT-NUMBERS")
def test_a_sealed_evaluation_is_headed_so_with_its_uses(tmp_path: Path) -> None:
    found = told(tmp_path)
    assert "## 5.1 Sealed test:" in found.text
    assert "every figure" not in found.text.lower()
    assert "![Observed share of positive films against the stated probability (sealed test)]" in found.text
    assert "**The test list was used 1 time.**" in found.text
    assert "| 1 | 2026-11-22 | paper reader |" in found.text


@pytest.mark.requirement("REQ-SEAL", "REQ-DOCUMENT-GAPS")
def test_without_a_sealed_list_every_figure_is_a_development_estimate(tmp_path: Path) -> None:
    found = told(tmp_path, without=("split", "lock", "ledger"))
    assert "Every figure in this report is a *development estimate*" in found.text
    assert "## 5.1 Development estimate:" in found.text
    assert "Sealed test" not in found.text
    claims = [claim for claim in found.pen.claims.values() if claim.id == "evaluation:/area/interval"]
    assert [claim.split for claim in claims] == ["development estimate"]


@pytest.mark.requirement("REQ-DOCUMENT-NUMBERS", "REQ-INTERVALS")
def test_counts_and_rates_are_those_of_the_evaluation(tmp_path: Path) -> None:
    text = told(tmp_path).text
    worth = evaluation(tmp_path)["cuts"][0]["applied"]["worth"]
    assert f"| Called | {worth['tp']} | {worth['fp']} |" in text
    assert f"| Not called | {worth['fn']} | {worth['tn']} |" in text
    for title, name in (("Sensitivity (recall)", "sensitivity"), ("Specificity", "specificity")):
        held = worth[name]["stated"]
        value, low, high = (f"{100 * held[end]:.1f} %" for end in ("value", "low", "high"))
        assert f"| {title} | {value} ({low} to {high}) | {held['method']} |" in text


@pytest.mark.requirement("REQ-PREVALENCE")
def test_f1_and_predictive_values_stand_at_a_prevalence_beside_calling_every_film(tmp_path: Path) -> None:
    text = told(tmp_path).text
    worth = evaluation(tmp_path)["cuts"][0]["applied"]["worth"]
    assert len(worth["stated"]) == 4
    for row in worth["stated"]:
        start = f"| {100 * row['prevalence']:.1f} % | {100 * row['ppv']['stated']['value']:.1f} % ("
        line = next(each for each in text.splitlines() if each.startswith(start))
        assert f"| {row['f1_all_positive']:.3f} |" in line
    assert ", as in these films |" in text


@pytest.mark.requirement("REQ-THRESHOLD")
def test_a_threshold_found_on_these_films_is_said_to_flatter(tmp_path: Path) -> None:
    device = device_folder(tmp_path)
    assert "these rates flatter" not in write(DOCUMENT, load_device(device)).text
    plain = evaluation(tmp_path)
    plain["cuts"][0]["applied"]["overlap"] = {"same_list": True, "films": 300, "patients": 150}
    (tmp_path / "evaluation.json").write_text(json.dumps(plain), "utf-8")
    assert "these rates flatter" in write(DOCUMENT, load_device(device)).text


@pytest.mark.requirement("REQ-SUBGROUPS")
def test_groups_that_are_too_small_are_printed_as_such(tmp_path: Path) -> None:
    device = device_folder(tmp_path)
    plain = evaluation(tmp_path)
    group = plain["groups"]["covariates"][0]["groups"][0]
    group |= {"auroc": None, "notes": ["too few to say: 3 patients with positive films, at least 20 are needed"]}
    (tmp_path / "evaluation.json").write_text(json.dumps(plain), "utf-8")
    text = write(DOCUMENT, load_device(device)).text
    row = next(line for line in text.splitlines() if line.startswith(f"| {group['name']} |"))
    assert row.endswith("| too few to say |")
    assert "| — |" in row


@pytest.mark.requirement("REQ-DOCUMENT-GAPS")
def test_parts_that_were_not_measured_are_gaps_not_errors(tmp_path: Path) -> None:
    device = device_folder(tmp_path)
    plain = evaluation(tmp_path)
    for part in ("groups", "negatives", "baselines", "reliability", "decision", "label_errors", "area"):
        plain[part] = None
    plain["cuts"] = []
    (tmp_path / "evaluation.json").write_text(json.dumps(plain), "utf-8")
    found = write(DOCUMENT, load_device(device))
    assert "Nothing is known of differences by view, sex and age" in found.text
    assert "calibration and net benefit are not judged" in found.text
    assert "calls at a threshold" in found.pen.missing
    assert "AUROC, resampled patients" in found.text


@pytest.mark.requirement("REQ-DOCUMENT-GAPS")
def test_an_empty_folder_is_all_gaps(tmp_path: Path) -> None:
    found = told(tmp_path, without=("bundle", "cohort", "split", "plan", "lock", "ledger", "evaluation"))
    assert {"an evaluation of the device's scores", "the flow of films"} <= set(found.pen.missing)
    assert found.pen.figures == []
    assert "performance_interpretation" in found.pen.open_fields


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Device:
    return load_device(device_folder(tmp_path_factory.mktemp("made")))


@pytest.mark.requirement("REQ-DOCUMENT-GAPS")
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_an_evaluation_lacks_is_no_traceback(device: Device, data: st.DataObject) -> None:
    held = device.artefacts["evaluation"]
    plain = copy.deepcopy(held.data)
    inside, key = plain, data.draw(st.sampled_from(sorted(plain)))
    while data.draw(st.booleans()) and isinstance(inside[key], dict | list) and inside[key]:
        inside = inside[key]
        key = data.draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
    inside[key] = None
    artefacts = {**device.artefacts, "evaluation": replace(held, data=plain)}
    found = write(DOCUMENT, replace(device, artefacts=artefacts))
    assert "## 10 Repeatability" in found.text


def test_alarms_of_the_evaluation_stand_first(tmp_path: Path) -> None:
    device = device_folder(tmp_path)
    plain = evaluation(tmp_path)
    plain["alarms"] = [{"code": "made", "title": "Made up", "text": "Of 7 films none is real."}]
    (tmp_path / "evaluation.json").write_text(json.dumps(plain), "utf-8")
    text = write(DOCUMENT, load_device(device)).text
    assert "- **Made up.** Of 7 films none is real." in text
    assert text.index("Made up") < text.index("5.1.1")


def test_no_digit_is_typed_by_hand(tmp_path: Path) -> None:
    names = [document.id for document in DOCUMENTS]
    assert bare(told(tmp_path).marked, DOCUMENT.id, names) == ()
