"""From labels to a reference standard, and patient-wise splits."""

from wetread.truth.split import check_disjoint, folds, is_sealed, list_hash, sealed

__all__ = ["check_disjoint", "folds", "is_sealed", "list_hash", "sealed"]
