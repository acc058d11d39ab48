"""What a plan freezes stays as it was, to the last bit; what it tunes moves; and the record says which is which."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from wetread.errors import ConfigError
from wetread.network import Network, NetworkSpec, build
from wetread.network.classic import CLASSIC
from wetread.network.plans import TUNED, first_tuned, freeze

LITE = NetworkSpec(dropout=0.0)


def step(network: Network, size: int = 32) -> None:
    """One step of training that moves all that may move."""
    network.train()
    nn.init.normal_(network.classifier.weight)
    logits, _ = network(torch.rand(4, 1, size, size, generator=torch.Generator().manual_seed(0)))
    nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor([[0.0], [1.0], [1.0], [0.0]])).backward()
    torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=0.1).step()


def changed(network: Network, before: dict[str, torch.Tensor]) -> set[str]:
    """Layers of which a parameter or a statistic is no longer what it was."""
    return {
        name.rpartition(".")[0] for name, value in network.state_dict().items() if not torch.equal(value, before[name])
    }


@pytest.mark.parametrize("tuned", [*TUNED, 12])
@pytest.mark.parametrize("hidden", [0, 8])
def test_a_step_moves_the_tuned_layers_and_no_other(tuned: str | int, hidden: int) -> None:
    torch.manual_seed(1)
    network = build(NetworkSpec(dropout=0.0, hidden=hidden))
    plan = freeze(network, tuned)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    step(network)
    assert changed(network, before) == {*plan.tuned, *plan.added}
    assert set(plan.added) == ({"classifier", "hidden"} if hidden else {"classifier"})
    assert bool(plan.frozen) == (tuned != "all")


def test_each_layer_stands_in_one_list_in_the_order_of_the_network() -> None:
    network = build(LITE)
    plan = freeze(network, "last")
    layers = [name for name, module in network.named_modules() if list(module.parameters(recurse=False))]
    assert sorted((*plan.frozen, *plan.tuned, *plan.added)) == sorted(layers)
    assert plan.frozen[0].startswith("stem.")
    assert [name.split(".")[0] for name in plan.tuned] == ["blocks"] * 6 + ["head"] * 2
    counted = sum(parameter.numel() for parameter in network.parameters())
    assert plan.frozen_parameters + plan.tuned_parameters + plan.added_parameters == counted
    assert plan.added_parameters == 1281
    learning = sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
    assert plan.tuned_parameters + plan.added_parameters == learning


@torch.no_grad()
def test_features_before_the_first_tuned_block_can_be_kept() -> None:
    """Frozen normalisation does not follow the batch, so a network in training gives there what it gives at rest."""
    network = build(LITE)
    plan = freeze(network, 14)
    films = torch.rand(3, 1, 64, 64)
    kept = network.eval().features(films, 0, plan.first)
    assert torch.equal(network.train().features(films, 0, plan.first), kept)
    assert not torch.equal(network.train().features(films, 0, plan.first + 1), network.eval().features(films, 0, 15))


def test_tuned_normalisation_can_be_kept_still() -> None:
    network = build(LITE)
    plan = freeze(network, "all", moving=False)
    assert not plan.moving
    network.train()
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    assert len(norms) == 49
    assert not any(module.training for module in norms)
    assert network.dropout.training
    freeze(network, "all")
    assert all(module.training for module in norms)


def test_the_classic_recipe_tunes_vgg_s_fifth_block_and_adds_a_dense_head(tmp_path: Path) -> None:
    with torch.device("meta"):
        network = CLASSIC["vgg16"](1, 0.5, 256)
    network.started = True
    plan = freeze(network, "last")
    assert plan.frozen == tuple(f"blocks.{block}.{layer}" for block, layer in VGG_FROZEN)
    assert plan.tuned == ("blocks.4.0", "blocks.4.2", "blocks.4.4")
    assert plan.added == ("hidden", "classifier")
    assert (plan.frozen_parameters, plan.tuned_parameters, plan.added_parameters) == (
        7_635_264 - 2 * 64 * 9,
        3 * (512 * 512 * 9 + 512),
        512 * 256 + 256 + 256 + 1,
    )


VGG_FROZEN = [(0, 0), (0, 2), (1, 0), (1, 2), *((block, layer) for block in (2, 3) for layer in (0, 2, 4))]


@pytest.mark.parametrize(
    ("name", "first", "tuned"),
    [("densenet121", 6, "blocks.6.denselayer1.layers.norm1"), ("resnet50", 3, "blocks.3.0.conv1")],
)
def test_the_last_part_of_a_network_is_its_authors(name: str, first: int, tuned: str) -> None:
    with torch.device("meta"):
        network = CLASSIC[name](1, 0.0)
    network.started = True
    plan = freeze(network, "last")
    assert plan.first == first == first_tuned(network, "last")
    assert plan.tuned[0] == tuned
    assert all(name.startswith(("stem.", "blocks.")) for name in plan.frozen)
    assert plan.added == ("classifier",)


def test_a_network_from_nothing_is_all_added() -> None:
    network = build(NetworkSpec("cnn28", pretrained=False))
    plan = freeze(network, "all")
    assert not plan.frozen
    assert not plan.tuned
    assert plan.added_parameters == sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize("tuned", ["last", "classifier", 1])
def test_layers_that_never_learnt_are_not_frozen(tuned: str | int) -> None:
    network = build(NetworkSpec("cnn28", pretrained=False))
    with pytest.raises(ConfigError, match="would stay random: tune all of it, or set pretrained = true"):
        freeze(network, tuned)
    assert all(parameter.requires_grad for parameter in network.parameters())


@pytest.mark.parametrize("tuned", ["block5", -1, 17])
def test_an_unknown_plan_is_refused(tuned: str | int) -> None:
    with pytest.raises(ConfigError, match="tuned is classifier, last, all or the place of a block from 0 to 16, not"):
        freeze(build(LITE), tuned)


def test_the_record_is_json() -> None:
    plan = freeze(build(LITE), "classifier")
    told = json.loads(json.dumps(plan.to_dict()))
    assert told["first"] == 16
    assert told["tuned"] == []
    assert told["added"] == ["classifier"]
    assert tuple(told["frozen"]) == plan.frozen
