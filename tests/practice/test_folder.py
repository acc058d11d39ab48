"""The drawn collection on disk: NIH's schema, read by the loader of the real one."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from wetread.cli import main
from wetread.collections import load
from wetread.errors import UsageError
from wetread.practice import draw_collection
from wetread.practice.folder import drawn


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_loader_of_the_real_collection_reads_it(tmp_path: Path) -> None:
    people = draw_collection(tmp_path / "drawn", films=40, seed=4, size=64)
    table = load("nih", tmp_path / "drawn")
    assert table.height == 40
    assert table["path"].null_count() == 0
    by_name = {film.name: film for film in people}
    for row in table.iter_rows(named=True):
        film = by_name[row["film_id"]]
        assert (row["patient_id"], row["age_years"], row["sex"], row["view"]) == (
            str(film.patient), film.age_years, film.sex, film.view,
        )  # fmt: skip
        assert tuple(row["findings"]) == film.findings
    assert set(table["split"].drop_nulls()) <= {"train", "val", "test", "train_val"}
    reads = pl.read_csv(tmp_path / "drawn" / "readers.csv")
    assert reads.height == 120
    assert reads["reader"].n_unique() == 3


def test_pneumonia_is_drawn_where_the_truth_says_so(tmp_path: Path) -> None:
    """The same film with and without: only the opacity brightens it, so the label's errors are errors."""
    people = draw_collection(tmp_path / "drawn", films=60, seed=5, size=64)
    with (tmp_path / "drawn" / "truth.csv").open(newline="", encoding="utf-8") as file:
        truth = {row["film_id"]: row["label"] == "1" for row in csv.DictReader(file)}
    assert truth == {film.name: film.pneumonia for film in people}
    sick = next(film for film in people if film.pneumonia and film.findings == ())
    with_it, without = (np.asarray(drawn(film, 128), dtype=int) for film in (sick, replace(sick, pneumonia=False)))
    assert (with_it - without).max() > 20


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert main(["data", "practice", str(tmp_path / name), "--films", "6", "--size", "64"]) == 0
    assert content(tmp_path / "one") == content(tmp_path / "two")
    with Image.open(next((tmp_path / "one" / "images").iterdir())) as picture:
        assert (picture.size, picture.mode) == ((64, 64), "L")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        draw_collection(tmp_path, films=2)
    with pytest.raises(UsageError, match="64 to 1024 pixels"):
        draw_collection(tmp_path / "new", films=2, size=32)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
