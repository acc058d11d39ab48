"""A finished run as it lies on disk, whatever method made it: its recipe, its scores, its network."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.training.config import CardText, TrainConfig, load_config
from wetread.training.recipe_file import open_recipe

if TYPE_CHECKING:
    from torch import nn

    from wetread.training.tune.recipe import TuneRecipe

__all__ = ["RECIPE", "SCORES", "RunFolder", "RunScores", "open_folder", "sigmoid", "written_scores"]

RECIPE, SCORES = "config.toml", "scores.csv"
OUT_OF_FOLD, TUNE = "out-of-fold", "tune"
Float = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RunScores:
    """Films scored by networks that had not seen their patients.

    Parameters
    ----------
    films, patients
        (n,) text; a patient may be a pseudonym.
    fold
        int64 (n,): the fold that was held out.
    labels
        int64 (n,): 0 or 1, of the first output.
    logits
        float64 (n,): of the first output.
    role
        "out-of-fold" where each film was held out of a fit once, "tune" where one fit was watched on them: such scores
        flatter by what the watching chose.
    left_out
        Films scored whose first label is not said.
    """

    films: tuple[str, ...]
    patients: tuple[str, ...]
    fold: Ints
    labels: Ints
    logits: Float
    role: str
    left_out: int

    def __len__(self) -> int:
        return len(self.films)

    @property
    def scores(self) -> Float:
        """float64 (n,) in [0, 1]."""
        return sigmoid(self.logits)


@dataclass(frozen=True, slots=True, eq=False)
class RunFolder:
    """A finished run.

    Parameters
    ----------
    folder
        Where it lies.
    config
        Its recipe.
    outputs
        What the network's logits are called, the one that is read first.
    scores
        Of films that the fits had not seen.
    """

    folder: Path
    config: TrainConfig | TuneRecipe
    outputs: tuple[str, ...]
    scores: RunScores

    @property
    def method(self) -> str:
        """How it was fitted: "tail", "pair", "probe" or "tune"."""
        return self.config.fit.method

    @property
    def card(self) -> CardText:
        """What a person states about the bundle.

        Raises
        ------
        DataError
            If the recipe states nothing.
        """
        if self.config.card is None:
            raise DataError(
                f"the recipe of {self.folder.name} has no part [card]: a bundle states its population, licence and what "
                f"it is not for. Add it to {RECIPE} in the run folder, and to your recipe"
            )
        return self.config.card

    def network(self) -> nn.Module:
        """The network that was fitted last, in evaluation mode, with the outputs that are kept.

        Raises
        ------
        DataError
            If its weights are missing or do not fit the recipe.
        """
        if self.method == "tune":
            return self._loaded(self.folder / "parts" / "final.pt", "state")
        return self._loaded(self.folder / f"network-{self.config.sha256[:12]}.pt", "")

    def fold_network(self, fold: int) -> nn.Module | None:
        """The network that did not see a fold, in evaluation mode; None where the run kept none."""
        path = self.folder / "parts" / f"fold-{fold}.pt"
        return self._loaded(path, "state") if self.method == "tune" and path.is_file() else None

    def _loaded(self, path: Path, key: str) -> nn.Module:
        import torch

        if not path.is_file():
            raise DataError(
                f"{self.folder} holds no {path.relative_to(self.folder)}: the run is not finished; go on with it"
            )
        network = _built(self.config, len(self.outputs))
        state = torch.load(path, weights_only=True, map_location="cpu")
        state = state[key] if key else state
        kept = {
            name: value[: len(self.outputs)] if name.startswith("classifier.") else value
            for name, value in state.items()
        }
        try:
            network.load_state_dict(kept)
        except RuntimeError as error:
            raise DataError(f"{path} does not hold the network of its recipe: {str(error).splitlines()[0]}") from error
        return network.eval()


def _built(config: TrainConfig | TuneRecipe, outputs: int) -> nn.Module:
    from dataclasses import replace

    from wetread.network import build
    from wetread.training.pair import built

    if isinstance(config, TrainConfig):
        return built(config, outputs)
    return build(replace(config.network, outputs=outputs, pretrained=False, weights=""))


def open_folder(folder: Path) -> RunFolder:
    """Open a run folder.

    Raises
    ------
    DataError
        If it is no run folder, or its run is not finished.
    ConfigError
        If its recipe cannot be understood.
    """
    for name in (RECIPE, SCORES):
        if not (folder / name).is_file():
            raise DataError(f"{folder} is no finished run: it holds no {name}. Go on with `wetread train --resume`")
    config = _recipe(folder / RECIPE)
    outputs, scores = _read_scores(folder / SCORES)
    # Labels that only taught the network to see are cut off again; those of a tuned network are its outputs.
    kept = outputs if config.fit.method == "tune" else outputs[:1]
    return RunFolder(folder, config, kept, scores)


def _recipe(path: Path) -> TrainConfig | TuneRecipe:
    """The recipe; what only a tuned network needs is loaded for one alone."""
    if open_recipe(path).method != "tune":
        return load_config(path)
    from wetread.training.tune.recipe import load_recipe

    return load_recipe(path)


def written_scores(
    films: Sequence[str], patients: Sequence[str], fold: Ints, labels: NDArray[Any], logits: NDArray[Any]
) -> str:
    """`scores.csv` of a run that held out each film once: one output, called pneumonia."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("film_id", "patient", "fit", "role", "fold", "label_pneumonia", "logit_pneumonia"))
    for place, (film, patient) in enumerate(zip(films, patients, strict=True)):
        held = int(fold[place])
        row = (film, patient, f"fold-{held}", OUT_OF_FOLD, held, int(labels[place]), f"{logits[place]:.7g}")
        table.writerow(row)
    return text.getvalue()


def _read_scores(path: Path) -> tuple[tuple[str, ...], RunScores]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = tuple(name.removeprefix("label_") for name in (rows[0] if rows else ()) if name.startswith("label_"))
    if not names or {"film_id", "patient", "role", "fold", f"logit_{names[0]}"} - set(rows[0]):
        raise DataError(
            f"{path} is no table of scores: columns film_id, patient, role, fold, label_… and logit_… are needed"
        )
    roles = {row["role"] for row in rows}
    role = OUT_OF_FOLD if OUT_OF_FOLD in roles else TUNE
    asked = [row for row in rows if row["role"] == role]
    said = [row for row in asked if row[f"label_{names[0]}"] not in ("", "nan")]
    try:
        labels = np.array([float(row[f"label_{names[0]}"]) for row in said])
        logits = np.array([float(row[f"logit_{names[0]}"]) for row in said])
        fold = np.array([int(row["fold"] or -1) for row in said], np.int64)
    except ValueError as error:
        raise DataError(f"{path}: {error}; the run has to be made again") from error
    if not said or not np.isin(labels, (0, 1)).all() or not np.isfinite(logits).all():
        raise DataError(f"{path}: {len(said)} films with a label; each label is 0 or 1, each logit finite")
    films, patients = (tuple(row[name] for row in said) for name in ("film_id", "patient"))
    scores = RunScores(films, patients, fold, labels.astype(np.int64), logits, role, len(asked) - len(said))
    return names, scores


def sigmoid(logits: NDArray[Any]) -> Float:
    """Scores in [0, 1] of logits, without overflow."""
    from scipy.special import expit

    return np.asarray(expit(np.asarray(logits, np.float64)))
