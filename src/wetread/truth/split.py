"""Patient-wise splits: the seal, the folds, and the check that no patient stands on two sides.

The seal is a rule, not a draw: a patient is sealed by a hash of the id, so that anyone with the collection finds the
same patients, films added later fall on their side by themselves, and nobody can choose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.collections.lists import list_hash
from wetread.errors import DataError, LeakError

__all__ = ["SEALED_SHARE", "check_disjoint", "folds", "is_sealed", "list_hash", "sealed"]

SEALED_SHARE = 0.15
_SEAL = "wetread-seal-1"


def is_sealed(collection: str, patient: str) -> bool:
    """Whether a patient belongs to the sealed test set of a collection.

    >>> is_sealed("nih", "1"), is_sealed("nih", "13")
    (False, False)
    """
    digest = hashlib.sha256(f"{_SEAL}:{collection}:{patient}".encode()).digest()
    return bool(int.from_bytes(digest[:8], "big") / 2**64 < SEALED_SHARE)


def sealed(collection: str, patients: Sequence[str]) -> NDArray[np.bool_]:
    """`is_sealed` for each of many patients."""
    return np.array([is_sealed(collection, patient) for patient in patients], bool)


def folds(patients: Sequence[str], strata: Sequence[Any], *, count: int = 5, seed: int = 0) -> NDArray[np.int64]:
    """Assign each film to one of `count` folds, all films of a patient to one, strata spread evenly.

    Patients are taken in seeded random order, stratum by stratum (a patient's stratum is that of the first film), and
    each goes to the fold that so far holds the fewest films of that stratum.

    Returns
    -------
    int64 (n films,), 0 to count - 1.

    Raises
    ------
    DataError
        With fewer than two folds, fewer patients than folds, or a stratum missing.
    """
    if count < 2:
        raise DataError(f"at least 2 folds are needed to hold any film out, not {count}")
    if len(strata) != len(patients):
        raise DataError(f"one stratum for each film: {len(strata)} strata, {len(patients)} films")
    films: dict[str, list[int]] = {}
    for film, patient in enumerate(patients):
        films.setdefault(patient, []).append(film)
    if len(films) < count:
        raise DataError(f"{count} folds need at least {count} patients; there are {len(films)}")
    names = sorted(films)
    order = [names[place] for place in np.random.default_rng(seed).permutation(len(names))]
    filled: dict[Any, NDArray[np.int64]] = {}
    assigned = np.full(len(patients), -1, np.int64)
    for patient in order:
        load = filled.setdefault(strata[films[patient][0]], np.zeros(count, np.int64))
        fold = int(np.argmin(load))
        load[fold] += len(films[patient])
        assigned[films[patient]] = fold
    return assigned


def check_disjoint(first: Sequence[str], second: Sequence[str], *, what: str = "patient") -> None:
    """Stop the run when a patient (or a film's hash) stands on both sides.

    Raises
    ------
    LeakError
        Naming how many, and the first three.
    """
    both = sorted(set(first) & set(second))
    if both:
        raise LeakError(
            f"{len(both)} of a kind stand on both sides of the split ({what}): {', '.join(both[:3])}. "
            "Split by patient, and drop copies."
        )
