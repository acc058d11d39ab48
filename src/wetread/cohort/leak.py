"""What a split by film would leak: how many test films would show a patient whom training has seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wetread.cohort.films import Films
from wetread.truth.by_film import image_level_leak

__all__ = ["SplitLeak", "split_leak"]


@dataclass(frozen=True, slots=True)
class SplitLeak:
    """A split by film, drawn once, and what to expect of any.

    Parameters
    ----------
    test_share, seed
        What was drawn.
    test_films, leaked
        Films on the test side, and those of them whose patient also stands in training.
    share, share_positive
        Of the test films, and of those with the label (None where there are none).
    expected
        Mean of `share` over all such splits, from the numbers of films a patient.
    patients_on_both
        Patients with films on both sides.
    largest
        Share of test films that could leak at most: those of patients with more than one film.
    """

    test_share: float
    seed: int
    test_films: int
    leaked: int
    share: float
    share_positive: float | None
    expected: float
    patients_on_both: int
    largest: float


def split_leak(films: Films, *, test_share: float = 0.2, seed: int = 0) -> SplitLeak:
    """Split the films at random, without regard for patients, and count what leaks."""
    n = len(films)
    size = max(1, round(test_share * n))
    test = np.zeros(n, bool)
    test[np.random.default_rng(seed).choice(n, size, replace=False, shuffle=False)] = True
    in_training = films.by_patient(~test) > 0
    leaked = test & in_training[films.patient]
    positive = test & films.positive
    return SplitLeak(
        test_share=test_share,
        seed=seed,
        test_films=size,
        leaked=int(leaked.sum()),
        share=float(leaked.sum() / size),
        share_positive=float((leaked & positive).sum() / positive.sum()) if positive.any() else None,
        expected=image_level_leak(films.per_patient, size),
        patients_on_both=int(((films.by_patient(test) > 0) & in_training).sum()),
        largest=float(films.per_patient[films.per_patient > 1].sum() / n),
    )
