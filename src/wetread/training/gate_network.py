"""The gate's network: the first five stages of a frozen ImageNet network, and three small answers on its coarse maps.

Kinds come from one hidden layer; mirrored films from a linear rule; the distance is what the principal components of
frontal chest films cannot rebuild of a picture's features, cell by cell. Only the three answers are fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wetread.inference.gate import KINDS
from wetread.network import NetworkSpec
from wetread.network.lite import build_lite

__all__ = ["CELLS", "CHANNELS", "GateNetwork", "fit_answers"]

CELLS = 5
CHANNELS = 80 + 112
HIDDEN = 48
COMPONENTS = 32
_FLOOR = 0.05  # smallest spread of a feature that is believed


class GateNetwork(nn.Module):
    """`film` (n, 1, 160, 160) to `logit` (n, kinds + 1) and `map` (n, 1, 5, 5), whose mean is the distance."""

    mean: Tensor
    scale: Tensor

    def __init__(self) -> None:
        super().__init__()
        trunk = build_lite(NetworkSpec())
        begins = [place for place, block in enumerate(trunk.blocks) if not block.residual]
        self.taps = (begins[4], begins[5])  # the ends of the stages of 80 and of 112 channels
        del trunk.blocks[self.taps[1] :]
        self.trunk = trunk.requires_grad_(False)
        self.register_buffer("mean", torch.zeros(CHANNELS, CELLS, CELLS))
        self.register_buffer("scale", torch.ones(CHANNELS, CELLS, CELLS))
        self.hidden = nn.Linear(CHANNELS * CELLS**2, HIDDEN)
        self.kinds = nn.Linear(HIDDEN, len(KINDS))
        self.mirrored = nn.Linear(CHANNELS * CELLS**2, 1)
        self.components = nn.Linear(CHANNELS * CELLS**2, COMPONENTS, bias=False)

    def features(self, x: Tensor) -> Tensor:
        """Means over the cells of a 5 x 5 grid, (n, channels, 5, 5)."""
        first = self.trunk.features(x, 0, self.taps[0])
        second = self.trunk.features(first, *self.taps)
        return torch.cat([nn.functional.avg_pool2d(t, int(t.shape[-1]) // CELLS) for t in (first, second)], dim=1)

    def answers(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and distances from features."""
        z = (features - self.mean) * self.scale
        flat = z.flatten(1)
        rebuilt = torch.matmul(self.components(flat), self.components.weight).reshape(z.shape)
        logits = torch.cat([self.kinds(torch.relu(self.hidden(flat))), self.mirrored(flat)], dim=1)
        return logits, ((z - rebuilt) ** 2).mean(dim=1, keepdim=True)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.answers(self.features(x))


def fit_answers(
    network: GateNetwork,
    features: NDArray[np.float16],
    kinds: NDArray[np.int64],
    mirrored: NDArray[np.float16],
    *,
    epochs: int,
    seed: int,
    without: Sequence[int] = (),
) -> None:
    """Fit the three answers in place.

    Parameters
    ----------
    network
        Changed in place.
    features, kinds
        (n, channels, 5, 5) of every picture, and its place in `KINDS`.
    mirrored
        The same for the mirror image of each frontal one, in the same order.
    epochs, seed
        Passes over the pictures; the seed of their order and of the starting weights.
    without
        Kinds that are left out of the fit, to see whether they are refused all the same.
    """
    torch.manual_seed(seed)
    frontal = features[kinds == 0].reshape(int((kinds == 0).sum()), -1).astype(np.float32)
    mean, spread = frontal.mean(axis=0), frontal.std(axis=0) + _FLOOR
    shape = (CHANNELS, CELLS, CELLS)
    network.mean.copy_(torch.from_numpy(mean.reshape(shape)))
    network.scale.copy_(torch.from_numpy((1 / spread).reshape(shape)))
    z = torch.from_numpy((frontal - mean) / spread)
    _, _, components = torch.svd_lowrank(z, q=COMPONENTS, niter=4)
    network.components.weight.data.copy_(components.T)
    kept = np.flatnonzero(~np.isin(kinds, list(without)))
    flat = torch.from_numpy((features[kept].reshape(len(kept), -1).astype(np.float32) - mean) / spread)
    target = torch.from_numpy(kinds[kept])
    drop = nn.Dropout(0.3)
    for layer in (network.hidden, network.kinds, network.mirrored):
        layer.reset_parameters()

    def told(rows: Tensor) -> Tensor:
        out: Tensor = network.kinds(drop(torch.relu(network.hidden(drop(flat[rows])))))
        return nn.functional.cross_entropy(out, target[rows], label_smoothing=0.02)

    _descend(told, [*network.hidden.parameters(), *network.kinds.parameters()], len(flat), epochs, 1e-3)
    turned = torch.from_numpy((mirrored.reshape(len(mirrored), -1).astype(np.float32) - mean) / spread)
    both = torch.cat([z, turned])
    side = torch.cat([torch.zeros(len(z)), torch.ones(len(turned))])

    def laid(rows: Tensor) -> Tensor:
        return nn.functional.binary_cross_entropy_with_logits(network.mirrored(drop(both[rows]))[:, 0], side[rows])

    _descend(laid, list(network.mirrored.parameters()), len(both), epochs, 3e-4)


def _descend(
    loss: Callable[[Tensor], Tensor], parameters: list[nn.Parameter], count: int, epochs: int, rate: float
) -> None:
    optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.05)
    batch = 256
    steps = epochs * -(-count // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for _ in range(epochs):
        for rows in torch.split(torch.randperm(count), batch):
            optimizer.zero_grad()
            loss(rows).backward()  # type: ignore[no-untyped-call]  # PyTorch's own
            optimizer.step()
            schedule.step()
