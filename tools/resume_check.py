"""Kill a training run again and again at random moments, go on each time, and compare the end with an undisturbed run.

    python tools/resume_check.py WORK [--kills 10] [--seed 1]

Films are drawn, the recipe is small; WORK is a new folder, which is left behind. Needs the test folder of the repository.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from training.tune.drawn import RECIPE, same, write_films  # noqa: E402


def command(work: Path, run: Path) -> list[str]:
    """One training command, as anybody would give it."""
    return [
        sys.executable, "-m", "wetread.cli", "train", str(work / "drawn.toml"), "--data", str(work / "data"),
        "--out", str(run), "--cache", str(run.with_name(f"{run.name}-cache")), "--device", "cpu", "--resume",
    ]  # fmt: skip


def main() -> None:
    """Run, kill, compare, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    work = options.work
    work.mkdir(parents=True)
    write_films(work / "data", films=96)
    (work / "drawn.toml").write_text(
        RECIPE.replace("epochs = 6", "epochs = 12").replace("patience = 4", "patience = 0")
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    begun = time.monotonic()
    subprocess.run(command(work, work / "whole"), env=environment, check=True, capture_output=True)
    seconds = time.monotonic() - begun
    chance, moments, ends = random.Random(options.seed), [], 0  # noqa: S311
    while len(moments) < options.kills:
        process = subprocess.Popen(
            command(work, work / "killed"), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            # From the first second, before anything is read, to half of a run's time; one that ends first is made anew.
            process.wait(moment := chance.uniform(0.2, max(1.0, seconds / 2)))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            held = sorted(str(path.relative_to(work / "killed")) for path in (work / "killed").glob("checkpoint/*"))
            print(f"killed {len(moments) + 1} of {options.kills} after {moment:.1f} s", file=sys.stderr, flush=True)
            moments.append({"after_seconds": round(moment, 1), "checkpoints": held})
            continue
        ends += 1
        (work / "killed").rename(work / f"ended-{ends}")
        same(work / "whole", work / f"ended-{ends}")
    subprocess.run(command(work, work / "killed"), env=environment, check=True, capture_output=True)
    same(work / "whole", work / "killed")
    print(
        json.dumps({"seconds_undisturbed": round(seconds, 1), "kills": moments, "ended_between": ends, "equal": True})
    )


if __name__ == "__main__":
    main()
