"""The gate's pictures, its fit, its measure and its page."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch

from tools.gate import PAGE, RESULTS, SPLIT, filled
from wetread.bundle.gate import load_gate
from wetread.errors import DataError
from wetread.inference.gate import KINDS, Gate, Verdict
from wetread.radiograph import read
from wetread.training.gate_changes import cropped, montage, on_screen, saturated, varied
from wetread.training.gate_features import jobs
from wetread.training.gate_films import MISFILED, PARTS, Film, development, gate_half, make
from wetread.training.gate_measure import Judged, count, table
from wetread.training.gate_network import CELLS, CHANNELS, GateNetwork, fit_answers

ROOT = Path(__file__).resolve().parents[2]
NEEDS_FILMS = {"turned", "inverted", "cropped", "saturated", "montages", "screen photographs"}
NEEDS_CT = {"lateral computed", "slices"}
NEEDS_PICTURES = {"photographs"}
DRAWN = sorted(PARTS.keys() - NEEDS_FILMS - NEEDS_CT - NEEDS_PICTURES)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def film() -> np.ndarray:
    from wetread.phantom.scene import picture

    return picture(3, size=(256, 210))[0]


def test_every_kind_has_pictures_and_the_recipe_counts_each_part() -> None:
    assert {kind for kind, _ in PARTS.values()} == set(KINDS[1:])
    recipe = tomllib.loads((ROOT / "configs/gate/gate.toml").read_text(encoding="utf-8"))
    assert set(recipe["counts"]) == set(PARTS)
    assert min(recipe["counts"].values()) > 0


@pytest.mark.parametrize("part", DRAWN)
def test_a_drawn_picture_is_its_numbers_own(part: str) -> None:
    one, again, other = (make(1, part, number, []) for number in (4, 4, 5))
    np.testing.assert_array_equal(one, again)
    assert one.shape != other.shape or np.abs(one - other).max() > 0.01
    for picture in (one, other):
        assert (picture.dtype, picture.ndim) == (np.float32, 2)
        assert 0 <= picture.min() <= picture.max() <= 1
        assert np.ptp(picture) > 0.2


@pytest.mark.parametrize("change", [varied, cropped, saturated, on_screen], ids=lambda change: change.__name__)
def test_a_changed_film_is_a_picture_and_another(change: object) -> None:
    assert callable(change)
    for seed in range(8):
        made = change(rng(seed), film())
        assert made.ndim == 2
        assert -1e-6 <= made.min() <= made.max() <= 1 + 1e-6
        assert made.shape != film().shape or np.abs(made - film()).mean() > 0.001


def test_a_crop_shows_a_part_and_saturation_burns_most() -> None:
    burned = [saturated(rng(seed), film()) for seed in range(12)]
    assert np.median([np.mean((picture < 0.01) | (picture > 0.99)) for picture in burned]) > 0.6
    assert montage(rng(), [film()]).shape != film().shape


def test_only_films_that_are_as_filed_are_fitted() -> None:
    films = [Film(Path("a"), "nih", "a", "nih:1", "tuning"), Film(Path("b"), "nih", "b", "nih:2", "tuning", "lateral")]
    todo = jobs(films, {"nih": 2}, dict.fromkeys(PARTS, 1))
    assert [(job.film, job.number) for job in todo if job.film >= 0] == [(0, 0), (0, 1), (0, 2)]
    assert len(todo) == 3 + len(PARTS)


def test_the_fit_tells_apart_what_can_be_told_apart() -> None:
    """Made-up features: kinds 0, 1 and 2 differ in their means; the mirror image of a frontal one swaps left and right."""
    random = rng(7)
    kinds = np.repeat([0, 1, 2], 60)
    side = np.linspace(-1, 1, CELLS, dtype=np.float32)
    features = random.normal(0, 0.3, (180, CHANNELS, CELLS, CELLS)).astype(np.float16)
    features[kinds == 0] += side.astype(np.float16)
    features[kinds == 1, :40] += 2
    features[kinds == 2, 40:90] -= 2
    mirrored = features[kinds == 0][:, :, :, ::-1].copy()
    network = GateNetwork()
    fit_answers(network, features, kinds, mirrored, epochs=60, seed=0)
    with torch.no_grad():
        logits, distance = network.eval().answers(torch.from_numpy(features.astype(np.float32)))
        turned, _ = network.answers(torch.from_numpy(mirrored.astype(np.float32)))
    assert (logits[:, : len(KINDS)].argmax(dim=1).numpy() == kinds).mean() > 0.98
    assert (turned[:, -1] > logits[:60, -1]).float().mean() > 0.98
    far = distance.mean(dim=(1, 2, 3)).numpy()
    assert distance.shape == (180, 1, CELLS, CELLS)
    assert far[kinds == 0].max() < min(far[kinds == 1].min(), far[kinds == 2].min())


@pytest.mark.requirement("REQ-GATE-PASSES")
def test_counts_have_exact_intervals_and_name_what_was_filed_wrongly() -> None:
    passed, held = (Verdict((), "frontal", -3.0, 0.5, 0.0), None)
    from wetread.errors import Code, Reason

    held = Verdict((Reason(Code.NOT_FRONTAL, "lateral"),), "lateral", 3.0, 0.5, 0.0)
    judged = [Judged("row", "tuning", str(place), passed) for place in range(9)]
    judged += [Judged("row", "tuning", "9", held), Judged("row", "tuning", "10", held, "on its side")]
    (row,) = count(judged)
    assert (row["films"], row["refused"], row["not_as_filed"], row["not_as_filed_refused"]) == (10, 1, 1, 1)
    assert (row["low"], row["high"]) == pytest.approx((0.00253, 0.44502), abs=1e-4)
    assert row["codes"] == {"not-frontal": 1}
    assert "| row | tuning | 1 | 10 | 10.0 % (0.3 to 44.5) |" in table([row])


def test_the_page_shows_what_was_measured() -> None:
    measured = json.loads((RESULTS / "evaluation.json").read_text(encoding="utf-8"))
    written = PAGE.read_text(encoding="utf-8")
    assert filled(written) == written, "run: python tools/gate.py table"
    assert measured["gate_sha256"] == load_gate().sha256, "run: python tools/gate.py evaluate DATA"


def test_the_split_holds_no_film_twice() -> None:
    split = json.loads(SPLIT.read_text(encoding="utf-8"))
    for kind, count_ in (("frontal", 25), ("lateral", 15), ("ct", 3)):
        tuning, evaluation = (split["gate"][half][kind] for half in ("tuning", "evaluation"))
        assert len(tuning) == len(evaluation) == count_
        assert not set(tuning) & set(evaluation)
    assert split["not_as_filed"] == MISFILED


def test_scores_name_public_films_alone() -> None:
    with (RESULTS / "scores.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["row"] for row in rows} == {"frontal, nih", "frontal, kermany"}
    assert sum(row["half"] == "evaluation" for row in rows) > 1500


# ------------------------------------------------------------------------------------------------ the real films


def test_the_halves_are_the_split_that_is_written(shared_data: Path) -> None:
    split = json.loads(SPLIT.read_text(encoding="utf-8"))
    for half in ("tuning", "evaluation"):
        found: dict[str, list[str]] = {}
        for kind, path in gate_half(shared_data, half):
            found.setdefault(kind, []).append(path.stem)
        assert {kind: sorted(names) for kind, names in found.items()} == split["gate"][half]
    with pytest.raises(DataError, match="half"):
        gate_half(shared_data, "other")


@pytest.mark.requirement("REQ-GATE-PASSES")
def test_no_patient_is_on_both_sides(shared_data: Path) -> None:
    films = development(shared_data)
    halves = [{film.patient for film in films if film.half == half} for half in ("tuning", "evaluation")]
    assert not halves[0] & halves[1]


@pytest.mark.requirement("REQ-GATE-PASSES")
def test_the_gate_still_judges_the_gate_films_so(shared_data: Path) -> None:
    gate = Gate(load_gate())
    rows = {(row["row"], row["half"]): row for row in json.loads((RESULTS / "evaluation.json").read_text())["rows"]}
    for half in ("tuning", "evaluation"):
        refused: dict[str, int] = {}
        for kind, path in gate_half(shared_data, half):
            refused[kind] = refused.get(kind, 0) + bool(gate.judge(read(path)).reasons)
        for kind, number in refused.items():
            assert number == rows[f"{kind}, covid-chestxray", half]["refused"]
