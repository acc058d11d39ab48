"""The classic networks against a second implementation that reads tensors under their published names."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from wetread.errors import ConfigError
from wetread.network import NetworkSpec, build
from wetread.network.classic import CLASSIC, fold_grey

State = dict[str, Tensor]
# Parameters of the published networks, in millions: three colours, 1000 classes.
MILLIONS = {"densenet121": 7.979, "resnet50": 25.557, "vgg16": 138.358}
DENSE_LAYERS = (6, 12, 24, 16)
BOTTLENECKS = (3, 4, 6, 3)
VGG_CONVOLUTIONS = ((0, 2), (5, 7), (10, 12, 14), (17, 19, 21), (24, 26, 28))


# ------------------------------------------------------------------------------------------- files as published


class Maker:
    """Random tensors under given names."""

    def __init__(self) -> None:
        self.state: State = {}
        self._generator = torch.Generator().manual_seed(0)

    def conv(self, name: str, outputs: int, inputs: int, kernel: int, *, bias: bool = False) -> None:
        size = (outputs, inputs, kernel, kernel)
        self.state[f"{name}.weight"] = self._normal(*size) * math.sqrt(2 / (inputs * kernel**2))
        if bias:
            self.state[f"{name}.bias"] = 0.1 * self._normal(outputs)

    def norm(self, name: str, channels: int) -> None:
        self.state[f"{name}.weight"] = 1 + 0.1 * self._normal(channels)
        self.state[f"{name}.bias"] = 0.1 * self._normal(channels)
        self.state[f"{name}.running_mean"] = 0.1 * self._normal(channels)
        self.state[f"{name}.running_var"] = 1 + 0.1 * self._normal(channels).abs()

    def dense(self, name: str, outputs: int, inputs: int) -> None:
        self.state[f"{name}.weight"] = torch.zeros(outputs, inputs)
        self.state[f"{name}.bias"] = torch.zeros(outputs)

    def _normal(self, *size: int) -> Tensor:
        return torch.randn(*size, generator=self._generator)


def densenet121() -> State:
    make = Maker()
    make.conv("features.conv0", 64, 3, 7)
    make.norm("features.norm0", 64)
    channels = 64
    for block, layers in enumerate(DENSE_LAYERS, 1):
        for layer in range(1, layers + 1):
            # The file of 2017 writes norm.1 for what its networks call norm1.
            name = f"features.denseblock{block}.denselayer{layer}"
            make.norm(f"{name}.norm.1", channels)
            make.conv(f"{name}.conv.1", 128, channels, 1)
            make.norm(f"{name}.norm.2", 128)
            make.conv(f"{name}.conv.2", 32, 128, 3)
            channels += 32
        if block < len(DENSE_LAYERS):
            make.norm(f"features.transition{block}.norm", channels)
            make.conv(f"features.transition{block}.conv", channels // 2, channels, 1)
            channels //= 2
    make.norm("features.norm5", channels)
    make.dense("classifier", 1000, channels)
    return make.state


def resnet50() -> State:
    make = Maker()
    make.conv("conv1", 64, 3, 7)
    make.norm("bn1", 64)
    inputs = 64
    for place, repeats in enumerate(BOTTLENECKS):
        width = 64 * 2**place
        for repeat in range(repeats):
            name = f"layer{place + 1}.{repeat}"
            for number, (outputs, before, kernel) in enumerate(
                ((width, inputs, 1), (width, width, 3), (4 * width, width, 1)), 1
            ):
                make.conv(f"{name}.conv{number}", outputs, before, kernel)
                make.norm(f"{name}.bn{number}", outputs)
            if repeat == 0:
                make.conv(f"{name}.downsample.0", 4 * width, inputs, 1)
                make.norm(f"{name}.downsample.1", 4 * width)
            inputs = 4 * width
    make.dense("fc", 1000, inputs)
    return make.state


def vgg16() -> State:
    make = Maker()
    inputs = 3
    for block, places in enumerate(VGG_CONVOLUTIONS):
        outputs = min(512, 64 * 2**block)
        for place in places:
            make.conv(f"features.{place}", outputs, inputs, 3, bias=True)
            inputs = outputs
    # Its own dense layers hold nine tenths of the file, and nothing here reads them: their names are enough.
    for place in (0, 3, 6):
        make.dense(f"classifier.{place}", 1, 1)
    return make.state


PUBLISHED: dict[str, Callable[[], State]] = {"densenet121": densenet121, "resnet50": resnet50, "vgg16": vgg16}


# ------------------------------------------------------------------------------------- features straight from them


def conv(x: Tensor, state: State, name: str, stride: int = 1) -> Tensor:
    weight = state[f"{name}.weight"]
    return functional.conv2d(x, weight, state.get(f"{name}.bias"), stride=stride, padding=weight.shape[-1] // 2)


def norm(x: Tensor, state: State, name: str) -> Tensor:
    mean, variance, gain, shift = (
        state[f"{name}.{part}"][:, None, None] for part in ("running_mean", "running_var", "weight", "bias")
    )
    return (x - mean) / torch.sqrt(variance + 1e-5) * gain + shift


def densenet121_features(x: Tensor, state: State) -> Tensor:
    x = functional.relu(norm(conv(x, state, "features.conv0", 2), state, "features.norm0"))
    x = functional.max_pool2d(x, 3, 2, 1)
    for block, layers in enumerate(DENSE_LAYERS, 1):
        for layer in range(1, layers + 1):
            name = f"features.denseblock{block}.denselayer{layer}"
            y = conv(functional.relu(norm(x, state, f"{name}.norm.1")), state, f"{name}.conv.1")
            y = conv(functional.relu(norm(y, state, f"{name}.norm.2")), state, f"{name}.conv.2")
            x = torch.cat([x, y], dim=1)
        if block < len(DENSE_LAYERS):
            name = f"features.transition{block}"
            x = functional.avg_pool2d(conv(functional.relu(norm(x, state, f"{name}.norm")), state, f"{name}.conv"), 2)
    return functional.relu(norm(x, state, "features.norm5"))


def resnet50_features(x: Tensor, state: State) -> Tensor:
    x = functional.max_pool2d(functional.relu(norm(conv(x, state, "conv1", 2), state, "bn1")), 3, 2, 1)
    for place, repeats in enumerate(BOTTLENECKS):
        for repeat in range(repeats):
            name, stride = f"layer{place + 1}.{repeat}", 2 if place and not repeat else 1
            y = functional.relu(norm(conv(x, state, f"{name}.conv1"), state, f"{name}.bn1"))
            y = functional.relu(norm(conv(y, state, f"{name}.conv2", stride), state, f"{name}.bn2"))
            y = norm(conv(y, state, f"{name}.conv3"), state, f"{name}.bn3")
            if repeat == 0:
                x = norm(conv(x, state, f"{name}.downsample.0", stride), state, f"{name}.downsample.1")
            x = functional.relu(x + y)
    return x


def vgg16_features(x: Tensor, state: State) -> Tensor:
    for places in VGG_CONVOLUTIONS:
        for place in places:
            x = functional.relu(conv(x, state, f"features.{place}"))
        x = functional.max_pool2d(x, 2)
    return x


FEATURES = {"densenet121": densenet121_features, "resnet50": resnet50_features, "vgg16": vgg16_features}


# ---------------------------------------------------------------------------------------------------------- tests


@pytest.fixture(params=sorted(PUBLISHED), scope="module")
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, State, Path]:
    """A network's name, a file of random weights as its authors would publish them, and its tensors."""
    state = PUBLISHED[request.param]()
    path = tmp_path_factory.mktemp("weights") / f"{request.param}.pth"
    torch.save(state, path)
    return request.param, state, path


def colours(grey: Tensor, means: tuple[float, ...], spreads: tuple[float, ...]) -> Tensor:
    return (grey - torch.tensor(means)[:, None, None]) / torch.tensor(spreads)[:, None, None]


@torch.no_grad()
def test_features_are_those_of_the_published_layout(
    published: tuple[str, State, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one mean for the three colours even the frame's edge is exact, so every layer can be compared."""
    name, state, path = published
    means, spreads = (0.449,) * 3, (0.229, 0.224, 0.225)
    monkeypatch.setattr("wetread.network.classic._MEANS", means)
    network = build(NetworkSpec(name, weights=str(path))).eval()
    grey = torch.rand(1, 1, 64, 96, generator=torch.Generator().manual_seed(1))
    ours, theirs = network.features(grey), FEATURES[name](colours(grey, means, spreads), state)
    assert ours.shape == theirs.shape
    assert ours.shape[2:] == (2, 3)
    assert float(theirs.std()) > 0.05
    assert float((ours - theirs).abs().max()) < 1e-3 * float(theirs.abs().max())


def test_three_colours_fold_into_grey_but_for_the_edge() -> None:
    generator = torch.Generator().manual_seed(2)
    weight = torch.randn(5, 3, 7, 7, generator=generator)
    grey = torch.rand(1, 1, 24, 24, generator=generator)
    folded, offset = fold_grey(weight)
    assert folded.shape == (5, 1, 7, 7)
    ours = functional.conv2d((grey - 0.449) / 0.226, folded, offset, padding=3)
    theirs = functional.conv2d(colours(grey, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)), weight, padding=3)
    inside = (..., slice(3, -3), slice(3, -3))
    torch.testing.assert_close(ours[inside], theirs[inside], rtol=1e-4, atol=1e-4)
    assert float((ours - theirs).abs().max()) > 0.01


@torch.no_grad()
def test_the_stem_of_a_file_is_the_colour_stem_inside_the_frame(published: tuple[str, State, Path]) -> None:
    """Where the first normalisation holds what the grey stem lacks, or the bias of a network without one does."""
    name, state, path = published
    network = build(NetworkSpec(name, weights=str(path))).eval()
    grey = torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(3))
    x = colours(grey, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    if name == "vgg16":
        ours, theirs = network.blocks[0][0](network.enter(grey)), conv(x, state, "features.0")
    else:
        convolution, norms = ("features.conv0", "features.norm0") if name == "densenet121" else ("conv1", "bn1")
        ours = network.stem[:2]((grey - 0.449) / 0.226)
        theirs = norm(conv(x, state, convolution, 2), state, norms)
    inside = (..., slice(2, -2), slice(2, -2))
    torch.testing.assert_close(ours[inside], theirs[inside], rtol=1e-4, atol=1e-4)


def test_sizes_are_the_published_ones() -> None:
    for name, millions in MILLIONS.items():
        with torch.device("meta"):
            network = CLASSIC[name](1, 0.0)
        count = sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
        channels = network.classifier.in_channels
        colour = 2 * next(network.parameters()).numel()
        dense = 1000 * (channels + 1)
        if name == "vgg16":  # two dense layers on 7 x 7 cells, and the classes
            dense = (49 * 512 + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 1000
        assert (count - (channels + 1) + colour + dense) / 1e6 == pytest.approx(millions, abs=0.001), name


@torch.no_grad()
@pytest.mark.parametrize("hidden", [0, 7])
@pytest.mark.parametrize("name", ["efficientnet_lite0", "vgg16", "cnn28"])
def test_a_map_s_mean_is_its_logit(name: str, hidden: int) -> None:
    torch.manual_seed(4)
    network = build(NetworkSpec(name, outputs=3, pretrained=False, hidden=hidden)).eval()
    nn.init.normal_(network.classifier.weight)
    nn.init.normal_(network.classifier.bias)
    film = torch.rand(2, 1, 64, 96)
    logits, maps = network(film)
    assert logits.shape == (2, 3)
    assert maps.shape == (2, 3, 64 // network.stride, 96 // network.stride)
    torch.testing.assert_close(maps.mean(dim=(2, 3)), logits, rtol=1e-4, atol=1e-4)
    if hidden:
        pooled = network.features(film).mean(dim=(2, 3))
        dense = functional.relu(network.hidden(pooled)) @ network.classifier.weight.flatten(1).T
        torch.testing.assert_close(dense + network.classifier.bias, logits, rtol=1e-4, atol=1e-4)
    assert float(maps.std()) > 0


def test_a_dense_map_is_the_logit_s_gradient_on_the_features() -> None:
    """The map less the part that no cell owns is features times the logit's slopes: what automatic slopes say too."""
    torch.manual_seed(5)
    network = build(NetworkSpec("cnn28", pretrained=False, hidden=16)).eval()
    nn.init.normal_(network.classifier.weight)
    features = network.features(torch.rand(1, 1, 28, 28)).detach().requires_grad_()
    assert network.hidden is not None
    maps = network._spread(features, network.hidden)
    dense = functional.relu(network.hidden(features.mean(dim=(2, 3)))) @ network.classifier.weight.flatten(1).T
    (slopes,) = torch.autograd.grad(dense.sum(), features)
    owned = (features * slopes).sum(dim=1, keepdim=True) * maps[0, 0].numel()
    rest = maps - owned
    torch.testing.assert_close(rest, rest.mean().expand_as(rest), rtol=1e-3, atol=1e-4)


@torch.no_grad()
def test_dropout_acts_on_the_dense_layer_while_training() -> None:
    torch.manual_seed(6)
    network = build(NetworkSpec("cnn28", pretrained=False, hidden=64, dropout=0.5)).train()
    nn.init.normal_(network.classifier.weight)
    features = torch.rand(1, 160, 7, 7)
    assert network.hidden is not None
    draws = torch.stack([network._spread(features, network.hidden).mean() for _ in range(400)])
    still = network.eval()._spread(features, network.hidden).mean()
    assert float(draws.std()) > 0.01
    assert float(abs(draws.mean() - still)) < 4 * float(draws.std()) / 20


@pytest.mark.parametrize(
    ("asked", "held"), [("resnet50", "densenet121"), ("densenet121", "resnet50"), ("vgg16", "resnet50")]
)
def test_weights_of_another_network_are_refused(asked: str, held: str, tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save(PUBLISHED[held](), path)
    with pytest.raises(ConfigError, match=r"other\.pth do not fit this network"):
        build(NetworkSpec(asked, weights=str(path)))


def test_a_file_that_lacks_a_layer_is_refused(published: tuple[str, State, Path], tmp_path: Path) -> None:
    name, state, _ = published
    last = [key for key in state if key.endswith("weight") and not key.startswith(("classifier", "fc"))][-1]
    torch.save({key: value for key, value in state.items() if key != last}, tmp_path / "torn.pth")
    with pytest.raises(ConfigError, match=r"torn\.pth do not fit this network"):
        build(NetworkSpec(name, weights=str(tmp_path / "torn.pth")))
