"""EfficientNet-Lite (Tan and Le, ICML 2019; Lite variants: TensorFlow TPU models) for one grey channel."""

from __future__ import annotations

import math
from collections.abc import Mapping

from torch import Tensor, nn

from wetread.errors import ConfigError
from wetread.network.base import Network
from wetread.network.spec import LITE_NAMES, NetworkSpec
from wetread.network.weights import load_weights

__all__ = ["CHANNELS", "EfficientNetLite", "build_lite", "stage_channels"]

# Width and depth multipliers.
_SCALING = dict(zip(LITE_NAMES, ((1.0, 1.0), (1.0, 1.1), (1.1, 1.2)), strict=True))

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
CHANNELS = 1280
# The ImageNet weights come from TensorFlow, whose normalisation layers use these two constants.
_BN_EPS, _BN_MOMENTUM = 1e-3, 0.01
# Mean and spread of the grey levels, in [0, 1], that the ImageNet weights expect: (x - 127) / 128 on 0..255.
_GREY_MEAN, _GREY_STD = 127 / 255, 128 / 255


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


class EfficientNetLite(Network):
    """EfficientNet-Lite for one grey channel, with a class-activation map beside each logit.

    Input: float32 (batch, 1, height, width) in [0, 1], height and width multiples of 32.
    Output: logits (batch, outputs) and maps (batch, outputs, height / 32, width / 32). The mean of a map over its
    cells is the logit, so the map is the logit's own account of itself.
    """

    def __init__(self, name: str, outputs: int, dropout: float, hidden: int = 0) -> None:
        super().__init__()
        depth = _SCALING[name][1]
        self.stem = _conv(1, 32, 3, 2)
        blocks: list[nn.Module] = []
        groups = []
        inputs = 32
        for stage, (expansion, _, repeats, stride, kernel) in enumerate(_STAGES):
            groups.append(len(blocks))
            outputs_ = stage_channels(name, stage)
            first_or_last = stage in (0, len(_STAGES) - 1)
            for repeat in range(repeats if first_or_last else math.ceil(repeats * depth)):
                blocks.append(_Block(inputs, outputs_, expansion, kernel, stride if repeat == 0 else 1))
                inputs = outputs_
        self.groups = tuple(groups)
        self.blocks = nn.ModuleList(blocks)
        self.head = _conv(inputs, CHANNELS, 1)
        self.classify(CHANNELS, outputs, dropout, hidden)

    def enter(self, x: Tensor) -> Tensor:
        return nn.functional.relu6(self.stem((x - _GREY_MEAN) / _GREY_STD))

    def leave(self, x: Tensor) -> Tensor:
        return nn.functional.relu6(self.head(x))

    def published(self, theirs: Mapping[str, Tensor]) -> dict[str, Tensor]:
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
            name: _positions(module) for name, module in self.named_modules() if isinstance(module, nn.Sequential)
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


def stage_channels(name: str, stage: int) -> int:
    """Channels of a stage (from 0) of the network `name`."""
    return _round_channels(_STAGES[stage][1] * _SCALING[name][0])


def _round_channels(channels: float, divisor: int = 8) -> int:
    """Round to a multiple of 8, never down by more than a tenth (as the original networks were made)."""
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


def build_lite(spec: NetworkSpec) -> EfficientNetLite:
    """Build an EfficientNet-Lite, from ImageNet weights when `spec` says so.

    Raises
    ------
    ConfigError
        If `spec` names another kind of network, or its weights are missing or do not fit.
    """
    if spec.name not in LITE_NAMES:
        raise ConfigError(f"{spec.name} is no EfficientNet-Lite: choose one of {', '.join(LITE_NAMES)}")
    network = EfficientNetLite(spec.name, spec.outputs, spec.dropout, spec.hidden)
    if spec.pretrained:
        load_weights(network, spec)
    return network


def _positions(layers: nn.Sequential) -> tuple[int, int]:
    """Where the convolution and its normalisation stand in a `_conv`."""
    return len(layers) - 2, len(layers) - 1
