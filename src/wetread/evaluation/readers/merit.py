"""Figures of merit of one reader under one test, and what each case contributes to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.readers.study import Study

__all__ = ["Contributions", "Merit", "about", "contributions", "values", "wording"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Merit = str | Callable[[Float, Bool], Float]

_NEEDS = {"auc": (True, True), "sensitivity": (True, False), "specificity": (False, True), "youden": (True, True)}


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """A figure of merit that is a mean over cases: its values and each case's own part, as deviations from the mean.

    `value` is (t, r); `positive` (t, r, m) and `negative` (t, r, n) sum to 0 over the cases. For the AUC they are the
    structural components of DeLong, DeLong and Clarke-Pearson (Biometrics 1988) less their mean.
    """

    value: Float
    positive: Float
    negative: Float


def wording(merit: Merit, threshold: float | None) -> str:
    """The figure of merit in print.

    Raises
    ------
    ConfigError
        For an unknown one, a missing threshold, or one that has no use.
    """
    if callable(merit):
        return getattr(merit, "__name__", "figure of merit")
    if merit not in _NEEDS:
        raise ConfigError(f"no figure of merit {merit!r}: choose {', '.join(_NEEDS)}, or give a function")
    if merit == "auc":
        if threshold is not None:
            raise ConfigError("the AUC has no threshold: leave it out, or choose sensitivity or specificity")
        return "AUC"
    if threshold is None or not np.isfinite(threshold):
        raise ConfigError(f"{merit} needs a threshold: the lowest rating that counts as a call of positive")
    return f"{merit} at ratings of {threshold:g} and above"


def values(rating: Float, truth: Bool, merit: Merit, threshold: float | None) -> Float:
    """The figure of merit of each of k rows of ratings (k, c): float64 (k,)."""
    if callable(merit):
        found = np.asarray(merit(rating, truth), np.float64)
        if found.shape != (len(rating),):
            raise DataError(f"a figure of merit gives one number for each of {len(rating)} rows, not {found.shape}")
        return found
    return contribution_rows(rating, truth, merit, threshold)[0]


def contributions(study: Study, merit: str, threshold: float | None) -> Contributions:
    """What each case contributes to each reader's figure of merit under each test."""
    t, r, c = study.rating.shape
    value, positive, negative = contribution_rows(study.rating.reshape(t * r, c), study.truth, merit, threshold)
    return Contributions(value.reshape(t, r), positive.reshape(t, r, -1), negative.reshape(t, r, -1))


def about(study: Study, merit: Merit) -> Study:
    """The study of the cases that a figure of merit is about: the positive ones for sensitivity."""
    if callable(merit) or all(_NEEDS[merit]):
        return study
    keep = study.truth if merit == "sensitivity" else ~study.truth
    return Study(
        study.rating[:, :, keep], study.truth[keep], study.tests, study.readers, study.case[keep], study.patient[keep],
        study.name,
    )  # fmt: skip


def enough(study: Study, merit: Merit) -> None:
    """Refuse a study whose cases, or patients, are too few to say how far a figure of merit may be off."""
    needed = (True, True) if callable(merit) else _NEEDS[merit]
    for need, kind, members in zip(needed, ("positive", "negative"), (study.truth, ~study.truth), strict=True):
        patients = np.unique(study.patient[members]).size
        if need and patients < 2:
            raise DataError(
                f"{study.name}: {kind} cases of {patients} patients: a variance needs two or more of each class"
            )


def contribution_rows(rating: Float, truth: Bool, merit: str, threshold: float | None) -> tuple[Float, Float, Float]:
    """Values (k,) and deviations of positives (k, m) and negatives (k, n) for k rows of ratings."""
    positive, negative = rating[:, truth], rating[:, ~truth]
    if merit == "auc":
        won_by, won_over = _placements(positive, negative)
        value = won_by.mean(axis=1)
        return value, won_by - value[:, None], won_over - value[:, None]
    line = cast(float, threshold)
    hit, right = (positive >= line).astype(np.float64), (negative < line).astype(np.float64)
    if merit == "sensitivity":
        right[:] = 0
    if merit == "specificity":
        hit[:] = 0
    mean_hit = hit.mean(axis=1) if hit.size else np.zeros(len(rating))
    mean_right = right.mean(axis=1) if right.size else np.zeros(len(rating))
    return mean_hit + mean_right - (merit == "youden"), hit - mean_hit[:, None], right - mean_right[:, None]


def _placements(positive: Float, negative: Float) -> tuple[Float, Float]:
    """Share of negatives below each positive, and of positives above each negative, ties by halves, from mid-ranks.

    Sun and Xu, IEEE Signal Processing Letters 2014: O(n log n) instead of all pairs.
    """
    from scipy.stats import rankdata

    m, n = positive.shape[1], negative.shape[1]
    together = rankdata(np.concatenate([positive, negative], axis=1), axis=1)
    below = (together[:, :m] - rankdata(positive, axis=1)) / n
    above = 1 - (together[:, m:] - rankdata(negative, axis=1)) / m
    return below, above
