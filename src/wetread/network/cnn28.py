"""A small residual network for films of 28 x 28 pixels (He et al., CVPR 2016), fitted from nothing."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from wetread.network.base import Network

__all__ = ["Cnn28"]

_WIDTHS = (40, 80, 160)
_REPEATS = 2
_GREY_MEAN, _GREY_STD = 0.5, 0.25


class _Block(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut.

    Where the map gets smaller it is averaged 2 x 2 first, on both ways: a stride would keep every other pixel and let
    a shift by one change the answer (Zhang, ICML 2019).
    """

    def __init__(self, inputs: int, outputs: int, *, halved: bool) -> None:
        super().__init__()
        self.pool = nn.AvgPool2d(2) if halved else nn.Identity()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, bias=False) if inputs != outputs else nn.Identity()
        # Each block begins as its shortcut, so that a deep network begins as a shallow one.
        nn.init.zeros_(self.bn2.weight)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(x)
        y = nn.functional.relu(self.bn1(self.conv1(x)))
        out: Tensor = nn.functional.relu(self.shortcut(x) + self.bn2(self.conv2(y)))
        return out


class Cnn28(Network):
    """Three stages of two residual blocks, 1.1 million parameters, with a class-activation map beside each logit.

    Input: float32 (batch, 1, height, width) in [0, 1], height and width multiples of 4; made for 28 x 28.
    Output: logits (batch, outputs) and maps (batch, outputs, height / 4, width / 4), of 28 x 28 pixels 7 x 7 cells.
    """

    stride = 4

    def __init__(self, outputs: int, dropout: float, hidden: int = 0) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, _WIDTHS[0], 3, padding=1, bias=False), nn.BatchNorm2d(_WIDTHS[0]))
        blocks: list[nn.Module] = []
        groups = []
        inputs = _WIDTHS[0]
        for stage, width in enumerate(_WIDTHS):
            groups.append(len(blocks))
            for repeat in range(_REPEATS):
                blocks.append(_Block(inputs, width, halved=stage > 0 and repeat == 0))
                inputs = width
        self.groups = tuple(groups)
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Identity()
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        self.classify(inputs, outputs, dropout, hidden)

    def enter(self, x: Tensor) -> Tensor:
        return nn.functional.relu(self.stem((x - _GREY_MEAN) / _GREY_STD))

    def leave(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(x)
        return out

    def published(self, theirs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Nobody has published weights for it: only its own saved states fit, and they need no other names."""
        raise KeyError(next(iter(theirs), ""))
