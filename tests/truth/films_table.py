"""A table of made-up films, for tests of splits."""

from __future__ import annotations

import numpy as np
import polars as pl

from wetread.collections.schema import finish


def made(patients: int = 300, seed: int = 0, prevalence: float = 0.2) -> pl.DataFrame:
    """A table in which patients with many films are ill more often, as in life."""
    dice = np.random.default_rng(seed)
    each = np.minimum(dice.geometric(0.3, patients), 30)
    owner = np.repeat(np.arange(patients), each)
    chance = np.clip(prevalence * each / each.mean(), 0, 0.9)
    rows = pl.DataFrame(
        {
            "film_id": [f"{place:05}" for place in range(len(owner))],
            "patient_id": [f"p{one}" for one in owner],
            "label": dice.random(len(owner)) < chance[owner],
            "age_years": dice.uniform(0, 95, patients)[owner],
            "sex": np.where(dice.random(patients) < 0.4, "F", "M")[owner],
            "view": np.where(dice.random(len(owner)) < 0.4, "AP", "PA"),
        }
    )
    return finish(rows.lazy().with_columns(collection=pl.lit("made"), label_source=pl.lit("dice"))).collect()
