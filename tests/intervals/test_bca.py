"""BCa intervals and the jackknife behind them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import bootstrap as scipy_bootstrap

from wetread.errors import DataError
from wetread.intervals import bca as module
from wetread.intervals import patient_weights
from wetread.intervals.bca import bca_interval, jackknife

Float = NDArray[np.float64]
SKEWED = np.random.default_rng(3).exponential(2.0, 60)


def variance(weights: Float) -> Float:
    mean = weights @ SKEWED / weights.sum(axis=1)
    return weights @ SKEWED**2 / weights.sum(axis=1) - mean**2


def made(level: float = 0.95) -> tuple[float, Float, Float, float]:
    patients = np.arange(SKEWED.size)
    return (
        float(variance(np.ones((1, SKEWED.size)))[0]),
        variance(patient_weights(patients, resamples=10_000, seed=1)),
        jackknife(variance, patients),
        level,
    )


def test_it_is_scipys_interval() -> None:
    value, drawn, left_out, _ = made()
    for level in (0.8, 0.95):
        found = bca_interval(value, drawn, left_out, level=level)
        theirs = scipy_bootstrap(
            (SKEWED,), np.var, confidence_level=level, n_resamples=10_000, method="BCa", rng=np.random.default_rng(0)
        ).confidence_interval
        assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), rel=0.04)
        assert (found.value, found.level, found.method) == (value, level, "BCa over resampled patients")
    # The percentiles alone would be told apart from it.
    assert np.percentile(drawn, 97.5) < 0.9 * bca_interval(value, drawn, left_out).high


def test_without_bias_and_skewness_it_is_the_percentile_interval() -> None:
    drawn = np.linspace(-1, 1, 2001)
    found = bca_interval(0.0, drawn, np.array([-1.0, 0, 1]))
    assert (found.low, found.high) == pytest.approx((-0.95, 0.95), abs=1e-9)


def test_both_corrections_move_the_limits_where_they_should() -> None:
    drawn = np.linspace(-1, 1, 2001)
    biased = bca_interval(0.2, drawn, np.zeros(5))  # most resamples below the value: limits go up
    assert biased.low > -0.95
    assert biased.high > 0.95
    # Without one unit the statistic falls by much, without any other it rises a little: skewed to the right.
    skewed = bca_interval(0.0, drawn, np.array([-3.0, 1, 1, 1]))
    assert skewed.low > -0.95
    assert skewed.high > 0.95


def test_resamples_without_an_answer_are_left_out_and_ties_count_by_halves() -> None:
    drawn = np.concatenate([np.linspace(-1, 1, 2001), np.full(100, np.nan)])
    assert bca_interval(0.0, drawn, np.array([-1.0, np.nan, 1])).low == pytest.approx(-0.95, abs=1e-9)
    stepped = np.repeat([0.0, 0.5, 1.0], [100, 800, 100])
    assert bca_interval(0.5, stepped, np.zeros(3)).low == 0.0


def test_groups_give_the_acceleration_of_single_units() -> None:
    """Sums over groups of a skewed influence keep its third moment: n times that of one unit."""
    rng = np.random.default_rng(2)
    influence = rng.exponential(1, 40_000) - 1
    single = module._acceleration(-influence)
    grouped = module._acceleration(-influence.reshape(2000, 20).sum(axis=1))
    assert single == pytest.approx(2 / 6 / np.sqrt(40_000), rel=0.1)
    assert grouped == pytest.approx(single, abs=1e-3)


def test_the_jackknife_leaves_one_patient_out_with_all_films(monkeypatch: pytest.MonkeyPatch) -> None:
    ages, patients = np.array([50.0, 60, 70, 90]), ["b", "a", "a", "c"]

    def mean(weights: Float) -> Float:
        assert len(weights) <= 2
        return weights @ ages / weights.sum(axis=1)

    monkeypatch.setattr(module, "_AT_ONCE", 8)
    np.testing.assert_allclose(jackknife(mean, patients), [70, 220 / 3, 60])


def test_what_has_no_bca_interval_is_refused() -> None:
    with pytest.raises(DataError, match="to one side of the value 2"):
        bca_interval(2.0, np.linspace(-1, 1, 100), np.zeros(3))
    with pytest.raises(DataError, match="too large for it"):
        bca_interval(0.999, np.linspace(-1, 1, 4001), np.append(np.ones(5000), -1.0), level=0.9999)
    with pytest.raises(DataError, match="too few patients"):
        bca_interval(0.0, np.array([np.nan, 0.0, 1.0, -1.0]), np.zeros(3))
    with pytest.raises(DataError, match="there are 1"):
        jackknife(variance, ["a"] * SKEWED.size)
