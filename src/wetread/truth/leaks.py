"""The leak guard: no patient, no copy and no near copy of a film on two sides, or the run stops and says which."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError, LeakError
from wetread.truth.fingerprints import Prints, coarse, fine

if TYPE_CHECKING:
    import polars as pl

__all__ = ["BOUND", "CANDIDATE", "KINDS", "Leak", "check_disjoint", "find_leaks", "guard", "in_words", "near_pairs"]

BOUND = 0.85
"""Likeness from which two films count as copies of each other; how it was chosen: `results/leaks.json`."""

CANDIDATE = 0.88
"""Likeness at 16 x 16 from which two films are looked at more closely."""

Kind = Literal["patient", "bytes", "pixels", "near"]
KINDS: dict[Kind, str] = {
    "patient": "the same patient",
    "bytes": "the same file",
    "pixels": "the same pixels",
    "near": "nearly the same picture",
}
_ROWS, _COLUMNS = 1024, 8192
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Leak:
    """Two films that must not stand on two sides.

    Parameters
    ----------
    kind
        "patient", "bytes", "pixels" or "near".
    films, sides
        Film ids, and the side of each.
    likeness
        For "near": 1 is the same picture, -1 the same inverted; otherwise 1.
    """

    kind: Kind
    films: tuple[str, str]
    sides: tuple[str, str]
    likeness: float = 1.0


def guard(
    table: pl.DataFrame, prints: Prints | None = None, *, bound: float = BOUND, allow: Collection[tuple[str, str]] = ()
) -> None:
    """Stop the run if anything stands on two sides.

    Parameters
    ----------
    table
        A table of films with their sides in `split` (`Split.apply`); films without a side are left out.
    prints
        Fingerprints in the table's order (`read_prints`). Without them only patients and hashes of files are compared;
        films without a picture among them are too.
    bound
        Likeness from which a pair counts as near copies.
    allow
        Pairs of film ids that look nearly the same and that somebody has found to be different films. One patient's
        films, and the same file or pixels, are no matter of looking: those stay leaks.

    Raises
    ------
    LeakError
        Saying of each kind how many pairs, and which films the first three are.
    """
    if leaks := find_leaks(table, prints, bound=bound, allow=allow):
        raise LeakError(in_words(leaks))


def in_words(leaks: Sequence[Leak]) -> str:
    """Of each kind of leak how many pairs of films, and which the first three are."""
    told = []
    for kind, words in KINDS.items():
        pairs = [leak for leak in leaks if leak.kind == kind]
        if pairs:
            shown = "; ".join(
                f"{one.films[0]} ({one.sides[0]}) and {one.films[1]} ({one.sides[1]})" for one in pairs[:_SHOWN]
            )
            told.append(f"{words}: {len(pairs)} {'pairs' if len(pairs) > 1 else 'pair'}, {shown}")
    return f"films of two sides show {'. And '.join(told)}. Divide by patient and keep copies together."


def find_leaks(
    table: pl.DataFrame, prints: Prints | None = None, *, bound: float = BOUND, allow: Collection[tuple[str, str]] = ()
) -> tuple[Leak, ...]:
    """Every leak, each pair of films once and under the first kind that holds; parameters as for `guard`.

    Of a patient on two sides, the first film of each side is told.

    Raises
    ------
    DataError
        If the fingerprints are not those of the table's films.
    """
    import polars as pl

    if prints is not None and len(prints) != table.height:
        raise DataError(f"fingerprints of {len(prints)} films for a table of {table.height}: read them for this table")
    films, sides = table["film_id"].to_list(), table["split"].to_list()
    known = {tuple(sorted(pair)) for pair in allow}
    seen: set[tuple[int, int]] = set()
    leaks: list[Leak] = []

    def add(kind: Kind, pairs: Iterator[tuple[int, int, float]]) -> None:
        for one, other, likeness in pairs:
            pair = (films[one], films[other])
            if (one, other) not in seen and not (kind == "near" and tuple(sorted(pair)) in known):
                seen.add((one, other))
                leaks.append(Leak(kind, pair, (sides[one], sides[other]), likeness))

    placed = table.with_row_index("place").filter(pl.col("split").is_not_null())
    add("patient", _shared(placed, "patient_id"))
    add("bytes", _shared(placed, "sha256"))
    if prints is not None:
        hashes = placed.select(
            "place",
            "split",
            file=pl.Series([prints.file_sha256[place] or None for place in placed["place"]], dtype=pl.String),
            pixels=pl.Series([prints.pixels_sha256[place] or None for place in placed["place"]], dtype=pl.String),
        )
        add("bytes", _shared(hashes, "file"))
        add("pixels", _shared(hashes, "pixels"))
        pictured = placed.filter(hashes["pixels"].is_not_null())
        places = pictured["place"].to_numpy().astype(np.int64)
        sides_here = pictured["split"].unique(maintain_order=True)
        groups = [places[(pictured["split"] == side).to_numpy()] for side in sides_here]
        for first, second in combinations(groups, 2):
            add("near", near_pairs(prints.thumbnails, first, second, bound=bound))
    return tuple(leaks)


def _shared(placed: pl.DataFrame, column: str) -> Iterator[tuple[int, int, float]]:
    """Pairs of films with the same value on two sides, the first film of each side."""
    import polars as pl

    firsts = placed.filter(pl.col(column).is_not_null()).unique([column, "split"], keep="first", maintain_order=True)
    parted = firsts.filter(pl.col(column).is_duplicated()).group_by(column, maintain_order=True).agg("place")
    for places in parted["place"].to_list():
        for one, other in combinations(places, 2):
            yield one, other, 1.0


def near_pairs(
    thumbnails: NDArray[np.uint8],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    *,
    bound: float = BOUND,
    candidate: float = CANDIDATE,
) -> Iterator[tuple[int, int, float]]:
    """Films of two groups that are nearly the same picture, or its negative.

    Parameters
    ----------
    thumbnails
        uint8 (films, 64, 64).
    first, second
        Places of the films of each group.
    bound, candidate
        Likeness at 64 x 64 and at 16 x 16 from which a pair counts.

    Yields
    ------
    Place in `first`, place in `second`, and likeness, -1 to 1.

    Notes
    -----
    All pairs are compared at 16 x 16 by products of blocks of 1,024 by 8,192 films, and the few that pass at 64 x 64.
    Memory is one block and 1 KiB a film.
    """
    rows, columns = coarse(thumbnails[first]), coarse(thumbnails[second])
    for top in range(0, len(rows), _ROWS):
        for left in range(0, len(columns), _COLUMNS):
            likeness = rows[top : top + _ROWS] @ columns[left : left + _COLUMNS].T
            one, other = np.nonzero(np.abs(likeness) >= candidate)
            if len(one):
                yield from _closer(thumbnails, first[top + one], second[left + other], bound)


def _closer(
    thumbnails: NDArray[np.uint8], one: NDArray[np.int64], other: NDArray[np.int64], bound: float
) -> Iterator[tuple[int, int, float]]:
    for start in range(0, len(one), _ROWS):
        left, right = one[start : start + _ROWS], other[start : start + _ROWS]
        likeness = np.einsum("ij,ij->i", fine(thumbnails[left]), fine(thumbnails[right]))
        for place in np.flatnonzero(np.abs(likeness) >= bound):
            yield int(left[place]), int(right[place]), float(np.clip(likeness[place], -1, 1))


def check_disjoint(first: Sequence[str], second: Sequence[str], *, what: str = "patient") -> None:
    """Stop the run when a patient (or a film's hash) stands on both sides.

    Raises
    ------
    LeakError
        Saying how many do, and where the first of them stands in each list; what it is called is not told.
    """
    both = set(first) & set(second)
    if both:
        places = (next(place for place, one in enumerate(side, 1) if one in both) for side in (first, second))
        raise LeakError(
            f"{len(both)} of a kind stand on both sides of the split ({what}), among them film {next(places)} of the "
            f"first side and film {next(places)} of the second. Split by patient, and drop copies."
        )
