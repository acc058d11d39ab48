"""A recipe: one TOML file, validated as a whole before anything runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from wetread.errors import ConfigError
from wetread.network import LITE_NAMES, NetworkSpec
from wetread.preprocess import InputSpec
from wetread.radiograph import IntendedUse
from wetread.training.augment import Augmentation
from wetread.training.recipe_file import open_recipe
from wetread.training.small.settings import BesideSettings
from wetread.training.small.shifts import SETS

__all__ = ["CardText", "DataConfig", "FitConfig", "TrainConfig", "load_config"]


METHODS = ("tail", "pair", "probe")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConfig:
    """Which films and labels.

    Parameters
    ----------
    collection
        "nih" or "kermany": names the seal's rule and how a patient is told from another.
    index
        The collection's table, relative to the data folder.
    minimum_age
        Films of younger patients are left out; films of unknown age stay.
    auxiliary
        Findings that are learnt beside pneumonia and then cut off, because they teach the network to see.
    groups
        Findings of which any makes one more auxiliary label, "opacity".
    exclude
        Files left out, each for a reason that the recipe gives.
    taught, teacher, reports
        Findings of which another network's published scores teach a probe, in place of the labels; the table of those
        scores, and the collection's table of findings, relative to the data folder (`training.taught`).
    held_out, archive
        Sets of films that look different, each held out of a fit of its own (`training.shifts`); and PneumoniaMNIST's
        npz, relative to the data folder, which tells how wide Kermany's films were before they were squashed.
    """

    collection: str
    index: str
    minimum_age: float = 0.0
    auxiliary: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    taught: tuple[str, ...] = ()
    teacher: str = ""
    reports: str = ""
    held_out: tuple[str, ...] = ()
    archive: str = ""

    def __post_init__(self) -> None:
        if self.collection not in ("nih", "kermany"):
            raise ConfigError(f"collection {self.collection!r} is not known: nih or kermany")
        if bool(self.held_out) != bool(self.archive) or (self.archive and self.collection != "kermany"):
            raise ConfigError("held_out and archive belong together, and are for collection kermany alone")
        if unknown := sorted(set(self.held_out) - set(SETS)):
            raise ConfigError(f"held_out has no set {unknown[0]!r}: choose among {'; '.join(SETS)}")
        if len({bool(self.taught), bool(self.teacher), bool(self.reports)}) > 1:
            raise ConfigError("taught, teacher and reports belong together: give all three or none")
        if self.taught and (self.collection != "nih" or self.groups or self.auxiliary):
            raise ConfigError(
                "taught is for collection nih, and takes the place of groups and auxiliary: leave them out"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FitConfig:
    """How the network is fitted.

    Parameters
    ----------
    method
        "tail" tunes the later blocks of a network; "pair" does, and fits small networks from nothing beside it, one
        without each fold; "probe" fits a linear map on frozen features, and of the settings below only folds and seed
        then matter.
    components, penalty
        Of a probe: principal components, and the inverse strength of the L2 penalty.
    steadiness
        Of a probe: how much weight it gives to answering alike for a film and a reduced, compressed copy of it.
    depths
        Of a probe: to how many of the five depths, from the earliest on, it listens.
    first_trained
        Blocks before this one keep their ImageNet weights, and their output is computed once for each copy of a film.
    copies
        Augmented copies of each film, beside the film itself.
    epochs, batch, learning_rate, weight_decay, dropout
        Passes over the films (each time one copy of each), films a step, and the optimiser's settings (AdamW, one
        cycle; the new classifier learns three times as fast).
    auxiliary_weight
        Weight of the auxiliary labels' mean loss against pneumonia's.
    folds, seed
        Patient-wise folds, and the seed of folds, copies and fits.
    sensitivity
        Share of positive films, out of fold, that the threshold keeps; 0 for Youden's threshold.
    """

    method: str = "tail"
    components: int = 300
    penalty: float = 1e-3
    steadiness: float = 0.0
    depths: int = 5
    first_trained: int = 5
    copies: int = 8
    epochs: int = 12
    batch: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    auxiliary_weight: float = 0.0
    folds: int = 5
    seed: int = 1
    sensitivity: float = 0.0

    def __post_init__(self) -> None:
        if self.method not in METHODS or self.components < 1 or self.penalty <= 0 or self.steadiness < 0:
            raise ConfigError(
                f"method is {' or '.join(METHODS)}, components at least 1, penalty above 0, steadiness not below: {self}"
            )
        if self.sensitivity and not 0.5 < self.sensitivity < 1:
            raise ConfigError(f"sensitivity lies between 0.5 and 1, or is 0 for Youden's threshold: {self}")
        if not 1 <= self.depths <= 5:
            raise ConfigError(f"depths lies between 1 and 5: {self}")
        if min(self.epochs, self.batch, self.folds - 1, self.first_trained) < 1 or self.copies < 0:
            raise ConfigError(
                f"epochs, batch and first_trained are at least 1, folds at least 2, copies at least 0: {self}"
            )
        if not 0 < self.learning_rate < 1 or self.weight_decay < 0 or self.auxiliary_weight < 0:
            raise ConfigError(f"learning rate in (0, 1), weights not negative: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """What a person states about the bundle: everything else on its card is measured.

    Parameters
    ----------
    version
        Of the bundle, such as "1.0.0".
    population
        Whose films it may read, in words.
    age_years
        Lowest age in completed years, and the age that is too old.
    views
        "PA", "AP", or both.
    licence, attribution
        SPDX identifier of the weights' licence, and whom they thank for films, labels and starting weights.
    labels
        Where the labels come from, in words.
    not_for
        What it may not be used for: one sentence each, at least one.
    clinical
        False for a bundle that `score` may use and `predict` may not.
    """

    version: str
    population: str
    age_years: tuple[float, float]
    views: tuple[str, ...]
    licence: str
    attribution: str
    labels: str
    not_for: tuple[str, ...]
    clinical: bool = True

    def __post_init__(self) -> None:
        for name in ("version", "population", "licence", "attribution", "labels", "not_for"):
            if not getattr(self, name):
                raise ConfigError(f"a card states its {name}; here it is empty")
        self.intended_use()

    def intended_use(self) -> IntendedUse:
        """The use that the card states."""
        return IntendedUse(age_years=self.age_years, views=self.views)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """A whole recipe, and the SHA-256 of the file it came from.

    Parameters
    ----------
    name
        Of the bundle and of its folders: one word of letters, digits, dashes and underscores.
    network
        Starts from ImageNet weights, because its frozen blocks are never fitted. Tuned, it has one output for
        pneumonia, one for each auxiliary finding, and one for the group where there is one; probed, it has a grid that
        divides the frame.
    text
        The recipe as it was written: a run keeps it, so that it says by itself what it is.
    small, small_augmentation
        Of method "pair": the small networks, and how their films are changed (without the blur, of which films of so few
        pixels show nothing).
    """

    name: str
    data: DataConfig
    network: NetworkSpec
    input: InputSpec
    augmentation: Augmentation
    fit: FitConfig
    card: CardText
    sha256: str
    text: str = field(default="", repr=False)
    small: BesideSettings | None = None
    small_augmentation: Augmentation | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][\w-]*", self.name):
            raise ConfigError(f"a recipe's name becomes a folder's; its name is {self.name!r}")
        if self.network.name not in LITE_NAMES:
            raise ConfigError(
                f"[fit] method {self.fit.method} stands on {', '.join(LITE_NAMES)}, not on {self.network.name}: "
                "method tune takes any network"
            )
        if not self.network.pretrained:
            raise ConfigError("[network] pretrained = false: frozen blocks without ImageNet weights would stay random")
        if self.fit.method == "probe":
            self._check_probe()
        else:
            self._check_tail()
        if (self.fit.method == "pair") != (self.small is not None):
            raise ConfigError("[small] belongs to method pair, and method pair to it: give both or neither")
        if self.small_augmentation is not None and self.small is None:
            raise ConfigError("[small_augmentation] changes the films of [small]: give both or neither")
        if self.small is not None and self.small.members > self.fit.folds:
            raise ConfigError(
                f"[small] has {self.small.members} members, one for each of {self.fit.folds} folds at most"
            )
        if self.small is not None and self.input.height != self.input.width:
            raise ConfigError(f"a pair's frame is a square, not {self.input.height} x {self.input.width}")

    def _check_tail(self) -> None:
        if self.data.taught:
            raise ConfigError("[data] taught is for method probe: a tail is fitted on labels")
        labels = 1 + len(self.data.auxiliary) + bool(self.data.groups)
        if self.network.outputs != labels:
            raise ConfigError(
                f"[network] has {_count(self.network.outputs, 'output')}, but {_count(labels, 'label')} "
                f"follow from [data]: pneumonia, the auxiliary findings, and the group"
            )
        if self.network.grid:
            raise ConfigError(f"[network] grid = {self.network.grid} is for method probe: leave it out")

    def _check_probe(self) -> None:
        grid, side = self.network.grid, 32 * self.network.grid
        if grid < 1:
            raise ConfigError("[fit] method probe needs [network] grid of at least 1")
        if self.input.height != self.input.width or self.input.height % side:
            raise ConfigError(
                f"a probe's frame is a square of a multiple of {side} pixels, 32 for each cell of its grid, "
                f"not {self.input.height} x {self.input.width}"
            )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def load_config(path: Path) -> TrainConfig:
    """Read a recipe of method "tail", "pair" or "probe".

    Raises
    ------
    ConfigError
        If the file is missing or no TOML, is of another method, or a setting is missing, unknown or out of its range.
    """
    file = open_recipe(path)
    if file.method == "tune":
        raise ConfigError(
            f"recipe {path.name}: method tune is fitted by `wetread train`, not by what fits tails and probes"
        )
    parts = {
        "data": DataConfig,
        "network": NetworkSpec,
        "input": InputSpec,
        "augmentation": Augmentation,
        "fit": FitConfig,
        "card": CardText,
    }
    optional = {"small": BesideSettings, "small_augmentation": Augmentation}
    return file.build(TrainConfig, parts, optional=optional, text=file.raw.decode())
