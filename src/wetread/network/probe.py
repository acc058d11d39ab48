"""A linear map on the frozen features of five depths of an EfficientNet-Lite."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from wetread.errors import ConfigError
from wetread.network.lite import CHANNELS, EfficientNetLite, stage_channels
from wetread.network.spec import LITE_NAMES, NetworkSpec
from wetread.network.weights import load_weights

__all__ = ["GridProbe", "build_probe"]

# Stages (from 0) whose ends a probe taps, beside the head.
_TAPPED = (2, 3, 4, 5)


class GridProbe(nn.Module):
    """Features of five depths of a network, each the mean over the cells of a grid, and a linear map on every cell.

    Input: float32 (batch, 1, side, side) in [0, 1], the side a multiple of 32 times the grid's cells.
    Output: logits (batch, 1) and maps (batch, 1, grid, grid); the mean of a map is its logit.
    """

    def __init__(self, name: str, grid: int) -> None:
        super().__init__()
        self.trunk = EfficientNetLite(name, 1, 0.0)
        self.grid = grid
        self.channels = (*(stage_channels(name, stage) for stage in _TAPPED), CHANNELS)
        """Of each of the five depths, the earliest first."""
        self.weight = nn.Parameter(torch.zeros(1, sum(self.channels), grid, grid))
        self.bias = nn.Parameter(torch.zeros(1, 1, grid, grid))

    def _taps(self) -> tuple[int, ...]:
        """How many blocks come before each tap: the ends of the third to the sixth stage."""
        ends = [place for place, block in enumerate(self.trunk.blocks) if not block.residual]
        return tuple(ends[stage + 1] for stage in _TAPPED)

    def features(self, x: Tensor) -> Tensor:
        """Means over the grid's cells: (batch, channels of all five depths, grid, grid)."""
        taps = self._taps()
        pooled = []
        for first, last in zip((0, *taps), (*taps, None), strict=True):
            x = self.trunk.features(x, first, last)
            pooled.append(nn.functional.avg_pool2d(x, int(x.shape[-1]) // self.grid))
        return torch.cat(pooled, dim=1)

    def head(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and maps from features."""
        maps = (features * self.weight).sum(dim=1, keepdim=True) * self.grid**2 + self.bias
        return maps.mean(dim=(2, 3)), maps

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.head(self.features(x))


def build_probe(spec: NetworkSpec) -> GridProbe:
    """Build the probe of `spec`: a frozen network, and a linear map on `spec.grid` x `spec.grid` cells, all zero.

    Raises
    ------
    ConfigError
        If `spec` has no grid or names another network than an EfficientNet-Lite, or weights are missing.
    """
    if spec.grid < 1:
        raise ConfigError("a probe needs a grid of at least one cell a side: set grid in [network]")
    if spec.name not in LITE_NAMES:
        raise ConfigError(f"a probe stands on an EfficientNet-Lite ({', '.join(LITE_NAMES)}), not on {spec.name}")
    probe = GridProbe(spec.name, spec.grid)
    if spec.pretrained:
        load_weights(probe.trunk, spec)
    probe.trunk.requires_grad_(False)
    return probe
