"""Where a report goes: a folder that is whole or not there, and never takes the place of anything but a report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from wetread.errors import UsageError

__all__ = ["replaceable", "write_folder"]


def replaceable(out: Path, ours: Sequence[str]) -> None:
    """See that a report can take this place.

    Parameters
    ----------
    out
        A new folder, or that of an earlier report.
    ours
        Names that a report of this kind has at its top.

    Raises
    ------
    UsageError
        If it is no folder, or holds anything else.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise UsageError(f"--out {out} is no folder: name a new one")
    alien = sorted({file.name for file in out.iterdir()} - set(ours)) if out.is_dir() else []
    if alien:
        raise UsageError(
            f"--out {out} holds {alien[0]}, which is no part of a report and would be lost: name a new folder"
        )


def write_folder(out: Path, make: Callable[[], Mapping[str, bytes]]) -> None:
    """Write files into a folder beside, which takes its name when everything is in it.

    Parameters
    ----------
    out
        A place that is `replaceable`.
    make
        Gives the files by their names, which may begin with a folder's.

    Raises
    ------
    UsageError
        If something cannot be written; then nothing is changed.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".wetread-report-", dir=out.parent) as scratch:
            made = Path(scratch, "report")
            for name, content in make().items():
                file = made / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            if out.exists():
                out.rename(Path(scratch, "earlier"))
            made.rename(out)
    except OSError as error:
        raise UsageError(f"the report cannot be written to {out}: {error.strerror}") from error
