"""Shortcuts: how well can a label be guessed from things that are not the disease?

A network is worth only what it adds to these. Each baseline is fitted and scored on the same patient-wise folds as the
network, so that the difference can be taken film by film.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetread.intervals.crossfit import require_folds

__all__ = ["CRUDE_NAMES", "crude_baseline", "crude_statistics"]

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
    require_folds(fold)
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
