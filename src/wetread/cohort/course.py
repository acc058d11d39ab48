"""The course of patients: when pneumonia first appears, what came before it, and what comes after.

A collection's follow-up number orders a patient's films; it says nothing about the time between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wetread.cohort.films import Films
from wetread.intervals import Interval
from wetread.intervals.cluster import share

__all__ = ["Course", "Stage", "course"]

Ints = NDArray[np.int64]
_AT_ONCE = 1_000_000  # films, about
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
    parts = [_part(films, known) for known in _known(films) if known.size]
    if not parts:
        return Course(0, 0, (), 0, 0, 0, 0, {}, None, None, 0)
    return Course(
        films=sum(part.films for part in parts),
        with_follow_up=sum(int((part.length > 1).sum()) for part in parts),
        stages=_stages([part.stages for part in parts]),
        sick=sum(int((part.first >= 0).sum()) for part in parts),
        first_at_first_film=sum(int((part.first == 0).sum()) for part in parts),
        films_before=sum(part.before_films for part in parts),
        films_after=sum(int(part.later[1].sum()) for part in parts),
        before={name: sum(part.before[name] for part in parts) for name in parts[0].before},
        again=share(*_whole([part.again for part in parts])),
        later=share(*_whole([part.later for part in parts])),
        once=sum(part.once for part in parts),
    )


def _known(films: Films) -> Iterator[Ints]:
    """Places of the films whose place and label are said, some patients at a time: memory stays bounded."""
    usable = (films.follow_up >= 0) & (films.label >= 0)
    count = len(films) // _AT_ONCE + 1
    edges = [films.patients * part // count for part in range(count + 1)]
    for begin, end in pairwise(edges):
        yield np.flatnonzero(usable & (films.patient >= begin) & (films.patient < end))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some patients' courses: (patients,) number of films and place of the first with the label; sums by patient."""

    films: int
    length: Ints
    first: Ints
    before_films: int
    before: dict[str, int]
    again: tuple[Ints, Ints]
    later: tuple[Ints, Ints]
    once: int
    stages: list[tuple[Ints, Ints]]


def _part(films: Films, known: Ints) -> _Part:
    order = known[np.lexsort((films.follow_up[known], films.patient[known]))]
    patient, sick = films.patient[order], films.positive[order]
    begins = np.flatnonzero(np.r_[True, patient[1:] != patient[:-1]])
    length = np.diff(np.r_[begins, len(order)])
    place = np.arange(len(order)) - np.repeat(begins, length)
    number = np.repeat(np.arange(len(begins)), length)
    first = _first(sick, begins, place)
    since = place - np.repeat(first, length)
    ever = np.repeat(first >= 0, length)

    def sums(where: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        return (
            np.bincount(number[where & sick], minlength=len(begins)),
            np.bincount(number[where], minlength=len(begins)),
        )

    follow_up = films.follow_up[order]
    return _Part(
        films=len(order),
        length=length,
        first=first,
        before_films=int((ever & (since < 0)).sum()),
        before=_before(films, order[ever & (since == -1)]),
        again=sums(ever & (since == 1)),
        later=sums(ever & (since > 0)),
        once=int((np.add.reduceat(sick.astype(np.int64), begins) == 1).sum()),
        stages=[sums((follow_up >= begin) & (follow_up < end)) for begin, end in _ends()],
    )


def _first(sick: NDArray[np.bool_], begins: Ints, place: Ints) -> Ints:
    """Place of each patient's first film with the label, -1 where there is none."""
    never = np.iinfo(np.int64).max
    first = np.minimum.reduceat(np.where(sick, place, never), begins)
    return np.where(first == never, -1, first)


def _whole(parts: Sequence[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    return np.concatenate([y for y, _ in parts]), np.concatenate([n for _, n in parts])


def _ends() -> list[tuple[float, float]]:
    return list(zip(_STAGES, (*_STAGES[1:], np.inf), strict=True))


def _stages(parts: list[list[tuple[Ints, Ints]]]) -> tuple[Stage, ...]:
    found = []
    for (begin, end), stage in zip(_ends(), zip(*parts, strict=True), strict=True):
        y, n = _whole(stage)
        interval = share(y, n)
        if interval is not None:
            name = f"{begin}+" if end == np.inf else str(begin) if end == begin + 1 else f"{begin}-{int(end) - 1}"
            found.append(Stage(name, int(n.sum()), int((n > 0).sum()), int(y.sum()), interval))
    return tuple(found)


def _before(films: Films, right_before: Ints) -> dict[str, int]:
    clear, told = films.clear[right_before], films.told[right_before]
    return {
        "no finding": int(clear.sum()),
        "another finding": int((told & ~clear).sum()),
        "nothing said": int((~told).sum()),
    }
