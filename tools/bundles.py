"""The recipes of the released bundles, run from the repository: `python tools/bundles.py STEP CONFIG… --data DATA`.

seal CONFIG…               write the sealed patients' lists (before the first fit)
fit CONFIG                 cross-validate, and fit on all development films; goes on where it stopped
release CONFIG             make the bundle; opens the seal once
figures CONFIG…            print every figure again from the saved scores and the collection's labels
"""

from __future__ import annotations

import argparse
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

from wetread.errors import WetreadError
from wetread.training.config import load_config
from wetread.training.figures import told
from wetread.training.films import load_films
from wetread.training.release import release
from wetread.training.run import train
from wetread.training.seal import Ledger, write_seal

_LOG = logging.getLogger("bundles")


def main() -> int:
    """Run one step for one or more recipes; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python tools/bundles.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=("seal", "fit", "release", "figures"))
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
            _step(options, path)
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
    else:
        print(told(config, options.data, results))


if __name__ == "__main__":
    sys.exit(main())
