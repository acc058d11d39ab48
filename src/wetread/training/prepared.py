"""Everything that stands before training: table, cache, copies, guard, in this order."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from wetread.errors import DataError
from wetread.preprocess import InputSpec
from wetread.training.cache import Cache, Say, open_cache
from wetread.training.copies import guard_pixels
from wetread.training.table import TrainTable, check_classes, load_table
from wetread.training.table_spec import TableSpec

__all__ = ["prepare_data"]

_UNREADABLE = "not readable"
_SHOWN = 5


def prepare_data(
    spec: TableSpec,
    data: Path,
    frame: InputSpec,
    folder: Path,
    *,
    depth: int = 8,
    workers: int | None = None,
    say: Say | None = None,
) -> tuple[TrainTable, Cache]:
    """Films ready to be trained on: their table, and their pixels in its order.

    Parameters
    ----------
    spec, data
        What to train on, and the folder that its paths start from.
    frame, folder, depth, workers, say
        As for `wetread.training.cache.open_cache`.

    Raises
    ------
    DataError
        If films cannot be read and the rule is to refuse them: after all were tried, so that each is named at once.
    LeakError
        If anything stands on two sides.
    """
    table = load_table(spec, data)
    cache = open_cache(table, frame, folder, depth=depth, workers=workers, say=say)
    if cache.unreadable:
        if spec.unreadable == "refuse":
            told = list(cache.unreadable.items())
            more = f"; and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
            shown = "; ".join(f"{film}: {why}" for film, why in told[:_SHOWN])
            raise DataError(
                f"{len(told)} of {len(table)} films cannot be read: {shown}{more}. Mend them, name them in exclude, or say "
                "unreadable = 'leave-out'"
            )
        table, cache = table.take(cache.good, _UNREADABLE), cache.of(np.flatnonzero(cache.good))
        check_classes(table)
    guarded = guard_pixels(table, cache.prints, spec, data)
    if len(guarded) < len(table):
        place = {film: number for number, film in enumerate(table.films)}
        cache = cache.of(np.array([place[film] for film in guarded.films], np.int64))
    return guarded, cache
