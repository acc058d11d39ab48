"""Splits by patient: nobody on two sides, each side like the whole, and a saved split that can prove itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.collections import list_hash, load
from wetread.collections.schema import finish
from wetread.errors import AlteredError, ConfigError, DataError, LeakError
from wetread.truth.splits import SHARES, Split, image_level_leak, official_split, split_by_patient


def made(patients: int = 300, seed: int = 0, prevalence: float = 0.2) -> pl.DataFrame:
    """A table in which patients with many films are ill more often, as in life."""
    dice = np.random.default_rng(seed)
    each = np.minimum(dice.geometric(0.3, patients), 30)
    owner = np.repeat(np.arange(patients), each)
    chance = np.clip(prevalence * each / each.mean(), 0, 0.9)
    rows = pl.DataFrame(
        {
            "film_id": [f"{place:05}" for place in range(len(owner))],
            "patient_id": [f"p{one}" for one in owner],
            "label": dice.random(len(owner)) < chance[owner],
            "age_years": dice.uniform(0, 95, patients)[owner],
            "sex": np.where(dice.random(patients) < 0.4, "F", "M")[owner],
            "view": np.where(dice.random(len(owner)) < 0.4, "AP", "PA"),
        }
    )
    return finish(rows.lazy().with_columns(collection=pl.lit("made"), label_source=pl.lit("dice"))).collect()


def sides_of(split: Split) -> dict[str, str]:
    return dict(split.films.select("film_id", "side").rows())


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


# ----------------------------------------------------------------------------------------------------- saved splits


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
    facts.write_text("[]", encoding="utf-8")
    with pytest.raises(DataError, match="not a split of the kind"):
        Split.load(tmp_path)
    facts.unlink()
    with pytest.raises(DataError, match="holds no split"):
        Split.load(tmp_path)


def test_a_split_refuses_a_table_whose_patients_it_parts() -> None:
    table = made(30)
    split = split_by_patient(table)
    with pytest.raises(LeakError, match="patient of train and tune"):
        split.apply(table.with_columns(patient_id=pl.lit("one")))
    unknown = split.apply(table.with_columns(film_id="x" + pl.col("film_id")))
    assert unknown["split"].null_count() == table.height


# --------------------------------------------------------------------------------------------------- official lists


def test_the_official_lists_of_nih(shared_data: Path) -> None:
    table = load("nih", shared_data / "labels")
    split = official_split(table)
    assert split.name == "nih-official"
    assert {name: (side.films, side.patients, side.positives) for name, side in split.sides.items()} == {
        "train_val": (86_524, 28_008, 876),
        "test": (25_596, 2797, 555),
    }
    tuned = official_split(table, tune=0.1, balanced=True)
    assert tuned.sides["test"] == split.sides["test"]
    assert tuned.sides["tune"].films == pytest.approx(8652, rel=0.03)
    assert tuned.sides["tune"].prevalence == pytest.approx(876 / 86_524, rel=0.05)
    assert len(tuned.balanced) == 2 * tuned.sides["train"].positives


def test_an_official_split_that_parts_a_patient_is_refused() -> None:
    table = made(20).with_columns(
        split=pl.when(pl.col("film_id") == "00001").then(pl.lit("test")).otherwise(pl.lit("train"))
    )
    parted = table.with_columns(patient_id=pl.lit("one"))
    with pytest.raises(LeakError, match="1 patients stand on two sides, one of them with the films 00000"):
        official_split(parted)


def test_official_lists_that_are_not_there() -> None:
    table = made(20)
    with pytest.raises(DataError, match="have no side in the collection's own split"):
        official_split(table)
    with pytest.raises(ConfigError, match="tune is a share"):
        official_split(table.with_columns(split=pl.lit("val")), tune=0.1)


# ------------------------------------------------------------------------------------------------- splits by film


def test_a_split_by_film_leaks_82_percent_of_nih(shared_data: Path) -> None:
    patients = load("nih", shared_data / "labels")["patient_id"].cast(pl.Int64).to_numpy()
    expected = image_level_leak([str(patient) for patient in patients])
    dice = np.random.default_rng(0)
    test = dice.permutation(len(patients)) < round(0.2 * len(patients))
    drawn = np.isin(patients[test], patients[~test]).mean()
    assert expected == pytest.approx(0.8265, abs=0.0001)
    assert drawn == pytest.approx(expected, abs=0.005)


def test_nobody_leaks_who_has_one_film() -> None:
    assert image_level_leak(["a", "b", "c", "d", "e"]) == 0
    assert image_level_leak(["a"] * 5) == 1
    assert image_level_leak(["a", "a", "b", "c"], test=0.5) == pytest.approx(0.5 * (1 - 1 / 3))
    with pytest.raises(ConfigError, match="films on both sides"):
        image_level_leak(["a", "b"], test=0.0)
