"""A folder of DICOM films: what their headers say, through the same door as in the clinic, without decoding a pixel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
from pydicom.dataset import Dataset

from wetread.collections.schema import AGE_IMPLAUSIBLE, COLUMNS, PATIENT_UNKNOWN, finish, validate
from wetread.errors import DataError, UnreadableError
from wetread.radiograph.door import open_dataset
from wetread.radiograph.header import facts

__all__ = ["header_rows", "load_dicom"]

_VIEWS = ("PA", "AP", "LATERAL")
_FIELDS = ("film_id", "path", "patient_id", "age_years", "age_raw", "sex", "view", "rows", "columns", "sha256", "flags")


def load_dicom(root: Path) -> tuple[pl.DataFrame, list[str]]:
    """One row a DICOM file under the folder.

    Returns
    -------
    The table, and notes. `film_id` is the file's path from the folder; `patient_id` the beginning of a SHA-256 of
    PatientID and its issuer, so that nobody's number stands in a table; `label` is null: films do not say it. Files
    that are not DICOM, and objects without a picture, are left out and counted.

    Raises
    ------
    DataError
        If no film is found.
    """
    if not root.is_dir():
        raise DataError(f"{root} is no folder: give the folder with the DICOM files")
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    films, refused = header_rows((path.relative_to(root).as_posix(), path) for path in files)
    if films.height == 0:
        raise DataError(f"{root} has no DICOM film among its {len(files)} files: give the folder with the DICOM files")
    rows = films.lazy().with_columns(collection=pl.lit("dicom"), label_source=pl.lit("none: headers say no diagnosis"))
    notes = [f"{len(refused)} files under {root} are no DICOM films: left out"] if refused else []
    unknown = films.filter(pl.col("flags").list.contains(PATIENT_UNKNOWN)).height
    if unknown:
        notes.append(f"{unknown} films name no patient: each stands for its own")
    return validate(finish(rows).collect(), str(root)), notes


def header_rows(files: Iterable[tuple[str, Path]]) -> tuple[pl.DataFrame, list[Path]]:
    """What the headers of many files say, and the files that are no films."""
    rows, refused = [], []
    for name, path in files:
        try:
            rows.append(_row(name, path))
        except UnreadableError:
            refused.append(path)
    return pl.DataFrame(rows, schema={field: COLUMNS[field] for field in _FIELDS}), refused


def _row(name: str, path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    dataset = open_dataset(content)
    known = facts(dataset)
    if not known.rows or not known.columns:
        raise UnreadableError("no picture")
    patient = _patient(dataset)
    flags = [
        *([AGE_IMPLAUSIBLE] if known.age_implausible else []),
        *([PATIENT_UNKNOWN] if patient is None else []),
        *([f"view-{known.view.lower()}"] if known.view and known.view not in _VIEWS else []),
    ]
    return {
        "film_id": name,
        "path": str(path),
        "patient_id": patient or name,
        "age_years": known.age_years,
        "age_raw": str(dataset.get("PatientAge") or "") or None,
        "sex": known.sex,
        "view": known.view if known.view in _VIEWS else None,
        "rows": known.rows,
        "columns": known.columns,
        "sha256": hashlib.sha256(content).hexdigest(),
        "flags": flags,
    }


def _patient(dataset: Dataset) -> str | None:
    """One name for one patient that is not the patient's own: the hash has no key, so it is no pseudonym to publish."""
    number = str(dataset.get("PatientID") or "").strip()
    issuer = str(dataset.get("IssuerOfPatientID") or "").strip()
    return "p" + hashlib.sha256(f"{issuer}\0{number}".encode()).hexdigest()[:16] if number else None
