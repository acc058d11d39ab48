"""Pictures of performance and of the plan: drawn from the evidence, the same bytes each time, absent where nothing is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from regulatory.made import device_folder
from wetread.errors import DataError
from wetread.regulatory.device import load_device
from wetread.regulatory.pictures import PICTURES, can_draw
from wetread.regulatory.pictures.told import span

OURS = (
    "roc", "precision-recall", "predictive-values", "calibration", "decision-curve", "subgroups", "shortcuts-alone",
    "sample-size",
)  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_a_picture_is_drawn_from_the_folder_twice_alike(tmp_path: Path, name: str) -> None:
    device = load_device(device_folder(tmp_path))
    assert can_draw(name, device)
    first, second = PICTURES[name](device), PICTURES[name](device)
    assert first.svg == second.svg
    assert name != "subgroups" or first.png == second.png
    assert first.name == name
    assert b"<dc:date>" not in first.svg
    assert str(tmp_path).encode() not in first.svg


@pytest.mark.parametrize("name", OURS)
def test_without_evidence_there_is_no_picture(tmp_path: Path, name: str) -> None:
    device = load_device(device_folder(tmp_path, without=("evaluation", "plan", "lock", "ledger")))
    assert not can_draw(name, device)
    with pytest.raises(DataError, match=r"no evaluation|no plan"):
        PICTURES[name](device)


def test_the_words_of_a_picture_hold_the_numbers_of_the_evaluation(tmp_path: Path) -> None:
    device = load_device(device_folder(tmp_path))
    plain = json.loads((tmp_path / "evaluation.json").read_text("utf-8"))
    assert f"AUROC {plain['roc']['auroc']:.3f}" in PICTURES["roc"](device).alt
    assert (
        f"average precision {plain['precision']['average_precision']:.3f}" in PICTURES["precision-recall"](device).alt
    )
    assert f"slope {plain['reliability']['slope']['stated']['value']:.2f}" in PICTURES["calibration"](device).alt
    goals = json.loads((tmp_path / "plan.json").read_text("utf-8"))["goals"]
    for goal in goals:
        assert (
            f"first {goal['result']['first']}, stable {goal['result']['stable']}" in PICTURES["sample-size"](device).alt
        )
        assert f"stable: {goal['result']['stable']}".encode() in PICTURES["sample-size"](device).svg


def test_the_standing_of_films_is_written_into_the_picture(tmp_path: Path) -> None:
    sealed = PICTURES["roc"](load_device(device_folder(tmp_path)))
    assert b"(sealed test)" in sealed.svg
    other = PICTURES["roc"](load_device(device_folder(tmp_path / "other", without=("split", "lock", "ledger"))))
    assert b"(development estimate)" in other.svg


def test_an_interval_with_an_open_end_is_not_drawn() -> None:
    assert span({"value": 0.5, "low": 0.4, "high": 0.6}) == (0.5, 0.4, 0.6)
    assert span({"value": 0.5, "low": None, "high": 0.6}) is None
    assert span(None) is None
