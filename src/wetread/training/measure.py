"""Figures: AUROC with patient-wise intervals, always beside what can be guessed without looking at the lungs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.cohort import crude_baseline, crude_statistics
from wetread.errors import DataError
from wetread.intervals import Interval, bootstrap_auroc, bootstrap_difference
from wetread.intervals.crossfit import group_baseline
from wetread.training.films import FilmSet, pixels
from wetread.training.questions import TRAINED_ON, Question, id_band, questions
from wetread.truth import list_hash

__all__ = ["baselines", "crude_table", "measure", "measure_all", "own_label"]

Float = NDArray[np.float64]
_FEWEST = 5


def crude_table(films: FilmSet) -> Float:
    """Nine crude statistics of each film: float64 (films, 9)."""
    return np.array([crude_statistics(picture) for picture in pixels(films.paths)])


def baselines(films: FilmSet, crude: Float, fold: NDArray[np.int64], seed: int) -> dict[str, Float]:
    """Out-of-fold scores of everything that is not the network, fitted on the label that the network is fitted on."""
    labels = films.labels[:, 0].astype(np.int64)
    scores = {"crude statistics": crude_baseline(crude, labels, fold, seed=seed)}
    if films.collection == "nih":
        view = films.column("view")
        scores["view alone"] = group_baseline(view.tolist(), labels, fold)
        scores["missing metadata alone"] = group_baseline((view == "").tolist(), labels, fold)
        scores["patient-id band alone"] = group_baseline(id_band(films).tolist(), labels, fold)
    return scores


def own_label(films: FilmSet, question: Question, crude: Float, fold: NDArray[np.int64], seed: int) -> dict[str, Float]:
    """Out-of-fold scores of crude statistics and of the view, fitted on the question's own label: the hardest of their kind.

    The network never sees a reader's label; these baselines do, where the question is about one. Empty where the films
    asked about lie in fewer than two folds: then there is nothing to fit on.
    """
    asked = question.asked
    if np.unique(fold[asked]).size < 2:
        return {}
    positive = question.positive[asked]
    scores = {"crude statistics, fitted on this label": np.full(len(films), np.nan)}
    scores["crude statistics, fitted on this label"][asked] = crude_baseline(
        crude[asked], positive, fold[asked], seed=seed
    )
    if films.collection == "nih":
        scores["view alone, fitted on this label"] = np.full(len(films), np.nan)
        view = films.column("view")[asked].tolist()
        scores["view alone, fitted on this label"][asked] = group_baseline(view, positive, fold[asked])
    return scores


def measure(
    films: FilmSet, question: Question, scores: Float, others: Mapping[str, Float], *, seed: int = 0
) -> dict[str, Any]:
    """One question's figures, as plain values.

    Parameters
    ----------
    scores
        (films,) of the network, out of fold.
    others
        (films,) of each baseline or other model; films without a score of another (NaN) leave that comparison only.

    Returns
    -------
    name, label, films, patients, positives, films_sha256, auroc; and for each other: auroc of the other, of the network
    on the same films, and the paired difference. `too_few` instead of figures where either class has fewer than five.

    Raises
    ------
    DataError
        If the network left a film unscored that is asked about.
    """
    asked = question.asked
    if unscored := int((~np.isfinite(scores[asked])).sum()):
        raise DataError(f"{unscored} of {int(asked.sum())} films asked about have no finite score ({question.name})")
    found = _about(films, question, asked)
    if found["positives"] < _FEWEST or found["films"] - found["positives"] < _FEWEST:
        return found | {"too_few": True}
    found["auroc"] = _interval(lambda which: _auroc(films, question, scores, which, seed), asked)
    found["beside"] = {}
    for name, other in others.items():
        both = asked & np.isfinite(other)
        positives = int(question.positive[both].sum())
        if min(positives, int(both.sum()) - positives) < _FEWEST:
            continue
        found["beside"][name] = _about(films, question, both) | {
            "auroc": _interval(lambda which, other=other: _auroc(films, question, other, which, seed), both),
            "network": _interval(lambda which: _auroc(films, question, scores, which, seed), both),
            "difference": _interval(
                lambda which, other=other: _difference(films, question, scores, other, which, seed), both
            ),
        }
    return found


def measure_all(
    films: FilmSet,
    scores: Float,
    others: Mapping[str, Float],
    crude: Float,
    fold: NDArray[np.int64],
    *,
    seed: int,
    asked: NDArray[np.bool_] | None = None,
) -> list[dict[str, Any]]:
    """`measure` for every question of the collection, on the films where `asked` (default: on all)."""
    found = []
    for question in questions(films):
        mine = (
            own_label(films, question, crude, fold, seed) if question.label != TRAINED_ON.get(films.collection) else {}
        )
        within = question if asked is None else replace(question, asked=question.asked & asked)
        found.append(measure(films, within, scores, {**others, **mine}))
    return found


def _about(films: FilmSet, question: Question, which: NDArray[np.bool_]) -> dict[str, Any]:
    asked = films.take(which)
    return {
        "name": question.name,
        "label": question.label,
        "films": len(asked),
        "patients": len(set(asked.patients)),
        "positives": int(question.positive[which].sum()),
        "films_sha256": list_hash(asked.names),
    }


def _auroc(films: FilmSet, question: Question, scores: Float, which: NDArray[np.bool_], seed: int) -> Interval:
    strata = None if question.strata is None else question.strata[which]
    return bootstrap_auroc(
        scores[which], question.positive[which], np.array(films.patients)[which], strata=strata, seed=seed
    )


def _difference(
    films: FilmSet, question: Question, scores: Float, other: Float, which: NDArray[np.bool_], seed: int
) -> Interval:
    strata = None if question.strata is None else question.strata[which]
    patients = np.array(films.patients)[which]
    return bootstrap_difference(
        scores[which], other[which], question.positive[which], patients, strata=strata, seed=seed
    )


def _interval(figure: Any, which: NDArray[np.bool_]) -> dict[str, float] | None:
    """Value, low and high; None where too few resamples hold both classes."""
    try:
        interval = figure(which)
    except DataError:
        return None
    return {"value": round(interval.value, 4), "low": round(interval.low, 4), "high": round(interval.high, 4)}
