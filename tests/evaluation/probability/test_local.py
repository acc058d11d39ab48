"""A few hundred local cases: what they can mend, and how sure that is."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.probability.test_recalibration import drawn, sigmoid, without_probability
from evaluation.sets import made_up
from wetread.errors import ConfigError, DataError
from wetread.evaluation.probability.local import local, tried
from wetread.evaluation.record import plain
from wetread.evaluation.scored import Scored


@pytest.mark.requirement("REQ-LOCAL-CALIBRATION")
def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """120 hospitals of 300 films, two of each patient, of one known line; 95 % intervals of its probabilities.

    Of 120, 114 are expected to hold the truth at each score. Percentile intervals of 150 patients cover a little less
    than they say (93 % in 300 such hospitals), and 105 are then all but certain.
    """
    asked, slope, intercept = np.array([0.1, 0.5, 0.9]), 0.7, -0.6
    truth = sigmoid(slope * np.log(asked / (1 - asked)) + intercept)
    held, lines = np.zeros(3), 0
    for seed in range(120):
        found = local(drawn(300, slope, intercept, seed, films=2), at=asked, resamples=200, seed=seed)
        held += (found.low <= truth) & (truth <= found.high)
        lines += found.parameters[0].low <= slope <= found.parameters[0].high
    assert (held >= 105).all()
    assert (held < 120).any()
    assert lines >= 105


def test_more_cases_make_it_surer_and_films_of_one_patient_do_not() -> None:
    few, many = (local(drawn(n, 0.7, -0.5), resamples=200) for n in (200, 3200))
    assert few.width / many.width == pytest.approx(4, rel=0.25)
    s = drawn(200, 0.7, -0.5)
    four = Scored(
        np.arange(800).astype(str), np.repeat(s.patient, 4), np.repeat(s.label, 4), np.repeat(s.score, 4), True
    )
    assert local(four, resamples=200).width == pytest.approx(few.width, rel=0.1)


@pytest.mark.parametrize("kind", ["none", "in-the-large", "temperature", "platt", "beta", "isotonic"])
def test_every_kind_has_its_band(kind: str) -> None:
    s = drawn(300, 0.7, -0.5, films=2)
    found = local(s, kind, resamples=100)
    assert found.score.size == 99
    assert (found.low <= found.probability + 1e-9).all()
    assert (found.probability <= found.high + 1e-9).all()
    np.testing.assert_allclose(found.probability, found.fit.probabilities(found.score))
    assert (found.width == 0) is (kind == "none")
    assert len(found.parameters) == len(found.fit.parameters)
    assert found.method == f"pointwise percentiles over {found.answered} resamples of patients"
    assert (found.fit.films, found.fit.patients, found.fit.positives) == (300, 150, s.positives)
    assert plain(found)["fit"]["kind"] == kind


@pytest.mark.requirement("REQ-LOCAL-CALIBRATION")
def test_enriched_cases_are_restated_for_the_clinic() -> None:
    s = drawn(400, 1.0, 0.0)
    own, clinic = local(s, resamples=100), local(s, prevalence=0.02, resamples=100)
    assert own.prevalence == s.prevalence
    assert clinic.prevalence == 0.02
    np.testing.assert_allclose(clinic.probability, own.fit.probabilities(own.score, 0.02))
    inside = slice(10, 90)
    assert (clinic.low[inside] < clinic.probability[inside]).all()
    assert (clinic.probability[inside] < clinic.high[inside]).all()


def test_the_seed_decides() -> None:
    s = drawn(200, 0.7, -0.5)
    assert plain(local(s, resamples=50)) == plain(local(s, resamples=50))
    assert plain(local(s, resamples=50)) != plain(local(s, resamples=50, seed=1))


def test_raw_scores_have_a_band_at_their_own_quantiles() -> None:
    s = drawn(400, 1.0, 0.0)
    raw = without_probability(s, 30 * np.log(s.score / (1 - s.score)))
    found = local(raw, resamples=100)
    assert found.score.min() < -10
    assert (np.diff(found.probability) > 0).all()


@pytest.mark.requirement("REQ-LOCAL-CALIBRATION")
def test_too_few_cases_are_told() -> None:
    with pytest.raises(DataError, match="no likeliest fit on 12 films: the score parts the classes"):
        local(made_up(12, 1, seed=3, strength=4), resamples=200)
    s = made_up(16, 1, seed=3)
    with pytest.raises(
        DataError, match=r"'beta' could be fitted on \d+ of 200 resamples of 16 patients: too few cases"
    ):
        local(s, "beta", resamples=200)
    with pytest.raises(ConfigError, match="at least 20 resamples"):
        local(made_up(), resamples=5)


@pytest.mark.requirement("REQ-LOCAL-CALIBRATION")
def test_kinds_are_tried_on_patients_they_were_not_fitted_on() -> None:
    s = drawn(600, 0.5, -1.5, films=2)
    found = {each.kind: each for each in tried(s, resamples=200)}
    none, platt = found["none"], found["platt"]
    assert none.brier is not None
    assert none.brier.value == pytest.approx(((s.score - s.label) ** 2).mean())
    assert none.brier_gain is not None
    assert (none.brier_gain.value, none.brier_gain.stated.low) == (0, 0)
    assert platt.brier_gain is not None
    assert platt.log_loss_gain is not None
    assert platt.brier_gain.stated.low > 0
    assert platt.log_loss_gain.stated.low > 0
    assert "resamples of patients" in platt.log_loss_gain.stated.method


def test_right_probabilities_gain_nothing() -> None:
    found = {each.kind: each for each in tried(drawn(300, 1.0, 0.0), resamples=200)}
    for kind in ("platt", "beta", "isotonic"):
        gain = found[kind].log_loss_gain
        assert gain is not None
        assert gain.stated.low < 0.005


def test_a_kind_without_a_fit_says_why() -> None:
    s = drawn(200, 1.0, 0.0)
    raw = without_probability(s, np.log(s.score / (1 - s.score)))
    found = {each.kind: each for each in tried(raw, ("platt", "beta"), resamples=50)}
    assert "takes probabilities" in found["beta"].why_not
    assert found["beta"].brier is None
    assert found["platt"].why_not == ""
    assert found["platt"].brier_gain is not None
    assert np.isnan(found["platt"].brier_gain.value)


def test_what_cannot_be_tried_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least 2 folds"):
        tried(made_up(), folds=1)
    with pytest.raises(ConfigError, match="at least 2 folds, and kinds of"):
        tried(made_up(), ("histogram",))
    s = made_up(40)
    with pytest.raises(DataError, match="do not make 50 folds"):
        tried(s, folds=50)
