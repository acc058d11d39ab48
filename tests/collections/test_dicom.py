"""A folder of DICOM files: headers only, and nobody's number in the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from wetread.collections import load
from wetread.errors import DataError, UsageError
from wetread.phantom import film


def test_headers_become_rows(tmp_path: Path) -> None:
    first, second, third = film(1, view="PA"), film(2, view="AP"), film(3)
    first.PatientID = second.PatientID = "SECRET-1"
    first.PatientAge, second.PatientAge = "064Y", "411Y"
    third.PatientID = ""
    del third.PixelData
    third.Rows = 0
    (tmp_path / "deep").mkdir()
    for name, dataset in {"a.dcm": first, "deep/b": second, "c.dcm": third}.items():
        dataset.save_as(tmp_path / name, enforce_file_format=True)
    (tmp_path / "index.csv").write_text("a,b\n", encoding="utf-8")
    notes: list[str] = []
    table = load("dicom", tmp_path, notes=notes)
    assert table["film_id"].to_list() == ["a.dcm", "deep/b"]
    assert table["patient_id"].n_unique() == 1
    assert "SECRET" not in str(table.rows())
    assert table["view"].to_list() == ["PA", "AP"]
    assert table["age_years"].to_list() == [64.0, None]
    assert table["flags"].to_list() == [[], ["age-implausible"]]
    assert table["label"].null_count() == 2
    assert any(note.startswith("2 files under") for note in notes)


def test_nothing_to_find_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    with pytest.raises(DataError, match="no DICOM film among its 1 files"):
        load("dicom", tmp_path)
    with pytest.raises(DataError, match="is no folder"):
        load("dicom", tmp_path / "x")
    with pytest.raises(UsageError, match="no table of labels"):
        load("dicom", tmp_path, labels=tmp_path / "x")


def test_the_shared_files(shared_data: Path) -> None:
    table = load("dicom", shared_data / "dicom")
    assert table.height == 18
    assert table["sha256"].str.len_chars().unique().to_list() == [64]
