"""`wetread train`: a tiny classic recipe from films to a run folder, a dry run, and what is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from training.tune.drawn import RECIPE, write_films
from wetread.cli import main

# The classic recipe in small: ImageNet weights, the last stage tuned, a dense head added, the rest frozen.
CLASSIC = (
    RECIPE.replace('name = "cnn28"\npretrained = false\ndropout = 0.1', 'name = "efficientnet_lite0"\nhidden = 16')
    .replace('tuned = "all"\nmoving = true', 'tuned = "last"')
    .replace("epochs = 6", "epochs = 2")
    .replace("folds = 2", "folds = 1")
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with films and the recipe."""
    write_films(tmp_path)
    (tmp_path / "drawn.toml").write_text(CLASSIC, encoding="utf-8")
    return tmp_path


def words(place: Path, *more: str) -> list[str]:
    return ["train", str(place / "drawn.toml"), "--data", str(place), "--device", "cpu", "--workers", "1", *more]


def test_a_whole_run(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = place / "run"
    assert main(words(place, "--dry-run")) == 0
    looked = capsys.readouterr()
    assert "train: " in looked.out
    assert "to train" in looked.out
    assert not run.exists()
    assert {path.name for path in place.iterdir()} == {"drawn", "drawn.toml"}, "a dry run writes nothing"

    assert main(words(place, "--out", str(run))) == 0
    said = capsys.readouterr()
    assert said.out.strip() == str(run)
    assert "final: best of 2 passes" in said.err
    with (run / "scores.csv").open(newline="", encoding="utf-8") as file:
        assert {row["role"] for row in csv.DictReader(file)} == {"tune"}
    plan = json.loads((run / "run.json").read_text("utf-8"))["plan"]
    assert set(plan["added"]) == {"hidden", "classifier"}
    assert plan["frozen_parameters"] > plan["tuned_parameters"] > 0
    assert (run / "report.html").is_file()

    scores = (run / "scores.csv").read_bytes()
    assert main(words(place, "--out", str(run))) == 2
    assert "--resume goes on with it" in capsys.readouterr().err
    assert main(words(place, "--out", str(run), "--resume")) == 0
    assert (run / "scores.csv").read_bytes() == scores


def test_a_dry_run_tells_of_every_problem(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "drawn" / "f3.png").write_bytes(b"")
    (place / "drawn.toml").write_text(CLASSIC.replace("batch = 8", "batch = 100000000"), encoding="utf-8")
    assert main(words(place, "--dry-run")) == 4
    said = capsys.readouterr()
    assert "PROBLEM: 1 films are not there or empty, such as f3" in said.out
    assert "PROBLEM: batch = 100000000" in said.out
    assert "would stop the run" in said.err


def test_what_is_missing_is_said_at_once(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(place)) == 2
    assert "--out RUN is needed" in capsys.readouterr().err
    assert main(["train", str(place / "none.toml"), "--out", str(place / "run")]) == 2
    assert "none.toml cannot be read" in capsys.readouterr().err
    assert main(["train", str(place / "drawn.toml"), "--out", str(place / "run"), "--data", str(place / "none")]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert main(words(place, "--out", str(place / "run"), "--workers", "0")) == 2
    assert not (place / "run").exists()
