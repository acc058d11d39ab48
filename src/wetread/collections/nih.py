"""NIH ChestX-ray14: metadata alone, or with films in NIH's own or Kaggle's folders, or the course's sample."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from wetread.collections.lists import official
from wetread.collections.schema import AGE_IMPLAUSIBLE, EMPTY, age_expressions, finish, validate
from wetread.collections.tables import Rule, Source, check, collect, first_existing, open_table
from wetread.errors import DataError

__all__ = ["FINDINGS", "images", "load_nih", "scan_nih"]

FINDINGS = (
    "Atelectasis",
    "Cardiomegaly",
    "Consolidation",
    "Edema",
    "Effusion",
    "Emphysema",
    "Fibrosis",
    "Hernia",
    "Infiltration",
    "Mass",
    "Nodule",
    "Pleural_Thickening",
    "Pneumonia",
    "Pneumothorax",
)
NO_FINDING = "No Finding"

_LABELS = ("Data_Entry_2017_v2020.csv", "Data_Entry_2017.csv")
_SAMPLE = ("sample_labels.csv",)
# The header of 2017 writes two columns as "OriginalImage[Width,Height]", which a CSV reader takes apart.
_REQUIRED = {
    "Image Index": (),
    "Finding Labels": (),
    "Follow-up #": (),
    "Patient ID": (),
    "Patient Age": (),
    "Patient Gender": ("Patient Gender", "Patient Sex"),
    "View Position": (),
    "OriginalImageWidth": ("OriginalImageWidth", "OriginalImage[Width", "OriginalImage[Width]"),
    "OriginalImageHeight": ("OriginalImageHeight", "Height]", "OriginalImage[Height]"),
}
_FILM = r"^\d{8}_\d{3}\.\w+$"
_SUFFIXES = (".png", ".jpg", ".jpeg")


def load_nih(
    root: Path, *, labels: Path | None = None, lists: str | None = "official", sample: bool = False
) -> tuple[pl.DataFrame, list[str]]:
    """One row a film of ChestX-ray14.

    Parameters
    ----------
    root
        The collection's folder (films in `images/`, or in `images_001/images/` and so on as Kaggle has them; none is
        needed), or the metadata's CSV itself.
    labels
        The metadata's CSV where it is not in the folder: `Data_Entry_2017_v2020.csv`, that of 2017, or the course's
        `sample_labels.csv`, plain or gzipped.
    lists
        "official" puts each film on its official list by its patient (`split`), None leaves `split` null.
    sample
        Look for the course's list first.

    Returns
    -------
    The table, and notes on what is known to be wrong with it.

    Raises
    ------
    DataError
        With file, row and column.
    """
    if lists not in ("official", None):
        raise DataError(f"NIH has no lists called {lists!r}: 'official', or None for no split")
    table = labels or _table_in(root, sample=sample)
    source, lazy = scan_nih(table, lists=lists)
    films = collect(source, lazy)
    notes = [*source.notes, *_ages(films, table)]
    if root.is_dir():
        films, found = _with_paths(films, root)
        notes += found
    films = validate(films, str(table))
    if lists:
        whole = official().prove(films)
        notes.append(
            f"split: the official lists ({'reproduced film by film' if whole else 'by patient; the table is a part'})"
        )
    return films, notes


def scan_nih(table: Path, *, lists: str | None = "official") -> tuple[Source, pl.LazyFrame]:
    """The same as rows that are not yet read, for tables larger than memory; every row is checked, none is kept.

    Raises
    ------
    DataError
        With file, row and column.
    """
    source = open_table(table, _REQUIRED)
    name, patient = pl.col("Image Index"), pl.col("Patient ID").str.strip_chars()
    number = patient.cast(pl.Int64, strict=False)
    years, implausible, unreadable = age_expressions("Patient Age")
    listed = pl.col("Finding Labels").str.split("|").list.eval(pl.element().str.strip_chars())
    sex, view = (pl.col(column).str.strip_chars().str.to_uppercase() for column in ("Patient Gender", "View Position"))
    rules = [
        Rule("Image Index", ~name.str.contains(_FILM).fill_null(value=False), "a film's name such as 00000001_000.png"),
        Rule("Patient ID", number.is_null() | (number < 1), "a patient's number"),
        Rule(
            "Patient ID",
            name.str.slice(0, 8).cast(pl.Int64, strict=False) != number,
            "the patient that the film's name begins with: a split by patient would be wrong otherwise",
        ),
        Rule(
            "Finding Labels",
            (listed.list.set_difference([*FINDINGS, NO_FINDING]).list.len() > 0),
            f"findings of the collection joined by a bar, or {NO_FINDING}",
        ),
        Rule(
            "Finding Labels",
            listed.list.contains(NO_FINDING) & (listed.list.len() > 1),
            f"{NO_FINDING} alone, or findings",
        ),
        Rule("Patient Age", unreadable, "an age such as 57, 057Y or 013M"),
        Rule("Patient Gender", ~sex.is_in(["M", "F", "O"]), "M, F or O"),
        Rule("View Position", ~view.is_in(["PA", "AP", "LATERAL"]), "PA, AP or LATERAL"),
        *(_whole(column) for column in ("Follow-up #", "OriginalImageWidth", "OriginalImageHeight")),
    ]
    check(source, source.rows, rules)
    findings = listed.list.eval(pl.element().filter(pl.element() != NO_FINDING))
    films = source.rows.select(
        film_id=name,
        patient_id=number.cast(pl.String),
        collection=pl.lit("nih"),
        follow_up=_int("Follow-up #"),
        age_years=years,
        age_raw=pl.col("Patient Age").str.strip_chars(),
        sex=sex,
        view=view,
        findings=findings,
        label=findings.list.contains("Pneumonia"),
        label_source=pl.lit(f"NIH text-mined ({table.name})"),
        rows=_int("OriginalImageHeight"),
        columns=_int("OriginalImageWidth"),
        flags=pl.when(implausible).then(pl.lit([AGE_IMPLAUSIBLE])).otherwise(EMPTY),
    )
    if lists:
        films = films.join(official().sides().lazy(), on="patient_id", how="left", maintain_order="left")
    return source, finish(films)


def _int(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().cast(pl.Int32, strict=False)


def _whole(column: str) -> Rule:
    return Rule(column, pl.col(column).is_not_null() & _int(column).is_null(), "a whole number")


def _table_in(root: Path, *, sample: bool) -> Path:
    if root.is_file():
        return root
    if not root.is_dir():
        raise DataError(f"{root} is no folder and no file: give the collection's folder or its metadata's CSV")
    names = (*_SAMPLE, *_LABELS) if sample else (*_LABELS, *_SAMPLE)
    return first_existing(root, names, "metadata of NIH ChestX-ray14")


def _ages(films: pl.DataFrame, table: Path) -> list[str]:
    bad = films.filter(pl.col("flags").list.contains(AGE_IMPLAUSIBLE))
    if bad.height == 0:
        return []
    shown = ", ".join(bad["age_raw"].unique().sort().head(5))
    return [f"{table.name}: {bad.height} films have an age that nobody has ({shown}): flagged, age left out"]


def images(root: Path) -> Iterator[Path]:
    """Image files of the folder: directly, in `images/`, `images_001/` and so on, and one `images/` inside these."""
    queue = [root]
    while queue:
        folder = queue.pop()
        for entry in sorted(os.scandir(folder), key=lambda one: one.name):
            if entry.is_dir() and entry.name.startswith("images"):
                queue.append(Path(entry.path))
            elif entry.name.lower().endswith(_SUFFIXES):
                yield Path(entry.path)


def _with_paths(films: pl.DataFrame, root: Path) -> tuple[pl.DataFrame, list[str]]:
    """Join films and files by name without suffix, so that a resized JPEG copy of the collection is found too."""
    found = list(images(root))
    if not found:
        return films, [f"no film lies under {root}: metadata alone"]
    stems = pl.DataFrame({"stem": [file.stem for file in found], "path": [str(file) for file in found]})
    if (twice := stems.filter(pl.col("stem").is_duplicated())).height:
        raise DataError(f"film {twice['stem'][0]} lies twice under {root}: {twice['path'][0]} and {twice['path'][1]}")
    keyed = films.drop("path").with_columns(stem=pl.col("film_id").str.replace(r"\.\w+$", ""))
    joined = keyed.join(stems, on="stem", how="left", maintain_order="left")
    without = joined["path"].null_count()
    notes = [f"{without} of {films.height} films have no file under {root}"] if without else []
    unknown = stems.height - (films.height - without)
    if unknown:
        notes.append(f"{unknown} image files under {root} are not in the metadata: left out")
    return joined.select(films.columns), notes
