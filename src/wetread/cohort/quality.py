"""How films differ in the taking, by group: exposure, sharpness, borders, letters; and films that are there twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.cohort.films import VIEWS, Films
from wetread.cohort.pixels import QUALITIES, Pixels
from wetread.truth.leaks import near_pairs

__all__ = ["Copies", "Quality", "copies", "qualities"]

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Quality:
    """One measurement over the films of one group: quartiles, and the share of films where it is not zero."""

    what: str
    group: str
    films: int
    lower_quartile: float
    median: float
    upper_quartile: float
    present: float


@dataclass(frozen=True, slots=True)
class Copies:
    """Films that stand in the table more than once by their pixels.

    Parameters
    ----------
    groups, films
        Groups of films that are the same to the last grey level, and the films in them.
    across_patients, across_labels
        Groups that hold more than one patient, and those that hold films with and without the label.
    near, near_across_patients, near_across_labels
        Pairs of films that are nearly the same picture, or its negative, without being exact copies; how many of them are
        of two patients, and how many with and without the label. `wetread.truth.leaks` says how often that is wrong.
    """

    groups: int
    films: int
    across_patients: int
    across_labels: int
    near: int
    near_across_patients: int
    near_across_labels: int


def qualities(films: Films, pixels: Pixels) -> tuple[Quality, ...]:
    """Each measurement, for all films, by label, and by view."""
    rows = pixels.rows
    groups: dict[str, Bools] = {"all films": np.ones(len(rows), bool)}
    groups |= {"with the label": films.label[rows] == 1, "without": films.label[rows] == 0}
    groups |= {view: films.view[rows] == place for place, view in enumerate(VIEWS)}
    found = []
    for column, what in enumerate(QUALITIES):
        for name, where in groups.items():
            if where.any():
                values = pixels.quality[where, column]
                low, middle, high = (float(value) for value in np.percentile(values, (25, 50, 75)))
                found.append(Quality(what, name, int(where.sum()), low, middle, high, float((values > 0).mean())))
    return tuple(found)


def copies(films: Films, pixels: Pixels) -> Copies:
    """Group the films by their pixels' hash, and pair those whose small pictures are alike."""
    count = Counter(pixels.pictures)
    members: dict[str, list[int]] = {picture: [] for picture, number in count.items() if number > 1}
    for row, picture in zip(pixels.rows.tolist(), pixels.pictures, strict=True):
        if picture in members:
            members[picture].append(row)
    groups, near = list(members.values()), _near(pixels)
    return Copies(
        groups=len(groups),
        films=sum(len(rows) for rows in groups),
        across_patients=sum(len(set(films.patient[rows].tolist())) > 1 for rows in groups),
        across_labels=sum(len(set(films.label[rows].tolist())) > 1 for rows in groups),
        near=len(near),
        near_across_patients=int((films.patient[near[:, 0]] != films.patient[near[:, 1]]).sum()),
        near_across_labels=int((films.label[near[:, 0]] != films.label[near[:, 1]]).sum()),
    )


def _near(pixels: Pixels) -> NDArray[np.int64]:
    """Rows of the table, (pairs, 2), of films that are nearly alike and not the same."""
    every = np.arange(len(pixels))
    pairs = [
        (one, other)
        for one, other, _ in near_pairs(pixels.thumbnails, every, every)
        if one < other and pixels.pictures[one] != pixels.pictures[other]
    ]
    return pixels.rows[np.array(pairs, np.int64).reshape(-1, 2)]
