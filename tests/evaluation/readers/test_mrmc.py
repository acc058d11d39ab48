"""Obuchowski and Rockette's analysis against published print-outs, and what may not change it."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluation.readers.cases import imrmc, random_study, studies
from intervals.oracles import FOLDER, oracle
from wetread.errors import DataError
from wetread.evaluation.readers import Study, mrmc
from wetread.evaluation.readers.mrmc import Analysis, Components, Inference, from_components


def vandyke(method: str) -> tuple[Any, Analysis]:
    """The published table of AUCs with the published components: the ratings themselves are not free."""
    expected = oracle("mrmc_vandyke_or")
    parts = expected[method]
    single = expected["jackknife"]["single"]
    # Error variances of each test, printed beside the jackknife's analysis of fixed readers.
    var = (0.00101410, 0.00059047)
    each = tuple(Components(v, math.nan, one["cov2"], math.nan) for v, one in zip(var, single, strict=True))
    error = Components(parts["Var"], parts["Cov1"], parts["Cov2"], parts["Cov3"])
    return expected, from_components(expected["auc_matrix"], error, per_test=each, tests=("1", "2"))


def main(found: Analysis) -> Inference:
    assert found.random_readers_random_cases is not None
    return found.random_readers_random_cases


def test_vandyke_mean_squares() -> None:
    expected, found = vandyke("jackknife")
    squares = found.mean_squares
    printed = expected["MS"]
    assert (squares.test, squares.reader, squares.test_by_reader) == pytest.approx(
        (printed["T"], printed["R"], printed["TR"]), rel=1e-11
    )
    assert squares.reader_within == pytest.approx([one["MSR"] for one in expected["jackknife"]["single"]], rel=1e-9)


def test_vandyke_variances_over_readers() -> None:
    expected, found = vandyke("jackknife")
    assert found.components.reader == pytest.approx(expected["jackknife"]["VarR"], abs=1e-12)
    assert found.components.test_by_reader == pytest.approx(expected["jackknife"]["VarTR"], abs=1e-12)


@pytest.mark.requirement("REQ-STATISTICS")
@pytest.mark.parametrize("method", ["jackknife", "delong", "unbiased"])
def test_vandyke_random_readers_random_cases(method: str) -> None:
    expected, found = vandyke(method)
    parts, inference = expected[method], main(found)
    assert inference.overall is not None
    (difference,) = inference.differences
    assert inference.overall.statistic == pytest.approx(parts["F"], rel=1e-8)
    assert inference.overall.df_error == difference.df == pytest.approx(parts["ddf"], rel=1e-7)
    assert inference.overall.p == pytest.approx(parts["p"], rel=1e-8)
    assert difference.p == pytest.approx(parts["p"], rel=1e-8)
    assert difference.se == pytest.approx(parts["se"], rel=1e-8)


@pytest.mark.requirement("REQ-STATISTICS")
def test_vandyke_difference_and_its_interval() -> None:
    expected, found = vandyke("jackknife")
    parts = expected["jackknife"]
    (difference,) = main(found).differences
    assert (difference.first, difference.second) == ("1", "2")
    assert difference.estimate.value == pytest.approx(parts["diff_1_minus_2"], rel=1e-9)
    assert (difference.estimate.low, difference.estimate.high) == pytest.approx(parts["ci95"], abs=1e-10)
    assert main(found).error == pytest.approx(parts["denominator"], rel=1e-9)


def test_vandyke_single_tests() -> None:
    expected, found = vandyke("jackknife")
    for one, printed in zip(main(found).single, expected["jackknife"]["single"], strict=True):
        assert one.estimate.value == pytest.approx(printed["auc"], rel=1e-9)
        assert one.se == pytest.approx(printed["se"], rel=1e-8)
        assert one.df == pytest.approx(printed["df"], rel=1e-7)
        assert (one.estimate.low, one.estimate.high) == pytest.approx(printed["ci95"], abs=1e-9)


def test_vandyke_fixed_readers() -> None:
    expected, found = vandyke("jackknife")
    printed, inference = expected["fixed_readers"], found.fixed_readers
    assert inference.overall is not None
    (difference,) = inference.differences
    assert (inference.overall.distribution, inference.overall.df) == ("chi-square", printed["df"])
    assert inference.overall.statistic == pytest.approx(printed["X2"], rel=1e-9)
    assert inference.overall.p == pytest.approx(printed["p"], rel=1e-8)
    assert difference.se == pytest.approx(printed["se"], rel=1e-8)
    assert (difference.estimate.low, difference.estimate.high) == pytest.approx(printed["ci95"], abs=1e-10)
    # Printed by OR-DBM MRMC to eight digits.
    singles = [(one.se, one.estimate.low, one.estimate.high) for one in inference.single]
    assert singles[0] == pytest.approx((0.02428971, 0.84943008, 0.94464399), abs=5e-8)
    assert singles[1] == pytest.approx((0.01677632, 0.90795637, 0.97371835), abs=5e-8)


def test_vandyke_fixed_cases() -> None:
    expected, found = vandyke("jackknife")
    printed, inference = expected["fixed_cases"], found.fixed_cases
    assert inference is not None
    assert inference.overall is not None
    (difference,) = inference.differences
    assert [inference.overall.df, inference.overall.df_error] == printed["df"]
    assert inference.overall.statistic == pytest.approx(printed["F"], rel=1e-6)
    assert inference.overall.p == pytest.approx(printed["p"], rel=1e-9)
    assert difference.se == pytest.approx(printed["se"], rel=1e-9)
    assert (difference.estimate.low, difference.estimate.high) == pytest.approx(printed["ci95"], abs=1e-10)
    singles = [(one.se, one.estimate.low, one.estimate.high) for one in inference.single]
    assert singles[0] == pytest.approx((0.02482994, 0.82809808, 0.96597599), abs=5e-9)
    assert singles[1] == pytest.approx((0.01615303, 0.89598936, 0.98568536), abs=5e-9)


def test_the_print_out_says_the_same() -> None:
    """The numbers typed into the test above stand in the published print-out."""
    file = FOLDER / "raw" / "vandyke.txt"
    if not file.is_file():
        pytest.skip("needs the oracles in ../shared/oracles")
    text = file.read_text("utf-8")
    for line in (
        r"1  0\.89703704  0\.02428971  \(0\.84943008 , 0\.94464399\)",
        r"2  0\.94083736  0\.01677632  \(0\.90795637 , 0\.97371835\)",
        r"1  0\.00101410  0\.00048396",
        r"2  0\.00059047  0\.00020419",
    ):
        assert re.search(line, text), line


def test_imrmc_unbiased_variance_of_the_difference() -> None:
    """With unbiased covariances the standard error is that of U-statistics."""
    expected = oracle("imrmc_cc0_dataset")
    inference = main(mrmc(imrmc(), covariance="unbiased").analysis)
    (difference,) = inference.differences
    assert difference.estimate.value == pytest.approx(expected["diff"], abs=1e-12)
    assert difference.se**2 == pytest.approx(expected["varDiff"], rel=1e-8)
    assert [one.se**2 for one in inference.single] == pytest.approx([expected["varA"], expected["varB"]], rel=1e-9)


def test_dbm_components_are_the_anova_of_pseudovalues() -> None:
    """Tests x readers x cases analysis of variance of jackknife pseudo-values, expected mean squares solved."""
    study = random_study(3, readers=3, cases=20)
    t, r, c = study.rating.shape
    whole = mrmc(study)
    pseudo = np.empty((t, r, c))
    for k in range(c):
        without = Study(np.delete(study.rating, k, axis=2), np.delete(study.truth, k))
        pseudo[:, :, k] = c * whole.analysis.value - (c - 1) * mrmc(without).analysis.value
    square = mean_squares(pseudo)
    found = whole.dbm
    assert found.error == pytest.approx(square["trc"])
    assert found.reader_by_case == pytest.approx((square["rc"] - square["trc"]) / t)
    assert found.test_by_case == pytest.approx((square["tc"] - square["trc"]) / r)
    assert found.case == pytest.approx((square["c"] - square["tc"] - square["rc"] + square["trc"]) / (t * r))
    assert found.reader == pytest.approx((square["r"] - square["tr"] - square["rc"] + square["trc"]) / (t * c))
    assert found.test_by_reader == pytest.approx((square["tr"] - square["trc"]) / c)


def mean_squares(y: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, float]:
    """Of a full three-way table with one entry a cell, by sweeping out means."""
    found = {}
    axes = {"t": 0, "r": 1, "c": 2}
    for name in ("r", "c", "tr", "tc", "rc", "trc"):
        kept = [axes[letter] for letter in name]
        effect = y.mean(axis=tuple(set(range(3)) - set(kept)), keepdims=True)
        for axis in kept:
            effect = effect - effect.mean(axis=axis, keepdims=True)
        df = math.prod(y.shape[axis] - 1 for axis in kept)
        found[name] = float((np.broadcast_to(effect, y.shape) ** 2).sum()) / df
    return found


# ------------------------------------------------------------------------------------------ more tests, fewer readers


def test_fixed_cases_is_the_analysis_of_variance_of_the_table() -> None:
    study = random_study(5, tests=3, readers=4)
    found = mrmc(study).analysis
    assert found.fixed_cases is not None
    assert found.fixed_cases.overall is not None
    assert [(one.first, one.second) for one in found.fixed_cases.differences] == [
        ("test 1", "test 2"), ("test 1", "test 3"), ("test 2", "test 3"),
    ]  # fmt: skip
    rest = found.value - found.value.mean(1, keepdims=True) - found.value.mean(0) + found.value.mean()
    f = (4 * found.value.mean(1).var(ddof=1)) / ((rest**2).sum() / 6)
    assert found.fixed_cases.overall.statistic == pytest.approx(f)
    assert found.fixed_cases.overall.p == pytest.approx(stats.f.sf(f, 2, 6))


def test_three_tests_share_one_standard_error() -> None:
    study = random_study(5, tests=3, readers=4)
    found = mrmc(study, covariance="delong")
    error, inference = found.analysis.components, main(found.analysis)
    squares = found.analysis.mean_squares
    denominator = squares.test_by_reader + 4 * max(error.cov2 - error.cov3, 0)
    assert inference.overall is not None
    assert inference.overall.df_error == pytest.approx(denominator**2 / (squares.test_by_reader**2 / 6))
    assert inference.overall.p == pytest.approx(stats.f.sf(squares.test / denominator, 2, inference.overall.df_error))
    for one in inference.differences:
        assert one.se == pytest.approx(math.sqrt(denominator / 2))
        assert one.p == pytest.approx(2 * stats.t.sf(abs(one.estimate.value) / one.se, inference.overall.df_error))
    chi_square = found.analysis.fixed_readers.overall
    assert chi_square is not None
    expected = 2 * squares.test / (error.var - error.cov1 + 3 * max(error.cov2 - error.cov3, 0))
    assert (chi_square.df, chi_square.statistic) == (2, pytest.approx(expected))
    assert chi_square.p == pytest.approx(stats.chi2.sf(expected, 2))
    assert any("each pair" in note for note in found.notes)


def test_two_tests_with_fixed_cases_are_a_paired_t_test() -> None:
    found = mrmc(random_study(6)).analysis
    assert found.fixed_cases is not None
    known = stats.ttest_rel(*found.value)
    assert found.fixed_cases.differences[0].statistic == pytest.approx(known.statistic)
    assert found.fixed_cases.differences[0].p == pytest.approx(known.pvalue)


def test_the_overall_test_of_two_tests_is_that_of_their_difference() -> None:
    found = mrmc(random_study(7)).analysis
    for inference in (found.random_readers_random_cases, found.fixed_readers, found.fixed_cases):
        assert inference is not None
        assert inference.overall is not None
        assert inference.overall.statistic == pytest.approx(inference.differences[0].statistic ** 2)
        assert inference.overall.p == pytest.approx(inference.differences[0].p)


def test_a_covariance_below_what_can_be_is_taken_as_0() -> None:
    """Cov2 - Cov3 and Cov2 are cut off at 0, as in the published formulas, and a note says so."""
    value = [[0.8, 0.85, 0.9], [0.7, 0.82, 0.81]]
    own = (Components(1e-3, math.nan, -1e-4, math.nan),) * 2
    found = from_components(value, Components(1e-3, 5e-4, 2e-4, 3e-4), per_test=own)
    assert main(found).error == found.mean_squares.test_by_reader
    assert main(found).differences[0].df == pytest.approx(2)
    assert found.fixed_readers.error == pytest.approx(1e-3 - 5e-4)
    assert main(found).single[0].se == pytest.approx(math.sqrt(found.mean_squares.reader_within[0] / 3))
    assert main(found).single[0].df == pytest.approx(2)
    assert found.fixed_readers.single[0].se == pytest.approx(math.sqrt(1e-3 / 3))


def test_one_reader_speaks_for_himself_only() -> None:
    study = random_study(8, readers=1)
    found = mrmc(study, covariance="delong")
    assert found.analysis.random_readers_random_cases is None
    assert found.analysis.fixed_cases is None
    assert found.analysis.fixed_readers.differences[0].p == pytest.approx(found.per_reader[0].p)
    assert any("one reader" in note for note in found.notes)


def test_one_test_has_nothing_to_compare() -> None:
    found = mrmc(random_study(9, tests=1))
    assert found.per_reader == ()
    for inference in (main(found.analysis), found.analysis.fixed_readers, found.analysis.fixed_cases):
        assert inference is not None
        assert inference.overall is None
        assert inference.differences == ()
        assert inference.single[0].se > 0
    assert any("one test" in note for note in found.notes)


def test_a_single_test_does_not_depend_on_the_others() -> None:
    study = random_study(10, tests=3)
    alone = main(mrmc(study.only(["test 2"])).analysis).single[0]
    assert alone.estimate == main(mrmc(study).analysis).single[1].estimate


def test_one_reader_alone_and_one_case_alone_is_refused() -> None:
    with pytest.raises(DataError, match="patients: a variance needs"):
        mrmc(Study(np.zeros((1, 1, 1)), np.array([1])))


def test_missing_readings_are_refused_with_the_way_out() -> None:
    study = random_study(11)
    rating = study.rating.copy()
    rating[1, 2, :4] = np.nan
    with pytest.raises(
        DataError, match=r"4 of 320 readings.*reader 3 of 4 under test 2 of 2 lacks 4 of 40.*u_statistics"
    ):
        mrmc(Study(rating, study.truth))


@pytest.mark.parametrize("covariance", ["jackknife", "delong", "unbiased"])
def test_readings_that_are_all_alike_have_no_test(covariance: str) -> None:
    study = random_study(12, readers=3)
    found = mrmc(Study(np.stack([study.rating[0], study.rating[0]]), study.truth), covariance=covariance)
    for inference in (found.analysis.random_readers_random_cases, found.analysis.fixed_readers):
        assert inference is not None
        (difference,) = inference.differences
        assert difference.estimate.value == 0
        assert math.isnan(difference.p)
        assert math.isnan(difference.estimate.low)
    assert any("no interval and no test" in note for note in found.notes)


def test_perfect_and_useless_readers_are_answered() -> None:
    truth = np.arange(20) % 2 == 0
    found = mrmc(Study(np.stack([np.tile(truth, (3, 1)), np.zeros((3, 20))]), truth))
    assert found.analysis.value.tolist() == [[1, 1, 1], [0.5, 0.5, 0.5]]
    assert main(found.analysis).differences[0].estimate.value == 0.5
    assert math.isnan(main(found.analysis).differences[0].p)


def test_a_table_that_is_none_is_refused() -> None:
    error = Components(1e-3, 5e-4, 4e-4, 3e-4)
    with pytest.raises(DataError, match="tests x readers"):
        from_components([0.8, 0.9], error)
    with pytest.raises(DataError, match="tests x readers"):
        from_components([[0.8, math.nan]], error)
    with pytest.raises(DataError, match="1 components"):
        from_components([[0.8, 0.9], [0.7, 0.8]], error, per_test=(error,))


# ------------------------------------------------------------------------------------------------ what changes nothing


def numbers(found: Analysis) -> list[float]:
    """Every number of the three inferences, but for single readers."""
    collected: list[float] = []
    for inference in (main(found), found.fixed_readers, found.fixed_cases):
        assert inference is not None
        assert inference.overall is not None
        collected += [inference.error, inference.overall.statistic, inference.overall.p]
        for one in inference.differences:
            collected += [one.estimate.value, one.estimate.low, one.estimate.high, one.p]
        for single in inference.single:
            collected += [single.estimate.value, single.estimate.low, single.estimate.high]
    return collected


@settings(max_examples=15, deadline=None)
@given(studies(), st.sampled_from(["jackknife", "delong", "unbiased"]), st.integers(0, 1000))
def test_the_order_of_readers_and_cases_is_nothing(study: Study, covariance: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    readers, cases = rng.permutation(len(study.readers)), rng.permutation(study.truth.size)
    shuffled = Study(study.rating[:, readers][:, :, cases], study.truth[cases])
    assert numbers(mrmc(shuffled, covariance=covariance).analysis) == pytest.approx(
        numbers(mrmc(study, covariance=covariance).analysis), rel=1e-6, abs=1e-9, nan_ok=True
    )


@settings(max_examples=15, deadline=None)
@given(studies(), st.sampled_from(["jackknife", "delong", "unbiased"]), st.integers(0, 1000))
def test_each_reader_may_use_the_scale_as_he_likes(study: Study, covariance: str, seed: int) -> None:
    """A strictly rising transform for each test and reader changes no AUC."""
    rng = np.random.default_rng(seed)
    scale, shift = (
        rng.uniform(0.1, 9, study.rating.shape[:2])[..., None],
        rng.normal(size=study.rating.shape[:2])[..., None],
    )
    bent = Study(np.arctan(study.rating / 10) * scale + shift, study.truth)
    assert numbers(mrmc(bent, covariance=covariance).analysis) == pytest.approx(
        numbers(mrmc(study, covariance=covariance).analysis), rel=1e-6, abs=1e-9, nan_ok=True
    )


@settings(max_examples=15, deadline=None)
@given(studies())
def test_turning_the_scale_and_the_truth_over_is_nothing(study: Study) -> None:
    turned = Study(-study.rating, ~study.truth)
    assert numbers(mrmc(turned).analysis) == pytest.approx(
        numbers(mrmc(study).analysis), rel=1e-6, abs=1e-9, nan_ok=True
    )


@settings(max_examples=15, deadline=None)
@given(studies())
def test_exchanging_tests_turns_the_difference_over(study: Study) -> None:
    one = main(mrmc(study.only(["test 1", "test 2"])).analysis).differences[0]
    other = main(mrmc(study.only(["test 2", "test 1"])).analysis).differences[0]
    assert one.estimate.value == pytest.approx(-other.estimate.value, abs=1e-12)
    assert one.estimate.low == pytest.approx(-other.estimate.high, abs=1e-9, nan_ok=True)
    assert one.p == pytest.approx(other.p, rel=1e-6, nan_ok=True)


@settings(max_examples=15, deadline=None)
@given(studies())
def test_printed_components_give_the_analysis_back(study: Study) -> None:
    found = mrmc(study).analysis
    again = from_components(found.value, found.components, per_test=found.per_test, tests=found.tests)
    assert numbers(again) == pytest.approx(numbers(found), nan_ok=True)
