"""Intensity profiles: do films with a finding differ in their grey levels, as whole distributions and not only in the mean?

A patient's profile is the mean of the profiles of his films of one group and view. Two patients are as far apart as their
grey levels must be moved to agree (Wasserstein distance of the distributions). Two groups of patients are compared by
the energy distance over these (Székely and Rizzo 2013), which is zero only if the groups are alike in every respect, and
its chance is taken by permuting patients between the groups; p-values are corrected for all comparisons (Holm 1979).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.cohort.films import VIEWS, Films
from wetread.cohort.pixels import LEVELS, Pixels
from wetread.intervals.multiplicity import adjusted

__all__ = ["Comparison", "Profile", "Profiles", "energy_test", "profiles"]

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

COMPARABLE = ("Infiltration", "Consolidation", "Edema", "Effusion", "Atelectasis")
"""Findings that look like pneumonia, or come with it."""
_FEWEST = 10  # patients of a group
_MOST = 400  # patients of a group that are compared; more are drawn
_HEALTHY, _SICK = "no finding", "pneumonia"


@dataclass(frozen=True, slots=True)
class Profile:
    """The grey levels of one group in one view.

    Parameters
    ----------
    view, group
        Which films.
    films, patients
        How many.
    mean, low, high
        Share of pixels at each of the 64 grey levels: mean over patients, and the middle half of the patients.
    median
        Median grey level of the mean profile.
    """

    view: str
    group: str
    films: int
    patients: int
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    median: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two groups of patients in one view.

    Parameters
    ----------
    view, first, second
        Which.
    patients
        How many of each were compared.
    moved
        Wasserstein distance of the two mean profiles, in grey levels (0 to 1).
    shift
        Difference of their means (second minus first).
    coefficient
        Energy coefficient: 0 if the groups are alike, 1 if no patient of one is like any of the other.
    p, p_corrected
        By permutation of patients, and corrected for all comparisons of the report.
    """

    view: str
    first: str
    second: str
    patients: tuple[int, int]
    moved: float
    shift: float
    coefficient: float
    p: float
    p_corrected: float


@dataclass(frozen=True, slots=True)
class Profiles:
    """Profiles as filed (exposure and processing included) or as network input, and the comparisons of groups."""

    what: str
    profiles: tuple[Profile, ...]
    comparisons: tuple[Comparison, ...]
    permutations: int


def profiles(films: Films, pixels: Pixels, *, permutations: int = 1999, seed: int = 0) -> tuple[Profiles, Profiles]:
    """Profiles as network input, then as filed; views with at least ten patients in both groups are compared.

    Healthy films are those of which it is said that there is no finding, of patients who have no film of the other group
    in that view; films of a comparable finding carry no pneumonia label. Patients with films of both groups count to the
    second, so that no patient is compared with himself.
    """
    raw = [
        _made(name, films, pixels, values, permutations, seed)
        for name, values in (("network input", pixels.as_input), ("as filed", pixels.as_filed))
    ]
    corrected = adjusted([comparison.p for made in raw for comparison in made.comparisons], "holm").round(12).tolist()
    finished = []
    for made in raw:
        mine, corrected = corrected[: len(made.comparisons)], corrected[len(made.comparisons) :]
        comparisons = tuple(_with(c, p) for c, p in zip(made.comparisons, mine, strict=True))
        finished.append(Profiles(made.what, made.profiles, comparisons, permutations))
    return finished[0], finished[1]


def _with(c: Comparison, corrected: float) -> Comparison:
    return Comparison(c.view, c.first, c.second, c.patients, c.moved, c.shift, c.coefficient, c.p, corrected)


def _made(
    what: str, films: Films, pixels: Pixels, values: NDArray[np.float32], permutations: int, seed: int
) -> Profiles:
    patient = films.patient[pixels.rows].astype(np.int64)
    groups = _groups(films, pixels)
    drawn, compared = [], []
    for place, view in enumerate(VIEWS):
        here = films.view[pixels.rows] == place
        mine = {name: where & here for name, where in groups.items()}
        drawn += [_profile(view, name, patient, values, where) for name, where in mine.items() if where.any()]
        pairs = [(_HEALTHY, name) for name in groups if name != _HEALTHY]
        pairs += [(_SICK, name) for name in groups if name not in (_HEALTHY, _SICK)]
        for first, second in pairs:
            a, b = _patients(patient, values, mine[first], mine[second])
            if min(len(a), len(b)) >= _FEWEST:
                compared.append(_comparison(view, first, second, a, b, permutations, seed))
    return Profiles(what, tuple(drawn), tuple(compared), permutations)


def _groups(films: Films, pixels: Pixels) -> dict[str, Bools]:
    rows = pixels.rows
    groups = {_HEALTHY: films.clear[rows], _SICK: films.positive[rows]}
    negative = films.label[rows] == 0
    names = {name.casefold(): name for name in films.names}
    for wanted in COMPARABLE:
        if (name := names.get(wanted.casefold())) is not None:
            groups[name.casefold()] = films.has(name)[rows] & negative
    return groups


def _means(patient: NDArray[np.int64], values: NDArray[np.float32], where: Bools) -> tuple[NDArray[np.int64], Float]:
    """The patients of these films, and the mean profile of each."""
    ids, place = np.unique(patient[where], return_inverse=True)
    total = np.zeros((len(ids), LEVELS))
    np.add.at(total, place, values[where])
    return ids, total / np.bincount(place)[:, None]


def _patients(
    patient: NDArray[np.int64], values: NDArray[np.float32], first: Bools, second: Bools
) -> tuple[Float, Float]:
    theirs = set(patient[second].tolist())
    alone = first & ~np.isin(patient, list(theirs))
    return _means(patient, values, alone)[1], _means(patient, values, second)[1]


def _profile(view: str, name: str, patient: NDArray[np.int64], values: NDArray[np.float32], where: Bools) -> Profile:
    ids, each = _means(patient, values, where)
    mean = each.mean(axis=0)
    low, high = np.percentile(each, (25, 75), axis=0)
    median = float((np.searchsorted(np.cumsum(mean), 0.5) + 0.5) / LEVELS)
    return Profile(view, name, int(where.sum()), len(ids), _rounded(mean), _rounded(low), _rounded(high), median)


def _rounded(line: Float) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in line)


def _comparison(view: str, first: str, second: str, a: Float, b: Float, permutations: int, seed: int) -> Comparison:
    centres = (np.arange(LEVELS) + 0.5) / LEVELS
    gap = np.cumsum(b.mean(axis=0) - a.mean(axis=0))
    shift = float((b.mean(axis=0) - a.mean(axis=0)) @ centres)
    rng = np.random.default_rng(seed)
    a, b = (group if len(group) <= _MOST else group[rng.choice(len(group), _MOST, replace=False)] for group in (a, b))
    coefficient, p = energy_test(a, b, permutations=permutations, seed=seed)
    return Comparison(
        view, first, second, (len(a), len(b)), float(np.abs(gap).sum() / LEVELS), shift, coefficient, p, p
    )


def energy_test(first: Float, second: Float, *, permutations: int = 1999, seed: int = 0) -> tuple[float, float]:
    """Energy coefficient of two groups of distributions, and its p-value by permutation.

    Parameters
    ----------
    first, second
        (patients, levels) each row a distribution over grey levels, summing to 1.

    Returns
    -------
    The coefficient E / 2 E|X - Y| in [0, 1], and the share of permutations, the given grouping among them, that part the
    patients at least as far.
    """
    from scipy.spatial.distance import cdist

    cumulative = np.cumsum(np.concatenate([first, second]), axis=1)
    distance = cdist(cumulative, cumulative, "cityblock") / first.shape[1]
    n, m = len(first), len(second)
    rng = np.random.default_rng(seed)
    groups = np.zeros((n + m, permutations + 1))
    groups[:n, 0] = 1
    for column in range(1, permutations + 1):
        groups[rng.permutation(n + m)[:n], column] = 1
    rest = 1 - groups
    inside = np.einsum("ij,ij->j", groups, distance @ groups) / n**2
    outside = np.einsum("ij,ij->j", rest, distance @ rest) / m**2
    across = np.einsum("ij,ij->j", groups, distance @ rest) / (n * m)
    energy = 2 * across - inside - outside
    coefficient = float(energy[0] / (2 * across[0])) if across[0] > 0 else 0.0
    return max(coefficient, 0.0), float((energy >= energy[0] - 1e-12).mean())
