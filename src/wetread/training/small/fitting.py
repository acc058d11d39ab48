"""Fit one small network, and score films with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from wetread.network.small import SmallNetwork
from wetread.training.small.changes import stretched
from wetread.training.small.settings import SmallSettings

__all__ = ["fit", "score"]

_WARM_UP, _LONGEST_GRADIENT = 0.2, 1.0
_AT_ONCE = 512
Images = NDArray[np.uint8]
Change = Callable[[Tensor, np.random.Generator], Tensor]


def fit(
    how: SmallSettings,
    change: Change,
    images: Images,
    labels: NDArray[np.int64],
    *,
    seed: int,
    blocks: Sequence[int] = (1, 2),
) -> SmallNetwork:
    """Fit a network on all these films; the running mean of its weights, in evaluation mode.

    Parameters
    ----------
    how, change
        Settings; what makes changed copies of films, float32 (n, 1, height, width) in [0, 1].
    images, labels
        uint8 (films, height, width), and 0 or 1 for each.
    seed
        Of the first weights, dropout, the order of films and their changes.
    blocks
        Residual blocks of each of the network's stages.

    Notes
    -----
    Convolutions compute in bfloat16, which a processor that has it does several times as fast; weights stay float32.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = SmallNetwork(how.width, how.dropout, blocks)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # PyTorch's stubs lack it for modules
    mean = {name: value.clone() for name, value in network.state_dict().items()}
    optimiser = torch.optim.AdamW(network.parameters(), lr=how.learning_rate, weight_decay=how.weight_decay)
    size = min(how.batch, len(images))
    steps = len(images) // size
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, how.learning_rate, total_steps=how.epochs * steps + 1, pct_start=_WARM_UP
    )
    network.train()
    orders = [rng.permutation(len(images))[: steps * size].reshape(steps, size) for _ in range(how.epochs)]
    for step, batch in enumerate(np.concatenate(orders)):
        films = change(_films(images[batch]), rng)
        wanted = torch.from_numpy(labels[batch, None].astype(np.float32)) * (1 - how.smoothing) + how.smoothing / 2
        with torch.autocast("cpu", torch.bfloat16):
            logits, _ = network(films.contiguous(memory_format=torch.channels_last))
        optimiser.zero_grad()
        torch.autograd.backward(functional.binary_cross_entropy_with_logits(logits.float(), wanted))
        nn.utils.clip_grad_norm_(network.parameters(), _LONGEST_GRADIENT)
        optimiser.step()
        schedule.step()
        _follow(mean, network.state_dict(), min(how.averaging, (step + 2) / (step + 11)))
    network.load_state_dict(mean)
    return network.eval()


def _follow(mean: dict[str, Tensor], now: dict[str, Tensor], decay: float) -> None:
    for name, value in now.items():
        if value.is_floating_point():
            mean[name].lerp_(value, 1 - decay)
        else:
            mean[name].copy_(value)


@torch.no_grad()
def score(network: nn.Module, images: Images, percentiles: tuple[float, float]) -> NDArray[np.float64]:
    """Logits (films,) of films as they are, in float32."""
    parts = [
        network(stretched(_films(images[begin : begin + _AT_ONCE]), percentiles))[0].numpy()[:, 0]
        for begin in range(0, len(images), _AT_ONCE)
    ]
    return np.concatenate(parts).astype(np.float64)


def _films(images: Images) -> Tensor:
    return torch.from_numpy(images[:, None].astype(np.float32)) / 255
