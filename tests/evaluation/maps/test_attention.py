"""Maps against boxes: by hand, against baselines that never saw the film, and against chance."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.errors import ConfigError, DataError
from wetread.evaluation.maps.attention import coverage, inside, localisation
from wetread.evaluation.record import plain

QUARTER = [[0.0, 0.0, 0.5, 0.5]]


def test_by_hand() -> None:
    """On a 2 x 2 grid the box is the upper left cell; the map is strongest there and half of its sum lies there."""
    maps = np.array([[[4.0, 2.0], [2.0, -9.0]], [[0.0, 1.0], [0.0, 0.0]]])
    found = localisation(maps, [QUARTER, QUARTER], ["a", "b"], area=0.25, resamples=50)
    assert found.pointing.map.value == 0.5
    assert found.overlap.map.value == pytest.approx((1 + 0) / 2)
    assert found.energy.map.value == pytest.approx((0.5 + 0) / 2)
    assert found.covered == pytest.approx(0.25)
    assert found.pointing.chance == pytest.approx(0.25)
    assert found.overlap.chance == pytest.approx(0.0625 / (0.25 + 0.25 - 0.0625))
    assert (found.films, found.patients, found.boxes, found.without_boxes, found.flat) == (2, 2, 2, 0, 0)
    assert found.pointing.centre.value == 0
    assert found.pointing.average_box.value == 1
    assert found.pointing.over_centre.value == 0.5
    assert found.pointing.over_average_box.value == -0.5


def test_half_an_outline_of_a_box_of_two_cells() -> None:
    boxes = [[[0.0, 0.0, 1.0, 0.5]]]
    found = localisation(np.array([[[3.0, 1.0], [2.0, 0.0]]]), boxes, ["a"], area=0.5, resamples=10)
    assert found.overlap.map.value == pytest.approx(1 / 3)  # cells (0, 0) and (1, 0) against (0, 0) and (0, 1)
    assert found.energy.map.value == pytest.approx(4 / 6)


@pytest.mark.requirement("REQ-HONESTY")
@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.sampled_from([(7, 7), (4, 9), (16, 16)]), st.floats(0.02, 0.9))
def test_flat_maps_reach_what_chance_does(seed: int, shape: tuple[int, int], area: float) -> None:
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(0, 0.5, (3, 2)), rng.uniform(0.05, 0.5, (3, 2))
    boxes = [np.concatenate([corner[k], size[k]])[None] for k in range(3)]
    found = localisation(np.full((3, *shape), 2.0), boxes, ["a", "b", "c"], area=area, resamples=5)
    assert found.flat == 3
    assert found.energy.map.value == pytest.approx(found.energy.chance)
    assert found.overlap.map.value == pytest.approx(found.overlap.chance)
    assert found.pointing.map.value == pytest.approx(found.pointing.chance, abs=0.2)
    turned = localisation(-np.full((3, *shape), 2.0), boxes, ["a", "b", "c"], area=area, resamples=5)
    assert turned.energy.map.value == pytest.approx(found.energy.map.value)


@pytest.mark.requirement("REQ-HONESTY")
def test_boxes_as_maps_are_perfect_and_beat_both_baselines() -> None:
    rng = np.random.default_rng(4)
    boxes = [[[*rng.choice([0.0, 0.5], 2), 0.25, 0.25]] for _ in range(60)]
    maps = np.stack([coverage(box, 8, 8) for box in boxes])
    found = localisation(maps, boxes, [str(k // 2) for k in range(60)], area=1 / 16, resamples=200)
    for measure in (found.pointing, found.overlap, found.energy):
        assert measure.map.value == pytest.approx(1)
        assert measure.over_centre.low > 0.3
        assert measure.over_average_box.low > 0.1


def test_the_average_box_is_that_of_other_patients() -> None:
    """Each patient's own boxes lie elsewhere than everybody else's: who looks at his own would be right."""
    one, two = [[0.0, 0.0, 0.25, 0.25]], [[0.75, 0.75, 0.25, 0.25]]
    found = localisation(np.ones((4, 4, 4)), [one, one, two, two], ["a", "a", "b", "b"], resamples=20)
    assert found.pointing.average_box.value == 0
    alone = localisation(np.ones((2, 4, 4)), [one, two], ["a", "a"], resamples=20)
    assert alone.pointing.average_box.value == pytest.approx(1 / 16)


@given(st.integers(0, 2**31))
@settings(deadline=None, max_examples=20)
def test_only_the_order_of_a_map_counts_for_pointing_and_overlap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    maps = rng.normal(size=(5, 6, 6))
    boxes = [[[0.1, 0.2, 0.3, 0.4], [0.5, 0.5, 0.4, 0.2]]] * 5
    patients = list("aabbc")
    first, second = (localisation(m, boxes, patients, resamples=10) for m in (maps, np.exp(3 * maps) - 7))
    assert first.pointing == second.pointing
    assert first.overlap == second.overlap
    order = rng.permutation(5)
    turned = localisation(maps[order], [boxes[k] for k in order], [patients[k] for k in order], resamples=10)
    assert turned.energy.map.value == pytest.approx(first.energy.map.value)


def test_boxes_and_points_by_hand() -> None:
    assert inside([[0.5, 0.5], [0.2, 0.7]], [[0.5, 0.5, 0.2, 0.2], [0.6, 0.1, 0.2, 0.2]]).tolist() == [True, True]
    assert inside([[0.5, 0.5]], [[0.3, 0.5, 0.2, 0.2]]).tolist() == [False]
    assert inside([[0.5, 0.5]], np.empty((0, 4))).tolist() == [False]
    assert coverage([[0.0, 0.0, 0.5, 1.0], [0.25, 0.0, 0.5, 1.0]], 1, 1)[0, 0] == 0.75
    assert coverage([[0.5, 0.0, 0.5, 0.5]], 2, 2).tolist() == [[0, 1], [0, 0]]


def test_films_without_boxes_are_counted_and_left_out() -> None:
    maps = np.random.default_rng(0).normal(size=(3, 4, 4))
    found = localisation(maps, [QUARTER, [], QUARTER], ["a", "b", "c"], resamples=20)
    alone = localisation(maps[[0, 2]], [QUARTER, QUARTER], ["a", "c"], resamples=20)
    assert found.without_boxes == 1
    assert (found.pointing, found.overlap, found.energy) == (alone.pointing, alone.overlap, alone.energy)
    assert json.loads(json.dumps(plain(found)))["pointing"]["chance"] == 0.25


def test_what_cannot_be_answered_is_refused() -> None:
    maps = np.zeros((2, 4, 4))
    with pytest.raises(DataError, match="none of 2 films has a box"):
        localisation(maps, [[], []], ["a", "b"])
    with pytest.raises(DataError, match="2 maps, 1 boxes, 2 patients"):
        localisation(maps, [QUARTER], ["a", "b"])
    for wrong in ([[100.0, 100, 300, 300]], [[0.1, 0.1, 0.0, 0.3]], [[np.nan, 0.1, 0.1, 0.1]]):
        with pytest.raises(DataError, match=r"boxes of 1 films leave the film or have no area \(film 2"):
            localisation(maps, [QUARTER, wrong], ["a", "b"])
    with pytest.raises(DataError, match="32 missing"):
        localisation(maps * np.nan, [QUARTER, QUARTER], ["a", "b"])
    with pytest.raises(ConfigError, match="not 10"):
        localisation(maps, [QUARTER, QUARTER], ["a", "b"], area=10)
