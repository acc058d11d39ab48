"""Choosing a threshold, and saying how far it could have moved."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation import Scored, choose_threshold
from wetread.evaluation.calls.rule import Rule
from wetread.evaluation.calls.threshold import tune

Float = NDArray[np.float64]


def rates(scores: Float, labels: NDArray[np.int64], threshold: float) -> tuple[float, float]:
    """Sensitivity and specificity of calling "present" at and above a threshold."""
    called = scores >= threshold
    return float(called[labels == 1].mean()), float(1 - called[labels == 0].mean())


@st.composite
def labelled(draw: st.DrawFn) -> tuple[Float, NDArray[np.int64]]:
    n = draw(st.integers(2, 30))
    scores = draw(st.lists(st.integers(0, 10), min_size=n, max_size=n))
    labels = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    assume(0 < sum(labels) < n)
    return np.array(scores) / 10, np.array(labels)


def simulated(seed: int = 0, patients: int = 80) -> tuple[Float, NDArray[np.int64], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    label = np.repeat(rng.integers(0, 2, patients), 2)
    scores = 1 / (1 + np.exp(-(1.5 * label - 0.75 + rng.normal(0, 1, 2 * patients))))
    return scores, label, np.repeat(np.arange(patients), 2)


@settings(deadline=None)
@given(labelled())
def test_no_threshold_has_a_larger_sum_of_rates(case: tuple[Float, NDArray[np.int64]]) -> None:
    scores, labels = case
    tried = np.concatenate([np.unique(scores), [1.1]])
    best = max(sum(rates(scores, labels, threshold)) for threshold in tried)
    # Enough copies of each patient that a resample rarely lacks a class.
    copies = 8
    many, twice = np.tile(scores, copies), np.tile(labels, copies)
    chosen = choose_threshold(many, twice, np.arange(len(many)), resamples=10)
    assert (chosen.sensitivity, chosen.specificity) == pytest.approx(rates(many, twice, chosen.score))
    assert chosen.sensitivity + chosen.specificity == pytest.approx(best)


def test_the_threshold_lies_midway_between_the_films_it_parts() -> None:
    scores, labels = [0.1, 0.2, 0.3, 0.7, 0.8, 0.9], [0, 0, 0, 1, 1, 1]
    chosen = choose_threshold(scores * 4, labels * 4, range(24), resamples=20)
    assert chosen.score == pytest.approx(0.5)
    assert (chosen.sensitivity, chosen.specificity) == (1, 1)


def test_films_of_one_score_are_called_together() -> None:
    scores = np.array([0.2, 0.5, 0.5, 0.5, 0.5, 0.9] * 4)
    labels = np.array([0, 0, 1, 1, 1, 1] * 4)
    chosen = choose_threshold(scores, labels, np.arange(24), resamples=20)
    assert 0.2 < chosen.score <= 0.5
    assert chosen.sensitivity == 1
    assert chosen.specificity == 0.5


def test_the_interval_holds_the_choice_and_the_seed_decides() -> None:
    scores, labels, patients = simulated()
    chosen = choose_threshold(scores, labels, patients, resamples=300)
    low, high = chosen.interval
    assert 0 <= low <= chosen.score <= high <= 1
    assert high - low > 0.02
    assert chosen == choose_threshold(scores, labels, patients, resamples=300)
    few = {choose_threshold(scores, labels, patients, resamples=25, seed=seed).interval for seed in range(3)}
    assert len(few) > 1
    assert "Youden" in chosen.rule


def test_more_patients_make_a_narrower_interval() -> None:
    few, many = simulated(patients=40), simulated(patients=2000)
    widths = []
    for scores, labels, patients in (few, many):
        low, high = choose_threshold(scores, labels, patients, resamples=200).interval
        widths.append(high - low)
    assert widths[1] < 0.6 * widths[0]


def test_a_monotone_change_of_scores_calls_the_same_films() -> None:
    scores, labels, patients = simulated(1)
    plain = choose_threshold(scores, labels, patients, resamples=50)
    cubed = choose_threshold(scores**3, labels, patients, resamples=50)
    np.testing.assert_array_equal(scores >= plain.score, scores**3 >= cubed.score)
    assert (plain.sensitivity, plain.specificity) == (cubed.sensitivity, cubed.specificity)


def test_the_order_of_films_does_not_matter() -> None:
    scores, labels, patients = simulated(2)
    order = np.random.default_rng(0).permutation(len(scores))
    one = choose_threshold(scores, labels, patients, resamples=50)
    other = choose_threshold(scores[order], labels[order], patients[order], resamples=50)
    assert one == other


def test_resamples_of_one_class_choose_nothing() -> None:
    """They have no sensitivity: they must leave the interval, not stand in it with a made-up threshold."""
    rng = np.random.default_rng(0)
    # Three positive patients of 60: one resample in twenty holds none. Their scores are far above the others'.
    scores = np.concatenate([rng.uniform(0.1, 0.3, 57), [0.7, 0.8, 0.9], [0.99]])
    labels = np.concatenate([np.zeros(57), np.ones(3), [0]]).astype(int)
    chosen = choose_threshold(scores, labels, np.arange(61), resamples=2000)
    low, high = chosen.interval
    assert low > 0.25
    assert high <= 0.9, "the highest score of a resample without positives is no threshold"


def test_too_few_patients_for_an_interval() -> None:
    with pytest.raises(DataError, match="too few patients for an interval"):
        choose_threshold([0.9, 0.1, 0.2, 0.3], [1, 0, 0, 0], list("abcd"), resamples=200)


@pytest.mark.parametrize(
    ("scores", "labels", "patients"),
    [
        ([0.1, 0.9], [1, 1], ["a", "b"]),
        ([0.1, 0.9], [0, 0], ["a", "b"]),
        ([0.1, np.nan], [0, 1], ["a", "b"]),
        ([0.1, 0.9, 0.4], [0, 1], ["a", "b"]),
        ([0.1, 0.9], [0, 2], ["a", "b"]),
        ([0.1, 0.9], [0, np.nan], ["a", "b"]),
        ([0.1, 1.9], [0, 1], ["a", "b"]),
        ([0.1, 0.9], [0, 1], ["a", "b", "c"]),
        ([], [], []),
    ],
    ids=["all 1", "all 0", "no number", "lengths", "label 2", "label unknown", "beyond 1", "patients", "nothing"],
)
def test_what_has_no_threshold_is_refused(scores: ArrayLike, labels: ArrayLike, patients: ArrayLike) -> None:
    with pytest.raises(DataError, match="a threshold needs"):
        choose_threshold(scores, labels, patients)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ConfigError, match="no threshold rule 'best': choose one of youden"):
        choose_threshold([0.1, 0.9], [0, 1], ["a", "b"], rule="best")


@pytest.mark.parametrize(
    ("rule", "kept"),
    [("sensitivity=0.9", "sensitivity"), ("specificity=0.9", "specificity"), ("f1", None), ("cost=5", None)],
)
def test_every_rule_may_choose_and_says_itself(rule: str, kept: str | None) -> None:
    rng = np.random.default_rng(3)
    labels = rng.uniform(size=300) < 0.4
    scores = np.clip(rng.normal(0.4 + 0.2 * labels, 0.15), 0, 1)
    chosen = choose_threshold(scores, labels, np.arange(300), rule=rule, resamples=100)
    same = tune(
        Scored(np.arange(300).astype(str), np.arange(300).astype(str), labels, scores, True), Rule.of(rule), resamples=1
    )
    assert chosen.score == same.threshold
    assert chosen.rule == str(Rule.of(rule))
    assert kept is None or getattr(chosen, kept) >= 0.9


@pytest.mark.parametrize("rule", ["sensitivity", "youden=0.5", "sensitivity=much", "sensitivity=1.2", "=0.9"])
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(ConfigError):
        Rule.of(rule)
