"""Small films find their patients."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.small.made import made, picture, small
from wetread.errors import DataError
from wetread.training.small.films import load_small_films, matched
from wetread.training.small.recipe import SmallData

DATA = SmallData(archive="tiny/archive.npz", source="tiny/index.csv")


def test_every_film_finds_the_one_it_was_made_from(tmp_path: Path) -> None:
    names = made(tmp_path, each=4)
    films = load_small_films(DATA, tmp_path)
    assert films.files.tolist() == names
    assert films.sides.tolist() == ["train"] * 12 + ["val"] * 4
    assert films.names[12] == "val/0"
    assert films.likeness.min() > 0.98
    np.testing.assert_allclose(films.wide, 1 / 0.8, atol=0.05)
    kinds = ["IM" if "/IM-" in name else "NORMAL2-IM" if "IM" in name else name.split("_")[1] for name in names]
    assert films.series.tolist() == kinds
    assert all(f"{number}" in name for number, name in zip(films.numbers, names, strict=True))


def test_the_share_of_the_film_is_found() -> None:
    films = [picture(seed, opaque=False) for seed in range(3)]
    shares = (0.6, 0.8, 1.0)
    images = np.stack([small(film, share) for film, share in zip(films, shares, strict=True)])
    floats = [film.astype(np.float32) / 255 for film in films]
    place, share, likeness = matched(images, np.zeros(3, np.int64), floats, np.zeros(3, np.int64))
    assert place.tolist() == [0, 1, 2]
    np.testing.assert_allclose(share, shares, atol=0.021)
    assert likeness.min() > 0.98


def test_no_film_is_looked_for_among_those_with_another_label() -> None:
    films = [picture(seed, opaque=False) for seed in range(2)]
    floats = [film.astype(np.float32) / 255 for film in films]
    place, _, likeness = matched(small(films[0])[None], np.ones(1, np.int64), floats, np.array([0, 1]))
    assert place.tolist() == [1]
    assert likeness[0] < 0.95


def test_patients_who_share_a_film_are_one(tmp_path: Path) -> None:
    made(tmp_path, each=2)
    table = tmp_path / "tiny" / "index.csv"
    lines = table.read_text("utf-8").splitlines()
    digest = lines[1].rsplit(",", 1)[1]
    lines[2] = lines[2].rsplit(",", 1)[0] + "," + digest
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    films = load_small_films(DATA, tmp_path)
    patients = dict(zip(films.files.tolist(), films.patients.tolist(), strict=True))
    first, second, third = (lines[number].split(",")[0] for number in (1, 2, 3))
    assert patients[first] == patients[second] != patients[third]


WRONG = {
    "no archive": (None, "cannot be read"),
    "no labels": ({"val_labels": None}, "cannot be read"),
    "colour": ({"train_images": np.zeros((12, 28, 28, 3), np.uint8)}, r"train is uint8 \(12, 28, 28, 3\)"),
    "a label too few": ({"val_labels": np.array([0, 1, 1])}, "val is uint8 .* with 3 labels"),
    "one class": ({"val_labels": np.zeros(4)}, "both of them"),
}


@pytest.mark.parametrize(("changes", "told"), WRONG.values(), ids=WRONG.keys())
def test_an_archive_that_is_none_is_told(tmp_path: Path, changes: dict[str, object] | None, told: str) -> None:
    made(tmp_path, each=4)
    path = tmp_path / "tiny" / "archive.npz"
    with np.load(path) as kept:
        arrays = dict(kept)
    path.unlink()
    if changes is not None:
        arrays |= changes
        np.savez(path, **{name: values for name, values in arrays.items() if values is not None})
    with pytest.raises(DataError, match=told):
        load_small_films(DATA, tmp_path)
