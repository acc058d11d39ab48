"""Label noise on films whose truth is known, and on small tables by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from wetread.errors import ConfigError, DataError
from wetread.truth.noise import label_noise


def simulated(seed: int, films: int = 40_000) -> tuple[Any, ...]:
    """A label of sensitivity 0.5 and 0.8 in two cells, which also differ in prevalence and in how many were read again."""
    rng = np.random.default_rng(seed)
    ap = rng.uniform(size=films) < 0.4
    sick = rng.uniform(size=films) < np.where(ap, 0.3, 0.05)
    label = rng.uniform(size=films) < np.where(sick, np.where(ap, 0.8, 0.5), np.where(ap, 0.1, 0.02))
    read = rng.uniform(size=films) < np.where(label, 0.6, np.where(ap, 0.4, 0.05))
    positive = [bool(s) if r else None for s, r in zip(sick, read, strict=True)]
    return label, sick, positive, [f"p{k // 2}" for k in range(films)], ["AP" if a else "PA" for a in ap]


@pytest.mark.requirement("REQ-LABEL-NOISE")
def test_weighing_back_by_cell_finds_the_rates_of_the_whole_collection() -> None:
    label, sick, positive, patients, cells = simulated(0)
    found = label_noise(label, positive, patients, cells, resamples=100)
    truth = {
        "sensitivity": label[sick].mean(),
        "specificity": (~label[~sick]).mean(),
        "ppv": sick[label].mean(),
        "npv": (~sick[~label]).mean(),
        "positive share": sick.mean(),
    }
    for name, value in truth.items():
        span = found.by_cell[name]
        assert abs(span.value - value) < span.high - span.low
        assert span.low < span.value < span.high
    assert found.as_read["sensitivity"].value > truth["sensitivity"] + 0.05
    assert abs(found.by_label["positive share"].value - truth["positive share"]) > 0.02
    assert found.by_cell["positive share"].value == pytest.approx(truth["positive share"], abs=0.01)


def by_hand() -> Any:
    # 10 labelled films, 6 read, 4 sick; 40 without the label, 10 read, 1 sick.
    label = [True] * 10 + [False] * 40
    positive = [True] * 4 + [False] * 2 + [None] * 4 + [True] + [False] * 9 + [None] * 30
    return label_noise(
        label, positive, [str(k) for k in range(50)], ["all"] * 50, names=("word", "reader"), resamples=200
    )


def test_begg_and_greenes_by_hand() -> None:
    found = by_hand()
    assert found.counts.tp == 4
    assert (found.as_read["sensitivity"].value, found.as_read["specificity"].value) == pytest.approx((4 / 5, 9 / 11))
    sick_with, sick_without = 10 * 4 / 6, 40 * 1 / 10
    for way in (found.by_label, found.by_cell):
        assert way["sensitivity"].value == pytest.approx(sick_with / (sick_with + sick_without))
        assert way["specificity"].value == pytest.approx(36 / (36 + 10 - sick_with))
        assert (way["ppv"].value, way["npv"].value) == pytest.approx((4 / 6, 0.9))
        assert way["positive share"].value == pytest.approx((sick_with + sick_without) / 50)
    assert str(found.exact["ppv"]) == "0.667 (0.223-0.957)"
    worth = found.apparent[1.0]["collection"]
    assert worth.value == pytest.approx(0.5 + (4 / 6 + 0.9 - 1) / 2)


def test_predictive_values_at_the_collections_own_prevalence_are_its_own() -> None:
    label, _, positive, patients, cells = simulated(1, films=5000)
    first = label_noise(label, positive, patients, cells, resamples=50)
    own = first.by_cell["positive share"].value
    again = label_noise(label, positive, patients, cells, prevalences=[own], resamples=50).at_prevalence[own]
    assert (again["ppv"].value, again["npv"].value) == pytest.approx(
        (first.by_cell["ppv"].value, first.by_cell["npv"].value)
    )


def test_plain_values_and_seed() -> None:
    found = by_hand().to_dict()
    assert json.loads(json.dumps(found)) == found == by_hand().to_dict()
    assert found["counts"] == {"tp": 4, "fp": 2, "fn": 1, "tn": 9}
    assert [cell["read"] for cell in found["cells"]] == [6, 10]
    assert (found["label"], found["reference"]) == ("word", "reader")


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(DataError, match="one class only"):
        label_noise([True, False], [True, None], ["a", "b"], ["x", "x"], resamples=5)
    with pytest.raises(DataError, match="no film of 'y' was read again"):
        label_noise([True, False, False, True], [True, False, None, False], list("abcd"), list("xxyx"), resamples=5)
    with pytest.raises(DataError, match="one label, one answer"):
        label_noise([True], [True, False], ["a"], ["x"])
    with pytest.raises(ConfigError, match="prevalences lie between"):
        label_noise([True], [True], ["a"], ["x"], prevalences=[10])
