"""Films made up for the tests of this room: any number of patients, several films each, a score that knows something."""

from __future__ import annotations

import numpy as np

from wetread.evaluation.scored import Scored


def made_up(
    patients: int = 200, films: int = 2, prevalence: float = 0.3, strength: float = 1.5, seed: int = 0, start: int = 0
) -> Scored:
    """Probabilities that rise with the label and with what the films of one patient share; calibrated for no one."""
    rng = np.random.default_rng(seed)
    label = np.repeat(rng.uniform(size=patients) < prevalence, films)
    shared = np.repeat(rng.normal(0, 0.7, patients), films)
    odds = strength * (label - 0.5) + shared + rng.normal(0, 0.7, patients * films)
    number = start + np.arange(patients)
    names = [f"{patient}-{film}" for patient in number for film in range(films)]
    return Scored(
        np.array(names),
        np.repeat(number.astype(str), films),
        label,
        1 / (1 + np.exp(-odds)),
        True,
        name="made-up films",
    )
