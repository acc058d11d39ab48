"""AUROC in closed form: published values, and what must not change it."""

from __future__ import annotations

import csv
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind_from_stats

from evaluation.sets import made_up
from intervals.oracles import FOLDER, oracle
from wetread.errors import ConfigError, DataError
from wetread.evaluation.discrimination.delong import (
    area,
    covariance,
    paired_difference,
    placements,
    unpaired_difference,
)
from wetread.evaluation.scored import Scored
from wetread.intervals import bootstrap_auroc
from wetread.intervals.area import auroc
from wetread.intervals.bca import jackknife

MARKERS = ("wfns", "s100b", "ndka")
SETS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=4, max_size=40).filter(
    lambda films: 2 <= sum(label for _, label in films) <= len(films) - 2
)


def asah() -> tuple[dict[str, Scored], dict[str, dict[str, object]]]:
    """Subarachnoid haemorrhage: three markers of one outcome, 96 in 100 scores of the first tied."""
    published = oracle("delong_asah")
    with (FOLDER / "raw" / "asah.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [f"p{number}" for number in range(len(rows))]
    poor = [row["outcome"] == "Poor" for row in rows]
    sets = {
        marker: Scored(names, names, poor, [float(row[marker]) for row in rows], name=marker)  # type: ignore[arg-type]
        for marker in MARKERS
    }
    return sets, published


def of(films: list[tuple[int, bool]]) -> Scored:
    names = [f"f{number}" for number in range(len(films))]
    return Scored(names, names, [label for _, label in films], [score for score, _ in films])  # type: ignore[arg-type]


@pytest.mark.requirement("REQ-STATISTICS")
@pytest.mark.parametrize("unit", ["film", "patient"])
@pytest.mark.parametrize("marker", MARKERS)
def test_asah_area_variance_and_interval_as_published(marker: str, unit: str) -> None:
    sets, published = asah()
    found = area(sets[marker], unit=unit, method="normal")
    assert found.interval.value == pytest.approx(published["auc"][marker], abs=1e-14)
    assert found.variance == pytest.approx(published["var"][marker], abs=5e-15)
    assert (found.interval.low, found.interval.high) == pytest.approx(published["ci95"][marker], abs=1e-12)


def test_asah_logit_interval_as_published() -> None:
    sets, published = asah()
    found = area(sets["s100b"], unit="film").interval
    # The published program takes 1.959964 standard errors, where the quantile is 1.95996398454.
    assert (found.low, found.high) == pytest.approx(published["logit_ci_s100b"], abs=1e-9)


@pytest.mark.parametrize("unit", ["film", "patient"])
def test_asah_covariances_as_published(unit: str) -> None:
    sets, published = asah()
    matrix = covariance([sets[marker] for marker in MARKERS], unit=unit)
    assert matrix[0, 1] == pytest.approx(published["cov"]["wfns_s100b"], abs=5e-15)
    assert matrix[1, 2] == pytest.approx(published["cov"]["s100b_ndka"], abs=5e-16)
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-12)
    assert np.diag(matrix) == pytest.approx([published["var"][marker] for marker in MARKERS], abs=5e-15)


@pytest.mark.requirement("REQ-STATISTICS")
@pytest.mark.parametrize("pair", ["wfns_s100b", "s100b_ndka", "wfns_ndka"])
def test_asah_paired_tests_as_published(pair: str) -> None:
    sets, published = asah()
    first, second = pair.split("_")
    found, expected = paired_difference(sets[first], sets[second]), published["paired"][pair]
    assert found.z == pytest.approx(expected["Z"], abs=5e-12)
    assert found.p == pytest.approx(expected["p"], abs=5e-13)
    if "diff_ci" in expected:
        assert (found.difference.low, found.difference.high) == pytest.approx(expected["diff_ci"], abs=5e-13)


def by_pairs(scored: Scored) -> tuple[float, float]:
    """AUROC and DeLong's variance straight from every pair of films."""
    x, y = scored.score[scored.label][:, None], scored.score[~scored.label][None]
    won = (x > y) + (x == y) / 2
    return won.mean(), won.mean(1).var(ddof=1) / len(x) + won.mean(0).var(ddof=1) / y.size


@settings(deadline=None)
@given(SETS)
def test_ranks_give_what_every_pair_gives(films: list[tuple[int, bool]]) -> None:
    scored = of(films)
    value, variance = by_pairs(scored)
    found = area(scored, unit="film")
    assert found.interval.value == pytest.approx(value)
    assert found.variance == pytest.approx(variance, abs=1e-14)
    assert [part.mean() for part in placements(scored)] == pytest.approx([value, value])


@settings(deadline=None)
@given(SETS, st.randoms(use_true_random=False))
def test_what_must_not_change_it(films: list[tuple[int, bool]], chance: object) -> None:
    """One film a patient is DeLong; monotone transforms, the order of rows; turned labels mirror it."""
    scored = of(films)
    film, patient = area(scored, unit="film"), area(scored)
    assert patient.variance == pytest.approx(film.variance, abs=1e-14)
    order = list(range(len(films)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    for other in (replace(scored, score=np.exp(scored.score) - 7), scored.where(order)):
        assert area(other).interval.value == pytest.approx(patient.interval.value)
        assert area(other).variance == pytest.approx(patient.variance, abs=1e-14)
    mirrored = area(replace(scored, label=~scored.label))
    assert mirrored.interval.value == pytest.approx(1 - patient.interval.value)
    assert mirrored.variance == pytest.approx(patient.variance, abs=1e-14)
    assert (mirrored.interval.low, mirrored.interval.high) == pytest.approx(
        (1 - patient.interval.high, 1 - patient.interval.low)
    )


def clustered() -> Scored:
    """120 patients of three films whose label changes within the patient."""
    rng = np.random.default_rng(4)
    patient = np.repeat(np.arange(120), 3)
    label = rng.uniform(size=360) < 0.4
    score = label * 1.0 + np.repeat(rng.normal(0, 1, 120), 3) + rng.normal(0, 1, 360)
    return Scored([f"f{number}" for number in range(360)], patient.astype(str), label, score)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "scored", [clustered(), made_up(150, 3)], ids=["mixed within patients", "alike within patients"]
)
def test_clustered_variance_agrees_with_resampled_and_left_out_patients(scored: Scored) -> None:
    found = area(scored, method="normal")
    left_out = jackknife(lambda weights: auroc(scored.score, scored.label, weights=weights), scored.patient)
    jack = (left_out.size - 1) * left_out.var()
    assert found.variance == pytest.approx(jack, rel=0.03)
    drawn = bootstrap_auroc(scored.score, scored.label, scored.patient, resamples=2000)
    assert found.interval.high - found.interval.low == pytest.approx(drawn.high - drawn.low, rel=0.08)
    # Neglecting the patients would matter here, so the agreement says something.
    assert abs(area(scored, unit="film").variance / found.variance - 1) > 0.06


def two_scores() -> tuple[Scored, Scored]:
    first = clustered()
    rng = np.random.default_rng(5)
    shared = np.repeat(rng.normal(0, 1, 120), 3)
    return replace(first, name="first"), replace(first, score=first.score / 2 + first.label + shared, name="second")


def test_clustered_paired_difference_agrees_with_left_out_patients() -> None:
    first, second = two_scores()
    found = paired_difference(first, second)
    apart = jackknife(
        lambda w: auroc(first.score, first.label, weights=w) - auroc(second.score, second.label, weights=w),
        first.patient,
    )
    assert found.standard_error**2 == pytest.approx((apart.size - 1) * apart.var(), rel=0.03)
    assert found.difference.value == pytest.approx(found.first - found.second)
    assert found.p == pytest.approx(2 * (1 - 0.5 * (1 + math.erf(abs(found.z) / math.sqrt(2)))))


def test_paired_sets_may_come_in_any_order() -> None:
    first, second = two_scores()
    order = np.random.default_rng(0).permutation(len(first))
    assert paired_difference(first, second.where(order)).z == pytest.approx(paired_difference(first, second).z)


def test_a_score_compared_with_itself_or_its_like_shows_no_difference() -> None:
    first, _ = two_scores()
    found = paired_difference(first, replace(first, score=3 * first.score + 1))
    assert (found.difference.value, found.standard_error, found.z, found.p) == (0, 0, 0, 1)
    assert (found.difference.low, found.difference.high) == (0, 0)


def test_unpaired_variances_add_where_no_patient_is_shared() -> None:
    one, two = made_up(100, 2), made_up(80, 2, seed=1, start=500)
    found = unpaired_difference(one, two)
    assert found.covariance == 0
    assert found.standard_error**2 == pytest.approx(area(one).variance + area(two).variance)
    assert found.difference.value == pytest.approx(area(one).interval.value - area(two).interval.value)
    # Welch's test on numbers that have these means and variances of the mean.
    welch = ttest_ind_from_stats(
        found.first, math.sqrt(100 * area(one).variance), 100, found.second, math.sqrt(80 * area(two).variance), 80,
        equal_var=False,
    )  # fmt: skip
    assert (found.z, found.p_welch) == pytest.approx((welch.statistic, welch.pvalue))
    assert 80 < found.df < 178


def test_patients_with_films_in_both_sets_are_allowed_for() -> None:
    """The first film of each patient against the second: the jackknife over all patients agrees."""
    films = made_up(200, 2)
    odd = np.arange(len(films)) % 2 == 1
    found = unpaired_difference(films.where(odd), films.where(~odd))
    apart = jackknife(
        lambda w: (
            auroc(films.score[odd], films.label[odd], weights=w[:, odd])
            - auroc(films.score[~odd], films.label[~odd], weights=w[:, ~odd])
        ),
        films.patient,
    )
    assert found.covariance > 0
    assert found.standard_error**2 == pytest.approx((apart.size - 1) * apart.var(), rel=0.03)
    assert math.isnan(found.p_welch)
    by_film = unpaired_difference(films.where(odd), films.where(~odd), unit="film")
    assert by_film.covariance == 0
    assert by_film.p_welch > by_film.p


def test_a_perfect_score_has_an_exact_bound() -> None:
    scored = made_up(20, 1)
    perfect = replace(scored, score=scored.label.astype(float))
    pairs = min(scored.positives, scored.negatives)
    for unit in ("film", "patient"):
        found = area(perfect, unit=unit)
        assert (found.variance, found.interval.value, found.interval.high) == (0, 1, 1)
        assert found.interval.low == pytest.approx(0.025 ** (1 / pairs))
        assert "exact" in found.interval.method
    worst = area(replace(scored, score=-perfect.score, probability=False))
    assert (worst.interval.value, worst.interval.low) == (0, 0)
    assert worst.interval.high == pytest.approx(1 - 0.025 ** (1 / pairs))


def test_patients_with_both_classes_are_used_once_in_the_exact_bound() -> None:
    """Five patients, a positive and a negative film each: only two pairs of films share no patient."""
    label = [0, 1] * 5
    names = [f"f{number}" for number in range(10)]
    scored = Scored(names, np.repeat(list("abcde"), 2), label, label)  # type: ignore[arg-type]
    assert area(scored).interval.low == pytest.approx(0.025 ** (1 / 2))
    assert area(scored, unit="film").interval.low == pytest.approx(0.025 ** (1 / 5))


def test_a_score_that_is_the_same_everywhere_is_one_half_for_certain() -> None:
    scored = replace(made_up(), score=np.full(400, 0.5))
    found = area(scored)
    assert (found.variance, found.interval.low, found.interval.value, found.interval.high) == (0, 0.5, 0.5, 0.5)
    assert "variance is 0" in found.interval.method


def test_limits_stay_within_0_and_1() -> None:
    scored = Scored(list("abcdef"), list("abcdef"), [0, 0, 0, 1, 1, 1], [1, 2, 4, 3, 5, 6])  # type: ignore[arg-type]
    normal, logit = area(scored, method="normal").interval, area(scored).interval
    assert normal.high == 1
    assert 0 < logit.low < logit.value < logit.high < 1


def test_two_certain_areas_that_differ_have_no_test() -> None:
    scored = made_up(20, 1)
    perfect = replace(scored, score=scored.label.astype(float), name="perfect")
    found = paired_difference(perfect, replace(scored, score=np.full(20, 0.5), name="constant"))
    assert found.difference.value == 0.5
    assert math.isnan(found.z)
    assert math.isnan(found.p)
    assert math.isnan(found.difference.low)


def test_what_cannot_be_compared_is_refused() -> None:
    first, second = two_scores()
    with pytest.raises(DataError, match=r"first and second .* differ by label"):
        paired_difference(first, replace(second, label=~second.label))
    with pytest.raises(DataError, match="differ by film"):
        covariance([first, second.where(np.arange(300))])
    with pytest.raises(DataError, match="differ by patient"):
        paired_difference(first, replace(second, patient=second.film))
    with pytest.raises(DataError, match="360 films in common"):
        unpaired_difference(first, second)
    with pytest.raises(DataError, match="at least two patients with positive"):
        area(Scored(list("abcd"), list("ppqr"), [1, 1, 0, 0], [1, 2, 3, 4]))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="one class only"):
        area(first.where(first.label))
    with pytest.raises(ConfigError, match="choose patient or film"):
        area(first, unit="reader")
    with pytest.raises(ConfigError, match="choose logit or normal"):
        area(first, method="exact")
    with pytest.raises(ConfigError, match="level"):
        area(first, level=95)
    with pytest.raises(ConfigError, match="at least one set"):
        covariance([])
