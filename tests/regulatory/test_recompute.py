"""An evaluation computed again: the same numbers, or each that differs by its pointer."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regulatory.made import PLAIN, device_folder, write_device
from wetread.regulatory.device import load_device
from wetread.regulatory.recompute import recompute


def test_true_numbers_come_out_again(tmp_path: Path) -> None:
    told, faults = recompute(load_device(device_folder(tmp_path)))
    assert told == ("evaluation: computed again from 300 films; 0 numbers differ",)
    assert faults == ()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda data: data["area"]["interval"].update(value=0.9), "/area/interval/value"),
        (lambda data: data["films"].update(positives=97), "/films/positives"),
        (lambda data: data["cuts"][0]["applied"]["worth"].update(tp=66), "/cuts/0/applied/worth/tp"),
        (lambda data: data["best"].update(f1=0.817), "/best/f1"),
        (lambda data: data["headline"]["estimates"][0]["bca"].update(low=0.1), "/headline/estimates/0/bca/low"),
        (lambda data: data["groups"]["covariates"][0]["groups"][0].update(films=1), "/groups/covariates/0/groups/0/films"),
        (lambda data: data["reliability"].update(emax=0.0), "/reliability/emax"),
    ],
)  # fmt: skip
def test_a_flattered_number_is_named(tmp_path: Path, change: Callable[[Any], None], pointer: str) -> None:
    path = device_folder(tmp_path)
    data = json.loads((tmp_path / "evaluation.json").read_text())
    change(data)
    (tmp_path / "evaluation.json").write_text(json.dumps(data))
    _, faults = recompute(load_device(path))
    assert [(fault.code, fault.where) for fault in faults] == [("recomputed", f"evaluation:{pointer}")]


def test_altered_scores_give_other_numbers(tmp_path: Path) -> None:
    path = device_folder(tmp_path)
    lines = (tmp_path / "predictions.csv").read_text().splitlines()
    film, score = lines[5].split(",")
    lines[5] = f"{film},{1 - float(score)}"
    (tmp_path / "predictions.csv").write_text("\n".join(lines) + "\n")
    _, faults = recompute(load_device(path))
    assert faults
    assert {fault.code for fault in faults} == {"recomputed"}
    assert len(faults) == 11  # ten shown, and how many there are beside


def test_altered_labels_give_other_numbers(tmp_path: Path) -> None:
    path = device_folder(tmp_path)
    text = (tmp_path / "labels.csv").read_text()
    (tmp_path / "labels.csv").write_text(text.replace(",1,", ",0,", 1))
    assert recompute(load_device(path))[1]


def test_predictions_that_an_evaluation_was_not_made_from_are_named(tmp_path: Path) -> None:
    """`wetread evaluate` notes the hash of the scores: whoever exchanges them is found before anything is computed."""
    path = device_folder(tmp_path)
    data = json.loads((tmp_path / "evaluation.json").read_text())
    raw = (tmp_path / "predictions.csv").read_bytes()
    data["about"] = {"Scores": f"predictions.csv, SHA-256 {hashlib.sha256(raw).hexdigest()}"}
    (tmp_path / "evaluation.json").write_text(json.dumps(data))
    assert recompute(load_device(path))[1] == ()
    (tmp_path / "predictions.csv").write_bytes(raw.replace(b"0.9", b"0.8", 1))
    told, faults = recompute(load_device(path))
    assert [(fault.code, fault.where) for fault in faults] == [("other-scores", "evaluation")]
    assert told == ()


@pytest.mark.parametrize("gone", ["predictions", "labels"])
def test_what_cannot_be_computed_again_is_told(tmp_path: Path, gone: str) -> None:
    told, faults = recompute(load_device(device_folder(tmp_path, without=(gone,))))
    assert told == ("evaluation: not computed again: no predictions and labels in the folder are of its films",)
    assert faults == ()


def test_films_that_are_missing_are_other_films(tmp_path: Path) -> None:
    path = device_folder(tmp_path)
    lines = (tmp_path / "predictions.csv").read_text().splitlines()
    (tmp_path / "predictions.csv").write_text("\n".join(lines[:-1]) + "\n")
    assert "not computed again" in recompute(load_device(path))[0][0]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("predictions.csv", "film_id,score", "film,score"),
        ("predictions.csv", "0.", "x."),
        ("labels.csv", "patient_id", "who"),
    ],
)
def test_tables_that_are_none_are_named(tmp_path: Path, file: str, old: str, new: str) -> None:
    path = device_folder(tmp_path)
    (tmp_path / file).write_text((tmp_path / file).read_text().replace(old, new, 1))
    _, faults = recompute(load_device(path))
    assert [fault.code for fault in faults] == ["not-recomputed"]


@pytest.mark.parametrize("data", [{}, [], {"films": {"list_hash": 3}}])
def test_a_file_that_is_no_evaluation_is_named(tmp_path: Path, data: Any) -> None:
    path = device_folder(tmp_path)
    (tmp_path / "evaluation.json").write_text(json.dumps(data))
    told, faults = recompute(load_device(path))
    assert [fault.code for fault in faults] == ["not-recomputed"] or "not computed again" in told[0]


def test_an_evaluation_of_another_version_is_named(tmp_path: Path) -> None:
    path = device_folder(tmp_path)
    data = json.loads((tmp_path / "evaluation.json").read_text())
    del data["cuts"]
    (tmp_path / "evaluation.json").write_text(json.dumps(data))
    _, faults = recompute(load_device(path))
    assert [fault.code for fault in faults] == ["not-recomputed"]
    assert "another version" in faults[0].message


def test_the_released_bundle_s_evaluation_comes_out_again(shared_data: Path, tmp_path: Path) -> None:
    results = Path(__file__).resolve().parents[2] / "results/adult"
    table = shared_data / "nih_384/index.csv"
    if not table.is_file():
        pytest.skip("needs the table of the NIH films")
    with table.open(encoding="utf-8", newline="") as file:
        rows = "".join(f"{row['file']},{row['patient_id']},{row['pneumonia']}\n" for row in csv.DictReader(file))
    (tmp_path / "labels.csv").write_text(f"film_id,patient_id,label\n{rows}")
    evidence = {
        "evaluation": {"kind": "evaluation", "path": str(results / "development.json")},
        "scores": {"kind": "predictions", "path": str(results / "out_of_fold.csv")},
        "labels": {"kind": "labels", "path": "labels.csv"},
    }
    plain = {key: PLAIN[key] for key in ("schema", "name", "date", "claim")} | {"evidence": evidence}
    told, faults = recompute(load_device(write_device(tmp_path / "device.yaml", plain)))
    assert faults == ()
    assert told[0].endswith("0 numbers differ")
