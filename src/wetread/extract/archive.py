"""The files of an archive, in the order of their paths, and what each is called while its name must not be told."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from wetread.errors import UsageError
from wetread.extract.key import Key

__all__ = ["Entry", "entries"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: where it is, its path from the archive's root, and its mark in the journal.

    The mark is a keyed hash of that path, the size and the time of the last change: a file that changed is another
    one, and none of the three is told.
    """

    path: Path
    relative: bytes
    mark: str


def entries(source: Path, key: Key, *, without: Collection[Path]) -> list[Entry]:
    """Every file below the folder, at any depth, and every folder that cannot be entered, for its films would be missed.

    Hidden files, links to nowhere and linked folders, devices and pipes are left out, and what is or lies in `without`.

    Raises
    ------
    UsageError
        If there is none, or the source is no folder.
    """
    if not source.is_dir():
        raise UsageError(f"{source} is no folder: name the folder of the archive")
    barred = {path.resolve() for path in without}
    found = [_entry(path, source, key) for path in _below(source, barred)]
    if not found:
        raise UsageError(f"there are no files in {source}")
    return sorted(found, key=lambda entry: entry.relative)


def _below(folder: Path, barred: Collection[Path]) -> Iterator[Path]:
    closed: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        here = Path(place)
        folders[:] = [name for name in folders if (here / name).resolve() not in barred]
        for file in (here / name for name in names if not name.startswith(".")):
            with contextlib.suppress(OSError, RuntimeError):  # a link to itself, or gone since it was listed
                if file.is_file() and file.resolve() not in barred:
                    yield file
    yield from closed


def _entry(path: Path, root: Path, key: Key) -> Entry:
    relative = os.fsencode(path.relative_to(root))
    size = changed = 0
    with contextlib.suppress(OSError):
        known = path.stat()
        size, changed = known.st_size, known.st_mtime_ns
    return Entry(path, relative, key.name("entry", relative, str(size), str(changed)))
