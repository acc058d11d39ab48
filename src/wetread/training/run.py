"""One run: cross-validation, then a fit on all development films; everything kept in a run folder, nothing done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.training.config import TrainConfig
from wetread.training.films import FilmSet, load_films
from wetread.training.fit import Tail
from wetread.training.pair import Paired
from wetread.training.probe import Probe
from wetread.training.resolved import resolved
from wetread.training.runfolder import RECIPE, SCORES, written_scores
from wetread.training.shifts import score_without
from wetread.training.whole_file import write_whole
from wetread.truth import check_disjoint, folds, list_hash

__all__ = ["development", "method_of", "train"]

Say = Callable[[str], None]


def development(films: FilmSet) -> FilmSet:
    """The films that may be looked at: all but the sealed patients', with no copy of a sealed film among them."""
    kept, away = films.take(~films.is_sealed), films.take(films.is_sealed)
    held = set(away.patients)
    shared = np.array([patient in held for patient in kept.patients], bool)
    kept = kept.take(~shared)
    check_disjoint(kept.patients, away.patients, what="sealed patient")
    return kept


def train(config: TrainConfig, data: Path, out: Path, say: Say) -> Path:
    """Cross-validate and fit; the run folder.

    Parameters
    ----------
    config, data
        The recipe, and the folder that its table's path starts from.
    out
        The run folder: `oof.npz` (fold, logits and maps out of fold), `scores.csv`, `network-….pt`, `run.json`, and the
        recipe as `config.toml`; where the recipe names an archive, `shifts-….npz` as well. A fold that an earlier call
        finished is not fitted again.
    say
        Told how far the run is.

    Raises
    ------
    DataError
        If the run folder holds folds of this recipe on other films or labels.
    """
    films = development(load_films(config.data, data))
    places = np.arange(len(films))
    fold = folds(
        films.patients, [int(label) for label in films.labels[:, 0]], count=config.fit.folds, seed=config.fit.seed
    )
    _claim(config, films, out)
    method = method_of(config, films, out, fold)
    say(f"{config.name}: {len(films)} development films, features computed")
    logits, maps = [], []
    for held in range(config.fit.folds):
        part = out / f"fold-{held}-{config.sha256[:12]}.npz"
        if not part.exists():
            inside, outside = places[fold != held], places[fold == held]
            check_disjoint([films.patients[place] for place in inside], [films.patients[place] for place in outside])
            logit, evidence = method.score(inside, outside, config.fit.seed + held)
            write_whole(part, partial(np.savez, logits=logit, maps=evidence[:, 0]))
        done = np.load(part)
        logits.append(done["logits"])
        maps.append(done["maps"])
        say(f"{config.name}: fold {held + 1} of {config.fit.folds} done")
    order = np.concatenate([places[fold == held] for held in range(config.fit.folds)])
    back = np.argsort(order)
    write_whole(
        out / "oof.npz",
        partial(np.savez, fold=fold, logits=np.concatenate(logits)[back], maps=np.concatenate(maps)[back]),
    )
    _keep_text(
        out / SCORES,
        written_scores(films.names, films.patients, fold, films.labels[:, 0], np.concatenate(logits)[back][:, 0]),
    )
    _keep_text(out / RECIPE, config.text)
    weights = out / f"network-{config.sha256[:12]}.pt"
    if not weights.exists():
        write_whole(weights, partial(torch.save, method.fit(places, config.fit.seed + 100).state_dict()))
    say(f"{config.name}: fitted on all development films")
    if config.data.held_out:
        score_without(config, films, fold, method.score, data, out, say)
    return out


def method_of(config: TrainConfig, films: FilmSet, out: Path, fold: NDArray[np.int64]) -> Probe | Paired | Tail:
    """What fits and scores networks by the recipe; what that needs is computed once and kept in `out`."""
    if config.fit.method == "probe":
        return Probe(config, films)
    return Paired(config, films, out, fold) if config.fit.method == "pair" else Tail(config, films, out)


def _claim(config: TrainConfig, films: FilmSet, out: Path) -> None:
    """Write into the run folder what it is about, unless its folds are about something else."""
    about = {
        "config_sha256": config.sha256,
        "films": len(films),
        "films_sha256": list_hash(films.names),
        "labels_sha256": hashlib.sha256(json.dumps([films.patients, films.labels.tolist()]).encode()).hexdigest(),
    }
    path = out / "run.json"
    if path.exists():
        before = json.loads(path.read_text("utf-8"))
        same_recipe = before["config_sha256"] == config.sha256
        if same_recipe and any(before.get(name, value) != value for name, value in about.items()):
            raise DataError(f"{out} holds a run on other films or labels of this recipe: choose another run folder")
    out.mkdir(parents=True, exist_ok=True)
    # With another number of threads sums are taken in another order, and a fit ends elsewhere, no worse and no better.
    threads = {"threads": torch.get_num_threads()}
    path.write_text(json.dumps(about | threads | resolved(config)) + "\n", encoding="utf-8")


def _keep_text(path: Path, text: str) -> None:
    def write(unfinished: Path) -> None:
        unfinished.write_text(text, encoding="utf-8", newline="")

    write_whole(path, write)
