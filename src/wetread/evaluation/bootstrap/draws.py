"""Who is drawn in which resample: one stream for the whole room, so that figures of one seed share their resamples."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError

__all__ = ["BLOCK", "copies", "over_patients"]

Float = NDArray[np.float64]

BLOCK = 100
"""Resamples of one random stream."""
_AT_ONCE = 2_000_000  # copies held in memory at a time (16 MB)


def copies(patients: int, seed: int, block: int, rows: int) -> Iterator[NDArray[np.int32]]:
    """How often each patient is drawn, one resample at a time: the first `rows` resamples of a block."""
    rng = np.random.default_rng([seed, block])
    for _ in range(rows):
        yield np.bincount(rng.integers(patients, size=patients), minlength=patients).astype(np.int32)


def over_patients(
    statistic: Callable[[Float], Float], patients: int, *, resamples: int, seed: int
) -> tuple[Float, Float]:
    """A statistic of copies of patients, on all of them once and on the resamples.

    Parameters
    ----------
    statistic
        Takes float64 (b, patients) and returns (b, k), NaN where there is no answer.
    patients
        How many there are; they are numbered in the order of their names, as `numpy.unique` does.

    Returns
    -------
    float64 (k,) and (resamples, k).

    Raises
    ------
    ConfigError
        With no resamples.
    """
    if resamples < 1:
        raise ConfigError(f"a bootstrap needs at least one resample, not {resamples}")
    at_once = max(1, _AT_ONCE // patients)
    found, held = [], []
    for number in range(-(-resamples // BLOCK)):
        for row in copies(patients, seed, number, min(BLOCK, resamples - number * BLOCK)):
            held.append(row)
            if len(held) == at_once:
                found.append(statistic(np.stack(held).astype(np.float64)))
                held = []
    if held:
        found.append(statistic(np.stack(held).astype(np.float64)))
    return statistic(np.ones((1, patients)))[0], np.concatenate(found)
