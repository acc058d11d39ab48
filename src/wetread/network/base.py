"""What every network here is: blocks in a row, and a classifier whose maps are its logits' own account of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import torch
from torch import Tensor, nn

__all__ = ["ADDED", "Network"]

# How the names of the layers begin that no published weights hold.
ADDED = ("classifier.", "hidden.")


class Network(nn.Module):
    """A stem, blocks that can be run in parts, what follows the last of them, and a classifier on the features.

    Input: float32 (batch, 1, height, width) in [0, 1], height and width multiples of `stride`.
    Output: logits (batch, outputs) and maps (batch, outputs, height / stride, width / stride). The mean of a map over
    its cells is its logit.

    Attributes
    ----------
    groups
        The first block of each of the parts that the network's authors name: stages, layers, dense blocks.
    moving
        Whether the tuned normalisation layers follow the batches while training; the frozen ones never do.
    started
        Whether all but the classifier began from weights.

    Notes
    -----
    Without a hidden layer the map is the class-activation map (Zhou et al., CVPR 2016). With one, the logit is still
    linear in the features as long as no hidden unit is switched: the slopes at the film's own pooled features spread
    the logit over the cells without a gradient, so the exported file holds the map too. It is what Grad-CAM finds on the
    last features (Selvaraju et al., ICCV 2017), with its negative part kept and the constant shared out evenly.
    """

    stride = 32
    groups: tuple[int, ...]
    stem: nn.Module
    blocks: nn.ModuleList
    head: nn.Module

    def __init__(self) -> None:
        super().__init__()
        self.moving = True
        self.started = False
        self.hidden: nn.Linear | None = None

    def classify(self, channels: int, outputs: int, dropout: float, hidden: int) -> None:
        """Add the classifier, whose last layer is zero: a new network says 0 of every film.

        Parameters
        ----------
        channels
            Of the features.
        outputs, dropout, hidden
            As in `NetworkSpec`.
        """
        if hidden:
            self.hidden = nn.Linear(channels, hidden)
        self.dropout = nn.Dropout2d(dropout)
        self.classifier = nn.Conv2d(hidden or channels, outputs, 1)
        nn.init.zeros_(self.classifier.weight)
        nn.init.zeros_(self.classifier.bias)  # type: ignore[arg-type]  # a Conv2d built with a bias has one

    def enter(self, x: Tensor) -> Tensor:
        """From grey levels to what the first block takes."""
        raise NotImplementedError

    def leave(self, x: Tensor) -> Tensor:
        """From the last block to the features."""
        raise NotImplementedError

    def published(self, theirs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The tensors of a published weights file under this network's names, for one grey channel, less the classifier.

        Raises
        ------
        KeyError
            If the file holds a layer that this network lacks.
        """
        raise NotImplementedError

    def features(self, x: Tensor, first: int = 0, last: int | None = None) -> Tensor:
        """Run the blocks `first` to `last` (exclusive); from 0 the stem comes first, to the end the head follows."""
        if first == 0:
            x = self.enter(x)
        for block in self.blocks[first:last]:
            x = block(x)
        return self.leave(x) if last is None else x

    def forward(self, x: Tensor, first: int = 0) -> tuple[Tensor, Tensor]:
        features = self.features(x, first)
        if self.hidden is None:
            maps: Tensor = self.classifier(self.dropout(features))
        else:
            maps = self._spread(features, self.hidden)
        return maps.mean(dim=(2, 3)), maps

    def _spread(self, features: Tensor, hidden: nn.Linear) -> Tensor:
        """The dense head's logit on pooled features, shared out over the cells."""
        seen = hidden(features.mean(dim=(2, 3)))
        open_ = nn.functional.dropout((seen > 0).to(seen.dtype), self.dropout.p, self.training)
        weight = self.classifier.weight.flatten(1)
        slopes = torch.matmul(open_.unsqueeze(1) * weight, hidden.weight)
        rest = nn.functional.linear(open_ * hidden.bias, weight, self.classifier.bias)
        cells = torch.matmul(slopes, features.flatten(2)) + rest.unsqueeze(2)
        return cells.reshape(*cells.shape[:2], *features.shape[2:])

    def train(self, mode: bool = True) -> Self:
        """As in PyTorch, but frozen normalisation layers stay as they are: moving them would change frozen features."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d) and not (self.moving and _learns(module)):
                module.eval()
        return self


def _learns(module: nn.Module) -> bool:
    return any(parameter.requires_grad for parameter in module.parameters(recurse=False))
