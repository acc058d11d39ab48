"""What another network says of the films, as a softer target than a label mined from a report.

A label says yes or no, and reports leave out much of what a film shows. A network that was fitted on many more films of
the same collection says how much it sees of several findings: its published scores teach a small network more than the
label does (Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network", 2015). A film that it did not
score is given the scores that films with the same findings have on average.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.training.config import DataConfig
from wetread.truth import is_sealed

__all__ = ["targets"]

Float = NDArray[np.float64]
_FILM, _FINDINGS, _PATIENT, _SCORE = "Image Index", "Finding Labels", "Patient ID", "prob_"
# Scores closer to 0 or 1 than this say no more than this.
_SUREST = 1e-5
# L2 penalty on what each finding adds to a score, in films: some findings are named in few of them.
_SHRINK = 5.0
_FEWEST = 100


def targets(
    config: DataConfig, rows: Sequence[Mapping[str, str]], patients: Sequence[str], data: Path
) -> NDArray[np.float32]:
    """The soft target of each film: float32 (films,), in standard deviations of the teacher's log-odds.

    The mean over the findings in `config.taught` of the teacher's log-odds, each less its mean and divided by its
    standard deviation over the collection's scored films. Films that it did not score, or whose name is only inferred,
    get what a linear regression on their findings expects. That regression, mean and spread come from films of other
    patients than `patients`, none of them sealed. A sealed patient's own film has no target (NaN).

    Parameters
    ----------
    rows
        Of the films: `image_index`, `name_known`, `finding_labels` and `pneumonia` are looked at.
    patients
        Of the films, in the same order.
    data
        The folder from which `config.teacher` and `config.reports` start.

    Raises
    ------
    DataError
        If a table is missing or lacks a column, or holds too few films of other patients.
    """
    names, scores = _scores(data / config.teacher, config.taught)
    mine = set(patients)
    learnt, said = [], []
    for row in _rows(data / config.reports, (_FILM, _FINDINGS, _PATIENT)):
        if not row[_PATIENT].isdecimal():
            raise DataError(
                f"{data / config.reports}, film {row[_FILM]}: {_PATIENT} is {row[_PATIENT]!r}, not a number"
            )
        patient = str(int(row[_PATIENT]))
        if row[_FILM] in scores and patient not in mine and not is_sealed(config.collection, patient):
            learnt.append(_named(row[_FINDINGS].split("|"), names))
            said.append(scores[row[_FILM]])
    if len(said) < _FEWEST:
        raise DataError(
            f"{data / config.teacher} scores {len(said)} films of other patients than the recipe's; {_FEWEST} are needed "
            "to say what films with the same findings score"
        )
    findings, log_odds = np.array(learnt), np.array(said)
    mean, spread = log_odds.mean(axis=0), log_odds.std(axis=0)
    lines = np.linalg.solve(findings.T @ findings + _SHRINK * np.eye(findings.shape[1]), findings.T @ log_odds)
    expected = np.array([_named(_of(film), names) for film in rows]) @ lines
    for place, film in enumerate(rows):
        if film["name_known"] == "True" and film["image_index"] in scores:
            expected[place] = scores[film["image_index"]]
    soft = ((expected - mean) / np.maximum(spread, 1e-6)).mean(axis=1)
    soft[[is_sealed(config.collection, patient) for patient in patients]] = np.nan
    return np.asarray(soft, np.float32)


def _of(row: Mapping[str, str]) -> list[str]:
    """A film's findings; its table may know that it is pneumonia where the list of findings was lost."""
    return [*row["finding_labels"].split("|"), *(["Pneumonia"] if row["pneumonia"] == "1" else [])]


def _named(findings: Sequence[str], names: Sequence[str]) -> list[float]:
    """One number for each finding, one for none of them, and a constant."""
    held = [float(name in findings) for name in names]
    return [*held, float(not any(held)), 1.0]


def _scores(table: Path, taught: Sequence[str]) -> tuple[list[str], dict[str, Float]]:
    """The findings that the table scores, and each film's log-odds of those in `taught`."""
    columns = [_SCORE + finding for finding in taught]
    names: list[str] = []
    scores = {}
    for row in _rows(table, (_FILM, *columns)):
        names = names or [name.removeprefix(_SCORE) for name in row if name.startswith(_SCORE)]
        try:
            chance = np.clip([float(row[column]) for column in columns], _SUREST, 1 - _SUREST)
        except ValueError as error:
            raise DataError(f"{table}, film {row[_FILM]}: a score is no number ({error})") from error
        scores[row[_FILM]] = np.log(chance / (1 - chance))
    return names, scores


def _rows(table: Path, needed: Sequence[str]) -> Iterator[dict[str, str]]:
    """Rows of a table, compressed or not, that has these columns."""
    try:
        with (
            gzip.open(table, "rt", encoding="utf-8", newline="")
            if table.suffix == ".gz"
            else table.open(encoding="utf-8", newline="") as file
        ):
            rows = csv.DictReader(file)
            if missing := set(needed) - set(rows.fieldnames or ()):
                raise DataError(f"{table} has no column {', '.join(sorted(missing))}")
            yield from rows
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"the table {table} cannot be read: {error}") from error
