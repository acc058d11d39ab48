"""PneumoniaMNIST: Kermany's films as small squares in one npz file, without patients."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import polars as pl

from wetread.collections.schema import PATIENT_UNKNOWN, finish, validate
from wetread.errors import DataError

__all__ = ["load_medmnist"]

_SIDES = ("train", "val", "test")


def load_medmnist(
    root: Path, *, labels: Path | None = None, lists: str | None = "official"
) -> tuple[pl.DataFrame, list[str]]:
    """One row a picture, named by its set and place ("train/0").

    Parameters
    ----------
    root
        The npz file, or a folder with one `pneumoniamnist*.npz`.
    labels
        Nothing: the file holds them.
    lists
        "official": the file's own sets. None: no split.

    Notes
    -----
    The file does not say which pictures are of one patient: each is taken as its own and flagged `patient-unknown`.
    `path` is null, since a picture has no file.

    Raises
    ------
    DataError
        If the file is not one of MedMNIST's, or its labels are not 0 and 1.
    """
    if labels is not None:
        raise DataError("MedMNIST's labels are in its npz file: leave labels out")
    file = _file(root)
    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as arrays:
            sides = [side for side in _SIDES if f"{side}_labels" in arrays.files]
            tables = [_side(file, side, arrays[f"{side}_labels"], arrays[f"{side}_images"].shape) for side in sides]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{file} is not an npz file of MedMNIST ({error}): download it again") from error
    if not tables:
        raise DataError(f"{file} has no train_labels, val_labels or test_labels: it is not of MedMNIST")
    films = pl.concat(tables)
    if lists is None:
        films = films.with_columns(split=pl.lit(None, pl.String))
    notes = ["MedMNIST does not tell patients: pictures of one child may stand on two sides of its official split"]
    return validate(films, str(file)), notes


def _file(root: Path) -> Path:
    if root.is_file():
        return root
    found = sorted(root.glob("pneumoniamnist*.npz"))
    if len(found) != 1:
        raise DataError(f"{root} has {len(found)} files pneumoniamnist*.npz: name the one to read")
    return found[0]


def _side(file: Path, side: str, labels: np.ndarray, shape: tuple[int, ...]) -> pl.DataFrame:
    values = labels.reshape(-1)
    if len(shape) < 3 or shape[0] != len(values):
        raise DataError(f"{file}, {side}_images: found the shape {shape}, expected {len(values)} pictures")
    wrong = np.flatnonzero(~np.isin(values, (0, 1)))
    if wrong.size:
        raise DataError(f"{file}, {side}_labels, place {wrong[0]}: found {values[wrong[0]]}, expected 0 or 1")
    positive = pl.Series("label", values.astype(bool))
    rows = pl.DataFrame([positive]).lazy().with_row_index("place")
    name = pl.lit(f"{side}/") + pl.col("place").cast(pl.String)
    ill = pl.lit(["pneumonia"], pl.List(pl.String))
    return finish(
        rows.with_columns(
            film_id=name,
            patient_id=name,
            collection=pl.lit("medmnist"),
            findings=pl.when("label").then(ill).otherwise(pl.lit([], pl.List(pl.String))),
            label_source=pl.lit("MedMNIST v2, after Kermany"),
            split=pl.lit(side),
            rows=pl.lit(shape[1]),
            columns=pl.lit(shape[2]),
            flags=pl.lit([PATIENT_UNKNOWN]),
        )
    ).collect()
