"""A run from recipe to page: checked, cross-validated, fitted, scored, drawn; each step kept, nothing done twice."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.network.base import Network
from wetread.training.augmented import augmented_picture
from wetread.training.batches import Batches, BatchSpec
from wetread.training.cache import Cache, room_for
from wetread.training.dry import Work
from wetread.training.prepared import prepare_data
from wetread.training.table import TrainTable
from wetread.training.tune.division import Part, divide, pseudonyms
from wetread.training.tune.events import write_events
from wetread.training.tune.fitting import Listener, Step, fit
from wetread.training.tune.folder import Run, claim, environment, note, open_run, write_history, write_table
from wetread.training.tune.judge import judged
from wetread.training.tune.memory import fixed_bytes, room_for_batch
from wetread.training.tune.module import predicted
from wetread.training.tune.recipe import TuneRecipe
from wetread.training.tune.writing import keep, keep_tensors, load_tensors

__all__ = ["Means", "Progress", "tune", "work"]

Say = Callable[[str], None]

_AUGMENTED = 3  # films of which changed copies are shown


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Parameters
    ----------
    part
        Name of the fit.
    done, total
        Steps of the whole run, the total as if no fit ended early.
    step
        Of this fit.
    """

    part: str
    done: int
    total: int
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """With what a run is done: nothing here changes what it is about.

    Parameters
    ----------
    cache
        Where prepared films are kept; by default in the run folder. Runs of one collection may share it.
    device
        "auto", "cpu" or "cuda".
    workers
        Processes that decode films; by default one for each processor.
    reading
        Told how many films are prepared, of how many.
    """

    cache: Path | None = None
    device: str = "auto"
    workers: int | None = None
    reading: Callable[[int, int], None] | None = None


def tune(
    recipe: TuneRecipe,
    data: Path,
    out: Path,
    *,
    say: Say,
    progress: Callable[[Progress], None] = lambda _: None,
    resume: bool = False,
    means: Means = Means(),
) -> Run:
    """Train by a recipe; the finished run.

    Parameters
    ----------
    recipe, data
        What to do, and the folder that its paths start from.
    out
        The run folder: new, or with `resume` that of a run that was stopped anywhere.
    say, progress
        Told in sentences what happens, and each step.
    means
        With what.

    Raises
    ------
    UsageError
        If the folder is taken, or cannot be written.
    ConfigError
        If a batch does not fit into memory, or there are no weights to start from.
    DataError
        If films or labels cannot be used as they are.
    LeakError
        If anything stands on two sides.
    """
    began = claim(recipe, out, resume=resume)
    place = _device(means.device)
    table, films = prepare_data(
        recipe.data,
        data,
        recipe.input,
        means.cache or out / "cache",
        depth=recipe.fit.depth,
        workers=means.workers,
        say=means.reading,
    )
    parts = divide(table, recipe.fit)
    network, plan = recipe.started(len(table.outputs), recipe.fit.seed)
    needed = room_for_batch(network, recipe.fit.batch, recipe.input.height, recipe.input.width, device=place)
    room_for(out, _run_bytes(network, len(parts)), f"the run folder of {len(parts)} fits")
    note(
        out,
        {
            "recipe": recipe.resolved(),
            "recipe_sha256": recipe.sha256,
            "table_sha256": table.sha256(),
            "cache_sha256": films.sha256,
            "starting_sha256": _hash(network),
            "outputs": list(table.outputs),
            "films": table.counts(),
            "left_out": table.left_out,
            "notes": list(table.notes),
            "plan": plan.to_dict(),
            "step_bytes": needed,
            "environment": environment(_name(place)),
        },
    )
    _write_splits(out, table, parts)
    _write_augmented(out, recipe, films, parts[-1])
    say(f"{recipe.name}: {len(table):,} films of {len(set(table.patients)):,} patients, {len(parts)} fits")
    if began and not (out / "parts").exists():
        say("nothing was fitted yet: beginning")
    _Fits(recipe, table, films, parts, out, say, progress, place).run()
    _write_scores(out, table, parts)
    from wetread.training.tune.page import write_page

    write_page(open_run(out), table, films, parts)
    note(out, {**open_run(out).about, "finished": True})
    say(f"{recipe.name}: finished; open {out / 'report.html'}")
    return open_run(out)


def work(recipe: TuneRecipe, device: str) -> Callable[[TrainTable], Work]:
    """What a dry run has to know of a recipe, once its films are known; whether each fit has both classes is seen too."""
    place = _device(device)

    def found(table: TrainTable) -> Work:
        parts = divide(table, recipe.fit)
        network, _ = recipe.started(len(table.outputs), recipe.fit.seed)
        return Work(network.to(place), recipe.fit.batch, recipe.fit.epochs, len(parts), place)

    return found


class _Fits:
    """Every fit of a run, one after the other; one that an earlier process finished is not done again."""

    def __init__(
        self, recipe: TuneRecipe, table: TrainTable, films: Cache, parts: tuple[Part, ...], out: Path, say: Say,
        progress: Callable[[Progress], None], device: torch.device,
    ) -> None:  # fmt: skip
        self._recipe, self._table, self._films, self._parts, self._out = recipe, table, films, parts, out
        self._say, self._progress, self._device = say, progress, device
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._before = 0

    def run(self) -> None:
        steps = {part.name: len(self._batches(part)) * self._recipe.fit.epochs for part in self._parts}
        total = sum(steps.values())
        for part in self._parts:
            kept = self._out / "parts" / f"{part.name}.scores.pt"
            if kept.exists():
                self._rows[part.name] = load_tensors(kept)["rows"]
            else:
                self._fit(part, total)
            self._before += steps[part.name]

    def _fit(self, part: Part, total: int) -> None:
        fit_, out = self._recipe.fit, self._out

        def told(rows: list[dict[str, Any]]) -> None:
            self._rows[part.name] = rows
            write_history(out, self._rows)
            write_events(out / "events" / part.name, rows)

        network, _ = self._recipe.started(len(self._table.outputs), part.seed)
        network.to(self._device)
        films, watched = self._batches(part), self._plain(part.watched)
        checkpoint = out / "checkpoint" / f"{part.name}.ckpt"
        found = fit(
            network, fit_, films, (watched, self._table.labels[part.watched]), checkpoint, seed=part.seed,
            told=Listener(
                lambda step: self._progress(Progress(part.name, self._before + step.done, total, step)), told
            ),
            device=self._device.type,
        )  # fmt: skip
        told(found.rows)
        with torch.no_grad():  # back to the natural prevalence, in the network itself
            network.classifier.bias.add_(torch.from_numpy(films.offset))  # type: ignore[union-attr]
        network.to(self._device)
        logits, _ = predicted(network, self._plain(part.scored), self._device)
        state = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
        keep_tensors(out / "parts" / f"{part.name}.pt", {"state": state, "best_pass": found.best})
        keep_tensors(out / "parts" / f"{part.name}.scores.pt", {"logits": torch.from_numpy(logits), "rows": found.rows})
        checkpoint.unlink(missing_ok=True)
        area = judged(logits, self._table.labels[part.scored])["auroc"]
        self._say(f"{part.name}: best of {len(found.rows)} passes was {found.best}; AUROC {area:.3f}, {part.role}")

    def _batches(self, part: Part) -> Batches:
        fit_ = self._recipe.fit
        spec = BatchSpec(batch=fit_.batch, sampling=fit_.sampling, focal=fit_.focal, seed=part.seed)
        return Batches(
            self._films, self._table.labels, part.fitted, spec, self._recipe.augmentation, device=self._device.type
        )

    def _plain(self, places: NDArray[np.int64]) -> Batches:
        return Batches(self._films, self._table.labels, places, BatchSpec(), None, device=self._device.type)


def _run_bytes(network: Network, fits: int) -> int:
    """What a run writes: every network that is kept, and two checkpoints, since one stands until the next is whole."""
    whole: int = sum(value.numel() * value.element_size() for value in network.state_dict().values())
    return fits * whole + 2 * fixed_bytes(network)


def _write_augmented(out: Path, recipe: TuneRecipe, films: Cache, final: Part) -> None:
    """Films that are fitted on, each beside changed copies, as a picture; it stays in the run folder."""
    picture = io.BytesIO()
    augmented_picture(films, final.fitted[:_AUGMENTED], recipe.augmentation, seed=recipe.fit.seed).save(picture, "PNG")
    keep(out / "augmented.png", picture.getvalue())


def _write_splits(out: Path, table: TrainTable, parts: tuple[Part, ...]) -> None:
    names = pseudonyms(table)
    rows = [
        (table.films[place], names[place], part.name, side)
        for part in parts
        for side, places in (("fitted", part.fitted), ("watched", part.watched), ("scored", part.scored))
        if not (part.role == "tune" and side == "scored")
        for place in places
    ]
    write_table(out / "splits.csv", ("film_id", "patient", "fit", "side"), rows)


def _write_scores(out: Path, table: TrainTable, parts: tuple[Part, ...]) -> None:
    names, rows = pseudonyms(table), []
    for part in parts:
        logits = load_tensors(out / "parts" / f"{part.name}.scores.pt")["logits"].numpy()
        if logits.shape != (len(part.scored), len(table.outputs)):
            raise DataError(
                f"{out / 'parts'}: the scores of {part.name} are not of these films: delete them, and resume"
            )
        fold = part.name.removeprefix("fold-") if part.role == "out-of-fold" else ""
        for place, logit in zip(part.scored, logits, strict=True):
            labels = ["" if np.isnan(label) else int(label) for label in table.labels[place]]
            told = [f"{value:.9g}" for value in logit]
            rows.append((table.films[place], names[place], part.name, part.role, fold, *labels, *told))
    head = ("film_id", "patient", "fit", "role", "fold")
    columns = [f"{kind}_{name}" for kind in ("label", "logit") for name in table.outputs]
    write_table(out / "scores.csv", (*head, *columns), rows)


def _device(asked: str) -> torch.device:
    return torch.device("cuda" if asked == "cuda" or (asked == "auto" and torch.cuda.is_available()) else "cpu")


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "processor"


def _hash(network: Network) -> str:
    """SHA-256 of the weights that a fit starts from."""
    found = hashlib.sha256()
    for name, value in sorted(network.state_dict().items()):
        found.update(name.encode())
        found.update(np.ascontiguousarray(value.detach().cpu().numpy()).tobytes())
    return found.hexdigest()
