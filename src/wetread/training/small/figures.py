"""What a run is worth on each set of films: ranking, and the calls at one threshold, with intervals over patients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.intervals import Interval, bootstrap, bootstrap_auroc, bootstrap_difference
from wetread.training.small.films import SmallFilms
from wetread.training.small.run import SmallRun
from wetread.training.small.shifts import CHANGES, LabelledFilms
from wetread.truth import list_hash

__all__ = ["TEST_PREVALENCE", "calls", "changed_films", "enough", "sets"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Weighted = Callable[[Float], Float]

_FEWEST = 5

TEST_PREVALENCE = 0.625
"""Share of pneumonia films in the collection's published test folder (390 of 624), where accuracy is usually stated."""


def calls(
    films: LabelledFilms, which: Bool, scores: Float, threshold: float, *, beside: Float | None = None, seed: int = 0
) -> dict[str, Any]:
    """AUROC, and what calls at the threshold are worth, on the films `which`: value, low and high of each.

    Parameters
    ----------
    scores
        (films,) in [0, 1], of which only those asked about need to be numbers.
    beside
        Scores of a baseline, for the paired difference of AUROC.

    Returns
    -------
    Films, patients, positives, the hash of their list; auroc, sensitivity, specificity, accuracy as the set is mixed and
    at `TEST_PREVALENCE`; with `beside`, its auroc and the difference.
    """
    s, label, patient = scores[which], films.labels[which] == 1, films.patients[which]
    right = (s >= threshold) == label

    def share(part: Bool) -> Weighted:
        return lambda weights: _ratio(weights[:, part] @ right[part].astype(np.float64), weights[:, part].sum(axis=1))

    def mixed(weights: Float) -> Float:
        return TEST_PREVALENCE * share(label)(weights) + (1 - TEST_PREVALENCE) * share(~label)(weights)

    found: dict[str, Any] = {
        "films": int(which.sum()),
        "patients": len(set(patient)),
        "positives": int(label.sum()),
        "films_sha256": list_hash(np.array(films.names)[which].tolist()),
        "auroc": _plain(bootstrap_auroc(s, label, patient, seed=seed)),
        "sensitivity": _plain(bootstrap(share(label), patient, seed=seed)),
        "specificity": _plain(bootstrap(share(~label), patient, seed=seed)),
        "accuracy": _plain(bootstrap(share(np.ones(len(s), bool)), patient, seed=seed)),
        f"accuracy where {TEST_PREVALENCE:.1%} are positive": _plain(bootstrap(mixed, patient, seed=seed)),
    }
    if beside is not None:
        found["crude statistics"] = _plain(bootstrap_auroc(beside[which], label, patient, seed=seed))
        found["difference"] = _plain(bootstrap_difference(s, beside[which], label, patient, seed=seed))
    return found


def enough(films: LabelledFilms, which: Bool) -> bool:
    """Whether films hold at least five of each label: of fewer no figure is told."""
    positives = int(films.labels[which].sum())
    return min(positives, int(which.sum()) - positives) >= _FEWEST


def sets(run: SmallRun, committee: Float, threshold: float, *, seed: int) -> dict[str, dict[str, Any]]:
    """`calls` on every set: out of fold, on the validation side, and on films that look different.

    `committee` are the scores of all members together; they are asked about validation films of patients that no member
    saw, and, as is usual, about all of them.
    """
    films = run.films
    train, val = films.sides == "train", films.sides == "val"
    new = val & ~np.isin(films.patients, np.unique(films.patients[train]))
    out_of_fold = _sigmoid(run.logits)
    found = {
        "training side, out of fold": calls(films, train, out_of_fold, threshold, beside=run.crude, seed=seed),
        "validation side, out of fold": calls(films, val, out_of_fold, threshold, beside=run.crude, seed=seed),
        "validation side, committee (two in five of its films show patients of the training side)": calls(
            films, val, committee, threshold, seed=seed
        ),
    }
    if enough(films, new):
        found["validation side, new patients, committee"] = calls(
            films, new, committee, threshold, beside=run.crude, seed=seed
        )
    for name, (away, logits) in run.shifted.items():
        if not enough(films, away):
            continue
        found[f"held out: {name}"] = calls(films, away, _sigmoid(logits), threshold, beside=run.crude, seed=seed)
    return found


def changed_films(
    films: SmallFilms, score: Callable[[NDArray[np.uint8]], Float], threshold: float, *, seed: int
) -> dict[str, dict[str, Any]]:
    """`calls` of the committee on changed films of validation patients whom no member saw."""
    new = (films.sides == "val") & ~np.isin(films.patients, np.unique(films.patients[films.sides == "train"]))
    found: dict[str, dict[str, Any]] = {}
    if not enough(films, new):
        return found
    for name, change in CHANGES.items():
        scores = np.full(len(films), np.nan)
        scores[new] = score(change(films.images[new]))
        found[name] = calls(films, new, scores, threshold, seed=seed)
    return found


def _ratio(part: Float, whole: Float) -> Float:
    shares: Float = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return shares


def _plain(interval: Interval) -> dict[str, float]:
    return {name: round(getattr(interval, name), 4) for name in ("value", "low", "high")}


def _sigmoid(logits: Float) -> Float:
    values: Float = 1 / (1 + np.exp(-logits))
    return values
