"""What can be guessed of a run's films without looking at lungs, on the same folds, beside what its network reached."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wetread.cohort import crude_baseline, crude_statistics
from wetread.errors import DataError
from wetread.intervals import Interval, bootstrap_auroc, bootstrap_difference
from wetread.intervals.crossfit import folds
from wetread.preprocess import prepare_pixels
from wetread.training.config import TrainConfig
from wetread.training.films import load_films, pictures
from wetread.training.runfolder import RunFolder

__all__ = ["REAL", "Beside", "beside_crude"]

REAL = 32
"""Real films on which engines are compared, at most."""
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Beside:
    """A random forest on nine crude statistics of each film: its AUROC, and the network's minus it, on the same patients."""

    auroc: Interval
    difference: Interval


def beside_crude(found: RunFolder, data: Path) -> tuple[Beside, NDArray[np.float32]]:
    """The baseline on a run's films and folds, and up to `REAL` of the films as the network is fed: (n, 1, height, width).

    Raises
    ------
    DataError
        If a film of the run is not in the collection, or cannot be read.
    """
    paths = _paths(found, data)
    crude: list[NDArray[np.float64]] = []
    prepared: list[NDArray[np.float32]] = []
    step = max(1, len(paths) // REAL)
    for place, picture in enumerate(pictures(paths)):
        crude.append(crude_statistics(picture))
        if place % step == 0 and len(prepared) < REAL:
            prepared.append(prepare_pixels(picture, found.config.input))
    s, seed = found.scores, found.config.fit.seed
    fold = s.fold if np.unique(s.fold).size > 1 else folds(s.patients, s.labels.tolist(), count=_FOLDS, seed=seed)
    guessed = crude_baseline(np.array(crude), s.labels, fold, seed=seed)
    area = bootstrap_auroc(guessed, s.labels, s.patients, seed=seed)
    apart = bootstrap_difference(s.scores, guessed, s.labels, s.patients, seed=seed)
    return Beside(area, apart), np.stack(prepared)


def _paths(found: RunFolder, data: Path) -> list[Path]:
    if isinstance(found.config, TrainConfig):
        films = load_films(found.config.data, data)
        known: dict[str, Path | None] = dict(zip(films.names, films.paths, strict=True))
    else:
        from wetread.training.table import load_table

        table = load_table(found.config.data, data)
        known = dict(zip(table.films, table.paths, strict=True))
    paths = [known.get(name) for name in found.scores.films]
    if missing := sum(path is None for path in paths):
        raise DataError(
            f"{missing} of {len(paths)} films of the run are no files of their own below {data}: name the data folder of "
            "the run, or package without it"
        )
    return [path for path in paths if path is not None]
