"""What evidence says of a number beside it: on how many films, which list, by which method, from which seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.errors import DataError
from wetread.regulatory.artefact import Artefact, resolve

__all__ = ["around", "software_of"]

_COUNTS = ("films", "patients", "positives")
_LISTS = ("films_sha256", "list_hash", "list_sha256")


def around(artefact: Artefact, pointer: str) -> dict[str, Any]:
    """Fields of a `Claim` that stand in the same object as the number, or in the number's own where it has an interval.

    Nothing is taken from farther away: the films of a whole file need not be those of each figure in it.

    Parameters
    ----------
    artefact, pointer
        Where the number stands.
    """
    parent, _, leaf = pointer.rpartition("/")
    told: dict[str, Any] = {}
    for place in (pointer, parent):
        found = _object(artefact, place)
        counts = {name: found[name] for name in _COUNTS if type(found.get(name)) is int and name != leaf}
        listed = [found[name] for name in _LISTS if isinstance(found.get(name), str) and name != leaf]
        if counts:
            told.setdefault("n", counts)
        if listed:
            told.setdefault("data", listed[0])
        if type(found.get("seed")) is int and leaf != "seed":
            told.setdefault("seed", found["seed"])
        if isinstance(found.get("method"), str) and leaf != "method":
            told.setdefault("method", found["method"])
    return told


def _object(artefact: Artefact, pointer: str) -> Mapping[str, Any]:
    try:
        found = resolve(artefact, pointer)
    except DataError:
        return {}
    return found if isinstance(found, Mapping) else {}


def software_of(artefact: Artefact) -> str:
    """Which version wrote the evidence, as far as it says so: a bundle's own, or the software's.

    >>> from pathlib import Path
    >>> card = {"name": "adult", "version": "1.1.0"}
    >>> software_of(Artefact(name="b", kind="bundle", path=Path("b"), sha256="", data=card))
    'bundle adult 1.1.0'
    """
    data = artefact.data if isinstance(artefact.data, Mapping) else {}
    if artefact.kind == "bundle":
        return f"bundle {data.get('name')} {data.get('version')}"
    settings = data.get("settings")
    said = settings.get("wetread") if isinstance(settings, Mapping) else data.get("wetread")
    return f"wetread {said}" if isinstance(said, str) else ""
