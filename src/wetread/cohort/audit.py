"""The shortcut audit: does anything that is not the lungs give the label away?

Each suspect alone predicts the label of films of patients that it was not fitted on. What it reaches, a network could
reach without looking at a lung: its figures must stand beside these, on the same folds. Age, sex and view may well carry
true risk; a network that reads them off the film is still no reader of lungs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.cohort.films import Films
from wetread.cohort.people import age_band
from wetread.cohort.shortcuts import crude_baseline
from wetread.errors import DataError
from wetread.intervals import Interval
from wetread.intervals.areas import Pairs, areas
from wetread.intervals.crossfit import folds, group_baseline, groups_together
from wetread.intervals.resampling import percentile_interval, resampled

__all__ = ["ALARM", "Audit", "Suspect", "audit"]

Float = NDArray[np.float64]
Ints = NDArray[np.int64]

ALARM = 0.55
"""AUROC that no suspect may surely exceed."""

RULE = (
    "The alarm rings when a suspect's AUROC surely exceeds 0.55: when the lower end of its interval does, at a level so "
    "high that the intervals of all suspects hold together 95 times in 100 (Bonferroni)."
)
_MOST_PATIENTS = 50_000
_BANDS = 20
_FOLDS = 5
_FEWEST = 20  # patients with, and patients without the label: resamples of fewer say too little
_LEVELS = 1000
_FOLLOW_UPS = (1, 2, 3, 6, 11, 21, 51)


@dataclass(frozen=True, slots=True)
class Suspect:
    """What one thing alone reaches.

    Parameters
    ----------
    name
        What was tried.
    groups
        Into how many groups it parts the films; None where it is no single fact.
    films
        On how many it was tried.
    auroc
        Of scores out of fold, with the 95 % interval over resampled patients.
    surely
        Lower end of the interval at the level at which the intervals of all suspects hold together.
    rings
        Whether `surely` lies above `ALARM`.
    """

    name: str
    groups: int | None
    films: int
    auroc: Interval
    surely: float
    rings: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """The shortcut audit of a table.

    Parameters
    ----------
    alarm
        Whether any suspect rings.
    rule
        When one does.
    threshold
        `ALARM`.
    suspects
        The most telling first.
    films, patients, positive
        What the metadata were tried on; crude pixel statistics are tried on the films measured alone.
    sampled
        Whether these are patients drawn from a larger table.
    folds, resamples, seed
        How it was taken.
    """

    alarm: bool
    rule: str
    threshold: float
    suspects: tuple[Suspect, ...]
    films: int
    patients: int
    positive: int
    sampled: bool
    folds: int
    resamples: int
    seed: int


def audit(
    films: Films, *, crude: Float | None = None, measured: NDArray[np.bool_] | None = None, resamples: int = 2000,
    seed: int = 0,
) -> Audit | None:  # fmt: skip
    """Try each suspect; None where the label is said of too few patients of one kind (20 with it, 20 without).

    Parameters
    ----------
    films
        All films; of more than 50,000 patients as many are drawn (seeded).
    crude
        (films measured, 9) `crude_statistics`, one more suspect, tried on the films measured.
    measured
        (n,) which films those are; given with `crude`.

    Raises
    ------
    DataError
        If `crude` comes without `measured`, or is not a row for each film measured.
    """
    if (crude is None) != (measured is None) or (
        crude is not None and measured is not None and len(crude) != measured.sum()
    ):
        raise DataError("crude statistics are one row for each film measured: give both, of one length")
    whole, _, sampled = _drawn(films, None, None, seed)
    tried = _tried(whole, None, resamples, seed)
    if not tried:
        return None
    if crude is not None:
        tried += _tried(*_drawn(films, crude, measured, seed)[:2], resamples, seed)
    level = 1 - 0.05 / len(tried)
    suspects = [_suspect(one, level) for one in tried]
    suspects.sort(key=lambda suspect: -suspect.auroc.value)
    return Audit(
        any(suspect.rings for suspect in suspects), RULE, ALARM, tuple(suspects), len(whole), whole.patients,
        int(whole.positive.sum()), sampled, _FOLDS, resamples, seed,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Tried:
    """A suspect's AUROC, and what it was over resampled patients."""

    name: str
    groups: int | None
    films: int
    area: float
    moved: Float


def _tried(films: Films, crude: Float | None, resamples: int, seed: int) -> list[_Tried]:
    """Without crude statistics the metadata are tried, with them they alone; nothing where patients are too few."""
    with_it = int((films.by_patient(films.positive) > 0).sum())
    without = int((films.by_patient(films.label == 0) > 0).sum())
    if min(with_it, without) < _FEWEST:
        return []
    label, fold = films.positive.astype(np.int64), _folded(films, seed)
    if crude is None:
        scores = list(_scores(films, label, fold))
    else:
        scores = [("crude pixel statistics", None, crude_baseline(crude, label, fold, seed=seed))]
    areas, moved = _areas([score for _, _, score in scores], label, films, resamples, seed)
    return [
        _Tried(name, groups, len(films), float(areas[place]), moved[:, place])
        for place, (name, groups, _) in enumerate(scores)
    ]


def _suspect(one: _Tried, level: float) -> Suspect:
    interval = percentile_interval(one.area, one.moved)
    surely = percentile_interval(one.area, one.moved, level=level).low
    return Suspect(one.name, one.groups, one.films, interval, surely, surely > ALARM)


def _drawn(
    films: Films, crude: Float | None, measured: NDArray[np.bool_] | None, seed: int
) -> tuple[Films, Float | None, bool]:
    """The films to look at: those measured, whose label is said, of not too many patients."""
    kept = films.label >= 0
    if measured is not None and crude is not None:
        crude = crude[kept[measured]]
        kept = kept & measured
    films = films.of(kept)
    if films.patients <= _MOST_PATIENTS:
        return films, crude, False
    drawn = np.zeros(films.patients, bool)
    drawn[np.random.default_rng(seed).choice(films.patients, _MOST_PATIENTS, replace=False)] = True
    stay = drawn[films.patient]
    return films.of(stay), None if crude is None else crude[stay], True


def _folded(films: Films, seed: int) -> Ints:
    """Fold of each film: patients with and without the label are spread evenly."""
    sick = films.by_patient(films.positive) > 0
    names = [str(number) for number in range(films.patients)]
    return folds(names, sick.tolist(), count=_FOLDS, seed=seed)[films.patient]


def _scores(films: Films, label: Ints, fold: Ints) -> Iterator[tuple[str, int | None, Float]]:
    groups = dict(_groups(films))
    for name, group in groups.items():
        count = len(np.unique(group))
        if count > 1:
            yield name, count, group_baseline(group.tolist(), label, fold)
    yield "all metadata together", None, groups_together(list(groups.values()), label, fold)


def _groups(films: Films) -> Iterator[tuple[str, NDArray[Any]]]:
    missing = np.stack([np.isnan(films.age), films.sex < 0, films.view < 0, films.follow_up < 0]).astype(np.int64)
    yield "patient-id band", films.patient.astype(np.int64) * _BANDS // films.patients
    yield "missing metadata", missing.T @ np.array([1, 2, 4, 8])
    yield "view", films.view
    yield "age", age_band(films.age)
    yield "sex", films.sex
    yield (
        "follow-up number",
        np.where(films.follow_up < 0, -1, np.searchsorted(_FOLLOW_UPS, films.follow_up, side="right")),
    )
    yield "source", films.source
    yield "size of the original", _bands(films.size.astype(np.int64))


def _bands(values: Ints) -> Ints:
    """Values in bands of about as many films each; -1 stays by itself."""
    known = values[values >= 0]
    if not known.size:
        return np.full(len(values), -1)
    edges = np.unique(np.quantile(known, np.arange(1, _BANDS) / _BANDS))
    return np.where(values < 0, -1, np.searchsorted(edges, values, side="right"))


def _levels(score: Float) -> Float:
    """Scores of a thousand distinct values at most: beyond that, films of neighbouring ranks share one."""
    levels, place = np.unique(score, return_inverse=True)
    if len(levels) <= _LEVELS:
        return score
    rank = np.cumsum(np.bincount(place)) - 1
    capped: Float = (rank * _LEVELS // len(score))[place].astype(np.float64)
    return capped


def _areas(scores: list[Float], label: Ints, films: Films, resamples: int, seed: int) -> tuple[Float, Float]:
    """AUROC of each score, (k,), and over resampled patients, (resamples, k).

    A thousand distinct scores are enough, however many films.
    """
    patient = films.patient.astype(np.int64)
    statistic = areas([Pairs(_levels(score), label == 1) for score in scores], patient)
    return resampled(statistic, np.arange(films.patients), resamples=resamples, seed=seed)
