"""The bootstrap of any weighted statistic."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.intervals import bootstrap, patient_weights
from wetread.intervals import resampling as module
from wetread.intervals.resampling import resampled

Float = NDArray[np.float64]
AGES = np.array([50.0, 60, 70, 80, 90, 61])
PATIENTS = list("aabccd")


def mean_age(weights: Float) -> Float:
    return weights @ AGES / weights.sum(axis=1)


def test_a_statistic_sees_the_weights_of_whole_patients() -> None:
    found = bootstrap(mean_age, PATIENTS, resamples=400, seed=5)
    moved = mean_age(patient_weights(PATIENTS, resamples=400, seed=5))
    assert found.value == pytest.approx(AGES.mean())
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(moved, (2.5, 97.5))))
    assert "patients" in found.method
    narrow = bootstrap(mean_age, PATIENTS, resamples=400, seed=5, level=0.5)
    assert found.low < narrow.low < narrow.high < found.high
    assert narrow.level == 0.5


def test_memory_is_bounded_and_the_numbers_do_not_depend_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bootstrap(mean_age, PATIENTS, resamples=400, seed=5)
    rows: list[int] = []

    def counting(weights: Float) -> Float:
        rows.append(len(weights))
        return mean_age(weights)

    monkeypatch.setattr(module, "_AT_ONCE", 100)
    assert bootstrap(counting, PATIENTS, resamples=400, seed=5) == whole
    assert max(rows) <= 100 // len(PATIENTS)


def test_a_paired_difference_is_narrower_than_its_parts() -> None:
    rng = np.random.default_rng(0)
    own, noise = rng.normal(0, 1, 80), rng.normal(0, 0.1, 80)
    patients = np.arange(80)

    def paired(weights: Float) -> Float:
        return (weights @ (own + noise) - weights @ own) / weights.sum(axis=1)

    difference = bootstrap(paired, patients, resamples=300)
    alone = bootstrap(lambda w: w @ own / w.sum(axis=1), patients, resamples=300)
    assert difference.high - difference.low < 0.3 * (alone.high - alone.low)


def test_several_statistics_come_from_the_same_resamples() -> None:
    value, moved = resampled(lambda w: np.stack([mean_age(w), 2 * mean_age(w)], axis=1), PATIENTS, resamples=50, seed=1)
    assert value.shape == (2,)
    assert moved.shape == (50, 2)
    np.testing.assert_allclose(moved[:, 1], 2 * moved[:, 0])


def test_what_has_no_interval_is_refused() -> None:
    with pytest.raises(DataError, match="at least one resample"):
        bootstrap(mean_age, PATIENTS, resamples=0)
    with pytest.raises(DataError, match="one number for each row"):
        bootstrap(lambda w: np.ones((len(w), 2)), PATIENTS, resamples=10)
    with pytest.raises(DataError, match="too few patients"):
        bootstrap(lambda w: np.full(len(w), np.nan), PATIENTS, resamples=10)
    with pytest.raises(DataError, match="no value on the films themselves"):
        bootstrap(lambda w: np.where(len(w) == 1, np.nan, mean_age(w)), PATIENTS, resamples=10)
