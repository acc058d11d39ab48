"""Results as JSON: nothing lost, nothing that JSON lacks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetread.evaluation.record import plain, text
from wetread.intervals import Interval


class Kind(StrEnum):
    ONE = "one"


@dataclass(frozen=True, slots=True)
class Inner:
    area: Interval
    curve: np.ndarray


@dataclass(frozen=True, slots=True)
class Outer:
    inner: Inner
    names: tuple[str, ...]
    by: MappingProxyType[str, float]
    kind: Kind


OUTER = Outer(
    Inner(Interval(0.5, 0.25, 0.75, method="by hand"), np.array([0.0, np.nan, np.inf])),
    ("a", "b"),
    MappingProxyType({"x": np.float64(0.1)}),
    Kind.ONE,
)


def test_every_kind_of_value() -> None:
    assert plain(OUTER) == {
        "inner": {
            "area": {"value": 0.5, "low": 0.25, "high": 0.75, "level": 0.95, "method": "by hand"},
            "curve": [0.0, None, None],
        },
        "names": ["a", "b"],
        "by": {"x": 0.1},
        "kind": "one",
    }


def test_the_document_names_its_schema_first() -> None:
    written = text("toy/1", OUTER)
    assert list(json.loads(written)) == ["schema", "inner", "names", "by", "kind"]
    assert "NaN" not in written
    assert "Infinity" not in written


@pytest.mark.parametrize("value", [{1: "a"}, object(), b"bytes", {"x": Interval}])
def test_what_has_no_place_is_a_defect(value: object) -> None:
    with pytest.raises(TypeError):
        plain(value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_twice_is_once_and_json_takes_it(value: object) -> None:
    once = plain(value)
    assert plain(once) == once
    assert json.loads(json.dumps(once, allow_nan=False)) == once


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1), st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_of_numpy_are_numbers(whole: int, real: float) -> None:
    assert plain(np.int64(whole)) == whole
    assert plain(np.float64(real)) == real
    assert plain(np.bool_(True)) is True
