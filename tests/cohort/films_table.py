"""Small tables of films with known answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

TYPES = {
    "film_id": pl.String, "patient_id": pl.String, "collection": pl.String, "follow_up": pl.Int32, "age_years": pl.Float64,
    "sex": pl.String, "view": pl.String, "findings": pl.List(pl.String), "label": pl.Boolean, "rows": pl.Int32,
    "columns": pl.Int32, "flags": pl.List(pl.String), "path": pl.String,
}  # fmt: skip
PLAIN: dict[str, Any] = {
    "patient_id": "1", "collection": "toy", "follow_up": 0, "age_years": 50.0, "sex": "F", "view": "PA", "findings": [],
    "label": False, "rows": 2000, "columns": 2500, "flags": [], "path": None,
}  # fmt: skip


def table(*films: dict[str, Any]) -> pl.DataFrame:
    """A table of these films; what a film does not say is that of a plain healthy one."""
    rows = [{"film_id": f"{place}.png"} | PLAIN | film for place, film in enumerate(films)]
    return pl.DataFrame(rows, schema=TYPES)


def sick(*others: str, **facts: Any) -> dict[str, Any]:
    """A film with pneumonia and these other findings."""
    return {"label": True, "findings": ["Pneumonia", *others], **facts}


def fair(patients: int = 600, *, seed: int = 0, share: float = 0.2) -> pl.DataFrame:
    """Patients of whom nothing gives the label away: every fact is drawn without regard to it."""
    rng = np.random.default_rng(seed)
    films = []
    for patient in range(patients):
        ill = rng.random() < share
        for visit in range(int(rng.integers(1, 4))):
            findings = [name for name, often in (("Effusion", 0.2), ("Mass", 0.1)) if rng.random() < often]
            films.append(
                {
                    "patient_id": str(patient), "follow_up": visit, "age_years": float(rng.integers(1, 90)),
                    "sex": "FM"[rng.integers(2)], "view": ("PA", "AP")[rng.integers(2)],
                    "findings": [*findings, *(["Pneumonia"] if ill else [])], "label": bool(ill),
                    "rows": int(rng.choice([1024, 2048, 2500])),
                }
            )  # fmt: skip
    return table(*films)
