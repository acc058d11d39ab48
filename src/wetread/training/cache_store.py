"""The files of a cache of films: room taken at once, pixels first, and then a note that they are there.

Pixels are written, never mapped for writing: on a mapped file a full disk would be a signal that kills the process.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.preprocess import InputSpec, placement, prepare, prepare_pixels
from wetread.radiograph import Radiograph
from wetread.radiograph.many import cores
from wetread.training.cache_notes import Note, Notes
from wetread.training.cache_source import Film, film_source
from wetread.training.table import TrainTable
from wetread.truth.fingerprints import SIZE, fingerprint

__all__ = ["DEPTHS", "Store", "cache_bytes", "room_for"]

DEPTHS: dict[int, np.dtype[Any]] = {8: np.dtype(np.uint8), 16: np.dtype("<u2")}
"""Bits a pixel, and how they are kept."""

_RESERVE = 64 << 20
"""Bytes that stay free on the disk."""

_AT_ONCE = 64
"""Films between two writes: what a killed process has to do again."""


def cache_bytes(films: int, spec: InputSpec, depth: int = 8) -> int:
    """Bytes that a cache of so many films takes on the disk, with their fingerprints."""
    return films * (spec.height * spec.width * DEPTHS[depth].itemsize + SIZE * SIZE + 512)


def room_for(folder: Path, needed: int, what: str) -> None:
    """Refuse to begin what will not fit.

    Parameters
    ----------
    folder
        Where it is to go; it need not be there yet.
    needed
        Bytes.
    what
        For the message: "the cache of 5,232 films".

    Raises
    ------
    DataError
        Saying what is needed and what is there.
    """
    place = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    free = shutil.disk_usage(place).free
    if free < needed + _RESERVE:
        raise DataError(
            f"{what} takes {_size(needed)} and {folder} has room for {_size(max(0, free - _RESERVE))}: make room, choose "
            "another folder, or a smaller frame"
        )


def _size(count: int) -> str:
    return f"{count / 1e9:,.2f} GB" if count >= 1e8 else f"{count / 1e6:,.1f} MB"


class Store:
    """The files of one cache.

    Parameters
    ----------
    folder
        Of this cache alone.
    films, spec, depth
        How many films there will be, their frame, and bits a pixel.
    """

    def __init__(self, folder: Path, films: int, spec: InputSpec, depth: int) -> None:
        self._folder, self._films, self._spec, self._depth = folder, films, spec, depth
        self._type = DEPTHS[depth]
        self.notes = Notes(folder / "films.jsonl")

    def begin(self) -> dict[int, Note]:
        """Make room, or find what an earlier call left."""
        if not self.begun:
            sizes = {"pixels": self._frame * self._type.itemsize, "thumbnails": SIZE * SIZE}
            room_for(
                self._folder, cache_bytes(self._films, self._spec, self._depth), f"the cache of {self._films:,} films"
            )
            self._folder.mkdir(parents=True, exist_ok=True)
            self.notes.forget()  # of pixels that are gone
            for name, size in sizes.items():
                part = self._folder / f"{name}.part"
                _reserve(part, size * self._films)
                part.replace(self._path(name))
            return {}
        return self.notes.read(self._films)

    @property
    def begun(self) -> bool:
        """Whether room has been taken for all films."""
        return all(self._path(name).is_file() for name in ("pixels", "thumbnails"))

    @property
    def _frame(self) -> int:
        return self._spec.height * self._spec.width

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.bin"

    def fill(self, table: TrainTable, todo: NDArray[np.int64], workers: int | None) -> Iterator[int]:
        """Read films and write them, some at a time; yields how many are done."""
        if not len(todo):
            return
        count = 0
        with (
            self._path("pixels").open("rb+", buffering=0) as pixels,
            self._path("thumbnails").open("rb+", buffering=0) as small,
            ThreadPoolExecutor(cores()) as threads,
            closing(film_source(table, todo, self._spec, workers)) as source,
        ):
            numbered = zip(todo.tolist(), source, strict=True)
            while batch := list(islice(numbered, _AT_ONCE)):
                ready = list(threads.map(lambda one: self._made(*one), batch))
                for note, picture, thumbnail in ready:
                    if picture is not None and thumbnail is not None:
                        _write(pixels.fileno(), picture.tobytes(), note.row)
                        _write(small.fileno(), thumbnail.tobytes(), note.row)
                os.fsync(pixels.fileno())
                os.fsync(small.fileno())
                self.notes.add(note for note, _, _ in ready)
                count += len(batch)
                yield count

    def _made(self, row: int, film: Film) -> tuple[Note, NDArray[Any] | None, NDArray[np.uint8] | None]:
        """A film's note, its pixels as they are kept, and its small picture."""
        note = Note(row, film.sha256, film.size, film.mtime_ns, error=film.error)
        picture = film.picture
        if picture is None:
            return note, None, None
        if isinstance(picture, Radiograph):
            plain, ready, (rows, columns) = picture.pixels, prepare(picture, self._spec), picture.shape
        else:
            plain, ready, (rows, columns) = picture, prepare_pixels(picture, self._spec), picture.shape
        small, pixels_sha256 = fingerprint(plain)
        top = np.float32((1 << self._depth) - 1)
        note = replace(note, pixels_sha256=pixels_sha256, content=placement(rows, columns, self._spec))
        return note, np.rint(ready[0] * top).astype(self._type), small

    def mapped(self) -> NDArray[Any]:
        """Pixels, uint8 or uint16 (films, height, width), mapped for reading."""
        shape = (self._films, self._spec.height, self._spec.width)
        return np.memmap(self._path("pixels"), dtype=self._type, mode="r", shape=shape)

    def thumbnails(self) -> NDArray[np.uint8]:
        """Small pictures, uint8 (films, 64, 64)."""
        return np.fromfile(self._path("thumbnails"), np.uint8).reshape(-1, SIZE, SIZE)


def _reserve(path: Path, size: int) -> None:
    """A file of this size whose room is taken at once, so that a disk cannot become full of it later."""
    with path.open("wb") as file:
        if size and hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.truncate(size)


def _write(descriptor: int, content: bytes, row: int) -> None:
    start, view = row * len(content), memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, start)
        start, view = start + written, view[written:]
