"""A run becomes a bundle: export, calibrate, choose the threshold, measure, open the seal once, write the card."""

from __future__ import annotations

import csv
import json
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from wetread import phantom
from wetread.bundle import CardThreshold, Metric, ModelCard, save
from wetread.bundle.engine import ENGINES, start
from wetread.errors import DataError, SelfTestError
from wetread.evaluation import calibrate
from wetread.preprocess import prepare_pixels
from wetread.training.config import TrainConfig
from wetread.training.exporting import to_onnx
from wetread.training.figures import cross_validated
from wetread.training.films import FilmSet, load_films, pixels
from wetread.training.pair import built
from wetread.training.pointing import pointing_game, worth
from wetread.training.run import development
from wetread.training.seal import Ledger
from wetread.training.shifts import ACCURACY, OUT_OF_FOLD, kept_shifts, shift_figures
from wetread.training.threshold import released_threshold
from wetread.truth import list_hash

__all__ = ["export", "release"]

Float = NDArray[np.float64]
# Engines may differ from PyTorch, and from each other, by this much in a logit (float32 rounding).
PARITY = 1e-3
_NEAR_ONE = 0.985


def release(
    config: TrainConfig, data: Path, run: Path, models: Path, results: Path, ledger: Ledger, today: date
) -> Path:
    """Make the bundle of a run, with every figure of its card; the bundle's folder.

    Parameters
    ----------
    models, results
        Where bundles lie (`models/<name>`), and where figures and scores are written (`results/<name>`).
    ledger
        Counts the use of the sealed films; it refuses weights that have been scored on them before.
    today
        For the ledger and the card.

    Raises
    ------
    DataError, SelfTestError
        If something is missing or wrong; then the seal was not opened.
    LeakError
        If this release, or these weights, were scored on the sealed films before.
    """
    everything = load_films(config.data, data)
    films, sealed = development(everything), everything.take(everything.is_sealed)
    found = np.load(run / "oof.npz")
    scores = _sigmoid(found["logits"][:, 0].astype(np.float64))
    labels = films.labels[:, 0].astype(np.int64)
    # What can fail comes before the seal is opened: a use is spent, whether or not a bundle comes of it.
    if not len(sealed):
        raise DataError(f"the collection {films.collection} holds no sealed film: a bundle needs a sealed test")
    pictures = pixels(sealed.paths)
    calibration = calibrate(scores, labels)
    chosen = released_threshold(config, films, scores)
    drawn = _selftest_films(config)
    model = export(config, run / f"network-{config.sha256[:12]}.pt")
    figures = _cross_validated(config, films, scores, found, data)
    if config.data.held_out:
        shifts, logits = kept_shifts(config, run), found["logits"][:, 0].astype(np.float64)
        figures["shifts"] = shift_figures(films, logits, shifts, chosen.score, seed=config.fit.seed)
    ledger.use(config.name, config.card.version, sha256(model).hexdigest(), sealed, today)
    figures["sealed"], sealed_scores = _sealed(config, films, sealed, pictures, model, data)
    card = ModelCard(
        name=config.name,
        version=config.card.version,
        population=config.card.population,
        outputs=("pneumonia",),
        clinical=config.card.clinical,
        input=config.input,
        intended_use=config.card.intended_use(),
        calibration=calibration,
        threshold=CardThreshold(chosen.score, chosen.rule, chosen.interval),
        training=_training(config, films, sealed, today),
        metrics=_metrics(figures),
        evidence=_evidence(figures),
        weak_evidence=_is_weak(figures),
        attention_worth=worth(figures.get("pointing")),
        not_for=config.card.not_for,
        licence=config.card.licence,
        attribution=config.card.attribution,
    )
    bundle = save(models / config.name, card, model, drawn)
    results.mkdir(parents=True, exist_ok=True)
    figures["threshold_on_development_films"] = {
        "score": chosen.score,
        "sensitivity": chosen.sensitivity,
        "specificity": chosen.specificity,
        "note": "chosen on these films: flatters",
    }
    (results / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    _write_scores(results / "out_of_fold.csv", films, scores, found["fold"])
    _write_scores(results / "sealed.csv", sealed, sealed_scores, None)
    return bundle.folder


def export(config: TrainConfig, weights: Path) -> bytes:
    """The fitted network as ONNX with its first output alone, checked against PyTorch on both engines.

    Raises
    ------
    SelfTestError
        If an engine's logit or map differs from PyTorch's by more than `PARITY`.
    """
    full = torch.load(weights, weights_only=True)
    single = {name: value[:1] if name.startswith("classifier.") else value for name, value in full.items()}
    network = built(config)
    network.load_state_dict(single)
    films = torch.from_numpy(_selftest_films(config)[:, None].astype(np.float32) / 255)
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "model.onnx"
        to_onnx(network, films, path)
        with torch.no_grad():
            expected = [part.numpy() for part in network(films)]
        for engine in ENGINES:
            answered = start(path, engine).run(films.numpy())
            off = max(float(np.abs(a - b).max()) for a, b in zip(answered, expected, strict=True))
            if off > PARITY:
                raise SelfTestError(
                    f"{engine} differs from PyTorch by {off:.2g} on {config.name}; {PARITY:g} is allowed"
                )
        return path.read_bytes()


def _selftest_films(config: TrainConfig) -> NDArray[np.uint8]:
    """Prepared synthetic films: one with an opacity, one without."""
    drawn = [phantom.picture(seed, opacity=opacity)[0] for seed, opacity in ((11, True), (12, None))]
    return np.stack([np.round(prepare_pixels(film, config.input)[0] * 255).astype(np.uint8) for film in drawn])


def _cross_validated(config: TrainConfig, films: FilmSet, scores: Float, found: Any, data: Path) -> dict[str, Any]:
    return {
        "recipe_sha256": config.sha256,
        "cross_validated": cross_validated(config, films, scores, found["fold"], data),
        "pointing": pointing_game(films, found["maps"], config.input),
    }


def _sealed(
    config: TrainConfig,
    films: FilmSet,
    sealed: FilmSet,
    pictures: list[NDArray[np.float32]],
    model: bytes,
    data: Path,
) -> tuple[list[dict[str, Any]], Float]:
    """Figures on the sealed films, scored by the exported network; baselines are fitted on the development films."""
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "model.onnx"
        path.write_bytes(model)
        engine = start(path)
        logits = [engine.run(prepare_pixels(picture, config.input)[None])[0][0, 0] for picture in pictures]
    scores = _sigmoid(np.array(logits, np.float64))
    both = _joined(films, sealed)
    # The sealed films are a fold of their own: whatever is fitted for it has seen the development films alone.
    away = np.arange(len(both)) >= len(films)
    padded = np.concatenate([np.full(len(films), np.nan), scores])
    return cross_validated(config, both, padded, away.astype(np.int64), data, asked=away), scores


def _joined(first: FilmSet, second: FilmSet) -> FilmSet:
    return FilmSet(
        first.collection,
        first.names + second.names,
        first.paths + second.paths,
        first.patients + second.patients,
        np.concatenate([first.labels, second.labels]),
        {name: first.columns[name] + second.columns[name] for name in first.columns},
        np.concatenate([first.is_sealed, second.is_sealed]),
    )


def _sigmoid(logits: Float) -> Float:
    values: Float = 1 / (1 + np.exp(-logits))
    return values


def _training(config: TrainConfig, films: FilmSet, sealed: FilmSet, today: date) -> dict[str, Any]:
    positives = int(films.labels[:, 0].sum())
    return {
        "collection": config.data.collection,
        "labels": config.card.labels,
        "films": len(films),
        "patients": len(set(films.patients)),
        "positives": positives,
        "prevalence": round(positives / len(films), 4),
        "films_sha256": list_hash(films.names),
        "sealed": {
            "films": len(sealed),
            "patients": len(set(sealed.patients)),
            "films_sha256": list_hash(sealed.names),
        },
        **_taught(config),
        "recipe": f"configs/{config.name}.toml",
        "recipe_sha256": config.sha256,
        "date": today.isoformat(),
    }


def _taught(config: TrainConfig) -> dict[str, Any]:
    """Whose scores taught the network, where any did."""
    data = config.data
    return (
        {"teacher": {"scores": data.teacher, "findings": list(data.taught), "reports": data.reports}}
        if data.taught
        else {}
    )


def _metrics(figures: dict[str, Any]) -> tuple[Metric, ...]:
    metrics = []
    for kind, title in (("cross_validated", "cross-validated"), ("sealed", "sealed")):
        for found in figures[kind]:
            if found.get("auroc"):
                value = found["auroc"]
                name = f"AUROC, {found['label']}, {title}"
                metrics.append(
                    Metric(
                        name,
                        found["name"],
                        value["value"],
                        value["low"],
                        value["high"],
                        found["films"],
                        found["positives"],
                        found["films_sha256"],
                    )
                )
    for name, found in figures.get("shifts", {}).get("sets", {}).items():
        if name != OUT_OF_FOLD:
            value = found["auroc"]
            metrics.append(
                Metric(
                    "AUROC, pneumonia, fitted without such films",
                    name,
                    value["value"],
                    value["low"],
                    value["high"],
                    found["films"],
                    found["positives"],
                    found["films_sha256"],
                )
            )
    return tuple(metrics)


def _is_weak(figures: dict[str, Any]) -> bool:
    """Whether, on either primary question, the paired interval over the crude baseline includes 0, or is unknown."""
    return any(_shows_nothing(found) for found in figures["cross_validated"][:2])


def _shows_nothing(found: dict[str, Any]) -> bool:
    difference = _hardest_crude(found)[1]["difference"] if found.get("auroc") else None
    return difference is None or difference["low"] <= 0


def _hardest_crude(found: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The better of the crude-statistics baselines of a question: its name and figures."""
    crude = {name: figures for name, figures in found["beside"].items() if name.startswith("crude statistics")}
    name = max(crude, key=lambda name: crude[name]["auroc"]["value"])
    return name, crude[name]


def _evidence(figures: dict[str, Any]) -> str:
    """The card's own words on how well it did."""
    (first, *rest), sealed = figures["cross_validated"][:2], figures["sealed"][0]
    words = (
        f"Cross-validated by patient, {first['films']} films ({first['name']}), {first['positives']} positive for "
        f"{first['label']}: "
    )
    words += _beside_crude(first) if first.get("auroc") else "too few for a figure. "
    for found in rest:
        if _shows_nothing(found):
            words += f"For {found['label']}, {found['name']}, no advantage over such a guess is shown. "
    if sealed.get("auroc"):
        words += f"Sealed test: {_told(sealed['auroc'])} on {sealed['films']} films, {sealed['positives']} positive."
    else:
        words += f"The sealed test holds too few such films ({sealed['films']}, {sealed['positives']} positive) for a figure."
    return words + _worst_shift(figures)


def _worst_shift(figures: dict[str, Any]) -> str:
    """What the card says of films that look different, where they were held out: the worst of these sets."""
    sets = {name: one for name, one in figures.get("shifts", {}).get("sets", {}).items() if name != OUT_OF_FOLD}
    if not sets:
        return ""
    name, worst = min(sets.items(), key=lambda one: float(one[1]["auroc"]["value"]))
    return (
        f" Fitted without films that look different ({name.removeprefix('held out: ')}): {_told(worst['auroc'])} on "
        f"{worst['films']} such films; at the threshold sensitivity {worst['sensitivity']['value']:.0%}, specificity "
        f"{worst['specificity']['value']:.0%}, and {worst[ACCURACY]['value']:.0%} of calls right where 62.5 % are positive."
    )


def _beside_crude(found: dict[str, Any]) -> str:
    name, crude = _hardest_crude(found)
    difference = crude["difference"]
    return (
        f"AUROC {_told(found['auroc'])}; a guess from nine {name} has {crude['auroc']['value']:.2f}, "
        f"difference {_signed(difference['value'])} ({_signed(difference['low'])} to {_signed(difference['high'])})"
        + (", so no advantage over that guess is shown here. " if _shows_nothing(found) else ". ")
    )


def _signed(value: float) -> str:
    """With its sign, but no minus before nothing."""
    return f"{round(value, 2) + 0.0:+.2f}"


def _told(interval: dict[str, float]) -> str:
    digits = 2 if interval["high"] < _NEAR_ONE else 3  # no figure below 1 is told as 1.00
    return "{value:.{n}f} (95 % interval {low:.{n}f} to {high:.{n}f})".format(n=digits, **interval)


def _write_scores(path: Path, films: FilmSet, scores: Float, fold: NDArray[np.int64] | None) -> None:
    """Scores by the collection's own film ids; no label leaves its collection."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("film_id", "fold", "score"))
        for place, name in enumerate(films.names):
            table.writerow((name, "" if fold is None else int(fold[place]), f"{scores[place]:.6f}"))
