"""Every figure of a bundle again, in words, from the saved scores and the collection's own labels."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.training.config import TrainConfig
from wetread.training.films import FilmSet, load_films
from wetread.training.measure import baselines, crude_table, measure_all
from wetread.training.questions import chexnet_scores
from wetread.training.run import development

__all__ = ["cross_validated", "recomputed", "told"]

Float = NDArray[np.float64]


def told(config: TrainConfig, data: Path, results: Path) -> str:
    """The figures as text: cross-validated ones computed again, sealed ones as they were found when the seal was open.

    Raises
    ------
    DataError
        If nothing was released into `results`, or what is there is about other films.
    """
    if not (results / "figures.json").exists():
        raise DataError(f"there are no figures in {results}: release the bundle first")
    saved = json.loads((results / "figures.json").read_text("utf-8"))
    lines = [f"# {config.name}", ""]
    for title, found in (
        ("Cross-validated by patient", recomputed(config, data, results)),
        ("Sealed test", saved["sealed"]),
    ):
        lines += [f"## {title}", ""]
        for question in found:
            lines += _question(question)
    if saved.get("pointing"):
        lines += [f"Pointing game: {json.dumps(saved['pointing'])}", ""]
    return "\n".join(lines) + "\n"


def recomputed(config: TrainConfig, data: Path, results: Path) -> list[dict[str, Any]]:
    """The cross-validated figures, from `out_of_fold.csv` and the labels."""
    films = development(load_films(config.data, data))
    scores, fold = _saved(results / "out_of_fold.csv", films)
    return cross_validated(config, films, scores, fold, data)


def cross_validated(
    config: TrainConfig,
    films: FilmSet,
    scores: Float,
    fold: NDArray[np.int64],
    data: Path,
    *,
    asked: NDArray[np.bool_] | None = None,
) -> list[dict[str, Any]]:
    """Every question's figures beside every baseline on the same folds, and beside the CheXNet reproduction."""
    crude = crude_table(films)
    others: dict[str, Float] = baselines(films, crude, fold, config.fit.seed)
    if (theirs := chexnet_scores(films, data)) is not None:
        others["CheXNet reproduction"] = theirs
    return measure_all(films, scores, others, crude, fold, seed=config.fit.seed, asked=asked)


def _saved(path: Path, films: FilmSet) -> tuple[Float, NDArray[np.int64]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = {row["film_id"]: row for row in csv.DictReader(file)}
    if set(rows) != set(films.names):
        raise DataError(
            f"{path} holds scores of {len(rows)} films, the collection has {len(films)}: they are not the same set"
        )
    return np.array([float(rows[name]["score"]) for name in films.names]), np.array(
        [int(rows[name]["fold"]) for name in films.names]
    )


def _question(found: dict[str, Any]) -> list[str]:
    lines = [
        f"{found['label']}, {found['name']}: {found['films']} films, {found['patients']} patients, {found['positives']} positive"
    ]
    if found.get("too_few") or not found.get("auroc"):
        return [*lines, "    too few of one class for a figure", ""]
    lines.append(f"    {'this network':38} AUROC {_told(found['auroc'])}")
    for name, beside in found["beside"].items():
        if beside["auroc"] and beside["difference"]:
            on = (
                ""
                if beside["films"] == found["films"]
                else f"  on {beside['films']} films, {beside['positives']} positive, where the network has {_told(beside['network'])}"
            )
            lines.append(
                f"    {name:38} AUROC {_told(beside['auroc'])}  network minus it {_told(beside['difference'])}{on}"
            )
    return [*lines, ""]


def _told(value: dict[str, float]) -> str:
    return f"{value['value']:.3f} ({value['low']:.3f} to {value['high']:.3f})"
