"""Who is in the data: ages, sexes, views, and how many films each patient has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.cohort.films import SEXES, VIEWS, Films

__all__ = ["AGES", "Ages", "Band", "People", "age_band", "people"]

AGES = (0, 10, 20, 30, 40, 50, 60, 70, 80)
"""Lower ends of the bands of age in years; the last is open."""

_LOADS = (1, 2, 3, 6, 11, 21, 51, 101)


@dataclass(frozen=True, slots=True)
class Band:
    """A group of films: how many, of how many patients, and how many of both carry the label."""

    name: str
    films: int
    patients: int
    positive: int
    positive_patients: int


@dataclass(frozen=True, slots=True)
class Ages:
    """Ages of films in years (quartiles and ends), None where no age is known."""

    least: float | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    most: float | None
    median_positive: float | None


@dataclass(frozen=True, slots=True)
class People:
    """Films and patients, and how they are spread.

    Parameters
    ----------
    films, patients, positive, positive_patients, label_unknown
        Films and patients in all, with the label, and films of which the label is not said.
    ages
        Of films whose age is known.
    by_age, by_sex, by_view
        Films of each group; "unknown" where nothing is said.
    missing
        Films without an age, a sex or a view, and those without any of the three.
    missing_positive
        How many of these carry the label.
    age_implausible
        Films with an age that nobody has; they count as of unknown age.
    sex_changes
        Patients whose films name more than one sex.
    films_per_patient
        Median, mean and most.
    by_load
        Patients by how many films they have.
    single
        Patients with one film.
    crowd
        Share of all films that come from the hundredth of the patients with most films.
    """

    films: int
    patients: int
    positive: int
    positive_patients: int
    label_unknown: int
    ages: Ages
    by_age: tuple[Band, ...]
    by_sex: tuple[Band, ...]
    by_view: tuple[Band, ...]
    missing: dict[str, int]
    missing_positive: dict[str, int]
    age_implausible: int
    sex_changes: int
    films_per_patient: dict[str, float]
    by_load: tuple[Band, ...]
    single: int
    crowd: float


def age_band(age: NDArray[np.float32]) -> NDArray[np.int8]:
    """Place of each age in `AGES`, -1 where it is unknown."""
    place = np.searchsorted(np.array(AGES), age, side="right") - 1
    return np.where(np.isnan(age), -1, place).astype(np.int8)


def age_names() -> tuple[str, ...]:
    """Bands in words: "0-9", ..., "80+"."""
    ends = (*[f"-{end - 1}" for end in AGES[1:]], "+")
    return tuple(f"{begin}{end}" for begin, end in zip(AGES, ends, strict=True))


def people(films: Films) -> People:
    """Count who is there."""
    each = films.per_patient
    positive_patients = films.by_patient(films.positive) > 0
    unknown = {"age": np.isnan(films.age), "sex": films.sex < 0, "view": films.view < 0}
    unknown["all three"] = unknown["age"] & unknown["sex"] & unknown["view"]
    sexes = sum((films.by_patient(films.sex == place) > 0).astype(np.int8) for place in range(len(SEXES)))
    most = np.sort(each)[::-1][: max(1, round(films.patients / 100))]
    return People(
        films=len(films),
        patients=films.patients,
        positive=int(films.positive.sum()),
        positive_patients=int(positive_patients.sum()),
        label_unknown=int((films.label < 0).sum()),
        ages=_ages(films),
        by_age=_bands(films, age_band(films.age), age_names()),
        by_sex=_bands(films, films.sex, SEXES),
        by_view=_bands(films, films.view, VIEWS),
        missing={name: int(where.sum()) for name, where in unknown.items()},
        missing_positive={name: int((where & films.positive).sum()) for name, where in unknown.items()},
        age_implausible=films.implausible,
        sex_changes=int((np.asarray(sexes) > 1).sum()),
        films_per_patient={
            "median": float(np.median(each)), "mean": float(each.mean()), "most": float(each.max())
        },
        by_load=_loads(each, positive_patients, films),
        single=int((each == 1).sum()),
        crowd=float(most.sum() / each.sum()),
    )  # fmt: skip


def _ages(films: Films) -> Ages:
    known = films.age[~np.isnan(films.age)].astype(np.float64)
    if not known.size:
        return Ages(None, None, None, None, None, None)
    positive = films.age[films.positive & ~np.isnan(films.age)]
    least, lower, median, upper, most = (float(value) for value in np.percentile(known, (0, 25, 50, 75, 100)))
    return Ages(least, lower, median, upper, most, float(np.median(positive)) if positive.size else None)


def _bands(films: Films, group: NDArray[np.int8], names: tuple[str, ...]) -> tuple[Band, ...]:
    """One band for each name that any film has, and "unknown" last."""
    found = []
    for place, name in [*enumerate(names), (-1, "unknown")]:
        where = group == place
        if where.any():
            there, sick = films.by_patient(where), films.by_patient(where & films.positive)
            found.append(Band(name, int(there.sum()), int((there > 0).sum()), int(sick.sum()), int((sick > 0).sum())))
    return tuple(found)


def _loads(each: NDArray[np.int64], positive: NDArray[np.bool_], films: Films) -> tuple[Band, ...]:
    """Patients by how many films they have; `positive` counts films with the label."""
    sick = films.by_patient(films.positive)
    found = []
    for begin, end in zip(_LOADS, (*_LOADS[1:], np.inf), strict=True):
        where = (each >= begin) & (each < end)
        name = f"{begin}+" if end == np.inf else str(begin) if end == begin + 1 else f"{begin}-{int(end) - 1}"
        if where.any():
            found.append(
                Band(
                    name, int(each[where].sum()), int(where.sum()), int(sick[where].sum()),
                    int((where & positive).sum()),
                )
            )  # fmt: skip
    return tuple(found)
