"""Two tables of the same films, compared: what was relabelled, who is in one only, and what else changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wetread.collections.lists import list_hash
from wetread.errors import DataError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Change", "Differences", "differences"]

_COMPARED = ("findings", "label", "patient_id", "age_years", "sex", "view", "follow_up", "rows", "columns", "split")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A film whose findings differ.

    Parameters
    ----------
    film_id
        The film.
    gained, lost
        Findings that only the second table has, and only the first.
    first, second
        Findings in each; None where nothing is said.
    """

    film_id: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    first: tuple[str, ...] | None
    second: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs between two tables.

    Parameters
    ----------
    names
        What the tables are called.
    films
        Films of the first, of the second, and of both: these are compared.
    list_sha256
        Hash of the films that are compared.
    differing
        Number of films that differ, by column. A value against silence counts as different, silence on both sides not.
    relabelled
        Films whose findings differ, by film id.
    label_gained, label_lost
        Films that are positive in the second table only, and in the first only.
    """

    names: tuple[str, str]
    films: tuple[int, int, int]
    list_sha256: str
    differing: dict[str, int]
    relabelled: tuple[Change, ...]
    label_gained: tuple[str, ...]
    label_lost: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        first, second, both = self.films
        return {
            "schema": "wetread.differences/1",
            "first": {"name": self.names[0], "films": first},
            "second": {"name": self.names[1], "films": second},
            "compared": {"films": both, "list_sha256": self.list_sha256},
            "differing": self.differing,
            "relabelled": [asdict(change) for change in self.relabelled],
            "label_gained": list(self.label_gained),
            "label_lost": list(self.label_lost),
        }

    def to_text(self) -> str:
        """The same for a reader."""
        first, second, both = self.films
        lines = [
            f"{self.names[0]} has {first} films, {self.names[1]} has {second}; {both} are in both and are compared "
            f"(list {self.list_sha256[:12]}).",
            f"The findings of {len(self.relabelled)} films differ; {len(self.label_gained)} are positive in "
            f"{self.names[1]} only, {len(self.label_lost)} in {self.names[0]} only.",
        ]
        for change in self.relabelled[:_SHOWN]:
            words = [f"+{name}" for name in change.gained] + [f"-{name}" for name in change.lost]
            lines.append(f"  {change.film_id}: {' '.join(words) or 'said in one table only'}")
        if len(self.relabelled) > _SHOWN:
            lines.append(f"  and {len(self.relabelled) - _SHOWN} more")
        other = [f"{name} {count}" for name, count in self.differing.items() if count and name != "findings"]
        lines.append(f"Other columns, films that differ: {', '.join(other) or 'none'}.")
        return "\n".join(lines)


def differences(
    first: pl.DataFrame, second: pl.DataFrame, *, names: tuple[str, str] = ("first", "second")
) -> Differences:
    """Compare two tables film by film.

    Parameters
    ----------
    first, second
        Tables of films; films are matched by `film_id`. The order of findings does not matter.
    names
        What to call them.

    Raises
    ------
    DataError
        If they have no film in common.
    """
    import polars as pl

    joined = _sorted(first).join(_sorted(second), on="film_id", how="inner", suffix="_2").sort("film_id")
    if joined.height == 0:
        raise DataError(f"{names[0]} and {names[1]} have no film in common: are they of one collection?")
    differing = {name: joined.filter(pl.col(name).ne_missing(pl.col(f"{name}_2"))).height for name in _COMPARED}
    changed = joined.filter(pl.col("findings").ne_missing(pl.col("findings_2")))
    rows = changed.select("film_id", "findings", "findings_2").rows()
    positive, other = (pl.col(name).fill_null(value=False) for name in ("label", "label_2"))
    return Differences(
        names=names,
        films=(first.height, second.height, joined.height),
        list_sha256=list_hash(joined["film_id"]),
        differing=differing,
        relabelled=tuple(_change(*row) for row in rows),
        label_gained=tuple(joined.filter(other & ~positive)["film_id"]),
        label_lost=tuple(joined.filter(positive & ~other)["film_id"]),
    )


def _sorted(table: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return table.select("film_id", *_COMPARED).with_columns(pl.col("findings").list.sort())


def _change(film: str, first: Sequence[str] | None, second: Sequence[str] | None) -> Change:
    one, other = set(first or ()), set(second or ())
    return Change(
        film_id=film,
        gained=tuple(sorted(other - one)),
        lost=tuple(sorted(one - other)),
        first=None if first is None else tuple(first),
        second=None if second is None else tuple(second),
    )
