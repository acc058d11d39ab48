"""On which side a film stands, and what becomes of copies that would stand on two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.training.table_spec import TableSpec
from wetread.truth.divide import official_split, split_by_patient, units
from wetread.truth.split import Split

if TYPE_CHECKING:
    import polars as pl

__all__ = ["BY_PATIENT", "COPY", "SIDES", "Pairs", "divided", "parted"]

SIDES = ("train", "tune", "test")
"""In this order: of a patient's copies on two sides, those on the later side stay."""

Pairs = Sequence[tuple[str, str]]
"""Pairs of film ids."""

BY_PATIENT, OFFICIAL = "by-patient", "official"
_NAMES = {"train_val": "train", "val": "tune", "valid": "tune", "validation": "tune"}
_NO_SIDE, COPY = "not in the split", "patient with a copy of a held-out film"

Reasons = Mapping[str, NDArray[np.bool_]]


def divided(
    rows: pl.DataFrame, label: NDArray[np.float32], spec: TableSpec, data: Path, *, together: Pairs = ()
) -> tuple[pl.DataFrame, Reasons]:
    """Films with their sides, and those that must go.

    Parameters
    ----------
    rows, label
        The collection's table, and what films are spread evenly by: float32 (films,), NaN where nothing is said.
    spec, data
        How to divide, and the folder that a saved split's path starts from.
    together
        Pairs of films that must not be parted. By patient they are divided as one; where the sides are given, the
        patients of the earlier side leave.

    Returns
    -------
    The table with "train", "tune" or "test" in `split`, and of each reason to go which films it holds for: bool (films,).

    Raises
    ------
    DataError
        If films have no side, or there is no side to train or to tune on.
    """
    import polars as pl

    if spec.split == BY_PATIENT:
        shares = {side: share for side, share in zip(SIDES, spec.shares, strict=True) if share}
        value = pl.Series("label", [None if np.isnan(one) else bool(one) for one in label], dtype=pl.Boolean)
        split = split_by_patient(rows.with_columns(value), shares=shares, seed=spec.seed, together=together)
        return split.apply(rows), {}
    given = _given(rows, spec, data).with_columns(pl.col("split").replace(_NAMES))
    absent = given["split"].is_null().to_numpy()
    found = set(given["split"].drop_nulls())
    if not {"train", "tune"} <= found or not found <= set(SIDES):
        raise DataError(
            f"the split {spec.split} has the sides {', '.join(sorted(found)) or 'none'}; needed are train (or train_val) "
            "and tune (or val), and test may be there"
        )
    return given, {_NO_SIDE: absent, COPY: parted(given, together)}


def _given(rows: pl.DataFrame, spec: TableSpec, data: Path) -> pl.DataFrame:
    if spec.split != OFFICIAL:
        return Split.load(data / spec.split).apply(rows)
    has_tune = rows["split"].is_in(["tune", "val", "valid", "validation"]).any()
    tune = None if has_tune else spec.shares[1] / (spec.shares[0] + spec.shares[1])
    return official_split(rows, tune=tune, seed=spec.seed).apply(rows)


def parted(rows: pl.DataFrame, together: Pairs = ()) -> NDArray[np.bool_]:
    """Films of units that stand on two sides, but for those on the last of these: bool (films,).

    A unit is a patient, or patients who are tied by a copy of a film (`wetread.truth.divide.units`).
    """
    rank = np.array([SIDES.index(side) if side is not None else -1 for side in rows["split"]])
    _, unit = np.unique(units(rows, together).to_numpy().astype(str), return_inverse=True)
    latest = np.full(int(unit.max()) + 1, -1)
    np.maximum.at(latest, unit, rank)
    earlier: NDArray[np.bool_] = (rank >= 0) & (rank < latest[unit])
    return earlier
