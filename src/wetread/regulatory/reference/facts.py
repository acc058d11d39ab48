"""Facts of the reference data: each with the day it was looked up, how sure it is, and whether it has grown old."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from wetread.errors import DataError
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device

__all__ = ["Fact", "Mark", "Stale", "entries", "facts", "stale"]

_SCHEMA = "wetread.reference/1"


class Mark(StrEnum):
    """How sure a fact is."""

    CONFIRMED = "confirmed"  # read in a source on the day that is told
    MEMORY = "memory"  # written down from memory: to be looked up before anyone relies on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of the reference data.

    Attributes
    ----------
    ref
        Where it stands, "NAME:/json/pointer": what a document prints of it is `ref` and the key.
    title
        Its name, "" for a part of another.
    checked_on
        The day it was last looked up.
    mark
        How sure it is.
    data
        All that it says.
    """

    ref: str
    title: str
    checked_on: date
    mark: Mark
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A fact that was last looked up too long before the device file's date.

    Attributes
    ----------
    fact
        Which.
    days, most
        How long before, and how long its file allows.
    """

    fact: Fact
    days: int
    most: int

    def __str__(self) -> str:
        title = f" ({self.fact.title})" if self.fact.title else ""
        return (
            f"{self.fact.ref}{title} was last looked up on {self.fact.checked_on}, {self.days} days before the device "
            f"file's date, and {self.most} are allowed: look it up again, and write the day of that in its entry"
        )


def entries(artefact: Artefact) -> dict[str, str]:
    """The entries of a reference file by their id: where each stands, as "NAME:/entries/ID".

    Raises
    ------
    DataError
        If the artefact is no reference file.
    """
    return {name: f"{artefact.name}:/entries/{_escaped(name)}" for name in _read(artefact)["entries"]}


def facts(artefact: Artefact) -> tuple[Fact, ...]:
    """Everything in a reference file that bears a day on which it was checked, in the file's order.

    Raises
    ------
    DataError
        If the artefact is no reference file, or a day or a mark is none.
    """
    return tuple(_facts(_read(artefact), f"{artefact.name}:"))


def stale(device: Device) -> tuple[Stale, ...]:
    """The facts of a device's reference data that have grown old on the device file's date.

    A fact is old if it was last looked up more days before that date than its file allows (`stale_after_days`). Reference
    files that bear no such bound, such as the checklists, do not grow old: their editions are fixed.

    Raises
    ------
    DataError
        As `facts`.
    """
    today = date.fromisoformat(device.date)
    found = []
    for artefact in device.of_kind("reference"):
        most = artefact.data.get("stale_after_days") if isinstance(artefact.data, Mapping) else None
        if most is not None:
            aged = ((fact, (today - fact.checked_on).days) for fact in facts(artefact))
            found += [Stale(fact=fact, days=days, most=most) for fact, days in aged if days > most]
    return tuple(found)


def _read(artefact: Artefact) -> Mapping[str, Any]:
    data = artefact.data
    if not isinstance(data, Mapping) or data.get("schema") != _SCHEMA or not isinstance(data.get("entries"), Mapping):
        raise DataError(
            f"reference data {artefact.name}: it must say `schema: {_SCHEMA}` and hold `entries` by their id"
        )
    return data


def _facts(data: Mapping[str, Any], ref: str) -> Iterator[Fact]:
    if "checked_on" in data:
        yield _fact(data, ref)
    for key, inner in data.items():
        if isinstance(inner, Mapping):
            yield from _facts(inner, f"{ref}/{_escaped(str(key))}")


def _fact(data: Mapping[str, Any], ref: str) -> Fact:
    try:
        checked_on, mark = date.fromisoformat(data["checked_on"]), Mark(data["mark"])
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"reference data {ref}: it needs `checked_on`, a day as quoted YYYY-MM-DD, and `mark`, {' or '.join(Mark)}: {error}"
        ) from error
    return Fact(ref=ref, title=str(data.get("title", "")), checked_on=checked_on, mark=mark, data=data)


def _escaped(key: str) -> str:
    """A key as a token of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
