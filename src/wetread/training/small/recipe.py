"""The recipe of a committee of small networks: one TOML file, validated as a whole before anything runs."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from wetread.errors import ConfigError
from wetread.preprocess import InputSpec
from wetread.training.augment import Augmentation
from wetread.training.config import CardText
from wetread.training.recipe_file import open_recipe

__all__ = ["SmallData", "SmallFit", "SmallRecipe", "is_small", "load_small"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallData:
    """Which films.

    Parameters
    ----------
    archive
        The collection's npz, relative to the data folder: `train_images`, `train_labels`, `val_images`, `val_labels`.
    source
        Table of the films that the archive was made from, relative to the data folder: who the patients are, which the
        archive does not say.
    """

    archive: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallFit:
    """How each member is fitted.

    Parameters
    ----------
    method
        "small".
    width, dropout
        Channels of the first stage, and the probability of dropping a feature.
    epochs, batch, learning_rate, weight_decay
        Passes over the films, films a step, and the optimiser's settings (AdamW, one cycle).
    averaging
        Decay of the running mean of the weights; the mean is what is kept.
    smoothing
        How far labels are drawn towards a half.
    folds, seed
        Patient-wise folds; the network fitted without a fold is a member of the committee. Seed of folds and fits.
    sensitivity
        Share of positive films, out of fold, that the threshold keeps.
    """

    method: str = "small"
    width: int = 48
    dropout: float = 0.3
    epochs: int = 16
    batch: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    averaging: float = 0.998
    smoothing: float = 0.02
    folds: int = 5
    seed: int = 1
    sensitivity: float = 0.97

    def __post_init__(self) -> None:
        if self.method != "small" or min(self.width, self.epochs, self.batch - 1, self.folds - 1) < 1:
            raise ConfigError(
                "method is small, width and epochs at least 1, batch and folds at least 2: "
                f"{self.method}, {self.width}, {self.epochs}, {self.batch}, {self.folds}"
            )
        if not 0 < self.learning_rate < 1 or self.weight_decay < 0 or self.seed < 0:
            raise ConfigError(
                "learning_rate lies between 0 and 1, weight_decay and seed not below 0: "
                f"{self.learning_rate:g}, {self.weight_decay:g}, {self.seed}"
            )
        if not all(0 <= value < 1 for value in (self.dropout, self.averaging, self.smoothing)):
            raise ConfigError(
                f"dropout, averaging and smoothing lie in [0, 1): {self.dropout:g}, {self.averaging:g}, {self.smoothing:g}"
            )
        if not 0.5 < self.sensitivity < 1:
            raise ConfigError(f"sensitivity lies between 0.5 and 1, not at {self.sensitivity:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallRecipe:
    """A whole recipe, and the SHA-256 of the file it came from."""

    name: str
    data: SmallData
    input: InputSpec
    augmentation: Augmentation
    fit: SmallFit
    card: CardText
    sha256: str

    @property
    def fits_sha256(self) -> str:
        """Hash of all that the fits depend on: neither the threshold's rule nor the card's words."""
        parts = {name: asdict(getattr(self, name)) for name in ("data", "input", "augmentation", "fit")}
        del parts["fit"]["sensitivity"]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][\w-]*", self.name):
            raise ConfigError(f"a recipe's name becomes a folder's; its name is {self.name!r}")
        if self.card.clinical:
            raise ConfigError("[card] clinical = true: films of so few pixels are for research, not for patients")
        if self.input.height != self.input.width:
            raise ConfigError(f"the frame is a square, not {self.input.height} x {self.input.width}")


def is_small(path: Path) -> bool:
    """Whether a recipe is one of this kind; false for what cannot be read."""
    try:
        return open_recipe(path).method == "small"
    except ConfigError:
        return False


def load_small(path: Path) -> SmallRecipe:
    """Read a recipe.

    Raises
    ------
    ConfigError
        If the file is missing or no TOML, or a setting is missing, unknown or out of its range.
    """
    parts = {"data": SmallData, "input": InputSpec, "augmentation": Augmentation, "fit": SmallFit, "card": CardText}
    return open_recipe(path).build(SmallRecipe, parts)
