"""A finished run becomes a bundle: with its engines compared, its threshold by rule, and nothing claimed that was not measured."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from training.made import RECIPE, write_collection
from wetread.bundle import CardThreshold, load, verify
from wetread.cli import main
from wetread.errors import ConfigError, DataError, SelfTestError
from wetread.evaluation.calls.rule import Rule
from wetread.intervals import auroc
from wetread.training import load_config, train
from wetread.training.package import PACKAGE, package
from wetread.training.parity import parity
from wetread.training.runfolder import open_folder, sigmoid, written_scores

DAY = date(2026, 1, 31)
Capture = pytest.CaptureFixture[str]
pytestmark = [
    # PyTorch's exporter of this kind warns of its successor in several words, and of constants that it does not fold.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Constant folding:UserWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]


@dataclass
class World:
    data: Path
    run: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A made collection and a finished run on it."""
    root = tmp_path_factory.mktemp("package")
    data = write_collection(root / "data" / "tiny")
    recipe = root / "tiny.toml"
    recipe.write_text(RECIPE.replace("epochs = 6", "epochs = 3"), encoding="utf-8")
    return World(data, train(load_config(recipe), data, root / "run", lambda _: None))


@pytest.fixture
def run(world: World, tmp_path: Path) -> Path:
    """A copy of the run that a test may spoil."""
    return Path(shutil.copytree(world.run, tmp_path / "run", ignore=shutil.ignore_patterns("stem-*")))


def test_a_run_says_by_itself_what_it_is(world: World) -> None:
    found = open_folder(world.run)
    assert (found.config.name, found.method, found.outputs) == ("tiny", "tail", ("pneumonia",))
    assert found.scores.role == "out-of-fold"
    kept = np.load(world.run / "oof.npz")
    np.testing.assert_allclose(found.scores.logits, kept["logits"][:, 0], rtol=1e-6)
    np.testing.assert_array_equal(found.scores.fold, kept["fold"])
    assert int(found.scores.labels.sum()) == 12
    assert len(found.scores) == 24
    assert found.fold_network(0) is None


def test_the_bundle_is_the_network_of_the_run(world: World, tmp_path: Path) -> None:
    made = package(world.run, tmp_path / "bundle", DAY, data=world.data)
    assert verify(tmp_path / "bundle") == 0.0
    card, found = load(tmp_path / "bundle").card, open_folder(world.run)
    assert made.auroc.value == pytest.approx(float(auroc(found.scores.scores, found.scores.labels)[0]))
    assert card.metrics[0].value == pytest.approx(made.auroc.value, abs=1e-4)
    assert card.training["sealed"] is None
    assert card.training["date"] == "2026-01-31"
    assert made.parity.films == 16 + 24
    assert made.parity.worst <= made.parity.bound
    assert {frozenset((p.first, p.second)) for p in made.parity.pairs} == {
        frozenset(pair) for pair in (("PyTorch", "OpenVINO"), ("PyTorch", "ONNX Runtime"), ("OpenVINO", "ONNX Runtime"))
    }
    assert made.beside is not None
    assert card.weak_evidence is (made.beside.difference.low <= 0)
    assert f"A guess from nine crude statistics has {made.beside.auroc.value:.2f}" in card.evidence
    assert card.evidence.endswith("No test on films kept aside was made.")
    told = json.loads((world.run / PACKAGE).read_text())
    assert told["bundle"]["sha256"] == made.bundle.sha256
    assert told["parity"]["worst"] == made.parity.worst


@pytest.mark.requirement("REQ-RELEASE")
def test_without_films_the_card_says_what_was_not_measured(run: Path, tmp_path: Path) -> None:
    made = package(run, tmp_path / "bundle", DAY)
    assert made.beside is None
    assert made.parity.films == made.parity.drawn == 16
    assert made.bundle.card.weak_evidence
    assert "nothing shows that it looks at lungs" in made.bundle.card.evidence


def test_the_threshold_follows_the_rule(run: Path, tmp_path: Path) -> None:
    scores = open_folder(run).scores
    card = package(run, tmp_path / "bundle", DAY, rule=Rule("sensitivity", 0.9)).bundle.card
    called = scores.scores >= card.threshold.score
    assert called[scores.labels == 1].sum() == 11  # of 12: the fewest that are nine in ten
    assert card.threshold.rule.startswith("highest threshold with sensitivity of at least 0.9 on out-of-fold scores")


def test_a_threshold_chosen_elsewhere_is_kept_as_it_is(run: Path, tmp_path: Path) -> None:
    mine = CardThreshold(0.5, "chosen on films of another scanner", (0.4, 0.6))
    made = package(run, tmp_path / "bundle", DAY, threshold=mine)
    assert made.bundle.card.threshold == mine
    assert "sensitivity" not in json.loads((run / PACKAGE).read_text())["threshold"]


@pytest.mark.requirement("REQ-CLINICAL-MODEL")
def test_a_bundle_for_research_is_none_for_the_clinic(run: Path, tmp_path: Path) -> None:
    recipe = run / "config.toml"
    weights = next(run.glob("network-*.pt"))
    recipe.write_text(recipe.read_text() + "clinical = false\n")
    weights.rename(run / f"network-{load_config(recipe).sha256[:12]}.pt")
    assert package(run, tmp_path / "bundle", DAY).bundle.card.clinical is False


def test_what_is_no_finished_run_is_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no config\.toml"):
        package(tmp_path, tmp_path / "bundle", DAY)
    next(run.glob("network-*.pt")).unlink()
    with pytest.raises(DataError, match="the run is not finished"):
        package(run, tmp_path / "bundle", DAY)
    assert not (tmp_path / "bundle").exists()


def test_nothing_else_is_written_over(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    with pytest.raises(DataError, match="holds something that is no bundle"):
        package(run, other, DAY)
    (other / "manifest.json").write_text('{"name": "somebody"}')
    with pytest.raises(DataError, match="holds the bundle somebody"):
        package(run, other, DAY)
    assert (other / "letter.txt").read_text() == "mine"


def test_scores_that_hold_nothing_are_refused(run: Path, tmp_path: Path) -> None:
    scores = open_folder(run).scores
    text = written_scores(scores.films, scores.patients, scores.fold, scores.labels, np.zeros(len(scores)))
    (run / "scores.csv").write_text(text)
    with pytest.raises(DataError, match="all 24 scores are the same"):
        package(run, tmp_path / "bundle", DAY)


def test_a_damaged_table_of_scores_is_named(run: Path) -> None:
    table = run / "scores.csv"
    text = table.read_text()
    table.write_text(text.replace("logit_pneumonia", "score"))
    with pytest.raises(DataError, match="is no table of scores"):
        open_folder(run)
    table.write_text(text.replace("out-of-fold,0,0,", "out-of-fold,0,2,"))
    with pytest.raises(DataError, match="each label is 0 or 1"):
        open_folder(run)


def test_the_command(world: World, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "bundle"
    assert main(["package", str(world.run), "--out", str(out), "--rule", "specificity=0.8"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"tiny 0.0.1: {out}, sha256 {load(out).sha256}")
    assert "lowest threshold with specificity of at least 0.8" in told
    assert "PyTorch and ONNX Runtime" in told
    assert main(["package", str(tmp_path), "--out", str(out)]) == DataError.exit_status
    assert main(["package", str(world.run), "--out", str(out), "--rule", "guess"]) == ConfigError.exit_status


class Bent(nn.Module):
    """A network whose answer is moved."""

    def __init__(self, network: nn.Module, by: float) -> None:
        super().__init__()
        self.network, self.by = network, by

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        logits, maps = self.network(x)
        return logits + self.by, maps


@pytest.mark.requirement("REQ-ENGINES")
def test_an_engine_that_answers_otherwise_stops_everything(world: World, tmp_path: Path) -> None:
    model = package(world.run, tmp_path / "bundle", DAY).bundle.network
    network = open_folder(world.run).network()
    films = np.random.default_rng(0).uniform(0, 1, (3, 1, 64, 64)).astype(np.float32)
    found = parity(network, model, films, drawn=0)
    with torch.no_grad():
        low, high = (float(one) for one in torch.aminmax(network(torch.from_numpy(films))[0]))
    assert found.logits == (low, high)
    near = parity(Bent(network, 5e-4).eval(), model, films, drawn=0)
    assert near.pairs[0].logit == pytest.approx(5e-4, abs=1e-4)
    for by in (2e-3, float("nan")):
        with pytest.raises(SelfTestError, match="is not the one that was fitted"):
            parity(Bent(network, by).eval(), model, films, drawn=0)


def test_scores_of_logits_do_not_overflow() -> None:
    np.testing.assert_allclose(sigmoid(np.array([-1000.0, 0.0, 1000.0])), [0, 0.5, 1])
