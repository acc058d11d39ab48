"""The films of one collection with their labels, patients and seal, as arrays in one order."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.radiograph import read_many
from wetread.training.config import DataConfig
from wetread.training.taught import targets
from wetread.truth import is_sealed

__all__ = ["FilmSet", "load_films", "pictures", "pixels"]


@dataclass(frozen=True, eq=False)
class FilmSet:
    """Films in the order of their table.

    Parameters
    ----------
    collection, names, paths, patients
        Collection; each film's public id, file, and patient.
    labels
        float32 (films, 1 + auxiliary): pneumonia first. Where the recipe has a teacher, the second is its soft target,
        NaN for sealed films.
    columns
        The other columns of the table, each a list in the same order.
    is_sealed
        bool (films,): the patient, or a film with the same bytes, is sealed.
    """

    collection: str
    names: tuple[str, ...]
    paths: tuple[Path, ...]
    patients: tuple[str, ...]
    labels: NDArray[np.float32]
    columns: dict[str, tuple[str, ...]]
    is_sealed: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> FilmSet:
        """The films at these places, or where this is true."""
        places = np.flatnonzero(which) if which.dtype == bool else which
        pick = [int(place) for place in places]

        def chosen(values: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(values[place] for place in pick)

        columns = {name: chosen(values) for name, values in self.columns.items()}
        return FilmSet(
            self.collection,
            chosen(self.names),
            chosen(self.paths),
            chosen(self.patients),
            self.labels[pick],
            columns,
            self.is_sealed[pick],
        )

    def column(self, name: str) -> NDArray[np.str_]:
        """A column as an array of text; empty text where the table says nothing."""
        return np.array(self.columns[name], dtype=str)


def load_films(config: DataConfig, data: Path) -> FilmSet:
    """Read a collection's table and lay the films out; films too young for the recipe are left out.

    Raises
    ------
    DataError
        Naming the file, and the row or column, that is missing or not understood.
    """
    table = data / config.index
    rows = _rows(table, config)
    kept = [
        (row, _patient(config.collection, row, table))
        for row in rows
        if row["file"] not in config.exclude and not _too_young(row, config.minimum_age, table)
    ]
    same_bytes = {row["sha256"] for row, patient in kept if row.get("sha256") and is_sealed(config.collection, patient)}
    return FilmSet(
        collection=config.collection,
        names=tuple(row["file"] for row, _ in kept),
        paths=tuple(table.parent / row["file"] for row, _ in kept),
        patients=tuple(patient for _, patient in kept),
        labels=_all_labels(config, kept, table, data),
        columns={name: tuple(row[name] or "" for row, _ in kept) for name in rows[0]},
        is_sealed=np.array(
            [is_sealed(config.collection, patient) or row.get("sha256") in same_bytes for row, patient in kept], bool
        ),
    )


def _rows(table: Path, config: DataConfig) -> list[dict[str, str]]:
    """The table's rows, with every column that the recipe needs; each film once, and each excluded film there."""
    try:
        with table.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, restval=""))
    except OSError as error:
        raise DataError(f"the table {table} cannot be opened: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{table} is no table of text in UTF-8: {error.reason}") from error
    if not rows:
        raise DataError(f"{table} has no rows")
    needed = {"file", "pneumonia", "patient_id"}
    needed |= {"label"} if config.collection == "kermany" else set()
    needed |= {"age"} if config.minimum_age > 0 else set()
    needed |= {"finding_labels"} if config.auxiliary or config.groups or config.taught else set()
    needed |= {"image_index", "name_known"} if config.taught else set()
    if missing := needed - set(rows[0]):
        raise DataError(f"{table} has no column {', '.join(sorted(missing))}")
    if None in {name for row in rows for name in row}:
        raise DataError(f"{table} has a row with more cells than columns")
    counts = Counter(row["file"] for row in rows)
    if twice := [name for name, count in counts.items() if count > 1]:
        raise DataError(f"{table}: film {twice[0]} stands twice; {len(twice)} films do")
    if absent := sorted(set(config.exclude) - set(counts)):
        raise DataError(f"the recipe leaves out {', '.join(absent[:3])}, which is not in {table}")
    return rows


def _patient(collection: str, row: dict[str, str], table: Path) -> str:
    """NIH numbers its patients; Kermany counts persons anew by kind, so the kind is part of the name."""
    number = row["patient_id"]
    if collection != "nih":
        if not number:
            raise DataError(f"{table}, film {row['file']}: patient_id is empty")
        return f"{row['label']}/{number}"
    if not number.isdecimal():
        raise DataError(f"{table}, film {row['file']}: patient_id is {number!r}, not a number")
    return str(int(number))


def _too_young(row: dict[str, str], minimum: float, table: Path) -> bool:
    if not row.get("age"):
        return False
    try:
        return float(row["age"]) < minimum
    except ValueError as error:
        raise DataError(f"{table}, film {row['file']}: age is {row['age']!r}, not a number of years") from error


def _all_labels(
    config: DataConfig, kept: Sequence[tuple[dict[str, str], str]], table: Path, data: Path
) -> NDArray[np.float32]:
    hard = np.array([_labels(config, row, table) for row, _ in kept], np.float32)
    if not config.taught:
        return hard
    return np.column_stack([hard, targets(config, [row for row, _ in kept], [patient for _, patient in kept], data)])


def _labels(config: DataConfig, row: dict[str, str], table: Path) -> list[float]:
    if row["pneumonia"] not in ("0", "1"):
        raise DataError(f"{table}, film {row['file']}: pneumonia is {row['pneumonia']!r}, not 0 or 1")
    found = set(row.get("finding_labels", "").split("|"))
    auxiliary = [float(finding in found) for finding in config.auxiliary]
    grouped = [float(bool(found & set(config.groups)))] if config.groups else []
    return [float(row["pneumonia"]), *auxiliary, *grouped]


def pixels(paths: Sequence[Path]) -> list[NDArray[np.float32]]:
    """Pictures of image files through the same door as in the clinic; `pictures` hands them out one by one.

    Raises
    ------
    DataError
        Naming the file that cannot be read.
    """
    return list(pictures(paths))


def pictures(paths: Sequence[Path]) -> Iterator[NDArray[np.float32]]:
    """The same, a few in memory at a time."""
    for path, outcome in zip(paths, read_many(paths, view="PA"), strict=True):
        if outcome.film is None:
            raise DataError(f"{path} cannot be read: {outcome.error}") from outcome.error
        yield outcome.film.pixels
