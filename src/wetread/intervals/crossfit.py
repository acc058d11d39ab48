"""How well a label can be guessed from the groups that films stand in, judged on patients that were not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import DataError

__all__ = ["folds", "group_baseline", "groups_together", "require_folds"]

Float = NDArray[np.float64]
_PRIOR = 20.0  # films of the overall share that are added to each group, so that a small one says little


def folds(patients: Sequence[str], strata: Sequence[Any], *, count: int = 5, seed: int = 0) -> NDArray[np.int64]:
    """Assign each film to one of `count` folds, all films of a patient to one, strata spread evenly.

    Patients are taken in seeded random order, stratum by stratum (a patient's stratum is that of the first film), and
    each goes to the fold that so far holds the fewest films of that stratum.

    Returns
    -------
    int64 (n films,), 0 to count - 1.

    Raises
    ------
    DataError
        With fewer than two folds, fewer patients than folds, or a stratum missing.
    """
    if count < 2:
        raise DataError(f"at least 2 folds are needed to hold any film out, not {count}")
    if len(strata) != len(patients):
        raise DataError(f"one stratum for each film: {len(strata)} strata, {len(patients)} films")
    films: dict[str, list[int]] = {}
    for film, patient in enumerate(patients):
        films.setdefault(patient, []).append(film)
    if len(films) < count:
        raise DataError(f"{count} folds need at least {count} patients; there are {len(films)}")
    names = sorted(films)
    order = [names[place] for place in np.random.default_rng(seed).permutation(len(names))]
    filled: dict[Any, NDArray[np.int64]] = {}
    assigned = np.full(len(patients), -1, np.int64)
    for patient in order:
        load = filled.setdefault(strata[films[patient][0]], np.zeros(count, np.int64))
        fold = int(np.argmin(load))
        load[fold] += len(films[patient])
        assigned[films[patient]] = fold
    return assigned


def group_baseline(groups: Sequence[Any], labels: NDArray[np.int64], fold: NDArray[np.int64]) -> Float:
    """Out of fold, how far the share of positives in a film's group lies above that of all films: float64 (n,), -1 to 1.

    A group is a film's view, or whether its metadata are missing. One that the other folds do not hold gets 0. The share
    over all films is taken off because it differs from fold to fold, and against a fold's own: left in, a group that
    tells nothing would seem to tell the opposite.

    Raises
    ------
    DataError
        With fewer than two folds.
    """
    require_folds(fold)
    _, place = np.unique(np.asarray([str(group) for group in groups]), return_inverse=True)
    count = int(place.max()) + 1
    scores = np.full(len(labels), np.nan)
    for held in np.unique(fold):
        train, test = fold != held, fold == held
        films = np.bincount(place[train], minlength=count)
        positive = np.bincount(place[train], weights=labels[train], minlength=count)
        above = positive / np.maximum(films, 1) - labels[train].mean()
        scores[test] = np.where(films > 0, above, 0.0)[place[test]]
    return scores


def groups_together(groups: Sequence[ArrayLike], label: NDArray[np.int64], fold: NDArray[np.int64]) -> Float:
    """Out of fold, the log-odds of each of a film's groups added up, as if they did not know of each other.

    Parameters
    ----------
    groups
        One (n,) naming for each kind of group: view, sex, source and so on.
    label
        (n,) 0 or 1.
    fold
        (n,) the fold in which each film is scored; the others are fitted on.

    Returns
    -------
    float64 (n,), finite: 0 where the other folds hold one class only, and for a group that they do not hold.

    Raises
    ------
    DataError
        With fewer than two folds.
    """
    require_folds(fold)
    scores = np.zeros(len(label))
    for group in groups:
        _, place = np.unique(group, return_inverse=True)
        count = int(place.max()) + 1
        for held in np.unique(fold):
            train, test = fold != held, fold == held
            overall = float(label[train].mean())
            if overall in (0.0, 1.0):
                continue  # one class only: there is nothing to tell
            films = np.bincount(place[train], minlength=count)
            positive = np.bincount(place[train], weights=label[train], minlength=count)
            rate = (positive + _PRIOR * overall) / (films + _PRIOR)
            odds = np.log(rate / (1 - rate)) - np.log(overall / (1 - overall))
            scores[test] += odds[place[test]]
    return scores


def require_folds(fold: NDArray[np.int64]) -> None:
    """Refuse folds that leave nothing to fit on.

    Raises
    ------
    DataError
        With fewer than two folds.
    """
    if np.unique(fold).size < 2:
        raise DataError("a baseline out of fold needs at least 2 folds: one to score, and others to fit on")
