"""The checks find what they look for where it was put, and nothing where nothing is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.errors import DataError
from wetread.intervals import auroc
from wetread.network import NetworkSpec, build
from wetread.training.films import FilmSet
from wetread.training.honesty.ablation import beside_whole
from wetread.training.honesty.maps import against_boxes, boxes_of, mixed_up, under_random_weights
from wetread.training.honesty.predicted import attributes, told_by_score
from wetread.training.honesty.radiologist import agreed, beside_reader
from wetread.training.honesty.shuffle import exchanged, shuffle_control


def film_set(collection: str, names: list[str], labels: list[int], **columns: list[str]) -> FilmSet:
    number = len(names)
    return FilmSet(
        collection,
        tuple(names),
        tuple(Path(name) for name in names),
        tuple(str(place) for place in range(number)),
        np.array(labels, np.float32)[:, None],
        {name: tuple(values) for name, values in columns.items()},
        np.zeros(number, bool),
    )


@pytest.mark.requirement("REQ-HONESTY")
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), films=st.integers(2, 40))
def test_exchanged_labels_are_whole_patients_of_others(seed: int, films: int) -> None:
    rng = np.random.default_rng(seed)
    patients = [str(who) for who in rng.integers(0, max(2, films // 2), films)]
    labels = rng.integers(0, 2, (films, 2)).astype(np.float32)
    other = exchanged(patients, labels, rng)

    def of_patients(values: np.ndarray) -> list[list[list[float]]]:
        return [values[[place for place, one in enumerate(patients) if one == who]].tolist() for who in set(patients)]

    if any(row != rows[0] for rows in of_patients(labels) for row in rows):
        assert sorted(of_patients(other)) == sorted(of_patients(labels))
    else:
        assert all(row == rows[0] for rows in of_patients(other) for row in rows)
        assert sorted(rows[0] for rows in of_patients(other)) == sorted(rows[0] for rows in of_patients(labels))


@pytest.mark.requirement("REQ-HONESTY")
def test_how_many_films_a_patient_has_does_not_tell_exchanged_labels() -> None:
    """In Kermany's collection the ill have more films: labels exchanged among patients with as many would stay as they are."""
    patients = [f"ill {place // 3}" for place in range(300)] + [f"well {place}" for place in range(100)]
    labels = np.array([1] * 300 + [0] * 100, np.float32)[:, None]
    found = shuffle_control(lambda _: labels[:, 0].astype(float), labels, patients, labels[:, 0], runs=20, seed=1)
    assert found.moved > 0.3
    assert found.left == found.mean == pytest.approx(0.5, abs=0.03)


@pytest.mark.requirement("REQ-HONESTY")
def test_the_control_is_a_half_for_a_fit_and_one_for_a_leak() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, (300, 1)).astype(np.float32)
    patients = [str(place) for place in range(300)]
    seen = labels[:, 0] + rng.normal(0, 0.5, 300)
    honest = shuffle_control(lambda _: rng.normal(0, 1, 300), labels, patients, seen, runs=19, seed=1)
    assert honest.mean == pytest.approx(0.5, abs=0.03)
    assert honest.lowest < 0.5 < honest.highest
    assert honest.p == pytest.approx(1 / 20)
    assert honest.network == pytest.approx(float(auroc(seen, labels[:, 0])[0]))
    assert 0.4 < honest.moved < 0.6
    leaking = shuffle_control(lambda given: given[:, 0].astype(float), labels, patients, seen, runs=3, seed=1)
    assert (leaking.mean, leaking.p) == (1.0, 1.0)
    assert leaking.true_mean == pytest.approx(0.5, abs=0.1)
    with pytest.raises(DataError, match="at least one exchange"):
        shuffle_control(lambda _: seen, labels, patients, seen, runs=0, seed=1)


@pytest.mark.requirement("REQ-HONESTY")
def test_a_fact_in_the_score_is_told_and_another_is_not() -> None:
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, 400)
    view, sex = rng.random(400) < 0.5, rng.random(400) < 0.5
    every = np.ones(400, bool)
    scores = labels + view + rng.normal(0, 1, 400)
    patients = np.array([str(place) for place in range(400)])
    rare = np.zeros(400, bool)
    rare[:5] = True
    found = told_by_score(scores, labels, patients, {"sex": (every, sex), "view": (every, view), "rare": (every, rare)})
    assert [one.name for one in found] == ["view", "sex"]
    assert found[0].surely
    assert found[0].auroc.value > 0.7
    assert not found[1].surely
    with pytest.raises(DataError, match="none of 1 facts"):
        told_by_score(scores, labels, patients, {"rare": (every, rare)})


def test_what_goes_with_the_label_alone_is_not_told() -> None:
    """Films are compared label for label: a fact that is the label cannot be told by a perfect score."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 400)
    fact = np.where(rng.random(400) < 0.9, labels == 1, labels == 0)
    patients = np.array([str(place) for place in range(400)])
    scores = labels + 0.01 * rng.normal(0, 1, 400)
    (one,) = told_by_score(scores, labels, patients, {"fact": (np.ones(400, bool), fact)})
    assert float(auroc(scores, fact)[0]) > 0.85
    assert not one.surely


def test_facts_of_a_collection() -> None:
    films = film_set(
        "nih", ["a", "b", "c"], [0, 1, 1], view=["AP", "PA", ""], sex=["M", "F", ""], age=["70", "20", ""],
        follow_up=["0", "3", ""], rsna_class=["Normal", "", ""], official=["test", "train_val", ""],
    )  # fmt: skip
    facts = {name: (known.tolist(), holds.tolist()) for name, (known, holds) in attributes(films).items()}
    assert facts["view: AP against PA"] == ([True, True, False], [True, False, False])
    assert facts["age: 60 years and over"] == ([True, True, False], [True, False, False])
    assert facts["a follow-up film"] == ([True, True, False], [False, True, False])
    assert facts["age, sex and view missing"] == ([True] * 3, [False, False, True])
    children = film_set("kermany", ["NORMAL2-IM-1.jpg", "IM-2.jpg", "person1.jpg"], [0, 0, 1])
    ((known, holds),) = attributes(children).values()
    assert (known.tolist(), holds.tolist()) == ([True, True, False], [True, False, False])


@pytest.mark.requirement("REQ-HONESTY")
def test_what_an_alteration_costs_is_taken_on_the_same_patients() -> None:
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 2, 300)
    patients = [str(place // 2) for place in range(300)]
    whole = labels + rng.normal(0, 0.7, 300)
    found, shares = beside_whole({"same": whole, "lost": rng.normal(0, 1, 300)}, whole, labels, patients)
    assert found.value == pytest.approx(float(auroc(whole, labels)[0]))
    assert (shares["same"].lost.low, shares["same"].lost.high) == (0, 0)
    assert shares["lost"].lost.low > 0.1
    assert shares["lost"].lost.value == pytest.approx(found.value - shares["lost"].auroc.value)


def test_maps_that_know_the_box_and_lungs_that_hold_it() -> None:
    box = "[[512, 512, 256, 256]]"
    films = film_set("nih", ["a", "b", "c"], [1, 1, 0], rsna_boxes_xywh_1024=[box, box, ""])
    assert [len(one) for one in boxes_of(films)] == [1, 1, 0]
    maps = np.zeros((3, 4, 4), np.float32)
    maps[:, 2, 2] = 1
    masks = np.zeros((3, 8, 8), bool)
    masks[0] = True
    masks[1, :, :5] = True
    found = against_boxes(films, maps, masks)
    assert found is not None
    assert found["films"] == 2
    assert found["pointing"]["map"]["value"] == 1
    assert found["boxes_in_lungs"] == {"mean": 0.75, "median": 0.75, "films": 2}
    assert against_boxes(film_set("kermany", ["a"], [0]), maps[:1], None) is None


@pytest.mark.requirement("REQ-HONESTY")
def test_mixed_up_weights_keep_their_values() -> None:
    torch.manual_seed(0)
    network = build(NetworkSpec("efficientnet_lite0", pretrained=False)).eval()
    with torch.no_grad():
        network.classifier.weight.normal_()
    last = mixed_up(network, 1, only=("classifier.weight",))
    whole = mixed_up(network, 1)
    for name, weight in network.named_parameters():
        changed = dict(last.named_parameters())[name]
        assert torch.equal(weight, changed) is (name != "classifier.weight")
        assert torch.equal(weight.flatten().sort().values, dict(whole.named_parameters())[name].flatten().sort().values)
    assert not torch.equal(whole.blocks[0].project[0].weight, network.blocks[0].project[0].weight)
    with pytest.raises(DataError, match="no parameters head"):
        mixed_up(network, 1, only=("head",))
    films = np.random.default_rng(0).uniform(0, 1, (4, 1, 96, 96)).astype(np.float32)
    told = under_random_weights(network, ("classifier.weight",), films, ["a", "b", "c", "d"])
    assert set(told) == {"last layer mixed up", "every layer mixed up"}
    assert told["last layer mixed up"]["correlation"]["value"] < 0.9
    assert told["every layer mixed up"]["films"] + told["every layer mixed up"]["flat"] == 4


def test_two_readers() -> None:
    first = np.array([1, 1, 1, 0] * 10, bool)
    standard = np.array([1, 1, 0, 0] * 10, bool)
    found = agreed(first, standard, np.arange(40).astype(str), 0)
    assert found["agreement"]["value"] == pytest.approx(0.75)
    assert found["kappa"]["value"] == pytest.approx(0.5)
    assert found["sensitivity"]["value"] == 1
    assert found["specificity"]["value"] == pytest.approx(0.5)
    assert found["agreement"]["low"] < 0.75 < found["agreement"]["high"]


def test_a_score_beside_a_reader() -> None:
    rng = np.random.default_rng(6)
    standard = np.arange(200) < 100
    reader = np.where(standard, rng.random(200) < 0.8, rng.random(200) < 0.3)
    patients = np.arange(200).astype(str)
    perfect = beside_reader(standard + 0.0, reader, standard, patients, 0)
    assert perfect["sensitivity_at_that_specificity"]["value"] == 1
    assert perfect["difference"]["value"] == pytest.approx(1 - reader[standard].mean())
    assert perfect["reader_specificity"]["value"] == pytest.approx(1 - reader[~standard].mean())
    # Of the same score everywhere no film can be called without all: the reader's alarms do not allow it.
    flat = beside_reader(np.zeros(200), reader, standard, patients, 0)
    assert flat["sensitivity_at_that_specificity"]["value"] == 0
    # The reader's own calls as a score are the reader.
    own = beside_reader(reader.astype(float), reader, standard, patients, 0)
    assert own["difference"] == {"value": 0, "low": 0, "high": 0}
    with pytest.raises(DataError, match="too few to stand beside a reader"):
        beside_reader(np.zeros(200), reader, np.arange(200) < 5, patients, 0)
