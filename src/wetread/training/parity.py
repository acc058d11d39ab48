"""Whether every engine answers as PyTorch does: the largest differences on the same films, against a stated bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetread.bundle.engine import ENGINES, start
from wetread.errors import SelfTestError
from wetread.training.runfolder import sigmoid

if TYPE_CHECKING:
    from torch import nn

__all__ = ["BOUND", "Pair", "Parity", "parity"]

Float = NDArray[np.float32]
Answers = tuple[Float, Float]

BOUND = 1e-3
"""Largest difference of a logit or of a map's cell between two engines, float32 in each: as much as a self-test allows."""

_TITLES = {"openvino": "OpenVINO", "onnxruntime": "ONNX Runtime"}
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """Two engines: the largest difference of a logit, of a map's cell, and of a score in [0, 1]."""

    first: str
    second: str
    logit: float
    map: float
    score: float


@dataclass(frozen=True, slots=True)
class Parity:
    """What engines make of the same films.

    Parameters
    ----------
    films
        How many, drawn ones and real ones.
    drawn
        How many of them are drawn.
    bound
        What no logit and no cell may differ by.
    logits
        Lowest and highest logit that PyTorch gave: a difference is small or large beside these.
    pairs
        Each pair of engines.
    """

    films: int
    drawn: int
    bound: float
    logits: tuple[float, float]
    pairs: tuple[Pair, ...]

    @property
    def worst(self) -> float:
        """Largest difference of a logit or a cell between any two."""
        return max(max(pair.logit, pair.map) for pair in self.pairs)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "worst": self.worst}


def parity(network: nn.Module, model: bytes, films: Float, *, drawn: int, bound: float = BOUND) -> Parity:
    """Run films (n, 1, height, width) through PyTorch and every engine, all in float32.

    Parameters
    ----------
    network, model
        The module, and the ONNX file that was made of it.
    drawn
        How many of the films, the first ones, are drawn.

    Raises
    ------
    SelfTestError
        If a logit or a cell differs by more than the bound between any two, or is no number.
    """
    answers = {"PyTorch": _torch(network, films)}
    answers |= {_TITLES[name]: start(model, name).run(films) for name in ENGINES}
    pairs = tuple(_pair(first, second, answers[first], answers[second]) for first, second in combinations(answers, 2))
    logits = answers["PyTorch"][0]
    found = Parity(len(films), drawn, bound, (float(logits.min()), float(logits.max())), pairs)
    for pair in pairs:
        if not max(pair.logit, pair.map) <= bound:  # also false for NaN
            raise SelfTestError(
                f"{pair.first} and {pair.second} differ by {max(pair.logit, pair.map):.2g} on {len(films)} films, and "
                f"{bound:g} is allowed: the exported network is not the one that was fitted"
            )
    return found


def _torch(network: nn.Module, films: Float) -> Answers:
    import torch

    def answered() -> Iterator[Answers]:
        for begin in range(0, len(films), _AT_ONCE):
            logits, maps = network(torch.from_numpy(films[begin : begin + _AT_ONCE]))
            yield logits.numpy(), maps.numpy()

    with torch.no_grad():
        parts = list(answered())
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _pair(first: str, second: str, one: Answers, two: Answers) -> Pair:
    logit, cell = (float(np.abs(a - b).max()) for a, b in zip(one, two, strict=True))
    return Pair(first, second, logit, cell, float(np.abs(sigmoid(one[0]) - sigmoid(two[0])).max()))
