"""Films of a training table one after the other, from their files or from MedMNIST's archive."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wetread.preprocess import InputSpec
from wetread.radiograph import Outcome, Radiograph, read_many
from wetread.training.table import TrainTable

__all__ = ["Film", "film_source"]


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A film on its way into the cache.

    Parameters
    ----------
    picture
        What was read: a film, or a bare picture float32 (rows, columns) in [0, 1]; None where it cannot be read.
    sha256, size, mtime_ns
        Hash, bytes and time of last change of its file.
    error
        Why there is no picture.
    """

    picture: Radiograph | NDArray[np.float32] | None
    sha256: str
    size: int = 0
    mtime_ns: int = 0
    error: str = ""


def film_source(table: TrainTable, places: NDArray[np.int64], spec: InputSpec, workers: int | None) -> Generator[Film]:
    """Films of these places, in their order, a few of them in memory at a time.

    Parameters
    ----------
    spec
        The frame that the films are to fill: large ones come halved as often as that frame allows.
    workers
        Processes; by default one for each processor.
    """
    if table.archive is not None:
        yield from _archived(table, places, table.archive)
        return
    paths = [path for place in places if (path := table.paths[place]) is not None]
    # Before they are read: a file that is changed meanwhile is then read again by the next call.
    stats = [_stat(path) for path in paths]
    with closing(_outcomes(paths, spec, workers)) as outcomes:
        for (size, changed), outcome in zip(stats, outcomes, strict=True):
            error = "" if outcome.film is not None else str(outcome.error or "its header forbids every use")
            yield Film(outcome.film, outcome.sha256, size, changed, error)


def _outcomes(paths: list[Path], spec: InputSpec, workers: int | None) -> Generator[Outcome]:
    if paths:  # no worker is started for nothing
        yield from read_many(paths, enough=(spec.height, spec.width), workers=workers)


def _stat(path: Path) -> tuple[int, int]:
    try:
        told = path.stat()
    except OSError:  # the door says what is wrong with it
        return 0, 0
    return told.st_size, told.st_mtime_ns


def _archived(table: TrainTable, places: NDArray[np.int64], archive: Path) -> Generator[Film]:
    """Films named by their set and place in it, such as "train/0"."""
    with archive.open("rb") as raw:
        sha256 = hashlib.file_digest(raw, "sha256").hexdigest()
        raw.seek(0)
        with np.load(raw, allow_pickle=False) as arrays:
            sides = {table.films[place].partition("/")[0] for place in places}
            pictures = {side: arrays[f"{side}_images"] for side in sides}
    for place in places:
        side, _, number = table.films[place].partition("/")
        grey = pictures[side][int(number)]
        yield Film(grey.astype(np.float32) / np.float32(255), sha256)
