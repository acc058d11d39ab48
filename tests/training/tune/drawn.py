"""A made-up collection as a CSV file with its films, and recipes that tune a network on it in seconds."""

from __future__ import annotations

import csv
from pathlib import Path

import torch
from PIL import Image

from training.made import picture
from wetread.training.tune import TuneRecipe, load_recipe

RECIPE = """
name = "drawn"

[data]
collection = "csv"
root = "drawn"
labels = "drawn/labels.csv"
copies = "exact"

[network]
name = "cnn28"
pretrained = false
dropout = 0.1

[input]
height = 32
width = 32

[augmentation]

[fit]
method = "tune"
tuned = "all"
moving = true
epochs = 6
batch = 8
learning_rate = 5e-3
averaging = 0.8
folds = 2
tune_share = 0.25
save_every = 32
patience = 4
"""


def write_films(data: Path, films: int = 48) -> Path:
    """Write `films` drawn films, every other one opaque, of as many patients; the data folder."""
    folder = data / "drawn"
    folder.mkdir(parents=True)
    rows = []
    for number in range(films):
        opaque = number % 2 == 1
        Image.fromarray(picture(number, opaque=opaque)).save(folder / f"f{number}.png")
        rows.append((f"f{number}.png", f"p{number}", int(opaque)))
    write_labels(data, rows)
    return data


def write_labels(data: Path, rows: list[tuple[str, str, object]]) -> None:
    with (data / "drawn" / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("film_id", "patient_id", "label"))
        table.writerows(rows)


def read_labels(data: Path) -> list[tuple[str, str, object]]:
    with (data / "drawn" / "labels.csv").open(newline="", encoding="utf-8") as file:
        return [(row["film_id"], row["patient_id"], row["label"]) for row in csv.DictReader(file)]


def recipe(folder: Path, *changes: tuple[str, str]) -> TuneRecipe:
    """The recipe with lines replaced."""
    text = RECIPE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "drawn.toml"
    path.write_text(text, encoding="utf-8")
    found = load_recipe(path)
    assert isinstance(found, TuneRecipe)
    return found


def same(one: Path, other: Path) -> None:
    """Two run folders hold the same, to the last bit."""
    for name in ("history.csv", "scores.csv", "splits.csv", "run.json"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    weights = sorted((one / "parts").glob("*.pt"))
    assert weights
    for path in weights:
        left, right = (torch.load(folder / "parts" / path.name, weights_only=True) for folder in (one, other))
        if "state" in left:
            assert left["best_pass"] == right["best_pass"]
            assert all(torch.equal(value, right["state"][name]) for name, value in left["state"].items()), path.name
        else:
            assert torch.equal(left["logits"], right["logits"])
    for path in sorted((one / "events").rglob("*.wetread")):
        assert path.read_bytes() == (other / path.relative_to(one)).read_bytes()


SHORT = (("folds = 2", "folds = 1"), ("epochs = 6", "epochs = 3"), ("save_every = 32", "save_every = 16"))
"""Changes for a run of one fit of 15 steps, saved in the middle of each pass."""
