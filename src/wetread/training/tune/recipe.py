"""The recipe of a tuned network: one TOML file, validated as a whole before anything runs."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from wetread.errors import ConfigError
from wetread.network import Network, NetworkSpec, build
from wetread.network.plans import TUNED, Plan, freeze
from wetread.preprocess import InputSpec
from wetread.training.augment import Augmentation
from wetread.training.config import CardText, TrainConfig, load_config
from wetread.training.recipe_file import open_recipe
from wetread.training.table_spec import TableSpec

__all__ = ["METRICS", "TuneFit", "TuneRecipe", "load_recipe"]

METRICS = ("auroc", "average_precision", "loss")
_SAMPLING = ("natural", "balanced", "weighted")
_PRECISION = ("auto", "32", "bf16")


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneFit:
    """How a network is tuned.

    Parameters
    ----------
    method
        "tune".
    tuned, moving
        Which layers learn (`wetread.network.plans`): "classifier", "last", "all", or the place of the first block that
        does, written as text; and whether their normalisation layers follow the batches.
    epochs, batch
        Passes over the films at most, and films a step.
    learning_rate, head_faster, weight_decay
        Of AdamW: the highest rate of the tuned layers, how many times that of the new classifier, and the decay of
        every weight that multiplies.
    warm_up
        Share of all steps in which the rate rises from nothing; a half cosine takes it down again.
    clip
        Longest gradient; 0 for no bound.
    sampling, focal
        "natural" takes each film once a pass; "balanced" draws positive and negative films equally often; "weighted"
        takes each once and weighs the rarer class up. `focal` is the exponent of the focal loss (Lin et al., ICCV
        2017), 0 for plain cross-entropy. The network that is kept gives logits for the natural prevalence in each case;
        after a focal loss they are not yet log-odds.
    auxiliary_weight
        What each label but the first weighs in the loss, the first weighing 1.
    stop_on, patience
        What is watched on the tuning films after each pass (of the first label), and after how many passes without a
        better value (of equal ones, one with a lower loss) the fit ends; 0 never ends it early. The weights of the best pass are kept in either case.
    averaging
        Decay of a running mean of the weights, with which films are scored; 0 scores with the weights themselves.
    precision, channels_last, compile
        "bf16" computes in bfloat16 where that loses nothing that matters, "32" never does, "auto" does on an
        accelerator that has it. Memory order, and PyTorch's compiler.
    folds, tune_share
        Patient-wise folds, each scored by a fit on the others; 1 for none. Within the others, this share of patients
        is not fitted on but watched. The last fit, which is the network, is on the side "train", watched on "tune".
    save_every
        Films after which what was learnt is saved, beside after each pass.
    depth
        Bits of a pixel in the prepared films: 8 or 16.
    seed
        Of folds, order, augmentation, dropout and the new classifier.
    """

    method: str = "tune"
    tuned: str = "last"
    moving: bool = False
    epochs: int = 20
    batch: int = 32
    learning_rate: float = 3e-4
    head_faster: float = 3.0
    weight_decay: float = 1e-4
    warm_up: float = 0.1
    clip: float = 1.0
    sampling: str = "natural"
    focal: float = 0.0
    auxiliary_weight: float = 1.0
    stop_on: str = "auroc"
    patience: int = 5
    averaging: float = 0.0
    precision: str = "auto"
    channels_last: bool = True
    compile: bool = False
    folds: int = 5
    tune_share: float = 0.15
    save_every: int = 8192
    depth: int = 8
    seed: int = 1

    def __post_init__(self) -> None:
        if self.method != "tune":
            raise ConfigError(f"method is tune here, not {self.method!r}")
        if self.tuned not in TUNED and not self.tuned.isdecimal():
            raise ConfigError(f"tuned is {self.tuned!r}, not one of {', '.join(TUNED)}, or a block's place as text")
        for name, value, known in (
            ("sampling", self.sampling, _SAMPLING),
            ("stop_on", self.stop_on, METRICS),
            ("precision", self.precision, _PRECISION),
            ("depth", self.depth, (8, 16)),
        ):
            if value not in known:
                raise ConfigError(f"{name} is {value!r}, not one of {', '.join(str(one) for one in known)}")
        if min(self.epochs, self.batch, self.folds, self.save_every) < 1 or min(self.patience, self.seed) < 0:
            raise ConfigError(
                "epochs, batch, folds and save_every are at least 1, patience and seed not below 0: "
                f"{self.epochs}, {self.batch}, {self.folds}, {self.save_every}, {self.patience}, {self.seed}"
            )
        if not 0 < self.learning_rate < 1 or self.head_faster <= 0 or min(self._not_below_zero()) < 0:
            raise ConfigError(
                "learning_rate lies between 0 and 1, head_faster above 0, weight_decay, clip, focal and auxiliary_weight not "
                f"below: {self.learning_rate:g}, {self.head_faster:g}, "
                f"{', '.join(f'{value:g}' for value in self._not_below_zero())}"
            )
        if not 0 <= self.warm_up < 1 or not 0 <= self.averaging < 1 or not 0 < self.tune_share <= 0.5:
            raise ConfigError(
                "warm_up and averaging lie in [0, 1), tune_share above 0 and not above a half: "
                f"{self.warm_up:g}, {self.averaging:g}, {self.tune_share:g}"
            )

    def _not_below_zero(self) -> tuple[float, ...]:
        return self.weight_decay, self.clip, self.focal, self.auxiliary_weight


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneRecipe:
    """A whole recipe of method "tune", with the bytes of its file and their SHA-256.

    Parameters
    ----------
    name
        One word of letters, digits, dashes and underscores: it becomes a folder's.
    data, network, input, augmentation, fit
        As the parts of those names say; the network has an output for each label.
    card
        What a person states about a bundle made from the run; None until there is to be one.
    """

    name: str
    data: TableSpec
    network: NetworkSpec
    input: InputSpec
    augmentation: Augmentation
    fit: TuneFit
    card: CardText | None
    text: bytes
    sha256: str

    def __post_init__(self) -> None:
        if not self.network.pretrained and not self.fit.moving:
            raise ConfigError(
                "[network] pretrained = false without [fit] moving = true: normalisation layers would never see a film"
            )
        if not re.fullmatch(r"[A-Za-z0-9][\w-]*", self.name):
            raise ConfigError(f"a recipe's name becomes a folder's; its name is {self.name!r}")
        if self.network.grid:
            raise ConfigError(f"[network] grid = {self.network.grid} is for method probe: leave it out")
        if "*" not in self.data.outputs and self.network.outputs != len(self.data.outputs):
            raise ConfigError(
                f"[network] outputs = {self.network.outputs}, but [data] outputs names {len(self.data.outputs)}: "
                "one for each label"
            )

    def started(self, outputs: int, seed: int) -> tuple[Network, Plan]:
        """The network as a fit begins with it, and what of it is tuned."""
        import torch

        torch.manual_seed(seed)
        network = build(replace(self.network, outputs=outputs))
        if self.fit.channels_last:
            network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # as PyTorch's stubs have it
        tuned = int(self.fit.tuned) if self.fit.tuned.isdecimal() else self.fit.tuned
        return network, freeze(network, tuned, moving=self.fit.moving)

    def resolved(self) -> dict[str, Any]:
        """Every setting, those that the file leaves to their defaults too, as plain values."""
        parts = ("data", "network", "input", "augmentation", "fit", "card")
        told = {part: asdict(value) if (value := getattr(self, part)) is not None else None for part in parts}
        return {"name": self.name, **told}


def load_recipe(path: Path) -> TrainConfig | TuneRecipe:
    """Read a recipe of any method.

    Raises
    ------
    ConfigError
        If the file is missing or no TOML, or a setting is missing, unknown or out of its range.
    """
    file = open_recipe(path)
    if file.method != "tune":
        return load_config(path)
    parts = {
        "data": TableSpec, "network": NetworkSpec, "input": InputSpec, "augmentation": Augmentation, "fit": TuneFit,
    }  # fmt: skip
    return file.build(TuneRecipe, parts, optional={"card": CardText}, text=file.raw)
