"""Covariances against their definitions, computed the slow way."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation.readers.cases import imrmc, random_study
from intervals.oracles import oracle
from wetread.errors import ConfigError, DataError
from wetread.evaluation.readers import Study, mrmc
from wetread.evaluation.readers.covariance import covariance
from wetread.intervals import auroc

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


def areas(rating: Float, truth: Bool) -> Float:
    return np.array([auroc(row, truth)[0] for row in rating])


def comparisons(study: Study) -> Float:
    """(k, m, n): 1, one half or 0 for every positive and negative case."""
    rows = study.rating.reshape(-1, study.truth.size)
    some, others = rows[:, study.truth][:, :, None], rows[:, ~study.truth][:, None, :]
    return (some > others) + 0.5 * (some == others)


@pytest.mark.parametrize("levels", [0, 4])
def test_jackknife_leaves_each_case_out(levels: int) -> None:
    study = random_study(1, levels=levels)
    rows, c = study.rating.reshape(-1, study.truth.size), study.truth.size
    without = np.array([areas(np.delete(rows, k, axis=1), np.delete(study.truth, k)) for k in range(c)])
    slow = (c - 1) / c * np.einsum("ka,kb->ab", without - without.mean(0), without - without.mean(0))
    value, matrix, units = covariance(study, "auc", None, "jackknife")
    assert value.ravel() == pytest.approx(areas(rows, study.truth))
    assert matrix.reshape(8, 8) == pytest.approx(slow, rel=1e-9)
    assert units == c


@pytest.mark.parametrize("levels", [0, 4])
def test_delong_is_the_covariance_of_structural_components(levels: int) -> None:
    study = random_study(2, levels=levels)
    won = comparisons(study)
    m, n = study.positives, study.negatives
    slow = np.cov(won.mean(axis=2)) / m + np.cov(won.mean(axis=1)) / n
    assert covariance(study, "auc", None, "delong")[1].reshape(8, 8) == pytest.approx(slow, rel=1e-9)


@pytest.mark.parametrize("levels", [0, 3])
def test_unbiased_takes_the_mean_of_products_that_share_no_case(levels: int) -> None:
    study = random_study(3, tests=1, readers=2, cases=12, levels=levels)
    won = comparisons(study)
    m, n = study.positives, study.negatives
    apart = [
        won[0, i, j] * won[1, k, q]
        for i, k, j, q in product(range(m), range(m), range(n), range(n))
        if i != k and j != q
    ]
    expected = won[0].mean() * won[1].mean() - np.mean(apart)
    assert covariance(study, "auc", None, "unbiased")[1][0, 0, 0, 1] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("method", ["jackknife", "delong", "unbiased"])
@pytest.mark.parametrize("merit", ["sensitivity", "specificity"])
def test_a_rate_varies_like_a_mean(method: str, merit: str) -> None:
    study = random_study(4, levels=5)
    rows = study.rating.reshape(-1, study.truth.size)
    kept = study.truth if merit == "sensitivity" else ~study.truth
    right = (rows >= 3) == study.truth
    value, matrix, units = covariance(study, merit, 3, method)
    assert value.ravel() == pytest.approx(right[:, kept].mean(axis=1))
    assert matrix.reshape(8, 8) == pytest.approx(np.cov(right[:, kept]) / kept.sum(), rel=1e-9)
    assert units == kept.sum()


def test_youden_is_both_rates_less_one() -> None:
    study = random_study(4, levels=5)
    parts = [covariance(study, merit, 3, "delong") for merit in ("youden", "sensitivity", "specificity")]
    assert parts[0][0] == pytest.approx(parts[1][0] + parts[2][0] - 1)
    assert parts[0][1] == pytest.approx(parts[1][1] + parts[2][1])


def test_a_figure_of_merit_of_ones_own_is_left_out_one_by_one() -> None:
    study = random_study(5)
    own, built_in = mrmc(study, merit=areas), mrmc(study)
    assert own.merit == "areas"
    assert own.analysis.components.var == pytest.approx(built_in.analysis.components.var)
    assert own.analysis.components.cov3 == pytest.approx(built_in.analysis.components.cov3)


def clustered(seed: int, films: int) -> Study:
    """Patients whose films are alike, some with films of both classes."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(30), films)
    truth = (patient % 3 == 0) ^ (rng.random(patient.size) < 0.1)
    shared = np.repeat(rng.normal(size=30), films)
    rating = truth + shared + 0.3 * rng.normal(size=(2, 3, patient.size))
    return Study(rating, truth, patient=patient.astype(np.str_))


def test_delong_over_patients_is_delong_with_one_film_each() -> None:
    study = clustered(6, 1)
    alone = Study(study.rating, study.truth)
    assert covariance(study, "auc", None, "delong")[1] == pytest.approx(covariance(alone, "auc", None, "delong")[1])


def test_obuchowski_1997_from_sums_over_patients() -> None:
    """Her three terms, patient by patient; some patients have films of both classes, so that the last is not 0."""
    study = clustered(7, 3)
    won = comparisons(study)
    m, n = study.positives, study.negatives
    positive, negative = study.patient[study.truth], study.patient[~study.truth]
    everybody = np.unique(study.patient)
    mean = won.mean(axis=(1, 2))
    a = np.array([(won.mean(axis=2) - mean[:, None])[:, positive == p].sum(axis=1) for p in everybody])
    b = np.array([(won.mean(axis=1) - mean[:, None])[:, negative == p].sum(axis=1) for p in everybody])
    i10, i01, i = np.unique(positive).size, np.unique(negative).size, everybody.size
    assert i10 + i01 > i
    slow = i10 / (i10 - 1) * (a**2).sum(0) / m**2 + i01 / (i01 - 1) * (b**2).sum(0) / n**2
    slow = slow + 2 * i / (i - 1) * (a * b).sum(0) / (m * n)
    assert np.diag(covariance(study, "auc", None, "delong")[1].reshape(6, 6)) == pytest.approx(slow)


def test_several_films_of_a_patient_are_less_than_as_many_patients() -> None:
    study = clustered(7, 3)
    alone = Study(study.rating, study.truth)
    together = {method: covariance(study, "auc", None, method) for method in ("jackknife", "delong")}
    assert together["jackknife"][2] == 30
    assert together["jackknife"][1] == pytest.approx(together["delong"][1], rel=0.25)
    assert (together["delong"][1] > 1.5 * covariance(alone, "auc", None, "delong")[1]).all()


def test_jackknife_over_patients_leaves_all_films_of_a_patient_out() -> None:
    study = clustered(8, 2)
    rows = study.rating.reshape(6, -1)
    without = np.array(
        [areas(rows[:, study.patient != p], study.truth[study.patient != p]) for p in np.unique(study.patient)]
    )
    slow = 29 / 30 * np.einsum("ka,kb->ab", without - without.mean(0), without - without.mean(0))
    assert covariance(study, "auc", None, "jackknife")[1].reshape(6, 6) == pytest.approx(slow)


def test_imrmc_variances_of_single_readers() -> None:
    expected = oracle("imrmc_cc0_dataset")
    found = mrmc(imrmc(), covariance="unbiased")
    assert found.analysis.value[0, :3] == pytest.approx(expected["reader_auc_A_first3"], abs=1e-12)
    assert found.se[0, :3] ** 2 == pytest.approx(expected["reader_varA_first3"], abs=1e-12)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"covariance": "bootstrap"}, "no covariance 'bootstrap'"),
        ({"merit": "accuracy"}, "no figure of merit"),
        ({"merit": "sensitivity"}, "needs a threshold"),
        ({"threshold": 3.0}, "has no threshold"),
        ({"merit": areas, "covariance": "delong"}, "choose jackknife"),
    ],
)
def test_what_cannot_be_asked(asked: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        mrmc(random_study(0), **asked)  # type: ignore[arg-type]


def test_unbiased_covariances_take_one_film_a_patient() -> None:
    with pytest.raises(ConfigError, match="one case a patient"):
        mrmc(clustered(9, 2), covariance="unbiased")


def test_one_case_of_a_class_has_no_variance() -> None:
    study = Study(np.random.default_rng(0).normal(size=(2, 3, 5)), np.array([1, 0, 0, 0, 0]))
    with pytest.raises(DataError, match="positive cases of 1 patients"):
        mrmc(study)
    assert mrmc(study, merit="specificity", threshold=0).positives == 1
