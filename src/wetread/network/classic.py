"""DenseNet-121, ResNet-50 and VGG-16 for one grey channel, in the layouts whose ImageNet weights torchvision published.

The first two are MONAI's, taken apart into blocks; no library without torchvision has the third, which is a row of
convolutions. MONAI takes seconds to load, so it is asked for only by who builds one of its networks.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from wetread.network.base import Network

__all__ = ["CLASSIC", "DenseNet121", "ResNet50", "Vgg16", "fold_grey"]

# What torchvision subtracts from red, green and blue in [0, 1], and what it divides by.
_MEANS, _SPREADS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_GREY_MEAN, _GREY_STD = 0.449, 0.226
# Convolutions and channels of VGG-16's five blocks (configuration D of Simonyan and Zisserman, ICLR 2015).
_VGG16 = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))


def fold_grey(weight: Tensor) -> tuple[Tensor, Tensor]:
    """A convolution of three normalised colours as one of normalised grey.

    Parameters
    ----------
    weight
        (outputs, 3, rows, columns).

    Returns
    -------
    Weight (outputs, 1, rows, columns), and what must be added to each output (outputs,). A grey film in three equal
    channels and the same in one then give equal outputs, but for the frame's edge: zeros beside the film mean another
    grey for each colour, and cannot mean all three in one.
    """
    means, spreads = torch.tensor(_MEANS, dtype=weight.dtype), torch.tensor(_SPREADS, dtype=weight.dtype)
    grey = (weight * (_GREY_STD / spreads)[None, :, None, None]).sum(dim=1, keepdim=True)
    offset = (weight.sum(dim=(2, 3)) * ((_GREY_MEAN - means) / spreads)).sum(dim=1)
    return grey, offset


class _Classic(Network):
    """What the three share: torchvision's grey levels, and a stem and a head that may be empty."""

    def enter(self, x: Tensor) -> Tensor:
        out: Tensor = self.stem((x - _GREY_MEAN) / _GREY_STD)
        return out

    def leave(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(x)
        return out


def _named(children: Iterable[tuple[str, nn.Module]]) -> nn.Sequential:
    return nn.Sequential(OrderedDict(children))


def _shift_mean(ours: dict[str, Tensor], convolution: str, norm: str) -> None:
    """Fold a stem without bias: what its outputs lack, the running mean of the next normalisation lacks too."""
    ours[f"{convolution}.weight"], offset = fold_grey(ours[f"{convolution}.weight"])
    ours[f"{norm}.running_mean"] = ours[f"{norm}.running_mean"] - offset


class DenseNet121(_Classic):
    """DenseNet-121 (Huang et al., CVPR 2017), which CheXNet tuned, with a class-activation map beside each logit.

    Its blocks are dense block 1, transition 1, dense block 2, ..., dense block 4.
    """

    def __init__(self, outputs: int, dropout: float, hidden: int = 0) -> None:
        from monai.networks import nets

        super().__init__()
        parts = dict(nets.DenseNet121(spatial_dims=2, in_channels=1, out_channels=1).features.named_children())
        self.stem = _named((name, parts[name]) for name in ("conv0", "norm0", "relu0", "pool0"))
        names = [f"{kind}{place}" for place in (1, 2, 3) for kind in ("denseblock", "transition")]
        self.blocks = nn.ModuleList(parts[name] for name in (*names, "denseblock4"))
        self.groups = (0, 2, 4, 6)
        self.head = _named([("norm5", parts["norm5"]), ("relu5", nn.ReLU())])
        self.classify(parts["norm5"].num_features, outputs, dropout, hidden)

    def published(self, theirs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        ours: dict[str, Tensor] = {}
        for key, value in theirs.items():
            root, _, rest = key.partition(".")
            if root == "classifier":
                continue
            part, _, within = rest.partition(".")
            if part == "norm5":
                place = "head.norm5"
            elif block := re.fullmatch(r"(denseblock|transition)(\d)", part):
                place = f"blocks.{2 * int(block[2]) - (2 if block[1] == 'denseblock' else 1)}"
            else:
                place = f"stem.{part}"
            # The file says norm.1 where its networks say norm1, and MONAI's layers.norm1.
            within = re.sub(r"^(denselayer\d+)\.(norm|conv)\.?([12])\.", r"\1.layers.\2\3.", within)
            ours[f"{place}.{within}"] = value
        _shift_mean(ours, "stem.conv0", "stem.norm0")
        return ours


class ResNet50(_Classic):
    """ResNet-50 (He et al., CVPR 2016), strides in the 3 x 3 convolutions, with a map beside each logit.

    Its blocks are layers 1 to 4.
    """

    def __init__(self, outputs: int, dropout: float, hidden: int = 0) -> None:
        from monai.networks import nets

        super().__init__()
        whole: Any = nets.ResNet(
            "bottleneck",
            [3, 4, 6, 3],
            [64, 128, 256, 512],
            spatial_dims=2,
            n_input_channels=1,
            conv1_t_stride=2,
            feed_forward=False,
            bias_downsample=False,
        )
        self.stem = _named((name, getattr(whole, name)) for name in ("conv1", "bn1", "act", "maxpool"))
        self.blocks = nn.ModuleList([whole.layer1, whole.layer2, whole.layer3, whole.layer4])
        self.groups = (0, 1, 2, 3)
        self.head = nn.Identity()
        self.classify(4 * 512, outputs, dropout, hidden)

    def published(self, theirs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        ours: dict[str, Tensor] = {}
        for key, value in theirs.items():
            root, _, rest = key.partition(".")
            if root == "fc":
                continue
            place = f"blocks.{int(root.removeprefix('layer')) - 1}" if root.startswith("layer") else f"stem.{root}"
            ours[f"{place}.{rest}"] = value
        _shift_mean(ours, "stem.conv1", "stem.bn1")
        return ours


class Vgg16(_Classic):
    """VGG-16 without normalisation (Simonyan and Zisserman, ICLR 2015), its own dense layers left out.

    Its blocks are the five of convolutions, each with its pooling. In the classic recipe the first four stay as they
    are, and a dense layer with dropout (`hidden` of `NetworkSpec`) follows the pooled features.
    """

    def __init__(self, outputs: int, dropout: float, hidden: int = 0) -> None:
        super().__init__()
        self.stem = nn.Identity()
        blocks: list[nn.Module] = []
        inputs = 1
        for repeats, channels in _VGG16:
            layers: list[nn.Module] = []
            for _ in range(repeats):
                layers += [nn.Conv2d(inputs, channels, 3, padding=1), nn.ReLU(inplace=True)]
                inputs = channels
            blocks.append(nn.Sequential(*layers, nn.MaxPool2d(2)))
        self.blocks = nn.ModuleList(blocks)
        self.groups = tuple(range(len(blocks)))
        self.head = nn.Identity()
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]  # a Conv2d built with a bias has one
        self.classify(inputs, outputs, dropout, hidden)

    def published(self, theirs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        lengths = [2 * repeats + 1 for repeats, _ in _VGG16]
        places = [f"blocks.{block}.{layer}" for block, length in enumerate(lengths) for layer in range(length)]
        ours: dict[str, Tensor] = {}
        for key, value in theirs.items():
            root, place, rest = key.split(".")
            if root == "features":
                ours[f"{places[int(place)]}.{rest}"] = value
        ours["blocks.0.0.weight"], offset = fold_grey(ours["blocks.0.0.weight"])
        ours["blocks.0.0.bias"] = ours["blocks.0.0.bias"] + offset
        return ours


CLASSIC: Mapping[str, type[DenseNet121 | ResNet50 | Vgg16]] = {
    "densenet121": DenseNet121,
    "resnet50": ResNet50,
    "vgg16": Vgg16,
}
