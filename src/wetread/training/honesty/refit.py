"""The control with exchanged labels for recipes that take minutes to fit: what is fitted is kept in the run folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.training.config import TrainConfig
from wetread.training.films import FilmSet
from wetread.training.honesty.shuffle import shuffle_control
from wetread.training.run import method_of

__all__ = ["fitted_on_exchanged"]

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Say = Callable[[str], None]


def fitted_on_exchanged(
    config: TrainConfig, films: FilmSet, fold: Ints, network: Float, folder: Path, runs: int, say: Say
) -> dict[str, Any]:
    """`shuffle_control` of a recipe of any method, as plain values; every fold is fitted anew for every exchange.

    Parameters
    ----------
    films, fold
        All development films; int64 (films,): the fold in which each was held out.
    network
        float64 (films,): the run's scores out of fold.
    folder
        Where what does not depend on labels, and what is fitted, is kept: that of the run.
    runs
        How often labels are exchanged.

    Raises
    ------
    DataError
        For no run, or where an exchange leaves one class.
    """
    places, fits = np.arange(len(films)), runs * config.fit.folds
    done = 0

    def score(labels: NDArray[np.float32]) -> Float:
        nonlocal done
        method = method_of(config, replace(films, labels=labels), folder, fold)
        found = np.full(len(films), np.nan)
        for held in range(config.fit.folds):
            outside = places[fold == held]
            found[outside] = method.score(places[fold != held], outside, config.fit.seed + held)[0][:, 0]
            done += 1
            say(f"{config.name}: labels exchanged, fit {done} of {fits} done")
        return found

    told = shuffle_control(score, films.labels, films.patients, network, runs=runs, seed=config.fit.seed)
    return asdict(told)
