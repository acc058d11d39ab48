"""The network with its loss, optimiser and averaged weights, as Lightning wants them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytorch_lightning as lightning
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wetread.errors import DataError
from wetread.network.base import Network
from wetread.training.batches import Batch, Batches, loss
from wetread.training.tune.recipe import TuneFit

__all__ = ["Tuned", "predicted"]

Float32 = NDArray[np.float32]
_LOWEST_RATE = 0.01  # of the highest, at the end of the cosine


class Tuned(lightning.LightningModule):
    """A network that learns.

    Parameters
    ----------
    network
        Its layers frozen or not, as the plan says.
    fit
        How it is tuned.
    steps
        Of the whole fit, if nothing ends it early.
    seed
        Of dropout. Every step draws from its own number, so that a fit that goes on draws what it would have drawn.

    Attributes
    ----------
    losses
        Of the steps since they were last taken away.
    average
        The running mean of what is learnt, by name; empty where there is none.
    """

    def __init__(self, network: Network, fit: TuneFit, *, steps: int, seed: int) -> None:
        super().__init__()
        self.network, self.fit_, self.steps, self.seed = network, fit, steps, seed
        self.losses: list[Tensor] = []
        self.average: dict[str, Tensor] = {}
        self._weights = torch.full((network.classifier.out_channels,), fit.auxiliary_weight)
        self._weights[0] = 1.0
        self._forward = torch.compile(network) if fit.compile else network

    def configure_optimizers(self) -> Any:
        fit, network = self.fit_, self.network
        head = {id(parameter) for part in _head(network) for parameter in part.parameters()}
        groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
        for parameter in network.parameters():
            if parameter.requires_grad:
                groups.setdefault((id(parameter) in head, parameter.ndim > 1), []).append(parameter)
        optimiser = torch.optim.AdamW(
            [
                {
                    "params": parameters,
                    "lr": fit.learning_rate * (fit.head_faster if is_head else 1.0),
                    "weight_decay": fit.weight_decay if multiplies else 0.0,
                }
                for (is_head, multiplies), parameters in groups.items()
            ],
            lr=fit.learning_rate,
        )
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, self._rate)
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def _rate(self, step: int) -> float:
        """Share of the highest rate: up in a line, down in half a cosine (Loshchilov and Hutter, ICLR 2017)."""
        rise = self.fit_.warm_up * self.steps
        if step < rise:
            return (step + 1) / (rise + 1)
        share = min(1.0, (step - rise) / max(1.0, self.steps - rise))
        return _LOWEST_RATE + (1 - _LOWEST_RATE) * (1 + math.cos(math.pi * share)) / 2

    def on_train_batch_start(self, *_: Any) -> None:
        torch.manual_seed(self.seed * 1_000_003 + self.global_step)

    def training_step(self, batch: Batch) -> Tensor:
        images = batch.images
        if self.fit_.channels_last:
            images = images.contiguous(memory_format=torch.channels_last)
        logits, _ = self._forward(images)
        found = loss(
            logits.float(), batch.labels, batch.weights, focal=self.fit_.focal, outputs=self._weights.to(logits.device)
        )
        if not torch.isfinite(found):
            raise DataError(
                f"the loss is no longer a number at step {self.global_step + 1}: lower learning_rate, or set clip or "
                'precision = "32" in [fit]; --resume goes on from the last saved step with the recipe as it was'
            )
        self.losses.append(found.detach())
        return found

    def on_train_batch_end(self, *_: Any) -> None:
        decay = self.fit_.averaging
        if not decay:
            return
        # A young mean would remember the first weights for long: it starts with a short memory (Izmailov et al. 2018).
        decay = min(decay, (1 + self.global_step) / (10 + self.global_step))
        with torch.no_grad():
            for name, value in self.learnt():
                if name not in self.average or not value.is_floating_point():
                    self.average[name] = value.detach().clone()
                else:
                    self.average[name].lerp_(value.detach().to(self.average[name].device), 1 - decay)

    def learnt(self) -> Iterator[tuple[str, Tensor]]:
        """What the fit changes: tuned parameters, and the statistics of normalisation layers that follow the batches."""
        moving = {
            f"{name}.{buffer}"
            for name, module in self.network.named_modules()
            if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.training
            for buffer, _ in module.named_buffers(recurse=False)
        }
        for name, parameter in self.network.named_parameters():
            if parameter.requires_grad:
                yield name, parameter
        for name, buffer in self.network.named_buffers():
            if name in moving:
                yield name, buffer

    def scoring_state(self) -> dict[str, Tensor]:
        """A copy of the weights that films are scored with: averaged where there is a mean."""
        return {name: self.average.get(name, value).detach().clone().cpu() for name, value in self.learnt()}

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep what was learnt; what is frozen comes from the same starting weights again."""
        names = {f"network.{name}" for name, _ in self.learnt()}
        checkpoint["state_dict"] = {name: value for name, value in checkpoint["state_dict"].items() if name in names}
        checkpoint["average"] = dict(self.average)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        self.average = dict(checkpoint["average"])
        checkpoint["state_dict"] = {**self.state_dict(), **checkpoint["state_dict"]}


def _head(network: Network) -> list[nn.Module]:
    return [network.classifier, *([network.hidden] if network.hidden is not None else [])]


@torch.no_grad()
def predicted(
    network: Network, batches: Batches, device: torch.device | str, *, size: int = 64
) -> tuple[Float32, Float32]:
    """Logits (films, outputs) and maps (films, outputs, rows, columns) of unchanged films, in full precision."""
    was = network.training
    network.eval()
    logits, maps = [], []
    for batch in batches.plain(size):
        logit, evidence = network(batch.images.to(device))
        logits.append(logit.float().cpu().numpy())
        maps.append(evidence.float().cpu().numpy())
    network.train(was)
    return np.concatenate(logits), np.concatenate(maps)
