"""`wetread train`: a recipe and a collection become a run folder."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from wetread.cli.place import new_folder
from wetread.cli.talk import Progress as Films
from wetread.errors import DataError, UsageError

if TYPE_CHECKING:
    from wetread.training import TrainConfig
    from wetread.training.tune import Progress, TuneRecipe

__all__ = ["run"]

_EVERY = 1.0  # seconds between two lines of progress on a terminal
_LINE = 60.0  # and elsewhere


def run(options: argparse.Namespace) -> int:
    """Train, or look at what training would need; the exit status."""
    from wetread.training.small.recipe import is_small
    from wetread.training.tune import TuneRecipe, load_recipe

    if options.out is None and not options.dry_run:
        raise UsageError("--out RUN is needed: the folder that the run goes into")
    if options.workers is not None and options.workers < 1:
        raise UsageError(f"--workers {options.workers}: at least one process reads films")
    path, data = Path(options.config), Path(options.data)
    if not data.is_dir():
        raise UsageError(f"--data {data} is no folder: name the one that the recipe's paths start from")
    if is_small(path):
        return _committee(path, data, options)
    recipe = load_recipe(path)
    if not isinstance(recipe, TuneRecipe):
        return _simple(recipe, data, options)
    return _dry(recipe, data, options) if options.dry_run else _tune(recipe, data, options)


def _tune(recipe: TuneRecipe, data: Path, options: argparse.Namespace) -> int:
    from wetread.training.tune import Means, tune

    # What Lightning says of devices and tips is not what a person waits for; its import sets the level.
    for name in ("pytorch_lightning", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    steps, films = _Steps(), _Reading()
    means = Means(
        cache=Path(options.cache) if options.cache else None, device=options.device, workers=options.workers,
        reading=films,
    )  # fmt: skip

    def say(text: str) -> None:
        films.clear()
        steps.clear()
        print(f"wetread: {text}", file=sys.stderr, flush=True)

    try:
        found = tune(recipe, data, Path(options.out), say=say, progress=steps, resume=options.resume, means=means)
    finally:
        films.clear()
        steps.clear()
    print(found.folder)
    return 0


def _dry(recipe: TuneRecipe, data: Path, options: argparse.Namespace) -> int:
    from wetread.training.dry import dry_run
    from wetread.training.tune.run import work

    cache = Path(options.cache) if options.cache else Path(options.out or ".") / "cache"
    found = dry_run(
        recipe.data, data, recipe.input, cache, work(recipe, options.device), depth=recipe.fit.depth,
        workers=options.workers,
    )  # fmt: skip
    print(found)
    if found.problems:
        print(f"wetread: {len(found.problems)} of the things looked at would stop the run", file=sys.stderr)
        return DataError.exit_status
    return 0


def _simple(config: TrainConfig, data: Path, options: argparse.Namespace) -> int:
    """Tails and probes: cached features, fitted in minutes."""
    from wetread.training import load_films, train
    from wetread.training.run import development

    if options.dry_run:
        films = development(load_films(config.data, data))
        missing = sum(not path.is_file() for path in films.paths)
        print(
            f"{len(films):,} films that are not sealed, {len(set(films.patients)):,} patients; {missing:,} files missing"
        )
        return DataError.exit_status if missing else 0
    out = Path(options.out)
    if not options.resume:
        new_folder(out, "--resume goes on with a run; a new run needs a new folder")
    train(config, data, out, lambda text: print(f"wetread: {text}", file=sys.stderr, flush=True))
    print(out)
    return 0


def _committee(path: Path, data: Path, options: argparse.Namespace) -> int:
    """Networks of few pixels, fitted in minutes: each without a fold, and some without films that look different."""
    from wetread.training.small.films import load_small_films
    from wetread.training.small.recipe import load_small
    from wetread.training.small.run import train_small

    recipe = load_small(path)
    if options.dry_run:
        films = load_small_films(recipe.data, data)
        sides = ", ".join(f"{side} {int((films.sides == side).sum()):,}" for side in sorted(set(films.sides.tolist())))
        print(f"{len(films):,} films of {len(set(films.patients.tolist())):,} patients: {sides}")
        return 0
    out = Path(options.out)
    if not options.resume:
        new_folder(out, "--resume goes on with a run; a new run needs a new folder")
    train_small(recipe, data, out, lambda text: print(f"wetread: {text}", file=sys.stderr, flush=True))
    print(out)
    return 0


class _Steps:
    """How far the fits are and how long they take at most: one line that is rewritten, or one a minute in a file."""

    def __init__(self) -> None:
        self._begun: tuple[float, int] | None = None
        self._shown = 0.0
        self._terminal = sys.stderr is not None and sys.stderr.isatty()

    def __call__(self, at: Progress) -> None:
        now = time.monotonic()
        if self._begun is None:
            self._begun, self._shown = (now, at.done - 1), now
        if now - self._shown < (_EVERY if self._terminal else _LINE):
            return
        self._shown = now
        begun, before = self._begun
        left = (now - begun) / (at.done - before) * (at.total - at.done)
        step = at.step
        text = (
            f"{at.part}: pass {step.number} of at most {step.passes}, step {step.done:,} of {step.total:,}, "
            f"loss {step.loss:.3f}; at most {_duration(left)} left in all"
        )
        print(f"\r\033[K{text}" if self._terminal else f"wetread: {text}", end="" if self._terminal else "\n",
              file=sys.stderr, flush=True)  # fmt: skip

    def clear(self) -> None:
        """Take the line away before something else is printed."""
        if self._terminal and self._begun is not None:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


class _Reading:
    """How far the films are; those that an earlier run read are not counted into the time that is left."""

    def __init__(self) -> None:
        self._films: Films | None = None
        self._done = 0

    def __call__(self, done: int, total: int) -> None:
        if self._films is None:
            self._films, self._done = Films(total - done + 1), done - 1
        while self._done < done:
            self._films.step()
            self._done += 1

    def clear(self) -> None:
        """Take the line away."""
        if self._films is not None:
            self._films.clear()


def _duration(seconds: float) -> str:
    """A time as people say it.

    >>> _duration(40), _duration(400), _duration(40_000)
    ('40 s', '7 min', '11 h 7 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
