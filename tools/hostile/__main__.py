"""Run a campaign, write the page's tables, or make one mutant again."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tools.hostile.campaign import ROOT, breed, command, guarded
from tools.hostile.result import summarise, tables

__all__ = ["campaign", "main"]

RESULT, PAGE = ROOT / "results" / "hostile.json", ROOT / "docs" / "hostile.md"
BEGIN, END = "<!-- tables: python -m tools.hostile table -->\n\n", "<!-- end of tables -->"


def campaign(count: int, seed: int, folder: Path, *, workers: int) -> dict[str, object]:
    """Breed mutants into the empty `folder`, send them down both roads, and sum up."""
    begun = time.perf_counter()
    records = list(breed(count, seed, folder))
    bred = time.perf_counter() - begun
    return summarise(records, seed, guarded(folder, workers=workers), command(folder), bred)


def main() -> int:
    """Run one step; the exit status is 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tools.hostile", description=__doc__)
    parser.add_argument("step", choices=("run", "table", "one"))
    parser.add_argument("index", nargs="?", type=int, help="number of the mutant, for `one`")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.step == "table":
        page, told = PAGE.read_text(encoding="utf-8"), tables(json.loads(RESULT.read_text(encoding="utf-8")))
        before, _, rest = page.partition(BEGIN)
        PAGE.write_text(before + BEGIN + told + "\n" + END + rest.partition(END)[2], encoding="utf-8")
        return 0
    with tempfile.TemporaryDirectory(prefix="wetread-hostile-") as name:
        folder = Path(name)
        if options.step == "one":
            *_, record = breed(options.index + 1, options.seed, folder, only=options.index)
            sys.stdout.buffer.write((folder / record.file).read_bytes())
            return 0
        result = campaign(options.count, options.seed, folder, workers=options.workers)
    print(tables(result))
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(bool(result["faults"]))


if __name__ == "__main__":
    sys.exit(main())
