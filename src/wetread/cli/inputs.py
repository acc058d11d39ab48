"""Tables of scores and of labels become one set of films; every film that falls out is counted and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from wetread.collections.tables import ROW, Rule, Source, check, collect, open_table
from wetread.errors import DataError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wetread.evaluation import Scored

__all__ = [
    "AGES",
    "Columns",
    "Joined",
    "films_of_table",
    "joined",
    "labels_of_collection",
    "labels_of_table",
    "scores_of_table",
]

AGES = (
    ("0-17", 0.0, 18.0),
    ("18-39", 18.0, 40.0),
    ("40-59", 40.0, 60.0),
    ("60-79", 60.0, 80.0),
    ("80 and over", 80.0, 1e9),
)
"""Age bands: name, first year of life in it, first beyond it."""

_TRUE, _FALSE = ("1", "1.0", "true", "yes"), ("0", "0.0", "false", "no")
_MOST_GROUPS = 50
_PARQUET = b"PAR1"
_UNSCORED = ("", "nan", "none", "null", "na", "n/a")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is which, as the tables spell them.

    `labels_film` names the film in the table of labels where that differs. `positive` is the value that means positive
    where labels are words. `age` is banded. `findings` are names joined by bars. `own_patient` says that every film is of
    a patient of its own, so that no column of patients is needed.
    """

    film: str = "film_id"
    score: str = "score"
    label: str = "label"
    patient: str = "patient_id"
    labels_film: str | None = None
    positive: str | None = None
    groups: tuple[str, ...] = ()
    age: str | None = None
    findings: str | None = None
    own_patient: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Films with score and label, which findings each has (name to mask), and what was told on the way."""

    scored: Scored
    findings: Mapping[str, NDArray[np.bool_]]
    told: tuple[str, ...] = field(default=())


# ------------------------------------------------------------------------------------------------------ scores


def scores_of_table(
    path: Path, columns: Columns, *, probabilities: bool = False, leave_out: bool = False
) -> tuple[pl.DataFrame, list[str]]:
    """Film and score of each row, and what to tell.

    Parameters
    ----------
    path
        CSV, gzipped CSV or parquet.
    probabilities
        Whether the scores are said to be probabilities: then all lie in [0, 1].
    leave_out
        Leave out films without a score instead of refusing the table.

    Raises
    ------
    DataError
        With file, row and column.
    """
    source = _opened(path, {columns.film: (), columns.score: ()})
    text = pl.col(columns.score).str.strip_chars()
    number = text.cast(pl.Float64, strict=False)
    none = text.is_null() | text.str.to_lowercase().is_in(_UNSCORED)
    rules = [Rule(columns.film, _no_text(columns.film), "the film's name")]
    if not leave_out:
        expected = "a score: leave out the films that were not scored, or say --leave-out-unscored, which counts them"
        rules.append(Rule(columns.score, none, expected))
    rules.append(
        Rule(columns.score, ~none & ~number.is_finite().fill_null(value=False), "a finite number such as 0.25")
    )
    if probabilities:
        rules.append(
            Rule(columns.score, ~none & ~number.is_between(0, 1).fill_null(value=False),
                 "a probability, which lies in [0, 1]: apply the sigmoid, or leave --probabilities away")
        )  # fmt: skip
    check(source, source.rows, rules)
    films = collect(
        source, source.rows.select(ROW, film=pl.col(columns.film).str.strip_chars(), score=number, none=none)
    )
    _once(source, films, columns.film)
    told = list(source.notes)
    if without := int(films["none"].sum()):
        told.append(f"{without:,} of {films.height:,} films of {path.name} have no score and were left out")
    films = films.filter(~pl.col("none"))
    if not films.height:
        raise DataError(f"{path} has no film with a score: is {columns.score!r} the column of scores?")
    return films.select("film", "score"), told


# ------------------------------------------------------------------------------------------------------ labels


def labels_of_table(path: Path, columns: Columns) -> tuple[pl.DataFrame, list[str]]:
    """Film, patient, label, findings and groups (columns that begin with "group ") of each row, and what to tell.

    Raises
    ------
    DataError
        With file, row and column.
    UsageError
        If labels are words and nobody said which is positive, or a group has more than 50 values.
    """
    film = columns.labels_film or columns.film
    needed = [film, columns.label, *columns.groups]
    needed += [] if columns.own_patient else [columns.patient]
    needed += [name for name in (columns.age, columns.findings) if name]
    source = _opened(path, dict.fromkeys(needed, ()))
    rules = [Rule(film, _no_text(film), "the film's name")]
    if not columns.own_patient:
        rules.append(
            Rule(columns.patient, _no_text(columns.patient), "a patient: without one, films of one patient cannot be kept "
                 "together (if every film is of a patient of its own, say --each-film-its-own-patient)")
        )  # fmt: skip
    label, more = _label(columns, source)
    check(source, source.rows, [*rules, *more, *_age_rules(columns)])
    made = {"film": pl.col(film).str.strip_chars(), "label": label, "findings": _findings(columns)}
    made["patient"] = made["film"] if columns.own_patient else pl.col(columns.patient).str.strip_chars()
    groups = {f"group {name}": pl.col(name).str.strip_chars().fill_null("") for name in columns.groups}
    if columns.age:
        groups["group age band"] = _band(pl.col(columns.age).str.strip_chars().cast(pl.Float64, strict=False))
    films = collect(source, source.rows.select(ROW, **made, **groups))
    _once(source, films, film)
    for name in columns.groups:
        values = films[f"group {name}"].n_unique()
        if values > _MOST_GROUPS:
            raise UsageError(
                f"{path}: the column {name!r} has {values} different values, too many for groups: put them in bands"
            )
    return films.drop(ROW), list(source.notes)


def films_of_table(path: Path, columns: Columns) -> tuple[NDArray[np.str_], NDArray[np.str_] | None]:
    """Films of a table, and their patients where it has that column: a list that a threshold was tuned on.

    Raises
    ------
    DataError
        With file, row and column.
    """
    has = columns.labels_film or columns.film
    try:
        source, patients = _opened(path, {has: (), columns.patient: ()}), True
    except DataError:
        source, patients = _opened(path, {has: ()}), False
    names = [has, columns.patient] if patients else [has]
    check(source, source.rows, [Rule(name, _no_text(name), "a name") for name in names])
    films = collect(
        source, source.rows.select(ROW, film=pl.col(has).str.strip_chars(), patient=pl.col(names[-1]).str.strip_chars())
    )
    _once(source, films, has)
    if not films.height:
        raise DataError(f"{path} names no film")
    return films["film"].to_numpy().astype(str), films["patient"].to_numpy().astype(str) if patients else None


def labels_of_collection(name: str, place: Path, labels: Path | None) -> tuple[pl.DataFrame, list[str]]:
    """The same from a public collection; views, sexes, age bands and splits are its groups, and `path` is kept.

    Raises
    ------
    DataError
        As `wetread.collections.load`; if the collection says of no film whether it is positive.
    """
    from wetread.collections import load

    notes: list[str] = []
    table = load(name, place, labels=labels, notes=notes)
    notes = [
        note for note in notes if not note.startswith("split:")
    ]  # of use to who asks for a split, which is told then
    known = table.filter(pl.col("label").is_not_null())
    if not known.height:
        raise DataError(f"{name} says of none of its {table.height} films whether there is pneumonia")
    if lost := table.height - known.height:
        notes.append(f"{lost:,} of {table.height:,} films of {name} have no label and were left out")
    films = known.select(
        "film_id", "patient_id", "label", "path", "split", "label_source",
        pl.col("findings").list.filter(pl.element().str.to_lowercase() != "pneumonia"),
        pl.col("view").fill_null("").alias("group view"),
        pl.col("sex").replace_strict({"F": "female", "M": "male", "O": "other"}, default="").alias("group sex"),
        _band(pl.col("age_years")).alias("group age band"),
    ).rename({"film_id": "film", "patient_id": "patient"})  # fmt: skip
    return films, notes


def _label(columns: Columns, source: Source) -> tuple[pl.Expr, list[Rule]]:
    given = pl.col(columns.label).str.strip_chars()
    low = given.str.to_lowercase()
    if columns.positive is None:
        expected = "1 or 0, true or false, yes or no; where labels are two words say which is positive with --positive. What is uncertain is decided by a reference standard first, or left out"
        return low.is_in(_TRUE), [Rule(columns.label, ~low.is_in([*_TRUE, *_FALSE]).fill_null(value=False), expected)]
    values = collect(source, source.rows.select(value=given).unique())["value"].drop_nulls().to_list()
    if columns.positive not in values or len(values) > 2:
        shown = ", ".join(sorted(map(repr, values))[:6]) + (" and more" if len(values) > 6 else "")
        raise UsageError(
            f"{source.path}: with --positive {columns.positive} the column {columns.label!r} holds that word and one other; "
            f"it holds {shown or 'nothing'}. Decide what the others mean first"
        )
    return given == columns.positive, [
        Rule(columns.label, _no_text(columns.label), "a label: leave out films without one")
    ]


def _age_rules(columns: Columns) -> list[Rule]:
    if columns.age is None:
        return []
    given = pl.col(columns.age).str.strip_chars()
    years = given.cast(pl.Float64, strict=False)
    return [
        Rule(
            columns.age,
            given.is_not_null() & (given != "") & ~years.is_between(0, 130).fill_null(value=False),
            "an age in years, or nothing",
        )
    ]


def _band(years: pl.Expr) -> pl.Expr:
    band = pl.lit("")
    for name, least, beyond in AGES:
        band = pl.when(years.ge(least) & years.lt(beyond)).then(pl.lit(name)).otherwise(band)
    return band


def _findings(columns: Columns) -> pl.Expr:
    if columns.findings is None:
        return pl.lit(None, dtype=pl.List(pl.String))
    said = pl.col(columns.findings).str.split("|").list.eval(pl.element().str.strip_chars())
    return said.list.filter(
        (pl.element() != "") & (~pl.element().str.to_lowercase().is_in(["no finding", "pneumonia"]))
    )


# -------------------------------------------------------------------------------------------------------- both


def joined(scores: pl.DataFrame, labels: pl.DataFrame, *, name: str, probabilities: bool = False) -> Joined:
    """Films that have both, in the order of the scores.

    Names are compared as they are; where none is found, without folders and suffixes, and that is told.

    Raises
    ------
    DataError
        If no film has both; if names without folders and suffixes are no longer names of one film each.
    """
    from wetread.evaluation import Scored

    told = []
    both = scores.join(labels, on="film", how="inner", maintain_order="left")
    if not both.height:
        short_scores, short_labels = (_stems(table, which) for table, which in ((scores, "scores"), (labels, "labels")))
        both = short_scores.join(short_labels, on="film", how="inner", maintain_order="left")
        if not both.height:
            raise DataError(
                f"none of {scores.height:,} films with a score stands among {labels.height:,} films with a label: do both tables "
                "name films in the same way? Say which columns with --film and --labels-film"
            )
        told.append("films were joined by their names without folders and suffixes")
    if lost := scores.height - both.height:
        told.append(f"{lost:,} of {scores.height:,} films with a score have no label and were left out")
    if unscored := labels.height - both.height:
        told.append(
            f"{unscored:,} of {labels.height:,} films with a label have no score and are not in this evaluation"
        )
    groups = {
        column.removeprefix("group "): both[column].to_numpy().astype(str)
        for column in both.columns
        if column.startswith("group ")
    }
    scored = Scored(
        both["film"].to_numpy().astype(str), both["patient"].to_numpy().astype(str), both["label"].to_numpy(),
        both["score"].to_numpy(), probabilities, {key: values for key, values in groups.items() if (values != "").any()}, name,
    )  # fmt: skip
    return Joined(scored, _masks(both), tuple(told))


def _stems(table: pl.DataFrame, which: str) -> pl.DataFrame:
    stem = (
        pl.col("film").str.extract(r"([^/\\]*)$").str.replace(r"(?i)\.(png|jpe?g|dcm|dicom|tiff?|npy|nii)(\.gz)?$", "")
    )
    short = table.with_columns(film=stem)
    if short["film"].n_unique() < short.height:
        raise DataError(
            f"no film of the two tables has the same name, and without folders and suffixes the {which} name some films "
            "twice: give both tables one name for each film"
        )
    return short


def _masks(both: pl.DataFrame) -> dict[str, NDArray[np.bool_]]:
    """Where each finding is; nothing where nothing was said of any film. Who is ill is never without a finding."""
    findings = both["findings"]
    if findings.null_count() == len(findings):
        return {}
    said = findings.fill_null([])
    names = sorted(set(said.explode(empty_as_null=False).to_list()))
    clear = findings.is_not_null() & (said.list.len() == 0) & ~both["label"]
    return {one: said.list.contains(one).to_numpy() for one in names} | {"No Finding": clear.to_numpy()}


# ---------------------------------------------------------------------------------------------------- the file


def _opened(path: Path, required: Mapping[str, Sequence[str]]) -> Source:
    try:
        with path.open("rb") as file:
            parquet = file.read(4) == _PARQUET
    except OSError as error:
        raise DataError(f"the table {path} cannot be opened: {error.strerror}; say where it is") from error
    return _parquet(path, required) if parquet else open_table(path, required)


def _parquet(path: Path, required: Mapping[str, Sequence[str]]) -> Source:
    """A typed table as if it were text: one set of rules holds for both."""
    try:
        rows = pl.scan_parquet(path)
        schema = rows.collect_schema()
        if missing := [name for name in required if name not in schema]:
            raise DataError(
                f"{path}: no column {', '.join(map(repr, missing))}. Its columns are {', '.join(map(repr, schema.names()[:12]))}: "
                "say which column is which"
            )
        wanted = [
            pl.col(name).list.eval(pl.element().cast(pl.String)).list.join("|") if isinstance(schema[name], pl.List)
            else pl.col(name).cast(pl.String)
            for name in required
        ]  # fmt: skip
        return Source(path, "parquet", tuple(required), rows.select(wanted).with_row_index(ROW, 2))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"{path} cannot be read as parquet ({type(error).__name__}): write it again") from error


def _no_text(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return text.is_null() | (text == "")


def _once(source: Source, films: pl.DataFrame, column: str) -> None:
    """A film's name may be a hospital's own: the message gives rows, not names."""
    again = films.filter(pl.col("film").is_duplicated())
    if again.height:
        first = again["film"][0]
        rows = again.filter(pl.col("film") == first)[ROW].to_list()
        raise DataError(
            f"{source.path}, column {source.spelled.get(column, column)!r}: {again['film'].n_unique()} films stand there more than "
            f"once, the first in rows {rows[0]} and {rows[1]}: keep one row a film"
        )
