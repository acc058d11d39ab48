"""How near a fresh fit of a recipe comes to what was released: `python tools/repeated.py CONFIG… --data DATA --runs RUNS`.

Each recipe was fitted again (`python tools/bundles.py fit CONFIG --data DATA --runs RUNS`). Its scores out of fold are held
against the released ones film by film, and AUROCs on every question that compares all films asked about. Writes
results/repeated.json and the table of docs/training.md; status 5 where an AUROC differs by more than 0.01. The sealed films
are not looked at.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.bundle import load
from wetread.errors import DataError, WetreadError
from wetread.intervals import auroc
from wetread.training.config import TrainConfig, load_config
from wetread.training.films import load_films
from wetread.training.questions import questions
from wetread.training.run import development
from wetread.training.runfolder import open_folder

__all__ = ["PAGE", "RESULTS", "page", "repeated"]

_LOG = logging.getLogger("repeated")
_ROOT = Path(__file__).resolve().parents[1]
RESULTS, PAGE = _ROOT / "results" / "repeated.json", _ROOT / "docs" / "training.md"
_MODELS = _ROOT / "src" / "wetread" / "models"
BOUND = 0.01
_OPEN, _CLOSE = "<!-- repeated -->", "<!-- /repeated -->"
_APART = 5
Float = NDArray[np.float64]


def main() -> int:
    """Compare, write results, fill the page; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python tools/repeated.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("configs", nargs="*", type=Path, help="none: only the page is filled from the results")
    parser.add_argument("--data", type=Path, help="folder that holds the collections")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    options = parser.parse_args()
    if options.configs and options.data is None:
        parser.error("--data is needed to compare")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        if options.configs:
            told = [_measured(load_config(path), options) for path in options.configs]
            RESULTS.write_text(json.dumps({"bound": BOUND, "recipes": told}, indent=1) + "\n", encoding="utf-8")
        found = json.loads(RESULTS.read_text("utf-8"))
        PAGE.write_text(page(PAGE.read_text("utf-8"), found), encoding="utf-8")
    except WetreadError as error:
        _LOG.error("%s", error)
        return error.exit_status
    apart = [one["name"] for one in found["recipes"] if one["largest_auroc_difference"] > found["bound"]]
    for name in apart:
        _LOG.error("%s: an AUROC differs by more than %s from the released one", name, found["bound"])
    return _APART if apart else 0


def _measured(config: TrainConfig, options: argparse.Namespace) -> dict[str, Any]:
    released = RESULTS.parent / config.name / "out_of_fold.csv"
    return repeated(config, options.data, options.runs / config.name, released, _MODELS / config.name)


def repeated(config: TrainConfig, data: Path, folder: Path, scores: Path, model: Path) -> dict[str, Any]:
    """A fresh run beside the released scores, as plain values.

    Parameters
    ----------
    config, data
        The recipe, and the folder that holds its collection.
    folder
        The fresh run.
    scores, model
        `out_of_fold.csv` of the release, and the released bundle.

    Raises
    ------
    DataError
        If the run, the released scores and the collection do not hold the same films in the same folds.
    """
    films = development(load_films(config.data, data))
    run = open_folder(folder).scores
    names, fold, released = _released(scores)
    if not (names == run.films == films.names and np.array_equal(fold, run.fold)):
        raise DataError(
            f"{config.name}: the run and the released scores are not of the same films in the same folds; "
            "fit the recipe as it was released"
        )
    asked = [
        question
        for question in questions(films)
        if question.strata is None and np.unique(question.positive[question.asked]).size == 2
    ]
    figures = []
    for question in asked:
        one, other = (
            float(auroc(s[question.asked], question.positive[question.asked])[0]) for s in (released, run.scores)
        )
        about = {"name": question.name, "label": question.label, "films": int(question.asked.sum())}
        figures.append(about | {"released": round(one, 4), "again": round(other, 4)})
    card = load(model).card
    threshold = card.threshold.score
    return {
        "name": config.name,
        "version": card.version,
        "recipe_sha256": config.sha256,
        "films": len(films),
        "auroc": figures,
        "largest_auroc_difference": max(round(abs(one["released"] - one["again"]), 4) for one in figures),
        "largest_score_difference": float(f"{np.abs(released - run.scores).max():.2g}"),
        "score_correlation": round(float(np.corrcoef(released, run.scores)[0, 1]), 4),
        "calls_that_differ": int(((released >= threshold) != (run.scores >= threshold)).sum()),
    }


def _released(path: Path) -> tuple[tuple[str, ...], NDArray[np.int64], Float]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = tuple(row["film_id"] for row in rows)
    return names, np.array([int(row["fold"]) for row in rows]), np.array([float(row["score"]) for row in rows])


def page(text: str, found: dict[str, Any]) -> str:
    """The page with its table written anew."""
    rows = ["| recipe | question | films | AUROC released | fitted again |", "|---|---|---|---|---|"]
    for one in found["recipes"]:
        for figure in one["auroc"]:
            asked = f"{figure['label']}: {figure['name']}"
            cells = [f"{one['name']} {one['version']}", asked, figure["films"]]
            cells += [f"{figure[which]:.4f}" for which in ("released", "again")]
            rows.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    told = [
        f"- {one['name']}: of {one['films']} films out of fold, {one['calls_that_differ']} fall on the other side of the card's "
        f"threshold; scores differ by {one['largest_score_difference']:g} at most and correlate with "
        f"{one['score_correlation']:.4f}."
        for one in found["recipes"]
    ]
    before, rest = text.split(_OPEN, 1)
    after = rest.split(_CLOSE, 1)[1]
    return f"{before}{_OPEN}\n\n" + "\n".join([*rows, "", *told]) + f"\n\n{_CLOSE}{after}"


if __name__ == "__main__":
    sys.exit(main())
