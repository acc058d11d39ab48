"""From a collection to the films that a network is trained on: labels, sides, and the leak guard before anything else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetread.collections import load
from wetread.errors import ConfigError, DataError
from wetread.training.labels import read_labels
from wetread.training.sides import divided
from wetread.training.table_spec import TableSpec
from wetread.truth import folds, list_hash, sealed
from wetread.truth.divide import units
from wetread.truth.leaks import guard

if TYPE_CHECKING:
    import polars as pl

__all__ = ["TableSpec", "TrainTable", "check_classes", "load_table"]


@dataclass(frozen=True, eq=False)
class TrainTable:
    """Films with labels and sides, in one order.

    Parameters
    ----------
    collection, films, patients
        Collection; each film's id and patient.
    paths
        Each film's file; None where the films lie together in `archive`.
    units
        What is divided: a patient, or patients who are tied by copies of a film.
    outputs
        Names of the labels.
    labels
        float32 (films, outputs): 0, 1, or NaN where nothing is said.
    sides
        Text (films,): "train", "tune" or "test".
    rows
        The collection's table of these films (`wetread.collections.schema`), with their sides in `split`.
    left_out
        How many films were left out, by reason.
    notes
        What a person should know of the collection.
    archive
        The npz file that holds the films of MedMNIST; None for the others.
    """

    collection: str
    films: tuple[str, ...]
    paths: tuple[Path | None, ...]
    patients: tuple[str, ...]
    units: tuple[str, ...]
    outputs: tuple[str, ...]
    labels: NDArray[np.float32]
    sides: NDArray[np.str_]
    rows: pl.DataFrame
    left_out: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    archive: Path | None = None

    def __len__(self) -> int:
        return len(self.films)

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64], why: str = "") -> TrainTable:
        """The films at these places, or where this is true; those that go are counted in `left_out` under `why`."""
        places = np.flatnonzero(which) if which.dtype == bool else np.asarray(which, np.int64)
        pick = [int(place) for place in places]

        def chosen(values: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(values[place] for place in pick)

        gone = {why: self.left_out.get(why, 0) + len(self) - len(pick)} if why and len(pick) < len(self) else {}
        return replace(
            self,
            films=chosen(self.films),
            paths=chosen(self.paths),
            patients=chosen(self.patients),
            units=chosen(self.units),
            labels=self.labels[pick],
            sides=self.sides[pick],
            rows=self.rows[pick],
            left_out=self.left_out | gone,
        )

    def folds(self, count: int, seed: int = 0) -> NDArray[np.int64]:
        """Fold of each film: int64 (films,), all films of a unit in one; -1 for the side "test", which is kept out.

        Films with and without the first label are spread evenly.

        Raises
        ------
        DataError
            With fewer than two folds, or fewer units than folds.
        """
        found = np.full(len(self), -1, np.int64)
        inside = np.flatnonzero(self.sides != "test")
        strata = [str(self.labels[place, 0]) for place in inside]
        found[inside] = folds([self.units[place] for place in inside], strata, count=count, seed=seed)
        return found

    def sha256(self) -> str:
        """Hash of films, patients, labels and sides: equal hashes, equal training sets."""
        told = [
            [film, patient, side, *(None if np.isnan(value) else int(value) for value in values)]
            for film, patient, side, values in zip(
                self.films, self.patients, self.sides.tolist(), self.labels, strict=True
            )
        ]
        return hashlib.sha256(json.dumps([self.collection, self.outputs, sorted(told)]).encode()).hexdigest()

    def counts(self) -> dict[str, dict[str, Any]]:
        """By side: films, patients, hash of the list of films, and of each output how many are positive, negative, unsaid."""
        told = {}
        for side in dict.fromkeys(self.sides.tolist()):
            places = np.flatnonzero(self.sides == side)
            labels = self.labels[places]
            told[side] = {
                "films": len(places),
                "patients": len({self.patients[place] for place in places}),
                "list_sha256": list_hash([self.films[place] for place in places]),
                "labels": {
                    name: {
                        "positive": int((labels[:, k] == 1).sum()),
                        "negative": int((labels[:, k] == 0).sum()),
                        "unsaid": int(np.isnan(labels[:, k]).sum()),
                    }
                    for k, name in enumerate(self.outputs)
                },
            }
        return told


def load_table(spec: TableSpec, data: Path) -> TrainTable:
    """Read a collection, lay out its labels, divide its films, and let the leak guard look at patients and hashes.

    Pictures are compared once they have been read (`wetread.training.copies.guard_pixels`).

    Parameters
    ----------
    spec
        What to train on.
    data
        The folder that the paths of `spec` start from.

    Raises
    ------
    DataError
        Naming the file, row, column or film; if labels are missing and may not be; if an output has one class only.
    LeakError
        If anything stands on two sides.
    """
    notes: list[str] = []
    columns = dict(_pair(pair) for pair in spec.columns)
    rows = load(
        spec.collection,
        data / spec.root,
        labels=data / spec.labels if spec.labels else None,
        columns=columns if spec.collection == "csv" else None,
        notes=notes,
    )
    rows, left_out = _kept(rows, spec)
    labels = read_labels(rows, spec.outputs, missing=spec.missing)
    if labels.unlabelled.any():
        left_out["no label"] = int(labels.unlabelled.sum())
    rows, values = rows.filter(~labels.unlabelled), labels.values[~labels.unlabelled]
    rows, dropped = divided(rows, values[:, 0], spec, data)
    for reason, gone in dropped.items():
        if gone.any():
            left_out[reason] = int(gone.sum())
    stays = ~np.any([np.zeros(rows.height, bool), *dropped.values()], axis=0)
    rows, values = rows.filter(stays), values[stays]
    guard(rows)
    found = TrainTable(
        collection=spec.collection,
        films=tuple(rows["film_id"]),
        paths=tuple(None if path is None else Path(path) for path in rows["path"]),
        patients=tuple(rows["patient_id"]),
        units=tuple(units(rows)),
        outputs=labels.names,
        labels=values,
        sides=rows["split"].to_numpy().astype(str),
        rows=rows,
        left_out=left_out,
        notes=tuple(notes),
        archive=_archive(data / spec.root) if spec.collection == "medmnist" else None,
    )
    check_classes(found)
    return found


def check_classes(table: TrainTable) -> None:
    """Refuse a table with an output of which there is one kind only: where it is fitted, and for the first where it is tuned.

    Raises
    ------
    DataError
        Naming the output, the side, and the kind that is missing.
    """
    for side in ("train", "tune"):
        labels = table.labels[table.sides == side]
        # A rare finding may have no film to be tuned on: what decides when to stop is the first output.
        for place, name in enumerate(table.outputs if side == "train" else table.outputs[:1]):
            lacking = [
                kind for kind, value in (("positive", 1), ("negative", 0)) if not (labels[:, place] == value).any()
            ]
            if lacking:
                raise DataError(
                    f"no film of the side {side!r} is {' or '.join(lacking)} for {name!r} ({len(labels)} films): nothing can "
                    "be learnt or judged from one kind; look at the labels, at what is left out, and at the shares"
                )


def _pair(text: str) -> tuple[str, str]:
    ours, _, theirs = text.partition("=")
    return ours.strip(), theirs.strip()


def _archive(root: Path) -> Path:
    return root if root.is_file() else next(iter(sorted(root.glob("pneumoniamnist*.npz"))))


def _kept(rows: pl.DataFrame, spec: TableSpec) -> tuple[pl.DataFrame, dict[str, int]]:
    """Films that may be used, and how many went for which reason; each film for the first that holds."""
    import polars as pl

    if absent := sorted(set(spec.exclude) - set(rows["film_id"])):
        raise ConfigError(f"exclude names {', '.join(absent[:3])}, which is not in the collection {spec.collection}")
    rules: dict[str, pl.Expr] = {"excluded by name": pl.col("film_id").is_in(spec.exclude)}
    if spec.collection != "medmnist":  # whose films lie together in one file
        rules["no file"] = pl.col("path").is_null()
    if spec.minimum_age:
        rules[f"younger than {spec.minimum_age:g} years"] = pl.col("age_years") < spec.minimum_age
    if spec.views:
        rules[f"view not {' or '.join(spec.views)}"] = ~pl.col("view").is_in(spec.views).fill_null(value=False)
    if spec.seal:
        away = sealed(spec.seal, rows["patient_id"].to_list())
        copied = rows.filter(away)["sha256"].drop_nulls().unique()
        held = rows.filter(pl.Series(away) | rows["sha256"].is_in(copied).fill_null(value=False))["patient_id"].unique()
        rules["sealed"] = pl.col("patient_id").is_in(held)
    left_out: dict[str, int] = {}
    for reason, rule in rules.items():
        before, rows = rows.height, rows.filter(~rule.fill_null(value=False))
        if before > rows.height:
            left_out[reason] = before - rows.height
    if not rows.height:
        told = ", ".join(f"{count} {reason}" for reason, count in left_out.items())
        raise DataError(
            f"no film of {spec.collection} is left to train on ({told}): look at its folder and at the recipe"
        )
    return rows, left_out
