"""Do maps show what the network learnt? Those of the same network with random weights stand beside them.

A map that stays the same when the weights are shuffled shows the film, not the network (Adebayo and others, NeurIPS 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import DataError
from wetread.evaluation.maps.attention import checked_maps
from wetread.intervals import Interval
from wetread.intervals.resampling import percentile_interval, resampled

__all__ = ["Sanity", "sanity"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sanity:
    """How alike maps are to those of the same network with random weights.

    Parameters
    ----------
    films, patients
        Films whose two maps both vary, and their patients.
    flat
        Films left out because one of their maps is the same everywhere.
    correlation
        Mean rank correlation (Spearman) of the two maps of a film.
    similarity
        Mean structural similarity (Wang and others 2004) of the two, each stretched to [0, 1].
    between_films
        Mean rank correlation of a film's map with that of another patient: how much of a map is the same for everybody.
        None where there is one patient only.
    resamples, seed
        Of the bootstrap over patients.
    """

    films: int
    patients: int
    flat: int
    correlation: Interval
    similarity: Interval
    between_films: Interval | None
    resamples: int
    seed: int


def sanity(
    maps: ArrayLike, randomised: ArrayLike, patients: Sequence[str], *, resamples: int = 2000, seed: int = 0
) -> Sanity:
    """Compare maps with those that the same network draws when its weights are random (Adebayo and others 2018).

    A correlation near 1 says that the maps would look alike had the network learnt nothing; so does one between films
    that is as high as that.

    Parameters
    ----------
    maps, randomised
        (n, rows, columns) of the same films, from the network and from the network with random weights.
    patients
        (n,) who each film is of.

    Raises
    ------
    DataError
        If shapes differ, a map is not finite, or no film has two maps that vary.
    """
    first, second = checked_maps(maps), checked_maps(randomised)
    if first.shape != second.shape or len(patients) != len(first):
        raise DataError(f"two maps and a patient a film: {first.shape}, {second.shape}, {len(patients)} patients")
    vary = (np.ptp(first, axis=(1, 2)) > 0) & (np.ptp(second, axis=(1, 2)) > 0)
    if not vary.any():
        raise DataError(f"no film of {len(first)} has two maps that vary: there is nothing to compare")
    first, second = first[vary], second[vary]
    who, patient = np.unique(np.asarray(patients)[vary], return_inverse=True)
    like = np.stack([_rank_correlation(first, second), _similarity(first, second)], axis=1)
    other = None
    if who.size > 1:
        order = np.argsort(patient, kind="stable")
        # Half way round the films in order of patients; who meets himself there has no other to be compared with.
        turned = np.roll(order, len(order) // 2)
        apart = patient[order] != patient[turned]
        values = np.full(len(order), np.nan)
        values[order[apart]] = _rank_correlation(first[order[apart]], first[turned[apart]])
        other = values if apart.any() else None

    def mean(values: Float) -> Interval:
        known = np.isfinite(values)
        found, moved = resampled(
            lambda w: w @ np.where(known, values, 0) / np.where((w @ known) > 0, w @ known, np.nan),
            patient, resamples=resamples, seed=seed,
        )  # fmt: skip
        return percentile_interval(float(found), moved)

    return Sanity(
        films=len(first),
        patients=who.size,
        flat=int((~vary).sum()),
        correlation=mean(like[:, 0]),
        similarity=mean(like[:, 1]),
        between_films=None if other is None else mean(other),
        resamples=resamples,
        seed=seed,
    )


def _rank_correlation(first: Float, second: Float) -> Float:
    from scipy.stats import rankdata

    ranks = [rankdata(each.reshape(len(each), -1), axis=1) for each in (first, second)]
    one, two = (each - each.mean(axis=1, keepdims=True) for each in ranks)
    found: Float = (one * two).sum(axis=1) / np.sqrt((one**2).sum(axis=1) * (two**2).sum(axis=1))
    return found


def _similarity(first: Float, second: Float) -> Float:
    """Mean structural similarity of maps stretched to [0, 1], in windows of 7 cells a side (fewer on smaller maps)."""
    from scipy.ndimage import uniform_filter

    def stretched(maps: Float) -> Float:
        low = maps.min(axis=(1, 2), keepdims=True)
        return np.asarray((maps - low) / (maps.max(axis=(1, 2), keepdims=True) - low))

    def mean(values: Float) -> Float:
        return np.asarray(uniform_filter(values, size=(1, side, side), mode="reflect"))

    side = min(7, *first.shape[1:])
    a, b = stretched(first), stretched(second)
    mean_a, mean_b = mean(a), mean(b)
    var_a, var_b, both = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2, mean(a * b) - mean_a * mean_b
    small, smaller = 0.01**2, 0.03**2
    alike = (2 * mean_a * mean_b + small) * (2 * both + smaller)
    found = alike / ((mean_a**2 + mean_b**2 + small) * (var_a + var_b + smaller))
    return np.asarray(found.mean(axis=(1, 2)))
