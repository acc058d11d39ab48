"""What a run says of itself: every setting, and every layer once, as frozen, tuned or added."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wetread.network import build_probe
from wetread.training import load_config
from wetread.training.pair import built
from wetread.training.resolved import resolved

ROOT = Path(__file__).parents[2]
RELEASED = ("adult", "paediatric")


@pytest.mark.parametrize("name", RELEASED)
def test_the_landed_record_is_that_of_the_landed_recipe(name: str) -> None:
    told = json.loads((ROOT / "results" / name / "run.json").read_text("utf-8"))
    assert told == json.loads(json.dumps(resolved(load_config(ROOT / "configs" / f"{name}.toml"))))


@pytest.mark.parametrize("name", RELEASED)
def test_every_parameter_is_counted_once(name: str) -> None:
    config = load_config(ROOT / "configs" / f"{name}.toml")
    plan = resolved(config)["plan"]
    if config.fit.method == "probe":
        network = build_probe(config.network)
        # the classifier of the frozen network is not part of the probe
        unused = sum(parameter.numel() for parameter in network.trunk.classifier.parameters())
    else:
        network, unused = built(config), 0
    everything = sum(parameter.numel() for parameter in network.parameters())
    assert sum(plan[f"{kind}_parameters"] for kind in ("frozen", "tuned", "added")) == everything - unused
    names = [*plan["frozen"], *plan["tuned"], *plan["added"]]
    assert len(set(names)) == len(names)


def test_a_pair_tunes_its_late_blocks_and_adds_a_classifier_and_small_networks() -> None:
    told = resolved(load_config(ROOT / "configs" / "paediatric.toml"))
    first = told["recipe"]["fit"]["first_trained"]
    tuned = {int(name.split(".")[1]) for name in told["plan"]["tuned"] if name.startswith("blocks.")}
    assert min(tuned) == first == told["plan"]["first"]
    added = told["plan"]["added"]
    assert added[0] == "classifier"
    assert all(name.startswith("small.members.") for name in added[1:])
    members = {name.split(".")[2] for name in added[1:]}
    assert len(members) == told["recipe"]["small"]["members"]
    assert told["recipe"]["fit"]["batch"] == 32, "a default is written out"
    assert "components" not in told["recipe"]["fit"], "what a tail does not look at is left out"


def test_a_probe_augments_nothing_and_tunes_nothing() -> None:
    told = resolved(load_config(ROOT / "configs" / "adult.toml"))
    assert told["recipe"]["augmentation"] == {}
    assert told["plan"]["tuned"] == []
    assert "epochs" not in told["recipe"]["fit"]
