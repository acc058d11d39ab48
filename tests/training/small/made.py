"""A made-up archive of small films, the collection it was made from, and a recipe for both."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

RECIPE = """
name = "tiny28"

[data]
archive = "tiny/archive.npz"
source = "tiny/index.csv"

[input]
height = 28
width = 28
percentiles = [2.0, 98.0]

[augmentation]
shift = 0.02

[fit]
method = "small"
width = 8
epochs = 10
batch = 8
folds = 2
learning_rate = 1e-2
averaging = 0.9
sensitivity = 0.9

[card]
version = "0.0.1"
population = "made-up films"
clinical = false
age_years = [1, 6]
views = ["PA", "AP"]
licence = "CC0-1.0"
attribution = "Nobody: the films are drawn."
labels = "As drawn."
not_for = ["Anything."]
"""
KINDS = ("IM", "NORMAL2-IM", "bacteria", "virus")
# Half of each kind bears early numbers.
STARTS = (295, 595, 305, 325)


def picture(seed: int, *, opaque: bool, size: int = 112) -> NDArray[np.uint8]:
    """A bright frame, two dark lungs and the marks of one person; one lung of an `opaque` film is white."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:size, :size] / size
    film = 0.75 + 0.12 * np.kron(rng.normal(size=(14, 14)), np.ones((size // 14, size // 14)))
    for middle in (0.35, 0.65):
        lung = ((rows - 0.5) / 0.35) ** 2 + ((columns - middle) / 0.12) ** 2 < 1
        film[lung] = (0.7 if opaque and middle > 0.5 else 0.15) + 0.05 * rng.normal()
    return np.rint(255 * film.clip(0, 1)).astype(np.uint8)


def small(film: NDArray[np.uint8], share: float = 0.8) -> NDArray[np.uint8]:
    """The middle square of a film that was squashed to a square, in 28 x 28."""
    side = film.shape[1]
    left = side * (1 - share) / 2
    reduced = Image.fromarray(film).resize((28, 28), Image.Resampling.BILINEAR, box=(left, 0, side - left, side))
    return np.asarray(reduced)


def file_name(kind: str, number: int) -> str:
    folder = "NORMAL" if "IM" in kind else "PNEUMONIA"
    name = f"{kind}-{number:04d}-0001" if "IM" in kind else f"person{number}_{kind}_{number}"
    return f"train/{folder}/{name}.png"


def made(folder: Path, *, each: int = 12) -> list[str]:
    """Write `each` films of every kind into `folder`/tiny, and their archive in another order; the files in its order."""
    tiny = folder / "tiny"
    rows, films = [], {}
    for place, kind in enumerate(KINDS):
        for number in range(STARTS[place], STARTS[place] + each):
            name = file_name(kind, number)
            path = tiny / name
            path.parent.mkdir(parents=True, exist_ok=True)
            # The first film of each kind looks like the other label: no score parts them without error.
            films[name] = picture(1000 * place + number, opaque=(place > 1) != (number == STARTS[place]))
            Image.fromarray(films[name]).save(path)
            label = "NORMAL" if place < 2 else f"PNEUMONIA_{kind.upper()}"
            patient = f"{kind}-{number}"
            rows.append((name, int(place > 1), label, patient, "train", hashlib.sha256(path.read_bytes()).hexdigest()))
    with (tiny / "index.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("file", "pneumonia", "label", "patient_id", "split", "sha256"))
        table.writerows(rows)
    order = np.random.default_rng(0).permutation(len(rows))
    names = [rows[place][0] for place in order]
    images = np.stack([small(films[name]) for name in names])
    labels = np.array([[rows[place][1]] for place in order], np.uint8)
    cut = len(order) * 3 // 4
    np.savez(
        tiny / "archive.npz",
        train_images=images[:cut], train_labels=labels[:cut], val_images=images[cut:], val_labels=labels[cut:],
    )  # fmt: skip
    return names
