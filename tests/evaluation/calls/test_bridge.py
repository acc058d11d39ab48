"""The threshold of a new version that keeps what the old one did."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.sets import made_up
from wetread.errors import ConfigError, DataError
from wetread.evaluation.calls.applied import apply
from wetread.evaluation.calls.bridge import bridge
from wetread.evaluation.scored import Scored

OLD = made_up(150, seed=3)


def version(seed: int, noise: float = 0.6) -> Scored:
    """Another version's scores of the same films, in another order."""
    rng = np.random.default_rng(seed)
    odds = np.log(OLD.score / (1 - OLD.score)) + rng.normal(0, noise, len(OLD)) + 0.5 * OLD.label
    mixed = rng.permutation(len(OLD))
    new = Scored(OLD.film, OLD.patient, OLD.label, 1 / (1 + np.exp(-odds)), True, name="new version")
    return new.where(mixed)


@pytest.mark.requirement("REQ-VERSION-BRIDGE")
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(0.2, 0.8), st.sampled_from(["sensitivity", "specificity"]))
def test_the_rate_is_kept_and_by_no_more_than_needed(seed: int, threshold: float, keep: str) -> None:
    new = version(seed)
    found = bridge(OLD, new, threshold, keep=keep, resamples=20)
    rate = {"sensitivity": lambda s, t: (s.score[s.label] >= t).mean(),
            "specificity": lambda s, t: (s.score[~s.label] < t).mean()}[keep]  # fmt: skip
    old, cut = rate(OLD, threshold), found.threshold.value
    assert rate(new, cut) >= old
    called, spared = new.score[new.score >= cut], new.score[new.score < cut]
    past = np.nextafter(called.min(), 2) if keep == "sensitivity" else spared.max()
    assert rate(new, past) < old
    assert found.kept.value == pytest.approx(rate(new, cut) - old)


@pytest.mark.requirement("REQ-VERSION-BRIDGE")
def test_calls_that_change_are_counted() -> None:
    new = version(5)
    found = bridge(OLD, new, 0.5, resamples=50)
    gained = found.hits_gained - found.hits_lost
    assert gained / OLD.positives == pytest.approx(found.sensitivity.value - found.old_sensitivity.value)
    assert (found.alarms_cleared - found.alarms_gained) / OLD.negatives == pytest.approx(found.gained.value)
    assert found.gained.value == pytest.approx(found.specificity.value - found.old_specificity.value)


def test_the_same_scores_need_no_other_threshold() -> None:
    found = bridge(OLD, OLD, 0.5, resamples=200)
    assert found.hits_gained == found.hits_lost == found.alarms_gained == 0
    assert (found.kept.value, found.kept.stated.low, found.kept.stated.high) == (0, 0, 0)
    monotone = Scored(OLD.film, OLD.patient, OLD.label, OLD.score**2, True)
    assert bridge(OLD, monotone, 0.5, resamples=200).threshold.value == pytest.approx(
        found.threshold.value**2, abs=0.01
    )


def test_the_interval_is_over_patients_and_narrows_with_them() -> None:
    few, many = made_up(60, seed=4), made_up(1500, seed=4)
    widths = []
    for old in (few, many):
        rng = np.random.default_rng(0)
        noise = np.exp(rng.normal(0, 0.5, len(old)))
        new = Scored(old.film, old.patient, old.label, old.score / (old.score + noise * (1 - old.score)), True)
        found = bridge(old, new, 0.5, resamples=200)
        widths.append(found.threshold.high - found.threshold.low)
        assert found.threshold.low <= found.threshold.value <= found.threshold.high
        assert "resamples of patients" in found.threshold.method
    assert widths[1] < 0.5 * widths[0]


def test_other_patients_differ_by_what_the_interval_says() -> None:
    """The new threshold on many other patients: the sensitivities differ by an amount that the interval holds."""
    held = 0
    for seed in range(40):
        films = made_up(1100, films=1, seed=seed)
        rng = np.random.default_rng(seed)
        odds = np.log(films.score / (1 - films.score)) + rng.normal(0, 0.8, len(films))
        new = Scored(films.film, films.patient, films.label, 1 / (1 + np.exp(-odds)), True)
        here, away = np.arange(1100) < 300, np.arange(1100) >= 300
        found = bridge(films.where(here), new.where(here), 0.5, resamples=200)
        cut = found.threshold.value
        sick = away & films.label
        truth = (new.score[sick] >= cut).mean() - (films.score[sick] >= 0.5).mean()
        slack = 2 / np.sqrt(sick.sum()) * 0.5
        held += found.kept.stated.low - slack <= truth <= found.kept.stated.high + slack
    assert held >= 35


def test_the_result_goes_on_to_a_test_on_other_patients() -> None:
    found = bridge(OLD, version(6), 0.5, resamples=50)
    test = made_up(100, seed=9, start=5000)
    assert apply(found.tuned, test, tuning=OLD, resamples=20).worth.threshold == found.threshold.value
    assert "keeps the sensitivity" in found.tuned.rule


def test_what_has_no_bridge_is_refused() -> None:
    new = version(7)
    with pytest.raises(DataError, match="not the same films"):
        bridge(OLD, new.where(np.arange(10)), 0.5)
    turned = Scored(new.film, new.patient, ~new.label, new.score, True)
    with pytest.raises(DataError, match="300 films have another label or patient"):
        bridge(OLD, turned, 0.5)
    with pytest.raises(DataError, match="one class only"):
        bridge(OLD.where(OLD.label), OLD.where(OLD.label), 0.5)
    with pytest.raises(ConfigError, match="keeps sensitivity or specificity, not 'F1'"):
        bridge(OLD, new, 0.5, keep="F1")
    with pytest.raises(ConfigError, match="needs a threshold"):
        bridge(OLD, new, float("nan"))
