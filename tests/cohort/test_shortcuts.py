"""What gives a label away without looking at the lungs, and that it is learnt out of fold."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from wetread.cohort import crude_baseline as whole_forest
from wetread.cohort import crude_statistics
from wetread.cohort.shortcuts import CRUDE_NAMES
from wetread.errors import DataError
from wetread.intervals import auroc

Float = NDArray[np.float64]
crude_baseline = partial(whole_forest, trees=50)  # quicker, and all that is asked here


def statistic(pixels: NDArray[np.float32], name: str) -> float:
    return float(crude_statistics(pixels)[CRUDE_NAMES.index(name)])


def test_an_even_picture() -> None:
    found = crude_statistics(np.full((20, 30), 0.25, np.float32))
    assert found.shape == (9,)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, [0.25, 0, 0, 0, 0, 0, 0.25, 0.25, 0.25])


def test_a_ramp_has_one_gradient() -> None:
    down = np.repeat(np.linspace(0, 1, 101, dtype=np.float32)[:, None], 40, axis=1)
    assert statistic(down, "row gradient") == pytest.approx(0.01, abs=1e-6)
    assert statistic(down, "column gradient") == 0
    assert statistic(down.T, "row gradient") == 0
    assert statistic(down.T, "column gradient") == pytest.approx(0.01, abs=1e-6)
    assert statistic(down, "5th percentile") == pytest.approx(0.05, abs=1e-6)
    assert statistic(down, "median") == pytest.approx(0.5, abs=1e-6)
    assert statistic(down, "95th percentile") == pytest.approx(0.95, abs=1e-6)


def test_shares_of_dark_and_bright() -> None:
    picture = np.full((10, 10), 0.5, np.float32)
    picture[:3] = 0.05
    picture[9] = 0.95
    assert statistic(picture, "dark share") == pytest.approx(0.3)
    assert statistic(picture, "bright share") == pytest.approx(0.1)
    assert statistic(picture, "mean") == pytest.approx((30 * 0.05 + 60 * 0.5 + 10 * 0.95) / 100, abs=1e-6)
    assert statistic(picture, "standard deviation") == pytest.approx(float(picture.std()), abs=1e-6)


def brightness(mean: Float, seed: int = 0) -> Float:
    rng = np.random.default_rng(seed)
    return np.array([crude_statistics(rng.normal(m, 0.05, (12, 12)).clip(0, 1).astype(np.float32)) for m in mean])


@pytest.mark.requirement("REQ-SHORTCUT-ALARM")
def test_a_label_of_brightness_is_found() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 120)
    scores = crude_baseline(brightness(0.4 + 0.2 * labels), labels, np.arange(120) % 3)
    assert auroc(scores, labels)[0] > 0.99


@pytest.mark.requirement("REQ-SHORTCUT-ALARM")
def test_a_label_of_chance_is_not() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 240)
    scores = crude_baseline(brightness(rng.uniform(0.3, 0.7, 240)), labels, np.arange(240) % 3)
    assert auroc(scores, labels)[0] == pytest.approx(0.5, abs=0.12)


@pytest.mark.requirement("REQ-SHORTCUT-ALARM")
def test_a_film_is_never_scored_by_a_forest_that_has_seen_its_patient() -> None:
    """Each patient has a grey level of its own and a label of chance: only who knows the patient knows the label."""
    rng = np.random.default_rng(2)
    patients = np.repeat(np.arange(40), 8)
    labels = rng.integers(0, 2, 40)[patients]
    statistics = brightness(np.linspace(0.05, 0.95, 40)[rng.permutation(40)][patients])
    by_patient = crude_baseline(statistics, labels, patients % 4)
    assert auroc(by_patient, labels)[0] < 0.7
    # The same films with folds that cut through patients: the leak that the folds above prevent.
    leaky = crude_baseline(statistics, labels, np.arange(len(patients)) % 4)
    assert auroc(leaky, labels)[0] > 0.9


def test_a_film_s_own_label_does_not_reach_its_score() -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 60)
    statistics, fold = brightness(rng.uniform(0.3, 0.7, 60)), np.arange(60) % 3
    scores = crude_baseline(statistics, labels, fold)
    turned = labels.copy()
    turned[fold == 0] = 1 - turned[fold == 0]
    np.testing.assert_array_equal(crude_baseline(statistics, turned, fold)[fold == 0], scores[fold == 0])


def test_the_forest_is_seeded() -> None:
    rng = np.random.default_rng(4)
    labels, statistics = rng.integers(0, 2, 40), rng.uniform(size=(40, 9))
    fold = np.arange(40) % 2
    one = crude_baseline(statistics, labels, fold, seed=1)
    np.testing.assert_array_equal(one, crude_baseline(statistics, labels, fold, seed=1))
    assert (one != crude_baseline(statistics, labels, fold, seed=2)).any()
    assert ((one >= 0) & (one <= 1)).all()


def test_folds_of_one_class_teach_that_class() -> None:
    labels, fold = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(crude_baseline(np.zeros((6, 9)), labels, fold), [1, 1, 1, 0, 0, 0])


def test_one_fold_is_refused() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1])
    with pytest.raises(DataError, match="at least 2 folds"):
        crude_baseline(np.zeros((6, 9)), labels, np.zeros(6, np.int64))
