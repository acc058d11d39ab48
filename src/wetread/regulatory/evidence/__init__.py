"""Readers of evidence: each walks one kind of artefact and hands out rows with the JSON pointers of their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wetread.errors import DataError
from wetread.regulatory.artefact import Artefact, resolve
from wetread.regulatory.device import Device

__all__ = ["first", "found", "items", "reference"]


def first(device: Device, kind: str) -> Artefact | None:
    """The first evidence of a kind, in the order of the device file; None where the folder has none."""
    return next(iter(device.of_kind(kind)), None)


def reference(artefact: Artefact, *tokens: str | int) -> str:
    """What `num` takes, NAME:/a/b, with the tokens as a JSON pointer (RFC 6901).

    >>> from pathlib import Path
    >>> cohort = Artefact(name="cohort", kind="cohort", path=Path("c.json"), sha256="", data={})
    >>> reference(cohort, "sides", "a/b", 0)
    'cohort:/sides/a~1b/0'
    """
    parts = (str(token).replace("~", "~0").replace("/", "~1") for token in tokens)
    return f"{artefact.name}:" + "".join(f"/{part}" for part in parts)


def found(artefact: Artefact, *tokens: str | int) -> Any:
    """What stands there, or None."""
    try:
        return resolve(artefact, reference(artefact, *tokens).partition(":")[2])
    except DataError:
        return None


def items(artefact: Artefact, *tokens: str | int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each object of a list, with its own reference: rows are told by what they hold, never by a fixed place."""
    rows = found(artefact, *tokens)
    for place, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, Mapping):
            yield reference(artefact, *tokens, place), row
