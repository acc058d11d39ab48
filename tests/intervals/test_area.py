"""AUROC against counting pairs, and intervals over resampled patients."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from wetread.errors import DataError
from wetread.intervals import (
    Interval,
    auroc,
    bootstrap_auroc,
    bootstrap_difference,
    patient_weights,
)
from wetread.intervals.resampling import percentile_interval

ORACLES = Path(__file__).resolve().parents[3] / "shared" / "oracles"


def by_pairs(scores: ArrayLike, labels: ArrayLike, strata: ArrayLike | None = None) -> float:
    """Count every pair, the slow way."""
    s, y = np.asarray(scores, float), np.asarray(labels)
    groups = np.zeros(len(s)) if strata is None else np.asarray(strata)
    won = pairs = 0.0
    for i in np.flatnonzero(y == 1):
        for j in np.flatnonzero(y == 0):
            if groups[i] == groups[j]:
                pairs += 1
                won += 1.0 if s[i] > s[j] else 0.5 if s[i] == s[j] else 0.0
    return won / pairs if pairs else float("nan")


@st.composite
def labelled(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Scores with many ties, and labels with both classes."""
    n = draw(st.integers(2, 40))
    scores = draw(st.lists(st.integers(0, 8), min_size=n, max_size=n))
    labels = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    assume(0 < sum(labels) < n)
    return np.array(scores) / 8, np.array(labels)


@settings(deadline=None)
@given(labelled())
def test_equals_counting_pairs(case: tuple[NDArray[np.float64], NDArray[np.int64]]) -> None:
    scores, labels = case
    assert auroc(scores, labels)[0] == pytest.approx(by_pairs(scores, labels), abs=1e-12)


@settings(deadline=None)
@given(labelled(), st.data())
def test_weights_are_copies_of_films(case: tuple[NDArray[np.float64], NDArray[np.int64]], data: st.DataObject) -> None:
    scores, labels = case
    copies = np.array(data.draw(st.lists(st.integers(0, 4), min_size=len(scores), max_size=len(scores))))
    expected = by_pairs(np.repeat(scores, copies), np.repeat(labels, copies))
    found = auroc(scores, labels, weights=np.stack([copies, np.ones_like(copies)]))
    assert found.shape == (2,)
    assert found[0] == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert found[1] == pytest.approx(by_pairs(scores, labels), abs=1e-12)


@settings(deadline=None)
@given(labelled(), st.data())
def test_strata_compare_only_their_own_films(
    case: tuple[NDArray[np.float64], NDArray[np.int64]], data: st.DataObject
) -> None:
    scores, labels = case
    strata = np.array(data.draw(st.lists(st.sampled_from("abc"), min_size=len(scores), max_size=len(scores))))
    expected = by_pairs(scores, labels, strata)
    assert auroc(scores, labels, strata=strata)[0] == pytest.approx(expected, abs=1e-12, nan_ok=True)


@settings(deadline=None)
@given(labelled(), st.integers(0, 2**16))
def test_invariances(case: tuple[NDArray[np.float64], NDArray[np.int64]], seed: int) -> None:
    scores, labels = case
    value = auroc(scores, labels)[0]
    order = np.random.default_rng(seed).permutation(len(scores))
    assert auroc(np.exp(3 * scores) - 7, labels)[0] == pytest.approx(value, abs=1e-12)
    assert auroc(scores[order], labels[order])[0] == pytest.approx(value, abs=1e-12)
    assert auroc(scores, 1 - labels)[0] == pytest.approx(1 - value, abs=1e-12)
    assert auroc(-scores, labels)[0] == pytest.approx(1 - value, abs=1e-12)


def test_ends_and_middle() -> None:
    assert auroc([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])[0] == 1
    assert auroc([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1])[0] == 0
    assert auroc([0.5] * 6, [0, 1, 0, 1, 1, 0])[0] == 0.5


def test_no_pair_is_no_number() -> None:
    assert np.isnan(auroc([0.1, 0.2], [1, 1])[0])
    assert np.isnan(auroc([0.1, 0.2], [0, 1], strata=["a", "b"])[0])
    assert np.isnan(auroc([], [])[0])


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([0.1, 0.2, 0.3], [0, 1], r"one length, not \(3,\) and \(2,\)"),
        ([[0.1, 0.2]], [[0, 1]], "two lists of one length"),
        ([0.1, np.nan, np.inf], [0, 1, 1], "2 scores are missing or not finite"),
        ([0.1, 0.2], [0, 2], "labels are 0 or 1"),
        ([0.1, 0.2], [0.0, np.nan], "labels are 0 or 1"),
    ],
)
def test_what_cannot_be_ranked_is_refused(scores: ArrayLike, labels: ArrayLike, message: str) -> None:
    with pytest.raises(DataError, match=message):
        auroc(scores, labels)


def test_weights_strata_and_patients_of_another_length_are_refused() -> None:
    scores, labels = [0.1, 0.2, 0.3], [0, 1, 1]
    with pytest.raises(DataError, match="weights"):
        auroc(scores, labels, weights=np.ones((5, 2)))
    with pytest.raises(DataError, match="strata"):
        auroc(scores, labels, strata=["a", "b"])
    with pytest.raises(DataError, match="patient"):
        bootstrap_auroc(scores, labels, ["p", "q"])
    with pytest.raises(DataError, match="patient"):
        bootstrap_difference(scores, scores, labels, ["p", "q"])


@pytest.mark.parametrize("marker", ["wfns", "s100b", "ndka"])
def test_published_areas(marker: str) -> None:
    """R's pROC on the aneurysmal subarachnoid haemorrhage data; ties in wfns are many."""
    table = ORACLES / "raw" / "asah.csv"
    if not table.is_file():
        pytest.skip("needs the oracles in ../shared/oracles")
    expected = json.loads((ORACLES / "statistics.json").read_text("utf-8"))["delong_asah"]
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    scores = [float(row[marker]) for row in rows]
    labels = [int(row["outcome"] == "Poor") for row in rows]
    assert auroc(scores, labels)[0] == pytest.approx(expected["auc"][marker], abs=1e-12)
    # With one film a patient, the bootstrap's width is DeLong's, within sampling error.
    found = bootstrap_auroc(scores, labels, np.arange(len(rows)), resamples=1000)
    low, high = expected["ci95"][marker]
    assert found.high - found.low == pytest.approx(high - low, rel=0.15)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.03)


def test_published_paired_difference() -> None:
    table = ORACLES / "raw" / "asah.csv"
    if not table.is_file():
        pytest.skip("needs the oracles in ../shared/oracles")
    expected = json.loads((ORACLES / "statistics.json").read_text("utf-8"))["delong_asah"]
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    first, second = ([float(row[marker]) for row in rows] for marker in ("wfns", "s100b"))
    labels = [int(row["outcome"] == "Poor") for row in rows]
    found = bootstrap_difference(first, second, labels, np.arange(len(rows)), resamples=1000)
    assert found.value == pytest.approx(expected["auc"]["wfns"] - expected["auc"]["s100b"], abs=1e-12)
    low, high = expected["paired"]["wfns_s100b"]["diff_ci"]
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.03)


@pytest.mark.requirement("REQ-INTERVALS")
def test_patients_are_drawn_whole() -> None:
    patients = np.array(["b", "a", "b", "c", "a", "b", "d"])
    weights = patient_weights(patients, resamples=300, seed=4)
    assert weights.shape == (300, 7)
    assert weights.dtype == np.float64
    firsts = []
    for patient in "abcd":
        mine = weights[:, patients == patient]
        assert (mine == mine[:, :1]).all(), "films of one patient were drawn apart"
        firsts.append(mine[:, 0])
    np.testing.assert_array_equal(np.sum(firsts, axis=0), 4)
    assert set(np.unique(weights)) <= {0, 1, 2, 3, 4}
    assert np.mean(firsts, axis=1) == pytest.approx(np.ones(4), abs=0.2)


@pytest.mark.requirement("REQ-INTERVALS")
def test_resamples_are_seeded() -> None:
    patients = list("aabbccddee")
    np.testing.assert_array_equal(patient_weights(patients, seed=3), patient_weights(patients, seed=3))
    assert (patient_weights(patients, seed=3) != patient_weights(patients, seed=4)).any()


def test_no_patients_is_an_error_of_data() -> None:
    with pytest.raises(DataError, match="no patients"):
        patient_weights([])
    with pytest.raises(DataError, match="no patients"):
        bootstrap_auroc([], [], [])


def simulated(seed: int, patients: int = 60, films: int = 3, gain: float = 1.0) -> tuple[NDArray[np.float64], ...]:
    """Films of one patient resemble each other; the label is the patient's."""
    rng = np.random.default_rng(seed)
    label = np.repeat(rng.integers(0, 2, patients), films)
    own = np.repeat(rng.normal(0, 1, patients), films)
    scores = gain * label + own + rng.normal(0, 0.3, patients * films)
    return scores, label, np.repeat(np.arange(patients), films)


def test_the_interval_holds_the_value_and_the_seed_decides() -> None:
    scores, labels, patients = simulated(0)
    found = bootstrap_auroc(scores, labels, patients, resamples=500)
    assert found.low < found.value < found.high
    assert found == bootstrap_auroc(scores, labels, patients, resamples=500)
    assert found != bootstrap_auroc(scores, labels, patients, resamples=500, seed=1)
    assert found.value == auroc(scores, labels)[0]


@pytest.mark.requirement("REQ-INTERVALS")
def test_patients_not_films_make_the_interval_wide() -> None:
    scores, labels, patients = simulated(0, films=6)
    whole = bootstrap_auroc(scores, labels, patients, resamples=500)
    apart = bootstrap_auroc(scores, labels, np.arange(len(scores)), resamples=500)
    assert whole.high - whole.low > 1.5 * (apart.high - apart.low)


@pytest.mark.requirement("REQ-INTERVALS")
def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    # Difference of two normals with variance 1.09: AUROC = Phi(1 / sqrt(2 * 1.09)).
    truth = 0.75090
    intervals = [bootstrap_auroc(*simulated(seed), resamples=200, seed=seed) for seed in range(100)]
    covered = sum(interval.low <= truth <= interval.high for interval in intervals)
    assert 87 <= covered <= 99


def test_difference_is_paired_and_signed() -> None:
    scores, labels, patients = simulated(1)
    worse = scores + np.random.default_rng(0).normal(0, 2, len(scores))
    found = bootstrap_difference(scores, worse, labels, patients, resamples=300)
    assert found.value == pytest.approx(auroc(scores, labels)[0] - auroc(worse, labels)[0])
    assert found.value > 0
    back = bootstrap_difference(worse, scores, labels, patients, resamples=300)
    assert (back.value, back.low, back.high) == pytest.approx((-found.value, -found.high, -found.low))
    same = bootstrap_difference(scores, 2 * scores + 1, labels, patients, resamples=300)
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_strata_reach_the_bootstrap() -> None:
    rng = np.random.default_rng(0)
    stratum = np.tile([0, 1], 100)
    labels = (rng.uniform(size=200) < 0.3 + 0.4 * stratum).astype(int)
    scores = stratum + rng.normal(0, 0.01, 200)  # knows the stratum and nothing else
    patients = np.arange(200)
    plain = bootstrap_auroc(scores, labels, patients, resamples=200)
    within = bootstrap_auroc(scores, labels, patients, strata=stratum, resamples=200)
    assert plain.low > 0.55
    assert within.low < 0.5 < within.high
    nothing = bootstrap_difference(scores, scores, labels, patients, strata=stratum, resamples=200)
    assert nothing.value == 0


def test_too_few_patients_for_an_interval() -> None:
    # One positive patient: some 37 % of the resamples leave it out.
    with pytest.raises(DataError, match=r"only \d+ of 400 resamples hold both classes: too few patients"):
        bootstrap_auroc([0.9, 0.1, 0.2, 0.3], [1, 0, 0, 0], list("abcd"), resamples=400)
    with pytest.raises(DataError, match="only 0 of 100 resamples"):
        bootstrap_auroc([0.9, 0.1], [1, 1], list("ab"), resamples=100)


def test_a_few_resamples_without_an_answer_are_left_out() -> None:
    resampled = np.append(np.linspace(0, 1, 95), np.full(5, np.nan))
    assert percentile_interval(0.5, resampled) == percentile_interval(0.5, resampled[:95])
    assert percentile_interval(0.5, np.linspace(0, 1, 1001)) == Interval(0.5, 0.025, 0.975)
    with pytest.raises(DataError, match="only 0 of 0 resamples"):
        percentile_interval(0.5, np.array([]))


def test_an_interval_says_itself() -> None:
    assert str(Interval(0.81234, 0.7, 0.9)) == "0.812 (0.700-0.900)"
