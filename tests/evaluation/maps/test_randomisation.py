"""Maps beside those of random weights."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from wetread.errors import DataError
from wetread.evaluation.maps.randomisation import sanity
from wetread.evaluation.record import plain

PATIENTS = [str(k // 2) for k in range(20)]


def made(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(20, 9, 9))


def test_the_same_maps_are_alike_and_others_are_not() -> None:
    same = sanity(made(0), made(0), PATIENTS, resamples=100)
    assert (same.correlation.value, same.similarity.value) == (pytest.approx(1), pytest.approx(1))
    other = sanity(made(0), made(1), PATIENTS, resamples=100)
    assert abs(other.correlation.value) < 0.08
    assert other.similarity.value < 0.3
    assert other.correlation.low < other.correlation.value < other.correlation.high
    assert (other.films, other.patients, other.flat) == (20, 10, 0)


def test_the_correlation_is_spearmans() -> None:
    first, second = made(0).round(1), (0.5 * made(0) + made(1)).round(1)
    found = sanity(first, second, PATIENTS, resamples=10)
    expected = [spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(first, second, strict=True)]
    assert found.correlation.value == pytest.approx(np.mean(expected))


@pytest.mark.requirement("REQ-HONESTY")
def test_a_map_that_is_the_same_for_everybody_is_told() -> None:
    common = 3 * made(5)[:1]
    found = sanity(common + made(0), made(1), PATIENTS, resamples=50)
    assert found.between_films is not None
    assert found.between_films.value > 0.8
    apart = sanity(made(0), made(1), PATIENTS, resamples=50)
    assert apart.between_films is not None
    assert abs(apart.between_films.value) < 0.1
    assert sanity(made(0), made(1), ["one"] * 20, resamples=50).between_films is None


@given(st.integers(0, 2**31))
@settings(deadline=None, max_examples=15)
def test_it_is_symmetric_and_only_the_order_counts_for_the_correlation(seed: int) -> None:
    first, second = made(seed), made(seed + 1) + made(seed)
    forth, back = sanity(first, second, PATIENTS, resamples=10), sanity(second, first, PATIENTS, resamples=10)
    assert forth.correlation.value == pytest.approx(back.correlation.value)
    assert forth.similarity.value == pytest.approx(back.similarity.value)
    bent = sanity(np.exp(first), second, PATIENTS, resamples=10)
    assert bent.correlation.value == pytest.approx(forth.correlation.value)
    scaled = sanity(5 * first - 3, second, PATIENTS, resamples=10)
    assert scaled.similarity.value == pytest.approx(forth.similarity.value)


def test_flat_maps_are_left_out_and_counted() -> None:
    first = made(0)
    first[:3] = 1.0
    found = sanity(first, made(1), PATIENTS, resamples=20)
    assert (found.films, found.flat) == (17, 3)
    assert json.dumps(plain(found))


def test_what_cannot_be_answered_is_refused() -> None:
    with pytest.raises(DataError, match="no film of 20 has two maps that vary"):
        sanity(made(0) * 0, made(1), PATIENTS)
    with pytest.raises(DataError, match="two maps and a patient a film"):
        sanity(made(0), made(1)[:, :4], PATIENTS)
    with pytest.raises(DataError, match="two maps and a patient a film"):
        sanity(made(0), made(1), PATIENTS[:3])
    with pytest.raises(DataError, match="finite numbers"):
        sanity(made(0)[0], made(1)[0], PATIENTS)
