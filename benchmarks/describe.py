"""How long `describe` takes, and how much memory: beside plain pandas on NIH, and on generated tables of growing size.

    python benchmarks/describe.py nih LABELS [--repeats 5]
    python benchmarks/describe.py grow [--rows 100000 300000 1000000 3000000 10000000] [--out FILE]

`nih` reads the NIH table of labels in fresh processes that take turns, once with `wetread.cohort` (validation, every
count, every interval, no shortcut audit) and once with plain pandas for the same counts without a single interval, and
compares the counts. pandas is needed for this benchmark alone. `grow` writes a table of films as parquet, describes it
without ever holding it, and notes seconds and the high-water mark of the process's memory. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[1] / "src"
ROWS = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
_AT_ONCE = 500_000
_FINDINGS = ("Infiltration", "Effusion", "Atelectasis", "Nodule", "Mass", "Consolidation", "Edema", "Hernia")
_OFTEN = (0.18, 0.12, 0.10, 0.06, 0.05, 0.04, 0.02, 0.002)


def with_wetread(labels: str) -> dict[str, Any]:
    """The counts of NIH, by the product."""
    from wetread.cohort import describe
    from wetread.collections import load

    found = describe(load("nih", labels), shortcuts=False)
    people, findings = found.people, found.findings
    return {
        "films": people.films, "patients": people.patients, "positive": people.positive,
        "positive_patients": people.positive_patients, "alone": findings.alone,
        "median": people.films_per_patient["median"], "most": people.films_per_patient["most"],
        "both": {pair.name: pair.both for pair in found.comorbidity.pairs},
        "views": {cell.view: round(cell.share.value, 6) for cell in found.prevalence.by_view},
        "cells": len(found.prevalence.cells),
        "first_at_first": found.course.first_at_first_film,
        "matrix": sum(map(sum, found.comorbidity.together)),
    }  # fmt: skip


def with_pandas(labels: str) -> dict[str, Any]:
    """The same counts by plain pandas, as one would write them in a notebook: no validation, no interval."""
    import pandas as pd

    table = pd.read_csv(labels)
    sets = table["Finding Labels"].str.get_dummies("|")
    sick = sets["Pneumonia"] == 1
    others = sets.drop(columns=["No Finding", "Pneumonia"])
    patient = table["Patient ID"]
    each = patient.value_counts()
    band = pd.cut(table["Patient Age"], [0, 10, 20, 30, 40, 50, 60, 70, 80, 1000], right=False)
    cells = table.assign(sick=sick, band=band).groupby(["band", "Patient Gender", "View Position"], observed=True)[
        "sick"
    ]
    ordered = table.assign(sick=sick).sort_values(["Patient ID", "Follow-up #"])
    named = sets.drop(columns=["No Finding"])
    together = named.T @ named
    return {
        "films": len(table), "patients": int(patient.nunique()), "positive": int(sick.sum()),
        "positive_patients": int(patient[sick].nunique()), "alone": int((sick & (others.sum(axis=1) == 0)).sum()),
        "median": float(each.median()), "most": float(each.max()),
        "both": {name: int((others[name] & sick).sum()) for name in others},
        "views": {view: round(float(share), 6) for view, share in sick.groupby(table["View Position"]).mean().items()},
        "cells": int((cells.agg(["mean", "size"])["size"] > 0).sum()),
        "first_at_first": int(ordered.groupby("Patient ID")["sick"].first().sum()),
        "matrix": int(together.to_numpy().sum()),
    }  # fmt: skip


def generated(path: Path, rows: int, *, seed: int = 0) -> None:
    """A table of films such as `wetread.collections` makes, about as spread as NIH, as a parquet file written in parts."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(seed)
    sets = [frozenset(name for name, there in zip(_FINDINGS, bits, strict=True) if there) for bits in _bits()]
    chance = np.array([_chance(names) for names in sets])
    parts = []
    done = patients = 0
    while done < rows:
        n = min(_AT_ONCE, rows - done)
        each = np.minimum(rng.zipf(1.9, n), 184)
        each = each[: int(np.searchsorted(np.cumsum(each), n)) + 1]
        patient = np.repeat(np.arange(len(each)) + patients, each)[:n]
        visit = (np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each))[:n]
        said, ill = rng.choice(len(sets), n, p=chance), rng.random(n) < 0.0128
        names = [
            [*sorted(sets[k]), *(["Pneumonia"] if sick else [])]
            for k, sick in zip(said.tolist(), ill.tolist(), strict=True)
        ]
        part = path.with_name(f"{path.stem}-{len(parts)}.parquet")
        pl.DataFrame(
            {
                "film_id": [f"{place:09d}.png" for place in range(done, done + n)],
                "patient_id": [str(number) for number in patient.tolist()], "collection": ["generated"] * n,
                "follow_up": visit.astype(np.int32), "age_years": rng.integers(0, 95, n).astype(np.float64),
                "sex": np.where(rng.random(n) < 0.44, "F", "M"), "view": np.where(rng.random(n) < 0.6, "PA", "AP"),
                "findings": pl.Series(names, dtype=pl.List(pl.String)), "label": ill,
                "rows": rng.choice([2048, 2500, 2991], n).astype(np.int32), "columns": np.full(n, 2500, np.int32),
            }
        ).write_parquet(part)  # fmt: skip
        parts.append(part)
        done, patients = done + n, patients + len(each)


def _bits() -> list[tuple[int, ...]]:
    return [tuple(number >> place & 1 for place in range(len(_FINDINGS))) for number in range(1 << len(_FINDINGS))]


def _chance(names: frozenset[str]) -> float:
    product = 1.0
    for name, often in zip(_FINDINGS, _OFTEN, strict=True):
        product *= often if name in names else 1 - often
    return product


def described(pattern: str, audit: bool) -> dict[str, Any]:
    """Describe a table on disk, and say how many films and patients it held."""
    import polars as pl

    from wetread.cohort import describe

    found = describe(pl.scan_parquet(pattern), shortcuts=audit, name="generated")
    return {"films": found.people.films, "patients": found.people.patients, "positive": found.people.positive}


def measured(*arguments: str) -> dict[str, Any]:
    """Run this file with arguments in a fresh process: what it printed, with wall-clock seconds."""
    path = os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH", ""))))
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - begun
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stderr}")
    return {**json.loads(done.stdout), "wall_s": round(wall, 2)}


def timed(call: Any, *arguments: Any) -> None:
    """Print what a call found, how long it took without start-up, and the most memory that the process ever held."""
    begun = time.perf_counter()
    found = call(*arguments)
    spent = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"found": found, "seconds": round(spent, 2), "peak_mib": round(peak)}))


def nih(labels: Path, repeats: int) -> dict[str, Any]:
    """Take turns, compare, and give medians."""
    runs: dict[str, list[dict[str, Any]]] = {"with_wetread": [], "with_pandas": []}
    for _ in range(repeats):
        for name, taken in runs.items():
            taken.append(measured("one", name, str(labels)))
    ours, theirs = (taken[0]["found"] for taken in runs.values())
    return {
        "labels": labels.name,
        "same_counts": ours == theirs,
        "found": ours,
        **{
            name: {
                "seconds": statistics.median(run["seconds"] for run in taken),
                "wall_s": statistics.median(run["wall_s"] for run in taken),
                "peak_mib": max(run["peak_mib"] for run in taken),
            }
            for name, taken in runs.items()
        },
        "repeats": repeats,
    }


def grow(sizes: list[int]) -> dict[str, Any]:
    """Describe tables of growing size; a fresh process each."""
    grown = []
    for rows in sizes:
        with tempfile.TemporaryDirectory(prefix="wetread-describe-") as folder:
            generated(Path(folder, "films.parquet"), rows)
            size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 2**20
            pattern = str(Path(folder, "*.parquet"))
            plain, audited = measured("one", "described", pattern), measured("one", "audited", pattern)
        grown.append(
            {
                "rows": rows, "patients": plain["found"]["patients"], "parquet_mib": round(size),
                "seconds": plain["seconds"], "peak_mib": plain["peak_mib"], "seconds_with_audit": audited["seconds"],
                "peak_mib_with_audit": audited["peak_mib"],
            }
        )  # fmt: skip
        print(json.dumps(grown[-1]), file=sys.stderr, flush=True)
    return {"grown": grown}


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    actions = parser.add_subparsers(dest="action", required=True)
    beside = actions.add_parser("nih")
    beside.add_argument("labels", type=Path)
    beside.add_argument("--repeats", type=int, default=5)
    growing = actions.add_parser("grow")
    growing.add_argument("--rows", type=int, nargs="+", default=list(ROWS))
    one = actions.add_parser("one", help="what each fresh process does")
    one.add_argument("what", choices=("with_wetread", "with_pandas", "described", "audited"))
    one.add_argument("source")
    options = parser.parse_args()
    if options.action == "one":
        calls = {"with_wetread": with_wetread, "with_pandas": with_pandas}
        if options.what in calls:
            timed(calls[options.what], options.source)
        else:
            timed(described, options.source, options.what == "audited")
        return
    found = nih(options.labels, options.repeats) if options.action == "nih" else grow(options.rows)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
