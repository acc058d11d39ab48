"""Patient-wise splits: the seal, the folds, and the check that no patient stands on two sides.

The seal is a rule, not a draw: a patient is sealed by a hash of the id, so that anyone with the collection finds the
same patients, films added later fall on their side by themselves, and nobody can choose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wetread.collections.lists import list_hash
from wetread.errors import LeakError
from wetread.intervals.crossfit import folds

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
