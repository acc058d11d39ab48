"""How films are divided: nobody on two sides, each side like the whole, and the official lists as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truth.films_table import made
from wetread.collections import load
from wetread.errors import ConfigError, DataError, LeakError
from wetread.truth.divide import SHARES, official_split, split_by_patient
from wetread.truth.split import Split


def sides_of(split: Split) -> dict[str, str]:
    return dict(split.films.select("film_id", "side").rows())


@pytest.mark.requirement("REQ-SPLIT")
@settings(max_examples=25, deadline=None)
@given(st.integers(3, 80), st.integers(0, 99), st.sampled_from([("label",), ("label", "view", "age_band", "sex"), ()]))
def test_no_patient_is_ever_parted(patients: int, seed: int, strata: tuple[str, ...]) -> None:
    table = made(patients, seed)
    split = split_by_patient(table, seed=seed, strata=strata)
    placed = split.apply(table)
    assert placed["split"].null_count() == 0
    assert placed.group_by("patient_id").agg(pl.col("split").n_unique())["split"].max() == 1
    assert sum(side.films for side in split.sides.values()) == table.height
    counts = [side.patients for side in split.sides.values()]
    assert np.abs(np.array(counts) - patients * np.array(list(SHARES.values()))).max() <= 1.5


def test_each_side_is_like_the_whole() -> None:
    table = made(4000)
    split = split_by_patient(table, seed=3)
    whole = float(table["label"].mean())
    for name, side in split.sides.items():
        assert side.films / table.height == pytest.approx(SHARES[name], abs=0.01)
        assert side.prevalence == pytest.approx(whole, abs=0.015)
    per_patient = [side.films / side.patients for side in split.sides.values()]
    assert max(per_patient) / min(per_patient) < 1.05


def test_a_seed_is_a_split_and_the_order_of_rows_is_none() -> None:
    table = made().with_columns(view=pl.lit("PA"))
    first = split_by_patient(table, seed=1)
    assert sides_of(first) == sides_of(split_by_patient(table, seed=1))
    assert sides_of(first) != sides_of(split_by_patient(table, seed=2))
    assert sides_of(first) == sides_of(split_by_patient(table.sample(fraction=1, shuffle=True, seed=5), seed=1))


def test_the_balanced_sample_is_of_the_training_side() -> None:
    table = made()
    split = split_by_patient(table, balanced=True)
    chosen = table.filter(pl.col("film_id").is_in(split.balanced))
    assert chosen["label"].sum() * 2 == chosen.height == 2 * split.sides["train"].positives
    assert {sides_of(split)[film] for film in split.balanced} == {"train"}
    assert split_by_patient(table).balanced == []
    with pytest.raises(DataError, match="one kind is missing"):
        split_by_patient(table.with_columns(label=pl.lit(value=False)), balanced=True)


@pytest.mark.requirement("REQ-SPLIT")
def test_copies_keep_their_patients_together() -> None:
    table = made(40)
    films = table.unique("patient_id", maintain_order=True)["film_id"].to_list()
    same = pl.when(pl.col("film_id").is_in(films[:12])).then(pl.lit("a" * 64))
    split = split_by_patient(table.with_columns(sha256=same), together=[(films[11], films[20]), (films[20], films[21])])
    sides = sides_of(split)
    assert len({sides[film] for film in [*films[:12], films[20], films[21]]}) == 1
    assert len(set(sides.values())) == 3
    with pytest.raises(DataError, match="film nowhere, which is to stay"):
        split_by_patient(table, together=[("nowhere", films[0])])


@pytest.mark.parametrize("shares", [{"train": 1.0}, {"a": 0.5, "b": 0.4}, {"a": 1.2, "b": -0.2}, {"a": 0.0, "b": 1.0}])
def test_shares_that_are_none(shares: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="sum to 1"):
        split_by_patient(made(10), shares=shares)


def test_what_cannot_be_divided() -> None:
    with pytest.raises(ConfigError, match="found 'hospital'"):
        split_by_patient(made(10), strata=["hospital"])
    with pytest.raises(DataError, match="3 sides need at least as many patients; the table has 2"):
        split_by_patient(made(2))
    with pytest.raises(DataError, match="no film to divide"):
        split_by_patient(made(2).clear())


def test_unlabelled_films_are_counted_and_not_positive() -> None:
    table = made(60).with_columns(label=pl.when(pl.col("view") == "PA").then("label"))
    split = split_by_patient(table)
    assert sum(side.unlabelled for side in split.sides.values()) == table["label"].null_count()
    nobody = split_by_patient(table.with_columns(label=pl.lit(None, pl.Boolean)))
    assert [side.prevalence for side in nobody.sides.values()] == [None] * 3


# --------------------------------------------------------------------------------------------------- official lists


def test_the_official_lists_of_nih(shared_data: Path) -> None:
    table = load("nih", shared_data / "labels")
    split = official_split(table)
    assert (split.name, split.rule["whole"]) == ("nih-official", True)
    assert official_split(table.filter(pl.col("patient_id") == "1")).rule["whole"] is False
    assert {name: (side.films, side.patients, side.positives) for name, side in split.sides.items()} == {
        "train_val": (86_524, 28_008, 876),
        "test": (25_596, 2797, 555),
    }
    tuned = official_split(table, tune=0.1, balanced=True)
    assert tuned.sides["test"] == split.sides["test"]
    assert tuned.sides["tune"].films == pytest.approx(8652, rel=0.03)
    assert tuned.sides["tune"].prevalence == pytest.approx(876 / 86_524, rel=0.05)
    assert len(tuned.balanced) == 2 * tuned.sides["train"].positives


@pytest.mark.requirement("REQ-SPLIT")
def test_an_official_split_that_parts_a_patient_is_refused() -> None:
    table = made(20).with_columns(
        split=pl.when(pl.col("film_id") == "00001").then(pl.lit("test")).otherwise(pl.lit("train"))
    )
    parted = table.with_columns(patient_id=pl.lit("one"))
    with pytest.raises(LeakError, match=r"1 patient stands on two sides, .* films 00000 \(train\) and 00001 \(test\)"):
        official_split(parted)


def test_official_lists_that_are_not_there() -> None:
    table = made(20)
    with pytest.raises(DataError, match="have no side in the collection's own split"):
        official_split(table)
    with pytest.raises(ConfigError, match="no training side"):
        official_split(table.with_columns(split=pl.lit("val")), tune=0.1)
    with pytest.raises(ConfigError, match=r"tune is a share .* found 0"):
        official_split(table, tune=0.0)


def test_a_balanced_sample_of_official_lists_is_of_their_training_side() -> None:
    table = made(60).with_columns(
        split=pl.when(pl.col("patient_id") < "p3").then(pl.lit("train_val")).otherwise(pl.lit("test"))
    )
    split = official_split(table.with_columns(collection=pl.lit("csv")), balanced=True)
    assert split.name == "csv-own"
    assert {sides_of(split)[film] for film in split.balanced} == {"train_val"}
    assert len(split.balanced) == 2 * split.sides["train_val"].positives
    with pytest.raises(DataError, match=r"training side .train or train_val., and there is none"):
        official_split(table.with_columns(split=pl.lit("test")), balanced=True)
