"""From labels to a reference standard, and patient-wise splits."""

from wetread.collections.lists import list_hash
from wetread.intervals.crossfit import folds
from wetread.truth.agreement import agreement
from wetread.truth.divide import split_by_patient
from wetread.truth.leaks import check_disjoint
from wetread.truth.seal import is_sealed, sealed
from wetread.truth.standard import reference_standard

__all__ = [
    "agreement",
    "check_disjoint",
    "folds",
    "is_sealed",
    "list_hash",
    "reference_standard",
    "sealed",
    "split_by_patient",
]
