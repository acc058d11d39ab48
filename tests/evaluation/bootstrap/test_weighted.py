"""Numbers under copies of patients: they are what scikit-learn gives for the films written out as often."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, roc_auc_score

from wetread.errors import ConfigError
from wetread.evaluation.bootstrap.weighted import Points, Weighted
from wetread.evaluation.discrimination.precision import best_f1, f1_of_all
from wetread.evaluation.discrimination.roc import operating_point, sensitivity_at, specificity_at
from wetread.evaluation.scored import Scored

POINTS = Points((0.0, 0.4, 0.5, 2.0), (0.3, 0.5, 0.9, 1.0), (0.2, 0.7, 0.9, 1.0))
FILMS = st.lists(
    st.tuples(st.sampled_from("abcdefg"), st.integers(0, 5), st.booleans()), min_size=3, max_size=30
).filter(lambda films: len({label for _, _, label in films}) == 2)


def of(films: list[tuple[str, int, bool]]) -> Scored:
    patient, score, label = zip(*films, strict=True)
    return Scored([f"f{number}" for number in range(len(films))], patient, label, np.array(score) / 5, True)  # type: ignore[arg-type]


def written_out(scored: Scored, copies: np.ndarray) -> Scored | None:
    """The films of a resample, each as often as its patient was drawn."""
    patients, of_film = np.unique(scored.patient, return_inverse=True)
    assert patients.size == copies.size
    index = np.repeat(np.arange(len(scored)), copies[of_film])
    if not index.size:
        return None
    names = [f"f{number}" for number in range(index.size)]
    return Scored(names, scored.patient[index], scored.label[index], scored.score[index], True)  # type: ignore[arg-type]


def slowly(scored: Scored) -> dict[tuple[str, float | None], float]:
    y, s = scored.label, scored.score
    best = best_f1(scored)
    found: dict[tuple[str, float | None], float] = {
        ("prevalence", None): y.mean(), ("f1_all_positive", None): f1_of_all(float(y.mean())),
        ("auroc", None): roc_auc_score(y, s), ("average_precision", None): average_precision_score(y, s),
        ("best_f1", None): best.f1, ("brier", None): brier_score_loss(y, s),
        ("brier_skill", None): 1 - brier_score_loss(y, s) / (y.mean() * (1 - y.mean())),
        ("observed_minus_expected", None): y.mean() - s.mean(),
        ("observed_over_expected", None): y.sum() / s.sum() if s.sum() else math.nan,
    }  # fmt: skip
    for cut in POINTS.thresholds:
        point, called = operating_point(scored, cut), s >= cut
        f1 = f1_score(y, called)
        found |= {
            ("sensitivity", cut): point.sensitivity, ("specificity", cut): point.specificity,
            ("ppv", cut): y[called].mean() if called.any() else math.nan,
            ("npv", cut): 1 - y[~called].mean() if not called.all() else math.nan,
            ("f1", cut): f1, ("f1_gain", cut): f1 - best.f1_all_positive, ("called", cut): called.mean(),
            ("likelihood_positive", cut): point.likelihood_positive,
            ("likelihood_negative", cut): point.likelihood_negative,
        }  # fmt: skip
    for share in POINTS.specificities:
        found["sensitivity_at_specificity", share] = sensitivity_at(scored, share).sensitivity
    for share in POINTS.sensitivities:
        found["specificity_at_sensitivity", share] = specificity_at(scored, share).specificity
    return found


@settings(max_examples=50, deadline=None)
@given(FILMS, st.integers(0, 2**32 - 1))
def test_each_number_is_that_of_the_films_written_out(films: list[tuple[str, int, bool]], seed: int) -> None:
    scored = of(films)
    prepared = Weighted.of(scored, POINTS)
    copies = np.random.default_rng(seed).integers(0, 4, (3, prepared.patients))
    copies[0] = 1
    for row, numbers in zip(copies, prepared.numbers(copies), strict=True):
        drawn = written_out(scored, row)
        if drawn is None or not drawn.positives or not drawn.negatives:
            continue
        expected = slowly(drawn)
        assert set(prepared.keys) == set(expected)
        np.testing.assert_allclose(numbers, [expected[key] for key in prepared.keys], atol=1e-12)


def test_rows_of_one_class_or_of_nobody_have_no_answer_where_there_is_none() -> None:
    scored = of([("a", 1, True), ("a", 4, True), ("b", 2, False), ("c", 5, False)])
    prepared = Weighted.of(scored, POINTS)
    nobody, sick, well = (
        dict(zip(prepared.keys, row, strict=True))
        for row in prepared.numbers(np.array([[0, 0, 0], [2, 0, 0], [0, 1, 1]]))
    )
    assert all(np.isnan(value) for value in nobody.values())
    both = {"auroc", "sensitivity_at_specificity", "specificity_at_sensitivity", "likelihood_positive", "brier_skill"}
    for row in (sick, well):
        assert all(np.isnan(value) for (name, _), value in row.items() if name in both)
        assert np.isfinite(row["brier", None])
        assert np.isfinite(row["called", 0.5])
    assert sick["sensitivity", 0.5] == 0.5
    assert well["specificity", 0.5] == 0.5
    assert (sick["prevalence", None], well["prevalence", None]) == (1, 0)
    assert np.isnan([sick["specificity", 0.5], well["sensitivity", 0.5], well["average_precision", None]]).all()
    assert np.isnan(well["best_f1", None])


def test_scores_that_are_no_probabilities_have_no_calibration() -> None:
    scored = of([("a", 1, True), ("b", 2, False), ("c", 5, False)])
    names = {key.name for key in Weighted.of(replace(scored, probability=False), POINTS).keys}
    assert not names & {"brier", "brier_skill", "observed_minus_expected", "observed_over_expected"}
    assert "auroc" in names


def test_points_off_the_curve_are_refused() -> None:
    for share in (0.0, 1.5, math.nan):
        with pytest.raises(ConfigError, match="nine in ten"):
            Points(specificities=(share,))
        with pytest.raises(ConfigError, match="nine in ten"):
            Points(sensitivities=(share,))
    with pytest.raises(ConfigError, match="finite"):
        Points((math.inf,))
