"""Two tables of the same films."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from wetread.collections import differences, list_hash, load
from wetread.collections.schema import finish
from wetread.errors import DataError


def table(rows: list[tuple[str, list[str] | None]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={"film_id": pl.String, "findings": pl.List(pl.String)}, orient="row")
    named = frame.with_columns(
        patient_id=pl.lit("1"),
        collection=pl.lit("c"),
        label_source=pl.lit("x"),
        label=pl.col("findings").list.contains("P"),
    )
    return finish(named.lazy()).collect()


def test_what_is_gained_and_lost() -> None:
    first = table([("a", ["P", "Q"]), ("b", []), ("c", None), ("d", ["P"]), ("e", None)])
    second = table([("e", None), ("d", []), ("c", ["P"]), ("b", ["Q"]), ("a", ["Q", "P"]), ("f", [])])
    told = differences(first, second, names=("old", "new"))
    assert told.films == (5, 6, 5)
    assert [(one.film_id, one.gained, one.lost) for one in told.relabelled] == [
        ("b", ("Q",), ()),
        ("c", ("P",), ()),
        ("d", (), ("P",)),
    ]
    assert (told.label_gained, told.label_lost) == (("c",), ("d",))
    assert told.differing["findings"] == 3
    assert told.differing["patient_id"] == 0
    assert told.list_sha256 == list_hash("abcde")
    assert json.loads(json.dumps(told.to_dict()))["relabelled"][2]["lost"] == ["P"]
    text = told.to_text()
    assert "The findings of 3 films differ; 1 are positive in new only, 1 in old only." in text
    assert "d: -P" in text


def test_a_table_is_like_itself() -> None:
    one = table([("a", ["P"]), ("b", None)])
    told = differences(one, one.reverse())
    assert (told.relabelled, set(told.differing.values())) == ((), {0})
    assert "Other columns, films that differ: none." in told.to_text()


def test_a_long_list_is_cut_in_words_only() -> None:
    told = differences(table([(f"{n:02}", []) for n in range(30)]), table([(f"{n:02}", ["Q"]) for n in range(30)]))
    assert "and 10 more" in told.to_text()
    assert len(told.to_dict()["relabelled"]) == 30


def test_nothing_in_common() -> None:
    with pytest.raises(DataError, match="no film in common"):
        differences(table([("a", [])]), table([("b", [])]))


def test_the_sample_of_the_course_against_the_table_of_2020(shared_data: Path) -> None:
    sample = load("nih-sample", shared_data / "labels")
    whole = load("nih", shared_data / "labels")
    told = differences(sample, whole, names=("sample_labels.csv", "Data_Entry_2017_v2020.csv"))
    assert told.films == (5606, 112_120, 5606)
    assert len(told.relabelled) == told.differing["findings"] == 10
    assert all(not change.lost for change in told.relabelled)
    assert len(told.label_gained) == 4
    assert told.label_lost == ()
    assert (told.differing["sex"], told.differing["view"]) == (0, 0)
