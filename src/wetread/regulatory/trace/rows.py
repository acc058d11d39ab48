"""Rows of a file that a person wrote: what is missing or misspelt is named with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wetread.errors import DataError

__all__ = ["names", "optional", "rows", "text"]


def rows(data: Any, schema: str, key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each row of a list with its JSON pointer; ids must be there, and once.

    Raises
    ------
    DataError
        If the file is of another schema, or a row is no table with an id of its own.
    """
    listed = data.get(key) if isinstance(data, Mapping) and data.get("schema") == schema else None
    if not isinstance(listed, list):
        raise DataError(f"this is no file of {key}: `schema: {schema}` and a list `{key}` are needed")
    seen: set[str] = set()
    for number, row in enumerate(listed):
        place = f"/{key}/{number}"
        if not isinstance(row, Mapping):
            raise DataError(f"{place}: a row is a table of names and values, not {type(row).__name__}")
        name = text(row, "id", place)
        if name in seen:
            raise DataError(f"{place}: the id {name} stands twice")
        seen.add(name)
        yield place, row


def text(row: Mapping[str, Any], key: str, place: str) -> str:
    """A text that must be there.

    Raises
    ------
    DataError
        If it is missing, empty or no text.
    """
    found = row.get(key)
    if not isinstance(found, str) or not found.strip():
        raise DataError(f"{place}: `{key}` is missing, or no text")
    return " ".join(found.split())


def optional(row: Mapping[str, Any], key: str, place: str) -> str:
    """A text that may be left open; "" then.

    Raises
    ------
    DataError
        If it is there and no text.
    """
    return text(row, key, place) if row.get(key) is not None else ""


def names(row: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    """A list of names, empty where it is not there.

    Raises
    ------
    DataError
        If it is no list of texts, or a name stands twice.
    """
    found = row.get(key) or []
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise DataError(f"{place}: `{key}` is no list of names")
    if len(set(found)) < len(found):
        raise DataError(f"{place}: `{key}` names something twice")
    return tuple(found)
