"""Mutants by the thousand, the roads they are sent down, and what came of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tools.hostile.mutants import Mutant, begin, mutate
from tools.hostile.seeds import SYNTAXES, seeds
from tools.hostile.trial import Watcher

__all__ = ["Record", "breed", "command", "guarded"]

ROOT = Path(__file__).resolve().parents[2]
_KEPT = 60  # parents of a transfer syntax beside its seeds: the latest
_ANCESTORS = 8  # changes after which a mutant is no parent any more: it is mostly rubble by then
_NESTED = 5000
_SMALL = (40, 40)
"""A network's frame so small that a JPEG 2000 seed is decoded at a lower resolution too."""


@dataclass(frozen=True)
class Record:
    """One mutant and what came of it when it was read by itself, watched.

    `outcome`, `decoded`: as `tools.hostile.trial.Found`. `pixels` tells what became of a film of which only the coded
    pixels were changed: "refused", "same" (the damage shows in no pixel) or "silent" (other pixels and no word of it),
    "" for other mutants. `fresh`: branches that no mutant before it took.
    """

    index: int
    syntax: str
    seed: str
    kinds: tuple[str, ...]
    outcome: str
    decoded: bool
    pixels: str
    fresh: int
    file: str


def breed(count: int, seed: int, folder: Path, *, only: int | None = None) -> Iterator[Record]:
    """Write `count` mutants into `folder` (or only one of them), each read once in a watched process of its own.

    Nothing but `seed`, `count` and the versions of the libraries decides what comes out: every mutant's own random
    numbers come from the seed and its index, its parents from the branches that were taken before.
    """
    watcher, usual = Watcher(), sys.getrecursionlimit()
    sys.setrecursionlimit(_NESTED)  # a film is copied and written level by level, and some are nested deeply
    try:
        corpus = [begin(one) for one in seeds()]
        whole = {one.seed: watcher.read(one.content(), _frame(one)).picture for one in corpus}
        roots: dict[str, list[Mutant]] = {}
        for one in corpus:
            roots.setdefault(one.syntax, []).append(one)
        grown: dict[tuple[str, bool], list[Mutant]] = {}
        # The image formats share one turn: it is the DICOM films that have fifteen encodings.
        turns = [*SYNTAXES, ""]
        images = [name for name in roots if name not in SYNTAXES]
        for index in range(count):
            rng = np.random.default_rng([seed, index])
            name = turns[index % len(turns)] or images[index // len(turns) % len(images)]
            # Twice in three a parent whose picture is still reached: what lies behind it is what is hard to reach.
            pool = grown.get((name, bool(rng.random() < 0.67)), [])[-_KEPT:]
            pool = pool if pool and rng.random() < 0.5 else roots[name]
            child = mutate(pool[int(rng.integers(len(pool)))], corpus[int(rng.integers(len(corpus)))], rng)
            content = child.content()
            found = watcher.read(content, _frame(child))
            if found.edges and len(child.kinds) < _ANCESTORS:
                grown.setdefault((name, found.decoded), []).append(child)
            file = f"{index:05d}.{'dcm' if name in SYNTAXES else name}"
            if only is None or only == index:
                (folder / file).write_bytes(content)
            yield Record(
                index, name, child.seed, tuple(child.kinds), found.outcome, found.decoded,
                _pixels(child, found.outcome, found.picture == whole[child.seed]), len(found.edges), file,
            )  # fmt: skip
    finally:
        sys.setrecursionlimit(usual)
        watcher.close()


def _frame(mutant: Mutant) -> tuple[int, int] | None:
    return _SMALL if mutant.syntax.startswith(("jpeg2000", "htj2k")) else None


def _pixels(child: Mutant, outcome: str, same: bool) -> str:
    if not child.pixels_alone:
        return ""
    if outcome != "read":
        return "refused"
    return "same" if same else "silent"


# Run in a process of its own, so that its memory is its own: read_many over a folder, one JSON line with all outcomes.
_GUARDED = """
import json, resource, sys, time
from dataclasses import asdict
from pathlib import Path
from wetread.radiograph import read_many
from wetread.radiograph.many import Limits
begun, limits = time.perf_counter(), Limits()
files = sorted(Path(sys.argv[1]).iterdir())
codes = [one.error.code if one.error else "read" for one in read_many(files, workers=int(sys.argv[2]), limits=limits)]
seconds = time.perf_counter() - begun
peaks = [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"codes": codes, "seconds": round(seconds, 1), "parent_mib": peaks[0], "worker_mib": peaks[1],
                  "limits": asdict(limits)}))
"""


def guarded(folder: Path, *, workers: int) -> dict[str, Any]:
    """Every file of the folder through `read_many`: the code of each, seconds, peak memory, and what went to stderr."""
    done, _ = _run([sys.executable, "-c", _GUARDED, str(folder), str(workers)])
    told: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"codes": []}
    tracebacks = done.stderr.count("Traceback")
    return told | {"exit_status": done.returncode, "tracebacks": tracebacks, "said": done.stderr.splitlines()[-1:]}


def command(folder: Path) -> dict[str, Any]:
    """Every file of the folder through `wetread predict --json`: lines, their status and reasons, stderr, memory."""
    begun = time.perf_counter()
    done, mebibytes = _run([sys.executable, "-m", "wetread.cli", "predict", "--json", str(folder)])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    reasons: Counter[str] = Counter()
    for line in lines:
        reasons.update(sorted({reason["code"] for reason in line["reasons"]}))
    return {
        "lines": len(lines),
        "files": len({line["file"] for line in lines}),
        "statuses": dict(Counter(line["status"] for line in lines).most_common()),
        "without_reason": sum(line["status"] != "read" and not line["reasons"] for line in lines),
        "reasons": dict(reasons.most_common()),
        "exit_status": done.returncode,
        "tracebacks": done.stderr.count("Traceback"),
        "said": done.stderr.splitlines()[-1:],
        "seconds": round(time.perf_counter() - begun, 1),
        "peak_mib": mebibytes,
    }


def _run(words: list[str]) -> tuple[subprocess.CompletedProcess[str], int]:
    """A finished process, and the most memory that it or one of its workers took, in MiB."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    wrapped = (
        "import json, resource, subprocess, sys; done = subprocess.run(json.loads(sys.argv[1])); "
        "open(sys.argv[2], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)); "
        "sys.exit(done.returncode if done.returncode >= 0 else 128 - done.returncode)"
    )
    read, write = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-c", wrapped, json.dumps(words), f"/dev/fd/{write}"],
            capture_output=True, text=True, check=False, env=environment, pass_fds=(write,),
        )  # fmt: skip
    finally:
        os.close(write)
    with os.fdopen(read) as peak:
        return done, int(peak.read() or 0)


def recipe(record: Record) -> dict[str, Any]:
    """What is kept of a mutant that broke something: enough to make it again."""
    return {
        key: value for key, value in asdict(record).items() if key in ("index", "syntax", "seed", "kinds", "outcome")
    }
