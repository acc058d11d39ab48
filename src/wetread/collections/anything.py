"""A folder of image files with a CSV beside it: one's own collection, with a word on which column is which."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from wetread.collections.schema import AGE_IMPLAUSIBLE, COLUMNS, EMPTY, age_expressions, finish, validate
from wetread.collections.tables import Rule, Source, check, collect, open_table
from wetread.errors import DataError, UsageError

__all__ = ["load_csv", "scan_csv"]

# Columns that are computed here, and so not asked of the file.
_OWN = ("age_raw", "collection", "label_source", "flags")
_TAKEN = tuple(name for name in COLUMNS if name not in _OWN)
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "film_id": ("film_id", "file", "filename", "image", "image_id"),
    "patient_id": ("patient_id", "patient", "subject_id"),
    "age_years": ("age_years", "age"),
    "findings": (
        "findings",
        "finding_labels",
    ),
    "label": ("label", "pneumonia", "target"),
}
_TRUE, _FALSE = ("1", "1.0", "true", "yes"), ("0", "0.0", "false", "no")
_SEXES = {"F": "F", "FEMALE": "F", "M": "M", "MALE": "M", "O": "O", "OTHER": "O"}
_VIEWS = {"PA": "PA", "AP": "AP", "LATERAL": "LATERAL", "LAT": "LATERAL", "LL": "LATERAL", "L": "LATERAL"}
_NO_FINDING = ("no finding", "no findings", "normal")


def load_csv(
    root: Path, labels: Path | None, columns: Mapping[str, str] | None = None, *, name: str = "csv"
) -> tuple[pl.DataFrame, list[str]]:
    """One row a film of any table.

    Parameters
    ----------
    root
        The folder that the table's file names start from; or the table itself.
    labels
        The table. Where it is None and the folder holds one CSV, that one.
    columns
        Which column of the file is which of ours: `{"film_id": "file", "label": "pneumonia"}`. `film_id` and
        `patient_id` are needed; columns called as ours, or by a usual other name, are found by themselves, and columns
        named `reader_...` are kept as text.
    name
        What to write into `collection`.

    Raises
    ------
    DataError
        With file, row and column.
    UsageError
        If `columns` names a column that a table of films does not have.
    """
    table = labels or _only_csv(root)
    source, rows = scan_csv(table, columns or {}, root if root.is_dir() else table.parent, name=name)
    films = validate(collect(source, rows), str(table))
    bad = films.filter(pl.col("flags").list.contains(AGE_IMPLAUSIBLE)).height
    notes = [*source.notes]
    if bad:
        notes.append(f"{table.name}: {bad} films have an age that nobody has: flagged, age left out")
    lost = sum(1 for path in films["path"] if not Path(path).is_file())
    if lost:
        notes.append(f"{lost} of {films.height} films have no file under {root}")
        films = films.with_columns(
            path=pl.Series("path", [p if Path(p).is_file() else None for p in films["path"]], pl.String)
        )
    return films, notes


def scan_csv(table: Path, columns: Mapping[str, str], root: Path, *, name: str = "csv") -> tuple[Source, pl.LazyFrame]:
    """The same as rows that are not yet read; every row is checked, none is kept."""
    if alien := sorted(set(columns) - set(_TAKEN)):
        raise UsageError(f"a table of films has no column {alien[0]!r} to be mapped: {', '.join(_TAKEN)}")
    needed = {
        ours: (columns[ours],) if ours in columns else _ALIASES.get(ours, ())
        for ours in dict.fromkeys(("film_id", "patient_id", *columns))
    }
    optional = {ours: _ALIASES.get(ours, ()) for ours in _TAKEN if ours not in needed}
    source = open_table(table, needed, optional)
    have = set(source.columns)
    check(source, source.rows, [rule for rule in _rules() if rule.column in have])
    made = {ours: made for ours, made in _made(root).items() if ours in have}
    flags = EMPTY
    if "age_years" in have:
        made["age_raw"] = pl.col("age_years").str.strip_chars()
        flags = pl.when(age_expressions("age_years")[1]).then(pl.lit([AGE_IMPLAUSIBLE])).otherwise(EMPTY)
    if "path" not in have:
        made["path"] = _under(root, "film_id")
    readers = [one for one in source.columns if one.startswith("reader_")]
    label = f"{table.name}, column {source.spelled['label']!r}" if "label" in have else "none"
    rows = source.rows.select(
        **made,
        collection=pl.lit(name),
        label_source=pl.lit(label),
        flags=flags,
        **{one: pl.col(one) for one in readers},
    )
    return source, finish(rows, readers)


def _only_csv(root: Path) -> Path:
    if root.is_file():
        return root
    found = sorted([*root.glob("*.csv"), *root.glob("*.csv.gz")])
    if len(found) != 1:
        raise DataError(f"{root} holds {len(found)} CSV files: say which is the table (labels=)")
    return found[0]


def _under(root: Path, column: str) -> pl.Expr:
    return pl.lit(f"{root}{os.sep}") + pl.col(column)


def _upper(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().str.to_uppercase()


def _int(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().str.replace(r"\.0*$", "").cast(pl.Int32, strict=False)


def _rules() -> list[Rule]:
    truth = pl.col("label").str.strip_chars().str.to_lowercase()
    return [
        Rule("film_id", pl.col("film_id").is_null(), "a film's name"),
        Rule(
            "patient_id", pl.col("patient_id").is_null(), "a patient's id: a split by patient needs one for each film"
        ),
        Rule("age_years", age_expressions("age_years")[2], "an age such as 57, 057Y or 013M"),
        Rule("sex", ~_upper("sex").is_in(list(_SEXES)), "F, M or O"),
        Rule("view", ~_upper("view").is_in(list(_VIEWS)), "PA, AP or LATERAL"),
        Rule("label", ~truth.is_in([*_TRUE, *_FALSE]), "1 or 0, true or false, yes or no"),
        *(
            Rule(one, pl.col(one).is_not_null() & _int(one).is_null(), "a whole number")
            for one in ("follow_up", "rows", "columns")
        ),
        Rule("sha256", ~pl.col("sha256").str.contains(r"^[0-9a-f]{64}$"), "64 hexadecimal digits"),
    ]


def _made(root: Path) -> dict[str, pl.Expr]:
    listed = pl.col("findings").str.split("|").list.eval(pl.element().str.strip_chars())
    truth = pl.col("label").str.strip_chars().str.to_lowercase()
    said = listed.list.eval(pl.element().filter(~pl.element().str.to_lowercase().is_in(_NO_FINDING)))
    return {
        "film_id": pl.col("film_id"),
        "path": _under(root, "path"),
        "patient_id": pl.col("patient_id").str.strip_chars(),
        "follow_up": _int("follow_up"),
        "age_years": age_expressions("age_years")[0],
        "sex": _upper("sex").replace(_SEXES),
        "view": _upper("view").replace(_VIEWS),
        "findings": said,
        "label": truth.is_in(list(_TRUE)),
        "split": pl.col("split"),
        "rows": _int("rows"),
        "columns": _int("columns"),
        "sha256": pl.col("sha256"),
    }
