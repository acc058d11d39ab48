"""How far a noisy label can be trusted: its rates against readers, corrected for who was read again, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.intervals import Interval
from wetread.intervals.diagnostic import Counts
from wetread.intervals.resampling import percentile_interval, resampled

__all__ = ["Cell", "LabelNoise", "label_noise", "plain"]

Float = NDArray[np.float64]
_RATES = ("sensitivity", "specificity", "ppv", "npv")
AREAS = (0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One group of films that were chosen alike for reading again."""

    name: str
    labelled: bool
    films: int
    read: int
    positive: int


@dataclass(frozen=True, slots=True)
class LabelNoise:
    """A noisy label against readers, on the films that were read again and, corrected, on the whole collection.

    Parameters
    ----------
    counts
        Label against readers, on the films read again.
    exact
        Sensitivity, specificity, PPV, NPV there; Clopper-Pearson, films as independent.
    as_read, by_label, by_cell
        The same four and the share of positives; intervals over resampled patients. `as_read` takes the films read
        again for the collection (verification bias); `by_label` weighs them back by the noisy label (Begg and Greenes,
        Biometrics 1983), which is right if nothing else decided who was read; `by_cell` weighs back within `cells`.
    at_prevalence
        PPV and NPV by Bayes from the `by_cell` rates at stated prevalences.
    apparent
        For a score of that true AUROC, its AUROC against the noisy label: on the films read, and in the collection.
    """

    label: str
    reference: str
    films: int
    patients: int
    read: int
    counts: Counts
    exact: dict[str, Interval]
    as_read: dict[str, Interval]
    by_label: dict[str, Interval]
    by_cell: dict[str, Interval]
    at_prevalence: dict[float, dict[str, Interval]]
    apparent: dict[float, dict[str, Interval]]
    cells: tuple[Cell, ...]
    resamples: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: intervals as value, low, high."""
        told: dict[str, Any] = {
            name: getattr(self, name) for name in ("label", "reference", "films", "patients", "read", "resamples")
        }
        table = self.counts
        told["counts"] = {name: int(getattr(table, name)) for name in ("tp", "fp", "fn", "tn")}
        for name in ("exact", "as_read", "by_label", "by_cell"):
            told[name] = plain(getattr(self, name))
        for name in ("at_prevalence", "apparent"):
            told[name] = {f"{key:g}": plain(found) for key, found in getattr(self, name).items()}
        told["cells"] = [{key: getattr(cell, key) for key in Cell.__slots__} for cell in self.cells]
        return told


def label_noise(
    labelled: ArrayLike,
    positive: Sequence[bool | None],
    patients: Sequence[str],
    cells: Sequence[str],
    *,
    names: tuple[str, str] = ("noisy label", "readers"),
    prevalences: Sequence[float] = (0.01, 0.05, 0.1, 0.3),
    resamples: int = 2000,
    seed: int = 0,
) -> LabelNoise:
    """Measure a noisy label against readers who read part of the collection again.

    Parameters
    ----------
    labelled
        (films,) what the noisy label says of every film of the collection.
    positive
        (films,) what the readers say; None where the film was not read again.
    patients
        (films,) who each film is of.
    cells
        (films,) a name for what may have decided whether a film was read again (other findings, view). The correction
        holds if within a cell and a label it was chance.
    names
        Of the label and of the readers' answer.

    Raises
    ------
    DataError
        If lengths differ; nothing, or one class only, was read again; a cell of the collection has no film read again
        (then nothing is known of it: make cells coarser).
    ConfigError
        If a prevalence lies outside (0, 1).
    """
    y = np.asarray(labelled, bool)
    if not len(y) == len(positive) == len(patients) == len(cells):
        raise DataError("one label, one answer (or None), one patient and one cell for each film")
    if not all(0 < p < 1 for p in prevalences):
        raise ConfigError(f"prevalences lie between 0 and 1: {list(prevalences)}")
    read = np.array([answer is not None for answer in positive])
    sick = np.array([bool(answer) for answer in positive]) & read
    table = Counts(
        tp=int((y & sick).sum()),
        fp=int((y & read & ~sick).sum()),
        fn=int((~y & sick).sum()),
        tn=int((~y & read & ~sick).sum()),
    )
    listed = _cells(y, read, sick, cells)
    sums, of_label = _by_patient(y, read, sick, patients, cells, listed)

    def statistic(weights: Float) -> Float:
        return _all_rates((weights @ sums).reshape(len(weights), len(listed), 3), of_label)

    value, moved = resampled(statistic, np.arange(len(sums)), resamples=resamples, seed=seed)

    def interval(found: Float, drawn: Float) -> Interval:
        return percentile_interval(float(found), drawn)

    rates = [
        {name: interval(value[5 * k + j], moved[:, 5 * k + j]) for j, name in enumerate((*_RATES, "positive share"))}
        for k in range(3)
    ]
    worth = {"films read again": slice(2, 4), "collection": slice(12, 14)}
    return LabelNoise(
        *names,
        films=len(y),
        patients=len(sums),
        read=int(read.sum()),
        counts=table,
        exact={name: getattr(table, name)() for name in _RATES},
        as_read=rates[0],
        by_label=rates[1],
        by_cell=rates[2],
        at_prevalence={
            p: {
                name: interval(_bayes(value[10], value[11], p)[k], _bayes(moved[:, 10], moved[:, 11], p)[k])
                for k, name in enumerate(("ppv", "npv"))
            }
            for p in prevalences
        },
        apparent={
            area: {
                where: interval(
                    0.5 + (value[columns].sum() - 1) * (area - 0.5),
                    0.5 + (moved[:, columns].sum(axis=1) - 1) * (area - 0.5),
                )
                for where, columns in worth.items()
            }
            for area in AREAS
        },
        cells=listed,
        resamples=resamples,
    )


def _cells(
    y: NDArray[np.bool_], read: NDArray[np.bool_], sick: NDArray[np.bool_], cells: Sequence[str]
) -> tuple[Cell, ...]:
    names = np.asarray(cells)
    found = []
    for name in sorted(set(cells)):
        for labelled in (True, False):
            member = (names == name) & (y == labelled)
            if not member.any():
                continue
            if not read[member].any():
                raise DataError(
                    f"no film of {name!r} was read again ({int(member.sum())} films): nothing is known of them; "
                    "join that cell with another"
                )
            found.append(
                Cell(name, labelled, int(member.sum()), int((member & read).sum()), int((member & sick).sum()))
            )
    return tuple(found)


def _by_patient(
    y: NDArray[np.bool_],
    read: NDArray[np.bool_],
    sick: NDArray[np.bool_],
    patients: Sequence[str],
    cells: Sequence[str],
    listed: Sequence[Cell],
) -> tuple[Float, NDArray[np.bool_]]:
    """Films, films read and positive ones of each patient in each cell: (patients, cells * 3); and each cell's label."""
    place = {(cell.name, cell.labelled): k for k, cell in enumerate(listed)}
    column = np.array([place[name, bool(label)] for name, label in zip(cells, y, strict=True)])
    unique, row = np.unique(np.asarray(patients), return_inverse=True)
    sums = np.zeros((len(unique), len(listed), 3))
    for k, counted in enumerate((np.ones(len(y), bool), read, sick)):
        np.add.at(sums[:, :, k], (row[counted], column[counted]), 1)
    return sums.reshape(len(unique), -1), np.array([cell.labelled for cell in listed])


def _all_rates(sums: Float, labelled: NDArray[np.bool_]) -> Float:
    """Four rates and the share of positives, three ways: as read, weighed back by label, and by cell: (b, 15)."""
    films, read, sick = sums[:, :, 0], sums[:, :, 1], sums[:, :, 2]

    def split(x: Float) -> Float:
        return np.stack([x[:, labelled].sum(axis=1), x[:, ~labelled].sum(axis=1)], axis=1)

    with np.errstate(invalid="ignore", divide="ignore"):
        by_label = split(films) * split(sick) / split(read)
        # A cell that a resample leaves without a film read again has no share of its own there.
        by_cell = split(films * np.where(read > 0, sick / read, np.where(films > 0, np.nan, 0.0)))
        ways = [(split(sick), split(read)), (by_label, split(films)), (by_cell, split(films))]
        return np.concatenate([_rates(positive, whole) for positive, whole in ways], axis=1)


def _rates(positive: Float, whole: Float) -> Float:
    """From positives and films, each (b, 2) with the label and without it: sensitivity ... share of positives (b, 5)."""
    tp, fn = positive.T
    fp, tn = (whole - positive).T
    return np.stack(
        [tp / (tp + fn), tn / (tn + fp), tp / (tp + fp), tn / (tn + fn), (tp + fn) / whole.sum(axis=1)], axis=1
    )


def _bayes(se: Any, sp: Any, prevalence: float) -> tuple[Any, Any]:
    hit, alarm = se * prevalence, (1 - sp) * (1 - prevalence)
    clear, missed = sp * (1 - prevalence), (1 - se) * prevalence
    return hit / (hit + alarm), clear / (clear + missed)


def plain(intervals: Mapping[str, Interval]) -> dict[str, dict[str, float]]:
    """Intervals as JSON has them: value, low and high, to five places."""
    return {
        name: {"value": round(x.value, 5), "low": round(x.low, 5), "high": round(x.high, 5)}
        for name, x in intervals.items()
    }
