"""Films as codes: nothing is lost, order does not matter, and a table that is none is told."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cohort.films_table import fair, sick, table
from wetread.cohort import films as module
from wetread.cohort.films import coded
from wetread.errors import DataError


def test_films_keep_what_the_table_says() -> None:
    films = coded(
        table(
            {"patient_id": "10", "age_years": None, "sex": None, "view": None, "follow_up": None},
            sick("Mass", patient_id="9", sex="M", view="AP", age_years=3.5),
            {"patient_id": "9", "findings": None, "label": None, "flags": ["age-implausible"]},
        )
    )
    assert films.patient.tolist() == [1, 0, 0]  # 9 before 10: ids are numbers here
    assert films.label.tolist() == [0, 1, -1]
    assert np.isnan(films.age[0])
    assert films.age[1] == 3.5
    assert films.sex.tolist() == [-1, 1, 0]
    assert films.view.tolist() == [-1, 1, 0]
    assert films.follow_up.tolist() == [-1, 0, 0]
    assert films.clear.tolist() == [True, False, False]
    assert films.told.tolist() == [True, True, False]
    assert films.others().tolist() == [0, 1, 0]
    assert films.names == ("Mass",)
    assert films.label_names == ("Pneumonia",)
    assert films.implausible == 1
    assert films.size.tolist() == [5_000_000] * 3


def test_ids_that_are_no_numbers_are_ordered_as_text() -> None:
    assert coded(table(*({"patient_id": name} for name in ("b9", "b10", "a")))).patient.tolist() == [2, 1, 0]


def test_a_finding_on_exactly_the_positive_films_is_the_label() -> None:
    films = coded(table({"label": True, "findings": ["Lung Opacity"]}, {"label": False, "findings": ["Other"]}))
    assert films.label_names == ("Lung Opacity",)
    assert films.names == ("Other",)


def test_batches_and_lazy_tables_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fair(60)
    once = coded(whole)
    monkeypatch.setattr(module, "_AT_ONCE", 7)
    for other in (coded(whole), coded(whole.lazy())):
        for name in ("patient", "label", "age", "sex", "view", "follow_up", "said", "source", "size"):
            np.testing.assert_array_equal(getattr(once, name), getattr(other, name))
        assert other.sets == once.sets


def test_some_of_the_films_are_numbered_anew() -> None:
    films = coded(fair(30))
    kept = films.patient % 3 == 1
    some = films.of(kept)
    assert some.patients == 10
    assert set(some.patient.tolist()) == set(range(10))
    assert len(some) == int(kept.sum())


@pytest.mark.parametrize("column", ["patient_id", "age_years", "sex", "view", "findings", "label", "collection"])
def test_a_missing_column_is_named(column: str) -> None:
    with pytest.raises(DataError, match=column):
        coded(table({}).drop(column))


def test_a_column_of_another_type_is_told() -> None:
    with pytest.raises(DataError, match="not of the types"):
        coded(table({}).with_columns(age_years=pl.lit("old")))


def test_a_film_without_a_patient_is_told() -> None:
    with pytest.raises(DataError, match="patient_id"):
        coded(table({"patient_id": None}))


def test_an_empty_table_is_told() -> None:
    with pytest.raises(DataError, match="no films"):
        coded(table({}).head(0))
