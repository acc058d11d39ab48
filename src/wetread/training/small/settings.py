"""How one small network is fitted, alone, in a committee or beside another network."""

from __future__ import annotations

from dataclasses import dataclass

from wetread.errors import ConfigError

__all__ = ["BesideSettings", "SmallSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallSettings:
    """Settings of one fit.

    Parameters
    ----------
    width, dropout
        Channels of the first stage, and the probability of dropping a feature.
    epochs, batch, learning_rate, weight_decay
        Passes over the films, films a step, and the optimiser's settings (AdamW, one cycle).
    averaging
        Decay of the running mean of the weights; the mean is what is kept.
    smoothing
        How far labels are drawn towards a half.

    Raises
    ------
    ConfigError
        If one leaves its range.
    """

    width: int = 48
    dropout: float = 0.3
    epochs: int = 16
    batch: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    averaging: float = 0.998
    smoothing: float = 0.02

    def __post_init__(self) -> None:
        if min(self.width, self.epochs, self.batch - 1) < 1:
            raise ConfigError(
                f"width and epochs at least 1, batch at least 2: {self.width}, {self.epochs}, {self.batch}"
            )
        if not 0 < self.learning_rate < 1 or self.weight_decay < 0:
            raise ConfigError(
                "learning_rate lies between 0 and 1, weight_decay is not below 0: "
                f"{self.learning_rate:g}, {self.weight_decay:g}"
            )
        if not all(0 <= value < 1 for value in (self.dropout, self.averaging, self.smoothing)):
            raise ConfigError(
                f"dropout, averaging and smoothing lie in [0, 1): {self.dropout:g}, {self.averaging:g}, {self.smoothing:g}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideSettings(SmallSettings):
    """Settings of small networks that answer beside a tuned one.

    Parameters
    ----------
    side, blocks
        Rows and columns of the frame it sees, and the residual blocks of each of its stages.
    members
        How many small networks answer, each fitted without another fold; every film is scored out of fold by one.
    weight
        What the small networks' log-odds count, between 0 and 1; the tuned network's count the rest.
    uneven, framed
        Beside the changes of [small_augmentation]: how unevenly films are exposed, and the chance of a film that is not
        square (`wetread.training.small.changes`).
    """

    side: int = 64
    blocks: tuple[int, ...] = (1, 2, 2)
    members: int = 3
    weight: float = 0.5
    uneven: float = 0.0
    framed: float = 0.0

    def __post_init__(self) -> None:
        SmallSettings.__post_init__(self)
        if not self.blocks or min(self.blocks) < 1 or self.side < 1 or self.side % 2 ** len(self.blocks):
            raise ConfigError(
                "blocks are numbers of at least 1, one for each stage, and side can be halved as often as there are: "
                f"{list(self.blocks)}, {self.side}"
            )
        if self.members < 1:
            raise ConfigError(f"members are at least 1: {self.members}")
        if not 0 < self.weight < 1:
            raise ConfigError(f"weight lies between 0 and 1, not at {self.weight:g}")
        if self.uneven < 0 or not 0 <= self.framed <= 1:
            raise ConfigError(f"uneven is not negative, framed a chance from 0 to 1: {self.uneven:g}, {self.framed:g}")
