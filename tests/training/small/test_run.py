"""A run of small networks from recipe to bundle."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from training.small.conftest import Finished
from training.small.made import RECIPE
from wetread.bundle import Bundle, load, verify
from wetread.cli import main
from wetread.errors import DataError
from wetread.preprocess import prepare_pixels
from wetread.training.small.fitting import score
from wetread.training.small.recipe import load_small
from wetread.training.small.release import release_small
from wetread.training.small.run import committee_members, train_small

pytestmark = [  # PyTorch's exporter, of its successor and of what it makes a constant
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Constant folding:UserWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]


def test_every_film_is_scored_by_a_member_that_saw_none_of_its_patients(finished: Finished) -> None:
    found = finished.found
    assert np.isfinite(found.logits).all()
    by_patient = dict(zip(found.films.patients.tolist(), found.fold.tolist(), strict=True))
    assert [by_patient[patient] for patient in found.films.patients] == found.fold.tolist()
    members = committee_members(finished.recipe, finished.run)
    assert len(members) == 2
    for held, member in enumerate(members):
        mine = found.fold == held
        logits = score(member, found.films.images[mine], finished.recipe.input.percentiles)
        np.testing.assert_allclose(logits, found.logits[mine], atol=1e-5)


def test_the_networks_learn(finished: Finished) -> None:
    found = finished.found
    called = found.logits > 0
    assert (called == (found.films.labels == 1)).mean() > 0.75


def test_a_second_call_fits_nothing_again(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        pytest.fail("fitted again")

    monkeypatch.setattr("wetread.training.small.run.fit", never)
    again = train_small(finished.recipe, finished.data, finished.run, list[str]().append)
    np.testing.assert_array_equal(again.logits, finished.found.logits)
    assert again.shifted.keys() == finished.found.shifted.keys()


def test_a_stopped_run_goes_on_to_the_same_end(finished: Finished, tmp_path: Path) -> None:
    for name in ("run.json", "films.npz", "crude.npy", "member-0.pt", *(f"shift-{place}.pt" for place in range(4))):
        (tmp_path / name).write_bytes((finished.run / name).read_bytes())
    (tmp_path / "unfinished-member-1.pt").write_bytes(b"half a file")
    again = train_small(finished.recipe, finished.data, tmp_path, list[str]().append)
    np.testing.assert_allclose(again.logits, finished.found.logits, atol=1e-5)


def test_a_folder_of_another_recipe_is_refused(finished: Finished, tmp_path: Path) -> None:
    path = tmp_path / "tiny28.toml"
    path.write_text(RECIPE.replace("epochs = 10", "epochs = 11"), encoding="utf-8")
    with pytest.raises(DataError, match="holds a run of another recipe"):
        train_small(load_small(path), finished.data, finished.run, list[str]().append)


def test_an_unfinished_run_has_no_committee(finished: Finished, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no member-0.pt, member-1.pt: fit the recipe first"):
        committee_members(finished.recipe, tmp_path)


def test_a_run_becomes_a_bundle_for_research(finished: Finished, tmp_path: Path) -> None:
    found = finished.found
    bundle = release_small(
        finished.recipe, found, finished.run, tmp_path / "models", tmp_path / "results", date(2026, 1, 31)
    )
    assert verify(bundle.folder) <= bundle.card.selftest_tolerance
    card = load(bundle.folder, engine="onnxruntime").card
    assert not card.clinical
    assert card.training["films"] == int((found.films.sides == "train").sum())
    assert card.threshold.interval[0] <= card.threshold.score <= card.threshold.interval[1]
    assert {metric.set for metric in card.metrics} >= {"training side, out of fold", "held out: earliest numbers"}
    assert "not looked at" in card.evidence
    figures = json.loads((tmp_path / "results" / "figures.json").read_text("utf-8"))
    first = figures["sets"]["training side, out of fold"]
    inside = found.films.sides == "train"
    assert card.threshold.score == pytest.approx(0.5, abs=0.01), "a half is where films are called"
    assert 0.9 <= first["sensitivity"]["value"] < 1, "the share that the recipe asks for, and hardly more"
    with (tmp_path / "results" / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["film_id"] for row in rows] == list(found.films.names)
    out_of_fold = np.array([float(row["out_of_fold"]) for row in rows])
    assert np.argsort(np.argsort(out_of_fold))[0] == np.argsort(np.argsort(found.logits))[0], "moved, in the same order"
    ill = inside & (found.films.labels == 1)
    assert first["sensitivity"]["value"] == pytest.approx((out_of_fold[ill] >= 0.5 - 1e-4).mean(), abs=1e-4)
    images = found.films.images[:4]
    prepared = [score_of(bundle, image) for image in images]
    assert prepared == pytest.approx([float(row["committee"]) for row in rows[:4]], abs=1e-4)


def score_of(bundle: Bundle, image: NDArray[np.uint8]) -> float:
    """As `wetread score` does it."""
    film = prepare_pixels(image.astype(np.float32) / np.float32(255), bundle.card.input)
    logits, _ = bundle.engine.run(film[None])
    return float(1 / (1 + np.exp(-logits[0, 0])))


def test_the_command_goes_on_with_such_a_run(finished: Finished, capsys: pytest.CaptureFixture[str]) -> None:
    config, data, out = finished.data / "tiny28.toml", str(finished.data), str(finished.run)
    assert main(["train", str(config), "--data", data, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{len(finished.found.films):,} films of ")
    assert main(["train", str(config), "--data", data, "--out", out]) == 2
    assert "--resume goes on with a run" in capsys.readouterr().err
    before = {path.name: path.read_bytes() for path in finished.run.iterdir()}
    assert main(["train", str(config), "--data", data, "--out", out, "--resume"]) == 0
    assert capsys.readouterr().out.strip() == out
    assert {path.name: path.read_bytes() for path in finished.run.iterdir()} == before
