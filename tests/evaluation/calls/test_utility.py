"""Decision curves: published values, and what no model can beat."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.sets import made_up
from intervals.oracles import FOLDER, oracle
from wetread.errors import ConfigError, DataError
from wetread.evaluation.calls.utility import decision_curve, net_benefit
from wetread.evaluation.scored import Scored


def published() -> Scored:
    rows = list(csv.DictReader((FOLDER / "raw" / "dca_binary.csv").read_text("utf-8").splitlines()))
    names = np.array([row["patientid"] for row in rows])
    label = np.array([row["cancer"] == "TRUE" for row in rows])
    return Scored(names, names, label, np.array([float(row["cancerpredmarker"]) for row in rows]), True, name="dcurves")


def test_oracle_decision_curve_of_750_patients() -> None:
    """dcurves 1.1.7, df_binary, its marker."""
    printed = oracle("dca")
    films = published()
    assert (len(films), films.positives) == (750, 105)
    at = sorted(float(t) for t in printed["net_benefit"])
    found = decision_curve(films, at, resamples=0)
    for place, t in enumerate(at):
        key = f"{t:.2f}"
        assert found.benefit[place] == pytest.approx(printed["net_benefit"][key], abs=1e-12)
        if key in printed["treat_all"]:
            assert found.all_positive[place] == pytest.approx(printed["treat_all"][key], abs=1e-12)
        if key in printed["counts"]:
            assert {"tp": found.tp[place], "fp": found.fp[place]} == printed["counts"][key]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.95))
def test_net_benefit_by_its_definition_and_after_reweighting(seed: int, prevalence: float) -> None:
    s = made_up(40, seed=seed)
    found = decision_curve(s, [0.2, 0.5, 0.7], resamples=0)
    moved = decision_curve(s, [0.2, 0.5, 0.7], prevalence=prevalence, resamples=0)
    for place, t in enumerate((0.2, 0.5, 0.7)):
        called = s.score >= t
        tp, fp = int((called & s.label).sum()), int((called & ~s.label).sum())
        assert found.benefit[place] == pytest.approx(float(net_benefit(tp, fp, len(s), t)))
        odds = t / (1 - t)
        by_rates = prevalence * tp / s.positives - (1 - prevalence) * fp / s.negatives * odds
        assert moved.benefit[place] == pytest.approx(by_rates)
        assert moved.all_positive[place] == pytest.approx(prevalence - (1 - prevalence) * odds)
        assert moved.benefit[place] <= prevalence
    own = decision_curve(s, prevalence=s.prevalence, resamples=0)
    np.testing.assert_allclose(own.benefit, decision_curve(s, resamples=0).benefit)


def test_at_low_thresholds_the_model_is_calling_all() -> None:
    s = made_up()
    found = decision_curve(s, [s.score.min() / 2, 0.5], resamples=100)
    assert found.benefit[0] == pytest.approx(found.all_positive[0])
    assert (found.gain[0], found.gain_low[0], found.gain_high[0]) == (0, 0, 0)
    assert found.avoided[0] == 0


def test_a_useful_model_is_useful_and_noise_is_not() -> None:
    s = made_up(1000, prevalence=0.3)
    found = decision_curve(s, resamples=300)
    first, last = found.useful[0]
    assert 0.02 < first < 0.1 < 0.6 < last < 0.99
    inside = np.any([(found.threshold >= one) & (found.threshold <= end) for one, end in found.useful], axis=0)
    assert (found.gain_low[inside] > 0).all()
    assert (found.gain_low[~inside] <= 0).all()
    noise = Scored(s.film, s.patient, s.label, np.random.default_rng(0).uniform(size=len(s)), True)
    assert decision_curve(noise, resamples=300).useful == ()


def test_bands_are_over_patients() -> None:
    s = made_up(150, films=1)
    four = Scored(
        np.arange(600).astype(str), np.repeat(s.patient, 4), np.repeat(s.label, 4), np.repeat(s.score, 4), True
    )
    one, other = decision_curve(s, [0.3, 0.5], resamples=1500), decision_curve(four, [0.3, 0.5], resamples=1500)
    np.testing.assert_allclose(one.benefit, other.benefit)
    np.testing.assert_allclose(one.high - one.low, other.high - other.low, rtol=0.1)
    assert (one.low < one.benefit).all()
    assert (one.benefit < one.high).all()
    assert one.method == "pointwise percentiles over 1500 resamples of patients"


def test_arrays_are_read_only() -> None:
    found = decision_curve(made_up(), [0.5], resamples=10)
    with pytest.raises(ValueError, match="read-only"):
        found.benefit[0] = 1


def test_few_positives_have_no_band() -> None:
    s = made_up(30, films=1).where(np.r_[0:30])
    label = np.zeros(30, bool)
    label[0] = True
    found = decision_curve(Scored(s.film, s.patient, label, s.score, True), [0.5], prevalence=0.1, resamples=200)
    assert np.isnan(found.low).all()
    assert "without an answer" in found.method
    assert found.useful == ()


def test_what_has_no_decision_curve_is_refused() -> None:
    s = made_up()
    with pytest.raises(DataError, match="not called probabilities"):
        decision_curve(Scored(s.film, s.patient, s.label, s.score))
    with pytest.raises(DataError, match="no net benefit with one class only"):
        decision_curve(s.where(~s.label))
    for at in ([0.0], [1.0], [], [np.nan], [20]):
        with pytest.raises(ConfigError, match=r"one in ten is 0\.1"):
            decision_curve(s, at)
    with pytest.raises(ConfigError, match="a prevalence lies between"):
        decision_curve(s, prevalence=5)
