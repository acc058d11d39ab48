"""A run of small networks becomes a bundle for `score` alone: one ONNX file, its threshold, and a card of what was measured."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from wetread.bundle import Bundle, CardThreshold, Metric, ModelCard, save
from wetread.calibration import Calibration, logit
from wetread.evaluation import Scored, calibrate
from wetread.evaluation.calls.rule import Rule
from wetread.evaluation.calls.threshold import Tuned, tune
from wetread.network.small import Committee
from wetread.training.exporting import to_onnx
from wetread.training.package import drawn_films
from wetread.training.parity import Parity, parity
from wetread.training.small.figures import TEST_PREVALENCE, calls, changed_films, enough, sets
from wetread.training.small.films import SURE, SmallFilms
from wetread.training.small.fitting import score
from wetread.training.small.recipe import SmallRecipe
from wetread.training.small.run import SmallRun, committee_members
from wetread.truth import list_hash

__all__ = ["release_small"]

Float = NDArray[np.float64]
_TRIED = (0.99, 0.98, 0.97, 0.96, 0.95)
_DRAWN = 2  # films of the self-test
_FROM = "training side, out of fold"


def release_small(recipe: SmallRecipe, found: SmallRun, run: Path, models: Path, results: Path, today: date) -> Bundle:
    """Write the bundle `models/<name>` and the figures and scores in `results/<name>`.

    Raises
    ------
    DataError
        If the run is not finished.
    SelfTestError
        If an engine answers otherwise than PyTorch.
    """
    films, seed = found.films, recipe.fit.seed
    # Whoever calls a film at a half, as is usual for this collection, shall call it at the threshold.
    middle = logit(_threshold(found, recipe.fit.sensitivity, seed).threshold)
    found = _moved(found, middle)
    committee = Committee(committee_members(recipe, run), middle).eval()
    drawn = drawn_films(recipe.input)
    model, same = _exported(committee, drawn, films)
    threshold, calibration = _threshold(found, recipe.fit.sensitivity, seed), _calibration(found)

    def together(images: NDArray[np.uint8]) -> Float:
        return _sigmoid(score(committee, images, recipe.input.percentiles))

    everyone = together(films.images)
    figures = {
        "recipe_sha256": recipe.sha256,
        "threshold": {"score": threshold.threshold, "low": threshold.interval.low, "high": threshold.interval.high},
        "sets": sets(found, everyone, threshold.threshold, seed=seed),
        "changed films, validation side, new patients": changed_films(films, together, threshold.threshold, seed=seed),
        "other thresholds": _others(found, seed),
        "parity": same.to_json(),
        "films found among their source": {
            "films": len(films),
            "sure": int((films.likeness >= SURE).sum()),
            "median correlation": round(float(np.median(films.likeness)), 4),
        },
    }
    card = _card(recipe, found, figures, threshold, calibration, today)
    bundle = save(models / recipe.name, card, model, drawn[:_DRAWN])
    results.mkdir(parents=True, exist_ok=True)
    (results / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    _write_scores(results / "scores.csv", found, everyone)
    return bundle


def _exported(committee: Committee, drawn: NDArray[np.uint8], films: SmallFilms) -> tuple[bytes, Parity]:
    batch = np.concatenate([drawn, films.images[films.sides == "val"][:64]])[:, None].astype(np.float32)
    batch /= np.float32(255)
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "model.onnx"
        to_onnx(committee, torch.from_numpy(batch[:_DRAWN]), path)
        model = path.read_bytes()
    return model, parity(committee, model, batch, drawn=len(drawn))


def _moved(found: SmallRun, middle: float) -> SmallRun:
    shifted = {name: (away, logits - middle) for name, (away, logits) in found.shifted.items()}
    return replace(found, logits=found.logits - middle, shifted=shifted)


def _threshold(found: SmallRun, sensitivity: float, seed: int) -> Tuned:
    """The highest threshold that keeps this share of the positive films, out of fold on the training side."""
    films, inside = found.films, found.films.sides == "train"
    scored = Scored(
        np.array(films.names)[inside],
        films.patients[inside],
        films.labels[inside] == 1,
        _sigmoid(found.logits[inside]),
        probability=True,
        name=_FROM,
    )
    return tune(scored, Rule("sensitivity", target=sensitivity), seed=seed)


def _calibration(found: SmallRun) -> Calibration:
    inside = found.films.sides == "train"
    return calibrate(_sigmoid(found.logits[inside]), found.films.labels[inside])


def _others(found: SmallRun, seed: int) -> dict[str, dict[str, float]]:
    """Accuracy at the published test folder's mix, by set, had the threshold kept another share of positive films."""
    told: dict[str, dict[str, float]] = {}
    asked = {_FROM: (found.films.sides == "train", found.logits)} | found.shifted
    for sensitivity in _TRIED:
        at = _threshold(found, sensitivity, seed).threshold
        accuracy = f"accuracy where {TEST_PREVALENCE:.1%} are positive"
        rows = {
            name: calls(found.films, which, _sigmoid(logits), at, seed=seed)[accuracy]["value"]
            for name, (which, logits) in asked.items()
            if enough(found.films, which)
        }
        told[f"{sensitivity:.0%} of positive films"] = {"threshold": round(at, 4), **rows}
    return told


def _card(
    recipe: SmallRecipe,
    found: SmallRun,
    figures: dict[str, Any],
    threshold: Tuned,
    calibration: Calibration,
    today: date,
) -> ModelCard:
    films = found.films
    inside = films.sides == "train"
    kept = f"{recipe.fit.sensitivity:.0%}"
    rule = (
        f"{threshold.rule}, out of fold on the training side: the pneumonia films of other folders look like those, "
        f"their normal films do not, so {kept} of the former are kept and the rest of the room is left to the latter"
    )
    return ModelCard(
        name=recipe.name,
        version=recipe.card.version,
        population=recipe.card.population,
        outputs=("pneumonia",),
        clinical=False,
        input=recipe.input,
        intended_use=recipe.card.intended_use(),
        calibration=calibration,
        threshold=CardThreshold(threshold.threshold, rule, (threshold.interval.low, threshold.interval.high)),
        training={
            "collection": "PneumoniaMNIST, training side",
            "labels": recipe.card.labels,
            "films": int(inside.sum()),
            "patients": len(set(films.patients[inside])),
            "positives": int(films.labels[inside].sum()),
            "prevalence": round(float(films.labels[inside].mean()), 4),
            "films_sha256": list_hash(np.array(films.names)[inside].tolist()),
            "members": recipe.fit.folds,
            "recipe": f"configs/{recipe.name}.toml",
            "recipe_sha256": recipe.sha256,
            "date": today.isoformat(),
        },
        metrics=tuple(_metric(name, values) for name, values in figures["sets"].items()),
        evidence=_evidence(figures["sets"]),
        weak_evidence=figures["sets"][_FROM]["difference"]["low"] <= 0,
        attention_worth="The worth of the outline was not measured: no reader's boxes exist for these films. It is no localisation.",
        not_for=recipe.card.not_for,
        licence=recipe.card.licence,
        attribution=recipe.card.attribution,
    )


def _metric(name: str, values: dict[str, Any]) -> Metric:
    auroc = values["auroc"]
    return Metric(
        "AUROC, pneumonia (PneumoniaMNIST)", name, auroc["value"], auroc["low"], auroc["high"],
        values["films"], values["positives"], values["films_sha256"],
    )  # fmt: skip


def _evidence(figures: dict[str, dict[str, Any]]) -> str:
    """The card's own words: the easy figure, its baseline, and the worst of the sets that look different."""
    first = figures[_FROM]
    name, worst = min(
        ((name, values) for name, values in figures.items() if name.startswith("held out")),
        key=lambda one: one[1]["auroc"]["value"],
    )
    accuracy = worst[f"accuracy where {TEST_PREVALENCE:.1%} are positive"]
    return (
        f"Out of fold by patient, {first['films']} films of 28 x 28 pixels, {first['positives']} positive: AUROC "
        f"{_told(first['auroc'])}; a guess from nine crude statistics has {first['crude statistics']['value']:.3f}. "
        f"On films that look different ({name.removeprefix('held out: ')}) AUROC {_told(worst['auroc'])}, and "
        f"{accuracy['value']:.0%} of calls are right where {TEST_PREVALENCE:.1%} are positive. "
        "The published test folder was not looked at."
    )


def _told(interval: dict[str, float]) -> str:
    return f"{interval['value']:.3f} (95 % interval {interval['low']:.3f} to {interval['high']:.3f})"


def _sigmoid(logits: Float) -> Float:
    values: Float = 1 / (1 + np.exp(-logits))
    return values


def _write_scores(path: Path, found: SmallRun, committee: Float) -> None:
    """Scores by the archive's own places; no label leaves its collection."""
    out_of_fold = _sigmoid(found.logits)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("film_id", "fold", "out_of_fold", "committee", *found.shifted))
        shifted = [np.where(away, _sigmoid(logits), np.nan) for away, logits in found.shifted.values()]
        for place, name in enumerate(found.films.names):
            held = ["" if np.isnan(part[place]) else f"{part[place]:.5f}" for part in shifted]
            told = (f"{out_of_fold[place]:.5f}", f"{committee[place]:.5f}")
            table.writerow((name, int(found.fold[place]), *told, *held))
