"""The run folder: what it is about, what is done, and how another room reads it."""

from __future__ import annotations

import csv
import importlib.metadata
import io
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wetread import __version__
from wetread.errors import ConfigError, DataError, UsageError
from wetread.training.tune.judge import COLUMNS
from wetread.training.tune.recipe import TuneRecipe, load_recipe
from wetread.training.tune.writing import keep

__all__ = ["ABOUT", "FINAL", "Run", "claim", "environment", "note", "open_run", "write_history", "write_table"]

RECIPE, ABOUT, FINAL = "config.toml", "run.json", "final"
_LIBRARIES = ("torch", "pytorch-lightning", "numpy", "polars", "pydicom", "pillow")


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder.

    Parameters
    ----------
    folder
        Where it lies.
    recipe
        As the run was started with.
    about
        What `run.json` holds.
    """

    folder: Path
    recipe: TuneRecipe
    about: dict[str, Any]

    @property
    def is_finished(self) -> bool:
        """Whether every fit is done and every table written."""
        return bool(self.about.get("finished"))


def open_run(folder: Path) -> Run:
    """Read what a run folder is about.

    Raises
    ------
    DataError
        If it is none.
    ConfigError
        If its recipe is not of method "tune", or not understood.
    """
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{folder} is no run folder: its {ABOUT} cannot be read ({error})") from error
    recipe = load_recipe(folder / RECIPE)
    if not isinstance(recipe, TuneRecipe):
        raise ConfigError(f"{folder} holds a run of method {recipe.fit.method}, not of tune")
    return Run(folder, recipe, about)


def claim(recipe: TuneRecipe, out: Path, *, resume: bool) -> bool:
    """Take a folder for a run; whether a run is gone on with.

    Raises
    ------
    UsageError
        If it holds something else, a run that was not asked to be gone on with, or one of another recipe.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise UsageError(f"--out {out} is no folder: name a new one")
    held = sorted(path.name for path in out.iterdir() if not path.name.endswith(".part")) if out.is_dir() else []
    if not held:
        keep(out / RECIPE, recipe.text)
        return False
    if RECIPE not in held:
        raise UsageError(f"--out {out} holds {held[0]} and no run: name a new folder")
    if not resume:
        raise UsageError(f"--out {out} holds a run: --resume goes on with it; a new run needs a new folder")
    if (out / RECIPE).read_bytes() != recipe.text:
        raise UsageError(
            f"{out} was begun with another recipe: a run goes on with the recipe that it keeps in {RECIPE}, or a new run "
            "begins in a new folder"
        )
    return True


def note(out: Path, about: Mapping[str, Any]) -> None:
    """Write what the run is about, unless it is about something else than before.

    Raises
    ------
    DataError
        If films, labels, sides or pixels are not those that the run was begun with.
    """
    path = out / ABOUT
    if path.exists():
        before = json.loads(path.read_text("utf-8"))
        for name, what in (
            ("table_sha256", "films, labels or sides"),
            ("cache_sha256", "pixels (files, grayscale or preprocessing)"),
            ("starting_sha256", "starting weights"),
        ):
            if before.get(name) != about[name]:
                raise DataError(f"{out} was begun on other {what}: put them back, or begin a new run in a new folder")
        about = {**before, **about}
    keep(path, (json.dumps(about, indent=1, ensure_ascii=False) + "\n").encode())


def environment(device: str) -> dict[str, Any]:
    """What the run ran on: software, and the kind of machine; not whose it is."""
    import torch

    return {
        "wetread": __version__,
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in _LIBRARIES},
        "system": f"{platform.system()} {platform.machine()}",
        "device": device,
        "threads": torch.get_num_threads(),
    }


def write_table(path: Path, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A CSV file, whole or not at all."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(head)
    table.writerows(rows)
    keep(path, text.getvalue().encode())


def write_history(out: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """`history.csv`: a row for each pass of each fit."""
    told = [[_told({**row, "fit": name}[column]) for column in COLUMNS] for name, each in rows.items() for row in each]
    write_table(out / "history.csv", COLUMNS, told)


def _told(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else f"{value:.9g}" if isinstance(value, float) else value
