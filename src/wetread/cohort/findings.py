"""What the labels say, film by film and patient by patient, and how often pneumonia stands alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wetread.cohort.films import Films

__all__ = ["Finding", "Findings", "findings"]


@dataclass(frozen=True, slots=True)
class Finding:
    """How many films, and how many patients on any film, have a finding."""

    name: str
    films: int
    patients: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What was said of the films.

    Parameters
    ----------
    each
        All findings but the label, the most frequent first.
    clear, clear_patients
        Films without any finding, and patients whose films all are.
    untold
        Films of which nothing is said.
    label_names
        What the label is called among the findings.
    alone
        Films with the label and no other finding.
    with_others
        Films with the label by how many other findings they have: (number of others, films).
    per_film
        Mean number of findings beside the label on films with the label, and on all others that have any finding.
    """

    each: tuple[Finding, ...]
    clear: int
    clear_patients: int
    untold: int
    label_names: tuple[str, ...]
    alone: int
    with_others: tuple[tuple[int, int], ...]
    per_film: dict[str, float | None]


def findings(films: Films) -> Findings:
    """Count what was said."""
    each = []
    for name in films.names:
        there = films.by_patient(films.has(name))
        each.append(Finding(name, int(there.sum()), int((there > 0).sum())))
    others, told = films.others(), films.told
    counts = np.bincount(others[films.positive & told])
    clear = films.by_patient(films.clear)
    rest = others[told & ~films.positive & (others > 0)]
    sick = others[told & films.positive]
    return Findings(
        each=tuple(each),
        clear=int(clear.sum()),
        clear_patients=int((clear == films.per_patient).sum()),
        untold=int((~told).sum()),
        label_names=films.label_names,
        alone=int(counts[0]) if counts.size else 0,
        with_others=tuple((number, int(count)) for number, count in enumerate(counts)),
        per_film={
            "with the label": float(sick.mean()) if sick.size else None,
            "with other findings": float(rest.mean()) if rest.size else None,
        },
    )
