"""`wetread explain`: a result of ours told to a human, from the object itself."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from wetread.cli.talk import printable, worst
from wetread.clinical.explain import explain
from wetread.errors import LimitError, NotAResultError, UnreadableError, UsageError

__all__ = ["run"]

_MOST_BYTES = 256 << 20  # no result is larger


def run(options: argparse.Namespace) -> int:
    """Tell each object; the exit status."""
    statuses = []
    for name in options.objects:
        try:
            told = explain(_bytes(Path(name)))
        except UnreadableError as error:
            print(f"wetread: {printable(name)}: {error}", file=sys.stderr)
            statuses.append(error.exit_status)
            continue
        print(f"{printable(name)}: {printable(told.what)}")
        print(f"  study {printable(told.study_uid) if told.study_uid else 'not named by the object'}")
        for line in told.lines:
            print(f"  {printable(line)}")
        if options.identity:
            for line in told.identity or ("the object names nobody",):
                print(f"  whose: {printable(line)}")
        elif told.identity:
            print("  Whose it is, the object says; it is shown with --identity.")
        statuses.append(0)
    return worst(statuses)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise NotAResultError("it is a folder: name the files in it")
        if path.stat().st_size > _MOST_BYTES:
            raise LimitError(f"it is larger than {_MOST_BYTES >> 20} MiB, as no result is: it is not opened")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no valid path"
        raise UsageError(f"{printable(str(path))} cannot be opened: {reason}") from error
