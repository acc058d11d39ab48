"""Bounds under label errors: no truth that fits leaves them, some truth reaches them, and simulated ones are recovered."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.errors import ConfigError, DataError
from wetread.evaluation.record import plain
from wetread.evaluation.scored import Scored
from wetread.evaluation.scrutiny.noise import Reference, label_errors
from wetread.intervals import auroc


def films(label: np.ndarray, score: np.ndarray) -> Scored:
    names = np.arange(len(label)).astype(str)
    return Scored(names, names, label, score, name="made films")


def simulated(seed: int = 0, n: int = 40_000) -> tuple[Scored, np.ndarray, np.ndarray, Reference]:
    """Labels of a sensitivity of 0.85 and a specificity of 0.9 that know nothing of the score; the truth beside them."""
    rng = np.random.default_rng(seed)
    sick = rng.random(n) < 0.3
    score = 1.4 * sick + rng.normal(size=n)
    label = rng.random(n) < np.where(sick, 0.85, 0.1)
    return films(label, score), sick, score, Reference.from_rates(0.85, 0.9, float(label.mean()))


@pytest.mark.requirement("REQ-LABEL-NOISE")
def test_independent_errors_are_undone() -> None:
    scored, sick, score, reference = simulated()
    found = label_errors(scored, reference, threshold=0.7, resamples=20)
    assert found.auroc.apparent < 0.78
    assert found.auroc.independent == pytest.approx(auroc(score, sick)[0], abs=0.01)
    assert found.sensitivity is not None
    assert found.specificity is not None
    assert found.sensitivity.independent == pytest.approx((score[sick] >= 0.7).mean(), abs=0.015)
    assert found.specificity.independent == pytest.approx((score[~sick] < 0.7).mean(), abs=0.015)
    assert found.prevalence == pytest.approx(0.3, abs=0.01)
    for each in (found.auroc, found.sensitivity, found.specificity):
        assert each.lowest <= each.low < each.independent < each.high <= each.highest


@pytest.mark.requirement("REQ-LABEL-NOISE")
@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**31), st.integers(2, 5), st.integers(2, 5), st.data())
def test_bounds_are_those_of_every_truth_that_fits(
    seed: int, positives: int, negatives: int, data: st.DataObject
) -> None:
    """Every choice of the mislabelled films, by brute force: none leaves the bounds, and the extremes reach them."""
    wrong_up, wrong_down = data.draw(st.integers(0, positives - 1)), data.draw(st.integers(0, negatives - 1))
    reference_sum = (positives - wrong_up) / positives + (negatives - wrong_down) / negatives
    if reference_sum <= 1:
        return
    rng = np.random.default_rng(seed)
    label = np.repeat([True, False], [positives, negatives])
    score = rng.integers(0, 6, label.size) / 5
    reference = Reference(1 - wrong_up / positives, 1 - wrong_down / negatives)
    areas, hits, passed = [], [], []
    for up in itertools.combinations(range(positives), wrong_up):
        for down in itertools.combinations(range(positives, label.size), wrong_down):
            truth = label.copy()
            truth[list(up + down)] = ~truth[list(up + down)]
            areas.append(float(auroc(score, truth)[0]))
            hits.append((score[truth] >= 0.5).mean())
            passed.append((score[~truth] < 0.5).mean())
    # One patient's film in every resample would be needed for more: the draw is not what is tested here.
    found = label_errors(doubled(label, score), reference, threshold=0.5, resamples=1, seed=1)
    assert found.sensitivity is not None
    assert found.specificity is not None
    for each, truths in ((found.auroc, areas), (found.sensitivity, hits), (found.specificity, passed)):
        assert (each.low, each.high) == (pytest.approx(min(truths)), pytest.approx(max(truths)))


def doubled(label: np.ndarray, score: np.ndarray) -> Scored:
    """The films under one patient, so that every resample is the films themselves."""
    return Scored(np.arange(len(label)).astype(str), np.full(len(label), "one"), label, score)


def test_a_perfect_reference_leaves_nothing_open() -> None:
    scored, _, score, _ = simulated(n=400)
    found = label_errors(scored, Reference(1, 1), threshold=0.7, resamples=50)
    assert found.sensitivity is not None
    for each in (found.auroc, found.sensitivity):
        assert each.apparent == pytest.approx(each.independent)
        assert each.low == pytest.approx(each.high) == pytest.approx(each.apparent)
        assert each.ceiling == 1
    assert found.auroc.apparent == pytest.approx(auroc(score, scored.label)[0])
    assert found.auroc.lowest < found.auroc.low


def test_the_ceiling_is_what_the_truth_itself_reaches() -> None:
    scored, sick, _, reference = simulated()
    knowing = label_errors(films(scored.label, sick * 1.0), reference, threshold=0.5, resamples=10)
    assert knowing.sensitivity is not None
    assert knowing.specificity is not None
    for each in (knowing.auroc, knowing.sensitivity, knowing.specificity):
        assert each.apparent == pytest.approx(each.ceiling, abs=0.012)
        assert each.independent == pytest.approx(1, abs=0.02)


def test_a_reference_from_its_rates_is_the_table_s() -> None:
    tp, fn, fp, tn = 180, 20, 40, 760
    found = Reference.from_rates(tp / (tp + fn), tn / (tn + fp), (tp + fp) / 1000)
    assert (found.ppv, found.npv) == (pytest.approx(tp / (tp + fp)), pytest.approx(tn / (tn + fn)))


def test_without_a_threshold_there_are_no_rates_and_it_becomes_json() -> None:
    scored, _, _, reference = simulated(n=300)
    found = label_errors(scored, reference, resamples=30)
    assert found.sensitivity is None
    assert found.specificity is None
    assert found == label_errors(scored, reference, resamples=30)
    assert json.loads(json.dumps(plain(found)))["reference"]["ppv"] == reference.ppv


def test_what_cannot_be_answered_is_refused() -> None:
    with pytest.raises(ConfigError, match="says nothing of the truth"):
        Reference(0.4, 0.6)
    with pytest.raises(ConfigError, match="lie between 0 and 1"):
        Reference(90, 0.9)
    with pytest.raises(ConfigError, match=r"labels between 0.1 and 0.9 of films positive, not 0.05"):
        Reference.from_rates(0.9, 0.9, 0.05)
    with pytest.raises(ConfigError, match="no better than chance"):
        Reference.from_rates(0.5, 0.5, 0.5)
    with pytest.raises(DataError, match="all 3 films are negative"):
        label_errors(films(np.zeros(3, bool), np.arange(3.0)), Reference(0.9, 0.9))
    scored = simulated(n=50)[0]
    with pytest.raises(ConfigError, match="a threshold is a finite number"):
        label_errors(scored, Reference(0.9, 0.9), threshold=float("inf"))
    one = Scored(np.array(["a", "b"]), np.array(["p", "q"]), np.array([True, False]), np.array([0.1, 0.2]))
    with pytest.raises(DataError, match="too few patients for bounds"):
        label_errors(one, Reference(0.9, 0.9))
