"""One run: members of the committee, each fitted without a fold, and networks fitted without films that look different."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wetread.cohort import crude_baseline, crude_statistics
from wetread.errors import DataError
from wetread.network.small import SmallNetwork
from wetread.training.small.changes import changed, stretched
from wetread.training.small.films import SmallFilms, load_small_films
from wetread.training.small.fitting import fit, score
from wetread.training.small.recipe import SmallRecipe
from wetread.training.small.shifts import held_out
from wetread.training.whole_file import write_whole
from wetread.truth import check_disjoint, folds

__all__ = ["SmallRun", "committee_members", "train_small"]

Say = Callable[[str], None]
Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SmallRun:
    """What a run measured.

    Parameters
    ----------
    films, fold
        All films, and each one's patient-wise fold.
    crude
        Score of each film, out of fold, from nine statistics of its grey levels.
    logits
        Of each film, by the member that was fitted without its fold: no member sees its own patients.
    shifted
        By set: whether a film is in it, and the logits of a network that saw none of its patients.
    """

    films: SmallFilms
    fold: NDArray[np.int64]
    crude: Float
    logits: Float
    shifted: dict[str, tuple[NDArray[np.bool_], Float]]


def train_small(recipe: SmallRecipe, data: Path, out: Path, say: Say) -> SmallRun:
    """Fit and score; what an earlier call finished in the folder is not done again.

    Raises
    ------
    DataError
        If the films are missing, or the folder is about another recipe.
    """
    _claim(recipe, out)
    films = _films(recipe, data, out)
    fold = folds(films.patients.tolist(), films.labels.tolist(), count=recipe.fit.folds, seed=recipe.fit.seed)
    crude = _crude(films, fold, recipe.fit.seed, out)
    say(f"{recipe.name}: {len(films)} films of {len(set(films.patients))} patients")
    logits = np.full(len(films), np.nan)
    for held, network in enumerate(_members(recipe, films, fold, out, say)):
        logits[fold == held] = score(network, films.images[fold == held], recipe.input.percentiles)
    shifted = {}
    for place, (name, away) in enumerate(held_out(films, fold, crude).items()):
        path = out / f"shift-{place}.pt"
        network = _network(recipe, films, away, path, recipe.fit.seed + 50 + place)
        shifted[name] = (away, score(network, films.images, recipe.input.percentiles))
        say(f"{recipe.name}: without {name}, {int(away.sum())} films held out")
    return SmallRun(films, fold, crude, logits, shifted)


def committee_members(recipe: SmallRecipe, out: Path) -> list[SmallNetwork]:
    """The members that a finished run left in its folder."""
    paths = [out / f"member-{held}.pt" for held in range(recipe.fit.folds)]
    if missing := [path.name for path in paths if not path.exists()]:
        raise DataError(f"{out} holds no {', '.join(missing)}: fit the recipe first")
    return [_loaded(recipe, path) for path in paths]


def _members(
    recipe: SmallRecipe, films: SmallFilms, fold: NDArray[np.int64], out: Path, say: Say
) -> list[SmallNetwork]:
    made = []
    for held in range(recipe.fit.folds):
        made.append(_network(recipe, films, fold == held, out / f"member-{held}.pt", recipe.fit.seed + held))
        say(f"{recipe.name}: fold {held + 1} of {recipe.fit.folds} done")
    return made


def _network(recipe: SmallRecipe, films: SmallFilms, away: NDArray[np.bool_], path: Path, seed: int) -> SmallNetwork:
    """A network fitted on the training side without the patients of the films `away`."""
    if not path.exists():
        inside = (films.sides == "train") & ~np.isin(films.patients, np.unique(films.patients[away]))
        check_disjoint(films.patients[inside].tolist(), films.patients[away].tolist(), what="held-out patient")

        def change(films: Tensor, rng: np.random.Generator) -> Tensor:
            return stretched(changed(films, recipe.augmentation, rng), recipe.input.percentiles)

        network = fit(recipe.fit, change, films.images[inside], films.labels[inside], seed=seed)
        write_whole(path, partial(torch.save, network.state_dict()))
    return _loaded(recipe, path)


def _loaded(recipe: SmallRecipe, path: Path) -> SmallNetwork:
    network = SmallNetwork(recipe.fit.width, recipe.fit.dropout)
    network.load_state_dict(torch.load(path, weights_only=True))
    return network.eval()


def _films(recipe: SmallRecipe, data: Path, out: Path) -> SmallFilms:
    path = out / "films.npz"
    if not path.exists():
        found = load_small_films(recipe.data, data)
        write_whole(path, partial(np.savez, **{part.name: getattr(found, part.name) for part in fields(found)}))
    with np.load(path, allow_pickle=False) as kept:
        return SmallFilms(**dict(kept))


def _crude(films: SmallFilms, fold: NDArray[np.int64], seed: int, out: Path) -> Float:
    path = out / "crude.npy"
    if not path.exists():
        table = np.array([crude_statistics(image.astype(np.float32) / np.float32(255)) for image in films.images])
        write_whole(path, partial(_save, crude_baseline(table, films.labels, fold, seed=seed)))
    found: Float = np.load(path)
    return found


def _save(values: Float, path: Path) -> None:
    np.save(path, values)


def _claim(recipe: SmallRecipe, out: Path) -> None:
    path = out / "run.json"
    about = {"fits_sha256": recipe.fits_sha256}
    if path.exists() and json.loads(path.read_text("utf-8")) != about:
        raise DataError(f"{out} holds a run of another recipe: choose another run folder, or remove it")
    out.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(about) + "\n", encoding="utf-8")
