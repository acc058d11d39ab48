"""Reader sheets: films under other names, in an order of chance for each reader; and the answers read back."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from wetread.collections.tables import ROW, collect, open_table
from wetread.errors import ConfigError, DataError
from wetread.truth.reads import Reads

__all__ = ["Sheets", "make_sheets", "read_answers", "read_reads"]

_MAPPING = ("sheet", "reader", "film", "read")
_ANSWERS = ("sheet", "answer", "comment")


@dataclass(frozen=True, slots=True)
class Sheets:
    """Sheets for readers, and the mapping back, which readers must not see.

    Parameters
    ----------
    orders
        For each reader the sheet names in the order in which to read.
    mapping
        (sheet, reader, film, read): which film each sheet shows, and whether it is the first or the second read.
    answers
        The answers allowed.
    """

    orders: Mapping[str, tuple[str, ...]]
    mapping: tuple[tuple[str, str, str, int], ...]
    answers: tuple[str, ...]
    seed: int

    def sheet_csv(self, reader: str) -> str:
        """One reader's sheet: columns sheet, answer, comment; the answers are empty.

        Raises
        ------
        DataError
            If there is no such reader.
        """
        if reader not in self.orders:
            raise DataError(f"no sheet for {reader!r}; there are sheets for {', '.join(self.orders)}")
        return _csv(_ANSWERS, [(sheet, "", "") for sheet in self.orders[reader]])

    def mapping_csv(self) -> str:
        """The mapping back: columns sheet, reader, film, read."""
        return _csv(_MAPPING, self.mapping)


def make_sheets(
    films: Sequence[str], readers: Sequence[str], *, answers: Sequence[str], seed: int, repeats: int = 0
) -> Sheets:
    """Make a sheet for each reader: every film once, in an order of chance of the reader's own, some of them twice.

    The order of one reader depends on the seed and the reader's name alone, so a reader who joins later changes nobody
    else's. Names of sheets say nothing of the film, the order in the collection, or the repetition. A film that is read
    twice stands in the first third and again in the last third: a third of the films lies between.

    Parameters
    ----------
    repeats
        How many films each reader reads twice, at most a third of them.

    Raises
    ------
    DataError
        If a film or reader is named twice or not at all.
    ConfigError
        With fewer than two answers, or too many repeats.
    """
    for what, names in (("film", films), ("reader", readers), ("answer", answers)):
        if not names or len(set(names)) != len(names) or any(not str(name).strip() for name in names):
            twice = next((name for name in names if list(names).count(name) > 1), None)
            told = f"{twice!r} is there twice" if twice is not None else "there are none, or one is empty"
            raise DataError(f"each {what} is named once: {told}")
    if len(answers) < 2:
        raise ConfigError("a sheet asks for one of two answers or more")
    if not 0 <= repeats <= len(films) // 3:
        raise ConfigError(
            f"of {len(films)} films at most {len(films) // 3} can be read twice far enough apart, not {repeats}"
        )
    orders: dict[str, tuple[str, ...]] = {}
    mapping: list[tuple[str, str, str, int]] = []
    for reader in readers:
        shown = _order(films, reader, seed, repeats)
        names = _names(len(shown), reader, seed)
        orders[reader] = names
        seen: set[str] = set()
        for name, film in zip(names, shown, strict=True):
            mapping.append((name, reader, film, 2 if film in seen else 1))
            seen.add(film)
    if len({sheet for sheet, *_ in mapping}) < len(mapping):  # one in a million for ten readers of a thousand films
        raise ConfigError(f"seed {seed} gives two readers a sheet of one name: take another seed")
    return Sheets(orders, tuple(sorted(mapping)), tuple(answers), seed)


def _rng(reader: str, seed: int, use: str) -> np.random.Generator:
    digest = hashlib.sha256(f"wetread-sheets-1:{seed}:{use}:{reader}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def _order(films: Sequence[str], reader: str, seed: int, repeats: int) -> list[str]:
    rng = _rng(reader, seed, "order")
    first = [sorted(films)[place] for place in rng.permutation(len(films))]
    third = len(films) // 3
    again = [first[place] for place in rng.choice(third, size=repeats, replace=False)] if repeats else []
    end = first[-third:] + again if third else []
    late = [end[place] for place in rng.permutation(len(end))]
    return first[: len(first) - third] + late


def _names(count: int, reader: str, seed: int) -> tuple[str, ...]:
    """Names of sheets that tell nothing: drawn, all different, for this reader alone."""
    drawn = _rng(reader, seed, "names").choice(32**8, size=count, replace=False)
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without letters that look like digits or each other
    return tuple("S" + "".join(letters[(int(n) >> 5 * k) & 31] for k in range(8)) for n in drawn)


def read_answers(
    sheets: Sequence[Path], mapping: Path, *, answers: Sequence[str], patients: Mapping[str, str] | None = None
) -> Reads:
    """Read filled sheets back; a row whose answer is empty is a missing read.

    Raises
    ------
    DataError
        Naming file, row and column: a sheet that is not in the mapping, is of another reader than the file's others, is
        there twice or not at all; an answer that is not allowed.
    """
    known = {sheet: (reader, film, read) for sheet, reader, film, read in _mapping(mapping)}
    rows: list[tuple[str, str, str, str]] = []
    for path in sheets:
        rows += _sheet(path, known, answers)
    film, reader, read, value = zip(*rows, strict=True) if rows else ((), (), (), ())
    patient = None if patients is None else [patients.get(name, "") for name in film]
    return Reads.of(film, reader, value, read=read, patient=patient, classes=list(answers))


def _mapping(path: Path) -> list[tuple[str, str, str, str]]:
    source = open_table(path, dict.fromkeys(_MAPPING, ()))
    rows = collect(source, source.rows.select(*_MAPPING, ROW))
    seen: set[str] = set()
    for row in rows.iter_rows(named=True):
        for name in _MAPPING:
            if row[name] is None:
                raise DataError(f"{path}, row {row[ROW]}, column {name!r}: found an empty cell, expected the {name}")
        if row["sheet"] in seen:
            raise DataError(
                f"{path}, row {row[ROW]}, column 'sheet': found {row['sheet']} twice: take the mapping as written"
            )
        seen.add(row["sheet"])
    return rows.select(_MAPPING).rows()


def _sheet(
    path: Path, known: Mapping[str, tuple[str, str, str]], answers: Sequence[str]
) -> list[tuple[str, str, str, str]]:
    source = open_table(path, {"sheet": (), "answer": ()})
    rows = collect(source, source.rows.select("sheet", "answer", ROW))
    found: list[tuple[str, str, str, str]] = []
    seen: dict[str, int] = {}
    owner = ""
    for sheet, answer, row in rows.iter_rows():
        if sheet not in known:
            raise DataError(
                f"{path}, row {row}, column 'sheet': found {sheet!r}, which is not in the mapping: "
                "take the sheet and the mapping of one making"
            )
        if sheet in seen:
            raise DataError(
                f"{path}, row {row}, column 'sheet': found {sheet}, which already stands in row {seen[sheet]}"
            )
        reader, film, read = known[sheet]
        if owner and reader != owner:
            raise DataError(f"{path}, row {row}, column 'sheet': found a sheet of {reader!r} among those of {owner!r}")
        said = (answer or "").strip()
        if said and said not in answers:
            raise DataError(
                f"{path}, row {row}, column 'answer': found {said!r}, expected one of {', '.join(answers)}, or nothing"
            )
        owner, seen[sheet] = reader, row
        found.append((film, reader, read, said))
    missing = [sheet for sheet, (reader, _, _) in known.items() if reader == owner and sheet not in seen]
    if missing:
        raise DataError(
            f"{path}: {len(missing)} sheets of {owner!r} are not in the file, the first {missing[0]}: "
            "leave the answer empty where there is none, but leave the row"
        )
    return found


def read_reads(path: Path, *, answers: Sequence[str] | None = None) -> Reads:
    """Read a long CSV of reads: columns film, reader, value (or answer), and where known read and patient.

    Raises
    ------
    DataError
        Naming the file, and the row and column where one is wrong.
    """
    source = open_table(
        path,
        {"film": (), "reader": (), "value": ("value", "answer")},
        {"read": (), "patient": ("patient", "patient_id")},
    )
    columns = [name for name in ("film", "reader", "value", "read", "patient") if name in source.columns]
    rows = collect(source, source.rows.select(*columns, ROW))
    for name in ("film", "reader"):
        empty = rows.filter(pl.col(name).is_null() | (pl.col(name).str.strip_chars() == ""))
        if empty.height:
            raise DataError(
                f"{path}, row {empty[ROW][0]}, column {name!r}: found an empty cell, expected the {name}'s name"
            )
    if "read" in columns:
        rows = rows.with_columns(pl.col("read").fill_null("1"))
    if answers is not None:
        strange = rows.filter(pl.col("value").is_not_null() & ~pl.col("value").str.strip_chars().is_in(list(answers)))
        if strange.height:
            raise DataError(
                f"{path}, row {strange[ROW][0]}, column {source.spelled.get('value', 'value')!r}: found "
                f"{strange['value'][0]!r}, expected one of {', '.join(answers)}, or nothing"
            )
    try:
        return Reads.of_table(rows.drop(ROW), classes=answers)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(header)
    table.writerows(rows)
    return text.getvalue()
