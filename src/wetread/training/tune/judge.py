"""What is watched while a network is tuned: how well it tells the tuning films apart, beside calling every film positive."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.intervals import auroc

__all__ = ["COLUMNS", "better", "curve", "judged"]

Float = NDArray[np.float64]

COLUMNS = (
    "fit", "pass", "step", "rate", "train_loss", "tune_loss", "auroc", "average_precision", "f1_best", "f1_all_positive",
    "best",
)  # fmt: skip
"""Of history.csv: the rate is the tuned layers', losses are per label, the rest is of the first label on tuning films."""


def judged(logits: NDArray[Any], labels: NDArray[Any]) -> dict[str, float]:
    """Figures of films (n, outputs); NaN in `labels` where nothing is said.

    Returns
    -------
    tune_loss (cross-entropy a label, natural weights), and of the first label: auroc, average_precision, the best F1 of
    any threshold, and the F1 of calling every film positive.
    """
    logits, labels = np.asarray(logits, np.float64), np.asarray(labels, np.float64)
    said = ~np.isnan(labels)
    known = np.where(said, labels, 0.0)
    losses = np.logaddexp(0.0, logits) - known * logits
    first = said[:, 0]
    score, positive = logits[first, 0], labels[first, 0] > 0
    recall, precision, _ = curve(score, positive)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    share = float(positive.mean())
    return {
        "tune_loss": float(losses[said].mean()),
        "auroc": float(auroc(score, positive)[0]),
        "average_precision": float(np.sum(np.diff(np.concatenate([[0.0], recall])) * precision)),
        "f1_best": float(f1.max()),
        "f1_all_positive": 2 * share / (1 + share),
    }


def curve(score: NDArray[Any], positive: NDArray[np.bool_]) -> tuple[Float, Float, Float]:
    """Recall, precision and threshold, from the highest score down, one point for each different score."""
    order = np.argsort(-score, kind="stable")
    ordered, hits = score[order], np.cumsum(positive[order])
    ends = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
    recall = hits[ends] / max(1, int(positive.sum()))
    return recall.astype(np.float64), (hits[ends] / (ends + 1)).astype(np.float64), ordered[ends].astype(np.float64)


def better(row: dict[str, Any], best: dict[str, Any] | None, metric: str) -> bool:
    """Whether a pass is better than the best so far; of two with the same figure, the one with the lower loss."""
    if best is None:
        return True
    if metric == "loss":
        return bool(row["tune_loss"] < best["tune_loss"])
    return bool((row[metric], -row["tune_loss"]) > (best[metric], -best["tune_loss"]))
