"""Everything that can be known before hours are spent: films, labels, leaks, disk, memory, and how long it will take."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

from wetread.errors import WetreadError
from wetread.network.base import Network
from wetread.preprocess import InputSpec
from wetread.training.batches import loss
from wetread.training.cache import cache_bytes, cached, open_cache, room_for
from wetread.training.cache_source import film_source
from wetread.training.copies import guard_pixels
from wetread.training.table import TrainTable, load_table
from wetread.training.table_spec import TableSpec
from wetread.training.tune.memory import available, room_for_batch

__all__ = ["DryRun", "Work", "dry_run"]

_WARMING = 4  # films that are read before the clock starts: worker processes take a second to come
_SHOWN = 5
_FEW, _STEPS = 8, 3  # films of a step that is timed on a processor, and how many are
_SCORING = 0.35  # of a training step's time: forward alone


@dataclass(frozen=True, eq=False)
class Work:
    """What a run will do.

    Parameters
    ----------
    network
        The network with its layers frozen as they will be.
    batch, epochs, fits
        Films a step, passes over the training films at most, and how many networks are fitted in all.
    device
        Where.
    """

    network: Network
    batch: int
    epochs: int
    fits: int
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))


@dataclass(frozen=True, eq=False)
class DryRun:
    """What was looked at and found.

    Parameters
    ----------
    problems
        What stops the run, each in a sentence; empty if nothing does.
    sides, left_out, notes
        Films, patients and labels by side; films left out, by reason; what a person should know.
    films, cached
        How many films there are, and how many of them are in the cache already.
    tried
        Films that were read to see whether they can be.
    guarded
        What the leak guard compared: "patients and files", or also "pixels".
    cache_bytes, free_bytes
        What the cache still takes of the disk, and what is free.
    step_bytes, memory_bytes
        What a step takes about, and what is free; None where it is not known.
    reading_seconds, training_seconds
        How long the cache and the fits will take, about, on this machine as busy as it is now.
    """

    problems: tuple[str, ...] = ()
    sides: dict[str, Any] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    films: int = 0
    cached: int = 0
    tried: int = 0
    guarded: str = "nothing"
    cache_bytes: int = 0
    free_bytes: int = 0
    step_bytes: int | None = None
    memory_bytes: int | None = None
    reading_seconds: float | None = None
    training_seconds: float | None = None

    def __str__(self) -> str:
        """A line for each thing that was looked at, the problems last."""
        lines = [f"note: {note}" for note in self.notes]
        lines += [f"left out: {count:,} films, {why}" for why, count in self.left_out.items()]
        for side, told in self.sides.items():
            lines.append(f"{side}: {told['films']:,} films of {told['patients']:,} patients")
            lines += [
                f"    {name}: {of['positive']:,} positive, {of['negative']:,} negative"
                + (f", {of['unsaid']:,} without a label" if of["unsaid"] else "")
                for name, of in told["labels"].items()
            ]
        if self.sides:
            lines.append(f"leak guard: passed on {self.guarded}")
            lines.append(f"films: {self.tried:,} tried, {self.cached:,} of {self.films:,} in the cache")
            lines.append(f"disk: {_size(self.cache_bytes)} needed, {_size(self.free_bytes)} free")
        if self.step_bytes is not None:
            room = "" if self.memory_bytes is None else f", {_size(self.memory_bytes)} free"
            lines.append(f"memory: {_size(self.step_bytes)} a step{room}")
        if self.reading_seconds is not None and self.training_seconds is not None:
            lines.append(
                f"time: about {_duration(self.reading_seconds)} to read films, at most {_duration(self.training_seconds)} "
                "to train"
            )
        return "\n".join([*lines, *(f"PROBLEM: {problem}" for problem in self.problems)])


def dry_run(
    spec: TableSpec, data: Path, frame: InputSpec, folder: Path, work: Callable[[TrainTable], Work],
    *, depth: int = 8, workers: int | None = None, sample: int = 48,
) -> DryRun:  # fmt: skip
    """Look at everything that a run needs and begin nothing.

    Parameters
    ----------
    spec, data, frame, folder, depth, workers
        As for `wetread.training.prepared.prepare_data`; nothing is written into `folder`.
    work
        Makes the network and says what is done with it, once the table is known.
    sample
        How many films are read, drawn by a fixed seed. The others are seen to be there and not empty.

    Returns
    -------
    Every problem at once, as far as one does not hide another: without a table there is nothing else to look at.
    """
    try:
        table = load_table(spec, data)
    except WetreadError as error:
        return DryRun(problems=(str(error),))
    problems: list[str] = []
    told: dict[str, Any] = {
        "sides": table.counts(), "left_out": table.left_out, "notes": table.notes, "films": len(table),
        "guarded": "patients and files",
    }  # fmt: skip
    told |= _disk(table, frame, folder, depth, problems)
    _files(table, problems)
    if told["cached"] == len(table):
        _guarded(table, spec, data, frame, folder, depth, told, problems)
    told |= _reading(table, frame, workers, sample, len(table) - told["cached"], spec.unreadable, problems)
    told |= _training(table, frame, work, problems)
    return DryRun(problems=tuple(problems), **told)


def _disk(table: TrainTable, frame: InputSpec, folder: Path, depth: int, problems: list[str]) -> dict[str, int]:
    done = cached(table, frame, folder, depth=depth)
    place = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    # Room for a cache that was begun has been taken already.
    needed = 0 if done is not None else cache_bytes(len(table), frame, depth)
    try:
        room_for(folder, needed, f"the cache of {len(table):,} films")
    except WetreadError as error:
        problems.append(str(error))
    return {"cached": done or 0, "cache_bytes": needed, "free_bytes": shutil.disk_usage(place).free}


def _files(table: TrainTable, problems: list[str]) -> None:
    empty = [
        film
        for film, path in zip(table.films, table.paths, strict=True)
        if path is not None and (not path.is_file() or path.stat().st_size == 0)
    ]
    if empty:
        problems.append(f"{len(empty)} films are not there or empty, such as {', '.join(empty[:_SHOWN])}")


def _guarded(
    table: TrainTable, spec: TableSpec, data: Path, frame: InputSpec, folder: Path, depth: int,
    told: dict[str, Any], problems: list[str],
) -> None:  # fmt: skip
    try:
        found = open_cache(table, frame, folder, depth=depth)
        good = np.flatnonzero(found.good)
        guarded = guard_pixels(table.take(good, "not readable"), found.of(good).prints, spec, data)
    except WetreadError as error:
        problems.append(str(error))
        return
    told |= {"guarded": "patients, files and pixels", "sides": guarded.counts(), "left_out": guarded.left_out}


def _reading(
    table: TrainTable, frame: InputSpec, workers: int | None, sample: int, left: int, rule: str,
    problems: list[str],
) -> dict[str, Any]:  # fmt: skip
    """Read some films: can they be, and how long does one take?"""
    some = np.sort(np.random.default_rng(0).permutation(len(table))[: sample + _WARMING])
    bad: list[str] = []
    began, timed = time.perf_counter(), 0
    with closing(film_source(table, some, frame, workers)) as source:
        for number, (place, film) in enumerate(zip(some.tolist(), source, strict=True)):
            if film.picture is None:
                bad.append(f"{table.films[place]}: {film.error}")
            if number + 1 == min(_WARMING, len(some) - 1):
                began, timed = time.perf_counter(), 0
            else:
                timed += 1
    each = (time.perf_counter() - began) / max(1, timed)
    if bad and rule == "refuse":
        problems.append(
            f"{len(bad)} of {len(some)} films that were tried cannot be read: {'; '.join(bad[:_SHOWN])}. Mend them, name "
            "them in exclude, or say unreadable = 'leave-out'"
        )
    return {"tried": len(some), "reading_seconds": each * left}


def _training(
    table: TrainTable, frame: InputSpec, work: Callable[[TrainTable], Work], problems: list[str]
) -> dict[str, Any]:
    """Ask for room, and take some steps by the clock."""
    try:
        plan = work(table)
        plan.network.to(plan.device)
        # Trying a network moves the running means of its normalisation layers.
        state = {name: value.clone() for name, value in plan.network.state_dict().items()}
        with torch.random.fork_rng():
            room = room_for_batch(plan.network, plan.batch, frame.height, frame.width, device=plan.device)
            seconds = _step(plan, len(table.outputs), frame)
        plan.network.load_state_dict(state)
    except WetreadError as error:
        problems.append(str(error))
        return {}
    fitted = int((table.sides != "test").sum())
    steps = plan.fits * (plan.epochs * fitted / plan.batch) * (1 + _SCORING * float((table.sides == "tune").mean()))
    return {"step_bytes": room, "memory_bytes": available(plan.device), "training_seconds": steps * seconds}


def _step(plan: Work, outputs: int, frame: InputSpec) -> float:
    """Seconds of a step, about: the median of three after one that warms up."""
    # A processor's time grows with the films; an accelerator is filled by a whole batch only.
    films = min(plan.batch, _FEW) if plan.device.type == "cpu" else plan.batch
    images = torch.full((films, 1, frame.height, frame.width), 0.5, device=plan.device)
    labels = torch.zeros(films, outputs, device=plan.device)
    seconds = []
    for _ in range(1 + _STEPS):
        began = time.perf_counter()
        logits, _ = plan.network(images)
        torch.autograd.backward(loss(logits, labels, torch.ones_like(labels)))
        if plan.device.type == "cuda":
            torch.cuda.synchronize(plan.device)
        seconds.append(time.perf_counter() - began)
    plan.network.zero_grad(set_to_none=True)
    return median(seconds[1:]) * plan.batch / films


def _size(count: int) -> str:
    return f"{count / 1e9:,.2f} GB" if count >= 1e8 else f"{count / 1e6:,.1f} MB"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
