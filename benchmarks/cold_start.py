"""How long the first answer takes: `wetread predict` on one film beside the bare import of the libraries under it.

    python benchmarks/cold_start.py FILM [--bundle NAME|DIR] [--pairs 9]

Both run in fresh processes, one after the other in turn, so that whatever else the machine does meets both alike. The
ratio is the median over the pairs, which one slow run does not move. Prints one JSON object; asserts nothing. What costs
what, and what was tried: README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
REFERENCE = ("-c", "import pydicom, openvino")
READ_OR_REFUSED = (0, 3)


def environment(bytecode: str) -> dict[str, str]:
    """What both processes get.

    Their byte code lies in a folder of its own, as an installed package's lies beside it, even where the caller's Python
    is told to keep none. CI: a plain import of OpenVINO would report its use over the network, which wetread bars
    (docs/decisions/0004); that would cost the reference time, and somebody's consent.
    """
    path = os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH", ""))))
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": path, "PYTHONPYCACHEPREFIX": bytecode, "CI": "true"}


def seconds(arguments: tuple[str, ...], given: dict[str, str], accepted: tuple[int, ...]) -> tuple[float, float]:
    """Wall-clock and processor seconds of one fresh Python process."""
    before, begun = os.times(), time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], env=given, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - begun, os.times()
    if done.returncode not in accepted:
        sys.exit(f"{' '.join(arguments)}: exit status {done.returncode}\n{done.stderr}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, spent


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("film", type=Path)
    parser.add_argument("--bundle", help="as for wetread predict (default: the released ones, chosen by age)")
    parser.add_argument("--pairs", type=int, default=9, help="at least 7 (default: %(default)s)")
    options = parser.parse_args()
    if options.pairs < 7:
        parser.error("fewer than 7 pairs say nothing on a machine that does anything else")
    predict = ("-m", "wetread.cli", "predict", "--json", str(options.film))
    if options.bundle:
        predict += ("--bundle", options.bundle)
    with tempfile.TemporaryDirectory(prefix="wetread-bytecode-") as bytecode:
        given = environment(bytecode)

        def pair() -> tuple[tuple[float, float], tuple[float, float]]:
            return seconds(REFERENCE, given, (0,)), seconds(predict, given, READ_OR_REFUSED)

        pair()  # byte code is written, files are in memory
        pairs = [pair() for _ in range(options.pairs)]
    kinds = {}
    for place, kind in enumerate(("wall", "processor")):
        reference, reading = [one[0][place] for one in pairs], [one[1][place] for one in pairs]
        kinds[kind] = {
            "import_seconds": round(statistics.median(reference), 3),
            "predict_seconds": round(statistics.median(reading), 3),
            "ratio": round(statistics.median(b / a for a, b in zip(reference, reading, strict=True)), 3),
        }
    print(json.dumps({"pairs": options.pairs, **kinds["wall"], "processor": kinds["processor"]}))


if __name__ == "__main__":
    main()
