"""What the leak guard looked at and what it found, as a value, in words, and as a table of pairs."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wetread.collections.schema import PATIENT_UNKNOWN
from wetread.errors import DataError
from wetread.truth.leaks import BOUND, KINDS, Kind, Leak, find_leaks

if TYPE_CHECKING:
    import polars as pl

    from wetread.truth.fingerprints import Prints

__all__ = ["SCHEMA", "LeakReport", "inspect"]

SCHEMA = "wetread.truth.leaks/1"
_SHOWN = 10
_LACK: Mapping[Kind, str] = {
    "patient": "no film names its patient",
    "bytes": "no film has a hash of its file",
    "pixels": "no film was read",
    "near": "no film was read",
}
_COLUMNS = ("kind", "first", "first_side", "second", "second_side", "likeness")


@dataclass(frozen=True)
class LeakReport:
    """Which films were compared how, and every pair that must not stand on two sides.

    Parameters
    ----------
    sides
        Films on each side.
    compared
        By kind ("patient", "bytes", "pixels", "near"): how many of these films could be compared. Fewer than all where
        a film does not name its patient, has no file here, or its table names no hash.
    leaks
        Each pair once, under the first kind that holds.
    unreadable
        Films whose file is there and is no picture, with the reason.
    bound
        Likeness from which two films counted as near copies.
    """

    sides: Mapping[str, int]
    compared: Mapping[Kind, int]
    leaks: tuple[Leak, ...]
    unreadable: Mapping[str, str]
    bound: float

    @property
    def films(self) -> int:
        """Films that stand on a side."""
        return sum(self.sides.values())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; `schema` says which kind."""
        return {
            "schema": SCHEMA,
            "films": self.films,
            "sides": dict(self.sides),
            "compared": dict(self.compared),
            "bound": self.bound,
            "unreadable": dict(self.unreadable),
            "leaks": [asdict(leak) for leak in self.leaks],
        }

    def to_csv(self) -> str:
        """Every pair as a row: what `split_by_patient(together=...)` and `guard(allow=...)` are told by."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for leak in self.leaks:
            (first, second), (one, other) = leak.films, leak.sides
            writer.writerow([leak.kind, first, one, second, other, f"{leak.likeness:.4f}"])
        return text.getvalue()

    def __str__(self) -> str:
        """A line for the sides, and for each kind what was compared and which films are alike, the first ten of them."""
        sides = ", ".join(f"{name} {films:,}" for name, films in self.sides.items())
        lines = [f"{self.films:,} films on {len(self.sides)} sides: {sides}"]
        for kind, words in KINDS.items():
            lines += [self._compared(kind, words), *self._pairs(kind)]
        if self.unreadable:
            lines.append(f"not readable, and so not compared: {len(self.unreadable):,}")
            told = list(self.unreadable.items())
            lines += [f"    {film}: {why}" for film, why in told[:_SHOWN]]
            lines += [_more(len(told))] if len(told) > _SHOWN else []
        return "\n".join(lines)

    def _compared(self, kind: Kind, words: str) -> str:
        films = self.compared[kind]
        if not films:
            return f"{words}: NOT COMPARED, {_LACK[kind]}"
        pairs = sum(leak.kind == kind for leak in self.leaks)
        found = "none" if not pairs else f"{pairs:,} {'pair' if pairs == 1 else 'pairs'}"
        part = f"{films:,}" if films == self.films else f"only {films:,} of {self.films:,}"
        return f"{words}: {found} ({part} films compared)"

    def _pairs(self, kind: Kind) -> list[str]:
        pairs = [leak for leak in self.leaks if leak.kind == kind]
        lines = [
            f"    {leak.films[0]} ({leak.sides[0]}) and {leak.films[1]} ({leak.sides[1]})"
            + (f", likeness {leak.likeness:.3f}" if kind == "near" else "")
            for leak in pairs[:_SHOWN]
        ]
        return [*lines, *([_more(len(pairs))] if len(pairs) > _SHOWN else [])]


def _more(total: int) -> str:
    return f"    and {total - _SHOWN:,} more"


def inspect(
    table: pl.DataFrame,
    prints: Prints | None = None,
    *,
    unreadable: Mapping[str, str] | None = None,
    bound: float = BOUND,
    allow: Collection[tuple[str, str]] = (),
) -> LeakReport:
    """Look for leaks and keep what was looked at; parameters as for `find_leaks`.

    Parameters
    ----------
    unreadable
        Films that could not be read, with the reason, for the report.

    Raises
    ------
    DataError
        If no film stands on a side, or all stand on one: there is nothing to compare.
    """
    import polars as pl

    placed = table.with_columns(
        read=pl.Series([bool(one) for one in prints.pixels_sha256]) if prints is not None else pl.lit(value=False)
    ).filter(pl.col("split").is_not_null())
    sides = dict(placed.group_by("split", maintain_order=True).len().rows())
    if len(sides) < 2:
        raise DataError(f"films must stand on two sides to be compared; these stand on {len(sides)}")
    pictures = int(placed["read"].sum())
    known = placed.filter(~pl.col("flags").list.contains(PATIENT_UNKNOWN)).height
    hashed = placed.filter(pl.col("read") | pl.col("sha256").is_not_null()).height
    return LeakReport(
        sides=sides,
        compared={"patient": known, "bytes": hashed, "pixels": pictures, "near": pictures},
        leaks=find_leaks(table, prints, bound=bound, allow=allow),
        unreadable=dict(unreadable or {}),
        bound=bound,
    )
