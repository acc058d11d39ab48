"""Against whom is the score good? Against films that look like the disease, and against guessing from who and where.

An AUROC against all other films is mostly one against healthy ones. What matters is told apart here: the same positives
against negative films with a given other finding (hard negatives), and beside what a film's view or source alone would
reach without anybody looking at a lung.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.draws import over_patients
from wetread.evaluation.scored import Scored
from wetread.evaluation.scrutiny.subgroups import MINIMUM, apart, area_interval, too_few
from wetread.intervals import Interval
from wetread.intervals.areas import Pairs, areas
from wetread.intervals.cluster import share
from wetread.intervals.crossfit import folds, group_baseline, groups_together
from wetread.intervals.resampling import percentile_interval

__all__ = ["Against", "Baseline", "Baselines", "HardNegatives", "baselines", "hard_negatives"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Ints = NDArray[np.int64]
TOGETHER = "all of these together"


@dataclass(frozen=True, slots=True)
class Against:
    """All positive films against the negative films of one kind.

    Parameters
    ----------
    name
        The kind: "Effusion", "No Finding", "any look-alike".
    films, patients
        Negative films of the kind, and their patients.
    share
        Of all negative films.
    auroc
        Of the positives against these; None where there are too few to say.
    gap
        `auroc` minus the AUROC against all negatives, on the same resamples.
    specificity
        At the threshold, among these films; None without one, or where there are too few to say.
    note
        Why figures are missing; "" where none is.
    lost
        Resamples of patients without a pair of films to compare.
    """

    name: str
    films: int
    patients: int
    share: float
    auroc: Interval | None
    gap: Interval | None
    specificity: Interval | None
    note: str
    lost: int


@dataclass(frozen=True, slots=True)
class HardNegatives:
    """One score against several kinds of negative films; `auroc` is that against all of them."""

    name: str
    films: int
    positives: int
    positive_patients: int
    auroc: Interval | None
    against: tuple[Against, ...]
    threshold: float | None
    minimum: int
    resamples: int
    seed: int
    note: str


def hard_negatives(
    scored: Scored,
    kinds: Mapping[str, ArrayLike],
    *,
    threshold: float | None = None,
    minimum: int = MINIMUM,
    resamples: int = 2000,
    seed: int = 0,
) -> HardNegatives:
    """AUROC of all positive films against the negative films of each kind.

    Parameters
    ----------
    kinds
        Name to (n,) bool: which films have that other finding. Positive films in it stay positive: only its negative
        films make the kind. Kinds may overlap.
    threshold
        Positive is called at and above it.
    minimum
        Patients with positive films, and patients of a kind, that a figure needs.

    Raises
    ------
    ConfigError
        If the threshold is no number, or the minimum below 2.
    DataError
        If the films are of one class, or a kind is not one yes or no for each film.
    """
    scored.both_classes("AUROC against hard negatives")
    _check(scored, threshold, minimum)
    masks = {str(name): _mask(scored, str(name), values) & ~scored.label for name, values in kinds.items()}
    _, patient = np.unique(scored.patient, return_inverse=True)
    questions = [Pairs(scored.score, scored.label)]
    questions += [Pairs(scored.score, scored.label, mask | scored.label) for mask in masks.values()]
    value, moved = over_patients(areas(questions, patient), int(patient.max()) + 1, resamples=resamples, seed=seed)
    positive, negative = (int(np.unique(patient[side]).size) for side in (scored.label, ~scored.label))
    note = _too_few(positive, negative, minimum, "with negative films")
    return HardNegatives(
        name=scored.name,
        films=len(scored),
        positives=scored.positives,
        positive_patients=positive,
        auroc=None
        if note
        else area_interval(float(value[0]), moved[:, 0], pairs=apart(positive, negative, scored.patients)),
        against=tuple(
            _against(scored, name, mask, patient, threshold, minimum, value[[0, k]], moved[:, [0, k]])
            for k, (name, mask) in enumerate(masks.items(), start=1)
        ),
        threshold=threshold,
        minimum=minimum,
        resamples=resamples,
        seed=seed,
        note=note,
    )


def _check(scored: Scored, threshold: float | None, minimum: int) -> None:
    if threshold is not None and not np.isfinite(threshold):
        raise ConfigError(f"{scored.name}: a threshold is a finite number, not {threshold}")
    if minimum < 2:
        raise ConfigError(
            f"{scored.name}: a figure needs at least 2 patients to have an interval; minimum is {minimum}"
        )


def _mask(scored: Scored, name: str, values: ArrayLike) -> Bool:
    given = np.asarray(values)
    if given.shape != (len(scored),) or given.dtype.kind not in "biuf" or not np.isin(given, (0, 1)).all():
        raise DataError(f"{scored.name}: {name} says yes or no (True or False) for each of {len(scored)} films")
    chosen: Bool = given == 1
    return chosen


def _too_few(positive: int, other: int, minimum: int, what: str) -> str:
    if positive < minimum:
        return too_few(positive, minimum, "with positive films")
    return too_few(other, minimum, what) if other < minimum else ""


def _against(
    scored: Scored,
    name: str,
    mask: Bool,
    patient: Ints,
    threshold: float | None,
    minimum: int,
    value: Float,
    moved: Float,
) -> Against:
    people, sick, both = (int(np.unique(patient[part]).size) for part in (mask, scored.label, mask | scored.label))
    note = _too_few(sick, people, minimum, f"with {name} as a negative film")
    spared = None
    if threshold is not None and people >= minimum:
        count = int(patient.max()) + 1
        right = np.bincount(patient[mask & (scored.score < threshold)], minlength=count)
        spared = share(right, np.bincount(patient[mask], minlength=count))
    return Against(
        name=name,
        films=int(mask.sum()),
        patients=people,
        share=float(mask.sum() / scored.negatives),
        auroc=None if note else area_interval(float(value[1]), moved[:, 1], pairs=apart(sick, people, both)),
        gap=None if note else percentile_interval(float(value[1] - value[0]), moved[:, 1] - moved[:, 0]),
        specificity=spared,
        note=note,
        lost=int(np.isnan(moved[:, 1]).sum()),
    )


# ---------------------------------------------------------------------------------------------------- baselines


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a covariate alone reaches, and what the score is worth where the covariate is held fixed.

    Parameters
    ----------
    name
        The covariate, or "all of these together".
    groups
        Into how many groups it parts the films ("" counts as one); None for all together.
    auroc
        Of the share of positives in a film's group, taken from patients of other folds.
    difference
        The score's AUROC minus that, on the same resamples.
    within
        The score's AUROC where only films of one group are compared with each other (Janes and Pepe, Biometrika 2009):
        what is left of it when the covariate can no longer help. None for all together, or where there is no pair.
    lost
        Resamples of patients without an answer.
    """

    name: str
    groups: int | None
    auroc: Interval
    difference: Interval
    within: Interval | None
    lost: int


@dataclass(frozen=True, slots=True)
class Baselines:
    """The score beside what can be guessed without looking at a lung; the most telling covariate first."""

    name: str
    films: int
    patients: int
    auroc: Interval | None
    baselines: tuple[Baseline, ...]
    folds: int
    minimum: int
    resamples: int
    seed: int
    note: str


def baselines(
    scored: Scored,
    covariates: Sequence[str] | None = None,
    *,
    count: int = 5,
    minimum: int = MINIMUM,
    resamples: int = 2000,
    seed: int = 0,
) -> Baselines:
    """AUROC of each covariate alone, and of all together, out of fold by patient, beside the score's own.

    The score is not fitted here: it is taken as it is. A score that was fitted on these very films has an unfair start,
    and a baseline from these films' own labels has one over a score from elsewhere; neither is a film that was seen.

    Parameters
    ----------
    covariates
        Names in `scored.groups`; None is all of them.
    count
        Number of folds.
    minimum
        Patients with positive and with negative films that are needed; with fewer nothing is said.

    Raises
    ------
    ConfigError
        For a covariate that the films do not have, or a minimum below 2.
    DataError
        If the films are of one class, or of fewer patients than folds.
    """
    scored.both_classes("baseline")
    _check(scored, None, minimum)
    names = list(scored.groups) if covariates is None else list(dict.fromkeys(covariates))
    if missing := [name for name in names if name not in scored.groups]:
        there = ", ".join(scored.groups) or "none"
        raise ConfigError(f"{scored.name}: no covariate {', '.join(missing)}; the films have: {there}")
    _, patient = np.unique(scored.patient, return_inverse=True)
    positive, negative = (int(np.unique(patient[side]).size) for side in (scored.label, ~scored.label))
    note = _too_few(positive, negative, minimum, "with negative films")
    about = (scored.name, len(scored), scored.patients)
    if note:
        return Baselines(*about, None, (), count, minimum, resamples, seed, note)
    guesses = _guesses(scored, names, patient, count, seed)
    questions = [Pairs(scored.score, scored.label)]
    questions += [Pairs(guess, scored.label) for guess in guesses.values()]
    questions += [Pairs(scored.score, scored.label, strata=scored.groups[name]) for name in names]
    value, moved = over_patients(areas(questions, patient), int(patient.max()) + 1, resamples=resamples, seed=seed)
    pairs = apart(positive, negative, scored.patients)
    found = []
    for k, name in enumerate(guesses, start=1):
        alone = name == TOGETHER
        inside = None if alone else 1 + len(guesses) + names.index(name)
        found.append(
            Baseline(
                name=name,
                groups=None if alone else int(np.unique(scored.groups[name]).size),
                auroc=area_interval(float(value[k]), moved[:, k], pairs=pairs),
                difference=percentile_interval(float(value[0] - value[k]), moved[:, 0] - moved[:, k]),
                within=None if inside is None else _within(float(value[inside]), moved[:, inside], pairs),
                lost=int(np.isnan(moved[:, k]).sum()),
            )
        )
    found.sort(key=lambda each: -each.auroc.value)
    own = area_interval(float(value[0]), moved[:, 0], pairs=pairs)
    return Baselines(*about, own, tuple(found), count, minimum, resamples, seed, "")


def _guesses(scored: Scored, names: Sequence[str], patient: Ints, count: int, seed: int) -> dict[str, Float]:
    """Out-of-fold score of each covariate, and of all together where there are several."""
    sick = np.bincount(patient, weights=scored.label) > 0
    fold = folds([str(number) for number in range(sick.size)], sick.tolist(), count=count, seed=seed)[patient]
    label = scored.label.astype(np.int64)
    found = {name: group_baseline(scored.groups[name].tolist(), label, fold) for name in names}
    if len(names) > 1:
        found[TOGETHER] = groups_together([scored.groups[name] for name in names], label, fold)
    return found


def _within(value: float, moved: Float, pairs: int) -> Interval | None:
    if not np.isfinite(value) or np.isfinite(moved).mean() < 0.9:
        return None
    return area_interval(value, moved, pairs=pairs)
