"""PneumoniaMNIST's npz file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wetread.collections import load
from wetread.errors import DataError


def make(folder: Path, **changed: np.ndarray) -> Path:
    arrays = {
        "train_images": np.zeros((3, 28, 28), np.uint8),
        "train_labels": np.array([[0], [1], [1]], np.uint8),
        "test_images": np.zeros((1, 28, 28), np.uint8),
        "test_labels": np.array([[0]], np.uint8),
    } | changed
    np.savez(folder / "pneumoniamnist.npz", **arrays)
    return folder / "pneumoniamnist.npz"


def test_every_picture_is_its_own_unknown_patient(tmp_path: Path) -> None:
    make(tmp_path)
    table = load("medmnist", tmp_path)
    assert table["film_id"].to_list() == ["train/0", "train/1", "train/2", "test/0"]
    assert table["patient_id"].n_unique() == 4
    assert table["flags"].to_list() == [["patient-unknown"]] * 4
    assert table["label"].to_list() == [False, True, True, False]
    assert table["split"].to_list() == ["train"] * 3 + ["test"]
    assert table["path"].null_count() == 4
    assert table.select("rows", "columns").unique().rows() == [(28, 28)]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"train_labels": np.array([[0], [2], [1]])}, "train_labels, place 1: found 2, expected 0 or 1"),
        ({"train_labels": np.array([[0]])}, "train_images: found the shape"),
    ],
)
def test_wrong_contents_are_told(tmp_path: Path, changed: dict[str, np.ndarray], told: str) -> None:
    with pytest.raises(DataError, match=told):
        load("medmnist", make(tmp_path, **changed))


def test_wrong_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="0 files pneumoniamnist"):
        load("medmnist", tmp_path)
    whole = make(tmp_path).read_bytes()
    for content in (b"", b"no zip", whole[:-40]):
        (tmp_path / "pneumoniamnist.npz").write_bytes(content)
        with pytest.raises(DataError, match="not an npz file of MedMNIST"):
            load("medmnist", tmp_path)
    np.savez(tmp_path / "pneumoniamnist.npz", x=np.zeros(3))
    with pytest.raises(DataError, match="has no train_labels"):
        load("medmnist", tmp_path)
    with pytest.raises(DataError, match="leave labels out"):
        load("medmnist", tmp_path, labels=tmp_path / "x.csv")


def test_the_shared_file(shared_data: Path) -> None:
    table = load("medmnist", shared_data / "pneumoniamnist")
    assert table.group_by("split").len().sort("split").rows() == [("train", 4708), ("val", 524)]
