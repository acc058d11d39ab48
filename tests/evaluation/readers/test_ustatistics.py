"""U-statistics against iMRMC's print-out, and where not everybody read everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from evaluation.readers.cases import imrmc, random_study, studies
from intervals.oracles import oracle
from wetread.errors import DataError
from wetread.evaluation.readers import Study, mrmc, u_statistics


def test_imrmc_single_tests() -> None:
    expected, found = oracle("imrmc_cc0_dataset"), u_statistics(imrmc())
    assert [one.estimate.value for one in found.single] == pytest.approx(
        [expected["aucA"], expected["aucB"]], abs=1e-12
    )
    assert [one.se**2 for one in found.single] == pytest.approx([expected["varA"], expected["varB"]], rel=1e-9)
    assert found.value[0, :3] == pytest.approx(expected["reader_auc_A_first3"], abs=1e-12)
    assert found.variance[0, :3] == pytest.approx(expected["reader_varA_first3"], abs=1e-11)


def test_imrmc_difference() -> None:
    expected = oracle("imrmc_cc0_dataset")
    (difference,) = u_statistics(imrmc()).differences
    assert difference.estimate.value == pytest.approx(expected["diff"], abs=1e-12)
    assert difference.se**2 == pytest.approx(expected["varDiff"], rel=1e-9)
    assert difference.df == pytest.approx(expected["dfBDG"], rel=1e-9)
    assert difference.p == pytest.approx(expected["pBDG"], rel=1e-9)
    assert (difference.estimate.low, difference.estimate.high) == pytest.approx(expected["ciBDG"], abs=1e-9)


def test_vandyke_interval_from_its_printed_variance() -> None:
    """The published interval and p follow from the published variance and the whole degrees of freedom."""
    from wetread.evaluation.readers.inference import two_sided

    printed = oracle("mrmc_vandyke_or")["iMRMC_Ustat"]
    value = oracle("mrmc_vandyke_or")["jackknife"]["diff_1_minus_2"]
    interval, _, _, p = two_sided(value, printed["varDiff"], float(int(printed["dfBDG"])), 0.95, "")
    assert (interval.low, interval.high) == pytest.approx(printed["ciBDG"], abs=1e-9)
    assert p == pytest.approx(printed["pBDG"], rel=1e-8)


@settings(max_examples=15, deadline=None)
@given(studies())
def test_the_standard_error_is_that_of_unbiased_covariances(study: Study) -> None:
    """Gallas' variance is Obuchowski and Rockette's with unbiased covariances, where nothing had to be cut off at 0."""
    single = u_statistics(study).single
    analysis = mrmc(study, covariance="unbiased").analysis
    for one, own, square in zip(single, analysis.per_test, analysis.mean_squares.reader_within, strict=True):
        variance = square / len(study.readers) + own.cov2
        assert one.se**2 == pytest.approx(max(variance, 0), rel=1e-7, abs=1e-12)


def dropped(study: Study, share: float, seed: int) -> Study:
    rng = np.random.default_rng(seed)
    rating = np.where(rng.random(study.rating.shape) < share, np.nan, study.rating)
    return Study(rating, study.truth)


@pytest.mark.requirement("REQ-READER-STUDIES")
def test_missing_readings_count_by_the_pairs_that_are_left() -> None:
    study = dropped(random_study(1, readers=3, cases=30), 0.2, 2)
    found = u_statistics(study)
    for i in range(2):
        won = pairs = 0.0
        for j in range(3):
            row = study.rating[i, j]
            for x in row[study.truth & ~np.isnan(row)]:
                for y in row[~study.truth & ~np.isnan(row)]:
                    won, pairs = won + (x > y) + 0.5 * (x == y), pairs + 1
        assert found.single[i].estimate.value == pytest.approx(won / pairs)


def test_a_fully_crossed_study_varies_less_than_one_with_gaps() -> None:
    study = random_study(4, readers=5, cases=80)
    whole, half = u_statistics(study), u_statistics(dropped(study, 0.6, 5))
    assert half.differences[0].se > whole.differences[0].se


def test_each_reader_may_have_cases_of_his_own() -> None:
    """Split plot: three pairs of readers, each pair with a third of the cases."""
    study = random_study(6, readers=6, cases=60)
    rating = np.full(study.rating.shape, np.nan)
    for block in range(3):
        cases = np.arange(60) % 3 == block
        readers = [2 * block, 2 * block + 1]
        rating[:, readers] = np.where(cases, study.rating[:, readers], np.nan)
    found = u_statistics(Study(rating, study.truth))
    (difference,) = found.differences
    assert difference.df is not None
    assert difference.df >= 5
    assert difference.estimate.low < difference.estimate.value < difference.estimate.high


def test_exchanging_tests_read_by_different_numbers_turns_the_difference_over() -> None:
    study = random_study(6, readers=6, cases=60)
    rating = study.rating.copy()
    rating[1, 2:] = np.nan
    (one,) = u_statistics(Study(rating, study.truth)).differences
    (other,) = u_statistics(Study(rating[::-1], study.truth)).differences
    assert (one.df, one.p, one.estimate.low) == pytest.approx((other.df, other.p, -other.estimate.high))


@pytest.mark.parametrize("seed", range(30))
def test_degrees_of_freedom_are_never_below_those_of_the_scarcest(seed: int) -> None:
    study = random_study(seed, readers=3, cases=20)
    found = u_statistics(study)
    known = [one.df for one in (*found.single, *found.differences) if one.df is not None]
    assert known
    assert min(known) >= 2


def test_tests_that_share_nothing_are_independent() -> None:
    study = random_study(7, readers=4, cases=60)
    rating = study.rating.copy()
    even = np.arange(60) % 2 == 0
    rating[0, :, even] = rating[1, :, ~even] = np.nan
    rating[0, 2:] = rating[1, :2] = np.nan
    found = u_statistics(Study(rating, study.truth))
    variance = sum(one.se**2 for one in found.single)
    assert found.differences[0].se ** 2 == pytest.approx(variance)
    assert np.isnan(found.value[0, 2])


def test_what_has_no_variance_over_readers_is_refused() -> None:
    with pytest.raises(DataError, match="1 readers"):
        u_statistics(random_study(8, readers=1))
    with pytest.raises(DataError, match="one case a patient"):
        u_statistics(Study(np.zeros((1, 2, 4)), np.array([0, 0, 1, 1]), patient=np.array(list("aabb"))))
    rating = random_study(9, readers=2).rating.copy()
    rating[0, 1] = np.nan
    with pytest.raises(DataError, match="no readings of different readers"):
        u_statistics(Study(rating, random_study(9).truth))
