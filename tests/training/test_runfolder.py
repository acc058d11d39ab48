"""A run folder is read alike, whatever method made it: here as a tuned run lays it out."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import torch

from wetread.bundle import verify
from wetread.errors import DataError
from wetread.network import NetworkSpec, build
from wetread.training.package import package
from wetread.training.runfolder import open_folder

RECIPE = """
name = "small"

[data]
collection = "csv"
root = "films.csv"
outputs = ["pneumonia", "Effusion"]

[network]
name = "cnn28"
outputs = 2
pretrained = false

[input]
height = 32
width = 32

[augmentation]

[fit]
method = "tune"
tuned = "all"
moving = true
folds = 2
"""
CARD = """
[card]
version = "0.0.1"
population = "made-up films"
age_years = [1, 6]
views = ["PA", "AP"]
licence = "CC0-1.0"
attribution = "Nobody: the films are drawn."
labels = "As drawn."
not_for = ["Anything."]
clinical = false
"""
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Constant folding:UserWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]


def rows() -> list[tuple[object, ...]]:
    """Forty films out of fold, two of them without a label; ten more on which the last fit was watched."""
    rng = np.random.default_rng(0)
    told: list[tuple[object, ...]] = []
    for film in range(40):
        label = film % 2 if film < 38 else ""
        logit = rng.normal(float(label or 0), 1)
        told.append((f"f{film}", f"p{film // 2}", f"fold-{film % 2}", "out-of-fold", film % 2, label, 0, logit, -1.0))
    return told + [(f"f{film}", f"p{film // 2}", "final", "tune", "", film % 2, 0, 5.0, 0.0) for film in range(10)]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    (folder / "parts").mkdir(parents=True)
    (folder / "config.toml").write_text(RECIPE + CARD, encoding="utf-8")
    for seed, name in enumerate(("final", "fold-0", "fold-1")):
        torch.manual_seed(seed)
        network = build(NetworkSpec("cnn28", outputs=2, pretrained=False))
        with torch.no_grad():
            network.classifier.weight.normal_()
        torch.save({"state": network.state_dict(), "best_pass": 1}, folder / "parts" / f"{name}.pt")
    write(folder, rows())
    return folder


def write(folder: Path, told: list[tuple[object, ...]]) -> None:
    with (folder / "scores.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(
            ("film_id", "patient", "fit", "role", "fold", "label_pneumonia", "label_Effusion", "logit_pneumonia",
             "logit_Effusion")
        )  # fmt: skip
        table.writerows(told)


def test_a_tuned_run_keeps_all_its_outputs_and_its_folds(run: Path) -> None:
    found = open_folder(run)
    assert (found.method, found.outputs) == ("tune", ("pneumonia", "Effusion"))
    assert (len(found.scores), found.scores.left_out, found.scores.role) == (38, 2, "out-of-fold")
    film = torch.rand(1, 1, 32, 32)
    with torch.no_grad():
        answers = [network(film)[0] for network in (found.network(), found.fold_network(0)) if network is not None]
    assert [tuple(answer.shape) for answer in answers] == [(1, 2), (1, 2)]
    assert not torch.equal(answers[0], answers[1])
    assert found.fold_network(2) is None


def test_its_bundle(run: Path, tmp_path: Path) -> None:
    card = package(run, tmp_path / "bundle", date(2026, 1, 31)).bundle.card
    assert verify(tmp_path / "bundle") == 0.0
    assert card.outputs == ("pneumonia", "Effusion")
    assert card.clinical is False
    assert (card.training["films"], card.training["method"]) == (38, "tune")
    assert card.evidence.startswith("Cross-validated by patient, 38 films, 19 positive for pneumonia: AUROC ")


def test_without_folds_the_watched_films_speak_and_flatter(run: Path, tmp_path: Path) -> None:
    told = [(film, who, "final", "tune", "", *rest) for film, who, _, _, _, *rest in rows()[:38]]
    write(run, told)
    card = package(run, tmp_path / "bundle", date(2026, 1, 31)).bundle.card
    assert card.evidence.startswith("On the films that its fit was watched on, which flatters, 38 films")
    assert "on the tuning films" in card.metrics[0].name


def test_a_recipe_without_a_card_makes_no_bundle(run: Path, tmp_path: Path) -> None:
    (run / "config.toml").write_text(RECIPE, encoding="utf-8")
    with pytest.raises(DataError, match=r"no part \[card\]"):
        package(run, tmp_path / "bundle", date(2026, 1, 31))


def test_weights_of_another_network(run: Path) -> None:
    recipe = run / "config.toml"
    recipe.write_text(recipe.read_text().replace('"cnn28"', '"efficientnet_lite0"'), encoding="utf-8")
    with pytest.raises(DataError, match=r"final\.pt does not hold the network of its recipe"):
        open_folder(run).network()
