"""CheXNet's protocol against its definition computed film by film with scikit-learn."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from intervals.oracles import oracle
from wetread.errors import ConfigError, DataError
from wetread.evaluation.readers import panel
from wetread.intervals import patient_weights

Calls = dict[str, NDArray[np.float64]]


def made_up(seed: int, labellers: int = 4, films: int = 60) -> tuple[Calls, NDArray[np.float64], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    plain = rng.normal(size=films)
    calls = {f"rad{i + 1}": (plain + rng.normal(size=films) > 0.4).astype(float) for i in range(labellers)}
    return calls, (plain + rng.normal(size=films) > 0.2).astype(float), np.arange(films) // 2


def by_hand(calls: Calls, model: NDArray[np.float64], person: str, model_too: bool = True) -> float:
    everybody = {**calls, "model": model}
    others = [name for name in everybody if name != person and (model_too or name != "model")]
    return float(np.mean([f1_score(everybody[name], everybody[person]) for name in others]))


@pytest.mark.requirement("REQ-READER-STUDIES")
def test_chexnet_definition() -> None:
    """Four references each: a radiologist the three others and the model, the model the four radiologists."""
    calls, model, patients = made_up(0)
    found = panel(calls, model, patients, resamples=50)
    for one in (*found.labellers, found.model):
        assert one.f1.value == pytest.approx(by_hand(calls, model, one.name))
        assert one.references == 4
    mean = np.mean([by_hand(calls, model, name) for name in calls])
    assert found.mean_labeller.value == pytest.approx(mean)
    assert found.difference.value == pytest.approx(by_hand(calls, model, "model") - mean)


def test_labellers_without_the_model_as_a_reference() -> None:
    calls, model, patients = made_up(1)
    found = panel(calls, model, patients, reference="each labeller", resamples=50)
    assert [one.references for one in (*found.labellers, found.model)] == [3, 3, 3, 3, 4]
    for one in found.labellers:
        assert one.f1.value == pytest.approx(by_hand(calls, model, one.name, model_too=False))
    assert found.model.f1.value == pytest.approx(by_hand(calls, model, "model"))


def test_intervals_are_of_resampled_patients() -> None:
    calls, model, patients = made_up(2)
    found = panel(calls, model, patients, resamples=300, seed=5)
    table = np.array([*calls.values(), model])
    moved = []
    for weights in patient_weights(patients, resamples=300, seed=5):
        f1 = {
            (i, k): 2 * (weights * table[i] * table[k]).sum() / (weights * (table[i] + table[k])).sum()
            for i, k in permutations(range(5), 2)
        }
        scores = [np.mean([f1[i, k] for k in range(5) if k != i]) for i in range(5)]
        moved.append((scores[4], np.mean(scores[:4]), scores[4] - np.mean(scores[:4])))
    low, high = np.percentile(moved, (2.5, 97.5), axis=0)
    assert (found.model.f1.low, found.mean_labeller.low, found.difference.low) == pytest.approx(tuple(low))
    assert (found.model.f1.high, found.mean_labeller.high, found.difference.high) == pytest.approx(tuple(high))
    assert (found.films, found.patients, found.resamples, found.unanswered) == (60, 30, 300, 0)


def test_the_same_seed_gives_the_same_numbers() -> None:
    calls, model, patients = made_up(3)
    again = [panel(calls, model, patients, resamples=100, seed=seed).difference for seed in (1, 1, 2)]
    assert again[0] == again[1] != again[2]


@pytest.mark.requirement("REQ-READER-STUDIES")
def test_beside_every_f1_stands_that_of_calling_everything() -> None:
    calls, model, patients = made_up(4)
    found = panel(calls, model, patients, resamples=50)
    everything = np.ones(60)
    assert found.model.f1_all_positive == pytest.approx(np.mean([f1_score(own, everything) for own in calls.values()]))
    assert found.model.prevalence == pytest.approx(np.mean(list(calls.values())))
    assert found.model.called == pytest.approx(model.mean())
    shouting = panel(calls, everything, patients, resamples=50)
    assert shouting.model.f1.value == pytest.approx(shouting.model.f1_all_positive)


@pytest.mark.parametrize(("reference", "needed"), [("any", 1), ("majority", 3), ("all", 4)])
def test_a_vote_of_the_other_labellers(reference: str, needed: int) -> None:
    calls, model, patients = made_up(5, labellers=5)
    found = panel(calls, model, patients, reference=reference, resamples=50)
    votes = np.array(list(calls.values())).sum(axis=0)
    assert found.model.f1.value == pytest.approx(
        f1_score(votes >= {"any": 1, "majority": 3, "all": 5}[reference], model)
    )
    own = calls["rad1"]
    assert found.labellers[0].f1.value == pytest.approx(f1_score(votes - own >= needed, own))
    assert found.model.references == 1


def test_two_compare_on_the_films_that_both_read() -> None:
    calls, model, patients = made_up(6, labellers=2)
    calls["rad1"][:20] = math.nan
    found = panel(calls, model, patients, resamples=50)
    with_second = f1_score(calls["rad1"][20:], calls["rad2"][20:])
    assert found.pairwise[0, 1] == pytest.approx(with_second)
    assert found.labellers[0].f1.value == pytest.approx((with_second + f1_score(calls["rad1"][20:], model[20:])) / 2)
    vote = panel(calls, model, patients, reference="any", resamples=50)
    either = np.nanmax([calls["rad1"], calls["rad2"]], axis=0)
    assert vote.model.f1.value == pytest.approx(f1_score(either, model))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_names_and_the_order_of_films_are_nothing(seed: int) -> None:
    calls, model, patients = made_up(seed)
    order = np.random.default_rng(seed).permutation(60)
    one = panel(calls, model, patients, resamples=20)
    other = panel(
        {name: values[order] for name, values in reversed(calls.items())}, model[order], patients[order], resamples=20
    )
    assert other.model.f1.value == pytest.approx(one.model.f1.value)
    assert other.difference.low == pytest.approx(one.difference.low)
    assert {entry.name: pytest.approx(entry.f1.value) for entry in one.labellers} == {
        entry.name: entry.f1.value for entry in other.labellers
    }


def test_a_model_that_copies_a_labeller_is_that_labeller() -> None:
    calls, _, patients = made_up(7)
    found = panel(calls, calls["rad2"], patients, resamples=50)
    assert found.pairwise[1, 4] == 1
    assert found.model.f1.value == pytest.approx(found.labellers[1].f1.value)


def test_published_means_of_chexnet_do_not_give_its_published_difference() -> None:
    """Why the paper is an anchor and no oracle: its difference (0.051) is not that of its means (0.048)."""
    f1 = oracle("chexnet")["f1"]
    radiologists = np.mean([f1[f"rad{i}"][0] for i in (1, 2, 3, 4)])
    assert radiologists == pytest.approx(f1["rad_avg"][0], abs=6e-4)
    assert f1["chexnet"][0] - f1["rad_avg"][0] == pytest.approx(0.048)
    assert f1["difference"][0] != pytest.approx(0.048, abs=1e-3)


def test_resamples_without_an_answer_are_counted() -> None:
    calls = {name: np.array([1.0, 1, 1, 0, 0, 0, 0, 0]) for name in "ab"}
    found = panel(calls, [1, 1, 1, 0, 0, 0, 0, 0], np.arange(8), resamples=2000)
    assert 0 < found.unanswered < 200
    assert found.model.f1.low == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"calls": {"a": [0, 1, 1]}}, "two labellers or more"),
        ({"calls": {"a": [0, 1, 1], "b": [0, 1]}}, "two labellers or more"),
        ({"calls": {"a": [0, 1, 2], "b": [0, 1, 1]}}, "0 or 1"),
        ({"model": [0, 1, math.nan]}, "0 or 1"),
        ({"model": [0.1, 0.9, 0.4]}, "apply a threshold"),
        ({"patients": [1, 2]}, "one patient for each of 3"),
        ({"calls": {"a": [0, 0, 0], "b": [0, 0, 0]}}, "both call no film positive"),
    ],
)
def test_what_is_no_panel(change: dict[str, Any], words: str) -> None:
    given = {"calls": {"a": [0, 1, 1], "b": [1, 1, 0]}, "model": [0, 1, 1], "patients": [1, 2, 3], **change}
    with pytest.raises(DataError, match=words):
        panel(given["calls"], given["model"], given["patients"], resamples=10)


def test_an_unknown_reference() -> None:
    calls, model, patients = made_up(8)
    with pytest.raises(ConfigError, match="choose each"):
        panel(calls, model, patients, reference="consensus")
