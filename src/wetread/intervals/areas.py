"""Many AUROCs over the same resampled patients, at the cost of a few: exact, however many distinct scores there are.

Between two scores of the other class the order of films changes nothing. So neighbouring films of one class are counted
as one run, each patient becomes a short row of counts, and a resample is one product of matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import DataError

__all__ = ["Pairs", "areas"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Which films are compared: each positive with each negative one.

    Parameters
    ----------
    scores
        (n,) finite numbers.
    positive
        (n,) bool.
    keep
        (n,) bool: the films that take part; None is all.
    strata
        (n,) names: only films of one stratum are compared (Janes and Pepe, Biometrika 2009); None is one stratum.
    """

    scores: ArrayLike
    positive: ArrayLike
    keep: ArrayLike | None = None
    strata: ArrayLike | None = None


def areas(questions: Sequence[Pairs], patients: NDArray[np.int64]) -> Callable[[Float], Float]:
    """Make the statistic that answers all questions for resamples of patients.

    Parameters
    ----------
    questions
        k sets of pairs over the same n films.
    patients
        (n,) index of each film's patient, 0 to count - 1.

    Returns
    -------
    A function of weights float64 (b, count), copies of each patient, to AUROCs float64 (b, k); ties count by halves.
    NaN where a resample holds no pair. Made for `resampled(statistic, np.arange(count))`.

    Raises
    ------
    DataError
        If a question does not have one score and one label for each film, or a score that takes part is not finite.
    """
    count = int(patients.max()) + 1 if patients.size else 0
    tables = [_tables(question, patients, count) for question in questions]

    def statistic(weights: Float) -> Float:
        turned = np.ascontiguousarray(weights.T)
        found = np.full((len(weights), len(tables)), np.nan)
        for column, parts in enumerate(tables):
            won, pairs = np.zeros(len(weights)), np.zeros(len(weights))
            for table in parts:
                counts = table @ turned
                negative, positive = counts[0::2], counts[1::2]
                below = np.cumsum(negative, axis=0) - negative / 2
                won += (positive * below).sum(axis=0)
                pairs += positive.sum(axis=0) * negative.sum(axis=0)
            there = pairs > 0
            found[there, column] = won[there] / pairs[there]
        return found

    return statistic


def _tables(question: Pairs, patients: NDArray[np.int64], count: int) -> list[Any]:
    """For each stratum with both classes: films by run and class, and by patient, sparse (2 runs, count)."""
    from scipy.sparse import csr_matrix

    s, y = np.asarray(question.scores, np.float64), np.asarray(question.positive, bool)
    keep = np.ones(s.shape, bool) if question.keep is None else np.asarray(question.keep, bool)
    if not s.shape == y.shape == keep.shape == patients.shape:
        raise DataError(f"one score and one label for each of {patients.size} films, not {s.shape} and {y.shape}")
    if not np.isfinite(s[keep]).all():
        raise DataError(f"{int((~np.isfinite(s[keep])).sum())} scores are missing or not finite")
    names = np.zeros(s.shape, np.int64) if question.strata is None else np.asarray(question.strata)
    if names.shape != s.shape:
        raise DataError(f"strata name one group for each of {s.size} films, not {names.shape}")
    found = []
    for name in np.unique(names[keep]):
        member = keep & (names == name)
        if y[member].any() and not y[member].all():
            run = _runs(s[member], y[member])
            place = (2 * run + y[member], patients[member])
            found.append(csr_matrix((np.ones(run.size), place), shape=(2 * (int(run.max()) + 1), count)))
    return found


def _runs(s: Float, y: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number of each film's run, rising with the score: neighbouring scores that hold one class only are one run."""
    levels, place = np.unique(s, return_inverse=True)
    with_positive = np.bincount(place, weights=y, minlength=levels.size) > 0
    with_negative = np.bincount(place, weights=~y, minlength=levels.size) > 0
    kind = with_positive + 2 * with_negative
    begins = np.append(True, (kind[1:] != kind[:-1]) | (kind[1:] == 3))
    return np.asarray(np.cumsum(begins)[place] - 1, np.int64)
