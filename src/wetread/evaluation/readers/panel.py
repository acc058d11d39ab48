"""A model beside a panel of labellers where nobody is the truth: the protocol of CheXNet.

Each labeller, and the model, is scored by its F1 against every other labeller in turn, and the mean is taken; patients
are resampled (Rajpurkar and others, arXiv 1711.05225). F1 is the same whichever of two is called the reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.intervals import Interval
from wetread.intervals.resampling import percentile_interval, resampled

__all__ = ["Panel", "PanelScore", "panel"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PanelScore:
    """One labeller's, or the model's, mean F1 against the others, beside what calling every film positive would get.

    `prevalence` is the mean share of positive films by those it is scored against, `called` its own. `f1_all_positive`
    is scored against the same references in the same way; `references` is how many they are.
    """

    name: str
    f1: Interval
    f1_all_positive: float
    prevalence: float
    called: float
    references: int


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Everybody's score, the mean of the labellers' scores, and the model's less that mean.

    `pairwise` (k + 1, k + 1) is the F1 of every two, the model last, NaN on the diagonal. `unanswered` counts resamples
    in which some pair called no film at all, so that there is no F1.
    """

    name: str
    reference: str
    films: int
    patients: int
    labellers: tuple[PanelScore, ...]
    model: PanelScore
    mean_labeller: Interval
    difference: Interval
    pairwise: Float
    resamples: int
    unanswered: int
    seed: int


def panel(
    calls: Mapping[str, ArrayLike],
    model: ArrayLike,
    patients: ArrayLike,
    *,
    reference: str = "each",
    resamples: int = 10_000,
    seed: int = 0,
    level: float = 0.95,
    name: str = "panel",
) -> Panel:
    """Score a model and k labellers against each other.

    Parameters
    ----------
    calls
        Name of each labeller to (n,) of 0 or 1, NaN where that labeller did not read a film; two labellers or more. Two
        are compared on the films both read.
    model
        (n,) of 0 or 1: the model's calls at a threshold that was chosen elsewhere.
    patients
        (n,) who each film is of; what is resampled.
    reference
        "each" (CheXNet): everybody against every other labeller in turn and labellers against the model too, the mean of
        the F1s. With four labellers each has four references: the model the four, a labeller the three others and the
        model. "each labeller": the same without the model as a reference. "majority": more than half of the other
        labellers who read the film. "any": at least one of them. "all": every one of them.

    Raises
    ------
    DataError
        If calls are not 0, 1 or missing, lengths differ, there are fewer than two labellers, some pair has no F1 on the
        films themselves, or more than a tenth of the resamples have no answer.
    ConfigError
        For an unknown reference.

    >>> import numpy as np
    >>> calls = {"a": [1, 1, 0, 0, 1, 0], "b": [1, 0, 0, 0, 1, 1], "c": [1, 1, 0, 1, 1, 0]}
    >>> found = panel(calls, [1, 1, 0, 0, 1, 1], np.arange(6), resamples=200)
    >>> round(found.model.f1.value, 3), round(found.mean_labeller.value, 3), round(found.model.f1_all_positive, 3)
    (0.821, 0.739, 0.711)
    """
    if reference not in _WORDS:
        raise ConfigError(f"no reference {reference!r}: choose {', '.join(_WORDS)}")
    table = _checked(calls, model, patients, name)
    k, n = len(table) - 1, table.shape[1]
    each = reference.startswith("each")
    compared = _against_each(table, reference == "each") if each else _against_rule(table, reference)

    def scores(weights: Float) -> Float:
        return _scores(compared, weights)

    value, moved = resampled(scores, patients, resamples=resamples, seed=seed)
    if not np.isfinite(value).all():
        raise DataError(f"{name}: someone and a reference both call no film positive: there is no F1 of the two")
    answered = np.isfinite(moved).all(axis=1)
    means, means_moved = value[:k].mean(), moved[:, :k].mean(axis=1)
    intervals = [percentile_interval(float(value[i]), moved[:, i], level=level) for i in range(k + 1)]
    f1, prevalence, count = _all_positive(compared)
    people = [
        PanelScore(title, interval, float(f1[i]), float(prevalence[i]), float(np.nanmean(table[i])), int(count[i]))
        for i, (title, interval) in enumerate(zip((*map(str, calls), "model"), intervals, strict=True))
    ]
    return Panel(
        name, _WORDS[reference], n, int(np.unique(np.asarray(patients)).size), tuple(people[:k]), people[k],
        percentile_interval(float(means), means_moved, level=level),
        percentile_interval(float(value[k] - means), moved[:, k] - means_moved, level=level),
        _pairwise(table), resamples, int((~answered).sum()), seed,
    )  # fmt: skip


_NEEDED = {"majority": 0.5, "any": 0.0, "all": 1.0}  # share of the others who must call a film
_WORDS = {
    "each": "mean of F1 against each other labeller and the model",
    "each labeller": "mean of F1 against each other labeller",
    "majority": "F1 against the majority of the other labellers",
    "any": "F1 against any of the other labellers",
    "all": "F1 against all of the other labellers",
}


def _checked(calls: Mapping[str, ArrayLike], model: ArrayLike, patients: ArrayLike, name: str) -> Float:
    people, machine = [np.asarray(one) for one in calls.values()], np.asarray(model)
    if len(people) < 2 or machine.ndim != 1 or not machine.size or any(one.shape != machine.shape for one in people):
        raise DataError(
            f"{name}: a panel is two labellers or more and a model, each with a call for each film, not "
            f"{[one.shape for one in people]} and {machine.shape}"
        )
    if np.shape(patients) != machine.shape:
        raise DataError(f"{name}: one patient for each of {machine.size} films, not {np.shape(patients)}")
    if any(values.dtype.kind not in "fiub" for values in (*people, machine)):
        raise DataError(f"{name}: calls are 0 or 1, or NaN where a film was not read")
    table = np.array([*people, machine], np.float64)
    if not (np.isin(table, (0, 1)) | np.isnan(table)).all() or np.isnan(table[-1]).any():
        raise DataError(
            f"{name}: calls are 0 or 1 (a labeller's NaN where a film was not read): apply a threshold first"
        )
    return table


@dataclass(frozen=True, slots=True, eq=False)
class _Comparisons:
    """q comparisons of one person's calls with a reference's, (q, n), both NaN where not both are known; whose, (q,)."""

    own: Float
    other: Float
    person: NDArray[np.intp]


def _comparisons(table: Float, pairs: Sequence[tuple[int, Float]]) -> _Comparisons:
    own, other = np.array([table[person] for person, _ in pairs]), np.array([reference for _, reference in pairs])
    missing = np.isnan(own) | np.isnan(other)
    own[missing] = other[missing] = np.nan
    return _Comparisons(own, other, np.array([person for person, _ in pairs], np.intp))


def _against_each(table: Float, model_is_reference: bool) -> _Comparisons:
    """Everybody against every other labeller, and labellers against the model too if it is a reference."""
    everybody, references = range(len(table)), range(len(table) - (not model_is_reference))
    return _comparisons(table, [(person, table[one]) for person in everybody for one in references if one != person])


def _against_rule(table: Float, reference: str) -> _Comparisons:
    """Everybody against a rule on the other labellers' calls, on the films that one of those read."""
    k = len(table) - 1
    pairs = []
    for person in range(k + 1):
        others = np.delete(table[:k], person, axis=0) if person < k else table[:k]
        read, called = (~np.isnan(others)).sum(axis=0), np.nansum(others, axis=0)
        positive = called == read if reference == "all" else called > _NEEDED[reference] * read
        pairs.append((person, np.where(read > 0, positive, np.nan)))
    return _comparisons(table, pairs)


def _scores(compared: _Comparisons, weights: Float) -> Float:
    """Mean F1 of each person under each row of weights: (b, k + 1), NaN where both of a pair called nothing."""
    hits = weights @ np.nan_to_num(compared.own * compared.other).T
    total = weights @ np.nan_to_num(compared.own + compared.other).T
    f1 = np.where(total > 0, 2 * hits / np.where(total > 0, total, 1), np.nan)
    return np.stack([f1[:, compared.person == one].mean(axis=1) for one in np.unique(compared.person)], axis=1)


def _all_positive(compared: _Comparisons) -> tuple[Float, Float, NDArray[np.intp]]:
    """F1 of calling every film positive and the prevalence, in the mean over each person's references; their number."""
    known = (~np.isnan(compared.other)).sum(axis=1)
    share = np.nansum(compared.other, axis=1) / np.maximum(known, 1)
    count = np.bincount(compared.person)
    return (
        np.bincount(compared.person, weights=2 * share / (1 + share)) / count,
        np.bincount(compared.person, weights=share) / count,
        count,
    )


def _pairwise(table: Float) -> Float:
    found = np.full((len(table), len(table)), np.nan)
    for i, k in combinations(range(len(table)), 2):
        read = ~np.isnan(table[i]) & ~np.isnan(table[k])
        total = table[i, read].sum() + table[k, read].sum()
        if total > 0:
            found[i, k] = found[k, i] = 2 * (table[i, read] * table[k, read]).sum() / total
    found.flags.writeable = False
    return found
