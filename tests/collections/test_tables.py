"""CSV files as they come: what is found in them, and that nothing is read before it must be."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from wetread.collections.schema import COLUMNS, OLDEST, age_expressions, finish, validate
from wetread.collections.tables import ROW, Rule, check, collect, open_table
from wetread.errors import DataError
from wetread.radiograph.age import OLDEST as OLDEST_ON_FILM


def write(folder: Path, text: str) -> Path:
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    source = open_table(write(tmp_path, 'a,b\n1,"x\ny"\n2,z\n'), {"a": ()})
    assert collect(source, source.rows).rows() == [(2, "1", "x\ny"), (3, "2", "z")]
    assert source.rows.collect_schema().names()[0] == ROW


def test_a_column_is_known_by_its_other_spelling(tmp_path: Path) -> None:
    source = open_table(write(tmp_path, "file,b\nx,y\n"), {"film_id": ("file",)}, {"view": ("b",)})
    assert source.columns == ("film_id", "view")
    assert source.spelled == {"film_id": "file", "view": "b"}


@pytest.mark.requirement("REQ-TABLES")
def test_a_mistake_is_told_in_the_files_own_words(tmp_path: Path) -> None:
    source = open_table(write(tmp_path, "file\nx\n"), {"film_id": ("file",)})
    with pytest.raises(DataError, match="row 2, column 'file': found 'x', expected better"):
        check(source, source.rows, [Rule("film_id", pl.col("film_id") == "x", "better")])


def test_the_first_of_many_mistakes_is_told(tmp_path: Path) -> None:
    source = open_table(write(tmp_path, "a,b\n1,1\n2,0\n0,2\n"), {})
    rules = [Rule("a", pl.col("a") == "0", "more"), Rule("b", pl.col("b") == "0", "more")]
    with pytest.raises(DataError, match="row 3, column 'b'"):
        check(source, source.rows, rules)


def test_nameless_and_repeated_columns_keep_their_place(tmp_path: Path) -> None:
    source = open_table(write(tmp_path, "a,,a\n1,2,3\n"), {"a": ()})
    assert source.columns == ("a", "column#2", "a#3")


def test_the_spelling_that_is_asked_for_wins(tmp_path: Path) -> None:
    source = open_table(write(tmp_path, "film_id,file\n1,2\n"), {"film_id": ("file",)})
    assert source.columns == ("film_id#1", "film_id")
    assert collect(source, source.rows.select("film_id")).item() == "2"


@pytest.mark.parametrize("rows", ["1\n2,3\n", "2,3\n1\n", "1\n2\n"])
def test_short_rows_are_filled(tmp_path: Path, rows: str) -> None:
    source = open_table(write(tmp_path, "a,b\n" + rows), {"a": ()})
    found = collect(source, source.rows)
    assert sorted(found["a"]) == ["1", "2"]
    assert found["b"].null_count() == (2 if "3" not in rows else 1)


@pytest.mark.requirement("REQ-TABLES")
@pytest.mark.parametrize(("rows", "row"), [("1,2,3\n", 2), ("1,2\n1,2,3\n", 3)])
def test_long_rows_are_told(tmp_path: Path, rows: str, row: int) -> None:
    source = open_table(write(tmp_path, "a,b\n" + rows), {"a": ()})
    with pytest.raises(DataError, match=f"row {row}: found 3 cells, expected 2"):
        collect(source, source.rows)


def test_an_unclosed_quote_is_told(tmp_path: Path) -> None:
    source = open_table(write(tmp_path, 'a,b\n"1,2\n3,4\n5,6\n'), {"a": ()})
    with pytest.raises(DataError, match=r"t\.csv, row 2, column 'b'|is a quote not closed"):
        check(source, source.rows, [Rule("b", pl.col("b").is_null(), "a value")])


def test_ages_with_units() -> None:
    frame = pl.DataFrame({"age": ["57", "057Y", "013M", "2W", "005D", " 40 ", "411Y", "-1", "x", None, "121"]})
    years, implausible, unreadable = age_expressions("age")
    found = frame.select(years=years, implausible=implausible, unreadable=unreadable)
    assert found["years"].to_list()[:2] == [57.0, 57.0]
    assert found["years"].to_list()[2:6] == pytest.approx([13 / 12, 14 / 365.2425, 5 / 365.2425, 40])
    assert found["years"].to_list()[6:] == [None] * 5
    assert [place for place, bad in enumerate(found["implausible"]) if bad] == [6, 7, 10]
    assert [place for place, bad in enumerate(found["unreadable"]) if bad] == [8]


def test_the_oldest_age_is_that_of_films() -> None:
    assert OLDEST == OLDEST_ON_FILM


def table(**changed: object) -> pl.DataFrame:
    row = {"film_id": "a", "patient_id": "1", "collection": "csv", "label_source": "none"} | changed
    return finish(pl.DataFrame([row], strict=False).lazy()).collect()


def test_finish_gives_every_column() -> None:
    assert list(table().schema.items()) == list(COLUMNS.items())
    assert table()["flags"].to_list() == [[]]


@pytest.mark.requirement("REQ-TABLES")
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (table().drop("view"), "no column 'view'"),
        (table().with_columns(rows=pl.lit("9")), "column 'rows': found the type String, expected Int32"),
        (table().with_columns(age=pl.lit(1)), "column 'age' is none of a table of films"),
        (table(patient_id=None), "row 2, column 'patient_id': found None, expected a value"),
        (table(view="OBLIQUE"), "row 2, column 'view': found 'OBLIQUE', expected one of PA"),
        (table(sex="f"), "row 2, column 'sex': found 'f'"),
        (table(age_years=200.0), "row 2, column 'age_years': found 200.0, expected 0 to 120"),
        (pl.concat([table(), table()]), "row 3, column 'film_id': found 'a', expected each film once"),
        (table().clear(), "no film"),
    ],
)
def test_a_table_that_breaks_the_schema(wrong: pl.DataFrame, told: str) -> None:
    with pytest.raises(DataError, match=told):
        validate(wrong, "here.csv")


def test_readers_columns_are_kept() -> None:
    assert "reader_class" in validate(table().with_columns(reader_class=pl.lit("Normal")), "here.csv").columns
