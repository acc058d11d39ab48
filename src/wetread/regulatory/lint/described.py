"""A submission described by hand, in YAML or JSON (schema `wetread.submission/1`)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from wetread.errors import ConfigError
from wetread.regulatory.lint.submission import Span, Submission

__all__ = ["described"]

SCHEMA = "wetread.submission/1"

_RATIO = re.compile(r"(\d+(?:\.\d+)?)\s*[:/]\s*(\d+(?:\.\d+)?)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")


def described(plain: Any, source: str) -> Submission:
    """Read a description.

    Parameters
    ----------
    plain
        The file as data: a mapping with `schema: wetread.submission/1` and the fields of `Submission`. Shares are
        numbers in [0, 1], percentages ("25 %") or ratios of positives to negatives ("1:3"); ages are [18, 90].
    source
        What messages call the file.

    Raises
    ------
    ConfigError
        If a field is not known, is of another kind, or cannot be; the message names the place.
    """
    if not isinstance(plain, Mapping) or plain.get("schema") != SCHEMA:
        raise ConfigError(f"{source}: `schema: {SCHEMA}` is missing: this is no description of a submission")
    fields = {key: value for key, value in plain.items() if key not in ("schema", "places", "guessed", "origin")}
    try:
        told = _value(Submission, fields, "")
    except ConfigError as error:
        raise ConfigError(f"{source}: {error}") from error
    assert isinstance(told, Submission)
    return told


def _value(kind: Any, given: Any, place: str) -> Any:
    """Whatever stands at `place`, as the kind that is asked for there."""
    if kind is Span:
        return _span(given, place)
    if dataclasses.is_dataclass(kind):
        return _record(kind, given, place)
    if isinstance(kind, UnionType):
        return (
            None if given is None else _value(next(one for one in get_args(kind) if one is not NoneType), given, place)
        )
    if get_origin(kind) is tuple:
        return tuple(
            _value(get_args(kind)[0], one, f"{place}/{at}") for at, one in enumerate(_expect(given, list, place))
        )
    if get_origin(kind) is not None:
        return {str(key): str(value) for key, value in _expect(given, Mapping, place).items()}
    return _scalar(kind, given, place)


def _record(kind: Any, given: Any, place: str) -> Any:
    hints = _hints(kind)
    known = [field.name for field in dataclasses.fields(kind)]
    values = {}
    for key, value in _expect(given, Mapping, place).items():
        if key not in known:
            raise ConfigError(f"{place or 'the description'}: {key!r} is not known there; known are {', '.join(known)}")
        values[key] = _value(hints[key], value, f"{place}/{key}".lstrip("/"))
    try:
        return kind(**values)
    except TypeError as error:
        missing = ", ".join(re.findall(r"'(\w+)'", str(error)))
        raise ConfigError(f"{place}: {missing} is missing") from error
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}" if place else str(error)) from error


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _scalar(kind: Any, given: Any, place: str) -> Any:
    if kind is float:
        return _number(given, place)
    if kind is int and isinstance(given, bool):
        raise ConfigError(f"{place}: a whole number is asked for, {given!r} stands there")
    if kind is str and isinstance(given, int | float) and not isinstance(given, bool):
        return str(given)
    return _expect(given, kind, place)


def _number(given: Any, place: str) -> float:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return float(given)
    text = given if isinstance(given, str) else ""
    if found := _RATIO.fullmatch(text.strip()):
        positive, negative = float(found[1]), float(found[2])
        if positive + negative > 0:
            return positive / (positive + negative)
    if found := _PERCENT.fullmatch(text.strip()):
        return float(found[1]) / 100
    raise ConfigError(f"{place}: a number is asked for, {given!r} stands there")


def _span(given: Any, place: str) -> Span:
    ends = _expect(given, list, place)
    if len(ends) != 2:
        raise ConfigError(f"{place}: ages are two numbers, [from, to]; {given!r} stands there")
    try:
        return Span(low=_number(ends[0], place), high=None if ends[1] is None else _number(ends[1], place))
    except ConfigError as error:
        raise ConfigError(str(error) if str(error).startswith(place) else f"{place}: {error}") from error


def _expect(given: Any, kind: Any, place: str) -> Any:
    names = {str: "text", bool: "true or false", int: "a whole number", list: "a list", Mapping: "a mapping"}
    if not isinstance(given, kind):
        raise ConfigError(f"{place or 'the description'}: {names[kind]} is asked for, {given!r} stands there")
    return given
