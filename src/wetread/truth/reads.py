"""Who read which film and said what: the one value from which standards and agreement are made."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Reads"]

Ints = NDArray[np.int64]
Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Reads:
    """Reads of films by readers; build it with `of`, `of_table` or `of_matrix`.

    Parameters
    ----------
    films, readers
        Names, in the order in which they first appear.
    classes
        The answers, in order: numbers by size, words by alphabet unless the order was stated.
    film, reader, number, answer
        int64 (n reads,): places in `films` and `readers`, which read of that reader on that film (0 is the first), and
        the place in `classes`, -1 where the reader was asked and did not answer.
    patients
        One for each film; the film's own name where nothing else is known.
    """

    films: tuple[str, ...]
    readers: tuple[str, ...]
    classes: tuple[str, ...]
    film: Ints
    reader: Ints
    number: Ints
    answer: Ints
    patients: tuple[str, ...]

    @classmethod
    def of(
        cls,
        film: Sequence[Any],
        reader: Sequence[Any],
        value: Sequence[Any],
        *,
        read: Sequence[Any] | None = None,
        patient: Sequence[Any] | None = None,
        classes: Sequence[Any] | None = None,
    ) -> Reads:
        """Reads from lists of one length, one entry a read.

        Parameters
        ----------
        film, reader
            Names.
        value
            The answers: words, numbers or booleans (read as 0 and 1); None, NaN and "" where there is none.
        read
            Which read of that reader on that film; needed where a reader read a film more than once.
        patient
            Who the film is of.
        classes
            The answers allowed, in their order; the default is those that were given.

        Raises
        ------
        DataError
            If lengths differ, a film or reader has no name, a read is there twice, an answer is not allowed, one film
            is said to be of two patients, or nobody answered anything.
        """
        n = len(film)
        for what, given in (("reader", reader), ("value", value), ("read", read), ("patient", patient)):
            if given is not None and len(given) != n:
                raise DataError(f"one {what} for each read: {len(given)} given for {n} reads")
        names, who = _names(film, "film"), _names(reader, "reader")
        numbers = ["1"] * n if read is None else _names(read, "read")
        answers = [_text(answer) for answer in value]
        _refuse_twice(names, who, numbers, numbered=read is not None)
        allowed = _classes(answers) if classes is None else tuple(_text(c) for c in classes)
        _refuse_unknown(names, who, answers, allowed)
        films, readers = tuple(dict.fromkeys(names)), tuple(dict.fromkeys(who))
        return cls(
            films,
            readers,
            allowed,
            _places(names, films),
            _places(who, readers),
            _order(names, who, numbers),
            np.array([-1 if a == "" else allowed.index(a) for a in answers], np.int64),
            films if patient is None else _patients(names, [_text(p) for p in patient]),
        )

    @classmethod
    def of_table(cls, table: pl.DataFrame, *, classes: Sequence[Any] | None = None) -> Reads:
        """Reads from a long polars table: columns film, reader, value, and where known read and patient.

        Raises
        ------
        DataError
            If a column is missing; as `of`.
        """
        missing = [name for name in ("film", "reader", "value") if name not in table.columns]
        if missing:
            raise DataError(
                f"a table of reads has the columns film, reader and value (and read, patient where known); "
                f"{', '.join(missing)} missing among {', '.join(table.columns) or 'no columns at all'}: rename them"
            )
        given = {name: table[name].to_list() for name in ("read", "patient") if name in table.columns}
        film, reader, value = (table[name].to_list() for name in ("film", "reader", "value"))
        return cls.of(film, reader, value, classes=classes, **given)

    @classmethod
    def of_matrix(
        cls,
        rows: Sequence[Sequence[Any]],
        *,
        readers: Sequence[str] | None = None,
        films: Sequence[str] | None = None,
        classes: Sequence[Any] | None = None,
    ) -> Reads:
        """Reads from one row a film and one column a reader; a reader named twice has read twice.

        Raises
        ------
        DataError
            If rows differ in length; as `of`.
        """
        widths = sorted({len(row) for row in rows})
        if len(widths) > 1:
            raise DataError(f"every film has one entry for each reader, None where there is no read: rows of {widths}")
        who = list(readers) if readers is not None else [f"reader {i + 1}" for i in range(widths[0] if widths else 0)]
        names = list(films) if films is not None else [f"film {i + 1}" for i in range(len(rows))]
        if widths and len(who) != widths[0]:
            raise DataError(f"{len(who)} readers named for rows of {widths[0]} entries")
        if len(names) != len(rows):
            raise DataError(f"{len(names)} films named for {len(rows)} rows")
        long = [
            (name, reader, sum(other == reader for other in who[: k + 1]), value)
            for name, row in zip(names, rows, strict=True)
            for k, (reader, value) in enumerate(zip(who, row, strict=True))
        ]
        film, reader, read, value = zip(*long, strict=True) if long else ((), (), (), ())
        return cls.of(film, reader, value, read=read, classes=classes)

    def __len__(self) -> int:
        return len(self.film)

    def counts(self) -> Float:
        """How often each reader gave each answer on each film: float64 (films, readers, classes)."""
        counts = np.zeros((len(self.films), len(self.readers), len(self.classes)))
        said = self.answer >= 0
        np.add.at(counts, (self.film[said], self.reader[said], self.answer[said]), 1)
        return counts

    def first(self) -> Ints:
        """First answer of each reader on each film, the place in `classes` or -1: int64 (films, readers)."""
        table = np.full((len(self.films), len(self.readers)), -1, np.int64)
        for k in np.lexsort(
            (-self.number,)
        ):  # the first read is written last, and an answer is never overwritten by none
            if self.answer[k] >= 0:
                table[self.film[k], self.reader[k]] = self.answer[k]
        return table

    def to_csv(self) -> str:
        """The reads as a long CSV: columns film, reader, read (1 is the first), value, patient."""
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(("film", "reader", "read", "value", "patient"))
        for film, reader, number, answer in zip(self.film, self.reader, self.number, self.answer, strict=True):
            said = "" if answer < 0 else self.classes[answer]
            name, patient = self.films[film], self.patients[film]
            table.writerow((name, self.readers[reader], number + 1, said, "" if patient == name else patient))
        return text.getvalue()

    def reader_place(self, name: str) -> int:
        """Place of a reader.

        Raises
        ------
        DataError
            If nobody of that name read.
        """
        if name not in self.readers:
            raise DataError(f"no reads by {name!r}; there are reads by {', '.join(self.readers)}")
        return self.readers.index(name)

    def class_place(self, name: Any) -> int:
        """Place of an answer.

        Raises
        ------
        DataError
            If it is none of the answers.
        """
        if _text(name) not in self.classes:
            raise DataError(f"{name!r} is none of the answers ({', '.join(self.classes)})")
        return self.classes.index(_text(name))


def _text(value: Any) -> str:
    """An answer or a name as text; nothing, NaN and blanks are "" (no answer)."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _names(given: Iterable[Any], what: str) -> list[str]:
    names = [_text(name) for name in given]
    if "" in names:
        raise DataError(f"entry {names.index('') + 1} of the reads has no {what}: every read names its film and reader")
    return names


def _classes(answers: Sequence[str]) -> tuple[str, ...]:
    given = {answer for answer in answers if answer}
    if not given:
        raise DataError("there is not one answer among the reads")
    try:
        return tuple(sorted(given, key=float))
    except ValueError:
        return tuple(sorted(given))


def _places(names: Sequence[str], order: Sequence[str]) -> Ints:
    place = {name: index for index, name in enumerate(order)}
    return np.array([place[name] for name in names], np.int64)


def _refuse_twice(films: Sequence[str], readers: Sequence[str], numbers: Sequence[str], *, numbered: bool) -> None:
    (film, reader, number), often = (
        Counter(zip(films, readers, numbers, strict=True)).most_common(1)[0]
        if films
        else (
            ("", "", ""),
            0,
        )
    )
    if often > 1:
        told = f"read number {number} of film {film!r} by reader {reader!r} is there {often} times"
        plain = f"reader {reader!r} has {often} reads of film {film!r}, and nothing says that this was meant"
        raise DataError(
            f"{told}: number them differently"
            if numbered
            else f"{plain}: number repeated reads in a column `read`, or remove the copy"
        )


def _refuse_unknown(
    films: Sequence[str], readers: Sequence[str], answers: Sequence[str], allowed: Sequence[str]
) -> None:
    if len(set(allowed)) != len(allowed) or "" in allowed:
        raise DataError(f"the allowed answers are different words, none of them empty, not {list(allowed)}")
    for film, reader, answer in zip(films, readers, answers, strict=True):
        if answer and answer not in allowed:
            raise DataError(
                f"reader {reader!r} answered {answer!r} on film {film!r}; the answers allowed are {', '.join(allowed)}"
            )


def _order(films: Sequence[str], readers: Sequence[str], numbers: Sequence[str]) -> Ints:
    """Rank of each read among those of its reader on its film, numbers by size."""

    def key(number: str) -> tuple[int, float, str]:
        try:
            return 0, float(number), number
        except ValueError:
            return 1, 0.0, number

    groups: dict[tuple[str, str], list[int]] = {}
    for place, pair in enumerate(zip(films, readers, strict=True)):
        groups.setdefault(pair, []).append(place)
    order = np.zeros(len(films), np.int64)
    for places in groups.values():
        for rank, place in enumerate(sorted(places, key=lambda p: key(numbers[p]))):
            order[place] = rank
    return order


def _patients(films: Sequence[str], patients: Sequence[str]) -> tuple[str, ...]:
    """One patient for each film; a film whose patient nobody names is its own."""
    known: Mapping[str, set[str]] = {film: set() for film in films}
    for film, patient in zip(films, patients, strict=True):
        if patient:
            known[film].add(patient)
    for film, found in known.items():
        if len(found) > 1:
            raise DataError(f"film {film!r} is said to be of {len(found)} patients: a film is of one")
    return tuple(next(iter(found)) if found else film for film, found in known.items())
