"""The door of the room: the name of a collection and its place go in, its table comes out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from wetread.errors import DataError, UsageError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["NAMES", "load"]

NAMES = ("nih", "nih-sample", "rsna", "kermany", "medmnist", "csv", "dicom")


def load(
    name: str,
    root: Path | str,
    *,
    labels: Path | str | None = None,
    lists: str | None = "official",
    columns: Mapping[str, str] | None = None,
    notes: list[str] | None = None,
) -> pl.DataFrame:
    """A public collection, or one's own, as the one table: a row a film (`wetread.collections.schema.COLUMNS`).

    Parameters
    ----------
    name
        One of `NAMES`.
    root
        Its folder; for NIH and RSNA a CSV alone will do, for MedMNIST the npz file.
    labels
        The table of labels where it does not lie in the folder under its own name. Needed for "csv".
    lists
        "official": the collection's own split goes into `split`; None: `split` is null.
    columns
        For "csv": which of the file's columns is which of ours, such as `{"film_id": "file", "label": "pneumonia"}`.
    notes
        A list that is added to: sentences on encodings, known defects, and films without a file.

    Raises
    ------
    DataError
        Naming file, row and column, what was found, what was expected and what to do.
    UsageError
        For a name that is none of `NAMES`, or an argument that the collection has no use for.
    """
    folder, table = Path(root), None if labels is None else Path(labels)
    if name not in NAMES:
        raise UsageError(f"no collection is called {name!r}: {', '.join(NAMES)}")
    if columns is not None and name != "csv":
        raise UsageError(f"the columns of {name} are known: columns= is for 'csv'")
    if not folder.exists():
        raise DataError(f"{folder} is not there: give the folder or file where the collection {name} lies")
    films, told = _load(name, folder, table, lists, columns or {})
    if notes is not None:
        notes += told
    return films


def _load(
    name: str, root: Path, labels: Path | None, lists: str | None, columns: Mapping[str, str]
) -> tuple[pl.DataFrame, list[str]]:
    # Each loader is imported where it is used: a command that only needs one collection should not load the rest.
    if name in ("nih", "nih-sample"):
        from wetread.collections.nih import load_nih

        return load_nih(root, labels=labels, lists=lists, sample=name == "nih-sample")
    if name == "kermany":
        from wetread.collections.kermany import load_kermany

        return load_kermany(root, labels=labels, lists=lists)
    if name == "medmnist":
        from wetread.collections.medmnist import load_medmnist

        return load_medmnist(root, labels=labels, lists=lists)
    if name == "rsna":
        from wetread.collections.rsna import load_rsna

        return load_rsna(root, labels=labels)
    if name == "csv":
        from wetread.collections.anything import load_csv

        return load_csv(root, labels, columns)
    if labels is not None:
        raise UsageError("a DICOM folder has no table of labels: load it with 'csv' and its labels instead")
    from wetread.collections.dicom import load_dicom

    return load_dicom(root)
