"""A made-up collection of tiny films, and a recipe for it."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wetread.truth import is_sealed

Row = dict[str, Any]

RECIPE = """
name = "tiny"

[data]
collection = "kermany"
index = "tiny/index.csv"

[network]
name = "efficientnet_lite0"
dropout = 0.1

[input]
height = 64
width = 64

[augmentation]

[fit]
first_trained = 15
copies = 1
epochs = 6
batch = 4
folds = 2
learning_rate = 3e-3

[card]
version = "0.0.1"
population = "made-up films"
age_years = [1, 6]
views = ["PA", "AP"]
licence = "CC0-1.0"
attribution = "Nobody: the films are drawn."
labels = "As drawn."
not_for = ["Anything."]
"""


def picture(seed: int, *, opaque: bool, size: int = 64) -> NDArray[np.uint8]:
    """A bright frame with two dark lungs, of which one is white where the film is `opaque`."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:size, :size] / size
    film = np.full((size, size), 0.75)
    for middle in (0.3, 0.7):
        film[((rows - 0.5) / 0.35) ** 2 + ((columns - middle) / 0.16) ** 2 < 1] = 0.2
    if opaque:
        film[((rows - 0.55) / 0.3) ** 2 + ((columns - 0.3) / 0.2) ** 2 < 1] = 0.75
    film += rng.normal(0, 0.02, film.shape) + rng.uniform(-0.05, 0.05)
    return (film.clip(0, 1) * 255).astype(np.uint8)


def write_table(folder: Path, rows: list[Row]) -> Path:
    """Write `index.csv` with the columns of the first row; the folder that holds the collection's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return folder.parent


def write_film(folder: Path, name: str, seed: int, *, opaque: bool) -> Row:
    """Draw a film into the collection; its row."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture(seed, opaque=opaque)).save(path)
    return {"file": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def persons(*, sealed: bool, label: str, count: int) -> list[str]:
    """Numbers of made-up persons whose seal is as asked."""
    found = [f"person{number}" for number in range(1000) if is_sealed("kermany", f"{label}/person{number}") is sealed]
    return found[:count]


def write_collection(folder: Path, *, patients: int = 12, away: int = 2) -> Path:
    """Write `patients` open and `away` sealed patients of each class, one film each; one label in eight is wrong."""
    rows: list[Row] = []
    for label, opaque in (("NORMAL", False), ("PNEUMONIA_BACTERIA", True)):
        chosen = persons(sealed=False, label=label, count=patients) + persons(sealed=True, label=label, count=away)
        for place, person in enumerate(chosen):
            drawn = opaque if place % 8 else not opaque
            row = write_film(folder, f"{label}/{person}.png", len(rows), opaque=drawn)
            rows.append(row | {"pneumonia": int(opaque), "label": label, "patient_id": person})
    return write_table(folder, rows)
