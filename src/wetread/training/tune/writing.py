"""Files of a run: whole or not there, whatever stops the process, and a full disk said as one."""

from __future__ import annotations

import contextlib
import errno
import io
import os
from pathlib import Path
from typing import Any

import torch

from wetread.errors import DataError, UsageError

__all__ = ["keep", "keep_tensors", "load_tensors"]

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def keep(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    It takes its name once its bytes are on the disk, so that neither a killed process nor a lost current leaves half of
    it; what stood there before stays until then.

    Raises
    ------
    UsageError
        If it cannot be written: saying so where the disk is full.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _settle(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        why = "no space is left" if error.errno in _FULL else str(error.strerror)
        raise UsageError(
            f"{path} ({len(content) / 1e6:,.1f} MB) cannot be written: {why}. What was saved before is whole: "
            "make room and go on with --resume"
        ) from error


def _settle(folder: Path) -> None:
    """See that the new name is on the disk too; not every file system can be asked."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def keep_tensors(path: Path, value: Any) -> None:
    """`keep` for a value that PyTorch writes."""
    content = io.BytesIO()
    torch.save(value, content)
    keep(path, content.getvalue())


def load_tensors(path: Path) -> Any:
    """What `keep_tensors` wrote; tensors and plain values only, nothing that could run.

    Raises
    ------
    DataError
        If the file is not whole.
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, AttributeError, ImportError) as error:
        raise DataError(
            f"{path} cannot be read ({type(error).__name__}): it was damaged after it was written. Delete it, and "
            "--resume makes it again"
        ) from error
    except Exception as error:
        if type(error).__name__ != "UnpicklingError":
            raise
        raise DataError(f"{path} is no file of a run: delete it, and --resume makes it again") from error
