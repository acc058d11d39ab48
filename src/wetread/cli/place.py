"""Where results go: a file or a folder that is whole or not there, and never takes the place of what is not its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from wetread.errors import UsageError

__all__ = ["new_folder", "replaceable", "write_file", "write_folder"]


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


def new_folder(out: Path, why: str) -> None:
    """See that nothing stands in this place yet.

    Parameters
    ----------
    out
        A folder that is not there, or is empty.
    why
        What would be wrong with another one, for the message.

    Raises
    ------
    UsageError
        If it is no folder, or holds anything.
    """
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise UsageError(f"--out {out} is not a new folder: {why}")


def write_file(path: Path, text: str) -> None:
    """Write a whole file or none.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def write_folder(out: Path, make: Callable[[], Mapping[str, bytes]]) -> None:
    """Write files into a folder beside, which takes its name when everything is in it.

    Parameters
    ----------
    out
        A place that is `replaceable`, or a `new_folder`.
    make
        Gives the files by their names, which may begin with a folder's.

    Raises
    ------
    UsageError
        If something cannot be written; then nothing is changed.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".wetread-", dir=out.parent) as scratch:
            made = Path(scratch, "made")
            for name, content in make().items():
                file = made / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            if out.exists():
                out.rename(Path(scratch, "earlier"))
            made.rename(out)
    except OSError as error:
        raise UsageError(f"--out {out} cannot be written: {error.strerror}") from error
