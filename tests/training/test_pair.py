"""A pair from recipe to bundle, with the sets that look different."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import torch

from tools import shifts as shifts_tool
from training.made import RECIPE
from training.small.made import made
from wetread.bundle import load, verify
from wetread.errors import ConfigError, DataError
from wetread.intervals import auroc
from wetread.preprocess import prepare_pixels
from wetread.training import TrainConfig, load_config, load_films, train
from wetread.training.films import pixels
from wetread.training.honesty.refit import fitted_on_exchanged
from wetread.training.honesty.shuffle import exchanged
from wetread.training.pair import built
from wetread.training.release import release
from wetread.training.run import development, method_of
from wetread.training.runfolder import open_folder
from wetread.training.seal import Ledger
from wetread.training.shifts import ACCURACY, OUT_OF_FOLD, kept_shifts, shift_figures
from wetread.training.small.shifts import SETS

DAY = date(2026, 1, 31)
PAIR = """
[small]
side = 32
width = 8
blocks = [1, 1]
epochs = 4
batch = 8
averaging = 0.9
learning_rate = 1e-2
members = 2
weight = 0.4
uneven = 0.1
framed = 0.3

[small_augmentation]
gamma = 0.3

[card]
"""
pytestmark = [  # PyTorch's exporter, of its successor and of what it makes a constant
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Constant folding:UserWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]


def recipe() -> str:
    text = RECIPE.replace("[fit]", '[fit]\nmethod = "pair"\nsensitivity = 0.8').replace("[card]", PAIR.strip())
    return text.replace("epochs = 6", "epochs = 2").replace(
        'index = "tiny/index.csv"',
        f'index = "tiny/index.csv"\narchive = "tiny/archive.npz"\nheld_out = {list(SETS[:3])}',
    )


@dataclass
class World:
    """Where everything of the run lies."""

    config: TrainConfig
    data: Path
    run: Path
    models: Path
    results: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    root = tmp_path_factory.mktemp("pair")
    made(root / "data")
    (root / "tiny.toml").write_text(recipe(), encoding="utf-8")
    config = load_config(root / "tiny.toml")
    whole = World(config, root / "data", root / "runs" / "tiny", root / "models", root / "results")
    train(config, whole.data, whole.run, lambda _: None)
    release(config, whole.data, whole.run, whole.models, whole.results, Ledger(root / "ledger.jsonl"), DAY)
    return whole


def test_the_network_of_all_films_holds_a_small_one_for_each_fold(world: World) -> None:
    network = built(world.config)
    network.load_state_dict(torch.load(world.run / f"network-{world.config.sha256[:12]}.pt", weights_only=True))
    members = network.get_submodule("small").get_submodule("members")
    first, second = (member.state_dict()["stem.0.weight"] for member in members.children())
    assert not torch.equal(first, second)
    assert world.config.small is not None
    assert network.weight == world.config.small.weight == 0.4


def test_out_of_fold_answers_are_of_the_member_that_saw_none_of_the_patients(world: World) -> None:
    """Both halves out of fold: the small one's are those of the member that the released network keeps for that fold."""
    films = development(load_films(world.config.data, world.data))
    found = np.load(world.run / "oof.npz")
    network = open_folder(world.run).network()
    shown = np.stack([prepare_pixels(picture, world.config.input) for picture in pixels(films.paths)])
    outside = found["fold"] == 1
    assert found["logits"].shape == (len(films), 1)
    assert found["maps"].mean(axis=(1, 2)) == pytest.approx(found["logits"][:, 0], abs=1e-4)
    small = network.get_submodule("small").get_submodule("members").get_submodule("1")
    with torch.no_grad():
        frames = torch.nn.functional.avg_pool2d(torch.from_numpy(shown[outside]), 2)
        theirs = small(torch.round(frames * 255) / 255)[0][:, 0].numpy()
    rest = (found["logits"][outside, 0] - 0.4 * theirs) / 0.6
    kept = [np.load(path) for path in world.run.glob("tuned-*.npz")]
    assert any(len(one["logits"]) == len(rest) and np.allclose(one["logits"][:, 0], rest, atol=1e-4) for one in kept)


def test_the_bundle_answers_as_the_run(world: World) -> None:
    folder = world.models / "tiny"
    assert verify(folder) <= 1e-3
    assert verify(folder, engine="onnxruntime") <= 1e-3
    films = development(load_films(world.config.data, world.data))
    shown = np.stack([prepare_pixels(picture, world.config.input) for picture in pixels(films.paths[:4])])
    with torch.no_grad():
        logits, maps = open_folder(world.run).network()(torch.from_numpy(shown))
    ours, heat = load(folder).engine.run(shown)
    np.testing.assert_allclose(ours, logits.numpy(), atol=1e-3)
    np.testing.assert_allclose(heat, maps.numpy(), atol=1e-3)


def test_the_card_keeps_the_share_that_the_recipe_asks_for(world: World) -> None:
    films = development(load_films(world.config.data, world.data))
    logits = np.load(world.run / "oof.npz")["logits"][:, 0].astype(float)
    positive = films.labels[:, 0] == 1
    card = load(world.models / "tiny").card
    called = 1 / (1 + np.exp(-logits)) >= card.threshold.score
    assert called[positive].mean() >= 0.8
    assert "sensitivity of at least 0.8" in card.threshold.rule
    higher = np.sort(logits[positive & called])[0]
    assert (logits[positive] > higher).mean() < 0.8, "a higher threshold would keep too few"


def test_films_that_look_different_are_scored_by_who_saw_none_of_their_patients(world: World) -> None:
    films = development(load_films(world.config.data, world.data))
    found = kept_shifts(world.config, world.run)
    assert tuple(found.sets) == SETS[:3]
    numbers = np.array([int(name.split("-")[-2]) if "IM" in name else 0 for name in films.names])
    early, logits = found.sets["earliest numbers"]
    normal = films.labels[:, 0] == 0
    series = np.array(["NORMAL2" if "NORMAL2" in name else "IM" for name in films.names])
    expected = normal & (((series == "IM") & (numbers <= 300)) | ((series == "NORMAL2") & (numbers <= 600)))
    np.testing.assert_array_equal(early & normal, expected)
    for away, values in found.sets.values():
        assert len(values) == away.sum()
        assert np.isfinite(values).all()
    assert len(set(np.round(logits, 6))) > 1


def test_figures_of_the_sets_are_those_of_their_scores(world: World) -> None:
    films = development(load_films(world.config.data, world.data))
    found = kept_shifts(world.config, world.run)
    logits = np.load(world.run / "oof.npz")["logits"][:, 0].astype(float)
    told = shift_figures(films, logits, found, 0.5, seed=0)
    saved = json.loads((world.results / "figures.json").read_text("utf-8"))["shifts"]
    assert saved["sets"].keys() == told["sets"].keys()
    assert OUT_OF_FOLD in told["sets"]
    name = "held out: earliest numbers"
    away, values = found.sets["earliest numbers"]
    positive = films.labels[away, 0] == 1
    right = {"sensitivity": (values[positive] >= 0).mean(), "specificity": (values[~positive] < 0).mean()}
    for what, share in right.items():
        assert told["sets"][name][what]["value"] == pytest.approx(share, abs=1e-4)
    mixed = 0.625 * right["sensitivity"] + 0.375 * right["specificity"]
    assert told["sets"][name][ACCURACY]["value"] == pytest.approx(mixed, abs=1e-4)
    lower = [one["threshold"] for one in told["other thresholds"].values()]
    assert lower == sorted(lower), "the more films are kept, the lower the threshold"
    metrics = [metric for metric in load(world.models / "tiny").card.metrics if metric.set == name]
    assert [metric.value for metric in metrics] == [saved["sets"][name]["auroc"]["value"]]
    assert "Fitted without films that look different" in load(world.models / "tiny").card.evidence


def test_the_tool_measures_a_finished_run_without_fitting_it_again(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr("wetread.training.pair.fit", never)
    monkeypatch.setattr("wetread.training.pair.Tail.score", never)
    recipe_file = str(world.run.parents[1] / "tiny.toml")
    folders = ["--data", str(world.data), "--runs", str(world.run.parent), "--results", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["shifts.py", recipe_file, *folders])
    assert shifts_tool.main() == 0
    told = json.loads((tmp_path / "tiny" / "shifts.json").read_text("utf-8"))
    saved = json.loads((world.results / "figures.json").read_text("utf-8"))["shifts"]
    assert told["sets"] == saved["sets"]
    assert told["recipe_sha256"] == world.config.sha256
    assert told["threshold"]["score"] == load(world.models / "tiny").card.threshold.score
    monkeypatch.setattr("sys.argv", ["shifts.py", str(tmp_path / "missing.toml"), *folders])
    assert shifts_tool.main() != 0


def test_another_weight_fits_nothing_again(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr("wetread.training.pair.fit", never)
    monkeypatch.setattr("wetread.training.pair.Tail.score", never)
    monkeypatch.setattr("wetread.training.pair.Tail.fit", never)
    path = tmp_path / "tiny.toml"
    path.write_text(recipe().replace("weight = 0.4", "weight = 0.7"), encoding="utf-8")
    before = np.load(world.run / "oof.npz")["logits"]
    train(load_config(path), world.data, world.run, lambda _: None)
    assert not np.allclose(np.load(world.run / "oof.npz")["logits"], before)
    train(world.config, world.data, world.run, lambda _: None)
    np.testing.assert_allclose(np.load(world.run / "oof.npz")["logits"], before, atol=1e-5)


def test_an_unfinished_run_tells_no_shifts(world: World, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="fit the recipe first"):
        kept_shifts(world.config, tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('method = "pair"\n', "", r"\[small\] belongs to method pair"),
        ("weight = 0.4", "weight = 1.0", "weight lies between"),
        ("blocks = [1, 1]", "blocks = []", "blocks are numbers"),
        ("side = 32", "side = 30", "can be halved as often"),
        ("members = 2", "members = 3", "one for each of 2 folds"),
        ("members = 2", "members = 0", "members are at least 1"),
        ("framed = 0.3", "framed = 1.3", "framed a chance"),
        ("sensitivity = 0.8", "sensitivity = 0.3", "sensitivity lies between"),
        ("width = 64", "width = 96", "frame is a square"),
        ('collection = "kermany"', 'collection = "nih"', "for collection kermany alone"),
        ('archive = "tiny/archive.npz"\n', "", "held_out and archive belong together"),
        ("earliest numbers", "latest numbers", "held_out has no set 'latest numbers'"),
    ],
)
def test_a_wrong_pair_is_refused(old: str, new: str, told: str, tmp_path: Path) -> None:
    text = recipe()
    assert old in text
    path = tmp_path / "tiny.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        load_config(path)


def test_changes_of_films_without_small_networks_are_refused(world: World) -> None:
    tail = replace(world.config.fit, method="tail")
    with pytest.raises(ConfigError, match="give both or neither"):
        replace(world.config, fit=tail, small=None)


@pytest.mark.requirement("REQ-HONESTY")
def test_labels_are_exchanged_once_and_what_was_fitted_on_them_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = development(load_films(world.config.data, world.data))
    found = open_folder(world.run).scores
    heard: list[str] = []

    def control() -> dict[str, float]:
        return fitted_on_exchanged(world.config, films, found.fold, found.logits, world.run, 1, heard.append)

    told = control()
    assert told["network"] == pytest.approx(float(auroc(found.logits, found.labels)[0]))
    other = exchanged(films.patients, films.labels, np.random.default_rng([world.config.fit.seed, 0]))
    assert told["moved"] == (other[:, 0] != films.labels[:, 0]).mean() > 0.2
    method = method_of(world.config, replace(films, labels=other), world.run, found.fold)
    places, scores = np.arange(len(films)), np.zeros(len(films))
    for held in range(2):
        outside = places[found.fold == held]
        scores[outside] = method.score(places[found.fold != held], outside, world.config.fit.seed + held)[0][:, 0]
    assert told["mean"] == pytest.approx(float(auroc(scores, other[:, 0])[0]))
    assert told["mean"] != pytest.approx(told["network"])
    assert [text.split(", ")[1] for text in heard] == ["fit 1 of 2 done", "fit 2 of 2 done"]

    def never(*_: object, **__: object) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr("wetread.training.pair.fit", never)
    monkeypatch.setattr("wetread.training.pair.Tail.score", never)
    assert control() == told
