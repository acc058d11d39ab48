"""CSV tables of collections: encoding, delimiter and header looked at first, every cell text, errors with row and column."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO, cast

import polars as pl

from wetread.errors import DataError

__all__ = ["ROW", "Rule", "Source", "check", "collect", "first_existing", "open_table"]

ROW = "_row"
"""Column of a source that counts its rows as a spreadsheet does: the header is row 1."""

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_SHOWN = 40


@dataclass(frozen=True)
class Source:
    """A table as it lies in its file.

    Parameters
    ----------
    path, encoding
        The file, and how its text is encoded: "UTF-8", "UTF-8 with byte order mark", "UTF-16" or "latin-1".
    columns
        Names in the header, in order.
    rows
        Every column as text (empty cells are null) and `ROW`; nothing is read before it is collected.
    spelled
        How the file itself spells a column that was renamed.
    notes
        What a person should know of how the file was read.
    """

    path: Path
    encoding: str
    columns: tuple[str, ...]
    rows: pl.LazyFrame
    spelled: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """Something that must hold in every row of a source.

    Parameters
    ----------
    column
        The column that a mistake is told of.
    broken
        True where the row breaks the rule; null counts as kept.
    expected
        What should stand there, and what to do: the end of the sentence "found ..., expected ...".
    """

    column: str
    broken: pl.Expr
    expected: str


def first_existing(folder: Path, names: Sequence[str], what: str) -> Path:
    """The first of these files that the folder has, plain or gzipped.

    Raises
    ------
    DataError
        Naming the folder and every file that was looked for.
    """
    for name in names:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return path
    raise DataError(f"{folder} has no {what}: looked for {', '.join(names)} (also with .gz); say where it is")


def open_table(
    path: Path, required: Mapping[str, Sequence[str]], optional: Mapping[str, Sequence[str]] | None = None
) -> Source:
    """Look at a CSV file and make it ready to be read.

    Parameters
    ----------
    path
        Comma-separated text, plain or gzipped.
    required
        Columns that must be there, by the name that the caller uses, each with the spellings it may have, the most
        trusted first (none: as the caller spells it). The one that is found is renamed to the caller's name.
    optional
        The same for columns that may be missing.

    Raises
    ------
    DataError
        If the file is missing or empty, is not comma-separated, or lacks a column: with what stands there instead.
    """
    encoding = _encoding(path)
    header = _header(path, encoding)
    renamed, missing = _resolve(header, required)
    if missing:
        raise DataError(_missing(path, header, missing, required))
    renamed = {**_resolve(header, optional or {})[0], **renamed}
    taken = set(renamed.values())
    columns = tuple(
        renamed.get(name, f"{name}#{place}" if name in taken else name) for place, name in enumerate(header, 1)
    )
    frame = _scan(path, encoding, columns)
    notes = () if encoding == "UTF-8" else (f"{path.name} was read as {encoding}",)
    if encoding == "latin-1":
        notes = (f"{path.name} is not valid UTF-8 and was read as latin-1: check names with accents",)
    spelled = {ours: own for own, ours in renamed.items()}
    return Source(path, encoding, columns, frame, spelled, notes)


def check(source: Source, rows: pl.LazyFrame, rules: Sequence[Rule]) -> None:
    """Look for the first row that breaks a rule, in one pass that keeps no row.

    Parameters
    ----------
    rows
        `source.rows` with whatever columns the rules need.

    Raises
    ------
    DataError
        With file, row, column, what was found, what was expected and what to do.
    """
    firsts = [pl.when(rule.broken).then(pl.col(ROW)).min().alias(str(place)) for place, rule in enumerate(rules)]
    found = _collect(source.path, rows.select(firsts)).row(0)
    broken = [(row, place) for place, row in enumerate(found) if row is not None]
    if not broken:
        return
    row, place = min(broken)
    rule = rules[place]
    cell = _collect(source.path, rows.filter(pl.col(ROW) == row).select(rule.column).head(1)).item()
    raise DataError(
        f"{source.path}, row {row}, column {source.spelled.get(rule.column, rule.column)!r}: found {_shown(cell)}, expected {rule.expected}"
    )


def collect(source: Source, rows: pl.LazyFrame) -> pl.DataFrame:
    """Read the rows; a file that no CSV reader understands is told with the row where it goes wrong."""
    return _collect(source.path, rows)


def _collect(path: Path, rows: pl.LazyFrame) -> pl.DataFrame:
    try:
        return rows.collect(engine="streaming")
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError) as error:
        raise DataError(f"{path}{_ragged(path)}") from error
    except (OSError, EOFError) as error:
        raise DataError(f"{path} cannot be read to its end: {error}; copy or download it again") from error


def _shown(cell: object) -> str:
    if cell is None:
        return "an empty cell"
    text = str(cell)
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


# ------------------------------------------------------------------------------------------------------- the file


def _open(path: Path) -> BinaryIO:
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == _GZIP
        return cast(BinaryIO, gzip.open(path, "rb")) if zipped else path.open("rb")
    except OSError as error:
        raise DataError(f"the table {path} cannot be opened: {error.strerror}; say where it is") from error


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with _open(path) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except (OSError, EOFError) as error:
        raise DataError(f"{path} cannot be read to its end: {error}; copy or download it again") from error


def _encoding(path: Path) -> str:
    """Look at every byte: a table is UTF-8 only if all of it is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    start, seen = b"", False
    for chunk in _chunks(path):
        if not seen:
            start, seen = chunk[:4], True
            if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "UTF-16"
            if b"\0" in chunk:
                raise DataError(f"{path} is no table of text: it holds zero bytes; export it as CSV in UTF-8")
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return "latin-1"
    if not seen:
        raise DataError(f"{path} is empty: a table has a header and a row a film")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "latin-1"
    return "UTF-8 with byte order mark" if start.startswith(codecs.BOM_UTF8) else "UTF-8"


def _codec(encoding: str) -> str:
    return {"UTF-16": "utf-16", "latin-1": "latin-1"}.get(encoding, "utf-8-sig")


def _header(path: Path, encoding: str) -> tuple[str, ...]:
    with _open(path) as raw, io.TextIOWrapper(raw, encoding=_codec(encoding), newline="") as text:
        try:
            names = next(csv.reader(text), [])
        except (UnicodeError, csv.Error) as error:
            raise DataError(f"{path} has no header that can be read: {error}; export it as CSV in UTF-8") from error
    if not any(name.strip() for name in names):
        raise DataError(f"{path} has no header: the first row is empty")
    return _unique(tuple(name.strip() for name in names))


def _unique(names: tuple[str, ...]) -> tuple[str, ...]:
    """Nameless and repeated columns keep their place under a name of their own: some tables end in a comma."""
    seen: set[str] = set()
    given = []
    for place, name in enumerate(names):
        own = name if name and name not in seen else f"{name or 'column'}#{place + 1}"
        seen.add(own)
        given.append(own)
    return tuple(given)


def _scan(path: Path, encoding: str, columns: tuple[str, ...]) -> pl.LazyFrame:
    source: Path | io.BytesIO = path
    if encoding in ("UTF-16", "latin-1"):  # the reader knows UTF-8 only; such tables are small ones from spreadsheets
        source = io.BytesIO(b"".join(_chunks(path)).decode(_codec(encoding), "strict").encode())
    rows = pl.scan_csv(
        source,
        has_header=False,
        skip_rows=1,
        schema=dict.fromkeys(columns, pl.String),
        missing_columns="insert",
        row_index_name=ROW,
        row_index_offset=2,
    )
    return rows.filter(~pl.all_horizontal(pl.col(columns).is_null()))  # spreadsheets leave empty rows at the end


def _ragged(path: Path) -> str:
    """Where a row has more cells than the header, or a quote is never closed: a slow look, only after a failure."""
    with _open(path) as raw, io.TextIOWrapper(raw, encoding=_codec(_encoding(path)), newline="") as text:
        reader = csv.reader(text)
        width = len(next(reader, []))
        try:
            for number, cells in enumerate(reader, 2):
                if len(cells) > width:
                    return (
                        f", row {number}: found {len(cells)} cells, expected {width} as in the header: "
                        "put cells that hold a comma in quotes"
                    )
        except csv.Error as error:
            return f", line {reader.line_num}: {error}; export it as CSV again"
    return ": the text is not understood as comma-separated cells (is a quote not closed?); export it as CSV again"


# ----------------------------------------------------------------------------------------------------- the header


def _resolve(header: Sequence[str], required: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], list[str]]:
    renamed: dict[str, str] = {}
    missing = []
    for name, spellings in required.items():
        found = next((own for own in spellings or (name,) if own in header), None)
        if found is None:
            missing.append(name)
        else:
            renamed[found] = name
    return renamed, missing


def _missing(path: Path, header: Sequence[str], missing: Sequence[str], required: Mapping[str, Sequence[str]]) -> str:
    one = header[0]
    for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) <= 2 and one.count(mark) >= 2:
            names = [name.strip().strip('"') for name in ",".join(header).split(mark)]
            lacking = [name for name in missing if not set(names) & set(required[name] or (name,))]
            extra = f", and lacks {_nearest(lacking, names)}" if lacking else ""
            return f"{path}, row 1: its cells are separated by {word}, not commas{extra}: save it as CSV with commas"
    return (
        f"{path}, row 1: no column {_nearest(missing, header)}. Its columns are {', '.join(map(repr, header[:12]))}"
        f"{' and more' if len(header) > 12 else ''}: rename the header, or say which column is which"
    )


def _nearest(missing: Sequence[str], header: Sequence[str]) -> str:
    told = []
    for name in missing:
        folded = {own.casefold(): own for own in header}
        near = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
        told.append(f"{name!r}" + (f" (nearest: {folded[near[0]]!r})" if near else ""))
    return ", ".join(told)
