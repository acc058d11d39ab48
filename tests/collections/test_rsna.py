"""RSNA's challenge: a film from its boxes, a patient from a match that is believed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from wetread.collections import load
from wetread.errors import DataError
from wetread.phantom import film

LABELS = "patientId,x,y,width,height,Target\na,,,,,0\nb,1.0,2.0,3.0,4.0,1\nb,5,6,7,8,1\nc,,,,,0\n"
CLASSES = "patientId,class\na,Normal\nb,Lung Opacity\nb,Lung Opacity\nc,No Lung Opacity / Not Normal\n"
MATCH = (
    "rsna_id,nih_image,rsna_class,match_mse\na,00000013_001.png,Normal,1.2\n"
    "b,00000014_000.png,Lung Opacity,3.1\nc,00000013_002.png,No Lung Opacity / Not Normal,3.0\n"
)


def make(folder: Path, labels: str = LABELS, classes: str | None = CLASSES, match: str | None = MATCH) -> Path:
    named = {
        "stage_2_train_labels.csv": labels,
        "stage_2_detailed_class_info.csv": classes,
        "rsna_to_nih.csv": match,
    }
    for name, text in named.items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_film_has_all_its_boxes(tmp_path: Path) -> None:
    table = load("rsna", make(tmp_path))
    assert table["film_id"].to_list() == ["a", "b", "c"]
    assert table["label"].to_list() == [False, True, False]
    assert table["reader_boxes"].to_list() == [[], [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]], []]
    assert table["findings"].to_list() == [[], ["Lung Opacity"], ["No Lung Opacity / Not Normal"]]


def test_a_patient_is_known_where_the_match_is_believed(tmp_path: Path) -> None:
    table = load("rsna", make(tmp_path))
    assert table["patient_id"].to_list() == ["13", "b", "13"]
    assert table["flags"].to_list() == [[], ["patient-unknown", "match-distrusted"], []]


def test_without_a_match_no_patient_is_known(tmp_path: Path) -> None:
    notes: list[str] = []
    table = load("rsna", make(tmp_path, classes=None, match=None) / "stage_2_train_labels.csv", notes=notes)
    assert table["patient_id"].to_list() == ["a", "b", "c"]
    assert table["flags"].to_list() == [["patient-unknown"]] * 3
    assert table["findings"].null_count() == 3
    assert any("patients are unknown" in note for note in notes)


def test_headers_fill_age_sex_and_view(tmp_path: Path) -> None:
    folder = make(tmp_path) / "stage_2_train_images"
    folder.mkdir()
    film(1, view="PA").save_as(folder / "a.dcm", enforce_file_format=True)
    (folder / "b.dcm").write_bytes(b"nothing")
    notes: list[str] = []
    table = load("rsna", tmp_path, notes=notes)
    first = table.row(0, named=True)
    assert (first["view"], first["path"], first["rows"] > 0) == ("PA", str(folder / "a.dcm"), True)
    assert first["patient_id"] == "13"
    assert table["path"].null_count() == 2
    assert any(note.startswith("1 films under") for note in notes)
    assert any(note.startswith("2 of 3 films have no readable file") for note in notes)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"labels": LABELS + "d,1,2,3,,1\n"}, "row 6, column 'height': found an empty cell, expected a box"),
        ({"labels": LABELS + "d,1,2,3,4,0\n"}, "row 6, column 'x': found '1', expected a box where Target is 1"),
        ({"labels": LABELS + "d,1,2,3,wide,1\n"}, "row 6, column 'height': found 'wide', expected a number"),
        ({"labels": LABELS + "d,,,,,2\n"}, "row 6, column 'Target': found '2', expected 0 or 1"),
        ({"labels": LABELS + "a,1,2,3,4,1\n"}, "film a has rows with Target 0 and 1"),
        ({"classes": CLASSES + "a,Lung Opacity\n"}, "film a has two values in column 'class'"),
        ({"classes": CLASSES + "d,Healthy\n"}, "row 6, column 'class': found 'Healthy', expected one of Normal"),
        ({"classes": CLASSES.replace("a,Normal", "a,Lung Opacity")}, "its class is 'Lung Opacity' and its Target 0"),
        ({"match": MATCH.replace("1.2", "")}, "row 2, column 'match_mse': found an empty cell"),
        ({"match": MATCH.replace("00000013_001", "13_001")}, "row 2, column 'nih_image'"),
        ({"labels": LABELS.replace("Target", "Ziel")}, "no column 'Target'"),
    ],
)
def test_wrong_tables_are_told(tmp_path: Path, changed: dict[str, str], told: str) -> None:
    with pytest.raises(DataError, match=told):
        load("rsna", make(tmp_path, **changed))


def test_the_shared_tables(shared_data: Path) -> None:
    table = load("rsna", shared_data / "labels")
    assert (table.height, int(table["label"].sum())) == (26_684, 6012)
    classes = dict(table["reader_class"].value_counts().rows())
    assert classes == {"Lung Opacity": 6012, "No Lung Opacity / Not Normal": 11_821, "Normal": 8851}
    distrusted = table.filter(pl.col("flags").list.contains("match-distrusted"))
    assert distrusted.height == table.filter(pl.col("reader_match_mse") > 3).height == 102
    known = table.filter(pl.col("flags").list.len() == 0)
    assert known["patient_id"].str.contains(r"^[1-9]\d*$").all()
