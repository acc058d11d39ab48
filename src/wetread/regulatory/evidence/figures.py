"""Figures of a released bundle: the same questions out of fold and on the sealed films, each beside simpler guesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, items

__all__ = ["PARTS", "FigureRow", "beside", "figures", "rows"]

PARTS = {"cross_validated": "out of fold", "sealed": "sealed test"}
"""Names of the two tables, and what their rows are headed."""
_INTERVAL = "95 % interval over resampled patients"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One question: some films, a label, and how well they are told.

    Attributes
    ----------
    ref
        Reference of the whole; `ref + "/auroc"` holds value, low and high.
    name, label
        Which films, against which label.
    beside
        Names of what stands beside it; at `ref + "/beside/NAME"` as RFC 6901 writes the name.
    about
        For `num`.
    """

    ref: str
    name: str
    label: str
    beside: tuple[str, ...]
    about: Mapping[str, Any]


def figures(device: Device) -> Artefact | None:
    """The figures in the folder; None where there are none."""
    return first(device, "figures")


def rows(artefact: Artefact, part: str) -> Iterator[FigureRow]:
    """Each question of a part: "cross_validated" or "sealed" of figures, "questions" of an honesty file."""
    for ref, row in items(artefact, part):
        yield FigureRow(
            ref=ref,
            name=str(row.get("name", "")),
            label=str(row.get("label", "")),
            beside=tuple(row.get("beside") or ()),
            about=_about(row, part),
        )


def beside(row: FigureRow, name: str) -> str:
    """Reference of what stands beside a figure."""
    return f"{row.ref}/beside/{name.replace('~', '~0').replace('/', '~1')}"


def _about(row: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    counts = {name: row[name] for name in ("films", "patients", "positives") if isinstance(row.get(name), int)}
    return {"n": counts, "data": str(row.get("films_sha256", "")), "split": PARTS.get(part, part), "method": _INTERVAL}
