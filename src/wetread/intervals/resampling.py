"""The patient-cluster bootstrap: what any weighted statistic does when other patients of the same kind had come."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import DataError
from wetread.intervals.value import Interval

__all__ = ["bootstrap", "patient_weights", "percentile_interval", "resampled"]

Float = NDArray[np.float64]
_AT_ONCE = 4_000_000  # weights held in memory at a time (32 MB)


def patient_weights(patients: ArrayLike, *, resamples: int = 2000, seed: int = 0) -> Float:
    """Draw patients with replacement, `resamples` times: float64 (resamples, n films) of copies of each film.

    Raises
    ------
    DataError
        With no patients.
    """
    return np.concatenate(list(_draws(patients, resamples, seed, at_once=resamples)))


def _draws(patients: ArrayLike, resamples: int, seed: int, at_once: int) -> Iterator[Float]:
    """The rows of `patient_weights`, `at_once` at a time: the same numbers however many come together."""
    _, index = np.unique(np.asarray(patients), return_inverse=True)
    if not index.size:
        raise DataError("there are no patients to resample")
    if resamples < 1:
        raise DataError(f"a bootstrap needs at least one resample, not {resamples}")
    count = int(index.max()) + 1
    rng = np.random.default_rng(seed)
    for begin in range(0, resamples, at_once):
        drawn = rng.multinomial(count, np.full(count, 1 / count), size=min(at_once, resamples - begin))
        copies: Float = drawn[:, index].astype(np.float64)
        yield copies


def resampled(
    statistic: Callable[[Float], Float], patients: ArrayLike, *, resamples: int = 2000, seed: int = 0
) -> tuple[Float, Float]:
    """A weighted statistic as it is, and on each resample of patients; memory stays bounded however many films.

    Parameters
    ----------
    statistic
        Takes weights (b, n) and returns (b,) numbers, or (b, k) for k statistics at once (all paired).
    patients
        (n,) who each film is of.

    Returns
    -------
    The statistic on all films once, () or (k,), and on the resamples, (resamples,) or (resamples, k).

    Raises
    ------
    DataError
        With no patients or no resamples.
    """
    n = int(np.size(np.asarray(patients)))
    at_once = max(1, _AT_ONCE // max(n, 1))
    moved = [np.asarray(statistic(w), np.float64) for w in _draws(patients, resamples, seed, at_once)]
    value = np.asarray(statistic(np.ones((1, n))), np.float64)
    return value[0], np.concatenate(moved)


def bootstrap(
    statistic: Callable[[Float], Float],
    patients: ArrayLike,
    *,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval:
    """Percentile interval of any weighted statistic over resampled patients (Field and Welsh 2007).

    Parameters
    ----------
    statistic
        Takes weights (b, n), copies of each film in each resample, and returns (b,) numbers, NaN where there is no
        answer. For a paired comparison let it return the difference of two statistics under the same weights.
    patients
        (n,) who each film is of; give each film its own name where films are independent.

    Raises
    ------
    DataError
        With no patients; if the statistic has no value on the films themselves; as `percentile_interval`.

    >>> ages = np.array([50.0, 60, 70, 80])
    >>> found = bootstrap(lambda w: w @ ages / w.sum(axis=1), ["a", "a", "b", "c"], resamples=500)
    >>> found.value, found.low >= 50, found.high <= 80
    (65.0, True, True)
    """
    value, moved = resampled(statistic, patients, resamples=resamples, seed=seed)
    if moved.ndim != 1:
        raise DataError(f"a statistic to bootstrap gives one number for each row of weights, not {moved.shape[1:]}")
    found = percentile_interval(float(value), moved, level=level)
    if not np.isfinite(value):
        raise DataError("the statistic has no value on the films themselves, so it has no interval")
    return found


def percentile_interval(value: float, resampled: Float, *, level: float = 0.95) -> Interval:
    """Percentile interval; resamples without an answer (NaN) are left out.

    Raises
    ------
    DataError
        If more than a tenth of the resamples have no answer: then the interval would hide how little there is.
    """
    known = resampled[np.isfinite(resampled)]
    if not known.size or known.size < 0.9 * resampled.size:
        raise DataError(
            f"only {known.size} of {resampled.size} resamples hold both classes: too few patients for an interval"
        )
    low, high = np.percentile(known, (50 - 50 * level, 50 + 50 * level))
    return Interval(float(value), float(low), float(high), level, "percentiles over resampled patients")
