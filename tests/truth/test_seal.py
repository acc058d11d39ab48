"""The seal, the folds, and the check that no patient stands on two sides."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.errors import DataError, LeakError
from wetread.truth import check_disjoint, folds, is_sealed, list_hash, sealed
from wetread.truth.seal import SEALED_SHARE

# The seal may never move: films once sealed must be sealed for ever. These were true when it was made.
SEALED = [
    ("nih", "100"),
    ("nih", "10311"),
    ("nih", "165"),
    ("kermany", "NORMAL/IM-0115"),
    ("kermany", "NORMAL/IM-0164"),
]
OPEN = [("nih", "1"), ("nih", "13"), ("nih", "00000100"), ("kermany", "NORMAL/IM-0119"), ("kermany", "100")]


@pytest.mark.requirement("REQ-SEAL")
def test_the_seal_is_where_it_always_was() -> None:
    assert [is_sealed(*patient) for patient in SEALED] == [True] * len(SEALED)
    assert [is_sealed(*patient) for patient in OPEN] == [False] * len(OPEN)


@pytest.mark.requirement("REQ-SEAL")
def test_the_seal_follows_its_written_rule() -> None:
    """The rule as `data_splits/*.json` states it, worked out anew: a hash's first 8 bytes as a share of 2**64."""
    for number in range(300):
        digest = hashlib.sha256(f"wetread-seal-1:made-up:{number}".encode()).hexdigest()
        assert is_sealed("made-up", str(number)) == (int(digest[:16], 16) < 0.15 * 2**64)


def test_the_sealed_share_is_what_it_says() -> None:
    patients = [f"made-up-{number}" for number in range(20_000)]
    first, second = sealed("one", patients), sealed("other", patients)
    assert first.dtype == bool
    assert first.shape == (20_000,)
    # Three standard errors of a share of 0.15 on 20000.
    assert first.mean() == pytest.approx(SEALED_SHARE, abs=0.0076)
    assert (first & second).mean() == pytest.approx(SEALED_SHARE**2, abs=0.0032), "collections are sealed by themselves"


def test_the_seal_of_many_is_the_seal_of_each() -> None:
    patients = ["100", "1", "100", "13"]
    assert sealed("nih", patients).tolist() == [True, False, True, False]
    assert sealed("nih", []).shape == (0,)


@st.composite
def cohorts(draw: st.DrawFn) -> tuple[list[str], list[int]]:
    patients = draw(st.lists(st.sampled_from([f"p{number}" for number in range(30)]), min_size=10, max_size=90))
    labels = draw(st.lists(st.integers(0, 1), min_size=len(patients), max_size=len(patients)))
    return patients, labels


@settings(deadline=None)
@given(cohorts(), st.integers(2, 5), st.integers(0, 1000))
def test_patients_stay_whole_and_every_film_has_a_fold(
    cohort: tuple[list[str], list[int]], count: int, seed: int
) -> None:
    patients, labels = cohort
    if len(set(patients)) < count:
        return
    fold = folds(patients, labels, count=count, seed=seed)
    assert fold.dtype == np.int64
    assert fold.shape == (len(patients),)
    assert set(fold.tolist()) <= set(range(count))
    homes = {(patient, number) for patient, number in zip(patients, fold.tolist(), strict=True)}
    assert len(homes) == len(set(patients)), "a patient lies in two folds"
    for held in range(count):
        inside = [patient for patient, number in zip(patients, fold, strict=True) if number != held]
        outside = [patient for patient, number in zip(patients, fold, strict=True) if number == held]
        check_disjoint(inside, outside)


def test_strata_are_spread_evenly() -> None:
    rng = np.random.default_rng(0)
    per_patient = rng.integers(1, 5, 400)
    patients = np.repeat([f"p{number}" for number in range(400)], per_patient)
    labels = np.repeat((rng.uniform(size=400) < 0.2).astype(int), per_patient)
    fold = folds(patients.tolist(), labels.tolist(), count=5, seed=0)
    for label in (0, 1):
        held = Counter(fold[labels == label].tolist())
        # Greedy filling never lets one fold run ahead by more than the largest patient.
        assert max(held.values()) - min(held.values()) <= 4
        assert len(held) == 5


def test_folds_are_seeded_and_know_no_order_of_films() -> None:
    rng = np.random.default_rng(1)
    patients = [f"p{number}" for number in rng.integers(0, 60, 200)]
    labels = [int(patient[1:]) % 3 == 0 for patient in patients]
    fold = folds(patients, labels, seed=7)
    np.testing.assert_array_equal(fold, folds(patients, labels, seed=7))
    assert (fold != folds(patients, labels, seed=8)).any()
    order = rng.permutation(200)
    shuffled = folds([patients[place] for place in order], [labels[place] for place in order], seed=7)
    np.testing.assert_array_equal(shuffled, fold[order])


def test_fewer_patients_than_folds() -> None:
    with pytest.raises(DataError, match="5 folds need at least 5 patients; there are 2"):
        folds(["a", "a", "b", "b", "b"], [0, 0, 1, 1, 1])


def test_strata_of_another_length_are_refused() -> None:
    with pytest.raises(DataError, match="one stratum for each film: 2 strata, 3 films"):
        folds(["a", "b", "c"], [0, 1], count=2)


@pytest.mark.parametrize("count", [1, 0, -1])
def test_one_fold_holds_nothing_out(count: int) -> None:
    with pytest.raises(DataError, match="at least 2 folds"):
        folds(["a", "b", "c"], [0, 1, 0], count=count)


@pytest.mark.requirement("REQ-SEAL")
def test_a_patient_on_both_sides_stops_the_run_and_is_not_named() -> None:
    with pytest.raises(
        LeakError, match=r"3 of a kind .* \(patient\), .* film 2 of the .* film 1 of the second"
    ) as caught:
        check_disjoint(["d", "SECRET", "b", "a", "a"], ["a", "b", "SECRET", "x"])
    assert "SECRET" not in str(caught.value)
    with pytest.raises(LeakError, match=r"1 of a kind .* \(film hash\), .* film 1 of the first side and film 2 of the"):
        check_disjoint(["00ff", "01"], ["02", "00ff"], what="film hash")


def test_apart_is_fine() -> None:
    assert check_disjoint(["a", "b"], ["c"]) is None
    assert check_disjoint([], ["c"]) is None


@given(st.lists(st.text("abc/.0123", min_size=1), min_size=2, unique=True), st.integers(0, 99))
def test_a_list_s_hash_knows_its_films_and_not_their_order(films: list[str], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(films))
    value = list_hash(films)
    assert list_hash([films[place] for place in order]) == value
    assert list_hash(films[1:]) != value
    assert list_hash([*films, films[0]]) != value


def test_a_list_s_hash_can_be_worked_out_by_anyone() -> None:
    assert list_hash(["b.png", "a.png"]) == hashlib.sha256(b"a.png\nb.png").hexdigest()
