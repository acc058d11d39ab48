"""Multi-reader multi-case analysis of the AUC by U-statistics, for any pattern of who read what.

The variance over readers and cases together is estimated without bias from products of comparisons that share a
reader, a positive or a negative case, or none (Gallas, Academic Radiology 2006; Gallas, Bandos, Samuelson and Wagner,
Communications in Statistics 2009, which split it into components). Its degrees of freedom follow Satterthwaite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.evaluation.readers.inference import Difference, Single, two_sided
from wetread.evaluation.readers.study import Study

__all__ = ["UStatistics", "u_statistics"]

Float = NDArray[np.float64]
_AT_ONCE = 8_000_000  # comparisons held in memory at a time (64 MB)
_NORMAL_ABOVE = 50  # degrees of freedom
# Rows: shares reader, positive and negative; reader and positive; reader and negative; reader; then the same without
# the reader. A row turns sums over all products into sums over those that share exactly so much.
_EXACTLY = np.array(
    [
        [1, 0, 0, 0, 0, 0, 0, 0],
        [-1, 1, 0, 0, 0, 0, 0, 0],
        [-1, 0, 1, 0, 0, 0, 0, 0],
        [1, -1, -1, 1, 0, 0, 0, 0],
        [-1, 0, 0, 0, 1, 0, 0, 0],
        [1, -1, 0, 0, -1, 1, 0, 0],
        [1, 0, -1, 0, -1, 0, 1, 0],
        [-1, 1, 1, -1, 1, -1, -1, 1],
    ],
    np.float64,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class UStatistics:
    """AUC of each test and of each pair of tests, for other readers and other patients.

    `value` (t, r) holds each reader's AUC and `variance` (t, r) its variance over cases, NaN where nothing was read. A
    test's mean weighs readers by the pairs of cases they read. Intervals and p are from Student's t with the degrees of
    freedom rounded down, and from the normal distribution above 50.
    """

    name: str
    tests: tuple[str, ...]
    readers: tuple[str, ...]
    value: Float
    variance: Float
    single: tuple[Single, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Two tests' covariance, its parts by negative case, positive case and reader, and their degrees of freedom."""

    mean: float
    covariance: float
    parts: Float
    df: Float


def u_statistics(study: Study, *, level: float = 0.95) -> UStatistics:
    """Compare the AUC of tests, also where not everybody read everything (split-plot and unbalanced designs).

    Raises
    ------
    DataError
        If cases of a patient are several (the comparisons would not be independent); with fewer than two readers, or two
        cases of a class; where readings do not overlap enough for a variance.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> truth = np.arange(60) % 2 == 0
    >>> rating = rng.normal(size=(2, 4, 60)) + truth * np.array([1.0, 2.0])[:, None, None]
    >>> str(u_statistics(Study(rating, truth)).differences[0].estimate)
    '-0.203 (-0.219--0.187)'
    """
    t, r, c = study.rating.shape
    if study.patients != c:
        raise DataError(f"{study.name}: {c} cases of {study.patients} patients: U-statistics take one case a patient")
    if r < 2 or min(study.positives, study.negatives) < 2:
        raise DataError(
            f"{study.name}: {r} readers, {study.positives} positive and {study.negatives} negative cases: a variance "
            "over readers and cases needs two of each at least"
        )
    sums, counts = _sums(study), _counts(study)
    whole = [_moments(sums, counts, i, i, study) for i in range(t)]
    single, differences = [], []
    for i, name in enumerate(study.tests):
        df = _satterthwaite(whole[i].covariance, whole[i].parts, whole[i].df)
        interval, se, _, _ = two_sided(whole[i].mean, whole[i].covariance, _whole(df), level, _method(df))
        single.append(Single(name, interval, se, df))
    for i, k in combinations(range(t), 2):
        between = _moments(sums, counts, i, k, study)
        variance = whole[i].covariance + whole[k].covariance - 2 * between.covariance
        parts = whole[i].parts + whole[k].parts - 2 * between.parts
        df = _satterthwaite(variance, parts, np.minimum(whole[i].df, whole[k].df))
        value = whole[i].mean - whole[k].mean
        interval, se, statistic, p = two_sided(value, variance, _whole(df), level, _method(df))
        differences.append(Difference(study.tests[i], study.tests[k], interval, se, df, statistic, p))
    each, variances = _each(sums, counts)
    return UStatistics(study.name, study.tests, study.readers, each, variances, tuple(single), tuple(differences))


def _sums(study: Study) -> Float:
    """Sums of products of comparisons (4, t, r, t, r): all pairs, same positive, same negative, any; plus totals."""
    t, r, c = study.rating.shape
    rating = study.rating.reshape(t * r, c)
    positive, negative = rating[:, study.truth], rating[:, ~study.truth]
    k, m = positive.shape
    both, of_positive, of_negative = np.zeros((k, k)), np.zeros((k, m)), np.zeros((k, negative.shape[1]))
    step = max(1, _AT_ONCE // max(1, k * negative.shape[1]))
    for begin in range(0, m, step):
        some = positive[:, begin : begin + step, None]
        won = (some > negative[:, None, :]) + 0.5 * (some == negative[:, None, :])
        both += won.reshape(k, -1) @ won.reshape(k, -1).T
        of_positive[:, begin : begin + step] = won.sum(axis=2)
        of_negative += won.sum(axis=1)
    total = of_positive.sum(axis=1)
    products = [both, of_positive @ of_positive.T, of_negative @ of_negative.T, np.outer(total, total)]
    return np.array(products).reshape(4, t, r, t, r)


def _counts(study: Study) -> Float:
    """The same of the numbers of products, (4, t, r, t, r)."""
    t, r, c = study.rating.shape
    read = ~np.isnan(study.rating.reshape(t * r, c))
    positive, negative = read[:, study.truth].astype(np.float64), read[:, ~study.truth].astype(np.float64)
    m, n = positive.sum(axis=1), negative.sum(axis=1)
    shared = [(positive @ positive.T), (negative @ negative.T)]
    products = [shared[0] * shared[1], shared[0] * np.outer(n, n), shared[1] * np.outer(m, m), np.outer(m * n, m * n)]
    return np.array(products).reshape(4, t, r, t, r)


def _moments(sums: Float, counts: Float, i: int, k: int, study: Study) -> _Moments:
    def eight(whole: Float) -> Float:
        block = whole[:, i, :, k, :]
        return np.concatenate([np.einsum("pjj->p", block), block.sum(axis=(1, 2))])

    total, number = eight(sums), eight(counts)
    exact, exactly = _EXACTLY @ total, np.rint(_EXACTLY @ number)
    if not exactly[7] > 0:
        raise DataError(
            f"{study.name}: under {study.tests[i]!r} and {study.tests[k]!r} there are no readings of different readers "
            "on different cases of both classes, so there is no variance over readers and cases"
        )
    moment = exact / np.where(exactly > 0, exactly, 1)
    share = exactly / number[7]
    # Two tests that share no case, or no reader, have no covariance from it.
    biased = np.where(number > 0, total / np.where(number > 0, number, 1), total[7] / number[7])
    own = (
        np.sqrt(np.einsum("jj->j", sums[3, i, :, i, :])).sum()
        / np.sqrt(np.einsum("jj->j", counts[3, i, :, i, :])).sum()
    )
    # Of a kind of sharing: what it adds to the mean product, and the chance that two products share it.
    parts = np.array([biased[6] - biased[7], biased[5] - biased[7], biased[3] - biased[7]])
    chances = np.array([share[[0, 2, 4, 6]].sum(), share[[0, 1, 4, 5]].sum(), share[[0, 1, 2, 3]].sum()])
    df = np.rint(1 / np.where(chances > 0, chances, 1) - 1)
    return _Moments(float(own), float(share @ moment - moment[7]), parts, df)


def _satterthwaite(variance: float, parts: Float, df: Float) -> float | None:
    if not variance > 0 or (df < 1).any():
        return None
    spread = float((parts**2 / df**3).sum())
    return max(variance**2 / spread, float(df.min())) if spread > 0 else None


def _whole(df: float | None) -> float | None:
    return None if df is None or df > _NORMAL_ABOVE else float(math.floor(df))


def _method(df: float | None) -> str:
    used = _whole(df)
    return "normal" if used is None else f"Student's t, {used:.0f} degrees of freedom"


def _each(sums: Float, counts: Float) -> tuple[Float, Float]:
    """AUC of each reader under each test and its unbiased variance over cases."""
    four, number = np.einsum("pijij->pij", sums), np.einsum("pijij->pij", counts)
    exact = np.einsum("qp,pij->qij", _EXACTLY[:4, :4], four)
    exactly = np.einsum("qp,pij->qij", _EXACTLY[:4, :4], number)
    known, varies = number[3] > 0, exactly[3] > 0
    square = four[3] / np.where(known, number[3], 1)
    apart = exact[3] / np.where(varies, exactly[3], 1)
    value = np.where(known, np.sqrt(square), np.nan)
    variance = np.where(varies, square - apart, np.nan)
    value.flags.writeable = variance.flags.writeable = False
    return value, variance
