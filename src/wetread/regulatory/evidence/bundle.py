"""The card of a released model: what it says of itself, with references to each number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, items, reference
from wetread.regulatory.pen import Pen

__all__ = ["MetricRow", "ages", "card", "metrics", "refusals", "words"]

_OLDEST = 120
"""An upper age at and above which a range has no upper end, as the device reads it."""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One measured figure of a card.

    Attributes
    ----------
    ref
        Of the object that holds value, low and high.
    is_sealed
        Whether it was measured on the films kept aside.
    about
        For `num`: what it was measured on, with the hash of that list.
    """

    ref: str
    is_sealed: bool
    about: Mapping[str, Any]


def card(device: Device) -> Artefact | None:
    """The first bundle of the folder, which is the device's model."""
    return first(device, "bundle")


def ages(pen: Pen, where: str, told: Any) -> str:
    """A range of ages as the device applies it: the lower end belongs to it, the upper does not.

    Parameters
    ----------
    pen
        Prints the two numbers.
    where
        Reference of the list, such as "device:/indications/ages_years".
    told
        The list itself: two numbers, the second of which may be None.

    Returns
    -------
    "18 years and over", "1 to under 6 years", or "" where there is no such list.
    """
    if not isinstance(told, list) or len(told) != 2 or not isinstance(told[0], int | float):
        return ""
    least = pen.num(f"{where}/0", 0)
    if not isinstance(told[1], int | float) or told[1] >= _OLDEST:
        return f"{least} years and over"
    return f"{least} to under {pen.num(f'{where}/1', 0)} years"


def metrics(bundle: Artefact) -> Iterator[MetricRow]:
    """Every figure of the card, in its order."""
    for ref, row in items(bundle, "metrics"):
        counts = {name: row[name] for name in ("films", "positives") if isinstance(row.get(name), int)}
        about = {
            "n": counts,
            "data": str(row.get("films_sha256", "")),
            "method": "95 % interval over resampled patients",
        }
        yield MetricRow(ref, "sealed" in str(row.get("name", "")).lower(), about)


def refusals(bundle: Artefact) -> list[str]:
    """References to each sentence that says what the model is not for."""
    told = found(bundle, "not_for")
    return [reference(bundle, "not_for", place) for place in range(len(told) if isinstance(told, list) else 0)]


def words(told: Any, *, last: str = "or") -> str:
    """A list of terms as people say it; "" for anything else.

    >>> words(["PA", "AP"]), words(["CHEST"]), words(None)
    ('PA or AP', 'CHEST', '')
    """
    terms = [str(term) for term in told] if isinstance(told, list) else []
    return f" {last} ".join(part for part in (", ".join(terms[:-1]), terms[-1] if terms else "") if part)
