"""Device, use, software, training, data and reference standard: whole with the landed evidence, honest with any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from regulatory.documents.folders import LANDED, MINE, ROOT, empty, landed, landed_text, of_run, written
from regulatory.made import EVIDENCE, device_folder
from wetread.errors import WetreadError
from wetread.evaluation.sample_size.planned import planned
from wetread.regulatory.device import ClaimType, Device, load_device
from wetread.regulatory.digits import bare
from wetread.regulatory.documents import Document
from wetread.regulatory.documents.operating import columns
from wetread.regulatory.evidence.cohort import LIST, cohorts
from wetread.regulatory.written import write
from wetread.truth import agreement, reference_standard
from wetread.truth.reads import Reads
from wetread.truth.rules import KOfN

JUNK = (
    [],
    {},
    {"people": []},
    {"recipe": {"fit": 3}, "plan": {}},
    {"labels": [1, None]},
    {"shortcuts": {"suspects": [{}]}},
)


@pytest.mark.parametrize("document", MINE, ids=lambda document: document.id)
@pytest.mark.parametrize("name", LANDED)
def test_no_digit_is_typed_and_no_gap_stands_in_the_prose(name: str, document: Document) -> None:
    found = write(document, landed(name))
    assert not bare(found.body, document.id, (landed(name).name,))
    assert "[[NOT IN" not in found.text
    assert found.pen.claims


@pytest.mark.parametrize("document", MINE, ids=lambda document: document.id)
def test_without_evidence_and_with_a_run_alone_it_is_written_too(document: Document, tmp_path: Path) -> None:
    for device in (empty(tmp_path), of_run(tmp_path)):
        found = write(document, device)
        assert not bare(found.body, document.id, (device.name,))
        assert "[[NOT IN" not in found.text
        assert found.pen.missing


@pytest.mark.parametrize("document", MINE, ids=lambda document: document.id)
def test_a_stranger_with_an_evaluation_and_a_card_gets_it(document: Document, tmp_path: Path) -> None:
    device = load_device(device_folder(tmp_path))
    found = write(document, device)
    assert not bare(found.body, document.id, (device.name, "toy"))
    assert "[[NOT IN" not in found.text


@pytest.mark.parametrize("kind", ["cohort", "run", "recipe", "noise", "agreement", "gate", "split", "leaks", "honesty"])
def test_evidence_of_another_shape_is_a_gap_or_a_named_error(kind: str, tmp_path: Path) -> None:
    told = {name: each for name, each in EVIDENCE.items() if each["kind"] != kind}
    file = device_folder(tmp_path, evidence=told | {"odd": {"kind": kind, "path": "odd.json"}}, test_list=None)
    for junk in JUNK:
        (tmp_path / "odd.json").write_text(json.dumps(junk), encoding="utf-8")
        device = load_device(file)
        for document in MINE:
            assert "odd" in _written_or_named(document, device), (document.id, junk)


def _written_or_named(document: Document, device: Device) -> str:
    try:
        return "odd" if write(document, device).body else "nothing was written"
    except WetreadError as error:
        return str(error)


@pytest.mark.parametrize("document", MINE, ids=lambda document: document.id)
def test_the_claim_changes_what_it_should_and_nothing_else(document: Document, tmp_path: Path) -> None:
    texts = {write(document, empty(tmp_path, claim.value)).text for claim in ClaimType}
    assert len(texts) == (len(ClaimType) if document.by_claim else 1)


def test_an_indication_beyond_the_card_is_named(tmp_path: Path) -> None:
    wide = {"finding": "consolidation", "ages_years": [1, 120], "views": ["PA", "LATERAL"], "modalities": ["DX"]}
    text = written(load_device(device_folder(tmp_path, indications=wide)), "02").text
    differing = [line.split("|")[1].strip() for line in text.splitlines() if "**differs**" in line]
    assert differing == ["Views", "Ages"]
    assert "| Modalities | DX | CR or DX | agrees |" in text


def test_ages_are_told_as_the_device_applies_them() -> None:
    assert "of 18 years and over" in landed_text("adult", "02")
    assert "of 1 to under 6 years" in landed_text("paediatric", "02")


def test_which_report_is_of_the_training_films_follows_from_the_list_and_not_from_its_name(tmp_path: Path) -> None:
    roles = {view.artefact.name: view.role for view in cohorts(landed("adult"))}
    assert roles == {
        "cohort_development": "training", "cohort_sealed": "sealed", "cohort": "collection", "cohort_pixels": "collection",
    }  # fmt: skip
    strange = load_device(device_folder(tmp_path))
    assert [view.role for view in cohorts(strange)] == ["collection"]
    assert "None of the reports names the list that the card names" in written(strange, "06").text


def test_the_threshold_is_found_as_a_score_and_as_a_probability() -> None:
    told = {one.standing: one for one in columns(landed("adult"))}
    assert set(told) == {"sealed test", "part of the sealed test", "development estimate"}
    assert told["development estimate"].flatters
    assert not told["sealed test"].flatters


def test_without_an_evaluation_the_two_rates_of_the_figures_stand_there(tmp_path: Path) -> None:
    plain = {
        "schema": "wetread.device/1", "name": "paper reader", "date": "2026-11-22", "claim": "triage",
        "evidence": {
            "bundle": {"kind": "bundle", "path": str(ROOT / "src/wetread/models/adult")},
            "figures": {"kind": "figures", "path": str(ROOT / "results/adult/figures.json")},
        },
    }  # fmt: skip
    (tmp_path / "device.json").write_text(json.dumps(plain), encoding="utf-8")
    text = written(load_device(tmp_path / "device.json"), "05").text
    for line in ("| Recall (sensitivity) | 0.722 |", "| Precision (PPV) | 0.428 |", "| F1 | 0.538 |"):
        assert line in text
    assert "it flatters" in text


def test_the_alarm_of_shortcuts_is_answered_with_what_was_measured() -> None:
    text = landed_text("adult", "06")
    assert "**The alarm rings.**" in text
    assert (
        "| all metadata together | 0.831 (0.801 to 0.863) | 0.684 (0.647 to 0.720) | -0.147 (-0.192 to -0.103) |"
        in text
    )
    assert "Parts of the film taken away" in text


def test_the_datasheet_has_its_seven_headings() -> None:
    text = landed_text("adult", "06").partition("## Datasheet")[2]
    headings = [line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")]
    assert headings == [
        "Motivation", "Composition", "Collection process", "Preprocessing, cleaning, labelling", "Uses", "Distribution",
        "Maintenance",
    ]  # fmt: skip


def test_mined_labels_are_held_against_readers() -> None:
    text = landed_text("adult", "07")
    study = json.loads((ROOT / "results/truth/noise.json").read_text("utf-8"))["labels"][0]
    assert f"{study['by_cell']['ppv']['value']:.3f}" in text
    assert f"| {study['counts']['tp']} |" in text
    assert "never the truth of a test" in text
    assert "no reference standard of a test" in text


def test_readers_labels_are_not_called_mined() -> None:
    text = landed_text("paediatric", "07")
    assert "mined from reports cost nothing" not in text
    assert "People looked at the films" in text


def test_what_touched_the_sealed_films_is_asked_and_told() -> None:
    assert "sealed patients' films probably among them" in landed_text("adult", "06")
    assert "[[HUMAN: seal_exceptions" not in landed_text("adult", "06")


def test_a_reference_standard_and_its_readers_are_told_with_rule_and_counts(tmp_path: Path) -> None:
    films = [f"f{film}" for film in range(12) for _ in range(3)]
    readers = ["one", "two", "three"] * 12
    answers = [int(film % 3 == 0) if reader != "three" else film % 2
               for film in range(12) for reader in ("one", "two", "three")]  # fmt: skip
    reads = Reads.of(films, readers, answers, patient=films)
    made = reference_standard(reads, KOfN())
    (tmp_path / "truth.json").write_text(json.dumps(made.record.to_dict()), encoding="utf-8")
    (tmp_path / "agreement.json").write_text(json.dumps(agreement(reads, resamples=20).to_dict()), encoding="utf-8")
    told = {name: {"kind": name, "path": f"{name}.json"} for name in ("truth", "agreement")}
    text = written(load_device(device_folder(tmp_path, evidence=told, test_list=None)), "07").text
    assert "The answer where at least 2 of 3 readers say so." in text
    assert "| Reads by `three` | 12 |" in text
    assert "| Films with the answer `1` | 4 |" in text
    assert "readers one, two, three" in text
    assert "| Gwet's AC1 |" in text


def test_a_report_on_one_side_of_a_split_has_that_side_s_role(tmp_path: Path) -> None:
    file = device_folder(tmp_path)
    sides = json.loads((tmp_path / "split/split.json").read_text("utf-8"))["sides"]
    for side, role in (("test", "sealed"), ("train", "training")):
        report = json.loads((tmp_path / "cohort.json").read_text("utf-8"))
        report["about"] = {LIST: sides[side]["list_sha256"]}
        (tmp_path / "cohort.json").write_text(json.dumps(report), encoding="utf-8")
        assert [view.role for view in cohorts(load_device(file))] == [role]


@pytest.mark.parametrize(("name", "plan"), [("adult", "plan"), ("paediatric", "paediatric_plan")])
def test_the_landed_plan_is_what_the_device_file_asks(name: str, plan: str) -> None:
    asked = landed(name).plain["validation"]
    assert (ROOT / "regulatory" / f"{plan}.json").read_text("utf-8") == planned(asked).to_json()
