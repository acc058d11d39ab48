"""Fit the trained part of a network on cached features, and score films with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from wetread.network import EfficientNetLite
from wetread.network.lite import build_lite
from wetread.training.config import TrainConfig
from wetread.training.films import FilmSet
from wetread.training.stem import stem_features, stem_key

__all__ = ["TAIL_SETTINGS", "Tail", "fit", "predict"]

Answers = tuple[NDArray[np.float32], NDArray[np.float32]]
_CLASSIFIER_FASTER = 3.0
_WARM_UP = 0.15
_LONGEST_GRADIENT = 1.0
TAIL_SETTINGS = {"head_faster": _CLASSIFIER_FASTER, "warm_up": _WARM_UP, "clip": _LONGEST_GRADIENT}
"""What no recipe changes: how many times faster the classifier learns, the share of steps in which the rate rises, and
the longest gradient."""


def fit(
    config: TrainConfig,
    features: NDArray[np.float16],
    labels: NDArray[np.float32],
    places: NDArray[np.int64],
    *,
    seed: int,
) -> EfficientNetLite:
    """Fit blocks from `first_trained` on, on the films at `places`.

    Parameters
    ----------
    features
        float16 (copies, films, channels, rows, columns) of `stem_features`; each pass draws one copy of each film.
    labels
        float32 (films, outputs), 0 or 1; the loss is binary cross-entropy, pneumonia's plus the auxiliary labels' mean.
    places
        Which films to fit on.
    seed
        Of the classifier's dropout, the order of films and the copies drawn.

    Notes
    -----
    Normalisation layers keep their ImageNet statistics: batches of some thirty films would move them at random.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    first = config.fit.first_trained
    network = build_lite(config.network)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # PyTorch's stubs lack it for modules
    trained = _unfreeze(network, first)
    rate = config.fit.learning_rate
    optimiser = torch.optim.AdamW(
        [
            {"params": trained, "weight_decay": config.fit.weight_decay},
            {"params": _added(network), "weight_decay": 10 * config.fit.weight_decay},
        ],
        lr=rate,
    )
    steps = config.fit.epochs * max(1, round(len(places) / config.fit.batch))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [rate, rate * _CLASSIFIER_FASTER], total_steps=steps + 1, pct_start=_WARM_UP
    )
    weights = _label_weights(labels.shape[1], config.fit.auxiliary_weight)
    for batch in _order(places, config, rng, steps):
        copies = rng.integers(0, len(features), len(batch))
        x = torch.from_numpy(
            np.stack([features[copy, film] for copy, film in zip(copies, batch, strict=True)]).astype(np.float32)
        )
        logits, _ = network(x.contiguous(memory_format=torch.channels_last), first)
        loss = functional.binary_cross_entropy_with_logits(
            logits, torch.from_numpy(labels[batch]), reduction="none"
        ).mean(dim=0)
        optimiser.zero_grad()
        torch.autograd.backward((loss * weights).sum())
        nn.utils.clip_grad_norm_([p for group in optimiser.param_groups for p in group["params"]], _LONGEST_GRADIENT)
        optimiser.step()
        schedule.step()
    network.eval()
    return network


class Tail:
    """Fits and scores networks on the films of one set, whose stem features are computed once and kept in `folder`.

    Attributes
    ----------
    key
        Hash of all that these features depend on.
    """

    def __init__(self, config: TrainConfig, films: FilmSet, folder: Path) -> None:
        self._config, self._labels = config, films.labels
        self._features = stem_features(config, films, folder, copies=config.fit.copies)
        self.key = stem_key(config, films, config.fit.copies)

    def fit(self, places: NDArray[np.int64], seed: int) -> EfficientNetLite:
        """`fit` on the films at `places`."""
        return fit(self._config, self._features, self._labels, places, seed=seed)

    def score(self, inside: NDArray[np.int64], outside: NDArray[np.int64], seed: int) -> Answers:
        """Logits and maps of the films `outside`, from a network fitted on those `inside`."""
        return self.answers(self.fit(inside, seed), outside)

    def answers(self, network: EfficientNetLite, places: NDArray[np.int64]) -> Answers:
        """Logits and maps of the films at `places`, from a network that `fit` made."""
        return predict(network, self._features, places, self._config.fit.first_trained)


def _unfreeze(network: EfficientNetLite, first: int) -> list[nn.Parameter]:
    network.requires_grad_(False)
    network.train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    parts: list[nn.Module] = [*network.blocks[first:], network.head]
    trained = [parameter for part in parts for parameter in part.parameters()]
    for parameter in [*trained, *_added(network)]:
        parameter.requires_grad_(True)
    return trained


def _added(network: EfficientNetLite) -> list[nn.Parameter]:
    parts = [network.classifier] if network.hidden is None else [network.hidden, network.classifier]
    return [parameter for part in parts for parameter in part.parameters()]


def _label_weights(outputs: int, auxiliary: float) -> Tensor:
    weights = torch.full((outputs,), auxiliary / max(1, outputs - 1))
    weights[0] = 1.0
    return weights


def _order(
    places: NDArray[np.int64], config: TrainConfig, rng: np.random.Generator, steps: int
) -> list[NDArray[np.int64]]:
    """Batches of film places: each pass is a new order of all films."""
    size = config.fit.batch
    passes = np.concatenate([rng.permutation(places) for _ in range(config.fit.epochs + 1)])
    return [passes[step * size : (step + 1) * size] for step in range(steps)]


@torch.no_grad()
def predict(
    network: EfficientNetLite, features: NDArray[np.float16], places: NDArray[np.int64], first: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logits (films, outputs) and maps (films, outputs, rows, columns) of unchanged films."""
    logits, maps = [], []
    for start in range(0, len(places), 64):
        batch = torch.from_numpy(features[0][places[start : start + 64]].astype(np.float32))
        logit, evidence = network(batch.contiguous(memory_format=torch.channels_last), first)
        logits.append(logit.numpy())
        maps.append(evidence.numpy())
    return np.concatenate(logits), np.concatenate(maps)
