"""`wetread extract`: a DICOM archive becomes an image set with a manifest, under pseudonyms."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wetread.cli.talk import Progress, printable, worst
from wetread.errors import UnreadableError, WetreadError

if TYPE_CHECKING:
    from wetread.extract import Summary

__all__ = ["run"]

_REFUSED = 3


def run(options: argparse.Namespace) -> int:
    """Extract, and tell what became of the files; the exit status."""
    from wetread.extract import Options, extract

    wanted = Options(
        size=options.size,
        letterbox=options.letterbox,
        bits=options.bits,
        films=options.films,
        include_unstated=options.include_unstated,
        include_uncertain=options.include_uncertain,
        exact=options.exact,
    )
    progress = _Steps()
    try:
        summary = extract(
            Path(options.source), Path(options.out), wanted,
            key=Path(options.key) if options.key else None,
            source_map=options.source_map, workers=options.workers, step=progress,
        )  # fmt: skip
    finally:
        progress.clear()
    if summary.key_made:
        print(
            f"wetread: a key was made, {printable(str(summary.key))}: keep it apart from the pictures. Without it nothing "
            "can be added under the same pseudonyms; with it they can be undone.",
            file=sys.stderr,
        )
    print(json.dumps(summary.to_json()) if options.json else _told(summary))
    return _status(summary)


class _Steps:
    """Progress on standard error; what an earlier run had done is not counted into the time that is left."""

    def __init__(self) -> None:
        self._progress: Progress | None = None

    def __call__(self, done: int, total: int) -> None:
        if self._progress is None:
            self._progress = Progress(total - done + 1)
        self._progress.step()

    def clear(self) -> None:
        if self._progress is not None:
            self._progress.clear()


def _told(summary: Summary) -> str:
    counts = {
        "written": summary.written,
        "refused": summary.refused,
        "set aside (text may be burned in)": summary.set_aside,
        "not readable": summary.unreadable,
        "copies of another": summary.duplicates,
    }
    resumed = f" ({summary.resumed} of them by an earlier run)" if summary.resumed else ""
    lines = [
        f"{summary.files} files{resumed}: " + ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    ]
    lines.append(f"pictures of {summary.patients} patients; manifest: {printable(str(summary.manifest))}")
    return "\n".join(lines)


def _status(summary: Summary) -> int:
    return worst(
        [
            WetreadError.exit_status if summary.defects else 0,
            UnreadableError.exit_status if summary.unreadable else 0,
            _REFUSED if summary.refused or summary.set_aside else 0,
        ]
    )
