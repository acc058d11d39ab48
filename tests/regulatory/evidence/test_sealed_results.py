"""The committed evaluations of sealed scores: of the sealed lists, at the card's threshold, and of nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wetread.bundle import find, load
from wetread.collections import list_hash
from wetread.regulatory.device import load_device
from wetread.regulatory.evidence.evaluation import evaluations

ROOT = Path(__file__).resolve().parents[3]
SPLITS = {"adult": "nih", "paediatric": "kermany"}


def read(*place: str) -> Any:
    return json.loads(ROOT.joinpath(*place).read_text("utf-8"))


@pytest.mark.parametrize("bundle", SPLITS)
@pytest.mark.requirement("REQ-SEAL")
def test_they_are_of_the_sealed_list_as_it_was_scored(bundle: str) -> None:
    found, split = read("results", bundle, "sealed.json"), read("data_splits", f"{SPLITS[bundle]}.json")
    lines = (ROOT / "results" / bundle / "sealed.csv").read_text("utf-8").splitlines()[1:]
    digest = list_hash(line.split(",")[0] for line in lines)
    assert found["about"]["List of films (SHA-256)"] == digest == split["films_sha256"]
    assert found["films"]["films"] == split["films"] == len(lines)


@pytest.mark.parametrize("bundle", SPLITS)
@pytest.mark.requirement("REQ-THRESHOLD")
def test_the_threshold_is_the_cards_and_was_chosen_on_other_patients(bundle: str) -> None:
    card = load(find(bundle)).card
    applied = read("results", bundle, "sealed.json")["cuts"][0]["applied"]
    assert applied["tuned"]["threshold"] == pytest.approx(card.calibration.probability(card.threshold.score), abs=2e-5)
    assert applied["tuned"]["list_hash"] == card.training["films_sha256"]
    assert applied["overlap"] == {"same_list": False, "films": 0, "patients": 0}


def test_the_areas_are_those_of_the_released_figures() -> None:
    rows = {row["films_sha256"]: row for row in read("results", "adult", "figures.json")["sealed"]}
    for name in ("sealed", "sealed_readers"):
        found = read("results", "adult", f"{name}.json")
        row = rows[found["about"]["List of films (SHA-256)"]]
        assert found["roc"]["auroc"] == pytest.approx(row["auroc"]["value"], abs=1e-4)
        assert (found["films"]["films"], found["films"]["positives"]) == (row["films"], row["positives"])


def test_the_device_file_takes_them_as_sealed() -> None:
    device = load_device(ROOT / "regulatory" / "adult.yaml", tolerant=True)
    standing = {one.artefact.name: one.standing for one in evaluations(device)}
    assert standing == {
        "sealed": "sealed test", "sealed_readers": "part of the sealed test", "development": "development estimate",
    }  # fmt: skip
