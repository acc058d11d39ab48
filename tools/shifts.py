"""How recipes do on films that look different: `python tools/shifts.py CONFIG… --data DATA`.

Of each recipe of method tail or pair whose run is finished, fits it anew without each set of films that look different,
scores that set, and writes RESULTS/NAME/shifts.json: figures at the recipe's threshold, out of fold and on each set. The
sealed films are not looked at. What a run folder holds already is not fitted again.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from wetread.errors import WetreadError
from wetread.training.config import TrainConfig, load_config
from wetread.training.films import load_films
from wetread.training.run import development, method_of
from wetread.training.runfolder import sigmoid
from wetread.training.shifts import kept_shifts, score_without, shift_figures
from wetread.training.small.shifts import SETS
from wetread.training.threshold import released_threshold

_LOG = logging.getLogger("shifts")
_ARCHIVE = "pneumoniamnist/pneumoniamnist_train_val.npz"


def main() -> int:
    """Measure one or more recipes; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python tools/shifts.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("configs", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the collections")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--results", type=Path, default=Path("results"))
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s", stream=sys.stderr)
    _LOG.setLevel(logging.INFO)
    try:
        for path in options.configs:
            _measure(_asked(load_config(path)), options)
    except WetreadError as error:
        _LOG.error("%s", error)
        return error.exit_status
    return 0


def _asked(config: TrainConfig) -> TrainConfig:
    """The recipe's own sets; for one that names none, those on which networks fell first."""
    if config.data.held_out:
        return config
    return replace(config, data=replace(config.data, held_out=SETS[2:], archive=_ARCHIVE))


def _measure(config: TrainConfig, options: argparse.Namespace) -> None:
    run, results = options.runs / config.name, options.results / config.name
    films = development(load_films(config.data, options.data))
    with np.load(run / "oof.npz") as found:
        fold, logits = found["fold"], found["logits"][:, 0].astype(np.float64)
    method = method_of(config, films, run, fold)
    score_without(config, films, fold, method.score, options.data, run, _LOG.info)
    chosen = released_threshold(config, films, sigmoid(logits))
    told = {
        "recipe_sha256": config.sha256,
        "version": config.card.version,
        "method": config.fit.method,
        "threshold": {"score": chosen.score, "rule": chosen.rule},
        **shift_figures(films, logits, kept_shifts(config, run), chosen.score, seed=config.fit.seed),
    }
    results.mkdir(parents=True, exist_ok=True)
    (results / "shifts.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    _LOG.info("%s written", results / "shifts.json")


if __name__ == "__main__":
    sys.exit(main())
