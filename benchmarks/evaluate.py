"""Ten thousand resamples of patients, all headline numbers, beside a loop over scikit-learn's functions.

    python benchmarks/evaluate.py [--data ../shared/data] [--loop 40] [--out benchmarks/evaluate.json]

The films are the 22,433 that a CheXNet reproduction scored; without them, as many generated ones.

ours   `wetread.evaluation.bootstrap.resample.headline`: 10,000 resamples, percentile and BCa intervals, two threads; also one.
loop   what one writes in a notebook: draw patients, gather their rows of a frame, call scikit-learn's functions for the
       same numbers on it. It is timed on a few resamples and scaled to 10,000; it has no BCa, so no jackknife is charged.
lean   the same loop on NumPy arrays instead of a frame.

Both loops' numbers are compared with ours on the very same resamples. Then generated sets of growing size, a fresh
process each, for time and the most memory that it ever held.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
RESAMPLES = 10_000
SIZES = (100_000, 300_000, 1_000_000)
THRESHOLDS = (0.02, 0.05, 0.1)
SHARES = (0.9, 0.8)
Float = NDArray[np.float64]


def chexnet(data: Path) -> Any:
    """The scored films of the reproduction with NIH's labels of 2020, or None where the tables are not."""
    from wetread.evaluation.scored import Scored

    files = [data / "labels" / name for name in ("Data_Entry_2017_v2020.csv.gz", "reproduce_chexnet_preds.csv.gz")]
    if not all(file.is_file() for file in files):
        return None
    labels, scores = map(table, files)
    rows = {row["Image Index"]: row for row in labels}
    names = [row["Image Index"] for row in scores]
    return Scored(
        np.array(names),
        np.array([rows[name]["Patient ID"] for name in names]),
        np.array(["Pneumonia" in rows[name]["Finding Labels"].split("|") for name in names]),
        np.array([float(row["prob_Pneumonia"]) for row in scores]),
        True,
        name="CheXNet reproduction",
    )


def table(file: Path) -> list[dict[str, str]]:
    """Rows of a compressed table."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def generated(films: int, *, each: float = 3.6, prevalence: float = 0.02) -> Any:
    """Films about as spread over patients and scores as NIH's."""
    from wetread.evaluation.scored import Scored

    rng = np.random.default_rng(0)
    patient = np.sort(rng.integers(max(2, int(films / each)), size=films))
    label = rng.random(films) < prevalence
    score = 1 / (1 + np.exp(4 - label - rng.normal(size=films)))
    names = np.char.add("f", np.arange(films).astype(str))
    return Scored(names, patient.astype(str), label, score, True, name="generated films")


def with_scikit_learn(label: NDArray[np.bool_], score: Float) -> dict[tuple[str, float | None], float]:
    """The same numbers from scikit-learn's functions, each called once where one call serves several."""
    from sklearn import metrics

    precision, recall, _ = metrics.precision_recall_curve(label, score)
    alarms, hits, _ = metrics.roc_curve(label, score)
    prevalence, brier = float(label.mean()), metrics.brier_score_loss(label, score)
    all_positive = metrics.f1_score(label, np.ones(label.size, bool))
    found: dict[tuple[str, float | None], float] = {
        ("prevalence", None): prevalence, ("f1_all_positive", None): all_positive,
        ("auroc", None): metrics.roc_auc_score(label, score),
        ("average_precision", None): metrics.average_precision_score(label, score),
        ("best_f1", None): float((2 * precision * recall / np.maximum(precision + recall, 1e-300)).max()),
        ("brier", None): brier, ("brier_skill", None): 1 - brier / (prevalence * (1 - prevalence)),
        ("observed_minus_expected", None): prevalence - score.mean(),
        ("observed_over_expected", None): prevalence / score.mean(),
    }  # fmt: skip
    for cut in THRESHOLDS:
        called = score >= cut
        tn, fp, fn, tp = metrics.confusion_matrix(label, called).ravel()
        f1 = metrics.f1_score(label, called)
        likelihoods = metrics.class_likelihood_ratios(label, called)
        found |= {
            ("sensitivity", cut): tp / (tp + fn), ("specificity", cut): tn / (tn + fp), ("ppv", cut): tp / (tp + fp),
            ("npv", cut): tn / (tn + fn), ("f1", cut): f1, ("f1_gain", cut): f1 - all_positive,
            ("likelihood_positive", cut): likelihoods[0], ("likelihood_negative", cut): likelihoods[1],
            ("called", cut): called.mean(),
        }  # fmt: skip
    for share in SHARES:
        found["sensitivity_at_specificity", share] = hits[1 - alarms >= share - 1e-9].max()
        found["specificity_at_sensitivity", share] = 1 - alarms[hits >= share - 1e-9].min()
    return found


def draws(scored: Any, count: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Resampled patients: rows of their films, and copies of each patient."""
    names, of = np.unique(scored.patient, return_inverse=True)
    rows = np.split(np.argsort(of, kind="stable"), np.cumsum(np.bincount(of))[:-1])
    rng = np.random.default_rng(0)
    for _ in range(count):
        drawn = rng.integers(names.size, size=names.size)
        yield np.concatenate([rows[patient] for patient in drawn]), np.bincount(drawn, minlength=names.size)


def looped(scored: Any, count: int, gather: Callable[[NDArray[np.int64]], tuple[Any, Any]]) -> tuple[list[float], Any]:
    """Seconds of each resample and the numbers found."""
    seconds, found = [], []
    resamples = draws(scored, count)
    for _ in range(count):
        begun = time.perf_counter()
        index, copies = next(resamples)
        numbers = with_scikit_learn(*gather(index))
        seconds.append(time.perf_counter() - begun)
        found.append((copies, numbers))
    return seconds, found


def largest_difference(scored: Any, points: Any, found: Any) -> float:
    """Ours on the same resamples, number by number."""
    from wetread.evaluation.bootstrap.weighted import Weighted

    prepared = Weighted.of(scored, points)
    ours = prepared.numbers(np.stack([copies for copies, _ in found]))
    theirs = np.array([[numbers[key] for key in prepared.keys] for _, numbers in found])
    return float(np.abs(ours - theirs).max())


def beside(data: Path, count: int) -> dict[str, Any]:
    """Ours and both loops in turns on one set of films."""
    import polars as pl

    from wetread.evaluation.bootstrap.resample import Points, headline

    scored = chexnet(data) or generated(22_433)
    points = Points(THRESHOLDS, SHARES, SHARES)
    frame = pl.DataFrame({"patient": scored.patient, "label": scored.label, "score": scored.score})

    def of_frame(index: NDArray[np.int64]) -> tuple[Any, Any]:
        part = frame[index]
        return part["label"].to_numpy(), part["score"].to_numpy()

    looped(scored, 2, of_frame)
    ours: dict[int, list[float]] = {2: [], 1: []}
    loops: dict[str, list[float]] = {"loop": [], "lean": []}
    apart = 0.0
    for _ in range(3):
        for threads, taken in ours.items():
            begun = time.perf_counter()
            found = headline(scored, points=points, resamples=RESAMPLES, threads=threads)
            taken.append(time.perf_counter() - begun)
        for name, gather in (("loop", of_frame), ("lean", lambda index: (scored.label[index], scored.score[index]))):
            seconds, numbers = looped(scored, max(1, count // 3), gather)
            loops[name] += seconds
            apart = max(apart, largest_difference(scored, points, numbers))
    two, one = (statistics.median(ours[threads]) for threads in (2, 1))
    scaled = {name: statistics.median(seconds) * RESAMPLES for name, seconds in loops.items()}
    return {
        "set": scored.name, "films": len(scored), "patients": scored.patients, "positives": scored.positives,
        "numbers": len(found.estimates), "resamples": RESAMPLES, "seconds": round(two, 2),
        "seconds_one_thread": round(one, 2), "loop_resamples_timed": len(loops["loop"]),
        **{f"{name}_seconds_scaled": round(value) for name, value in scaled.items()},
        **{f"{name}_over_ours": round(value / two) for name, value in scaled.items()},
        **{f"{name}_over_one_thread": round(value / one) for name, value in scaled.items()},
        "largest_difference": apart,
    }  # fmt: skip


def alone(films: int, each: float, resamples: int) -> dict[str, Any]:
    """One set, in this process: seconds and the most memory ever held, and what the films alone had taken before."""
    from wetread.evaluation.bootstrap.resample import Points, headline

    scored = generated(films, each=each)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun = time.perf_counter()
    found = headline(scored, points=Points(THRESHOLDS, SHARES, SHARES), resamples=resamples)
    spent = time.perf_counter() - begun
    return {
        "films": films, "patients": found.patients, "resamples": resamples, "seconds": round(spent, 1),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), "films_alone_mib": round(before),
    }  # fmt: skip


def fresh(*arguments: str) -> dict[str, Any]:
    """`alone` in a process of its own."""
    path = os.pathsep.join(filter(None, (str(HERE.parent / "src"), os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, __file__, "--alone", *arguments]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measure, and write the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--loop", type=int, default=40, help="resamples that the loops are timed on")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--alone", nargs=3, metavar=("FILMS", "EACH", "RESAMPLES"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        films, each, resamples = options.alone
        print(json.dumps(alone(int(films), float(each), int(resamples))))
        return
    found: dict[str, Any] = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "scikit-learn": version("scikit-learn"),
        "beside": beside(options.data, options.loop),
        "grown": [],
    }
    written(found, options.out)
    for films in options.sizes:
        for each in (3.6, 0.2):
            found["grown"].append(fresh(str(films), str(each), str(RESAMPLES)))
            written(found, options.out)
    print(json.dumps(found, indent=1))


def written(found: dict[str, Any], out: Path | None) -> None:
    """After each step: a run that is cut short keeps what it had measured."""
    if out:
        out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
