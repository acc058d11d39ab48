"""Precision against recall, and F1."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score, precision_recall_curve

from evaluation.sets import made_up
from wetread.errors import DataError
from wetread.evaluation.discrimination.precision import best_f1, f1_of_all, precision_recall
from wetread.evaluation.scored import Scored

SETS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda films: len({label for _, label in films}) == 2
)


def of(films: list[tuple[int, bool]]) -> Scored:
    names = [f"f{number}" for number in range(len(films))]
    return Scored(names, names, [label for _, label in films], [score for score, _ in films])  # type: ignore[arg-type]


@settings(deadline=None)
@given(SETS)
def test_the_curve_is_that_of_scikit_learn(films: list[tuple[int, bool]]) -> None:
    scored = of(films)
    found = precision_recall(scored)
    precision, recall, thresholds = precision_recall_curve(scored.label, scored.score)
    np.testing.assert_allclose(found.precision[::-1], precision[:-1])
    np.testing.assert_allclose(found.recall[::-1], recall[:-1])
    np.testing.assert_array_equal(found.threshold[::-1], thresholds)
    assert found.average_precision == pytest.approx(average_precision_score(scored.label, scored.score))


@settings(deadline=None)
@given(SETS)
def test_the_best_f1_is_the_largest_of_all_thresholds(films: list[tuple[int, bool]]) -> None:
    scored = of(films)
    found = best_f1(scored)
    every = {cut: f1_score(scored.label, scored.score >= cut) for cut in np.unique(scored.score)}
    assert found.f1 == pytest.approx(max(every.values()))
    assert every[found.threshold] == pytest.approx(found.f1)
    assert found.f1 == pytest.approx(2 * found.precision * found.recall / (found.precision + found.recall))
    assert found.f1_all_positive == pytest.approx(f1_score(scored.label, np.ones(len(scored))))
    assert found.f1 >= found.f1_all_positive - 1e-12


@settings(deadline=None)
@given(SETS, st.randoms(use_true_random=False))
def test_only_the_order_of_the_scores_counts(films: list[tuple[int, bool]], chance: object) -> None:
    scored = of(films)
    shuffled = list(films)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    for other in (replace(scored, score=np.exp(scored.score) - 7), of(shuffled)):
        assert precision_recall(other).average_precision == pytest.approx(precision_recall(scored).average_precision)
        assert best_f1(other).f1 == pytest.approx(best_f1(scored).f1)


def test_a_score_that_knows_nothing_reaches_the_prevalence() -> None:
    scored = replace(made_up(), score=np.full(400, 0.5))
    assert precision_recall(scored).average_precision == pytest.approx(scored.prevalence)
    assert best_f1(scored).f1 == pytest.approx(f1_of_all(scored.prevalence))
    assert best_f1(scored).f1_all_positive == f1_of_all(scored.prevalence)


def test_a_perfect_score() -> None:
    scored = made_up()
    scored = replace(scored, score=scored.label.astype(float))
    found = best_f1(scored)
    assert precision_recall(scored).average_precision == 1
    assert (found.f1, found.threshold, found.precision, found.recall) == (1, 1, 1, 1)


def test_an_f1_at_69_percent_that_is_no_better_than_calling_everything() -> None:
    """A published F1 of 0.817 beside the 0.815 that calling every film of its batch reaches."""
    assert f1_of_all(0.688) == pytest.approx(0.815, abs=5e-4)


def test_one_class_is_refused() -> None:
    scored = made_up()
    for make in (precision_recall, best_f1):
        with pytest.raises(DataError, match="one class only"):
            make(scored.where(~scored.label))
