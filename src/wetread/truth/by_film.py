"""What a split by film would leak, which is why films are divided by patient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError

__all__ = ["image_level_leak"]


def image_level_leak(per_patient: NDArray[np.int64], test_films: int) -> float:
    """Share of test films whose patient also stands in training if films are drawn for the test, not patients.

    Parameters
    ----------
    per_patient
        int64 (patients,): films of each patient.
    test_films
        How many films are drawn for the test, without return: 1 to all of them.

    Returns
    -------
    The share expected over all draws, 0 to 1, exactly: a film of a patient with k films is safe only if the other k - 1
    are drawn too. Time and memory go with the patients and the most films that one has, not with the films.

    Raises
    ------
    ConfigError
        If no film, or more than there are, would be drawn.
    """
    films = int(per_patient.sum())
    if not 0 < test_films <= films:
        raise ConfigError(f"a test side has 1 to {films} films of these patients: found {test_films}")
    patients = np.bincount(per_patient)[1:]  # with 1, 2, ... films
    others = np.arange(1, len(patients))
    # Each further film of the patient is drawn too, from what is left of the test side among what is left of all films.
    drawn_too = np.maximum(test_films - others, 0) / np.maximum(films - others, 1)
    safe = np.concatenate([[1.0], np.cumprod(drawn_too)])
    return float((patients * np.arange(1, len(patients) + 1) * (1 - safe)).sum() / films)
