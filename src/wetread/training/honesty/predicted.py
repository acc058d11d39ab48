"""Can it be told from the score who the patient is or where the film came from? It should not be, label for label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.intervals import Interval, auroc
from wetread.intervals.resampling import percentile_interval, resampled
from wetread.training.films import FilmSet

__all__ = ["Told", "attributes", "told_by_score"]

Float = NDArray[np.float64]
Kinds = dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]]
_LOW_BAND = 4000
_OLD = 60
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Told:
    """How well a film's other facts are told by its score.

    Parameters
    ----------
    name
        The fact.
    films, having
        Films of which it is known, and those of which it holds.
    auroc
        Chance that of two films of one label the one with the fact scores higher: 0.5 where the score does not tell.
    surely
        Whether the interval excludes 0.5 at the level at which the intervals of all facts hold together (Bonferroni).
    """

    name: str
    films: int
    having: int
    auroc: Interval
    surely: bool


def attributes(films: FilmSet) -> Kinds:
    """What a score should not tell: name to whether it is known of each film, and whether it holds."""
    every = np.ones(len(films), bool)
    if films.collection == "kermany":
        names = np.array(films.names)
        normal = films.labels[:, 0] == 0
        return {"series NORMAL2 against IM, of normal films": (normal, np.char.find(names, "NORMAL2") >= 0)}
    view, sex, age = (films.column(name) for name in ("view", "sex", "age"))
    years = np.array([float(text) if text else np.nan for text in age])
    follow = films.column("follow_up")
    band = np.array([int(patient) for patient in films.patients]) < _LOW_BAND
    return {
        "view: AP against PA": (view != "", view == "AP"),
        f"source: patient id below {_LOW_BAND}": (every, band),
        "source: read again by radiologists": (every, films.column("rsna_class") != ""),
        "source: the collection's own test list": (films.column("official") != "", films.column("official") == "test"),
        "sex: man": (sex != "", sex == "M"),
        f"age: {_OLD} years and over": (np.isfinite(years), years >= _OLD),
        "a follow-up film": (follow != "", np.array([text not in ("", "0") for text in follow])),
        "age, sex and view missing": (every, (age == "") & (sex == "") & (view == "")),
    }


def told_by_score(
    scores: Float, labels: NDArray[np.int64], patients: NDArray[np.str_], facts: Mapping[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]],
    *, seed: int = 0,
) -> list[Told]:  # fmt: skip
    """Each fact's AUROC by the score among films of one label; facts of too few films (20 with, 20 without) are left out.

    Raises
    ------
    DataError
        If nothing is left.
    """
    kept = {
        name: (known, known & holds)
        for name, (known, holds) in facts.items()
        if min(int((known & holds).sum()), int((known & ~holds).sum())) >= _FEWEST
    }
    if not kept:
        raise DataError(f"none of {len(facts)} facts is known of {_FEWEST} films with it and {_FEWEST} without")
    found = []
    for name, (known, holds) in kept.items():

        def area(weights: Float, known: NDArray[np.bool_] = known, holds: NDArray[np.bool_] = holds) -> Float:
            return auroc(scores[known], holds[known], weights=weights, strata=labels[known])

        value, moved = resampled(area, patients[known], seed=seed)
        surely = percentile_interval(float(value), moved, level=1 - 0.05 / len(kept))
        interval = percentile_interval(float(value), moved)
        found.append(
            Told(name, int(known.sum()), int(holds.sum()), interval, not surely.low <= 0.5 <= surely.high)
        )  # fmt: skip
    return sorted(found, key=lambda one: -abs(one.auroc.value - 0.5))
