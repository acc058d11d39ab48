"""A run's file that is whole or not there: what a stopped process leaves must not look finished."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `path`, which takes its name once it is written."""
    unfinished = path.with_name(f"unfinished-{path.name}")
    write(unfinished)
    unfinished.replace(path)
