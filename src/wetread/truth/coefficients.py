"""Coefficients of agreement: each a function of sums over films, so that one formula serves the value and every resample."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError

__all__ = [
    "Coefficient",
    "Level",
    "Scheme",
    "brennan_prediger",
    "class_specific",
    "cohen",
    "conger",
    "fleiss",
    "gwet",
    "krippendorff",
    "observed",
]

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Level = Literal["nominal", "ordinal", "interval", "ratio"]
Scheme = Literal["linear", "quadratic"]


@dataclass(frozen=True, slots=True, eq=False)
class Coefficient:
    """A coefficient of agreement on given films.

    Parameters
    ----------
    name, source
        What it is called, and the paper.
    features
        float64 (films, m): what each film adds to the sums.
    combine
        From sums (b, m) to the coefficient (b,), NaN where it is not defined (nothing was read twice, or chance alone
        would agree everywhere).
    se
        Standard error of the value for independent films, by the formula of the paper; NaN where there is none.
    df
        Degrees of freedom of the interval from it; infinity for the normal one.
    """

    name: str
    source: str
    features: Float
    combine: Callable[[Float], Float]
    se: float = math.nan
    df: float = math.inf

    @property
    def value(self) -> float:
        """The coefficient on all films."""
        return float(self.combine(self.features.sum(axis=0)[None])[0])

    def __call__(self, weights: Float) -> Float:
        """The coefficient under weights (b, films): float64 (b,)."""
        return self.combine(weights @ self.features)


def _divide(top: Float, bottom: Float) -> Float:
    ratio: Float = np.divide(top, bottom, out=np.full_like(top, np.nan), where=np.abs(bottom) > 1e-12)
    return ratio


def _chance_corrected(observed: Float, expected: Float) -> Float:
    return _divide(observed - expected, 1 - expected)


def _counts(answers: Ints, classes: int) -> Float:
    """How many readers gave each answer on each film: float64 (films, classes)."""
    if answers.ndim != 2 or classes < 2:
        raise DataError(
            f"agreement needs reads as (films, readers) and two answers or more, not {answers.shape}, {classes}"
        )
    return np.stack([(answers == k).sum(axis=1) for k in range(classes)], axis=1).astype(np.float64)


def _pairs(counts: Float) -> tuple[Float, Float]:
    """Share of agreeing pairs of readers on each film, and 1 where there is a pair."""
    n = counts.sum(axis=1)
    paired = n >= 2
    agreeing = (counts * (counts - 1)).sum(axis=1)
    share: Float = np.divide(agreeing, n * (n - 1), out=np.zeros_like(n), where=paired)
    return share, paired.astype(np.float64)


def _shares(counts: Float) -> Float:
    n = counts.sum(axis=1, keepdims=True)
    shares: Float = np.divide(counts, n, out=np.zeros_like(counts), where=n > 0)
    return shares


def observed(answers: Ints, classes: int) -> Coefficient:
    """Share of pairs of readers who agree, mean over films (no correction for chance).

    `answers` is int64 (films, readers), the place of each answer, -1 where there is none; here and below.
    """
    share, paired = _pairs(_counts(answers, classes))
    return Coefficient(
        "observed agreement",
        "share of agreeing pairs",
        np.stack([share, paired], axis=1),
        lambda sums: _divide(sums[:, 0], sums[:, 1]),
    )


def cohen(answers: Ints, classes: int, *, weights: Scheme | None = None) -> Coefficient:
    """Cohen's kappa of two readers (1960), or weighted (1968) with its large-sample standard error.

    Films that only one of the two read do not count. `weights` scores near misses by the distance between places of the
    answers: 1 - d / (K - 1), or its square.

    Raises
    ------
    DataError
        If there are not exactly two readers.
    ConfigError
        For an unknown scheme of weights.
    """
    if answers.ndim != 2 or answers.shape[1] != 2:
        raise DataError(f"Cohen's kappa is of two readers; these are {answers.shape[1:]}")
    credit = _credit(classes, weights)
    both = (answers >= 0).all(axis=1)
    cell = np.where(both, answers[:, 0] * classes + answers[:, 1], -1)
    features = (cell[:, None] == np.arange(classes * classes)).astype(np.float64)

    def combine(sums: Float) -> Float:
        table = sums.reshape(-1, classes, classes)
        table = _divide(table, np.broadcast_to(table.sum(axis=(1, 2), keepdims=True), table.shape))
        chance = np.einsum("bi,bj,ij->b", table.sum(axis=2), table.sum(axis=1), credit)
        return _chance_corrected(np.einsum("bij,ij->b", table, credit), chance)

    name = "Cohen's kappa" if weights is None else f"Cohen's kappa, {weights} weights"
    total = features.sum(axis=0).reshape(classes, classes)
    return Coefficient(
        name,
        "Cohen 1960, 1968; standard error: Fleiss, Cohen and Everitt 1969",
        features,
        combine,
        _cohen_error(total, credit),
    )


def _credit(classes: int, weights: Scheme | None) -> Float:
    distance = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes))) / max(classes - 1, 1)
    if weights is None:
        return np.eye(classes)
    if weights == "linear":
        return np.asarray(1 - distance, np.float64)
    if weights == "quadratic":
        return np.asarray(1 - distance**2, np.float64)
    raise ConfigError(f"no weights {weights!r} for kappa: choose linear or quadratic, or none")


def _cohen_error(table: Float, credit: Float) -> float:
    """Large-sample standard error of (weighted) kappa, equation 11 of Fleiss, Cohen and Everitt."""
    n = float(table.sum())
    if n == 0:
        return math.nan
    p = table / n
    row, column = p.sum(axis=1), p.sum(axis=0)
    agreed, chance = float((p * credit).sum()), float(row @ credit @ column)
    if 1 - chance < 1e-12:
        return math.nan
    kappa = (agreed - chance) / (1 - chance)
    mean = (credit @ column)[:, None] + (credit.T @ row)[None, :]
    spread = float((p * (credit - mean * (1 - kappa)) ** 2).sum()) - (kappa - chance * (1 - kappa)) ** 2
    return math.sqrt(max(spread, 0) / n) / (1 - chance)


def _multi(
    name: str, source: str, counts: Float, expected: Callable[[Float], Float], gradient: Callable[[Float], Float]
) -> Coefficient:
    """A chance-corrected coefficient whose chance agreement is a function of the mean shares of the answers.

    `expected` takes shares (b, classes); `gradient` its derivative (classes,) at given shares. The standard error is
    Gwet's linearisation for films drawn at random (2008; 2014, chapter 5), which allows missing reads.
    """
    share, paired = _pairs(counts)
    shares = _shares(counts)
    read = (counts.sum(axis=1) > 0).astype(np.float64)
    features = np.column_stack([share, paired, read, shares])

    def combine(sums: Float) -> Float:
        means = _divide(sums[:, 3:], np.broadcast_to(sums[:, 2:3], sums[:, 3:].shape))
        return _chance_corrected(_divide(sums[:, 0], sums[:, 1]), expected(means))

    n, pairs = float(read.sum()), float(paired.sum())
    if pairs == 0 or n < 2:
        return Coefficient(name, source, features, combine)
    mean = shares[read > 0].mean(axis=0)
    chance = float(expected(mean[None])[0])
    if 1 - chance < 1e-12:
        return Coefficient(name, source, features, combine)
    value = (share.sum() / pairs - chance) / (1 - chance)
    own = n / pairs * (share - chance * paired) / (1 - chance)
    moved = own - (1 - value) * ((shares - mean) @ gradient(mean)) / (1 - chance)
    variance = float(((moved - value) ** 2)[read > 0].sum()) / (n * (n - 1))
    return Coefficient(name, source, features, combine, math.sqrt(variance), n - 1)


def fleiss(answers: Ints, classes: int) -> Coefficient:
    """Fleiss' kappa (1971) for any number of readers, also with missing reads; Scott's pi where there are two."""
    return fleiss_of_counts(_counts(answers, classes))


def fleiss_of_counts(counts: Float) -> Coefficient:
    """Fleiss' kappa from how many readers gave each answer on each film: float64 (films, classes)."""
    return _multi(
        "Fleiss' kappa",
        "Fleiss 1971; standard error: Gwet 2008",
        counts,
        lambda shares: (shares**2).sum(axis=1),
        lambda shares: 2 * shares,
    )


def gwet(answers: Ints, classes: int) -> Coefficient:
    """Gwet's AC1 (2008): keeps its sense where one answer is rare, as pneumonia is."""
    k = classes
    return _multi(
        "Gwet's AC1",
        "Gwet, British Journal of Mathematical and Statistical Psychology 2008",
        _counts(answers, classes),
        lambda shares: (shares * (1 - shares)).sum(axis=1) / (k - 1),
        lambda shares: (1 - 2 * shares) / (k - 1),
    )


def brennan_prediger(answers: Ints, classes: int) -> Coefficient:
    """Brennan and Prediger's kappa (1981): chance is 1 / K; with two answers and two readers it is PABAK, 2 p - 1."""
    k = classes
    name = "PABAK" if classes == 2 else "Brennan-Prediger kappa"
    return _multi(
        name,
        "Brennan and Prediger 1981; PABAK: Byrt, Bishop and Carlin 1993; standard error: Gwet 2014",
        _counts(answers, classes),
        lambda shares: np.full(len(shares), 1 / k),
        np.zeros_like,
    )


def conger(answers: Ints, classes: int) -> Coefficient:
    """Conger's kappa (1980): Cohen's for more than two readers, each with shares of their own."""
    counts = _counts(answers, classes)
    share, paired = _pairs(counts)
    readers = answers.shape[1]
    said = (answers[:, :, None] == np.arange(classes)).reshape(len(answers), -1).astype(np.float64)
    features = np.column_stack([share, paired, said])

    def combine(sums: Float) -> Float:
        each = sums[:, 2:].reshape(-1, readers, classes)
        each = _divide(each, np.broadcast_to(each.sum(axis=2, keepdims=True), each.shape))
        # Pairs of different readers: the square of the sum less the sum of the squares.
        mixed = (each.sum(axis=1) ** 2 - (each**2).sum(axis=1)).sum(axis=1) / (readers * (readers - 1))
        return _chance_corrected(_divide(sums[:, 0], sums[:, 1]), mixed)

    return Coefficient("Conger's kappa", "Conger, Psychological Bulletin 1980", features, combine)


def krippendorff(answers: Ints, classes: int, *, level: Level = "nominal", values: Float | None = None) -> Coefficient:
    """Krippendorff's alpha for any number of readers, with gaps (Krippendorff 2011).

    Parameters
    ----------
    level
        How far apart two answers are: "nominal" (same or not), "ordinal" (by how many reads lie between), "interval"
        (their difference), "ratio" (their difference relative to their sum).
    values
        float64 (classes,): the number behind each answer, for interval and ratio.

    Raises
    ------
    ConfigError
        For an unknown level, or interval or ratio without numbers.
    """
    if level not in ("nominal", "ordinal", "interval", "ratio"):
        raise ConfigError(f"no level {level!r} of measurement: choose nominal, ordinal, interval or ratio")
    if level in ("interval", "ratio") and values is None:
        raise ConfigError(f"Krippendorff's alpha at the {level} level needs the number behind each answer")
    counts = _counts(answers, classes)
    n = counts.sum(axis=1)
    matches = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(classes)
    scale = np.divide(1.0, n - 1, out=np.zeros_like(n), where=n >= 2)
    features = (matches * scale[:, None, None]).reshape(len(counts), -1)

    def combine(sums: Float) -> Float:
        found = sums.reshape(-1, classes, classes)
        margin = found.sum(axis=2)
        apart = _distance(margin, level, values)
        total = margin.sum(axis=1)
        expected = (margin[:, :, None] * margin[:, None, :] * apart).sum(axis=(1, 2))
        alpha: Float = 1 - (total - 1) * _divide((found * apart).sum(axis=(1, 2)), expected)
        return alpha

    return Coefficient(f"Krippendorff's alpha, {level}", "Krippendorff 2011", features, combine)


def _distance(margin: Float, level: Level, values: Float | None) -> Float:
    """Squared distance of each two answers, (b, classes, classes); only the ordinal one depends on the margins."""
    classes = margin.shape[1]
    if level == "nominal":
        return np.broadcast_to(1 - np.eye(classes), (len(margin), classes, classes))
    if level == "ordinal":
        rank = np.cumsum(margin, axis=1) - margin / 2  # distance: reads between two answers, the ends by halves
        return np.asarray((rank[:, :, None] - rank[:, None, :]) ** 2, np.float64)
    assert values is not None  # refused before
    difference: Float = np.asarray(np.subtract.outer(values, values), np.float64)
    if level == "ratio":
        total = np.add.outer(values, values)
        difference = np.divide(difference, total, out=np.zeros_like(difference), where=total != 0)
    return np.broadcast_to(difference**2, (len(margin), classes, classes))


def class_specific(answers: Ints, classes: int, which: int, name: str) -> Coefficient:
    """Specific agreement on one answer: where one reader gives it, how often does another (Cicchetti and Feinstein 1990).

    With two readers and two answers these are positive and negative agreement, 2a / (2a + b + c) and 2d / (2d + b + c).
    """
    counts = _counts(answers, classes)
    n = counts.sum(axis=1)
    own = counts[:, which]
    paired = np.where(n >= 2, n - 1, 0)
    # On each film every reader is paired with the others: a film with more reads has more pairs, not more weight.
    scale = np.divide(1.0, n - 1, out=np.zeros_like(n), where=n >= 2)
    features = np.stack([own * (own - 1) * scale, own * paired * scale], axis=1)
    return Coefficient(
        f"specific agreement on {name}",
        "Cicchetti and Feinstein 1990; for more readers: Fleiss 1981, chapter 13",
        features,
        lambda sums: _divide(sums[:, 0], sums[:, 1]),
    )
