"""Shares and odds ratios over patients: right where films are independent, honest where they are not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.intervals import bootstrap, proportion
from wetread.intervals import odds_ratio as woolf
from wetread.intervals.cluster import odds_ratio, share


def test_with_one_film_a_patient_it_is_the_logit_interval() -> None:
    n = 400
    y = (np.arange(n) < 37).astype(np.int64)
    found, plain = share(y, np.ones(n, np.int64)), proportion(37, n, method="logit")
    assert found is not None
    assert found.value == plain.value
    assert found.low == pytest.approx(plain.low, rel=2e-3)
    assert found.high == pytest.approx(plain.high, rel=2e-3)


@settings(deadline=None)
@given(st.integers(2, 60), st.integers(1, 6), st.integers(0, 2**31))
def test_copies_of_the_films_teach_nothing(patients: int, copies: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 6, patients)
    y = rng.binomial(n, 0.3)
    once, often = share(y, n), share(y * copies, n * copies)
    assert once is not None
    assert often is not None
    assert (often.low, often.high) == pytest.approx((once.low, once.high), rel=1e-9)
    assert once.low <= once.value <= once.high


def test_it_agrees_with_the_bootstrap_over_patients() -> None:
    rng = np.random.default_rng(1)
    n = rng.integers(1, 9, 500)
    y = rng.binomial(n, rng.beta(0.5, 2, 500))
    found = share(y, n)
    drawn = bootstrap(lambda w: (w @ y) / (w @ n), np.arange(500), resamples=2000)
    assert found is not None
    assert found.low == pytest.approx(drawn.low, abs=0.006)
    assert found.high == pytest.approx(drawn.high, abs=0.006)


@pytest.mark.parametrize(("y", "low", "high"), [(0, 0.0, 0.3085), (1, 0.6915, 1.0)])
def test_none_or_all_is_exact_over_patients(y: int, low: float, high: float) -> None:
    found = share(np.full(10, y * 7), np.full(10, 7))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)
    assert "over patients" in found.method


def test_one_patient_says_nothing_and_no_film_less() -> None:
    one = share(np.array([3]), np.array([8]))
    assert one is not None
    assert (one.low, one.high) == (0.0, 1.0)
    assert share(np.zeros(3, np.int64), np.zeros(3, np.int64)) is None


def test_an_odds_ratio_of_independent_films_is_woolfs() -> None:
    cells = {(1, 1): 30, (0, 1): 70, (1, 0): 50, (0, 0): 450}
    first = np.concatenate([np.full(k, x) for (x, _), k in cells.items()])
    second = np.concatenate([np.full(k, z) for (_, z), k in cells.items()])
    found = odds_ratio(first & second, first, second, np.ones(600, np.int64))
    plain = woolf([[30, 70], [50, 450]])
    assert found is not None
    assert found.value == pytest.approx(plain.value)
    assert math.log(found.high / found.low) == pytest.approx(math.log(plain.high / plain.low), rel=2e-3)


def test_an_empty_cell_gets_a_half_and_an_empty_row_no_answer() -> None:
    one = np.ones(20, np.int64)
    first, second = (np.arange(20) < 5).astype(np.int64), (np.arange(20) >= 12).astype(np.int64)
    found = odds_ratio(first & second, first, second, one)
    plain = woolf([[0, 8], [5, 7]])
    assert found is not None
    assert found.value == pytest.approx(plain.value)
    assert math.log(found.high / found.low) == pytest.approx(math.log(plain.high / plain.low), rel=0.05)
    assert odds_ratio(one * 0, first, one * 0, one) is None
