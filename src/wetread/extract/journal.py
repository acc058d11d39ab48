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
    """The journal of one image set. Use it as a context.

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
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        except OSError as error:
            raise UsageError(f"the journal {path} cannot be opened: {error.strerror}") from error
        try:
            self.rows = self._read({"schema": SCHEMA, **head})
        except BaseException:
            os.close(self._file)
            raise
        self._unsynced = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            os.fsync(self._file)
        finally:
            os.close(self._file)

    def append(self, row: dict[str, Any]) -> None:
        """Write a film's row, which has its `mark`."""
        self._write(row)
        self.rows[row["mark"]] = row
        self._unsynced += 1
        if self._unsynced >= _BATCH:
            os.fsync(self._file)
            self._unsynced = 0

    def _write(self, value: dict[str, Any]) -> None:
        left = memoryview(json.dumps(value, allow_nan=False, sort_keys=True).encode() + b"\n")
        while left:
            left = left[os.write(self._file, left) :]

    def _read(self, head: dict[str, Any]) -> dict[str, dict[str, Any]]:
        content = self._path.read_bytes()
        whole = content.rfind(b"\n") + 1
        lines = content[:whole].splitlines()
        os.ftruncate(self._file, whole)
        os.lseek(self._file, whole, os.SEEK_SET)
        if not lines:
            self._write(head)
            os.fsync(self._file)
            return {}
        parsed = [self._parsed(line, place) for place, line in enumerate(lines, 1)]
        _require_same(parsed[0], head, self._path.parent)
        return {row["mark"]: row for row in parsed[1:]}

    def _parsed(self, line: bytes, place: int) -> dict[str, Any]:
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict) or (place > 1 and "mark" not in value):
            raise AlteredError(f"{self._path}, line {place}, is damaged: extract into a new folder")
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
