"""What is done, written down as it is done: one line of JSON a film, so that a run can be killed at any point.

The first line holds what the set is made of. A line counts when its newline is there; a torn last one is dropped. The
last line of a mark wins.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Self

from wetread.errors import AlteredError, UsageError

__all__ = ["Journal"]

SCHEMA = "wetread.extract/1"
_BATCH = 64  # lines between two waits for the disk: what the machine loses with its power, never what a kill loses


class Journal:
    """The journal of one image set. Use it as a context. Rows stay on disk; their places are in memory.

    Parameters
    ----------
    path
        Its file; made where there is none.
    head
        What the set is made of: options, and keyed hashes of key and source.

    Raises
    ------
    UsageError
        If the journal was begun with another key, source or options, or cannot be written.
    AlteredError
        If a line that is not the last cannot be read.
    """

    def __init__(self, path: Path, head: dict[str, Any]) -> None:
        self._path = path
        self._places: dict[str, tuple[int, int]] = {}
        self._unsynced = 0
        try:
            self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)
        except OSError as error:
            raise UsageError(f"the journal {path} cannot be opened: {error.strerror}") from error
        try:
            self._end = 0  # where the next line goes
            self._read({"schema": SCHEMA, **head})
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def __contains__(self, mark: object) -> bool:
        return mark in self._places

    def __len__(self) -> int:
        return len(self._places)

    def row(self, mark: str) -> dict[str, Any]:
        """The last row of this mark; KeyError where there is none."""
        place, length = self._places[mark]
        self._file.seek(place)
        return self._parsed(self._file.read(length) or b"", f"the line at byte {place}")

    def append(self, row: dict[str, Any]) -> None:
        """Write a film's row, which has its `mark`."""
        self._places[row["mark"]] = self._write(row)
        self._unsynced += 1
        if self._unsynced >= _BATCH:
            os.fsync(self._file.fileno())
            self._unsynced = 0

    def _write(self, value: dict[str, Any]) -> tuple[int, int]:
        line = json.dumps(value, allow_nan=False, sort_keys=True).encode() + b"\n"
        self._file.seek(self._end)
        left = memoryview(line)
        while left:
            left = left[self._file.write(left) :]
        place, self._end = self._end, self._end + len(line)
        return place, len(line)

    def _read(self, head: dict[str, Any]) -> None:
        """Take in what is there, and cut off a torn last line."""
        with self._path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.endswith(b"\n"):
                    break
                value = self._parsed(line, f"line {number}", marked=number > 1)
                if number == 1:
                    _require_same(value, head, self._path.parent)
                else:
                    self._places[value["mark"]] = self._end, len(line)
                self._end += len(line)
        self._file.truncate(self._end)
        if not self._end:
            self._write(head)
            os.fsync(self._file.fileno())

    def _parsed(self, line: bytes, which: str, *, marked: bool = True) -> dict[str, Any]:
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict) or (marked and "mark" not in value):
            raise AlteredError(f"{self._path}: {which} is damaged: extract into a new folder")
        return value


def _require_same(found: dict[str, Any], head: dict[str, Any], out: Path) -> None:
    if found.get("schema") != head["schema"]:
        raise UsageError(f"{out} was made by another version of wetread: extract into a new folder")
    for what in ("key", "source"):
        if found.get(what) != head[what]:
            raise UsageError(f"{out} was begun with another {what}: name the same {what}, or extract into a new folder")
    begun, asked = found.get("options", {}), head["options"]
    other = sorted(name for name in {*begun, *asked} if begun.get(name) != asked.get(name))
    if other:
        told = ", ".join(f"{name} {begun.get(name)}, not {asked.get(name)}" for name in other)
        raise UsageError(f"{out} was begun with other options ({told}): use the same, or extract into a new folder")
