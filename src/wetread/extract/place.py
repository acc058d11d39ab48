"""The folder that an image set is made in: one run at a time, nothing foreign in it, pictures whole or not there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, Self

from wetread.errors import UsageError

__all__ = ["Place"]

JOURNAL = "journal.jsonl"
_OURS = {JOURNAL, ".lock", "images", "set_aside", "manifest.parquet", "extract.json"}
_PARTS = {".manifest.parquet.part", ".extract.json.part"}  # what a kill may leave
_END = b"IEND\xaeB`\x82"  # with which every whole PNG ends


class Place:
    """An image set's folder, held by this run until its context ends; the kernel lets go of it when the run is killed.

    Raises
    ------
    UsageError
        If it holds something else, another run holds it, or it cannot be written.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        try:
            out.mkdir(parents=True, exist_ok=True)
            names = {file.name for file in out.iterdir()}
            if alien := sorted(names - _OURS - _PARTS):
                raise UsageError(f"{out} holds {alien[0]}, which is no part of an image set: name a new folder")
            self._lock = os.open(out / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise UsageError(f"the image set cannot be written to {out}: {error.strerror}") from error
        try:
            _hold(self._lock)
        except OSError as error:
            os.close(self._lock)
            raise UsageError(f"another run is extracting into {out}: wait for it, or name a new folder") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._lock)

    @property
    def journal(self) -> Path:
        """Where the run writes down what is done."""
        return self.out / JOURNAL

    def picture(self, film_id: str) -> str:
        """A picture's place in the folder: in one of 256 folders, so that none grows without end."""
        return f"images/{film_id[:2]}/{film_id}.png"

    def keep(self, name: str, mark: str, content: bytes) -> None:
        """Write a picture under a name of its own, then give it its own; the same film twice at once is no harm."""
        path = self.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f".{mark}.part")
        scratch.write_bytes(content)
        scratch.replace(path)

    def has(self, row: dict[str, Any]) -> bool:
        """Whether a row's picture, if it has one, is there and whole: a lost power supply may have taken it."""
        if row.get("picture") is None:
            return True
        try:
            with (self.out / row["picture"]).open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(size - len(_END), 0))
                return bool(size == row["picture_bytes"]) and file.read() == _END
        except OSError:
            return False

    def sweep(self, kept: set[str]) -> None:
        """Remove half-written pictures, and pictures that no row of the manifest names."""
        images = self.out / "images"
        for file in list(images.rglob("*.p*")) if images.is_dir() else []:
            if file.relative_to(self.out).as_posix() not in kept:
                file.unlink(missing_ok=True)


def digest(content: bytes) -> str:
    """SHA-256 of what we wrote ourselves, in hex."""
    return hashlib.sha256(content).hexdigest()


def _hold(lock: int) -> None:
    try:
        import fcntl
    except ModuleNotFoundError:
        import msvcrt  # Windows

        msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        return
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
