"""What the classic recipe reaches, beside what can be guessed: `python tools/classic.py RUN --data DATA`.

RUN is a finished run of configs/classic.toml. Its scores out of fold are asked the adult bundle's questions, with the same
baselines, on the same folds. Writes results/classic/figures.json and the table of docs/training.md; with no RUN, only the
table from the result.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from wetread.errors import DataError, WetreadError
from wetread.training.config import DataConfig
from wetread.training.films import load_films
from wetread.training.measure import baselines, crude_table, measure_all
from wetread.training.questions import chexnet_scores
from wetread.training.run import development
from wetread.training.runfolder import RunFolder, open_folder
from wetread.training.tune.recipe import TuneRecipe

__all__ = ["PAGE", "RESULTS", "measured", "page"]

_LOG = logging.getLogger("classic")
_ROOT = Path(__file__).resolve().parents[1]
RESULTS, PAGE = _ROOT / "results" / "classic" / "figures.json", _ROOT / "docs" / "training.md"
_ADULT = _ROOT / "results" / "adult" / "figures.json"
_OPEN, _CLOSE = "<!-- classic -->", "<!-- /classic -->"
_BESIDE = (
    "crude statistics", "crude statistics, fitted on this label", "patient-id band alone", "CheXNet reproduction",
)  # fmt: skip


def main() -> int:
    """Measure, write the result, fill the page; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python tools/classic.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", nargs="?", type=Path, help="none: only the page is filled from the result")
    parser.add_argument("--data", type=Path, help="folder that holds the collections")
    options = parser.parse_args()
    if options.run and options.data is None:
        parser.error("--data is needed to measure")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        if options.run:
            told = measured(open_folder(options.run), options.data)
            RESULTS.parent.mkdir(parents=True, exist_ok=True)
            RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        PAGE.write_text(page(PAGE.read_text("utf-8"), json.loads(RESULTS.read_text("utf-8"))), encoding="utf-8")
    except WetreadError as error:
        _LOG.error("%s", error)
        return error.exit_status
    return 0


def measured(run: RunFolder, data: Path) -> dict[str, Any]:
    """The run's figures beside baselines, as plain values.

    Raises
    ------
    DataError
        If the run is of another method, or scored other films than the collection holds for its recipe.
    """
    recipe = run.config
    if not isinstance(recipe, TuneRecipe):
        raise DataError(f"{run.folder} is a run of method {run.method}; this measures runs of method tune")
    table = recipe.data
    asked = DataConfig(collection="nih", index=table.labels, minimum_age=table.minimum_age, exclude=table.exclude)
    films = development(load_films(asked, data))
    scores = run.scores
    place = {name: which for which, name in enumerate(scores.films)}
    if set(place) != set(films.names):
        raise DataError(
            f"{run.folder}: {len(place)} films scored, the collection holds {len(films)} others for its recipe"
        )
    order = np.array([place[name] for name in films.names])
    fold, seed, crude = scores.fold[order], recipe.fit.seed, crude_table(films)
    others = baselines(films, crude, fold, seed)
    if (theirs := chexnet_scores(films, data)) is not None:
        others["CheXNet reproduction"] = theirs
    return {
        "recipe_sha256": recipe.sha256,
        "films": len(films),
        "patients": len(set(films.patients)),
        "fits": _fits(run.folder / "history.csv"),
        "cross_validated": measure_all(films, scores.scores[order], others, crude, fold, seed=seed),
    }


def _fits(path: Path) -> dict[str, int]:
    """How many passes each fit took."""
    with path.open(newline="", encoding="utf-8") as file:
        return dict(Counter(row["fit"] for row in csv.DictReader(file)))


def page(text: str, told: dict[str, Any]) -> str:
    """The page with its table written anew."""
    adult = {(one["label"], one["name"]): one for one in json.loads(_ADULT.read_text("utf-8"))["cross_validated"]}
    head = ["question", "films", "positive", "classic recipe", "`adult`", *_BESIDE]
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for one in told["cross_validated"]:
        beside = [one["beside"].get(name, {}).get("auroc") for name in _BESIDE]
        found = [one["auroc"], adult[one["label"], one["name"]]["auroc"], *beside]
        cells = [f"{one['label']}: {one['name']}", one["films"], one["positives"], *map(_shown, found)]
        rows.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    before, rest = text.split(_OPEN, 1)
    return f"{before}{_OPEN}\n\n" + "\n".join(rows) + f"\n\n{_CLOSE}{rest.split(_CLOSE, 1)[1]}"


def _shown(auroc: dict[str, float] | None) -> str:
    return "" if auroc is None else f"{auroc['value']:.3f} ({auroc['low']:.3f} to {auroc['high']:.3f})"


if __name__ == "__main__":
    sys.exit(main())
