"""The rules by which reads become a reference standard, each a value that is valid once it exists."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from wetread.errors import ConfigError

__all__ = ["Adjudicated", "DawidSkene", "KOfN", "Rule", "SingleReader", "TextMined", "Weighted"]


@dataclass(frozen=True, slots=True)
class TextMined:
    """The label that a program took from the report: one source, and no film was looked at for it.

    Parameters
    ----------
    source
        Name of the column's reader; None where the reads have one only.
    positive
        The positive answer, where the two predictive values are stated.
    ppv, npv
        Measured chance that a positive, a negative label is right; then they are the support of each label. Without
        them the support is unknown.
    """

    source: str | None = None
    positive: str | None = None
    ppv: float | None = None
    npv: float | None = None

    def __post_init__(self) -> None:
        if (self.ppv is None) != (self.npv is None) or (self.ppv is not None and self.positive is None):
            raise ConfigError("text-mined: state ppv, npv and the positive answer together, or none of the three")
        for name, value in (("ppv", self.ppv), ("npv", self.npv)):
            if value is not None and not 0 <= value <= 1:
                raise ConfigError(f"text-mined: {name} is a share between 0 and 1, not {value}")


@dataclass(frozen=True, slots=True)
class SingleReader:
    """What one reader said; None for `reader` where only one read."""

    reader: str | None = None


@dataclass(frozen=True, slots=True)
class KOfN:
    """The answer that at least `k` of the readers gave; None for `k` is more than half of those asked.

    Parameters
    ----------
    positive
        With two answers: the label is this one where at least `k` gave it, and the other one where so many gave the
        other that `k` cannot be reached any more, not even by those whose read is missing. Without it both answers
        are treated alike: each needs `k`.
    """

    k: int | None = None
    positive: str | None = None

    def __post_init__(self) -> None:
        if self.k is not None and self.k < 1:
            raise ConfigError(f"k of n: at least one reader must say so, not {self.k}")


@dataclass(frozen=True, slots=True)
class Weighted:
    """The answer that holds more than half of the weight of those who answered; weights are stated before reading.

    Raises
    ------
    ConfigError
        If a weight is not a number above 0.
    """

    weights: Mapping[str, float]
    reason: str = ""

    def __post_init__(self) -> None:
        wrong = [name for name, weight in self.weights.items() if not (math.isfinite(weight) and weight > 0)]
        if wrong or not self.weights:
            raise ConfigError(
                f"weighted vote: each reader has a weight above 0 (years of experience, say); "
                f"not so: {', '.join(wrong) or 'no weights at all'}"
            )


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """Two readers, and a third who decides where they differ (2 + 1)."""

    first: str
    second: str
    adjudicator: str

    def __post_init__(self) -> None:
        if len({self.first, self.second, self.adjudicator}) < 3:
            raise ConfigError("2 + 1: the two readers and the adjudicator are three different people")


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """The most probable class under the model of Dawid and Skene (1979), which also estimates each reader's errors."""

    smoothing: float = 0.0
    limit: int = field(default=5000)


Rule = TextMined | SingleReader | KOfN | Weighted | Adjudicated | DawidSkene
