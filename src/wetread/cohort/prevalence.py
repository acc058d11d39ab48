"""How often pneumonia is: by age, sex and view and all three together, with the patient as the unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.cohort.films import SEXES, VIEWS, Films
from wetread.cohort.people import age_band, age_names
from wetread.intervals import Interval
from wetread.intervals.cluster import share

__all__ = ["Cell", "Prevalence", "prevalence"]

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cell:
    """Share of films with the label in one group; None for a key means that it was not split by it."""

    age: str | None
    sex: str | None
    view: str | None
    films: int
    patients: int
    positive: int
    positive_patients: int
    share: Interval


@dataclass(frozen=True, slots=True)
class Prevalence:
    """Shares of films with the label, 95 % intervals cluster-robust over patients (`wetread.intervals.cluster`).

    Parameters
    ----------
    overall
        Of films; None where the label is said of no film.
    of_patients
        Share of patients with the label on any film (exact interval over patients).
    by_age, by_sex, by_view
        One key at a time.
    cells
        Age by sex by view, those that hold films.
    """

    overall: Cell | None
    of_patients: Interval | None
    by_age: tuple[Cell, ...]
    by_sex: tuple[Cell, ...]
    by_view: tuple[Cell, ...]
    cells: tuple[Cell, ...]


def prevalence(films: Films) -> Prevalence:
    """Shares with the label among films of which the label is said."""
    from wetread.intervals import proportion

    said, band = films.label >= 0, age_band(films.age)
    ages = list(enumerate(age_names()))
    everyone = films.by_patient(said) > 0
    whole = _cell(films, said, (None, None, None))
    return Prevalence(
        overall=whole,
        of_patients=proportion(whole.positive_patients, int(everyone.sum())) if whole else None,
        by_age=_cells(films, said, ((name, None, None, band == place) for place, name in ages)),
        by_sex=_cells(films, said, ((None, name, None, films.sex == i) for i, name in enumerate(SEXES))),
        by_view=_cells(films, said, ((None, None, name, films.view == i) for i, name in enumerate(VIEWS))),
        cells=_cells(
            films, said,
            (
                (age, sex, view, (band == place) & (films.sex == i) & (films.view == j))
                for place, age in ages for i, sex in enumerate(SEXES) for j, view in enumerate(VIEWS)
            ),
        ),
    )  # fmt: skip


Key = tuple[str | None, str | None, str | None]


def _cells(
    films: Films, said: Bools, groups: Iterable[tuple[str | None, str | None, str | None, Bools]]
) -> tuple[Cell, ...]:
    made = (_cell(films, said & where, (age, sex, view)) for age, sex, view, where in groups)
    return tuple(cell for cell in made if cell is not None)


def _cell(films: Films, where: Bools, key: Key) -> Cell | None:
    if not where.any():
        return None
    n, y = films.by_patient(where), films.by_patient(where & films.positive)
    found = share(y, n)
    if found is None:
        return None
    return Cell(*key, int(n.sum()), int((n > 0).sum()), int(y.sum()), int((y > 0).sum()), found)
