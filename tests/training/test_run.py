"""A made collection through the whole workshop: fit, go on, release, figures; and a second release refused."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tools import repeated as repeated_tool
from tools.repeated import repeated
from training.made import RECIPE, write_collection
from wetread.bundle import find, load, verify
from wetread.errors import DataError, LeakError, SelfTestError
from wetread.intervals import auroc
from wetread.network import EfficientNetLite, build
from wetread.preprocess import prepare_pixels
from wetread.training import TrainConfig, load_config, load_films, train
from wetread.training.figures import told
from wetread.training.films import pixels
from wetread.training.fit import fit, predict
from wetread.training.release import export, release
from wetread.training.run import development
from wetread.training.seal import Ledger
from wetread.training.stem import stem_features
from wetread.truth import is_sealed, list_hash

DAY = date(2026, 1, 31)
pytestmark = [
    # PyTorch's exporter of this kind warns of its successor in several words, and of constants that it does not fold.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Constant folding:UserWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]


@dataclass
class World:
    """Where everything of the run lies, and what it said."""

    config: TrainConfig
    data: Path
    run: Path
    models: Path
    results: Path
    ledger: Ledger
    said: list[str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A run that is fitted and released once for all tests here."""
    root = tmp_path_factory.mktemp("world")
    data = write_collection(root / "data" / "tiny")
    (root / "tiny.toml").write_text(RECIPE, encoding="utf-8")
    config = load_config(root / "tiny.toml")
    said: list[str] = []
    made = World(
        config, data, root / "run", root / "models", root / "results", Ledger(root / "splits" / "ledger.jsonl"), said
    )
    train(config, data, made.run, said.append)
    release(config, data, made.run, made.models, made.results, made.ledger, DAY)
    return made


def files(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_the_run_folder_holds_out_of_fold_answers(world: World) -> None:
    films = development(load_films(world.config.data, world.data))
    found = np.load(world.run / "oof.npz")
    assert len(films) == 24
    assert not any(is_sealed("kermany", patient) for patient in films.patients)
    assert found["logits"].shape == (24, 1)
    assert found["maps"].shape == (24, 2, 2)
    assert found["maps"].mean(axis=(1, 2)) == pytest.approx(found["logits"][:, 0], abs=1e-4)
    assert sorted(set(found["fold"].tolist())) == [0, 1]
    told_of = json.loads((world.run / "run.json").read_text("utf-8"))
    assert told_of["films_sha256"] == list_hash(films.names)
    assert told_of["config_sha256"] == world.config.sha256
    assert told_of["threads"] == torch.get_num_threads()
    assert any("fold 2 of 2 done" in line for line in world.said)


def test_the_network_learnt_what_was_drawn(world: World) -> None:
    """The opacity is drawn in; one label in eight is wrong, so that nothing can be known without error."""
    films = development(load_films(world.config.data, world.data))
    found = np.load(world.run / "oof.npz")
    assert auroc(found["logits"][:, 0], films.labels[:, 0])[0] > 0.7


def test_answers_out_of_fold_belong_to_their_films(world: World) -> None:
    """Fit a fold anew: its films, and no others, have its answers in `oof.npz`."""
    config, films = world.config, development(load_films(world.config.data, world.data))
    found = np.load(world.run / "oof.npz")
    features = stem_features(config, films, world.run, copies=config.fit.copies)
    places = np.arange(len(films))
    inside, outside = places[found["fold"] != 1], places[found["fold"] == 1]
    network = fit(config, features, films.labels, inside, seed=config.fit.seed + 1)
    logits, _ = predict(network, features, outside, config.fit.first_trained)
    np.testing.assert_allclose(found["logits"][outside], logits, atol=1e-3)


def test_cached_features_and_the_whole_network_agree(world: World) -> None:
    """Training sees float16 features of the frozen blocks; the clinic sees the film: both must give one answer."""
    config, films = world.config, development(load_films(world.config.data, world.data))
    features = stem_features(config, films, world.run, copies=config.fit.copies)
    assert features.shape[:2] == (2, 24)
    assert features.dtype == np.float16
    assert np.abs(features[0].astype(float) - features[1]).max() > 0.1, "copy 1 is augmented"
    network = build(config.network)
    weights = world.run / f"network-{config.sha256[:12]}.pt"
    network.load_state_dict(torch.load(weights, weights_only=True))
    network.eval()
    by_cache, _ = predict(network, features, np.arange(8), config.fit.first_trained)
    batch = np.stack([prepare_pixels(picture, config.input) for picture in pixels(films.paths[:8])])
    with torch.no_grad():
        by_film, _ = network(torch.from_numpy(batch))
    np.testing.assert_allclose(by_cache, by_film.numpy(), atol=0.02)
    assert by_film.std() > 0.05
    by_bundle, _ = load(world.models / "tiny").engine.run(batch)
    np.testing.assert_allclose(by_bundle, by_film.numpy(), atol=1e-3)


def test_a_run_that_is_done_fits_nothing_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("fitted again")

    before, answers = files(world.run), np.load(world.run / "oof.npz")["logits"]
    monkeypatch.setattr("wetread.training.fit.fit", never)
    monkeypatch.setattr("wetread.training.stem.start", never)
    assert train(world.config, world.data, world.run, world.said.append) == world.run
    after = files(world.run)
    assert {name for name in before if before[name] != after[name]} <= {
        "config.toml",
        "oof.npz",
        "run.json",
        "scores.csv",
    }
    np.testing.assert_array_equal(np.load(world.run / "oof.npz")["logits"], answers)


@pytest.fixture
def copy(world: World, tmp_path: Path) -> World:
    """The same run somewhere else, to be spoilt."""
    for name in ("data", "run"):
        shutil.copytree(getattr(world, name), tmp_path / name)
    return World(
        world.config,
        tmp_path / "data",
        tmp_path / "run",
        tmp_path / "models",
        tmp_path / "results",
        Ledger(tmp_path / "ledger.jsonl"),
        [],
    )


def test_a_run_goes_on_where_it_stopped(copy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = sorted(copy.run.glob("fold-*.npz"))
    assert len(parts) == 2
    parts[1].unlink()
    answers = np.load(copy.run / "oof.npz")["logits"]
    fitted: list[int] = []

    def counted(*args: Any, seed: int) -> EfficientNetLite:
        fitted.append(seed)
        return fit(*args, seed=seed)

    monkeypatch.setattr("wetread.training.fit.fit", counted)
    train(copy.config, copy.data, copy.run, copy.said.append)
    assert fitted == [copy.config.fit.seed + 1]
    np.testing.assert_allclose(np.load(copy.run / "oof.npz")["logits"], answers, atol=1e-3)


def test_a_fold_cut_short_in_writing_leaves_nothing_behind(copy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stopped process leaves must not be taken for a finished fold."""
    parts = sorted(copy.run.glob("fold-*.npz"))
    parts[0].unlink()
    savez = np.savez

    def stopped(path: object, **arrays: np.ndarray) -> None:
        savez(path, **arrays)
        if "fold-" in str(getattr(path, "name", path)):
            raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", stopped)
    with pytest.raises(KeyboardInterrupt):
        train(copy.config, copy.data, copy.run, copy.said.append)
    assert not parts[0].exists()


def test_a_run_folder_of_other_films_is_not_gone_on_with(copy: World) -> None:
    """The folds of an earlier table would be laid over other films, and nobody would notice."""
    table = copy.data / "tiny" / "index.csv"
    lines = table.read_text("utf-8").splitlines()
    table.write_text("\n".join([lines[0], *lines[2:]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="holds a run on other films or labels"):
        train(copy.config, copy.data, copy.run, copy.said.append)
    turned = [line.replace(",0,NORMAL", ",1,NORMAL") if number == 1 else line for number, line in enumerate(lines)]
    assert turned != lines
    table.write_text("\n".join(turned) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="holds a run on other films or labels"):
        train(copy.config, copy.data, copy.run, copy.said.append)


def test_the_bundle_proves_itself(world: World) -> None:
    folder = world.models / "tiny"
    assert verify(folder) <= 1e-3
    assert verify(folder, engine="onnxruntime") <= 1e-3
    card = load(folder).card
    assert card.outputs == ("pneumonia",)
    assert card.input == world.config.input
    assert card.intended_use.age_years == (1, 6)
    assert card.training["films"] == 24
    assert card.training["sealed"]["films"] == 4
    assert card.training["prevalence"] == pytest.approx(0.5)
    assert card.calibration.prevalence == pytest.approx(0.5)
    assert card.threshold.interval[0] <= card.threshold.score <= card.threshold.interval[1]
    assert card.training["recipe_sha256"] == world.config.sha256
    assert card.training["date"] == "2026-01-31"
    assert card.metrics
    assert all(metric.films_sha256 for metric in card.metrics)


@pytest.mark.requirement("REQ-RELEASE")
def test_the_card_tells_what_was_not_measured(world: World) -> None:
    """Four sealed films are too few for a figure, and 24 films show nothing over a guess with certainty."""
    card = load(world.models / "tiny").card
    assert "holds too few such films (4" in card.evidence
    assert "24 films (all films), 12 positive" in card.evidence
    assert "not measured" in card.attention_worth
    figures = json.loads((world.results / "figures.json").read_text("utf-8"))
    assert figures["sealed"][0]["too_few"]
    lows = [found["beside"]["crude statistics"]["difference"]["low"] for found in figures["cross_validated"][:1]]
    assert ("no advantage over that guess" in card.evidence) == (lows[0] <= 0)
    # Of the second primary question, bacterial pneumonia, there are enough films too; of the third, viral, none.
    assert figures["cross_validated"][2]["positives"] == 0


def test_scores_are_written_by_film_without_labels(world: World) -> None:
    films = development(load_films(world.config.data, world.data))
    with (world.results / "out_of_fold.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["film_id", "fold", "score"]
    assert [row["film_id"] for row in rows] == list(films.names)
    logits = np.load(world.run / "oof.npz")["logits"][:, 0].astype(float)
    assert [float(row["score"]) for row in rows] == pytest.approx((1 / (1 + np.exp(-logits))).tolist(), abs=1e-6)
    with (world.results / "sealed.csv").open(newline="", encoding="utf-8") as file:
        sealed = list(csv.DictReader(file))
    assert len(sealed) == 4
    assert not {row["film_id"] for row in sealed} & set(films.names)


def test_figures_are_told_again_from_scores_and_labels(world: World) -> None:
    text = told(world.config, world.data, world.results)
    saved = json.loads((world.results / "figures.json").read_text("utf-8"))["cross_validated"][0]
    assert text.startswith("# tiny")
    assert "Cross-validated by patient" in text
    assert "pneumonia (Kermany), all films: 24 films, 24 patients, 12 positive" in text
    assert f"AUROC {saved['auroc']['value']:.3f} ({saved['auroc']['low']:.3f} to" in text
    assert "crude statistics" in text
    assert "Sealed test" in text
    assert "too few of one class" in text


def test_figures_before_a_release_or_of_other_films_are_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no figures in .*release"):
        told(world.config, world.data, tmp_path)
    shutil.copytree(world.results, tmp_path / "results")
    path = tmp_path / "results" / "out_of_fold.csv"
    path.write_text(path.read_text("utf-8").replace("NORMAL", "OTHER", 1), encoding="utf-8")
    with pytest.raises(DataError, match="not the same set"):
        told(world.config, world.data, tmp_path / "results")


def test_a_fit_that_was_repeated_is_held_against_the_release_film_by_film(world: World, tmp_path: Path) -> None:
    scores, model = tmp_path / "out_of_fold.csv", world.models / "tiny"

    def beside() -> dict[str, Any]:
        return repeated(world.config, world.data, world.run, scores, model)

    rows = (world.results / "out_of_fold.csv").read_text("utf-8").splitlines()
    scores.write_text("\n".join(rows), encoding="utf-8")
    same = beside()
    assert (same["films"], same["calls_that_differ"], same["largest_auroc_difference"]) == (24, 0, 0)
    assert same["largest_score_difference"] < 1e-6
    assert all(one["released"] == one["again"] for one in same["auroc"])
    assert len(same["auroc"]) == 2
    name, fold, score = rows[1].split(",")
    turned = 1 - float(score)
    scores.write_text("\n".join([rows[0], f"{name},{fold},{turned:.6f}", *rows[2:]]), encoding="utf-8")
    other = beside()
    assert other["largest_score_difference"] == pytest.approx(abs(turned - float(score)), rel=0.05)
    assert other["calls_that_differ"] == 1
    assert other["largest_auroc_difference"] > 0
    scores.write_text("\n".join([rows[0], *rows[2:], rows[1]]), encoding="utf-8")
    with pytest.raises(DataError, match="not of the same films in the same folds"):
        beside()


def test_the_page_tells_what_came_of_fitting_again() -> None:
    text, found = repeated_tool.PAGE.read_text("utf-8"), json.loads(repeated_tool.RESULTS.read_text("utf-8"))
    assert repeated_tool.page(text, found) == text
    assert {one["name"] for one in found["recipes"]} == {"adult", "paediatric"}
    for one in found["recipes"]:
        card = load(find(one["name"])).card
        assert (one["version"], one["recipe_sha256"]) == (card.version, card.training["recipe_sha256"])
        assert one["largest_auroc_difference"] <= found["bound"] == 0.01


@pytest.mark.requirement("REQ-SEAL")
def test_the_seal_was_opened_once_and_will_not_be_again(world: World) -> None:
    (entry,) = world.ledger.entries()
    assert entry["bundle"] == "tiny"
    assert entry["films"] == 4
    assert entry["date"] == "2026-01-31"
    before = files(world.models / "tiny")
    with pytest.raises(LeakError, match="once is all"):
        release(world.config, world.data, world.run, world.models, world.results, world.ledger, DAY)
    assert len(world.ledger.entries()) == 1
    assert files(world.models / "tiny") == before


@pytest.mark.requirement("REQ-SEAL")
@pytest.mark.parametrize("broken", ["calibrate", "released_threshold", "_selftest_films", "export"])
def test_what_can_fail_fails_before_the_seal_is_opened(
    broken: str, copy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release that stops after the seal was opened has spent it for nothing."""

    def fails(*_: object, **__: object) -> None:
        raise DataError("broken on purpose")

    monkeypatch.setattr(f"wetread.training.release.{broken}", fails)
    with pytest.raises(DataError, match="on purpose"):
        release(copy.config, copy.data, copy.run, copy.models, copy.results, copy.ledger, DAY)
    assert copy.ledger.entries() == []


def test_a_collection_without_sealed_films_gives_no_bundle(copy: World) -> None:
    table = copy.data / "tiny" / "index.csv"
    films = load_films(copy.config.data, copy.data)
    away = set(films.take(films.is_sealed).names)
    lines = [line for line in table.read_text("utf-8").splitlines() if line.split(",")[0] not in away]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="holds no sealed film"):
        release(copy.config, copy.data, copy.run, copy.models, copy.results, copy.ledger, DAY)


def test_an_engine_that_answers_otherwise_is_not_released(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wetread.training.release.PARITY", 1e-12)
    with pytest.raises(SelfTestError, match=r"differs from PyTorch by .* on tiny; 1e-12 is allowed"):
        export(world.config, world.run / f"network-{world.config.sha256[:12]}.pt")
