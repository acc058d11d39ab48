"""From labels to a reference standard, and patient-wise splits."""

from wetread.truth.agreement import agreement
from wetread.truth.split import check_disjoint, folds, is_sealed, list_hash, sealed
from wetread.truth.splits import split_by_patient
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
