"""What a cache of films remembers of each film: a line that is written after its pixels are safe."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Note", "Notes", "current"]


@dataclass(frozen=True, slots=True)
class Note:
    """One film.

    Parameters
    ----------
    row
        Its place in the cache.
    file_sha256, size, mtime_ns
        Hash, bytes and time of last change of its file when it was read; "" where it could not be opened.
    pixels_sha256
        Hash of the decoded picture with its shape; "" where there is none.
    content
        Top, left, height and width of the film in its frame.
    error
        Why it could not be read; "" where it could.
    """

    row: int
    file_sha256: str
    size: int
    mtime_ns: int
    pixels_sha256: str = ""
    content: tuple[int, int, int, int] = (0, 0, 0, 0)
    error: str = ""


class Notes:
    """The notes of one cache: a file of JSON lines that only grows; of two lines on one film the later counts."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, films: int) -> dict[int, Note]:
        """Notes by row. A last line that a killed process left torn is passed over, and so is one of another cache."""
        found: dict[int, Note] = {}
        if not self._path.exists():
            return found
        for line in self._path.read_text("utf-8", errors="replace").splitlines():
            try:
                plain = json.loads(line)
                note = Note(**{**plain, "content": tuple(plain["content"])})
            except (ValueError, TypeError, KeyError):
                continue
            if 0 <= note.row < films:
                found[note.row] = note
        return found

    def forget(self) -> None:
        """Begin anew."""
        self._path.unlink(missing_ok=True)

    def add(self, notes: Iterable[Note]) -> None:
        """Append notes in one write. It begins with a line break, so that a torn line before it stays by itself."""
        text = "".join(f"\n{json.dumps(asdict(note))}" for note in notes)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            written = os.write(descriptor, f"{text}\n".encode())
            if written < len(text.encode()) + 1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def current(note: Note, path: Path) -> bool:
    """Whether a film's file is still the one that was read.

    Size and time of last change are believed; where the time alone differs, as in a copied folder, the hash decides.
    """
    try:
        told = path.stat()
    except OSError:
        return False
    if told.st_size != note.size:
        return False
    if told.st_mtime_ns == note.mtime_ns:
        return True
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == note.file_sha256
