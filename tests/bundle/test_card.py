"""The card: it survives JSON unchanged, and nothing that contradicts itself becomes one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import toy
from wetread.bundle import CardThreshold, Metric, ModelCard
from wetread.calibration import Calibration
from wetread.errors import AlteredError, ConfigError
from wetread.preprocess import InputSpec
from wetread.radiograph import IntendedUse

shares = st.floats(0.001, 0.999)


@given(
    size=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    ages=st.tuples(st.floats(0, 60), st.floats(61, 130)),
    scores=st.tuples(shares, shares, shares),
    calibration=st.tuples(st.floats(0.01, 9), st.floats(-9, 9), shares),
    words=st.text(min_size=1),
)
def test_a_card_survives_json(size: Any, ages: Any, scores: Any, calibration: Any, words: str) -> None:
    low, score, high = sorted(scores)
    card = toy.card(
        input=InputSpec(size[0] * 32, size[1] * 32),
        intended_use=IntendedUse(age_years=ages, unknown_age="refuse"),
        threshold=CardThreshold(score, words, (low, high)),
        calibration=Calibration(*calibration),
        evidence=words,
        metrics=(Metric(words, words, score, low, high, 9, 3, "0" * 64), Metric("b", "c", 0, 0, 1, 1, 0, "1" * 64)),
        training={"collection": words, "sealed": {"films": 3}},
    )
    assert ModelCard.from_json(json.loads(json.dumps(card.to_json()))) == card


WRONG: list[tuple[tuple[str, ...], Any]] = [
    (("schema",), "wetread.card/2"),
    (("selftest_tolerance",), 0),
    (("selftest_tolerance",), float("nan")),
    (("clinical",), "yes"),
    (("weak_evidence",), None),
    (("name",), ""),
    (("version",), 1),
    (("evidence",), ""),
    (("licence",), None),
    (("training",), []),
    (("outputs",), []),
    (("input", "height"), 100),
    (("input", "percentiles"), [99, 1]),
    (("input",), []),
    (("threshold", "score"), 1.5),
    (("threshold", "interval"), [0.6, 0.7]),
    (("threshold", "interval"), [0.6]),
    (("calibration", "slope"), -1),
    (("calibration", "slope"), "steep"),
    (("calibration", "prevalence"), 1),
    (("intended_use", "age_years"), [18, 1]),
    (("intended_use", "views"), []),
    (("metrics",), [{"name": "AUROC"}]),
    (("metrics",), None),
]


@pytest.mark.requirement("REQ-CARD")
@pytest.mark.parametrize(("place", "value"), WRONG, ids=[f"{'.'.join(place)}={value}" for place, value in WRONG])
def test_a_card_with_a_wrong_value_is_refused(place: tuple[str, ...], value: Any) -> None:
    plain = toy.card().to_json()
    part = plain
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = value
    with pytest.raises(AlteredError, match="card"):
        ModelCard.from_json(json.loads(json.dumps(plain)))


FIELDS = sorted(set(toy.card().to_json()) - {"selftest_tolerance"})  # the one that has a default


@pytest.mark.requirement("REQ-CARD")
@pytest.mark.parametrize("field", FIELDS)
def test_a_card_without_a_field_is_refused(field: str) -> None:
    plain = toy.card().to_json()
    del plain[field]
    with pytest.raises(AlteredError, match=r"schema|not as it was written"):
        ModelCard.from_json(plain)


@pytest.mark.parametrize("part", [None, "input", "intended_use", "calibration", "threshold"])
def test_a_field_that_this_version_does_not_know_is_refused(part: str | None) -> None:
    """It may change how the model must be fed or read: better no reading than one that ignores it."""
    plain = toy.card().to_json()
    (plain if part is None else plain[part])["gamma"] = 2.2
    with pytest.raises(AlteredError, match="gamma"):
        ModelCard.from_json(plain)


@pytest.mark.parametrize("plain", [None, [], "card", 3])
def test_what_is_no_table_is_no_card(plain: Any) -> None:
    with pytest.raises(AlteredError, match="table of fields"):
        ModelCard.from_json(plain)


@pytest.mark.requirement("REQ-CARD")
@pytest.mark.parametrize("metric", [{"low": 0.7}, {"high": float("nan")}, {"positives": 11}, {"positives": -1}])
def test_a_metric_does_not_contradict_itself(metric: dict[str, Any]) -> None:
    plain = {"name": "AUROC", "set": "a", "value": 0.5, "low": 0.4, "high": 0.6, "films": 10, "positives": 5}
    with pytest.raises(ConfigError, match="AUROC"):
        Metric(**(plain | {"films_sha256": ""} | metric))
