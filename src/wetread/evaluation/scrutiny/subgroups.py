"""Does the score work alike for everybody? Figures of each group, and a test of whether groups differ.

Groups are compared by a test of all of them at once (Wald, with the covariance of the groups' figures over resampled
patients, so that a patient may have films in several groups), and every test's p-value is corrected for how many tests
there are. That two intervals overlap, or that one group's looks lower, is no finding in either direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.draws import over_patients
from wetread.evaluation.scored import Scored
from wetread.intervals import Interval, proportion
from wetread.intervals.areas import Pairs, areas
from wetread.intervals.cluster import share
from wetread.intervals.multiplicity import adjusted
from wetread.intervals.resampling import percentile_interval

__all__ = [
    "MINIMUM",
    "Covariate",
    "Group",
    "Interaction",
    "Subgroups",
    "apart",
    "area_interval",
    "subgroups",
    "too_few",
]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

MINIMUM = 20
"""Patients of a class, unless stated otherwise, that a figure about that class needs."""
UNKNOWN = "not known"
_MEASURES = ("AUROC", "sensitivity", "specificity")
_MOST = 50  # groups of one covariate
_FEWEST = 10  # resamples for each group, without which their covariance is a guess


@dataclass(frozen=True, slots=True)
class Group:
    """The films of one group.

    Parameters
    ----------
    name
        The covariate's value; "not known" where it is missing.
    films, patients, positives, negatives
        Counts; `positives` and `negatives` count films.
    positive_patients, negative_patients
        Patients with at least one positive, and with at least one negative film: what `minimum` is held against.
    auroc
        Over resampled patients; None where there are too few to say.
    sensitivity, specificity
        At the threshold, cluster-robust over patients; None without a threshold, or where there are too few to say.
    notes
        Why a figure is missing.
    lost
        Resamples of patients in which the group had no pair of films to compare.
    """

    name: str
    films: int
    patients: int
    positives: int
    negatives: int
    positive_patients: int
    negative_patients: int
    auroc: Interval | None
    sensitivity: Interval | None
    specificity: Interval | None
    notes: tuple[str, ...]
    lost: int


@dataclass(frozen=True, slots=True)
class Interaction:
    """Whether a figure differs between the groups of a covariate.

    Parameters
    ----------
    measure
        "AUROC", "sensitivity" or "specificity".
    groups
        Who was compared: those large enough, without "not known".
    lowest, highest
        Names of the groups with the lowest and the highest figure; "" where nothing was compared.
    gap
        Highest minus lowest figure. It is never below 0, so chance alone makes one; None where nothing was compared.
    statistic, df
        Wald's chi-squared and its degrees of freedom.
    p, adjusted
        P-value alone, and corrected for all interaction tests of the table.
    note
        Why there is no test; "" where there is one.
    """

    measure: str
    groups: tuple[str, ...]
    lowest: str
    highest: str
    gap: float | None
    statistic: float | None
    df: int
    p: float | None
    adjusted: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Covariate:
    """One covariate's groups, in the order of their names, and the tests between them."""

    name: str
    groups: tuple[Group, ...]
    interactions: tuple[Interaction, ...]


@dataclass(frozen=True, slots=True)
class Subgroups:
    """All covariates of a set of films.

    Parameters
    ----------
    name, films, patients
        The set.
    threshold
        Of sensitivity and specificity; None where none was given.
    minimum
        Patients of a class below which nothing is said.
    tests, correction
        How many interaction tests were made, and how their p-values were corrected.
    resamples, seed
        Of the bootstrap over patients.
    """

    name: str
    films: int
    patients: int
    threshold: float | None
    minimum: int
    covariates: tuple[Covariate, ...]
    tests: int
    correction: str
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """One group of one covariate while it is worked on."""

    covariate: str
    name: str
    member: Bool


def too_few(there: int, minimum: int, what: str) -> str:
    """The words that stand where a number would say more than is known.

    >>> too_few(7, 20, "with positive films")
    'too few to say: 7 patients with positive films, at least 20 are needed'
    """
    people = "1 patient" if there == 1 else f"{there} patients"
    return f"too few to say: {people} {what}, at least {minimum} {'is' if minimum == 1 else 'are'} needed"


def apart(positive: int, negative: int, patients: int) -> int:
    """How many pairs of a patient with a positive and one with a negative film share nobody, at most."""
    return min(positive, negative, patients // 2)


def area_interval(value: float, moved: Float, *, pairs: int, level: float = 0.95) -> Interval:
    """Percentile interval of an AUROC over resamples; where no resample can move it, an exact bound.

    When every positive film scores above every negative one, so does it in every resample, and the percentiles would
    claim certainty. All of `pairs` pairs of patients that share nobody then agree, as independent trials that all
    succeed, and those have an exact interval (Clopper and Pearson 1934); `wetread.evaluation.discrimination.delong` does likewise.

    Raises
    ------
    DataError
        As `percentile_interval`.
    """
    found = percentile_interval(value, moved, level=level)
    if value not in (0.0, 1.0):
        return found
    exact = proportion(value * pairs, pairs, level=level)
    words = f"exact for {pairs} pairs without a patient in common, because no pair of films is out of order"
    return Interval(value, exact.low, exact.high, level, words)


def subgroups(
    scored: Scored,
    covariates: Sequence[str] | None = None,
    *,
    threshold: float | None = None,
    minimum: int = MINIMUM,
    correction: str = "holm",
    resamples: int = 2000,
    seed: int = 0,
) -> Subgroups:
    """Figures of every group of every covariate, and whether groups differ.

    Parameters
    ----------
    covariates
        Names in `scored.groups`; None is all of them.
    threshold
        Positive is called at and above it.
    minimum
        Patients of a class that a figure about that class needs.
    correction
        Of the interaction tests' p-values, one family over all covariates: see `wetread.intervals.multiplicity`.

    Raises
    ------
    ConfigError
        For a covariate that the films do not have, a threshold that is no number, or a minimum below 2.
    DataError
        For a covariate with more than fifty groups: those are no groups yet, but numbers to be put in bands.
    """
    names = list(scored.groups) if covariates is None else list(dict.fromkeys(covariates))
    _check(scored, names, threshold, minimum)
    adjusted([], correction)  # an unknown method is refused before the work, not after
    cuts = [cut for name in names for cut in _cuts(scored, name)]
    _, patient = np.unique(scored.patient, return_inverse=True)
    value, moved = _figures(scored, cuts, patient, threshold, resamples, seed)
    groups = [
        _group(scored, cut, patient, threshold, minimum, float(value[3 * k]), moved[:, 3 * k])
        for k, cut in enumerate(cuts)
    ]
    raw: list[list[Interaction]] = []
    for name in names:
        places = [k for k, cut in enumerate(cuts) if cut.covariate == name and cut.name != UNKNOWN]
        raw.append(
            [
                _interaction(measure, [(groups[k], value[3 * k + j], moved[:, 3 * k + j]) for k in places])
                for j, measure in enumerate(_MEASURES)
                if threshold is not None or measure == "AUROC"
            ]
        )
    tested = [test.p for tests in raw for test in tests if test.p is not None]
    corrected = iter(adjusted(tested, correction).tolist())
    finished = [
        tuple(test if test.p is None else replace(test, adjusted=next(corrected)) for test in tests) for tests in raw
    ]
    return Subgroups(
        name=scored.name,
        films=len(scored),
        patients=scored.patients,
        threshold=threshold,
        minimum=minimum,
        covariates=tuple(
            Covariate(name, tuple(g for g, cut in zip(groups, cuts, strict=True) if cut.covariate == name), tests)
            for name, tests in zip(names, finished, strict=True)
        ),
        tests=len(tested),
        correction=correction,
        resamples=resamples,
        seed=seed,
    )


def _check(scored: Scored, names: Sequence[str], threshold: float | None, minimum: int) -> None:
    if missing := [name for name in names if name not in scored.groups]:
        there = ", ".join(scored.groups) or "none"
        raise ConfigError(f"{scored.name}: no covariate {', '.join(missing)}; the films have: {there}")
    if threshold is not None and not np.isfinite(threshold):
        raise ConfigError(f"{scored.name}: a threshold is a finite number, not {threshold}")
    if minimum < 2:
        raise ConfigError(
            f"{scored.name}: a figure needs at least 2 patients to have an interval; minimum is {minimum}"
        )


def _cuts(scored: Scored, covariate: str) -> list[_Cut]:
    values = scored.groups[covariate]
    names = np.unique(values)
    if names.size > _MOST:
        raise DataError(
            f"{scored.name}: {covariate} has {names.size} different values: put numbers in bands, and join rare groups "
            f"(at most {_MOST} groups)"
        )
    known = [_Cut(covariate, str(name), values == name) for name in names if name != ""]
    return known + ([_Cut(covariate, UNKNOWN, values == "")] if (names == "").any() else [])


def _figures(
    scored: Scored, cuts: Sequence[_Cut], patient: NDArray[np.int64], threshold: float | None, resamples: int, seed: int
) -> tuple[Float, Float]:
    """AUROC, sensitivity and specificity of each cut, (3 cuts,) and (resamples, 3 cuts); NaN where there is none."""
    area = areas([Pairs(scored.score, scored.label, cut.member) for cut in cuts], patient)
    called = scored.score >= (np.inf if threshold is None else threshold)
    right = np.where(scored.label, called, ~called)
    count = int(patient.max()) + 1
    counts = np.zeros((len(cuts), 2, 2, count))  # cut; positive, negative; right, all; patient
    for k, cut in enumerate(cuts):
        for j, side in enumerate((cut.member & scored.label, cut.member & ~scored.label)):
            counts[k, j, 0] = np.bincount(patient[side & right], minlength=count)
            counts[k, j, 1] = np.bincount(patient[side], minlength=count)
    flat = counts.reshape(-1, count).T

    def statistic(weights: Float) -> Float:
        sums = (weights @ flat).reshape(len(weights), len(cuts), 2, 2)
        whole = sums[..., 1]
        rates = np.where(whole > 0, sums[..., 0] / np.where(whole > 0, whole, 1), np.nan)
        return np.concatenate([area(weights)[:, :, None], rates], axis=2).reshape(len(weights), -1)

    return over_patients(statistic, count, resamples=resamples, seed=seed)


def _group(
    scored: Scored,
    cut: _Cut,
    patient: NDArray[np.int64],
    threshold: float | None,
    minimum: int,
    value: float,
    moved: Float,
) -> Group:
    y, member = scored.label, cut.member
    with_positive, with_negative = (np.unique(patient[member & side]).size for side in (y, ~y))
    people = int(np.unique(patient[member]).size)
    notes = []
    if with_positive < minimum:
        notes.append(too_few(with_positive, minimum, "with positive films"))
    if with_negative < minimum:
        notes.append(too_few(with_negative, minimum, "with negative films"))
    called = scored.score >= (np.inf if threshold is None else threshold)

    def rate(right: Bool, side: Bool, people: int) -> Interval | None:
        if threshold is None or people < minimum:
            return None
        there, count = side & member, int(patient.max()) + 1
        return share(np.bincount(patient[right & there], minlength=count), np.bincount(patient[there], minlength=count))

    return Group(
        name=cut.name,
        films=int(member.sum()),
        patients=people,
        positives=int((member & y).sum()),
        negatives=int((member & ~y).sum()),
        positive_patients=with_positive,
        negative_patients=with_negative,
        auroc=None if notes else area_interval(value, moved, pairs=apart(with_positive, with_negative, people)),
        sensitivity=rate(called, y, with_positive),
        specificity=rate(~called, ~y, with_negative),
        notes=tuple(notes),
        lost=int(np.isnan(moved).sum()),
    )


def _interaction(measure: str, compared: Sequence[tuple[Group, float, Float]]) -> Interaction:
    """Wald's test that a figure is the same in all groups that have one."""
    from scipy.stats import chi2

    field = measure.lower()
    known = [(group, value, moved) for group, value, moved in compared if getattr(group, field) is not None]
    names = tuple(group.name for group, _, _ in known)

    def none(why: str) -> Interaction:
        return Interaction(measure, names, "", "", None, None, 0, None, None, why)

    if len(known) < 2:
        return none("too few to say: fewer than two groups are large enough to compare")
    value = np.array([value for _, value, _ in known])
    moved = np.stack([moved for _, _, moved in known], axis=1)
    moved = moved[np.isfinite(moved).all(axis=1)]
    lowest, highest = int(value.argmin()), int(value.argmax())
    stuck = [name for name, figure in zip(names, value, strict=True) if figure in (0.0, 1.0)]
    if stuck:
        return none(f"no test: in {', '.join(stuck)} the {measure} is 0 or 1, which has no standard error")
    if len(moved) < _FEWEST * len(known):
        return none(f"no test: {len(moved)} resamples hold all groups, at least {_FEWEST * len(known)} are needed")
    contrast = np.eye(len(known))[1:] - np.eye(len(known))[0]
    covariance = contrast @ np.cov(moved, rowvar=False) @ contrast.T
    if np.linalg.matrix_rank(covariance) < len(known) - 1:
        return none(f"no test: resampled patients do not move the {measure} of every group")
    statistic = float(contrast @ value @ np.linalg.solve(covariance, contrast @ value))
    df = len(known) - 1
    return Interaction(
        measure=measure,
        groups=names,
        lowest=names[lowest],
        highest=names[highest],
        gap=float(value[highest] - value[lowest]),
        statistic=statistic,
        df=df,
        p=float(chi2.sf(statistic, df)),
        adjusted=None,
        note="",
    )
