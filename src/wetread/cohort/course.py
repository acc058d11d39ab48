"""The course of patients: when pneumonia first appears, what came before it, and what comes after.

A collection's follow-up number orders a patient's films; it says nothing about the time between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.cohort.cluster import share
from wetread.cohort.films import Films
from wetread.intervals import Interval

__all__ = ["Course", "Stage", "course"]

Ints = NDArray[np.int64]
_STAGES = (0, 1, 2, 3, 6, 11, 21, 51)


@dataclass(frozen=True, slots=True)
class Stage:
    """Films at some place of their patient's course, counted from 0, and the share with the label."""

    name: str
    films: int
    patients: int
    positive: int
    share: Interval


@dataclass(frozen=True, slots=True)
class Course:
    """Films in their patient's order.

    Parameters
    ----------
    films
        Films that say their place; None of the rest is known where it is 0.
    with_follow_up
        Patients with at least two of them.
    stages
        Share with the label by place in the course.
    sick
        Patients with the label on any of these films.
    first_at_first_film
        Of those, how many have it on their first film.
    films_before, films_after
        Films of those patients before and after their first film with the label.
    before
        Of the films right before that first film: how many had no finding, how many another one, how many nothing said.
    again
        Share of films right after the first film with the label that have it again, with its interval over patients.
    later
        Share of all later films with the label.
    once
        Patients with the label on exactly one film.
    """

    films: int
    with_follow_up: int
    stages: tuple[Stage, ...]
    sick: int
    first_at_first_film: int
    films_before: int
    films_after: int
    before: dict[str, int]
    again: Interval | None
    later: Interval | None
    once: int


def course(films: Films) -> Course:
    """Follow each patient from film to film; films that do not say their place, or their label, are left out."""
    known = np.flatnonzero((films.follow_up >= 0) & (films.label >= 0))
    order = known[np.lexsort((films.follow_up[known], films.patient[known]))]
    if not order.size:
        return Course(0, 0, (), 0, 0, 0, 0, {}, None, None, 0)
    patient, sick = films.patient[order], films.positive[order]
    begins = np.flatnonzero(np.r_[True, patient[1:] != patient[:-1]])
    length = np.diff(np.r_[begins, len(order)])
    place = np.arange(len(order)) - np.repeat(begins, length)
    number = np.repeat(np.arange(len(begins)), length)
    first = _first(sick, begins, place)
    since = place - np.repeat(first, length)
    ever = np.repeat(first >= 0, length)
    return Course(
        films=len(order),
        with_follow_up=int((length > 1).sum()),
        stages=_stages(films.follow_up[order], number, sick),
        sick=int((first >= 0).sum()),
        first_at_first_film=int((first == 0).sum()),
        films_before=int((ever & (since < 0)).sum()),
        films_after=int((ever & (since > 0)).sum()),
        before=_before(films, order[ever & (since == -1)]),
        again=_share(number, sick, ever & (since == 1)),
        later=_share(number, sick, ever & (since > 0)),
        once=int((np.add.reduceat(sick.astype(np.int64), begins) == 1).sum()),
    )


def _first(sick: NDArray[np.bool_], begins: Ints, place: Ints) -> Ints:
    """Place of each patient's first film with the label, -1 where there is none."""
    never = np.iinfo(np.int64).max
    first = np.minimum.reduceat(np.where(sick, place, never), begins)
    return np.where(first == never, -1, first)


def _share(number: Ints, sick: NDArray[np.bool_], where: NDArray[np.bool_]) -> Interval | None:
    n = np.bincount(number[where])
    return share(np.bincount(number[where & sick], minlength=len(n)), n)


def _stages(follow_up: NDArray[np.int32], number: Ints, sick: NDArray[np.bool_]) -> tuple[Stage, ...]:
    found = []
    for begin, end in zip(_STAGES, (*_STAGES[1:], np.inf), strict=True):
        where = (follow_up >= begin) & (follow_up < end)
        interval = _share(number, sick, where)
        if interval is not None:
            name = f"{begin}+" if end == np.inf else str(begin) if end == begin + 1 else f"{begin}-{int(end) - 1}"
            patients = len(np.unique(number[where]))
            found.append(Stage(name, int(where.sum()), patients, int((where & sick).sum()), interval))
    return tuple(found)


def _before(films: Films, right_before: Ints) -> dict[str, int]:
    clear, told = films.clear[right_before], films.told[right_before]
    return {
        "no finding": int(clear.sum()),
        "another finding": int((told & ~clear).sum()),
        "nothing said": int((~told).sum()),
    }
