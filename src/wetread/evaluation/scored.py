"""Films with a score and a label: the one value that every number of this room is made from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import DataError

__all__ = ["Scored", "list_hash"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Text = NDArray[np.str_]
_SHOWN = 3  # how many offenders a message names


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """n films of one set: who they are, what they are, and how high one model scored them. Arrays are read-only.

    Parameters
    ----------
    film
        (n,) text, each once.
    patient
        (n,) text, never empty. Films of one patient are resampled together.
    label
        (n,) bool: the reference standard. Both classes need not be there; what needs both says so.
    score
        (n,) float64, finite: higher means more likely positive.
    probability
        True if the scores claim to be probabilities: then all lie in [0, 1]. Calibration is only asked of those.
    groups
        Name of a covariate ("view", "sex", "age band", "site", ...) to (n,) text; "" where it is not known.
    name
        What the set of films is called in print.

    Raises
    ------
    DataError
        On construction, saying which films and why, for anything else.
    """

    film: Text
    patient: Text
    label: Bool
    score: Float
    probability: bool = False
    groups: Mapping[str, Text] = field(default_factory=dict)
    name: str = "films"

    def __post_init__(self) -> None:
        film, patient = _text(self.film), _text(self.patient)
        n = film.size
        if film.ndim != 1 or not n:
            raise DataError(f"{self.name}: there are no films to evaluate")
        score, label = np.array(self.score), np.array(self.label)
        groups = {str(name): _text(values) for name, values in self.groups.items()}
        for what, values in {"patients": patient, "labels": label, "scores": score, **groups}.items():
            if values.shape != (n,):
                raise DataError(f"{self.name}: {what} are one for each of {n} films, not {values.shape}")
        _refuse(self.name, film, film == "", "have no name; give each film an identifier of its own")
        _refuse(self.name, film, _repeated(film), "stand there more than once; keep one row a film")
        _refuse(self.name, film, patient == "", "have no patient; without one, films of one patient cannot be kept "
                "together. Give each such film a patient of its own only if that is true")  # fmt: skip
        score = _numbers(score, self.name, film)
        if self.probability:
            _refuse(self.name, film, (score < 0) | (score > 1), "have scores outside [0, 1], which are no "
                    "probabilities: apply the sigmoid, or call them scores")  # fmt: skip
        frozen = {"film": film, "patient": patient, "label": _binary(label, self.name, film), "score": score}
        for name, values in frozen.items():
            values.flags.writeable = False
            object.__setattr__(self, name, values)
        for values in groups.values():
            values.flags.writeable = False
        object.__setattr__(self, "groups", MappingProxyType(groups))

    def __len__(self) -> int:
        return int(self.film.size)

    @property
    def patients(self) -> int:
        """How many patients the films are of."""
        return int(np.unique(self.patient).size)

    @property
    def positives(self) -> int:
        """How many films are positive."""
        return int(self.label.sum())

    @property
    def negatives(self) -> int:
        """How many films are negative."""
        return len(self) - self.positives

    @property
    def prevalence(self) -> float:
        """Share of positive films in the set."""
        return self.positives / len(self)

    @property
    def list_hash(self) -> str:
        """SHA-256 of the set's film names: the same for the same films in any order."""
        return list_hash(self.film)

    def both_classes(self, what: str) -> Self:
        """Itself, if positive and negative films are there.

        Raises
        ------
        DataError
            If `what` is asked of films of one class.
        """
        if not self.positives or not self.negatives:
            there = "positive" if self.positives else "negative"
            raise DataError(f"{self.name}: all {len(self)} films are {there}: there is no {what} with one class only")
        return self

    def where(self, keep: ArrayLike, name: str = "") -> Scored:
        """The films of a mask or of indices, under a name of their own.

        Raises
        ------
        DataError
            If no film is left.
        """
        chosen = np.asarray(keep)
        return Scored(
            self.film[chosen], self.patient[chosen], self.label[chosen], self.score[chosen], self.probability,
            {key: values[chosen] for key, values in self.groups.items()}, name or self.name,
        )  # fmt: skip


def list_hash(films: ArrayLike) -> str:
    r"""SHA-256, in hexadecimal, of the sorted film names, one a line: that of the same list in a split, a card, a lock.

    >>> list_hash(["b", "a"]) == list_hash(["a", "b"])
    True
    """
    return hashlib.sha256("\n".join(sorted(map(str, np.asarray(films)))).encode()).hexdigest()


def _text(values: ArrayLike) -> Text:
    if isinstance(values, np.ndarray) and values.dtype.kind == "U":
        return values.copy()
    given = list(np.asarray(values, object).ravel())
    return np.array(["" if value is None or value != value else str(value) for value in given], dtype=np.str_)


def _numbers(score: NDArray[np.generic], name: str, film: Text) -> Float:
    if score.dtype.kind not in "fiub":
        raise DataError(f"{name}: scores are numbers, not {score.dtype}: read the column as numbers")
    numbers: Float = score.astype(np.float64)
    _refuse(name, film, ~np.isfinite(numbers), "have no finite score; leave out films that were not read, and say so")
    return numbers


def _binary(label: NDArray[np.generic], name: str, film: Text) -> Bool:
    if label.dtype.kind not in "fiub":
        raise DataError(f"{name}: labels are 0 or 1, not {label.dtype}")
    values = label.astype(np.float64)
    _refuse(name, film, ~np.isin(values, (0, 1)), "have a label that is neither 0 nor 1; leave out what is uncertain, or "
            "decide it by a reference standard")  # fmt: skip
    positive: Bool = values == 1
    return positive


def _repeated(film: Text) -> Bool:
    _, back, counts = np.unique(film, return_inverse=True, return_counts=True)
    repeated: Bool = counts[back] > 1
    return repeated


def _refuse(name: str, film: Text, wrong: Bool, why: str) -> None:
    """Film names may be a hospital's own: a message gives rows, not names."""
    if wrong.any():
        rows = [int(row) + 1 for row in np.flatnonzero(wrong)]
        shown = ", ".join(map(str, rows[:_SHOWN])) + (", ..." if len(rows) > _SHOWN else "")
        raise DataError(f"{name}: {len(rows)} of {film.size} films (row {shown}) {why}")
