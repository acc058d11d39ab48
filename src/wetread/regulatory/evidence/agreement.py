"""How far readers agree, and how a reference standard was made of their reads."""

from __future__ import annotations

from collections.abc import Iterator

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.evidence import found, items, reference

__all__ = ["estimates", "interval", "readers", "remarks"]


def estimates(artefact: Artefact, *at: str) -> Iterator[tuple[str, str]]:
    """Name and reference of each coefficient."""
    for ref, row in items(artefact, *at, "estimates"):
        yield str(row.get("name")), ref


def interval(artefact: Artefact, ref: str) -> str:
    """Reference to the interval of a coefficient: over resampled patients, or analytic, or "" where it has none."""
    at = ref.partition(":")[2].split("/")[1:]
    for kind in ("resampled_interval", "analytic_interval"):
        if isinstance(found(artefact, *at, kind), list):
            return f"{ref}/{kind}"
    return ""


def readers(artefact: Artefact, *at: str) -> list[str]:
    """Names of the readers, as the record has them."""
    told = found(artefact, *at, "readers")
    return [str(name) for name in told] if isinstance(told, list) else []


def remarks(artefact: Artefact, *at: str) -> list[str]:
    """References to the sentences that follow from the numbers."""
    told = found(artefact, *at, "remarks")
    return [reference(artefact, *at, "remarks", place) for place in range(len(told) if isinstance(told, list) else 0)]
