"""The threshold of a release, by the rule of its recipe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetread.evaluation import Scored, choose_threshold
from wetread.evaluation.calls.rule import Rule
from wetread.evaluation.calls.threshold import ChosenThreshold, tune
from wetread.training.config import TrainConfig
from wetread.training.films import FilmSet

__all__ = ["released_threshold"]


def released_threshold(config: TrainConfig, films: FilmSet, scores: NDArray[np.float64]) -> ChosenThreshold:
    """The threshold on out-of-fold scores in [0, 1] of these films: Youden's, or the one that keeps the recipe's share.

    Raises
    ------
    DataError
        With one class only, or so few patients that many resamples hold one class only.
    """
    labels, seed = films.labels[:, 0].astype(np.int64), config.fit.seed
    if not config.fit.sensitivity:
        return choose_threshold(scores, labels, films.patients, seed=seed)
    scored = Scored(
        np.array(films.names), np.array(films.patients), labels == 1, scores, probability=True, name="development films"
    )
    found = tune(scored, Rule("sensitivity", target=config.fit.sensitivity), seed=seed)
    return ChosenThreshold(
        found.threshold,
        f"{found.rule}, on out-of-fold scores of the development films; what room is left goes to specificity, which "
        "films that look different lose first",
        (found.interval.low, found.interval.high),
        found.sensitivity,
        found.specificity,
    )
