"""What the guard looked at is told beside what it found: a kind that could not be compared does not pass for clean."""

from __future__ import annotations

import csv
import io

import numpy as np
import polars as pl
import pytest

from truth.films_table import made
from wetread.errors import DataError
from wetread.truth.fingerprints import Prints
from wetread.truth.leak_report import SCHEMA, inspect
from wetread.truth.leaks import BOUND

NOBODY = "0" * 64


def films(count: int, sides: int = 2) -> pl.DataFrame:
    """One film each of so many patients, dealt to the sides in turn."""
    table = made(count + 20).unique("patient_id", maintain_order=True).head(count)
    return table.with_columns(split=pl.Series([f"side{place % sides}" for place in range(count)]))


def test_from_a_table_alone_only_patients_are_compared() -> None:
    report = inspect(films(5))
    assert (report.films, report.sides) == (5, {"side0": 3, "side1": 2})
    assert report.compared == {"patient": 5, "bytes": 0, "pixels": 0, "near": 0}
    told = str(report)
    assert told.count("NOT COMPARED") == 3
    assert "the same patient: none (5 films compared)" in told
    assert "the same pixels: NOT COMPARED, no film was read" in told


def test_films_of_unknown_patients_are_not_said_to_be_compared() -> None:
    flags = pl.Series([["patient-unknown"], ["view-ll", "patient-unknown"], [], []], dtype=pl.List(pl.String))
    table = films(4).with_columns(flags=flags)
    assert inspect(table).compared["patient"] == 2
    assert "the same patient: none (only 2 of 4 films compared)" in str(inspect(table))
    assert "the same patient: NOT COMPARED, no film names its patient" in str(inspect(table.head(2)))


def test_films_that_were_not_read_are_counted_and_named() -> None:
    table = films(4)
    pictures = np.random.default_rng(0).integers(0, 256, (4, 64, 64), np.uint8)
    prints = Prints(pictures, ("a", "", "b", "c"), ("d", "", "e", "f"))
    lost = table["film_id"][1]
    report = inspect(table, prints, unreadable={lost: "it is no picture"})
    assert report.compared == {"patient": 4, "bytes": 3, "pixels": 3, "near": 3}
    assert "the same pixels: none (only 3 of 4 films compared)" in str(report)
    assert f"not readable, and so not compared: 1\n    {lost}: it is no picture" in str(report)
    assert report.leaks == ()


def test_every_pair_is_in_json_and_csv_and_ten_of_a_kind_in_words() -> None:
    table = films(24, sides=2).with_columns(sha256=pl.lit(NOBODY))
    one, other = table.filter(split="side0")["film_id"][0], table.filter(split="side1")["film_id"][0]
    report = inspect(table)
    told = report.to_dict()
    assert (told["schema"], told["bound"]) == (SCHEMA, BOUND)
    assert told["leaks"] == [{"kind": "bytes", "films": (one, other), "sides": ("side0", "side1"), "likeness": 1.0}]
    rows = list(csv.reader(io.StringIO(report.to_csv())))
    assert rows == [
        ["kind", "first", "first_side", "second", "second_side", "likeness"],
        ["bytes", one, "side0", other, "side1", "1.0000"],
    ]
    many = inspect(
        table.with_columns(sha256=pl.lit(None, pl.String), patient_id="p" + (pl.int_range(24) // 2).cast(str))
    )
    assert len(many.leaks) == 12
    assert "the same patient: 12 pairs (24 films compared)" in str(many)
    assert str(many).count(" and 0") == 10
    assert "    and 2 more" in str(many)


@pytest.mark.parametrize("sides", [[None] * 4, ["train"] * 4, ["train", None, None, None]])
def test_one_side_or_none_is_nothing_to_compare(sides: list[str | None]) -> None:
    with pytest.raises(DataError, match="must stand on two sides"):
        inspect(films(4).with_columns(split=pl.Series(sides, dtype=pl.String)))
