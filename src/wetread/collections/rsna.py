"""RSNA Pneumonia Detection Challenge 2018: readers' boxes and classes, DICOM films, and the match to NIH."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from wetread.collections.schema import PATIENT_UNKNOWN, finish, validate
from wetread.collections.tables import Rule, Source, check, collect, first_existing, open_table
from wetread.errors import DataError

__all__ = ["TRUSTED_MSE", "load_rsna"]

TRUSTED_MSE = 3.0
"""Mean squared difference of grey values between a film and its match in NIH above which the match is not believed."""

_LABELS = ("stage_2_train_labels.csv", "rsna_stage_2_train_labels.csv", "train_labels.csv")
_CLASSES = ("stage_2_detailed_class_info.csv", "rsna_stage_2_detailed_class_info.csv")
_MATCH = ("rsna_to_nih.csv",)
_BOXES = ("x", "y", "width", "height")
OPACITY = "Lung Opacity"
_NAMES = ("Normal", "No Lung Opacity / Not Normal", OPACITY)


def load_rsna(root: Path, *, labels: Path | None = None) -> tuple[pl.DataFrame, list[str]]:
    """One row a film of the challenge's training set.

    Parameters
    ----------
    root
        The folder with `stage_2_train_labels.csv`, and where they are there `stage_2_detailed_class_info.csv`,
        `rsna_to_nih.csv` and the films (`stage_2_train_images/*.dcm`, or any folder below); or the labels' CSV itself.
    labels
        The labels' CSV where it lies elsewhere; the other tables are then looked for beside it.

    Returns
    -------
    The table, with `reader_class`, `reader_boxes` (x, y, width, height in the film's own pixels), `reader_nih_film`
    and `reader_match_mse`; and notes.

    Notes
    -----
    What the challenge calls patientId names a film. The patient is known only where the film's match in NIH is
    believed (`match_mse` at most 3): films without one are flagged `patient-unknown`, disbelieved ones also
    `match-distrusted`, and both stand as patients of their own.

    Raises
    ------
    DataError
        With file, row and column.
    """
    table = labels or (root if root.is_file() else first_existing(root, _LABELS, "labels of the RSNA challenge"))
    folder = table.parent if root.is_file() or labels else root
    films, notes = _films(table)
    films = _with_classes(films, folder, notes)
    films = _with_match(films, folder, notes)
    if root.is_dir():
        films = _with_headers(films, root, notes)
    return validate(_finished(films).collect(), str(table)), notes


def _films(table: Path) -> tuple[pl.DataFrame, list[str]]:
    """A row a film from a row a box."""
    source = open_table(table, {"patientId": (), "Target": (), **dict.fromkeys(_BOXES, ())})
    box = [pl.col(name).cast(pl.Float64, strict=False) for name in _BOXES]
    target = pl.col("Target").str.strip_chars()
    rules = [
        Rule("patientId", pl.col("patientId").is_null(), "a film's id"),
        Rule("Target", ~target.is_in(["0", "1"]).fill_null(value=False), "0 or 1"),
        *(
            Rule(name, pl.col(name).is_not_null() & one.is_null(), "a number")
            for name, one in zip(_BOXES, box, strict=True)
        ),
        *(
            Rule(name, (target == "1") != one.is_not_null(), "a box where Target is 1, and none where it is 0")
            for name, one in zip(_BOXES, box, strict=True)
        ),
    ]
    check(source, source.rows, rules)
    rows = source.rows.select(
        film_id="patientId", label=target == "1", box=pl.when(target == "1").then(pl.concat_list(box))
    )
    grouped = rows.group_by("film_id", maintain_order=True).agg(
        label=pl.col("label").first(), kinds=pl.col("label").n_unique(), reader_boxes=pl.col("box").drop_nulls()
    )
    films = collect(source, grouped)
    if (mixed := films.filter(pl.col("kinds") > 1)).height:
        raise DataError(
            f"{table}: film {mixed['film_id'][0]} has rows with Target 0 and 1: take the table as published"
        )
    return films.drop("kinds"), list(source.notes)


def _one_a_film(source: Source, rows: pl.LazyFrame, column: str) -> pl.DataFrame:
    """Distinct rows; two that contradict each other are a mistake in the file."""
    found = collect(source, rows.unique(maintain_order=True))
    if (twice := found.filter(pl.col("film_id").is_duplicated())).height:
        raise DataError(f"{source.path}: film {twice['film_id'][0]} has two values in column {column!r}")
    return found


def _optional(folder: Path, names: tuple[str, ...]) -> Path | None:
    paths = (folder / f"{name}{suffix}" for name in names for suffix in ("", ".gz"))
    return next((path for path in paths if path.is_file()), None)


def _with_classes(films: pl.DataFrame, folder: Path, notes: list[str]) -> pl.DataFrame:
    path = _optional(folder, _CLASSES)
    if path is None:
        return films.with_columns(reader_class=pl.lit(None, pl.String))
    source = open_table(path, {"patientId": (), "class": ()})
    check(source, source.rows, [_class_rule("class")])
    rows = source.rows.select(film_id="patientId", reader_class="class")
    notes += source.notes
    return films.join(_one_a_film(source, rows, "class"), on="film_id", how="left", maintain_order="left")


def _class_rule(column: str) -> Rule:
    return Rule(column, ~pl.col(column).is_in(_NAMES), f"one of {', '.join(_NAMES)}")


def _with_match(films: pl.DataFrame, folder: Path, notes: list[str]) -> pl.DataFrame:
    path = _optional(folder, _MATCH)
    if path is None:
        notes.append("no match to NIH (rsna_to_nih.csv): patients are unknown, each film stands for its own")
        nothing = pl.lit(None, pl.String)
        return films.with_columns(reader_nih_film=nothing, reader_match_mse=pl.lit(None, pl.Float64))
    source = open_table(path, {"rsna_id": (), "nih_image": (), "rsna_class": (), "match_mse": ()})
    mse = pl.col("match_mse").cast(pl.Float64, strict=False)
    rules = [
        Rule(
            "nih_image", ~pl.col("nih_image").str.contains(r"^\d{8}_\d{3}\."), "a film's name such as 00000001_000.png"
        ),
        Rule(
            "match_mse", mse.is_null() & pl.col("nih_image").is_not_null(), "the mean squared difference of the match"
        ),
        _class_rule("rsna_class"),
    ]
    check(source, source.rows, rules)
    rows = source.rows.select(
        film_id="rsna_id", reader_nih_film="nih_image", matched_class="rsna_class", reader_match_mse=mse
    )
    notes += source.notes
    joined = films.join(_one_a_film(source, rows, "nih_image"), on="film_id", how="left", maintain_order="left")
    distrusted = joined.filter(pl.col("reader_match_mse") > TRUSTED_MSE).height
    if distrusted:
        notes.append(
            f"{distrusted} matches to NIH differ by more than {TRUSTED_MSE:g} (mean square): not believed, flagged"
        )
    return joined.with_columns(reader_class=pl.coalesce("reader_class", "matched_class")).drop("matched_class")


def _with_headers(films: pl.DataFrame, root: Path, notes: list[str]) -> pl.DataFrame:
    paths = {path.stem: path for path in sorted(root.rglob("*.dcm"))}
    if not paths:
        notes.append(f"no film lies under {root}: metadata alone, without age, sex and view")
        return films
    from wetread.collections.dicom import header_rows

    headers, refused = header_rows([(name, paths[name]) for name in films["film_id"] if name in paths])
    if refused:
        notes.append(f"{len(refused)} films under {root} cannot be read as DICOM")
    without = films.height - headers.height
    if without:
        notes.append(f"{without} of {films.height} films have no readable file under {root}")
    wanted = ["film_id", "path", "age_years", "age_raw", "sex", "view", "rows", "columns", "flags"]
    return films.join(headers.select(wanted), on="film_id", how="left", maintain_order="left")


def _finished(films: pl.DataFrame) -> pl.LazyFrame:
    contradicts = films.filter((pl.col("reader_class") == OPACITY) != pl.col("label"))
    if contradicts.height:
        raise DataError(
            f"film {contradicts['film_id'][0]}: its class is {contradicts['reader_class'][0]!r} and its Target "
            f"{int(contradicts['label'][0])}: these tables are not of one release"
        )
    if "flags" not in films.columns:
        films = films.with_columns(flags=pl.lit([], pl.List(pl.String)))
    believed = (pl.col("reader_match_mse") <= TRUSTED_MSE).fill_null(value=False)
    flags = pl.col("flags").fill_null(pl.lit([], pl.List(pl.String)))
    own = pl.when(pl.col("reader_match_mse") > TRUSTED_MSE).then(pl.lit([PATIENT_UNKNOWN, "match-distrusted"]))
    doubts = pl.when(believed).then(pl.lit([], pl.List(pl.String))).otherwise(own.otherwise(pl.lit([PATIENT_UNKNOWN])))
    number = pl.col("reader_nih_film").str.slice(0, 8).cast(pl.Int64).cast(pl.String)
    kind = pl.col("reader_class")
    rows = films.lazy().with_columns(
        patient_id=pl.when(believed).then(number).otherwise("film_id"),
        collection=pl.lit("rsna"),
        findings=pl.when(kind == "Normal")
        .then(pl.lit([], pl.List(pl.String)))
        .when(kind.is_not_null())
        .then(pl.concat_list(kind)),
        label_source=pl.lit("RSNA 2018: radiologists, lung opacity suspicious for pneumonia"),
        flags=pl.concat_list(flags, doubts),
    )
    return finish(rows, ["reader_class", "reader_boxes", "reader_nih_film", "reader_match_mse"])
