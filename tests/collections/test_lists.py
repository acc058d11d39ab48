"""The official lists as compact facts: what they say, and that they can disprove a table."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetread.collections.lists import list_hash, official
from wetread.errors import DataError


def test_the_facts_are_small_and_whole() -> None:
    lists = official()
    assert (lists.patients, int(lists.is_test.sum())) == (30_805, 2797)
    assert lists.films == {"all": 112_120, "train_val": 86_524, "test": 25_596}
    assert len((files("wetread.collections") / "nih_official.json").read_bytes()) < 20_000
    assert not lists.is_test[0]
    with pytest.raises(ValueError, match="read-only"):
        lists.is_test[1] = True


def test_each_patient_has_a_side() -> None:
    sides = official().sides()
    assert sides.height == 30_805
    assert sides["split"].value_counts().sort("split").rows() == [("test", 2797), ("train_val", 28_008)]


@pytest.mark.requirement("REQ-COLLECTIONS")
def test_a_table_of_another_size_is_not_proven() -> None:
    assert official().prove(pl.DataFrame({"film_id": ["00000001_000.png"], "split": ["train_val"]})) is False


@pytest.mark.requirement("REQ-COLLECTIONS")
def test_a_whole_table_with_other_films_is_refused() -> None:
    films = pl.DataFrame({"film_id": [str(n) for n in range(112_120)]})
    with pytest.raises(DataError, match="not the official list"):
        official().prove(films.with_columns(split=pl.lit("train_val")))


@given(st.lists(st.text(alphabet="abc0", min_size=1), unique=True, min_size=1, max_size=8), st.randoms())
def test_a_list_has_one_hash_in_any_order(films: list[str], chance: object) -> None:
    shuffled = [films[place] for place in np.random.default_rng(len(films)).permutation(len(films))]
    assert list_hash(films) == list_hash(shuffled)
    assert list_hash(films) != list_hash([*films, "another"])
