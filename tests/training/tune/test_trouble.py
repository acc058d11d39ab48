"""What would spoil a run is said before hours are spent."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.tune.conftest import Made
from training.tune.drawn import read_labels, recipe, write_films, write_labels
from wetread.errors import ConfigError, DataError
from wetread.training.tune import Means, tune


def start(data: Path, folder: Path, *changes: tuple[str, str]) -> list[object]:
    """Begin a run; the steps that were taken."""
    steps: list[object] = []
    tune(
        recipe(folder, *changes), data, folder / "run", say=lambda _: None, progress=steps.append,
        means=Means(device="cpu", workers=1),
    )  # fmt: skip
    return steps


def refused(kind: type[Exception], words: str, data: Path, folder: Path, *changes: tuple[str, str]) -> None:
    with pytest.raises(kind, match=words):
        start(data, folder, *changes)
    assert not (folder / "run" / "checkpoint").exists(), "no step was taken"


def test_corrupt_films_are_named(tmp_path: Path) -> None:
    data = write_films(tmp_path / "data")
    film = data / "drawn" / "f7.png"
    film.write_bytes(film.read_bytes()[:300])
    refused(DataError, r"1 of 48 films cannot be read: f7", data, tmp_path)


def test_missing_labels_are_counted(tmp_path: Path) -> None:
    data = write_films(tmp_path / "data")
    rows = read_labels(data)
    write_labels(
        data, [(film, patient, "" if place < 3 else label) for place, (film, patient, label) in enumerate(rows)]
    )
    refused(DataError, "3 of 48 films", data, tmp_path)


def test_one_class_is_not_enough(tmp_path: Path) -> None:
    data = write_films(tmp_path / "data")
    write_labels(data, [(film, patient, 0) for film, patient, _ in read_labels(data)])
    refused(DataError, "positive", data, tmp_path)


def test_a_fold_without_a_class_is_seen_before_the_first_fit(tmp_path: Path) -> None:
    """Six positive patients: enough for the sides, not for six folds with a watched share in each."""
    data = write_films(tmp_path / "data")
    write_labels(data, [(film, patient, int(place < 6)) for place, (film, patient, _) in enumerate(read_labels(data))])
    refused(DataError, r"fold-\d, .*both are needed", data, tmp_path, ("folds = 2", "folds = 12"))


def test_too_large_a_batch(made: Made, tmp_path: Path) -> None:
    refused(
        ConfigError, r"batch = 100000000 in \[fit\] needs about .* GB a step .* at most \d+ films fit", made.data,
        tmp_path, ("batch = 8", "batch = 100000000"),
    )  # fmt: skip
