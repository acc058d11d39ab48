"""How many films a second a batch reads, guard and network included, and what memory it takes.

    python benchmarks/batch.py [--films 500] [--bundle adult] [--workers 1 2] [--out benchmarks/batch.json]

Phantoms of 1024 x 840 pixels, 12 bits, in several transfer syntaxes in turn, are written into a temporary folder and
read by `wetread predict`'s own road, once for each number of workers, each in a fresh process. Seconds run from the
first film's request (workers and network started, one film of each syntax read before) to the last answer. Memory is
the sum of the high-water marks of the parent's and the workers' resident sets, sampled at the end. Prints one JSON
object; asserts nothing. The gate is asked of every film and not obeyed, for it knows a phantom.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wetread.inference.gate import Gate, Verdict
    from wetread.radiograph import Radiograph

SOURCE = Path(__file__).resolve().parents[1] / "src"
sys.path.insert(0, str(SOURCE))

RESULT = Path(__file__).with_suffix(".json")
SIZE = (1024, 840)
SYNTAXES = ("uncompressed", "RLE", "JPEG-LS", "JPEG 2000")
DRAWN = 4  # different films in each syntax; the rest are links to them


def write(folder: Path, count: int) -> list[Path]:
    """The films, in the syntaxes' turn."""
    from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless

    from wetread import phantom

    syntaxes = (None, RLELossless, JPEGLSLossless, JPEG2000Lossless)
    made = {}
    for seed in range(DRAWN):
        for name, syntax in zip(SYNTAXES, syntaxes, strict=True):
            film = phantom.film(seed, opacity=True, size=SIZE, age_years=50)
            film.Manufacturer = "benchmark"
            if syntax is not None:
                film.compress(syntax, generate_instance_uid=False)
            made[name, seed] = folder / f"{name} {seed}.dcm"
            film.save_as(made[name, seed], enforce_file_format=True)
    films = []
    for place in range(count):
        film = folder / f"film {place:04d}.dcm"
        film.hardlink_to(made[SYNTAXES[place % len(SYNTAXES)], place // len(SYNTAXES) % DRAWN])
        films.append(film)
    return films


def peak(process: int | str) -> float:
    """High-water mark of a process's resident set in MiB (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def workers_of(process: int) -> list[int]:
    """Processes that this one has started."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(number) for task in tasks for number in (task / "children").read_text("ascii").split()]


class Passing:
    """The released gate, asked of every film as ever and not obeyed: it knows that a phantom is a drawing."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def judge(self, film: Radiograph) -> Verdict:
        """The verdict without its reasons."""
        return replace(self._gate.judge(film), reasons=())

    def warm(self) -> None:
        """As the gate's own."""
        self._gate.warm()


def read(films: list[Path], bundle: str, workers: int) -> dict[str, float | int]:
    """Read them all in this process."""
    from wetread.cli.films import Readers, answers
    from wetread.radiograph.many import Crew

    threads = 1 if workers > 1 else None
    readers = Readers(bundle=bundle, engine="openvino", threads=threads)
    for reader in readers._readers.values():
        reader.gate = Passing(reader.gate)
    with Crew(workers) as crew:
        for given in answers(films[: 2 * len(SYNTAXES)], readers, crew):
            if given.reading is None or given.reading.status != "read":
                sys.exit(f"{given.file}: {given.code} {given.message} {given.reading and given.reading.reasons}")
        begun, before = time.perf_counter(), os.times()
        count = sum(given.exit_status == 0 for given in answers(films, readers, crew))
        wall, after = time.perf_counter() - begun, os.times()
        children = [peak(process) for process in workers_of(os.getpid())]
    return {
        "workers": workers,
        "network_threads": threads or 0,
        "films": count,
        "films_per_second": round(count / wall, 1),
        "parent_processor_ms_per_film": round(
            1000 * (after.user + after.system - before.user - before.system) / count, 1
        ),
        "peak_mib_parent": round(peak("self")),
        "peak_mib_workers": round(sum(children)),
        "peak_mib": round(peak("self") + sum(children)),
    }


def main() -> None:
    """Write films, measure in fresh processes, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--films", type=int, default=500)
    parser.add_argument("--bundle", default="adult")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--out", type=Path, default=RESULT, help="where the figures are written (default: %(default)s)")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        films = sorted(options.read.glob("film *.dcm"))
        print(json.dumps(read(films, options.bundle, options.workers[0])))
        return
    with tempfile.TemporaryDirectory(prefix="wetread-batch-") as name:
        write(Path(name), options.films)
        runs = []
        for workers in options.workers:
            call = [sys.executable, __file__, "--bundle", options.bundle, "--workers", str(workers), "--read", name]
            done = subprocess.run(call, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(done.stdout + done.stderr)
            runs.append(json.loads(done.stdout))
    told = {
        "size": SIZE,
        "syntaxes": SYNTAXES,
        "cores": len(os.sched_getaffinity(0)),
        "load_before": round(os.getloadavg()[0], 1),
        "runs": runs,
    }
    print(json.dumps(told, indent=1))
    options.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
