"""Leaving the doubtful films unread."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.sets import made_up
from wetread.errors import ConfigError, DataError
from wetread.evaluation.calls.abstention import abstention
from wetread.evaluation.scored import Scored


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 0.9), st.booleans())
def test_rates_among_the_films_read(seed: int, threshold: float, odds: bool) -> None:
    s = made_up(40, seed=seed)
    s = Scored(s.film, s.patient, s.label, s.score, odds)
    found = abstention(s, threshold, steps=10, resamples=5)
    assert found.coverage[0] == 1
    for step in range(found.coverage.size):
        # A score on the band's end may fall on either side of it by rounding: such films are read.
        read = (s.score <= found.below[step] + 1e-12) | (s.score >= found.above[step] - 1e-12)
        called = s.score >= threshold
        assert found.coverage[step] == pytest.approx(read.mean())
        assert found.risk[step] == pytest.approx((called != s.label)[read].mean())
        sick = read & s.label
        assert found.positives_unread[step] == pytest.approx(1 - sick.sum() / s.positives)
        for rate, part, whole in (
            (found.sensitivity, sick & called, sick), (found.specificity, read & ~s.label & ~called, read & ~s.label),
            (found.ppv, sick & called, read & called), (found.npv, read & ~s.label & ~called, read & ~called),
        ):  # fmt: skip
            assert rate[step] == pytest.approx(part.sum() / whole.sum() if whole.any() else np.nan, nan_ok=True)
    assert (np.diff(found.coverage) < 0).all()
    assert found.area_at_best <= found.area.value + 1e-12


def test_a_score_that_knows_its_doubt_does_better_than_chance() -> None:
    s = made_up(1000)
    found = abstention(s, 0.5, resamples=200)
    assert found.area.stated.high < found.area_by_chance
    assert found.area_at_best < found.area.stated.low
    assert found.risk[-10] < found.risk[0]
    noise = Scored(s.film, s.patient, s.label, np.random.default_rng(0).uniform(size=len(s)), True)
    by_lot = abstention(noise, 0.5, resamples=200)
    assert by_lot.area.stated.low < by_lot.area_by_chance < by_lot.area.stated.high


def test_the_interval_is_over_patients() -> None:
    s = made_up(150, films=1)
    four = Scored(
        np.arange(600).astype(str), np.repeat(s.patient, 4), np.repeat(s.label, 4), np.repeat(s.score, 4), True
    )
    one, other = abstention(s, 0.5, resamples=1000), abstention(four, 0.5, resamples=1000)
    assert one.area.value == pytest.approx(other.area.value)
    width = [e.area.stated.high - e.area.stated.low for e in (one, other)]
    assert width[0] == pytest.approx(width[1], rel=0.15)
    assert "resamples of patients" in one.area.stated.method
    assert (one.risk_low[:30] <= one.risk[:30]).all()
    assert (one.risk[:30] <= one.risk_high[:30]).all()


def test_films_of_one_score_are_left_unread_together() -> None:
    s = made_up(100, films=1)
    rounded = Scored(s.film, s.patient, s.label, np.round(s.score, 1), True)
    found = abstention(rounded, 0.45, resamples=5)
    assert found.coverage.size <= 11
    flat = Scored(s.film, s.patient, s.label, np.full(100, 0.3), True)
    assert abstention(flat, 0.45, resamples=5).coverage.tolist() == [1.0]


def test_what_has_no_curve_is_refused() -> None:
    s = made_up()
    with pytest.raises(DataError, match="no abstention curve with one class only"):
        abstention(s.where(s.label), 0.5)
    for arguments in ({"threshold": np.inf}, {"threshold": 0.5, "steps": 1}):
        with pytest.raises(ConfigError, match="a finite threshold and 2 steps"):
            abstention(s, **arguments)
