"""Films at training size, decoded once: a memory-mapped file that every later epoch, fold and run reads from.

Each film is read through the same door and prepared by the same function as in the clinic (`wetread.preprocess`), and
rounded to 8 or 16 bits. What is in the cache is known by the grayscale contract, the preprocessing and the hashes of the
films' files; a film whose file has changed is read anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError
from wetread.preprocess import InputSpec
from wetread.radiograph.contract import contract_sha256
from wetread.training.cache_notes import Note, current
from wetread.training.cache_store import DEPTHS, Store, cache_bytes, room_for
from wetread.training.table import TrainTable
from wetread.truth.fingerprints import Prints

__all__ = ["Cache", "cache_bytes", "cached", "open_cache", "room_for"]

_TOO_MANY = 0.05
"""Share of unreadable films above which the folder or the software is wrong rather than a few films."""

Say = Callable[[int, int], None]
"""Told how many films are done, of how many."""


@dataclass(frozen=True, eq=False)
class Cache:
    """Films as a network sees them; a film's place is that in its table.

    Parameters
    ----------
    pixels
        uint8 or uint16 (rows, height, width), mapped from its file: grey levels of [0, 1] times 255 or 65,535. Black
        beside the film, and throughout for a film that cannot be read. Use `raw` or `take`: rows are not places.
    rows
        int64 (films,): the row of each film.
    content
        int16 (films, 4): top, left, height and width of each film in its frame.
    unreadable
        Films that could not be read, with the reason.
    good
        bool (films,): the film could be read.
    prints
        Fingerprints for the leak guard.
    sha256
        Hash of the grayscale contract, the preprocessing, the depth and the films' files: equal hashes, equal pixels.
    """

    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    rows: NDArray[np.int64]
    content: NDArray[np.int16]
    good: NDArray[np.bool_]
    unreadable: Mapping[str, str]
    prints: Prints
    sha256: str

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def top(self) -> int:
        """The value that stands for a grey level of 1."""
        return int(np.iinfo(self.pixels.dtype).max)

    def raw(self, places: NDArray[np.int64]) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """Pixels of some films as they are kept: uint8 or uint16 (n, height, width)."""
        return self.pixels[self.rows[places]]

    def take(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """Network input of some films: float32 (n, 1, height, width) in [0, 1]."""
        return self.raw(places)[:, None].astype(np.float32) / np.float32(self.top)

    def of(self, places: NDArray[np.int64]) -> Cache:
        """The cache of a table from which films were taken away: only these, in this order."""
        pixels, files = (
            tuple(told[place] for place in places) for told in (self.prints.pixels_sha256, self.prints.file_sha256)
        )
        return replace(
            self,
            rows=self.rows[places],
            content=self.content[places],
            good=self.good[places],
            prints=Prints(self.prints.thumbnails[places], pixels, files),
        )


def open_cache(
    table: TrainTable,
    spec: InputSpec,
    folder: Path,
    *,
    depth: int = 8,
    workers: int | None = None,
    say: Say | None = None,
) -> Cache:
    """The cache of a table's films, made or completed where it must be.

    A killed process loses the last films only; the next call goes on.

    Parameters
    ----------
    spec
        The network's frame and stretch.
    folder
        Holds any number of caches, each in a folder named after what it depends on.
    depth
        Bits a pixel: 8 keeps grey levels to 1/510, 16 to 1/131,070.
    workers
        Processes that decode; by default one for each processor.
    say
        Told how far it is.

    Raises
    ------
    DataError
        If the disk has no room, before or while it is written; if more than 5 % of the films cannot be read.
    ConfigError
        If the depth is neither 8 nor 16.
    """
    if depth not in DEPTHS:
        raise ConfigError(f"a cache keeps 8 or 16 bits a pixel, not {depth}")
    store = Store(folder / _key(table, spec, depth), len(table), spec, depth)
    try:
        notes = store.begin()
        done = _still(table, notes)
        todo = np.array([place for place in range(len(table)) if place not in done], np.int64)
        for count in store.fill(table, todo, workers):
            if say is not None:
                say(len(done) + count, len(table))
    except OSError as error:
        raise DataError(
            f"the cache in {folder} cannot be written ({error.strerror}): what is done is kept; make room or choose "
            "another folder, and run it again"
        ) from error
    found = _opened(store, table, spec, depth)
    if len(found.unreadable) > _TOO_MANY * len(table):
        told = "; ".join(f"{film}: {why}" for film, why in list(found.unreadable.items())[:3])
        raise DataError(f"{len(found.unreadable)} of {len(table)} films cannot be read, more than a few: {told}")
    return found


def cached(table: TrainTable, spec: InputSpec, folder: Path, *, depth: int = 8) -> int | None:
    """How many of the table's films are in the cache as they are now; None where it was not begun."""
    store = Store(folder / _key(table, spec, depth), len(table), spec, depth)
    return len(_still(table, store.notes.read(len(table)))) if store.begun else None


def _key(table: TrainTable, spec: InputSpec, depth: int) -> str:
    parts = [contract_sha256(), spec.sha256(), depth, table.collection, table.films]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


def _still(table: TrainTable, notes: Mapping[int, Note]) -> set[int]:
    """Places whose film was read from the file that is there now."""
    if table.archive is not None:
        sha256 = _digest(table.archive)
        return {place for place, note in notes.items() if note.file_sha256 == sha256}
    return {place for place, note in notes.items() if (path := table.paths[place]) is not None and current(note, path)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _opened(store: Store, table: TrainTable, spec: InputSpec, depth: int) -> Cache:
    """Map what is there; every film has a note."""
    notes = [note for _, note in sorted(store.notes.read(len(table)).items())]
    # Films of one archive have no file of their own that could be anybody's copy.
    files = tuple(note.file_sha256 if table.archive is None and not note.error else "" for note in notes)
    told = [contract_sha256(), spec.sha256(), depth, table.films, [[note.file_sha256, note.error] for note in notes]]
    return Cache(
        pixels=store.mapped(),
        rows=np.arange(len(table)),
        content=np.array([note.content for note in notes], np.int16).reshape(-1, 4),
        good=np.array([not note.error for note in notes], bool),
        unreadable={table.films[note.row]: note.error for note in notes if note.error},
        prints=Prints(store.thumbnails(), tuple(note.pixels_sha256 for note in notes), files),
        sha256=hashlib.sha256(json.dumps(told).encode()).hexdigest(),
    )
