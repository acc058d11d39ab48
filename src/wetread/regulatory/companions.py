"""What lies in a run's folder beside the file that seals it: evidence of its own, each part with its own hash."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

from wetread.errors import DataError
from wetread.regulatory.artefact import Artefact, open_artefact

__all__ = ["companions"]

_BESIDE = (("history", "history.csv"), ("package", "package.json"))
_WHOLE = ("pass", "step", "best")


def companions(artefact: Artefact) -> tuple[Artefact, ...]:
    """The further evidence in a run's folder, for any other kind none.

    "NAME.history" is `history.csv` as a list with an object for each pass of each fit; "NAME.package" is `package.json`,
    which is there once a bundle was made of the run.

    Raises
    ------
    DataError
        If one of them is there and cannot be read.
    """
    if artefact.kind != "run" or not artefact.path.is_dir():
        return ()
    return tuple(
        _opened(artefact, kind, artefact.path / file) for kind, file in _BESIDE if (artefact.path / file).is_file()
    )


def _opened(run: Artefact, kind: str, path: Path) -> Artefact:
    opened = open_artefact(f"{run.name}.{kind}", kind, path, f"{run.place}/{path.name}")
    return replace(opened, data=_history(opened)) if kind == "history" else opened


def _history(artefact: Artefact) -> list[dict[str, Any]]:
    """Each pass of each fit; what is a number is one."""
    try:
        with artefact.path.open(newline="", encoding="utf-8") as file:
            return [{name: _read(name, value) for name, value in row.items()} for row in csv.DictReader(file)]
    except (ValueError, TypeError, OSError) as error:
        raise DataError(f"evidence {artefact.name}: {artefact.place} is no table of passes: {error}") from error


def _read(name: str, value: str) -> str | int | float:
    return value if name == "fit" else int(value) if name in _WHOLE else float(value)
