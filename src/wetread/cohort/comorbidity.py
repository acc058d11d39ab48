"""What comes with pneumonia: how often each other finding stands on the same film, and how often by chance it would."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wetread.cohort.films import Films
from wetread.intervals import Interval
from wetread.intervals.cluster import odds_ratio, share

__all__ = ["Comorbidity", "Pair", "comorbidity"]

_MOST = 24  # findings of the matrix; more would not be read


@dataclass(frozen=True, slots=True)
class Pair:
    """A finding beside the label.

    Parameters
    ----------
    name
        The other finding.
    films, both, both_patients
        Films with the finding, films with it and the label, and patients with such a film.
    share_of_label
        Share of films with the label that have the finding, with its interval.
    share_of_finding
        Share of films with the finding that have the label, with its interval.
    expected
        Films that would have both if they fell together by chance.
    lift
        `both` over `expected`.
    odds_ratio
        With its interval; None where a whole row or column is empty.
    """

    name: str
    films: int
    both: int
    both_patients: int
    share_of_label: Interval | None
    share_of_finding: Interval | None
    expected: float
    lift: float | None
    odds_ratio: Interval | None


@dataclass(frozen=True, slots=True)
class Comorbidity:
    """Each other finding beside the label, the one most often with it first; and every pair of findings.

    `names` and `lifts` are the matrix of how many times more often than by chance two findings share a film (None on the
    diagonal, and where one of the two has no film); the label stands first, as `label`.
    """

    pairs: tuple[Pair, ...]
    label: str
    names: tuple[str, ...]
    lifts: tuple[tuple[float | None, ...], ...]
    together: tuple[tuple[int, ...], ...]


def comorbidity(films: Films) -> Comorbidity:
    """Count which findings come together, among films of which both label and findings are said."""
    base = films.told & (films.label >= 0)
    positive = base & films.positive
    everyone, sick = films.by_patient(base), films.by_patient(positive)
    pairs = []
    for name in films.names:
        has = films.has(name) & base
        there, both = films.by_patient(has), films.by_patient(has & films.positive)
        n, x, y, xy = (int(count.sum()) for count in (everyone, there, sick, both))
        expected = x * y / n if n else 0.0
        pairs.append(
            Pair(
                name, x, xy, int((both > 0).sum()), share(both, sick), share(both, there), expected,
                xy / expected if expected else None, odds_ratio(both, sick, there, everyone),
            )
        )  # fmt: skip
    pairs.sort(key=lambda pair: (-pair.both, pair.name))
    return Comorbidity(tuple(pairs), *_matrix(films))


def _matrix(
    films: Films,
) -> tuple[str, tuple[str, ...], tuple[tuple[float | None, ...], ...], tuple[tuple[int, ...], ...]]:
    """Every pair, counted over the distinct sets of findings: the films themselves are not gone through again."""
    label = films.label_names[0] if films.label_names else "label"
    names = (label, *films.names[:_MOST])
    told = films.told & (films.label >= 0)
    count = np.bincount(films.said[told], minlength=len(films.sets)).astype(np.float64)
    sick = np.bincount(films.said[told & films.positive], minlength=len(films.sets)).astype(np.float64)
    has = np.array([[said is not None and name in said for name in names[1:]] for said in films.sets], np.float64)
    together = np.zeros((len(names), len(names)))
    if len(names) > 1:
        together[1:, 1:] = has.T @ (count[:, None] * has)
        together[0, 1:] = together[1:, 0] = sick @ has
    together[0, 0] = sick.sum()
    each, n = np.diag(together), count.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = together * n / np.outer(each, each)
    lift[~np.isfinite(lift)] = np.nan
    np.fill_diagonal(lift, np.nan)
    rows = tuple(tuple(None if np.isnan(value) else float(value) for value in row) for row in lift)
    return label, names, rows, tuple(tuple(int(value) for value in row) for row in together)
