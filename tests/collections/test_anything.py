"""One's own table: columns by mapping, by usual names, and mistakes in the file's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from wetread.collections import load
from wetread.errors import DataError, UsageError

TEXT = (
    "file,patient,pneumonia,age,gender,view,finding_labels,reader_one\n"
    "a.png,p1,1,57Y,female,pa,Pneumonia|Edema,yes\n"
    "b.png,p2,no,411,M,LL,No Finding,\n"
    "c.png,p2,,,,,,\n"
)


def make(folder: Path, text: str = TEXT) -> Path:
    (folder / "mine.csv").write_text(text, encoding="utf-8")
    (folder / "a.png").write_bytes(b"")
    return folder


def test_what_rows_become(tmp_path: Path) -> None:
    notes: list[str] = []
    table = load("csv", make(tmp_path), columns={"sex": "gender"}, notes=notes)
    assert table["film_id"].to_list() == ["a.png", "b.png", "c.png"]
    assert table["patient_id"].to_list() == ["p1", "p2", "p2"]
    assert table["label"].to_list() == [True, False, None]
    assert table["sex"].to_list() == ["F", "M", None]
    assert table["view"].to_list() == ["PA", "LATERAL", None]
    assert table["findings"].to_list() == [["Pneumonia", "Edema"], [], None]
    assert table["age_years"].to_list() == [57.0, None, None]
    assert table["flags"].to_list() == [[], ["age-implausible"], []]
    assert table["reader_one"].to_list() == ["yes", None, None]
    assert table["path"].to_list() == [str(tmp_path / "a.png"), None, None]
    assert table["label_source"].to_list() == ["mine.csv, column 'pneumonia'"] * 3
    assert any(note.startswith("2 of 3 films have no file") for note in notes)
    assert any("1 films have an age that nobody has" in note for note in notes)


def test_the_mapping_wins_over_a_column_of_our_name(tmp_path: Path) -> None:
    make(tmp_path, "film_id,file,patient_id\nx,a.png,p\n")
    assert load("csv", tmp_path, columns={"film_id": "file"})["film_id"].to_list() == ["a.png"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TEXT.replace(",p1,", ",,"), "row 2, column 'patient': found an empty cell, expected a patient's id"),
        (TEXT.replace("p1,1", "p1,maybe"), "row 2, column 'pneumonia': found 'maybe', expected 1 or 0"),
        (TEXT.replace("57Y", "young"), "row 2, column 'age': found 'young', expected an age"),
        (TEXT.replace("female", "?"), "row 2, column 'gender': found '?', expected F"),
        (TEXT.replace("pa,", "XX,"), "row 2, column 'view': found 'XX'"),
        (TEXT.replace("patient,", "Patientin,"), r"no column 'patient_id' \(nearest: 'Patientin'\)"),
        (TEXT.replace(",", ";"), "separated by semicolons"),
        (TEXT.replace("b.png", "a.png"), "row 3, column 'film_id': found 'a.png', expected each film once"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, text: str, told: str) -> None:
    told = told.replace("found '?'", r"found '\?'")
    with pytest.raises(DataError, match=told):
        load("csv", make(tmp_path, text), columns={"sex": "gender"})


def test_a_column_that_no_table_has_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no column 'colour' to be mapped"):
        load("csv", make(tmp_path), columns={"colour": "x"})


def test_which_table_is_asked_where_there_are_two(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "other.csv").write_text("x\n", encoding="utf-8")
    with pytest.raises(DataError, match="2 CSV files: say which"):
        load("csv", tmp_path)
    assert load("csv", tmp_path, labels=tmp_path / "mine.csv").height == 3


def test_the_shared_films(shared_data: Path) -> None:
    table = load("csv", shared_data / "nih_384")
    assert (table.height, table["patient_id"].n_unique(), int(table["label"].sum())) == (1498, 1214, 437)
    assert table["path"].null_count() == 0
