"""A made-up collection with a table of one's own: tiny films, patients, labels and findings."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from training.made import picture
from wetread.preprocess import InputSpec
from wetread.training.table_spec import TableSpec

FRAME = InputSpec(64, 64)


def write_films(
    folder: Path, films: int = 16, *, per_patient: int = 1, size: tuple[int, int] = (64, 64), changes: Any = None
) -> Path:
    """Write `films` into `folder/own` with `films.csv`, every second one opaque; the folder above.

    `changes` maps a film's number to what its row says instead: {3: {"label": ""}}.
    """
    own = folder / "own"
    own.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(films):
        opaque = bool((number // per_patient) % 2)
        grey = Image.fromarray(picture(number, opaque=opaque)).resize(size[::-1])
        grey.save(own / f"film{number}.png")
        row = {
            "film_id": f"film{number}.png",
            "patient_id": f"p{number // per_patient}",
            "label": str(int(opaque)),
            "findings": ("Mass|Edema" if number % 3 == 0 else "Edema") if opaque else "No Finding",
            "age": "40",
            "view": "PA",
            "split": "train" if number < films * 3 // 4 else "tune",
            "sha256": "",
        }
        rows.append(row | (changes or {}).get(number, {}))
    write_rows(own, rows)
    return folder


def write_rows(own: Path, rows: Sequence[dict[str, str]]) -> None:
    with (own / "films.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def spec(**changes: Any) -> TableSpec:
    """A recipe's part for that collection. The films are drawn from one template, so that only equal pixels are copies."""
    return TableSpec(
        **(
            {
                "collection": "csv",
                "root": "own",
                "labels": "own/films.csv",
                "shares": (0.5, 0.5, 0.0),
                "copies": "exact",
            }
            | changes
        )
    )


def noise(seed: int, size: int = 64) -> Image.Image:
    """A picture that is like no other."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (8, 8)).astype(np.uint8)
    return Image.fromarray(small).resize((size, size), Image.Resampling.BICUBIC)
