"""Shortcuts: how well can a label be guessed from things that are not the disease?

A network is worth only what it adds to these. Each baseline is fitted and scored on the same patient-wise folds as the
network, so that the difference can be taken film by film.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError

__all__ = ["CRUDE_NAMES", "crude_baseline", "crude_statistics", "group_baseline"]

Float = NDArray[np.float64]

CRUDE_NAMES = (
    "mean",
    "standard deviation",
    "row gradient",
    "column gradient",
    "dark share",
    "bright share",
    "5th percentile",
    "median",
    "95th percentile",
)


def crude_statistics(pixels: NDArray[np.float32]) -> Float:
    """Nine numbers of a picture in [0, 1] that no reader would call findings: float64 (9,), in order of `CRUDE_NAMES`."""
    down, across = np.abs(np.diff(pixels, axis=0)).mean(), np.abs(np.diff(pixels, axis=1)).mean()
    percentiles = np.percentile(pixels, (5, 50, 95))
    return np.array(
        [pixels.mean(), pixels.std(), down, across, (pixels < 0.1).mean(), (pixels > 0.9).mean(), *percentiles],
        np.float64,
    )


def crude_baseline(
    statistics: Float, labels: NDArray[np.int64], fold: NDArray[np.int64], *, seed: int = 0, trees: int = 300
) -> Float:
    """Out-of-fold score of a random forest on crude statistics: float64 (n,).

    Parameters
    ----------
    statistics
        (n, 9) of `crude_statistics`.
    labels
        (n,) 0 or 1.
    fold
        (n,) the fold in which each film is scored; the other folds are fitted on. Where they hold one class only, every
        film of the fold gets that class as its score: there is nothing to learn.
    seed, trees
        Of the forest.

    Raises
    ------
    DataError
        With fewer than two folds.
    """
    _require_folds(fold)
    from sklearn.ensemble import RandomForestClassifier

    scores = np.full(len(labels), np.nan)
    for held in np.unique(fold):
        train, test = fold != held, fold == held
        if labels[train].min() == labels[train].max():
            scores[test] = labels[train].min()
            continue
        forest = RandomForestClassifier(trees, min_samples_leaf=5, class_weight="balanced", random_state=seed)
        scores[test] = forest.fit(statistics[train], labels[train]).predict_proba(statistics[test])[:, 1]
    return scores


def group_baseline(groups: Sequence[Any], labels: NDArray[np.int64], fold: NDArray[np.int64]) -> Float:
    """Out of fold, how far the share of positives in a film's group lies above that of all films: float64 (n,), -1 to 1.

    A group is a film's view, or whether its metadata are missing. One that the other folds do not hold gets 0. The share
    over all films is taken off because it differs from fold to fold, and against a fold's own: left in, a group that
    tells nothing would seem to tell the opposite.

    Raises
    ------
    DataError
        With fewer than two folds.
    """
    _require_folds(fold)
    _, place = np.unique(np.asarray([str(group) for group in groups]), return_inverse=True)
    count = int(place.max()) + 1
    scores = np.full(len(labels), np.nan)
    for held in np.unique(fold):
        train, test = fold != held, fold == held
        films = np.bincount(place[train], minlength=count)
        positive = np.bincount(place[train], weights=labels[train], minlength=count)
        above = positive / np.maximum(films, 1) - labels[train].mean()
        scores[test] = np.where(films > 0, above, 0.0)[place[test]]
    return scores


def _require_folds(fold: NDArray[np.int64]) -> None:
    if np.unique(fold).size < 2:
        raise DataError("a baseline out of fold needs at least 2 folds: one to score, and others to fit on")
