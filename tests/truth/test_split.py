"""A saved split comes back as it was, proves itself, and refuses a table that it does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from truth.films_table import made
from wetread.collections import list_hash
from wetread.errors import AlteredError, DataError, LeakError
from wetread.truth.divide import split_by_patient
from wetread.truth.split import Split, refuse_parted


def test_a_saved_split_comes_back(tmp_path: Path) -> None:
    split = split_by_patient(made(), balanced=True, seed=4)
    split.save(tmp_path / "s")
    again = Split.load(tmp_path / "s")
    assert again.films.equals(split.films)
    assert (again.rule, again.sides, again.balanced) == (split.rule, split.sides, split.balanced)
    facts = json.loads((tmp_path / "s" / "split.json").read_text("utf-8"))
    assert facts["list_sha256"] == list_hash(made()["film_id"])
    assert facts["rule"]["seed"] == 4
    assert "p1" not in (tmp_path / "s" / "split.json").read_text("utf-8")


@pytest.mark.requirement("REQ-SPLIT")
def test_a_saved_split_that_was_changed_is_refused(tmp_path: Path) -> None:
    split = split_by_patient(made())
    split.save(tmp_path)
    films, facts = tmp_path / "films.csv", tmp_path / "split.json"
    text = films.read_text("utf-8")
    films.write_text(text.replace("00000,train", "00000,test").replace("00000,tune", "00000,test"), encoding="utf-8")
    with pytest.raises(AlteredError, match="not the list of films"):
        Split.load(tmp_path)
    films.write_text(text, encoding="utf-8")
    facts.write_text(facts.read_text("utf-8").replace(split.sides["test"].list_sha256, "0" * 64), encoding="utf-8")
    with pytest.raises(AlteredError, match="the films of test"):
        Split.load(tmp_path)
    for missing in ("films_csv_sha256", "sides", "name"):
        split.save(tmp_path)
        told = json.loads(facts.read_text("utf-8"))
        del told[missing]
        facts.write_text(json.dumps(told), encoding="utf-8")
        with pytest.raises(DataError, match="lacks what a split must tell"):
            Split.load(tmp_path)
    facts.write_text("[]", encoding="utf-8")
    with pytest.raises(DataError, match="not a split of the kind"):
        Split.load(tmp_path)
    facts.unlink()
    with pytest.raises(DataError, match="holds no split"):
        Split.load(tmp_path)


def test_a_split_refuses_a_table_whose_patients_it_parts() -> None:
    table = made(30)
    split = split_by_patient(table)
    with pytest.raises(
        LeakError, match=r"by-patient on this table: 1 patient stands on two sides, one of them with the films 0"
    ):
        split.apply(table.with_columns(patient_id=pl.lit("one")))
    unknown = split.apply(table.with_columns(film_id="x" + pl.col("film_id")))
    assert unknown["split"].null_count() == table.height
    placed = split.placed(table.with_columns(patient_id=pl.lit("one")))
    assert placed["split"].n_unique() == 3, "what the guard looks at is not refused"


def test_a_parted_patient_is_told_by_films() -> None:
    rows = [("c", "SECRET", "test"), ("b", "SECRET", "train"), ("a", "SECRET", "train"), ("d", "x", "train")]
    films = pl.DataFrame(rows, schema=["film_id", "patient_id", "side"], orient="row")
    with pytest.raises(LeakError, match=r"mine: 1 patient stands .* films a \(train\) and c \(test\)") as caught:
        refuse_parted(films, "mine")
    assert "SECRET" not in str(caught.value)
    assert refuse_parted(films.filter(side="train"), "mine") is None
