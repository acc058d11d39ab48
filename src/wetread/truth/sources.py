"""The label tables of NIH ChestX-ray14 and of those who read its films again, side by side: one row a film."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from wetread.collections import load
from wetread.collections.rsna import TRUSTED_MSE
from wetread.collections.tables import Rule, check, collect, first_existing, open_table
from wetread.errors import DataError

__all__ = ["GROUPS", "Sources", "read_sources"]

GROUPS = ("Pneumonia", "Infiltration or Consolidation", "other finding", "No Finding")
_GOOGLE = ("google2019_nih-chest-xray-labels.csv",)
_ATTENDING = ("nih_abnormal_test_attending_rad.txt",)
_MAJORITY = ("nih_abnormal_test_rad_consensus_voted3.txt",)
_PREDICTIONS = ("reproduce_chexnet_preds.csv",)
_RSNA = ("stage_2_train_labels.csv", "rsna_stage_2_train_labels.csv")


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What each source says of each NIH film.

    Parameters
    ----------
    films
        One row a film of the collection: film, patient, view, group (first of `GROUPS` that its text-mined findings
        hold), text_finding (false where they say "No Finding"); and where the files are there, null where nobody read
        the film: rsna_class, google_opacity, attending and majority (abnormal or not), and prediction_* (scores).
    hashes
        SHA-256 of each file read, by its name.
    notes
        What was left out, and why.
    """

    films: pl.DataFrame
    hashes: dict[str, str]
    notes: tuple[str, ...]


def read_sources(folder: Path) -> Sources:
    """Read the tables in a folder; only NIH's own must be there.

    Raises
    ------
    DataError
        Naming file, row and column, what was found, what was expected and what to do.
    """
    notes: list[str] = []
    nih_table = first_existing(
        folder, ("Data_Entry_2017_v2020.csv", "Data_Entry_2017.csv"), "labels of NIH ChestX-ray14"
    )
    films = _nih(load("nih", nih_table, lists=None))
    used = [nih_table]
    for names, what, read in (
        (_RSNA, "RSNA readers", _rsna),
        (_GOOGLE, "Google adjudication", _google),
        (_ATTENDING, "attending radiologist", lambda path, _: _votes(path, "attending")),
        (_MAJORITY, "majority of three radiologists", lambda path, _: _votes(path, "majority")),
        (_PREDICTIONS, "predictions of a network", _predictions),
    ):
        try:
            path = first_existing(folder, names, what)
        except DataError:
            notes.append(f"{what}: no {names[0]} in the folder, left out")
            continue
        films = _joined(films, read(path, notes), path)
        used.append(path)
    if "rsna_class" in films.columns:
        used.append(first_existing(folder, ("rsna_to_nih.csv",), "match of RSNA films to NIH films"))
    return Sources(films, {path.name: _sha256(path) for path in used}, tuple(notes))


def _nih(table: pl.DataFrame) -> pl.DataFrame:
    holds = pl.col("findings").list.contains
    group = (
        pl.when(holds("Pneumonia"))
        .then(pl.lit(GROUPS[0]))
        .when(holds("Infiltration") | holds("Consolidation"))
        .then(pl.lit(GROUPS[1]))
        .when(pl.col("findings").list.len() > 0)
        .then(pl.lit(GROUPS[2]))
        .otherwise(pl.lit(GROUPS[3]))
    )
    return table.filter(pl.col("findings").is_not_null()).select(
        film="film_id",
        patient="patient_id",
        view=pl.col("view").fill_null("unknown"),
        group=group,
        text_finding=pl.col("findings").list.len() > 0,
    )


def _rsna(path: Path, notes: list[str]) -> pl.DataFrame:
    table = load("rsna", path)
    matched = table.filter(pl.col("reader_nih_film").is_not_null() & pl.col("reader_class").is_not_null())
    if not matched.height:
        raise DataError(f"{path}: no film is matched to NIH; put rsna_to_nih.csv beside it")
    believed = matched.filter(pl.col("reader_match_mse") <= TRUSTED_MSE)
    once = believed.filter(~pl.col("reader_nih_film").is_duplicated())
    notes.append(
        f"RSNA readers: of {table.height} films {once.height} are used; {matched.height - believed.height} are left out "
        f"because their match differs by more than {TRUSTED_MSE:g} (mean square), {believed.height - once.height} because "
        "two of them match one NIH film"
    )
    return once.select(film="reader_nih_film", rsna_class="reader_class")


def _google(path: Path, _: list[str]) -> pl.DataFrame:
    source = open_table(path, {"film": ("Image Index",), "answer": ("Airspace opacity",)})
    check(source, source.rows, [Rule("answer", ~pl.col("answer").is_in(["YES", "NO"]), "YES or NO")])
    rows = collect(source, source.rows.select("film", google_opacity=pl.col("answer") == "YES"))
    return _single(rows, path)


def _predictions(path: Path, _: list[str]) -> pl.DataFrame:
    names = ("Pneumonia", "Consolidation", "Infiltration")
    source = open_table(path, {"film": ("Image Index",)} | {name: (f"prob_{name}",) for name in names})
    numbers = [pl.col(name).cast(pl.Float64, strict=False).alias(f"prediction_{name}") for name in names]
    rules = [
        Rule(name, number.is_null() | ~number.is_finite(), "a number")
        for name, number in zip(names, numbers, strict=True)
    ]
    check(source, source.rows, rules)
    return _single(collect(source, source.rows.select("film", *numbers)), path)


def _votes(path: Path, name: str) -> pl.DataFrame:
    """Lines of a film's name and 0 (normal) or 1 (abnormal)."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as UTF-8 text: {error}") from error
    rows: list[tuple[str, bool]] = []
    for number, line in enumerate(lines, 1):
        cells = line.split()
        if cells and (len(cells) != 2 or cells[1] not in ("0", "1")):
            raise DataError(f"{path}, line {number}: found {line[:40]!r}, expected a film's name and 0 or 1")
        if cells:
            rows.append((cells[0], cells[1] == "1"))
    return _single(pl.DataFrame(rows, schema={"film": pl.String, name: pl.Boolean}, orient="row"), path)


def _single(table: pl.DataFrame, path: Path) -> pl.DataFrame:
    twice = table.filter(pl.col("film").is_duplicated())
    if twice.height:
        raise DataError(f"{path}: film {twice['film'][0]} stands there more than once: remove the copy")
    return table


def _joined(films: pl.DataFrame, more: pl.DataFrame, path: Path) -> pl.DataFrame:
    strange = more.join(films, on="film", how="anti")
    if strange.height:
        raise DataError(
            f"{path}: film {strange['film'][0]} is not in the NIH table ({strange.height} such films): "
            "the two are not of one collection, or the NIH table is cut"
        )
    return films.join(more, on="film", how="left", maintain_order="left")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
