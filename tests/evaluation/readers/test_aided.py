"""Aided against unaided, and a model against a panel, beside the analyses they are made of."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.readers.cases import random_study
from wetread.errors import ConfigError, DataError
from wetread.evaluation.readers import Study, against_panel, aided_against_unaided, mrmc, non_inferiority
from wetread.intervals import auroc


def study(seed: int = 0) -> Study:
    made = random_study(seed, levels=5)
    return Study(made.rating, made.truth, ("unaided", "aided"))


@pytest.mark.requirement("REQ-READER-STUDIES")
def test_the_difference_is_aided_less_unaided() -> None:
    found = aided_against_unaided(study(), aided="aided", unaided="unaided", threshold=3)
    expected = mrmc(study(), covariance="jackknife").analysis
    assert found.auc.analysis.random_readers_random_cases is not None
    assert expected.random_readers_random_cases is not None
    (one,), (other,) = (
        a.differences for a in (found.auc.analysis.random_readers_random_cases, expected.random_readers_random_cases)
    )
    assert one.estimate.value == pytest.approx(-other.estimate.value)
    assert found.readers_better == (expected.value[1] > expected.value[0]).sum()
    assert found.sensitivity is not None
    assert found.sensitivity.analysis.tests == ("aided", "unaided")


def test_changes_add_up_to_the_rates() -> None:
    found = aided_against_unaided(study(1), aided="aided", unaided="unaided", threshold=3)
    assert found.sensitivity is not None
    assert found.specificity is not None
    gain = [(one.gained - one.lost) / found.auc.positives for one in found.changes]
    assert gain == pytest.approx(np.subtract(*found.sensitivity.analysis.value))
    mended = [(one.mended - one.spoiled) / found.auc.negatives for one in found.changes]
    assert mended == pytest.approx(np.subtract(*found.specificity.analysis.value))
    assert found.changes[0].led_astray is None


@pytest.mark.requirement("REQ-READER-STUDIES")
def test_who_follows_the_aid_into_an_error_is_counted() -> None:
    truth = np.array([1, 1, 0, 0])
    rating = np.array([[[1, 0, 0, 1]], [[0, 1, 1, 0]]])  # unaided, aided
    made = Study(rating, truth, ("unaided", "aided"), ("A",))
    #  right before, wrong with the aid where the aid was wrong: film 1; film 3 was spoiled though the aid was right
    found = aided_against_unaided(made, aided="aided", unaided="unaided", threshold=1, aid_calls=[0, 1, 0, 0])
    (one,) = found.changes
    assert (one.gained, one.lost, one.mended, one.spoiled) == (1, 1, 1, 1)
    assert (one.led_astray, one.aid_wrong) == (1, 1)


def test_margins_are_tested_for_each_figure_of_merit() -> None:
    found = aided_against_unaided(study(2), aided="aided", unaided="unaided", threshold=3, margin=0.1)
    assert found.auc.analysis.random_readers_random_cases is not None
    (difference,) = found.auc.analysis.random_readers_random_cases.differences
    assert len(found.not_worse) == 3
    assert found.not_worse[0] == non_inferiority(difference.estimate.value, difference.se, margin=0.1, df=difference.df)


def test_one_reader_with_an_aid() -> None:
    made = random_study(3, readers=1)
    found = aided_against_unaided(made, aided="test 1", unaided="test 2", margin=0.1)
    assert found.auc.analysis.random_readers_random_cases is None
    assert len(found.not_worse) == 1


def test_aided_refusals() -> None:
    with pytest.raises(ConfigError, match="not both"):
        aided_against_unaided(study(), aided="aided", unaided="aided")
    with pytest.raises(ConfigError, match="give the threshold"):
        aided_against_unaided(study(), aided="aided", unaided="unaided", aid_calls=np.zeros(40))
    with pytest.raises(DataError, match="no test"):
        aided_against_unaided(study(), aided="with", unaided="unaided")
    with pytest.raises(DataError, match="0 or 1"):
        aided_against_unaided(study(), aided="aided", unaided="unaided", threshold=3, aid_calls=np.full(40, 0.5))


@pytest.mark.parametrize("covariance", ["jackknife", "delong", "unbiased"])
@pytest.mark.parametrize("seed", range(4))
def test_a_model_is_a_second_test_whose_readers_are_alike(covariance: str, seed: int) -> None:
    made = random_study(seed, tests=1, readers=4, cases=60)
    scores = random_study(seed + 100, tests=1, readers=1, cases=60).rating[0, 0] + made.rating[0, 0]
    if seed == 3:  # a model so like the readers that their covariance of differences is below 0
        scores = made.rating[0].mean(axis=0)
    found = against_panel(made, scores, covariance=covariance)
    both = Study(np.stack([np.tile(scores, (4, 1)), made.rating[0]]), made.truth)
    inference = mrmc(both, covariance=covariance).analysis.random_readers_random_cases
    assert inference is not None
    (expected,) = inference.differences
    assert found.random_readers.estimate.value == pytest.approx(expected.estimate.value)
    assert found.random_readers.se == pytest.approx(expected.se)
    assert found.random_readers.df == pytest.approx(expected.df)
    assert found.random_readers.p == pytest.approx(expected.p)


def test_a_model_beside_fixed_readers_is_a_paired_mean() -> None:
    made = random_study(5, tests=1, cases=60)
    scores = made.rating[0, :2].mean(axis=0)
    found = against_panel(made, scores, covariance="delong")
    assert found.model == pytest.approx(float(auroc(scores, made.truth)[0]))
    rows = np.concatenate([made.rating[0], scores[None]])
    won = rows[:, made.truth][:, :, None] > rows[:, ~made.truth][:, None, :]
    gap = won[-1] - won[:-1].mean(axis=0)
    variance = gap.mean(axis=1).var(ddof=1) / gap.shape[0] + gap.mean(axis=0).var(ddof=1) / gap.shape[1]
    assert found.fixed_readers.se**2 == pytest.approx(variance)
    assert found.readers_below == sum(float(auroc(row, made.truth)[0]) < found.model for row in made.rating[0])


def test_a_model_has_a_threshold_of_its_own() -> None:
    made = random_study(6, tests=1, levels=5)
    scores = made.rating[0, 0] / 10
    found = against_panel(made, scores, merit="sensitivity", threshold=3, score_threshold=0.3)
    called = made.rating[0] >= 3
    assert found.model == pytest.approx(called[0, made.truth].mean())
    assert found.mean_reader == pytest.approx(called[:, made.truth].mean())


def test_panel_refusals() -> None:
    made = random_study(7, tests=1)
    with pytest.raises(DataError, match="one test"):
        against_panel(random_study(7), np.zeros(40))
    with pytest.raises(DataError, match="one finite score"):
        against_panel(made, np.zeros(39))
    with pytest.raises(DataError, match="one finite score"):
        against_panel(made, np.full(40, np.nan))
    with pytest.raises(ConfigError, match="score_threshold"):
        against_panel(made, np.zeros(40), merit="specificity", threshold=3)
