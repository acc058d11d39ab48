"""The shortcut audit: silent where nothing gives the label away, loud where something does."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cohort.films_table import fair
from wetread.cohort import audit as module
from wetread.cohort.audit import ALARM, Audit, audit
from wetread.cohort.films import coded
from wetread.cohort.shortcuts import crude_baseline
from wetread.collections import load
from wetread.errors import DataError


def audited(table: pl.DataFrame, **options: object) -> Audit:
    found = audit(coded(table), resamples=300, **options)  # type: ignore[arg-type]
    assert found is not None
    return found


def ringing(found: Audit) -> set[str]:
    return {suspect.name for suspect in found.suspects if suspect.rings}


@pytest.mark.requirement("REQ-SHORTCUT-ALARM")
@pytest.mark.parametrize("seed", range(4))
def test_it_is_silent_where_nothing_tells(seed: int) -> None:
    found = audited(fair(700, seed=seed))
    assert not found.alarm
    assert ringing(found) == set()


PLANTED = {
    "view": pl.when("label").then(pl.lit("AP")).otherwise("view").alias("view"),
    "sex": pl.when("label").then(pl.lit("M")).otherwise("sex").alias("sex"),
    "age": pl.when("label").then(pl.lit(5.0)).otherwise("age_years").alias("age_years"),
    "source": pl.when("label").then(pl.lit("hospital A")).otherwise(pl.lit("hospital B")).alias("collection"),
    "missing metadata": pl.when("label").then(None).otherwise("view").alias("view"),
    "patient-id band": pl.when("label")
    .then("1" + pl.col("patient_id").str.zfill(6))
    .otherwise("patient_id")
    .alias("patient_id"),
    "size of the original": pl.when("label").then(3000).otherwise("rows").cast(pl.Int32).alias("rows"),
}


@pytest.mark.requirement("REQ-SHORTCUT-ALARM")
@pytest.mark.parametrize("name", PLANTED)
def test_it_rings_for_what_was_planted(name: str) -> None:
    found = audited(fair(400).with_columns(PLANTED[name]))
    assert found.alarm
    assert {name, "all metadata together"} <= ringing(found)
    assert all(suspect.surely > ALARM for suspect in found.suspects if suspect.rings)


def test_crude_statistics_are_a_suspect_of_the_films_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "crude_baseline", partial(crude_baseline, trees=30))
    table = fair(300)
    films = coded(table)
    measured = np.arange(len(films)) % 5 > 0
    rng = np.random.default_rng(0)
    crude = rng.normal(size=(int(measured.sum()), 9)) + films.positive[measured, None] * 2.0
    found = audited(table, crude=crude, measured=measured)
    assert "crude pixel statistics" in ringing(found)
    assert found.films == len(films)
    assert {suspect.films for suspect in found.suspects if suspect.name == "crude pixel statistics"} == {measured.sum()}
    fairly = audited(table, crude=rng.normal(size=crude.shape), measured=measured)
    assert "crude pixel statistics" not in ringing(fairly)


def test_it_rings_on_the_shared_films(shared_data: Path) -> None:
    folder = shared_data / "nih_384"
    columns = {
        "film_id": "file", "label": "pneumonia", "age_years": "age", "sex": "sex", "view": "view",
        "follow_up": "follow_up", "patient_id": "patient_id", "findings": "finding_labels",
    }  # fmt: skip
    found = audited(load("csv", folder, labels=folder / "index.csv", columns=columns))
    assert found.alarm
    assert {"patient-id band", "all metadata together"} <= ringing(found)


def test_the_same_seed_gives_the_same_audit() -> None:
    table = fair(200)
    assert audited(table, seed=3) == audited(table, seed=3)


def test_a_large_table_is_sampled_by_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_PATIENTS", 150)
    found = audited(fair(400))
    assert found.sampled
    assert found.patients == 150


def test_too_few_patients_of_one_kind_give_no_audit() -> None:
    assert audit(coded(fair(40, share=0.05))) is None


def test_crude_statistics_need_their_films() -> None:
    films = coded(fair(30))
    with pytest.raises(DataError, match="one row for each film measured"):
        audit(films, crude=np.zeros((3, 9)))
    with pytest.raises(DataError, match="one row for each film measured"):
        audit(films, crude=np.zeros((3, 9)), measured=np.ones(len(films), bool))
