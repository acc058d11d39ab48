"""The one table: a row a film, its columns and types, and the check that a table keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from wetread.errors import DataError

__all__ = ["AGE_IMPLAUSIBLE", "COLUMNS", "EMPTY", "PATIENT_UNKNOWN", "age_expressions", "finish", "validate"]

COLUMNS: Mapping[str, pl.DataType] = {
    "film_id": pl.String(),
    "path": pl.String(),
    "patient_id": pl.String(),
    "collection": pl.String(),
    "follow_up": pl.Int32(),
    "age_years": pl.Float64(),
    "age_raw": pl.String(),
    "sex": pl.String(),
    "view": pl.String(),
    "findings": pl.List(pl.String()),
    "label": pl.Boolean(),
    "label_source": pl.String(),
    "split": pl.String(),
    "rows": pl.Int32(),
    "columns": pl.Int32(),
    "sha256": pl.String(),
    "flags": pl.List(pl.String()),
}
"""Every column with its type, in order. Readers' columns follow, each named `reader_...`."""

EMPTY = pl.lit([], dtype=pl.List(pl.String()))
AGE_IMPLAUSIBLE = "age-implausible"
PATIENT_UNKNOWN = "patient-unknown"
OLDEST = 120.0
"""Years beyond which an age is a mistake: as for films (`wetread.radiograph.age`)."""

_NEVER_NULL = ("film_id", "patient_id", "collection", "label_source", "flags")
_ALLOWED = {"sex": ("F", "M", "O"), "view": ("PA", "AP", "LATERAL")}
_AGE = r"^\s*([+-]?\d+(?:\.\d+)?)\s*([YMWDymwd]?)\s*$"
_DAYS = 365.2425


def age_expressions(column: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Age of a text column as NIH and DICOM write it ("57", "057Y", "013M", "005D").

    Returns
    -------
    years
        float64, null where nobody is that old or nothing is said.
    implausible
        True where the text names an age below 0 or above 120 years.
    unreadable
        True where there is text that is no age.
    """
    text = pl.col(column).str.strip_chars()
    unit = text.str.extract(_AGE, 2).str.to_uppercase()
    years = text.str.extract(_AGE, 1).cast(pl.Float64) * (
        pl.when(unit == "M")
        .then(1 / 12)
        .when(unit == "W")
        .then(7 / _DAYS)
        .when(unit == "D")
        .then(1 / _DAYS)
        .otherwise(1.0)
    )
    plausible = years.is_between(0.0, OLDEST)
    unreadable = text.str.len_chars().gt(0) & ~text.str.contains(_AGE)
    return pl.when(plausible).then(years), (~plausible).fill_null(value=False), unreadable.fill_null(value=False)


def finish(rows: pl.LazyFrame, extra: Sequence[str] = ()) -> pl.LazyFrame:
    """Give a loader's rows every column of the schema, in order and typed; what it did not say is null."""
    have = rows.collect_schema().names()
    known = [
        (pl.col(name) if name in have else EMPTY if name == "flags" else pl.lit(None)).cast(kind).alias(name)
        for name, kind in COLUMNS.items()
    ]
    return rows.select(*known, *extra)


def validate(table: pl.DataFrame, source: str) -> pl.DataFrame:
    """Return the table if it is one.

    Parameters
    ----------
    table
        The columns of `COLUMNS`, and any number named `reader_...`.
    source
        What the table was made from, for messages.

    Raises
    ------
    DataError
        Naming the source, the row (as a spreadsheet counts: the first film is row 2) and the column.
    """
    for name, kind in COLUMNS.items():
        if name not in table.columns:
            raise DataError(f"{source}: the table has no column {name!r}; make it with wetread.collections.load")
        if table.schema[name] != kind:
            raise DataError(f"{source}, column {name!r}: found the type {table.schema[name]}, expected {kind}")
    if alien := [name for name in table.columns if name not in COLUMNS and not name.startswith("reader_")]:
        raise DataError(
            f"{source}: column {alien[0]!r} is none of a table of films; readers' columns are named reader_..."
        )
    if table.height == 0:
        raise DataError(f"{source}: the table has no film")
    for name in _NEVER_NULL:
        _refuse(table, source, name, table[name].is_null(), "a value in every row")
    for name, allowed in _ALLOWED.items():
        _refuse(table, source, name, ~table[name].is_in(allowed).fill_null(value=True), f"one of {', '.join(allowed)}")
    _refuse(table, source, "film_id", ~table["film_id"].is_first_distinct(), "each film once: drop the second row")
    _refuse(
        table, source, "age_years", ~table["age_years"].is_between(0, OLDEST).fill_null(value=True), "0 to 120 years"
    )
    return table


def _refuse(table: pl.DataFrame, source: str, column: str, broken: pl.Series, expected: str) -> None:
    place = broken.arg_max()
    if place is not None and broken[place]:
        found = table[column][place]
        raise DataError(f"{source}, row {place + 2}, column {column!r}: found {found!r}, expected {expected}")
