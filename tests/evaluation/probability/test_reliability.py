"""Calibration measured: published values, and what right and wrong probabilities must show."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from evaluation.sets import made_up
from intervals.oracles import oracle
from wetread.errors import ConfigError, DataError
from wetread.evaluation.probability import logistic
from wetread.evaluation.probability.goodness import hosmer_lemeshow, spiegelhalter
from wetread.evaluation.probability.lowess import lowess
from wetread.evaluation.probability.reliability import reliability
from wetread.evaluation.record import plain
from wetread.evaluation.scored import Scored


def films(p: object, y: object, per_patient: int = 1) -> Scored:
    number = np.arange(np.size(p))  # type: ignore[arg-type]
    return Scored(number.astype(str), (number // per_patient).astype(str), np.array(y), np.array(p), True)


def right(n: int, seed: int = 0, times: int = 1) -> Scored:
    """Labels drawn from the probabilities themselves; each film stands there `times` times, of one patient."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 3, n)
    return films(np.repeat(p, times), np.repeat(rng.uniform(size=n) < p, times), times)


@pytest.mark.requirement("REQ-STATISTICS")
def test_oracle_calibration_of_twenty_films() -> None:
    """val.prob of R's rms, and glm."""
    printed = oracle("calibration")
    found = reliability(films(printed["p"], printed["y"]), resamples=0)
    assert found.brier.value == pytest.approx(printed["brier"], abs=1e-12)
    assert found.slope.value == pytest.approx(printed["slope"], abs=1e-11)
    assert found.intercept.value == pytest.approx(printed["intercept_with_slope"], abs=1e-11)
    assert found.in_the_large.value == pytest.approx(printed["citl_offset"], abs=1e-10)
    assert (found.emax, found.e90, found.eavg) == pytest.approx(
        [printed[k] for k in ("Emax", "E90", "Eavg")], abs=1e-12
    )
    assert found.spiegelhalter.statistic == pytest.approx(printed["spiegelhalter_z"], abs=1e-12)
    assert found.spiegelhalter.p == pytest.approx(printed["spiegelhalter_p"], abs=1e-12)


def test_oracle_ece_in_two_bins() -> None:
    """The example of torchmetrics' documentation: mean, root mean square and largest."""
    printed = oracle("ece")
    found = reliability(films(printed["p"], printed["t"]), bins=printed["n_bins"], resamples=0)
    assert found.ece.value == pytest.approx(printed["l1"], abs=1e-12)
    assert found.rms.value == pytest.approx(printed["l2"], abs=1e-12)
    assert found.largest.value == pytest.approx(printed["max"], abs=1e-12)
    assert found.binning == "2 bins of equal width"


@pytest.mark.requirement("REQ-LOCAL-CALIBRATION")
def test_right_probabilities_look_right() -> None:
    found = reliability(right(20_000), resamples=200)
    for estimate, truth in ((found.slope, 1), (found.in_the_large, 0), (found.intercept, 0)):
        assert estimate.stated.low < truth < estimate.stated.high
    assert found.ece.value == pytest.approx(found.ece_if_calibrated, abs=0.006)
    assert found.rms_debiased < 0.01
    assert found.emax < 0.12
    assert min(found.hosmer_lemeshow.p, found.spiegelhalter.p, found.spiegelhalter_by_patient.p) > 0.01
    assert found.skill.value > 0.1


@pytest.mark.requirement("REQ-LOCAL-CALIBRATION")
def test_wrong_probabilities_look_wrong() -> None:
    s = right(5000)
    odds = 2 * np.log(s.score / (1 - s.score)) + 0.5
    found = reliability(films(1 / (1 + np.exp(-odds)), s.label), resamples=200)
    assert found.slope.value == pytest.approx(0.5, abs=0.05)
    assert found.slope.stated.high < 0.6
    assert found.ece.value > 4 * found.ece_if_calibrated
    assert found.rms_debiased == pytest.approx(found.rms.value, abs=0.02)
    assert max(found.hosmer_lemeshow.p, found.spiegelhalter.p) < 1e-6


@pytest.mark.parametrize("fitted", [False, True])
def test_hosmer_lemeshow_by_its_definition(fitted: bool) -> None:
    s = right(1000, seed=3)
    order = np.argsort(s.score)
    parts = np.array_split(order, 10)
    expected = np.array([s.score[part].sum() for part in parts])
    seen, n = np.array([s.label[part].sum() for part in parts]), np.array([part.size for part in parts])
    statistic = ((seen - expected) ** 2 / expected / (1 - expected / n)).sum()
    found = hosmer_lemeshow(s.score, s.label, fitted=fitted)
    assert found.statistic == pytest.approx(statistic)
    assert found.df == (8 if fitted else 10)
    assert found.p == pytest.approx(chi2.sf(statistic, found.df))


def test_a_film_that_could_not_happen_ends_the_test() -> None:
    p = np.repeat([0, 0.5], 40)
    y = np.r_[True, np.zeros(59, bool), np.ones(20, bool)]
    assert hosmer_lemeshow(p, y).statistic == math.inf
    assert hosmer_lemeshow(p, y).p == 0
    assert math.isnan(spiegelhalter(np.full(4, 0.5), np.array([0, 1, 1, 0], bool)).p)
    assert hosmer_lemeshow(np.full(9, 0.3), np.arange(9) < 3).df == 1
    assert math.isnan(hosmer_lemeshow(np.full(9, 0.3), np.arange(9) < 3, fitted=True).p)


def test_copies_of_films_change_no_number_but_what_takes_them_as_independent() -> None:
    once, thrice = (reliability(right(400, times=times), resamples=600) for times in (1, 3))
    for name in ("brier", "ece", "slope", "in_the_large"):
        one, three = getattr(once, name), getattr(thrice, name)
        assert one.value == pytest.approx(three.value)
        width = [e.patients.high - e.patients.low for e in (one, three)]
        assert width[0] == pytest.approx(width[1], rel=0.2)
    assert thrice.slope.stated is thrice.slope.patients
    assert once.slope.stated.method == "Wald"
    assert thrice.slope.films.high - thrice.slope.films.low < 0.7 * (once.slope.films.high - once.slope.films.low)  # type: ignore[union-attr]
    assert thrice.spiegelhalter.statistic == pytest.approx(once.spiegelhalter.statistic * math.sqrt(3))
    assert thrice.spiegelhalter_by_patient.statistic == pytest.approx(once.spiegelhalter_by_patient.statistic)


def test_grouping_films_for_the_resamples_moves_the_ends_by_little(monkeypatch: pytest.MonkeyPatch) -> None:
    s = made_up(800, 3)
    fine = reliability(s, resamples=200)
    monkeypatch.setattr(logistic, "_GROUPED", 100)
    coarse = reliability(s, resamples=200)
    for name in ("slope", "intercept", "in_the_large"):
        one, other = getattr(fine, name).patients, getattr(coarse, name).patients
        assert one.value == other.value
        assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.05 * (one.high - one.low))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=4, max_size=40))
def test_any_films_are_answered(rows: list[tuple[int, bool]]) -> None:
    p, y = np.array([row[0] for row in rows]) / 20, np.array([row[1] for row in rows])
    if y.all() or not y.any():
        with pytest.raises(DataError, match="one class only"):
            reliability(films(p, y))
        return
    found = reliability(films(p, y, 2), resamples=20)
    assert 0 <= found.ece.value <= found.rms.value + 1e-12 <= found.largest.value + 1e-9
    assert sum(each.films for each in found.bins) == len(rows)
    assert found.brier.value == pytest.approx(((p - y) ** 2).mean())
    turned = reliability(films(1 - p, ~y, 2), resamples=0, bins=1)
    assert turned.brier.value == pytest.approx(found.brier.value)
    assert turned.in_the_large.value == pytest.approx(-found.in_the_large.value, abs=1e-5)
    assert set(plain(found)) == set(found.__slots__)


def test_order_does_not_matter_and_the_seed_decides() -> None:
    s = made_up(150)
    mixed = s.where(np.random.default_rng(0).permutation(len(s)))
    one, other = reliability(s, resamples=50), reliability(mixed, resamples=50)
    assert one.brier.stated.low == pytest.approx(other.brier.stated.low)
    assert one.slope.stated.high == pytest.approx(other.slope.stated.high)
    assert one.ece.stated.low != reliability(s, resamples=50, seed=1).ece.stated.low


def test_bins_of_equal_count() -> None:
    s = made_up(150)
    found = reliability(s, bins=5, scheme="count", resamples=20)
    assert [each.films for each in found.bins] == [60] * 5
    assert found.binning == "5 bins of equal number of films"
    assert [a.high for a in found.bins[:-1]] == [b.low for b in found.bins[1:]]


def test_a_bin_edge_belongs_to_the_bin_above() -> None:
    found = reliability(films([0.1, 0.29, 0.3, 0.7, 1.0], [0, 0, 1, 0, 1]), resamples=0)
    assert [each.films for each in found.bins] == [1] * 5
    assert [each.low for each in found.bins] == pytest.approx([0.1, 0.2, 0.3, 0.7, 0.9])


def test_probabilities_that_part_the_classes_have_no_slope() -> None:
    found = reliability(films([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]), resamples=30)
    assert math.isnan(found.slope.value)
    assert "no slope is the likeliest" in found.slope.stated.method
    assert found.in_the_large.value == pytest.approx(0, abs=1e-9)


def test_lowess_of_a_line_is_the_line() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(size=300)
    np.testing.assert_allclose(lowess(x, 3 * x - 1), 3 * x - 1, atol=1e-9)
    np.testing.assert_allclose(lowess(np.full(5, 0.3), np.arange(5.0)), 2)
    tied = np.repeat([0.1, 0.2, 0.9], [50, 3, 2])
    np.testing.assert_allclose(lowess(tied, np.repeat([0.0, 1, 0], [50, 3, 2]))[:50], 0, atol=1e-9)


def test_what_cannot_be_judged_is_refused() -> None:
    s = made_up()
    with pytest.raises(DataError, match="not called probabilities"):
        reliability(Scored(s.film, s.patient, s.label, s.score))
    with pytest.raises(ConfigError, match="at least 1 bin"):
        reliability(s, bins=0)
    with pytest.raises(ConfigError, match="choose width or count"):
        reliability(s, scheme="log")
