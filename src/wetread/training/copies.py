"""Copies among the pictures of a training set: brought to one side, and then the leak guard looks at everything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.training.sides import BY_PATIENT, COPY, Pairs, divided, parted
from wetread.training.table import TrainTable, check_classes
from wetread.training.table_spec import TableSpec
from wetread.truth.divide import units
from wetread.truth.fingerprints import Prints
from wetread.truth.leaks import guard, near_pairs

__all__ = ["copies", "guard_pixels"]


def copies(films: tuple[str, ...], prints: Prints, *, near: bool) -> Pairs:
    """Pairs of films that are one picture, whoever's they are.

    Parameters
    ----------
    films
        Film ids, in the order of the fingerprints.
    near
        Whether nearly the same picture counts, or only the same bytes and pixels.
    """
    first: dict[str, int] = {}
    pairs = set()
    for hashes in (prints.file_sha256, prints.pixels_sha256):
        for place, one in enumerate(hashes):
            if one and (before := first.setdefault(one, place)) != place:
                pairs.add((before, place))
    if near:
        pictured = np.flatnonzero([bool(one) for one in prints.pixels_sha256])
        found = near_pairs(prints.thumbnails, pictured, pictured)
        pairs |= {(one, other) for one, other, _ in found if one < other}
    return [(films[one], films[other]) for one, other in sorted(pairs)]


def guard_pixels(table: TrainTable, prints: Prints, spec: TableSpec, data: Path) -> TrainTable:
    """Bring copies to one side, then let the leak guard look at patients, bytes and pixels.

    Divided by patient, the films are divided anew with the patients of copies as one. Where the sides are given (an
    official split, a saved one), patients of an earlier side who have a copy of a film on a later one are left out.

    Parameters
    ----------
    prints
        Fingerprints of the table's films, in its order.
    spec, data
        As the table was loaded.

    Raises
    ------
    LeakError
        If anything still stands on two sides.
    DataError
        If a side is left with one class only or with nobody, or the fingerprints are not those of the table.
    """
    if len(prints) != len(table):
        raise DataError(f"fingerprints of {len(prints)} films for a table of {len(table)}: read them for this table")
    near = spec.copies == "together"
    pairs = copies(table.films, prints, near=near)
    if pairs:
        table, prints = _together(table, prints, pairs, spec, data)
    blank = replace(prints, thumbnails=np.zeros_like(prints.thumbnails))
    guard(table.rows, prints if near else blank)
    if pairs:
        check_classes(table)
    return table


def _together(
    table: TrainTable, prints: Prints, pairs: Pairs, spec: TableSpec, data: Path
) -> tuple[TrainTable, Prints]:
    tied = tuple(units(table.rows, pairs))
    if spec.split == BY_PATIENT:
        try:
            rows, _ = divided(table.rows, table.labels[:, 0], spec, data, together=pairs)
        except DataError as error:
            how = "nearly the same picture" if spec.copies == "together" else "the same picture"
            raise DataError(
                f"{len(pairs):,} pairs of films show {how}; with those of one picture kept on one side, "
                f"{len(set(table.patients)):,} patients are {len(set(tied)):,} groups, too few to divide: {error}. "
                'Films drawn from one template resemble each other so: copies = "exact" keeps only equal ones together'
            ) from error
        return replace(table, units=tied, rows=rows, sides=rows["split"].to_numpy().astype(str)), prints
    stays = ~parted(table.rows, pairs)
    return replace(table, units=tied).take(stays, COPY), _taken(prints, stays)


def _taken(prints: Prints, which: NDArray[np.bool_]) -> Prints:
    places = np.flatnonzero(which)
    pixels, files = (tuple(hashes[place] for place in places) for hashes in (prints.pixels_sha256, prints.file_sha256))
    return Prints(prints.thumbnails[places], pixels, files)
