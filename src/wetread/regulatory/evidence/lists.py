"""The list of films that an evaluation is of, under every hash that names it."""

from __future__ import annotations

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.evidence import found

__all__ = ["ABOUT", "chosen_here", "lists"]

ABOUT = "List of films (SHA-256)"
"""Under `about`, the hash that splits, cards and cohort reports know the list by; older evaluations hash it otherwise."""


def lists(evaluation: Artefact) -> frozenset[str]:
    """Every hash of the evaluation's list of films."""
    told = (found(evaluation, "films", "list_hash"), found(evaluation, "about", ABOUT))
    return frozenset(each for each in told if isinstance(each, str) and each)


def chosen_here(evaluation: Artefact, cut: int) -> bool:
    """Whether a threshold was chosen on films, or patients, that the evaluation is of: its rates then flatter."""
    applied = found(evaluation, "cuts", cut, "applied") or {}
    overlap = applied.get("overlap") or {}
    tuned_on = (applied.get("tuned") or {}).get("list_hash")
    shared = any((overlap.get(name) or 0) > 0 for name in ("films", "patients"))
    return bool(overlap.get("same_list")) or shared or (bool(tuned_on) and tuned_on in lists(evaluation))
