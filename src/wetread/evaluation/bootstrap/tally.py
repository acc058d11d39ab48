"""Films counted by what they are and what they are called, and the same counts when other patients had come."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.scored import Scored
from wetread.intervals import Interval, proportion
from wetread.intervals.resampling import percentile_interval

__all__ = ["Estimate", "Tally", "estimate", "over_patients", "resampled_cells", "resampled_sums", "share", "tally"]

Float = NDArray[np.float64]
_AT_ONCE = 4_000_000  # numbers held in memory at a time (32 MB)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with the intervals that it has, each saying in `Interval.method` how it was made.

    Parameters
    ----------
    stated
        The one to print: over patients where some patient has more than one film, else the formula's if there is one.
    films
        From a formula that takes every film as independent; None where no formula is in use.
    patients
        From resampled patients (Field and Welsh 2007); None where no resample was asked for. Where the number lies at
        the end of its range, so that every resample repeats it, an exact interval that counts patients stands here.
    """

    stated: Interval
    films: Interval | None = None
    patients: Interval | None = None

    @property
    def value(self) -> float:
        """The number itself."""
        return self.stated.value

    def __str__(self) -> str:
        return str(self.stated)


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts of one set of films at one threshold, and on each resample of its patients.

    Parameters
    ----------
    counts
        float64 (4,): true positives, false positives, false negatives, true negatives.
    draws
        float64 (b, 4): the same on b resamples of patients; b may be 0.
    sick, well
        How many patients have a positive film, and how many a negative one.
    clustered
        Whether some patient has more than one film.
    """

    counts: Float
    draws: Float
    sick: int
    well: int
    clustered: bool

    def estimate(
        self, rate: Callable[[Float], Float], films: Interval | None = None, *, level: float = 0.95
    ) -> Estimate:
        """A rate, a function of counts (b, 4) to (b,) that is NaN where it has no value, with its intervals."""
        value = float(rate(self.counts[None])[0])
        return estimate(value, rate(self.draws), films, clustered=self.clustered, level=level)


def tally(scored: Scored, threshold: float, *, resamples: int = 2000, seed: int = 0) -> Tally:
    """Count films called at `threshold` (called where score >= threshold), and resample patients.

    Raises
    ------
    ConfigError
        If the threshold is not a number.
    DataError
        With one class only.
    """
    if math.isnan(threshold):
        raise ConfigError(f"{scored.name}: a threshold is a number, not NaN")
    scored.both_classes("rate at a threshold")
    called, label = scored.score >= threshold, scored.label
    columns = np.stack([called & label, called & ~label, ~called & label, ~called & ~label], axis=1).astype(np.float64)
    patients = scored.patients
    return Tally(
        columns.sum(axis=0),
        resampled_sums(columns, scored.patient, resamples=resamples, seed=seed),
        int(np.unique(scored.patient[label]).size),
        int(np.unique(scored.patient[~label]).size),
        patients < len(scored),
    )


def resampled_sums(columns: Float, patients: ArrayLike, *, resamples: int, seed: int) -> Float:
    """Sums of each column over the films of resampled patients: float64 (resamples, k) from (n, k).

    Patients whose sums are the same are drawn together: how many of them come is multinomial, so a table of counts over
    a million films costs no more than one over a hundred. Memory stays bounded.

    Raises
    ------
    ConfigError
        For fewer than no resamples.
    """
    if resamples < 0:
        raise ConfigError(f"the number of resamples is 0 or more, not {resamples}")
    _, who = np.unique(np.asarray(patients), return_inverse=True)
    sums = np.stack([np.bincount(who, weights=column) for column in columns.T], axis=1)
    kinds, size = np.unique(sums, axis=0, return_counts=True)
    rng, at_once = np.random.default_rng(seed), max(1, _AT_ONCE // len(kinds))
    parts = [np.empty((0, columns.shape[1]))]
    for begin in range(0, resamples, at_once):
        count = min(at_once, resamples - begin)
        parts.append(rng.multinomial(len(sums), size / len(sums), size=count).astype(np.float64) @ kinds)
    return np.concatenate(parts)


def resampled_cells(
    cells: Sequence[tuple[NDArray[np.intp], Float]], size: int, patients: ArrayLike, *, resamples: int, seed: int
) -> tuple[Float, Float]:
    """Films added up in cells, as they are and on resamples of patients; memory stays bounded.

    Parameters
    ----------
    cells
        Pairs of (n,) the cell from 0 to `size` - 1 that each film adds to, and (n,) what it adds.
    patients
        (n,) who each film is of.

    Returns
    -------
    float64 (size,) and (resamples, size).

    Raises
    ------
    ConfigError
        For fewer than no resamples.
    """
    from scipy.sparse import csr_array

    if resamples < 0:
        raise ConfigError(f"the number of resamples is 0 or more, not {resamples}")
    who = np.unique(np.asarray(patients), return_inverse=True)[1]
    count = int(who.max()) + 1
    rows, columns = np.tile(who, len(cells)), np.concatenate([cell for cell, _ in cells])
    sums = csr_array((np.concatenate([value for _, value in cells]), (rows, columns)), shape=(count, size))
    sums.sum_duplicates()
    rng, at_once = np.random.default_rng(seed), max(1, _AT_ONCE // max(count, size))
    parts = [np.empty((0, size))]
    for begin in range(0, resamples, at_once):
        rows = np.arange(min(at_once, resamples - begin))
        drawn = rng.integers(0, count, size=(rows.size, count)) + count * rows[:, None]
        copies = np.bincount(drawn.ravel(), minlength=rows.size * count).reshape(rows.size, count).astype(np.float64)
        parts.append(np.asarray(copies @ sums))
    return np.asarray(sums.sum(axis=0)), np.concatenate(parts)


def estimate(
    value: float,
    draws: Float,
    films: Interval | None = None,
    *,
    clustered: bool,
    level: float = 0.95,
) -> Estimate:
    """Put a number, what it was on resamples of patients (b,), and the formula's interval together."""
    patients = over_patients(value, draws, level=level) if draws.size else None
    stated = patients if patients is not None and (clustered or films is None) else films
    return Estimate(Interval(value, math.nan, math.nan, level, "no interval asked for") if stated is None else stated,
                    films, patients)  # fmt: skip


def over_patients(value: float, draws: Float, *, level: float = 0.95) -> Interval:
    """Percentile interval over resampled patients that counts the resamples without an answer.

    Where the number has no value, or more than a tenth of the resamples have none, the ends are NaN and the method
    says why: an answer, since one such number must not keep a report from its others.
    """
    lost = int((~np.isfinite(draws)).sum())
    how = f"percentiles over {draws.size} resamples of patients"
    if lost:
        how += f", {lost} of them without an answer and left out"
    if not math.isfinite(value):
        return Interval(value, math.nan, math.nan, level, "none: the number itself has no value on these films")
    try:
        found = percentile_interval(value, draws, level=level)
    except DataError:
        return Interval(
            value, math.nan, math.nan, level, f"none: {lost} of {draws.size} resamples of patients have no answer"
        )
    return Interval(value, found.low, found.high, level, how)


def share(
    successes: float, trials: float, draws: Float, units: int, *, clustered: bool, level: float = 0.95
) -> Estimate:
    """A share of films, exact as if films were independent, and over patients.

    Parameters
    ----------
    successes, trials
        How many of how many films; of 0 films there is no share, and the value is NaN.
    draws
        (b,) the share on resamples of patients.
    units
        How many patients the `trials` are of: where all films agree, resampling cannot say how sure that is, and the
        exact interval for that many patients who agree is given in its place.
    """
    if not trials:
        return estimate(math.nan, draws, Interval(math.nan, 0.0, 1.0, level, "none: of no film"), clustered=clustered)
    films = proportion(successes, trials, level=level)
    found = estimate(films.value, draws, films, clustered=clustered, level=level)
    if found.patients is None or 0 < successes < trials:
        return found
    exact = proportion(units if successes else 0, units, level=level)
    patients = Interval(
        exact.value, exact.low, exact.high, level, f"exact (Clopper-Pearson), {units} patients who agree"
    )
    return Estimate(patients if clustered else films, films, patients)
