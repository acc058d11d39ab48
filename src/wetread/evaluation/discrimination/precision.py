"""Precision against recall, average precision, and the best F1 beside the one that calling every film reaches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.evaluation.scored import Scored

__all__ = ["BestF1", "PrecisionRecall", "best_f1", "f1_of_all", "precision_recall"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionRecall:
    """Precision (PPV) and recall (sensitivity) at each distinct score, highest first. Arrays are read-only.

    Parameters
    ----------
    threshold, precision, recall
        (k,) a film is called positive at and above a threshold.
    average_precision
        Sum over the steps of recall of the precision at its end; nothing is interpolated. A score that knows nothing
        reaches about the prevalence.
    prevalence
        Share of positive films: precision and average precision hold at this prevalence only.
    """

    name: str
    films: int
    positives: int
    threshold: Float
    precision: Float
    recall: Float
    average_precision: float
    prevalence: float


@dataclass(frozen=True, slots=True)
class BestF1:
    """The highest F1 that any threshold reaches on the very films it is measured on: it flatters.

    Parameters
    ----------
    f1, threshold, precision, recall
        At the highest threshold that reaches it.
    f1_all_positive
        F1 of calling every film positive, 2 prevalence / (1 + prevalence): what no score at all reaches.
    prevalence
        Share of positive films.
    """

    f1: float
    threshold: float
    precision: float
    recall: float
    f1_all_positive: float
    prevalence: float


def f1_of_all(prevalence: float) -> float:
    """F1 of calling every film positive: 2 p / (1 + p) at prevalence p in [0, 1].

    >>> round(f1_of_all(0.69), 3)
    0.817
    """
    return 2 * prevalence / (1 + prevalence)


def precision_recall(scored: Scored) -> PrecisionRecall:
    """Precision and recall at each distinct score; films of one score are one step.

    Raises
    ------
    DataError
        With one class only.
    """
    scored = scored.both_classes("precision-recall curve")
    threshold, hits, calls = _steps(scored)
    precision, recall = hits / calls, hits / scored.positives
    average = float((np.diff(recall, prepend=0) * precision).sum())
    for array in (threshold, precision, recall):
        array.flags.writeable = False
    return PrecisionRecall(
        scored.name, len(scored), scored.positives, threshold, precision, recall, average, scored.prevalence
    )


def best_f1(scored: Scored) -> BestF1:
    """Find the threshold with the highest F1, and say what calling every film positive reaches.

    Raises
    ------
    DataError
        With one class only.
    """
    scored = scored.both_classes("F1")
    threshold, hits, calls = _steps(scored)
    f1 = 2 * hits / (calls + scored.positives)
    best = int(f1.argmax())
    return BestF1(
        float(f1[best]),
        float(threshold[best]),
        float(hits[best] / calls[best]),
        float(hits[best] / scored.positives),
        f1_of_all(scored.prevalence),
        scored.prevalence,
    )


def _steps(scored: Scored) -> tuple[Float, Float, Float]:
    """Distinct scores, highest first, with positive films and all films at and above each."""
    order = np.argsort(-scored.score, kind="stable")
    score, label = scored.score[order], scored.label[order]
    last = np.flatnonzero(np.append(score[1:] != score[:-1], True))
    return score[last], np.cumsum(label)[last].astype(np.float64), (last + 1).astype(np.float64)
