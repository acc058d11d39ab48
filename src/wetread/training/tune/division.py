"""Who is fitted on, who is watched and who is scored: every fit of a run, before the first begins."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.training.table import TrainTable
from wetread.training.tune.recipe import TuneFit
from wetread.truth import check_disjoint, folds

__all__ = ["Part", "divide", "pseudonyms"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """One fit.

    Parameters
    ----------
    name
        "fold-0" and so on, and "final" for the network that the run is for.
    fitted, watched, scored
        Places of films in the table. Of the final fit, those that are scored are those that were watched.
    seed
        Of the new classifier, order, augmentation and dropout.
    """

    name: str
    fitted: Ints
    watched: Ints
    scored: Ints
    seed: int

    @property
    def role(self) -> str:
        """What its scores are: "out-of-fold", or "tune" where the fit was watched on the same films."""
        return "tune" if self.name == "final" else "out-of-fold"


def divide(table: TrainTable, how: TuneFit) -> tuple[Part, ...]:
    """Every fit of the run, the final one last. No patient, and no two that share a film, stand on two of its sides.

    Raises
    ------
    DataError
        If a side of a fit has one class only.
    LeakError
        If a patient stands on two sides.
    """
    places, parts = np.arange(len(table)), []
    if how.folds > 1:
        fold = table.folds(how.folds, how.seed)
        for held in range(how.folds):
            inside = places[(fold != held) & (fold >= 0)]
            watched = _watched(table, inside, how, how.seed + held)
            parts.append(
                Part(f"fold-{held}", inside[~watched], inside[watched], places[fold == held], how.seed + 1 + held)
            )
    sides = {side: places[table.sides == side] for side in ("train", "tune")}
    parts.append(Part("final", sides["train"], sides["tune"], sides["tune"], how.seed))
    for part in parts:
        _check(table, part)
    return tuple(parts)


def _watched(table: TrainTable, inside: Ints, how: TuneFit, seed: int) -> NDArray[np.bool_]:
    units = [table.units[place] for place in inside]
    strata = [str(table.labels[place, 0]) for place in inside]
    found: NDArray[np.bool_] = folds(units, strata, count=max(2, round(1 / how.tune_share)), seed=seed) == 0
    return found


def _check(table: TrainTable, part: Part) -> None:
    def of(places: Ints) -> list[str]:
        return [table.patients[place] for place in places]

    check_disjoint(of(part.fitted), of(part.watched))
    check_disjoint(of(part.fitted), of(part.scored))
    for what, places in (("fitted on", part.fitted), ("watched", part.watched), ("scored", part.scored)):
        labels = table.labels[places, 0]
        positive, negative = int((labels == 1).sum()), int((labels == 0).sum())
        if not positive or not negative:
            raise DataError(
                f"of {len(places)} films {what} in {part.name}, {positive} are positive and {negative} negative for "
                f"{table.outputs[0]!r}: both are needed. Take fewer folds, a larger tune_share, or more films"
            )


def pseudonyms(table: TrainTable) -> list[str]:
    """A name for each film's patient that says who belongs together and not who it is."""
    return [hashlib.sha256(f"{table.collection}:{patient}".encode()).hexdigest()[:16] for patient in table.patients]
