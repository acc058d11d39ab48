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
from wetread.training.small.settings import SmallSettings

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
class SmallFit(SmallSettings):
    """How each member is fitted.

    Parameters
    ----------
    method
        "small".
    folds, seed
        Patient-wise folds; the network fitted without a fold is a member of the committee. Seed of folds and fits.
    sensitivity
        Share of positive films, out of fold, that the threshold keeps.
    """

    method: str = "small"
    folds: int = 5
    seed: int = 1
    sensitivity: float = 0.97

    def __post_init__(self) -> None:
        SmallSettings.__post_init__(self)
        if self.method != "small" or self.folds < 2:
            raise ConfigError(f"method is small, folds at least 2: {self.method}, {self.folds}")
        if self.seed < 0:
            raise ConfigError(f"seed is not below 0: {self.seed}")
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
