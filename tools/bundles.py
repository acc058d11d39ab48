"""The recipes of the released bundles, run from the repository: `python tools/bundles.py STEP CONFIG… --data DATA`.

seal CONFIG…               write the sealed patients' lists (before the first fit)
fit CONFIG                 cross-validate, and fit on all development films; goes on where it stopped
release CONFIG             make the bundle; opens the seal once
about CONFIG…              write every setting and the plan of the layers (results/NAME/run.json)
figures CONFIG…            print every figure again from the saved scores and the collection's labels

Recipes of method "small" know fit and release alone. They open no seal: their collection's test side is published, and
is not looked at.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

from wetread.errors import UsageError, WetreadError
from wetread.training.config import load_config
from wetread.training.figures import told
from wetread.training.films import load_films
from wetread.training.release import release
from wetread.training.resolved import resolved
from wetread.training.run import train
from wetread.training.seal import Ledger, write_seal
from wetread.training.small.recipe import is_small, load_small
from wetread.training.small.release import release_small
from wetread.training.small.run import train_small

_LOG = logging.getLogger("bundles")


def main() -> int:
    """Run one step for one or more recipes; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python tools/bundles.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=("seal", "fit", "release", "about", "figures"))
    parser.add_argument("configs", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the collections")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--models", type=Path, default=Path("src/wetread/models"))
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--splits", type=Path, default=Path("data_splits"))
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s", stream=sys.stderr)
    _LOG.setLevel(logging.INFO)
    try:
        for path in options.configs:
            (_small_step if is_small(path) else _step)(options, path)
    except WetreadError as error:
        _LOG.error("%s", error)
        return error.exit_status
    return 0


def _step(options: argparse.Namespace, path: Path) -> None:
    config = load_config(path)
    run, results = options.runs / config.name, options.results / config.name
    if options.step == "seal":
        write_seal(load_films(config.data, options.data), options.splits / f"{config.data.collection}.json")
    elif options.step == "fit":
        train(config, options.data, run, _LOG.info)
    elif options.step == "release":
        ledger = Ledger(options.splits / "ledger.jsonl")
        release(config, options.data, run, options.models, results, ledger, datetime.now(UTC).date())
    elif options.step == "about":
        text = json.dumps(resolved(config), indent=1, ensure_ascii=False) + "\n"
        (results / "run.json").write_text(text, encoding="utf-8")
    else:
        print(told(config, options.data, results))


def _small_step(options: argparse.Namespace, path: Path) -> None:
    recipe = load_small(path)
    if options.step not in ("fit", "release"):
        raise UsageError(f"{path.name} is of method small, which knows fit and release, not {options.step}")
    run = options.runs / recipe.name
    found = train_small(recipe, options.data, run, _LOG.info)
    if options.step == "release":
        release_small(recipe, found, run, options.models, options.results / recipe.name, datetime.now(UTC).date())


if __name__ == "__main__":
    sys.exit(main())
