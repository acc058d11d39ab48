"""Score to probability, prevalence to prevalence."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.calibration import Calibration, logit, restate, sigmoid
from wetread.errors import ConfigError

SHARES = st.floats(0.01, 0.99)
PROBABILITIES = st.floats(0.001, 0.999)


@settings(deadline=None)
@given(PROBABILITIES)
def test_logit_and_sigmoid_undo_each_other(probability: float) -> None:
    assert sigmoid(logit(probability)) == pytest.approx(probability, rel=1e-9)
    assert logit(1 - probability) == pytest.approx(-logit(probability), abs=1e-9)


@pytest.mark.parametrize("value", [-1e6, -800.0, -40.0, 0.0, 40.0, 800.0, 1e6])
def test_sigmoid_never_overflows(value: float) -> None:
    assert 0 <= sigmoid(value) <= 1
    assert sigmoid(value) + sigmoid(-value) == pytest.approx(1)


def test_the_ends_have_finite_log_odds() -> None:
    assert logit(0.0) == pytest.approx(math.log(1e-7), rel=1e-6)
    assert logit(1.0) == pytest.approx(-math.log(1e-7), rel=1e-6)


@settings(deadline=None)
@given(PROBABILITIES, SHARES)
def test_the_same_prevalence_changes_nothing(probability: float, prevalence: float) -> None:
    assert restate(probability, prevalence, prevalence) == pytest.approx(probability, rel=1e-9)


@pytest.mark.requirement("REQ-PROBABILITY")
@settings(deadline=None)
@given(PROBABILITIES, SHARES, SHARES)
def test_restating_back_undoes_it(probability: float, first: float, second: float) -> None:
    assert restate(restate(probability, first, second), second, first) == pytest.approx(probability, rel=1e-6)


@settings(deadline=None)
@given(PROBABILITIES, SHARES, SHARES, SHARES)
def test_restating_twice_is_restating_once(probability: float, first: float, second: float, third: float) -> None:
    by_steps = restate(restate(probability, first, second), second, third)
    assert by_steps == pytest.approx(restate(probability, first, third), rel=1e-6)


@pytest.mark.requirement("REQ-PROBABILITY")
@settings(deadline=None)
@given(SHARES, SHARES, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_bayes_by_hand(prevalence: float, other: float, sensitivity: float, false_alarms: float) -> None:
    """A test with known rates: its predictive value at one prevalence becomes that at the other."""

    def predictive_value(share: float) -> float:
        return sensitivity * share / (sensitivity * share + false_alarms * (1 - share))

    assert restate(predictive_value(prevalence), prevalence, other) == pytest.approx(predictive_value(other), rel=1e-6)


def test_a_hand_computed_case() -> None:
    # 60 % at 1 in 3 are odds 1.5 on prior odds 0.5: a likelihood ratio of 3. On 1 in 100 that is 3/99 in odds.
    assert restate(0.6, 1 / 3, 0.01) == pytest.approx((3 / 99) / (1 + 3 / 99))


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), SHARES, SHARES)
def test_restating_keeps_the_order(first: float, second: float, prevalence: float, other: float) -> None:
    low, high = sorted((first, second))
    assert restate(low, prevalence, other) <= restate(high, prevalence, other)
    assert 0 <= restate(low, prevalence, other) <= 1


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1.5, math.nan])
def test_a_share_lies_between_none_and_all(share: float) -> None:
    with pytest.raises(ConfigError, match="a prevalence lies between 0 and 1"):
        restate(0.5, share, 0.5)
    with pytest.raises(ConfigError, match="a new prevalence lies between 0 and 1"):
        restate(0.5, 0.5, share)


@settings(deadline=None)
@given(PROBABILITIES)
def test_slope_one_and_no_intercept_is_the_score_itself(score: float) -> None:
    assert Calibration(1.0, 0.0, 0.3).probability(score) == pytest.approx(score, rel=1e-9)


@pytest.mark.requirement("REQ-PROBABILITY")
@settings(deadline=None)
@given(st.floats(0.05, 5), st.floats(-5, 5), st.floats(0, 1), st.floats(0, 1), SHARES)
def test_a_higher_score_is_never_a_lower_probability(
    slope: float, intercept: float, first: float, second: float, prevalence: float
) -> None:
    calibration = Calibration(slope, intercept, 0.25)
    low, high = sorted((first, second))
    assert 0 <= calibration.probability(low) <= calibration.probability(high) <= 1
    assert calibration.probability(low, prevalence) <= calibration.probability(high, prevalence)


def test_a_prevalence_is_restated_after_calibrating() -> None:
    calibration = Calibration(1.3, -0.4, 0.29)
    plain = calibration.probability(0.7)
    assert calibration.probability(0.7, 0.29) == pytest.approx(plain)
    assert calibration.probability(0.7, 0.013) == pytest.approx(restate(plain, 0.29, 0.013))
    assert calibration.probability(0.7, 0.013) < plain < calibration.probability(0.7, 0.6)


@pytest.mark.requirement("REQ-NO-FALSE-CERTAINTY")
@pytest.mark.parametrize("score", [0.0, 1.0])
def test_the_surest_scores_stay_probabilities(score: float) -> None:
    probability = Calibration(3.0, 2.0, 0.2).probability(score, 0.001)
    assert 0 < probability < 1


@pytest.mark.requirement("REQ-PROBABILITY")
@pytest.mark.parametrize(
    ("slope", "intercept", "prevalence"),
    [
        (0.0, 0.0, 0.5),
        (-1.0, 0.0, 0.5),
        (math.nan, 0.0, 0.5),
        (math.inf, 0.0, 0.5),
        (1.0, math.nan, 0.5),
        (1.0, math.inf, 0.5),
        (1.0, 0.0, 0.0),
        (1.0, 0.0, 1.0),
        (1.0, 0.0, math.nan),
    ],
)
def test_what_is_no_calibration_is_refused(slope: float, intercept: float, prevalence: float) -> None:
    with pytest.raises(ConfigError, match="a calibration"):
        Calibration(slope, intercept, prevalence)
