"""Batches of films out of the cache, each known by seed, epoch and step alone: a run can go on at any of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wetread.errors import ConfigError
from wetread.training.augment import Augmentation
from wetread.training.cache import Cache
from wetread.training.changes import changed
from wetread.training.weighing import SAMPLING, label_weights, loss, offset, order, to_natural

__all__ = ["Batch", "BatchSpec", "Batches", "loss", "to_natural"]

_AHEAD = 2
"""Batches that are made while the network is busy with one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSpec:
    """How films are dealt out.

    Parameters
    ----------
    batch
        Films a step, at most.
    sampling
        "natural": each film once an epoch. "balanced": positive and negative films by turns. "weighted": each film once,
        the rarer kind weighing more.
    focal
        Exponent of the focal loss; 0 for plain cross-entropy.
    seed
        Of order and changes.
    """

    batch: int = 32
    sampling: str = "natural"
    focal: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.batch < 1 or self.focal < 0 or self.seed < 0:
            raise ConfigError(f"batch is at least 1, focal and seed are not negative: {self}")
        if self.sampling not in SAMPLING:
            raise ConfigError(f"sampling is {self.sampling!r}, not one of {', '.join(SAMPLING)}")


class Batch(NamedTuple):
    """Films of one step.

    Parameters
    ----------
    images
        float32 (n, 1, height, width) in [0, 1].
    labels, weights
        float32 (n, outputs); both 0 where nothing is said.
    places
        int64 (n,): the films' places in their table.
    """

    images: Tensor
    labels: Tensor
    weights: Tensor
    places: NDArray[np.int64]


class Batches:
    """Films of a training set, epoch by epoch.

    Parameters
    ----------
    cache, labels
        Pixels, and float32 (films, outputs) with NaN where nothing is said; in the order of one table.
    places
        int64: the films to use.
    spec
        How they are dealt out.
    augmentation
        How films are changed; None leaves them as they are.
    device
        Where the batches go, and are changed.

    Attributes
    ----------
    offset
        float32 (outputs,): log-odds that bring logits back to the prevalence among `places`
        (`wetread.training.weighing.to_natural`).

    Raises
    ------
    ConfigError
        If there is no film, a film that cannot be read is among them, or they cannot be balanced.
    """

    def __init__(
        self,
        cache: Cache,
        labels: NDArray[np.float32],
        places: NDArray[np.int64],
        spec: BatchSpec,
        augmentation: Augmentation | None = None,
        *,
        device: torch.device | str = "cpu",
    ) -> None:
        if not len(places) or len(labels) != len(cache):
            raise ConfigError(f"{len(places)} of {len(cache)} films with labels of {len(labels)}: nothing to train on")
        if not cache.good[places].all():
            raise ConfigError(
                f"{int((~cache.good[places]).sum())} of the films to train on cannot be read: leave them out"
            )
        self._cache, self._places, self._spec, self._how = cache, np.asarray(places, np.int64), spec, augmentation
        self._device = torch.device(device)
        self._labels = labels
        self._weights = np.zeros_like(labels)
        self._weights[self._places] = label_weights(labels, self._places, spec.sampling)
        self.offset = offset(labels, self._places, spec.sampling)
        self._split(0)

    def __len__(self) -> int:
        """Steps of an epoch."""
        return math.ceil(len(self._places) / self._spec.batch)

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """Batches of one epoch from the step `start` on, made ahead in a thread.

        What a batch holds depends on seed, epoch and step alone: a run that stopped before step 7 of epoch 2 goes on with
        `epoch(2, start=7)` as if it had never stopped.
        """
        parts = self._split(number)
        return _ahead(lambda step: self._made(number, step, parts[step]), range(start, len(parts)))

    def at(self, epoch: int, step: int) -> Batch:
        """One batch."""
        return self._made(epoch, step, self._split(epoch)[step])

    def plain(self, size: int | None = None) -> Iterator[Batch]:
        """Each film once, unchanged and in order; `size` films at a time, by default those of a step."""
        size = size or self._spec.batch
        parts = [self._places[start : start + size] for start in range(0, len(self._places), size)]
        return _ahead(lambda step: self._batch(parts[step], self._images(parts[step])), range(len(parts)))

    def _split(self, epoch: int) -> list[NDArray[np.int64]]:
        """An epoch's films in batches that differ by one film at most: a last batch of two would shake the others."""
        rng = np.random.default_rng([self._spec.seed, epoch])
        chosen = order(self._labels, self._places, self._spec.sampling, rng)
        return list(np.array_split(chosen, len(self)))

    def _made(self, epoch: int, step: int, places: NDArray[np.int64]) -> Batch:
        images = self._images(places)
        if self._how is not None:
            # one more number than an order's seed, so that both never draw alike
            seed = np.random.SeedSequence([self._spec.seed, epoch, step]).generate_state(1, np.uint64)[0]
            rng = torch.Generator().manual_seed(int(seed >> np.uint64(1)))
            images = changed(images, torch.from_numpy(self._cache.content[places]), self._how, rng)
        return self._batch(places, images)

    def _images(self, places: NDArray[np.int64]) -> Tensor:
        raw = torch.from_numpy(self._cache.raw(places))
        if self._device.type == "cuda":
            raw = raw.pin_memory().to(self._device, non_blocking=True)
        return raw.unsqueeze(1).to(torch.float32).div_(self._cache.top)

    def _batch(self, places: NDArray[np.int64], images: Tensor) -> Batch:
        labels = torch.from_numpy(np.nan_to_num(self._labels[places]))
        weights = torch.from_numpy(self._weights[places])
        return Batch(images, labels.to(self._device), weights.to(self._device), places)


def _ahead(make: Callable[[int], Batch], steps: range) -> Iterator[Batch]:
    """Batches in their order, the next ones being made in a thread meanwhile."""
    waiting: list[Future[Batch]] = []
    with ThreadPoolExecutor(1, thread_name_prefix="wetread-batches") as thread:
        try:
            for step in steps:
                waiting.append(thread.submit(make, step))
                if len(waiting) > _AHEAD:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            for one in waiting:
                one.cancel()
