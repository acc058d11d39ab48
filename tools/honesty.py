"""What the figures of the released bundles are worth, measured: `python tools/honesty.py CONFIG… --data DATA`.

Each recipe needs its run (`python tools/bundles.py fit`) and its released bundle. Writes results/NAME/honesty.json, for
adults also results/radiologist-level.json, and the tables of docs/honesty.md and docs/radiologist-level.md.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import Any

import honesty_tables

from wetread.bundle import load
from wetread.errors import WetreadError
from wetread.training.config import load_config
from wetread.training.films import load_films
from wetread.training.honesty import honesty, radiologist_level
from wetread.training.run import development
from wetread.training.runfolder import open_folder

_LOG = logging.getLogger("honesty")


def main() -> int:
    """Measure, write results, fill the pages; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python tools/honesty.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("configs", nargs="*", type=Path, help="none: only the pages are filled from the results")
    parser.add_argument("--data", type=Path, help="folder that holds the collections")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--models", type=Path, default=Path("src/wetread/models"))
    parser.add_argument("--results", type=Path, default=Path("results"))
    options = parser.parse_args()
    if options.configs and options.data is None:
        parser.error("--data is needed to measure")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s", stream=sys.stderr)
    _LOG.setLevel(logging.INFO)
    try:
        for path in options.configs:
            _measure(options, path)
        honesty_tables.write()
    except WetreadError as error:
        _LOG.error("%s", error)
        return error.exit_status
    return 0


def _measure(options: argparse.Namespace, path: Path) -> None:
    config = load_config(path)
    run, results = options.runs / config.name, options.results / config.name
    bundle = load(options.models / config.name)
    told = honesty(config, options.data, run, bundle, results / "figures.json", _LOG.info)
    _write(results / "honesty.json", told)
    if config.data.collection == "nih":
        films = development(load_films(config.data, options.data))
        scores = open_folder(run).scores.scores
        level = radiologist_level(options.data, bundle, films, scores, seed=config.fit.seed)
        _write(options.results / "radiologist-level.json", level)


def _write(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(_rounded(told), indent=1) + "\n", encoding="utf-8")
    _LOG.info("%s written", path)


def _rounded(value: Any) -> Any:
    """Six significant digits: more would change from one processor to another."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value


if __name__ == "__main__":
    sys.exit(main())
