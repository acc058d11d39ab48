"""Recipes of method "tune": those that ship, and those that are refused."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from training.tune.drawn import RECIPE, recipe
from wetread.errors import ConfigError
from wetread.network import NetworkSpec, build
from wetread.training import load_config
from wetread.training.tune import TuneRecipe, load_recipe

CONFIGS = Path(__file__).resolve().parents[3] / "configs"
TUNED = [
    path for path in sorted(CONFIGS.glob("*.toml")) if tomllib.loads(path.read_text())["fit"].get("method") == "tune"
]


def shipped(name: str) -> TuneRecipe:
    found = load_recipe(CONFIGS / f"{name}.toml")
    assert isinstance(found, TuneRecipe)
    return found


@pytest.mark.parametrize("path", TUNED, ids=lambda path: path.stem)
def test_every_shipped_recipe_is_right(path: Path) -> None:
    found = shipped(path.stem)
    assert found.name == path.stem
    assert found.text == path.read_bytes()
    # Drawn people have NIH's numbers and schema, and nobody to be sealed.
    assert found.data.collection != "nih" or found.data.root == "drawn" or found.data.seal == "nih"
    assert found.resolved()["fit"]["batch"] == found.fit.batch


def test_the_classic_recipes_differ_in_the_network_alone() -> None:
    lite, vgg = shipped("classic"), shipped("classic_vgg16")
    assert (lite.data, lite.input, lite.augmentation) == (vgg.data, vgg.input, vgg.augmentation)
    assert replace(lite.fit, learning_rate=vgg.fit.learning_rate) == vgg.fit
    assert lite.data.seal == "nih"
    assert vgg.network == NetworkSpec(name="vgg16", weights="weights", hidden=256, dropout=0.5)


def test_the_classic_plan_on_lite() -> None:
    network, plan = shipped("classic").started(1, 1)
    assert all(name.startswith(("stem.", "blocks.")) for name in plan.frozen)
    assert plan.first == network.groups[-1]
    assert set(plan.added) == {"hidden", "classifier"}
    assert any(name.startswith("head.") for name in plan.tuned)
    assert plan.frozen_parameters > plan.tuned_parameters > 0


def test_the_classic_plan_on_vgg16(tmp_path: Path) -> None:
    """The official weights cannot be had everywhere; a saved state of the same network stands in for them."""
    torch.save(build(NetworkSpec(name="vgg16", pretrained=False)).state_dict(), tmp_path / "vgg16.pth")
    found = shipped("classic_vgg16")
    network, plan = replace(found, network=replace(found.network, weights=str(tmp_path / "vgg16.pth"))).started(1, 1)
    convolutions = [13 - 3, 3]
    assert [len(plan.frozen), len(plan.tuned)] == convolutions, "blocks 1 to 4, and block 5"
    assert set(plan.added) == {"hidden", "classifier"}
    learning = {name for name, parameter in network.named_parameters() if parameter.requires_grad}
    assert {name.rpartition(".")[0] for name in learning} == {*plan.tuned, *plan.added}
    assert network.dropout.p == 0.5


def test_other_methods_are_read_by_their_own(tmp_path: Path) -> None:
    assert load_recipe(CONFIGS / "adult.toml") == load_config(CONFIGS / "adult.toml")
    (tmp_path / "drawn.toml").write_text(RECIPE)
    with pytest.raises(ConfigError, match="wetread train"):
        load_config(tmp_path / "drawn.toml")


WRONG = {
    "unknown part": ("[augmentation]", "[augmenting]", "unknown parts augmenting"),
    "unknown setting": ("epochs = 6", "epoch = 6", r"\[fit\] has unknown settings epoch; known: .*epochs"),
    "a probe's setting": ("epochs = 6", "components = 6", "unknown settings components"),
    "no name": ('name = "drawn"', "", "has no name"),
    "name": ('name = "drawn"', 'name = "../up"', "a recipe's name becomes a folder's"),
    "tuned": ('tuned = "all"', 'tuned = "most"', "tuned is 'most', not one of classifier, last, all"),
    "moving": ("moving = true", "moving = false", "never see a film"),
    "epochs": ("epochs = 6", "epochs = 0", "at least 1"),
    "kind": ("epochs = 6", "epochs = 6.5", "epochs is 6.5, not a whole number"),
    "sampling": ("epochs = 6", 'epochs = 6\nsampling = "fair"', "sampling is 'fair', not one of natural"),
    "metric": ("epochs = 6", 'epochs = 6\nstop_on = "accuracy"', "stop_on is 'accuracy', not one of auroc"),
    "precision": ("epochs = 6", 'epochs = 6\nprecision = "int8"', "precision is 'int8'"),
    "rate": ("learning_rate = 5e-3", "learning_rate = 1.5", "learning_rate lies between 0 and 1"),
    "averaging": ("averaging = 0.8", "averaging = 1.0", r"averaging lie in \[0, 1\)"),
    "share": ("tune_share = 0.25", "tune_share = 0.0", "tune_share above 0"),
    "collection": ('collection = "csv"', 'collection = "mimic"', r"\[data\]"),
    "outputs": ('name = "cnn28"', 'name = "cnn28"\noutputs = 2', "outputs = 2, but .* names 1"),
    "grid": ('name = "cnn28"', 'name = "cnn28"\ngrid = 2', "for method probe"),
    "no TOML": ("[fit]", "[fit", "cannot be read"),
}


@pytest.mark.parametrize(("old", "new", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        recipe(tmp_path, (old, new))
