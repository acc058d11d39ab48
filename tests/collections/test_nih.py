"""NIH ChestX-ray14: the numbers of the real table, its two headers and folders, and every way a table can be wrong."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path

import polars as pl
import pytest

from wetread.collections import list_hash, load
from wetread.collections.lists import official
from wetread.errors import DataError

HEADER_2020 = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)
ROWS = [
    "00000001_000.png,Cardiomegaly,0,1,57,M,PA,2682,2749,0.143,0.143",
    "00000001_001.png,Cardiomegaly|Pneumonia,1,1,58,M,PA,2894,2729,0.143,0.143",
    "00000003_000.png,No Finding,0,3,74,F,AP,2500,2048,0.168,0.168",
]


def write(folder: Path, rows: list[str] = ROWS, header: str = HEADER_2020, name: str = "Data_Entry_2017.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def one(tmp_path: Path, row: str) -> pl.DataFrame:
    return load("nih", write(tmp_path, [*ROWS, row]))


@pytest.mark.requirement("REQ-COLLECTIONS")
def test_the_table_of_2020(shared_data: Path) -> None:
    notes: list[str] = []
    table = load("nih", shared_data / "labels", notes=notes)
    pneumonia = table.filter("label")
    assert (table.height, table["patient_id"].n_unique()) == (112_120, 30_805)
    assert (pneumonia.height, pneumonia["patient_id"].n_unique()) == (1431, 1008)
    assert pneumonia.filter(pl.col("findings").list.len() == 1).height == 322
    assert table["split"].value_counts().sort("split").rows() == [("test", 25_596), ("train_val", 86_524)]
    assert table["age_years"].max() == 95
    assert any("film by film" in note for note in notes)


@pytest.mark.requirement("REQ-COLLECTIONS")
def test_the_official_lists_are_reproduced(shared_data: Path) -> None:
    table = load("nih", shared_data / "labels")
    for side, name in (("train_val", "train_val"), ("test", "test")):
        published = gzip.decompress((shared_data / f"labels/nih_official_{name}_list.txt.gz").read_bytes())
        films = table.filter(pl.col("split") == side)["film_id"].to_list()
        assert sorted(films) == sorted(published.decode().split())
        assert list_hash(films) == official().sha256[side]


def test_the_sample_of_the_course_keeps_its_impossible_age(shared_data: Path) -> None:
    notes: list[str] = []
    table = load("nih-sample", shared_data / "labels", notes=notes)
    assert (table.height, int(table["label"].sum())) == (5606, 62)
    flagged = table.filter(pl.col("flags").list.contains("age-implausible"))
    assert flagged.select("age_raw", "age_years").rows() == [("411Y", None)]
    assert any("411Y" in note for note in notes)
    assert table.filter(pl.col("age_raw").str.ends_with("M"))["age_years"][0] == pytest.approx(13 / 12)


@pytest.mark.parametrize(
    "header",
    [
        HEADER_2020 + ",",  # as Kaggle has it, with a comma at the end of each row
        HEADER_2020.replace("[Width,Height]", "Width,OriginalImageHeight").replace(
            "[x,y]", "_x,OriginalImagePixelSpacing_y"
        ),
    ],
)
def test_both_spellings_of_the_header(tmp_path: Path, header: str) -> None:
    rows = [row + "," if header.endswith(",") else row for row in ROWS]
    table = load("nih", write(tmp_path, rows, header))
    assert table.select("rows", "columns").rows() == [(2749, 2682), (2729, 2894), (2048, 2500)]


def test_what_a_row_becomes(tmp_path: Path) -> None:
    table = load("nih", write(tmp_path))
    row = table.row(1, named=True)
    assert row["film_id"] == "00000001_001.png"
    assert (row["patient_id"], row["follow_up"], row["age_years"], row["age_raw"]) == ("1", 1, 58.0, "58")
    assert (row["sex"], row["view"], row["label"], row["split"]) == ("M", "PA", True, "train_val")
    assert row["findings"] == ["Cardiomegaly", "Pneumonia"]
    assert table["findings"].to_list()[2] == []
    assert table["split"].to_list()[2] == "test"


def test_an_empty_label_is_not_said(tmp_path: Path) -> None:
    table = one(tmp_path, "00000005_000.png,,0,5,,,,,,,")
    last = table.row(3, named=True)
    assert (last["findings"], last["label"], last["age_years"], last["sex"], last["view"]) == (None,) * 5
    assert last["flags"] == []


@pytest.mark.parametrize("folders", [["images"], ["images_001/images", "images_002/images"], ["."], ["images_001"]])
def test_films_are_found_in_every_layout(tmp_path: Path, folders: list[str]) -> None:
    for place, row in enumerate(ROWS[:2]):
        folder = tmp_path / folders[place % len(folders)]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / row.split(",")[0]).write_bytes(b"")
    (tmp_path / folders[0] / "00009999_000.png").write_bytes(b"")
    write(tmp_path)
    notes: list[str] = []
    table = load("nih", tmp_path, notes=notes)
    assert [path is not None and Path(path).is_file() for path in table["path"]] == [True, True, False]
    assert any(note.startswith("1 of 3 films have no file") for note in notes)
    assert any(note.startswith("1 image files") for note in notes)


def test_a_film_that_lies_twice_is_told(tmp_path: Path) -> None:
    for folder in ("images", "images_001"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "00000001_000.png").write_bytes(b"")
    write(tmp_path)
    with pytest.raises(DataError, match="00000001_000 lies twice"):
        load("nih", tmp_path)


@pytest.mark.requirement("REQ-TABLES")
@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "00000004_000,Mass,0,4,50,M,PA,1,1,1,1",
            r"row 5, column 'Image Index': found '00000004_000', expected a film",
        ),
        ("00000004_000.png,Mass,0,5,50,M,PA,1,1,1,1", r"row 5, column 'Patient ID': found '5', expected the patient"),
        (
            "00000004_000.png,Mass,0,four,50,M,PA,1,1,1,1",
            r"row 5, column 'Patient ID': found 'four', expected a patient's",
        ),
        ("00000004_000.png,Mas,0,4,50,M,PA,1,1,1,1", r"row 5, column 'Finding Labels': found 'Mas', expected findings"),
        ("00000004_000.png,No Finding|Mass,0,4,50,M,PA,1,1,1,1", r"row 5, column 'Finding Labels'.*alone"),
        ("00000004_000.png,Mass,0,4,old,M,PA,1,1,1,1", r"row 5, column 'Patient Age': found 'old', expected an age"),
        ("00000004_000.png,Mass,0,4,50,X,PA,1,1,1,1", r"row 5, column 'Patient Gender': found 'X', expected M, F"),
        ("00000004_000.png,Mass,0,4,50,M,XX,1,1,1,1", r"row 5, column 'View Position': found 'XX', expected PA"),
        (
            "00000004_000.png,Mass,first,4,50,M,PA,1,1,1,1",
            r"row 5, column 'Follow-up #': found 'first', expected a whole",
        ),
        ("00000004_000.png,Mass,0,4,50,M,PA,wide,1,1,1", r"row 5, column 'OriginalImage\[Width': found 'wide'"),
        (
            "00000001_000.png,Mass,0,1,50,M,PA,1,1,1,1",
            r"row 5, column 'film_id': found '00000001_000.png', expected each",
        ),
        (",Mass,0,4,50,M,PA,1,1,1,1", r"row 5, column 'Image Index': found an empty cell"),
        ("00000004_000.png,Mass,0,4,50,M,PA,1,1,1,1,1", r"row 5: found 12 cells, expected 11"),
    ],
)
def test_a_wrong_row_is_told_by_file_row_and_column(tmp_path: Path, row: str, told: str) -> None:
    with pytest.raises(DataError, match=told) as caught:
        one(tmp_path, row)
    assert "Data_Entry_2017.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a;b;c\n1;2;3\n", "separated by semicolons"),
        (HEADER_2020.replace(",", ";") + "\n", "separated by semicolons, not commas: save it"),
        (HEADER_2020.replace(",", "\t") + "\n", "separated by tabs"),
        (HEADER_2020.replace("Finding Labels", "Befunde") + "\n", "no column 'Finding Labels'.*'Befunde'"),
        (
            HEADER_2020.replace("Finding Labels", "Finding Label") + "\n",
            r"'Finding Labels' \(nearest: 'Finding Label'\)",
        ),
        ("", "is empty"),
        ("\n\n", "no header"),
        (HEADER_2020 + "\n", "the table has no film"),
        ("\0\0\0", "no table of text"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "Data_Entry_2017.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        load("nih", path)


@pytest.mark.requirement("REQ-TABLES")
def test_missing_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is not there"):
        load("nih", tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"looked for Data_Entry_2017_v2020.csv"):
        load("nih", tmp_path)
    with pytest.raises(DataError, match=r"cannot be opened: No such file"):
        load("nih", tmp_path, labels=tmp_path / "labels.csv")


@pytest.mark.parametrize(
    ("codec", "told"),
    [
        ("utf-8", None),
        ("utf-8-sig", "UTF-8 with byte order mark"),
        ("utf-16", "UTF-16"),
        ("latin-1", "latin-1"),
    ],
)
def test_every_encoding_gives_the_same_table_and_is_said(tmp_path: Path, codec: str, told: str | None) -> None:
    plain = load("nih", write(tmp_path))
    text = "\n".join([HEADER_2020 + ",Übersicht", *(row + ",é" for row in ROWS)])
    path = tmp_path / "Data_Entry_2017.csv"
    path.write_bytes(text.encode(codec))
    notes: list[str] = []
    assert load("nih", path, notes=notes).equals(plain)
    assert [told in note for note in notes if "read as" in note] == ([True] if told else [])


def test_a_byte_that_is_not_utf_8_far_into_the_file(tmp_path: Path) -> None:
    path = write(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content + codecs.BOM_UTF8 + b"\xff")
    with pytest.raises(DataError, match="row 5, column 'Image Index'"):
        load("nih", path)


def test_a_gzip_file_cut_short(tmp_path: Path) -> None:
    whole = gzip.compress(("\n".join([HEADER_2020, *ROWS * 50])).encode())
    path = tmp_path / "Data_Entry_2017.csv.gz"
    path.write_bytes(whole[:-20])
    with pytest.raises(DataError, match="cannot be read to its end"):
        load("nih", path)


def test_empty_rows_at_the_end_are_no_films(tmp_path: Path) -> None:
    path = write(tmp_path, [*ROWS, "," * 10, ""])
    assert load("nih", path).height == 3


def test_lists_can_be_left_out_and_no_others_exist(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert load("nih", path, lists=None)["split"].null_count() == 3
    with pytest.raises(DataError, match="no lists called 'mine'"):
        load("nih", path, lists="mine")
