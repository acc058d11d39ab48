"""Labels of films for one or many outputs, and what becomes of those that are not said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetread.collections.nih import FINDINGS
from wetread.errors import ConfigError, DataError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ALL", "OWN", "Labels", "read_labels"]

OWN, ALL = "pneumonia", "*"
"""The collection's own label; every finding that it knows."""

_SHOWN = 8


@dataclass(frozen=True, eq=False)
class Labels:
    """What is said of each film.

    Parameters
    ----------
    names
        The outputs, with "*" spelled out.
    values
        float32 (films, outputs): 0, 1, or NaN where nothing is said.
    unlabelled
        bool (films,): films that the rule leaves out.
    """

    names: tuple[str, ...]
    values: NDArray[np.float32]
    unlabelled: NDArray[np.bool_]


def read_labels(rows: pl.DataFrame, outputs: Sequence[str], *, missing: str) -> Labels:
    """Labels of a collection's films.

    Parameters
    ----------
    rows
        The collection's table.
    outputs
        "pneumonia" is its own label (`label`); another name is a finding (`findings`), "A|B" any of several, "*" every
        one. Names are told apart without regard to case. A film whose findings are not told has no label for them.
    missing
        "refuse", "leave-out" or "mask": see `wetread.training.table.TableSpec`.

    Raises
    ------
    DataError
        If labels are missing and may not be, or if no film has one.
    ConfigError
        If an output names a finding that no film of the collection has.
    """
    names = _spelled_out(rows, outputs)
    values = np.stack([_column(rows, name) for name in names], axis=1)
    unsaid = np.isnan(values)
    lacking: NDArray[np.bool_] = np.asarray(unsaid.any(axis=1), bool)
    if unsaid.all():
        raise DataError(f"no film has a label for {', '.join(names)}: give the collection's table of labels")
    if missing == "refuse" and lacking.any():
        first = int(np.argmax(lacking))
        what = names[int(np.argmax(unsaid[first]))]
        raise DataError(
            f"{int(lacking.sum())} of {len(lacking)} films lack a label, the first of them {rows['film_id'][first]} "
            f"({what}): complete the table, or say missing = 'leave-out' or 'mask'"
        )
    return Labels(names, values, np.asarray(unsaid.all(axis=1), bool) if missing == "mask" else lacking)


def _spelled_out(rows: pl.DataFrame, outputs: Sequence[str]) -> tuple[str, ...]:
    """The outputs' names; a finding that nobody has is most likely misspelt."""
    known = _known(rows)
    names = [name for one in outputs for name in (known if one == ALL else [one])]
    lower = {name.lower() for name in known}
    for name in names:
        absent = [part for part in _parts(name) if part not in lower and name != OWN]
        if absent:
            shown = ", ".join(known[:_SHOWN]) or "none"
            raise ConfigError(f"no film has the finding {absent[0]!r} (output {name!r}); findings here: {shown}")
    if len(set(names)) != len(names):
        raise ConfigError(f"an output is named twice: {', '.join(names)}")
    return tuple(names)


def _known(rows: pl.DataFrame) -> list[str]:
    """Findings that the films have; those of NIH in the order that everybody lists them in."""
    found = set(rows["findings"].explode().drop_nulls().to_list())
    return list(FINDINGS) if rows["collection"][0] == "nih" else sorted(found)


def _parts(name: str) -> list[str]:
    return [part.strip().lower() for part in name.split("|")]


def _column(rows: pl.DataFrame, name: str) -> NDArray[np.float32]:
    if name == OWN:
        said = rows["label"]
    else:
        import polars as pl

        lower = pl.col("findings").list.eval(pl.element().str.to_lowercase())
        said = rows.select(lower.list.set_intersection(_parts(name)).list.len() > 0).to_series()
    return np.array([np.nan if value is None else float(value) for value in said], np.float32)
