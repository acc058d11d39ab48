"""A result as plain values for JSON: the same numbers that the page says, under the names that the code gives them."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Set
from enum import Enum
from typing import Any

import numpy as np

__all__ = ["COMPARISON", "EVALUATION", "plain", "text"]

EVALUATION = "wetread.evaluation/1"
COMPARISON = "wetread.comparison/1"


def plain(value: object) -> Any:
    """A result of this room as what JSON has: tables, lists, text, numbers, true, false, null.

    A dataclass becomes a table of its fields (an `Interval` so too: value, low, high, level, method), an array or a
    tuple a list, a set a sorted list, an enumeration its value. A number that is not finite becomes null: JSON has none.

    Raises
    ------
    TypeError
        For a key that is no text, or a value that is none of these: a defect of the result.

    >>> plain({"area": np.float64("nan"), "curve": np.array([0.0, 1.0])})
    {'area': None, 'curve': [0.0, 1.0]}
    """
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): plain(each) for key, each in value.items()}
    if isinstance(value, Set):
        return sorted(plain(each) for each in value)
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    raise TypeError(f"a result holds {type(value).__name__}, which has no place in JSON")


def text(schema: str, value: object) -> str:
    """A dataclass as a JSON document with its schema's name first, numbers in full, nothing that is not JSON.

    Raises
    ------
    TypeError
        As `plain`.
    """
    return json.dumps({"schema": schema} | plain(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key of a result is text, not {type(key).__name__}")
    return key
