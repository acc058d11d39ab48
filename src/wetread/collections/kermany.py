"""Kermany's paediatric films (Guangzhou, one to five years): the official folders, or an index of them."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from wetread.collections.schema import finish, validate
from wetread.collections.tables import Rule, check, collect, open_table
from wetread.errors import DataError

__all__ = ["load_kermany"]

_SIDES = ("train", "val", "test")
_CLASSES = ("NORMAL", "PNEUMONIA")
_SUFFIXES = (".jpeg", ".jpg", ".png")
# Version 2 of the files: IM-0115-0001, NORMAL2-IM-0913-0001-0001, person545_bacteria_2286. Version 3:
# NORMAL-1003233-0001, BACTERIA-1008087-0001.
_PERSON = r"^(person\d+)_(?:bacteria|virus)_\d+|^((?:NORMAL2-)?IM-\d+)-|^(?:NORMAL|BACTERIA|VIRUS)-(\d+)-"
_KIND = r"(?i)(?:^|_)(bacteria|virus)[-_]"
_INDEX = {"file": (), "label": (), "patient_id": (), "split": ()}
_KINDS = {"NORMAL": [], "PNEUMONIA_BACTERIA": ["PNEUMONIA", "BACTERIA"], "PNEUMONIA_VIRUS": ["PNEUMONIA", "VIRUS"]}


def load_kermany(
    root: Path, *, labels: Path | None = None, lists: str | None = "official"
) -> tuple[pl.DataFrame, list[str]]:
    """One row a film.

    Parameters
    ----------
    root
        The folder that holds `train`, `val` and `test` (or `chest_xray` with them), each with `NORMAL` and `PNEUMONIA`.
    labels
        An index of the films with the columns `file`, `label` (NORMAL, PNEUMONIA_BACTERIA or PNEUMONIA_VIRUS),
        `patient_id`, `split` and, if known, `sha256`; `index.csv` in the folder is taken by itself.
    lists
        "official": the folder is the split. None: no split.

    Notes
    -----
    Persons are numbered anew by class and kind, so that a patient is kind and person together. Of a patient who had
    both a bacterial and a viral pneumonia, this makes two: nothing in the collection tells.

    Raises
    ------
    DataError
        Naming the file, or the index's row and column.
    """
    index = labels or next((path for path in (root / "index.csv", root / "index.csv.gz") if path.is_file()), None)
    films, notes = _indexed(root, index) if index else _walked(root)
    if lists is None:
        films = films.with_columns(split=pl.lit(None, pl.String))
    flags = pl.when(pl.col("sha256").is_not_null() & pl.col("sha256").is_duplicated())
    films = films.with_columns(flags=flags.then(pl.lit(["exact-duplicate"])).otherwise(pl.col("flags")))
    copies = films.filter(pl.col("flags").list.contains("exact-duplicate"))
    if copies.height:
        notes.append(f"{copies.height} films are byte for byte copies in {copies['sha256'].n_unique()} groups: flagged")
    notes.append("children of one to five years, anterior-posterior films; age and sex of a film are not told")
    return validate(films, str(index or root)), notes


def _typed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """From `film_id, path, kind, person, split, sha256` to the schema."""
    kind = pl.col("kind")
    findings = pl.lit(None, pl.List(pl.String))
    for name, told in _KINDS.items():
        findings = pl.when(kind == name).then(pl.lit(told, pl.List(pl.String))).otherwise(findings)
    return finish(
        rows.with_columns(
            patient_id=kind + "/" + pl.col("person"),
            collection=pl.lit("kermany"),
            view=pl.lit("AP"),
            findings=findings,
            label=kind != "NORMAL",
            label_source=pl.lit("Kermany: two physicians, the test films a third"),
        )
    )


def _indexed(root: Path, index: Path) -> tuple[pl.DataFrame, list[str]]:
    source = open_table(index, _INDEX)
    rules = [
        *(Rule(name, pl.col(name).is_null(), "a value in every row") for name in ("file", "patient_id", "label")),
        Rule("label", ~pl.col("label").is_in(list(_KINDS)), f"one of {', '.join(_KINDS)}"),
        Rule("split", ~pl.col("split").is_in(_SIDES), f"one of {', '.join(_SIDES)}"),
    ]
    check(source, source.rows, rules)
    rows = source.rows.select(
        film_id="file",
        path=pl.lit(f"{root}{os.sep}") + pl.col("file") if root.is_dir() else pl.lit(None, pl.String),
        kind="label",
        person="patient_id",
        split="split",
        sha256=pl.col("sha256") if "sha256" in source.columns else pl.lit(None, pl.String),
    )
    return collect(source, _typed(rows)), list(source.notes)


def _walked(root: Path) -> tuple[pl.DataFrame, list[str]]:
    base = next((one for one in (root, root / "chest_xray", root / "chest_xray" / "chest_xray") if _is_base(one)), None)
    if base is None:
        raise DataError(
            f"{root} is not Kermany's collection: it has no train, val or test with {' and '.join(_CLASSES)} in it"
        )
    names = [
        (f"{side}/{kind}/{entry.name}", entry.path, side, kind, entry.name)
        for side in _SIDES
        for kind in _CLASSES
        if (base / side / kind).is_dir()
        for entry in sorted(os.scandir(base / side / kind), key=lambda one: one.name)
        if entry.name.lower().endswith(_SUFFIXES) and not entry.name.startswith(".")
    ]
    if not names:
        raise DataError(f"{base} has no film: its folders hold no JPEG or PNG file; unpack the archive again")
    columns = ["film_id", "path", "split", "folder", "name"]
    rows = pl.DataFrame(names, schema=dict.fromkeys(columns, pl.String), orient="row").lazy()
    word = pl.col("name").str.extract(_KIND, 1).str.to_uppercase()
    person = pl.coalesce(pl.col("name").str.extract(_PERSON, group) for group in (1, 2, 3))
    kind = pl.when(pl.col("folder") == "NORMAL").then(pl.lit("NORMAL")).otherwise(pl.lit("PNEUMONIA_") + word)
    rows = rows.with_columns(kind=kind, person=person, sha256=pl.lit(None, pl.String))
    unknown = rows.filter(pl.col("person").is_null() | pl.col("kind").is_null()).head(1).collect()
    if unknown.height:
        raise DataError(
            f"{unknown['path'][0]}: no patient can be read from this name (expected person1_bacteria_1, IM-0115-0001 "
            "or BACTERIA-1008087-0001): keep the names as they were published"
        )
    return _typed(rows).collect(), []


def _is_base(folder: Path) -> bool:
    return any((folder / side / kind).is_dir() for side in _SIDES for kind in _CLASSES)
