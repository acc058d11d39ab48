"""The manifest: one row a file of the archive, in the order of their paths, as a table in a parquet file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from wetread.extract.archive import Entry
from wetread.extract.key import Key

__all__ = ["COLUMNS", "assemble", "write_table"]

COLUMNS: dict[str, pl.DataType] = {
    "film_id": pl.String(),
    "status": pl.String(),
    "picture": pl.String(),
    "reason_code": pl.String(),
    "reason_codes": pl.List(pl.String()),
    "reason_message": pl.String(),
    "duplicate_of": pl.String(),
    "patient_id": pl.String(),
    "study_instance_uid": pl.String(),
    "series_instance_uid": pl.String(),
    "sop_instance_uid": pl.String(),
    "study_date": pl.Date(),
    "acquisition_date": pl.Date(),
    "age": pl.String(),
    "age_years": pl.Int32(),
    "sex": pl.String(),
    "modality": pl.String(),
    "sop_class_uid": pl.String(),
    "body_part": pl.String(),
    "view": pl.String(),
    "photometric": pl.String(),
    "manufacturer": pl.String(),
    "burned_in_annotation": pl.String(),
    "rows": pl.Int32(),
    "columns": pl.Int32(),
    "spacing_mm": pl.List(pl.Float64()),
    "grayscale": pl.String(),
    "transform": pl.String(),
    "polarity": pl.Float64(),
    "flags": pl.List(pl.String()),
    "source_hash": pl.String(),
    "picture_bytes": pl.Int64(),
    "picture_sha256": pl.String(),
}
"""Every column with its type, in order (docs/extract.md says what each holds)."""

_DUPLICATE = "The same file, byte by byte, as an earlier one: its picture is that one's."
_PART = 20_000  # rows that are plain Python at a time
_DATES = ("study_date", "acquisition_date")


def assemble(found: Sequence[Entry], row_of: Callable[[str], dict[str, Any]], key: Key) -> pl.DataFrame:
    """The table of the archive's files as they lie there now; a copy of an earlier file is told and has no picture.

    Parameters
    ----------
    found
        The files in their order.
    row_of
        Row of a file's mark, from the journal.
    """
    first: dict[str, str] = {}
    parts = [
        pl.DataFrame(
            [_row(entry, row_of(entry.mark), first, key) for entry in found[place : place + _PART]], schema=COLUMNS
        )
        for place in range(0, len(found), _PART)
    ]
    return pl.concat(parts, rechunk=True)


def _row(entry: Entry, said: dict[str, Any], first: dict[str, str], key: Key) -> dict[str, Any]:
    row = {name: value for name, value in said.items() if name in COLUMNS}
    seen = row["source_hash"]
    if seen is not None and seen in first:
        row |= {
            "film_id": key.name("copy", seen, entry.relative),
            "status": "duplicate",
            "reason_code": "duplicate",
            "reason_codes": ["duplicate"],
            "reason_message": _DUPLICATE,
            "duplicate_of": first[seen],
            **dict.fromkeys(("picture", "picture_bytes", "picture_sha256", "transform")),
        }
    elif seen is not None:
        first[seen] = row["film_id"]
    return row | {name: date.fromisoformat(row[name]) for name in _DATES if row.get(name)}


def write_table(table: pl.DataFrame, path: Path, *, private: bool = False) -> None:
    """Write a parquet file as a whole or not at all; `private`: only its owner may read it."""
    scratch = path.with_name(f".{path.name}.part")
    scratch.unlink(missing_ok=True)
    opened = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
    with os.fdopen(opened, "wb") as file:
        table.write_parquet(file)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
