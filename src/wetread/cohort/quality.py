"""How films differ in the taking, by group: exposure, sharpness, borders, letters; and films that are there twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.cohort.films import VIEWS, Films
from wetread.cohort.pixels import QUALITIES, Pixels

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
    """

    groups: int
    films: int
    across_patients: int
    across_labels: int


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
    """Group the films by their pixels' hash."""
    count = Counter(pixels.pictures)
    members: dict[str, list[int]] = {picture: [] for picture, number in count.items() if number > 1}
    for row, picture in zip(pixels.rows.tolist(), pixels.pictures, strict=True):
        if picture in members:
            members[picture].append(row)
    groups = list(members.values())
    return Copies(
        groups=len(groups),
        films=sum(len(rows) for rows in groups),
        across_patients=sum(len(set(films.patient[rows].tolist())) > 1 for rows in groups),
        across_labels=sum(len(set(films.label[rows].tolist())) > 1 for rows in groups),
    )
