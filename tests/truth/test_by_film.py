"""What a split by film would leak: the expected share against draws, by hand, and on NIH."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from wetread.collections import load
from wetread.errors import ConfigError
from wetread.truth.by_film import image_level_leak


def counts(*each: int) -> NDArray[np.int64]:
    return np.array(each, np.int64)


def test_by_hand() -> None:
    assert image_level_leak(counts(1, 1, 1, 1, 1), 1) == 0
    assert image_level_leak(counts(5), 1) == 1
    assert image_level_leak(counts(5), 5) == 0, "nobody is left in training"
    # Two of four films are drawn: that the other film of the pair is the second is one in three.
    assert image_level_leak(counts(2, 1, 1), 2) == pytest.approx(0.5 * (1 - 1 / 3))
    # Three films cannot all be among two.
    assert image_level_leak(counts(3, 1), 2) == pytest.approx(3 / 4)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=12), st.floats(0.1, 0.9), st.integers(0, 99))
def test_it_is_the_mean_of_draws(each: list[int], share: float, seed: int) -> None:
    owner = np.repeat(np.arange(len(each)), each)
    n, dice = len(owner), np.random.default_rng(seed)
    size = max(1, round(share * n))
    drawn = np.argsort(dice.random((3000, n)), axis=1) < size
    outside = np.stack([(~drawn & (owner == one)).any(axis=1) for one in range(len(each))], axis=1)
    leaked = (drawn & outside[:, owner]).sum(axis=1) / size
    # Four standard errors, and a little for shares that hardly vary.
    allowed = 4 * leaked.std() / np.sqrt(3000) + 1e-9
    assert image_level_leak(np.array(each), size) == pytest.approx(leaked.mean(), abs=allowed + 0.002)


@pytest.mark.parametrize("size", [0, -1, 3])
def test_a_test_side_that_cannot_be_drawn(size: int) -> None:
    with pytest.raises(ConfigError, match="1 to 2 films"):
        image_level_leak(counts(1, 1), size)
    with pytest.raises(ConfigError):
        image_level_leak(counts(), 1)


def test_ten_million_films_of_one_patient_and_of_many() -> None:
    assert image_level_leak(counts(10_000_000), 2_000_000) == pytest.approx(1)
    many = np.full(2_500_000, 4, np.int64)
    assert image_level_leak(many, 2_000_000) == pytest.approx(1 - 0.2**3, abs=1e-5)


def test_a_split_by_film_leaks_82_percent_of_nih(shared_data: Path) -> None:
    patients = load("nih", shared_data / "labels")["patient_id"].cast(pl.Int64).to_numpy()
    expected = image_level_leak(np.bincount(patients), round(0.2 * len(patients)))
    dice = np.random.default_rng(0)
    test = dice.permutation(len(patients)) < round(0.2 * len(patients))
    drawn = np.isin(patients[test], patients[~test]).mean()
    assert expected == pytest.approx(0.8265, abs=0.0001)
    assert drawn == pytest.approx(expected, abs=0.005)
