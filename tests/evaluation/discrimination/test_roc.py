"""The ROC curve, parts of its area, and points on it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from evaluation.sets import made_up
from wetread.errors import ConfigError, DataError
from wetread.evaluation.discrimination.roc import operating_point, partial_auroc, roc, sensitivity_at, specificity_at
from wetread.evaluation.scored import Scored

# Whole numbers of a few values: ties within and between the classes.
SETS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda films: len({label for _, label in films}) == 2
)


def of(films: list[tuple[int, bool]]) -> Scored:
    names = [f"f{number}" for number in range(len(films))]
    return Scored(names, names, [label for _, label in films], [score for score, _ in films])  # type: ignore[arg-type]


def turned(films: Scored) -> Scored:
    """Positive is called negative and the reverse; the score still rises with the same films."""
    return replace(films, label=~films.label)


@settings(deadline=None)
@given(SETS)
def test_the_curve_is_that_of_scikit_learn(films: list[tuple[int, bool]]) -> None:
    scored = of(films)
    found = roc(scored)
    alarms, hits, thresholds = roc_curve(scored.label, scored.score, drop_intermediate=False)
    np.testing.assert_allclose(found.sensitivity, hits)
    np.testing.assert_allclose(found.specificity, 1 - alarms)
    np.testing.assert_array_equal(found.threshold[1:], thresholds[1:])
    assert found.auroc == pytest.approx(roc_auc_score(scored.label, scored.score))


@settings(deadline=None)
@given(SETS)
def test_corners_draw_the_same_curve_with_fewer_points(films: list[tuple[int, bool]]) -> None:
    scored = of(films)
    every, few = roc(scored), roc(scored, corners=True)
    assert len(few.threshold) <= len(every.threshold)
    assert np.trapezoid(few.sensitivity, 1 - few.specificity) == pytest.approx(every.auroc)
    assert (few.sensitivity[0], few.specificity[0], few.sensitivity[-1], few.specificity[-1]) == (0, 1, 1, 0)


def test_a_straight_piece_has_no_corner_within() -> None:
    label = [0, 1] * 4
    films = Scored(list("abcdefgh"), list("abcdefgh"), label, [1, 1, 2, 2, 3, 3, 4, 4])  # type: ignore[arg-type]
    assert len(roc(films).threshold) == 5
    assert len(roc(films, corners=True).threshold) == 2


@settings(deadline=None)
@given(SETS, st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_a_partial_area_is_that_of_scikit_learn(films: list[tuple[int, bool]], most: float) -> None:
    scored = of(films)
    found = partial_auroc(scored, 1 - most, 1)
    assert found.standardised == pytest.approx(roc_auc_score(scored.label, scored.score, max_fpr=most))
    assert partial_auroc(scored, 0, 1).value == pytest.approx(roc(scored).auroc)
    # Where McClish's scale ends: nothing above chance, and all there is.
    assert found.value <= most + 1e-12


@settings(deadline=None)
@given(SETS, st.floats(0.05, 0.9))
def test_parts_add_up_and_the_other_axis_is_the_mirrored_curve(films: list[tuple[int, bool]], cut: float) -> None:
    scored = of(films)
    for axis in ("specificity", "sensitivity"):
        parts = partial_auroc(scored, 0, cut, of=axis).value + partial_auroc(scored, cut, 1, of=axis).value
        assert parts == pytest.approx(roc(scored).auroc)
    mirrored = replace(turned(scored), score=-scored.score)
    one = partial_auroc(scored, cut, 1, of="sensitivity")
    assert one.value == pytest.approx(partial_auroc(mirrored, cut, 1, of="specificity").value)


@settings(deadline=None)
@given(SETS, st.floats(0.01, 1))
def test_a_share_is_held_and_the_other_is_the_best_that_holds_it(films: list[tuple[int, bool]], share: float) -> None:
    scored = of(films)
    every = [operating_point(scored, threshold) for threshold in roc(scored).threshold]
    found = sensitivity_at(scored, share)
    assert found.specificity >= share - 1e-9
    assert found.sensitivity == max(point.sensitivity for point in every if point.specificity >= share - 1e-9)
    back = specificity_at(scored, share)
    assert back.sensitivity >= share - 1e-9
    assert back.specificity == max(point.specificity for point in every if point.sensitivity >= share - 1e-9)


def test_a_share_that_is_reached_exactly_counts_as_held() -> None:
    """0.7 of ten films is seven of them, whatever 0.7 is in binary; and 0.1 + 0.2 is 0.3."""
    scored = Scored([f"f{number}" for number in range(20)], ["p"] * 20, [0] * 10 + [1] * 10, [*range(10), *range(10)])  # type: ignore[arg-type]
    assert sensitivity_at(scored, 0.7).specificity == pytest.approx(0.7)
    assert specificity_at(scored, 0.1 + 0.2).sensitivity == pytest.approx(0.3)


def test_an_operating_point_counts_films_at_and_above() -> None:
    scored = Scored(list("abcde"), list("abcde"), [0, 0, 1, 1, 1], [0.1, 0.5, 0.5, 0.6, 0.2])  # type: ignore[arg-type]
    point = operating_point(scored, 0.5)
    assert (point.tp, point.fp, point.fn, point.tn) == (2, 1, 1, 1)
    assert (point.sensitivity, point.specificity) == pytest.approx((2 / 3, 1 / 2))
    assert (point.likelihood_positive, point.likelihood_negative) == pytest.approx((4 / 3, 2 / 3))


def test_a_likelihood_ratio_without_denominator_is_none() -> None:
    scored = made_up()
    nobody, everybody = operating_point(scored, 2.0), operating_point(scored, -1.0)
    assert math.isnan(nobody.likelihood_positive)
    assert nobody.likelihood_negative == 1
    assert everybody.likelihood_positive == 1
    assert math.isnan(everybody.likelihood_negative)


def test_a_curve_of_one_score_for_all_is_the_diagonal() -> None:
    scored = replace(made_up(), score=np.full(400, 0.5))
    found = roc(scored)
    assert (found.sensitivity.tolist(), found.specificity.tolist(), found.auroc) == ([0, 1], [1, 0], 0.5)
    assert partial_auroc(scored, 0.8, 1).standardised == pytest.approx(0.5)


def test_a_perfect_score_fills_every_part() -> None:
    scored = made_up()
    scored = replace(scored, score=scored.label.astype(float))
    for axis in ("specificity", "sensitivity"):
        assert partial_auroc(scored, 0.8, 0.9, of=axis).value == pytest.approx(0.1)
        assert partial_auroc(scored, 0.8, 0.9, of=axis).standardised == pytest.approx(1)
    assert sensitivity_at(scored, 1.0).sensitivity == 1


def test_what_has_no_curve_is_refused() -> None:
    scored = made_up()
    for make in (roc, lambda films: operating_point(films, 0.5), lambda films: partial_auroc(films, 0, 1)):
        with pytest.raises(DataError, match="one class only"):
            make(scored.where(scored.label))
    with pytest.raises(ConfigError, match="finite score"):
        operating_point(scored, math.nan)
    with pytest.raises(ConfigError, match="low < high"):
        partial_auroc(scored, 0.9, 0.9)
    with pytest.raises(ConfigError, match="choose specificity"):
        partial_auroc(scored, 0.8, 0.9, of="recall")
    for share in (0.0, 1.1, math.nan):
        with pytest.raises(ConfigError, match="specificity to keep"):
            sensitivity_at(scored, share)
        with pytest.raises(ConfigError, match="sensitivity to keep"):
            specificity_at(scored, share)
