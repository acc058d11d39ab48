"""The whole of agreement for a set of reads."""

from __future__ import annotations

import json

import numpy as np
import pytest

from truth.published import OBSERVERS, PATIENTS, krippendorff_rows
from wetread.errors import DataError
from wetread.truth import agreement
from wetread.truth.reads import Reads


def paradox() -> Reads:
    rows = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], [80, 10, 5, 5], axis=0)
    return Reads.of_matrix(rows.tolist(), readers=("ann", "ben"))


def test_two_readers_get_kappa_with_both_intervals_and_a_remark() -> None:
    found = agreement(paradox(), resamples=300)
    kappa = found.estimate("Cohen's kappa")
    assert kappa.value == pytest.approx(0.318181818181818)
    assert kappa.analytic is not None
    assert kappa.resampled is not None
    assert (kappa.resampled.low, kappa.resampled.high) == pytest.approx(
        (kappa.analytic.low, kappa.analytic.high), abs=0.12
    )
    assert found.estimate("Gwet's AC1").value == pytest.approx(0.808)
    assert found.estimate("PABAK").value == pytest.approx(0.7)
    assert found.estimate("specific agreement on 1").value == pytest.approx(0.4)
    assert found.shares["ann"] == pytest.approx({"0": 0.9, "1": 0.1})
    assert any("Kappa (0.32) lies well below AC1 (0.81)" in remark for remark in found.remarks)
    assert found.pairs == {}
    assert json.loads(json.dumps(found.to_dict()))["estimates"][1]["value"] == kappa.value


def test_several_readers_with_gaps_get_pairs_and_alpha_at_their_level() -> None:
    found = agreement(Reads.of_matrix(krippendorff_rows(), readers=list("ABCD")), level="ordinal", resamples=0)
    assert found.estimate("Krippendorff's alpha, ordinal").value == pytest.approx(0.8153875037548814)
    assert found.estimate("Fleiss' kappa").analytic is not None
    assert found.estimate("Conger's kappa").analytic is None
    assert found.estimate("Conger's kappa").resampled is None
    assert len(found.pairs) == 6
    assert [e.name for e in found.pairs["A and B"]][1:4] == [
        "Cohen's kappa",
        "Cohen's kappa, linear weights",
        "Cohen's kappa, quadratic weights",
    ]
    assert found.read_by_two == 11
    assert "1 of 12 films were not read by two readers." in found.remarks


def test_repeats_tell_how_far_a_reader_agrees_with_themselves() -> None:
    found = agreement(Reads.of_matrix(PATIENTS, readers=OBSERVERS), resamples=100)
    assert set(found.within) == {"1"}
    own = {e.name: e for e in found.within["1"]}
    same = sum(row[0] == row[1] for row in PATIENTS) / 45
    assert own["observed agreement"].value == pytest.approx(same)
    between = {e.name: e for e in found.pairs["1 and 2"]}
    assert between["observed agreement"].value == pytest.approx(sum(row[0] == row[3] for row in PATIENTS) / 45)


def test_patients_widen_the_resampled_interval_only() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat(rng.integers(0, 2, 40), 5)
    hard = np.repeat(rng.uniform(size=40) < 0.3, 5)  # some patients' films are all disputed
    rows = np.column_stack([truth, np.where(hard, 1 - truth, truth)])
    films = [f"f{i}" for i in range(200)] * 2
    readers = ["a"] * 200 + ["b"] * 200
    value = [*rows[:, 0].tolist(), *rows[:, 1].tolist()]
    alone = agreement(Reads.of(films, readers, value), resamples=300)
    grouped = agreement(Reads.of(films, readers, value, patient=[f"p{i // 5}" for i in range(200)] * 2), resamples=300)
    first, second = (found.estimate("Cohen's kappa") for found in (alone, grouped))
    assert first.analytic == second.analytic
    assert first.resampled is not None
    assert second.resampled is not None
    assert second.resampled.high - second.resampled.low > 1.5 * (first.resampled.high - first.resampled.low)
    assert any("several films" in remark for remark in grouped.remarks)


def test_seeds_decide() -> None:
    assert agreement(paradox(), resamples=50).estimates == agreement(paradox(), resamples=50).estimates
    assert agreement(paradox(), resamples=50).estimates != agreement(paradox(), resamples=50, seed=1).estimates


def test_where_there_is_nothing_to_compare() -> None:
    with pytest.raises(DataError, match="nothing to compare"):
        agreement(Reads.of_matrix([[1, None], [None, 0]]))
    with pytest.raises(DataError, match="with one answer there is nothing to agree about"):
        agreement(Reads.of_matrix([[1, 1], [1, 1]]))
    with pytest.raises(DataError, match="not mild, severe: give numbers"):
        agreement(Reads.of_matrix([["mild", "severe"]]), level="interval")
    with pytest.raises(DataError, match="no 'kappa' was estimated"):
        agreement(paradox(), resamples=0).estimate("kappa")
