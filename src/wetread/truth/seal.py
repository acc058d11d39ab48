"""The seal: which patients are kept for the last test.

It is a rule, not a draw: a patient is sealed by a hash of the id, so that anyone with the collection finds the same
patients, films added later fall on their side by themselves, and nobody can choose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["SEALED_SHARE", "is_sealed", "sealed"]

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
