"""What the pixels say: films are measured through the product's door, and drawn facts are found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cohort.films_table import sick, table
from wetread.cohort import Pixels, describe, measure
from wetread.cohort.films import coded
from wetread.cohort.markers import letters
from wetread.cohort.pixels import QUALITIES
from wetread.cohort.quality import copies
from wetread.errors import DataError


def film(seed: int, *, dark: float = 0.0) -> NDArray[np.uint8]:
    """Something with a film's grey levels: soft hills and fine grain, no letters."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.random((5, 5)).astype(np.float32)).resize((160, 160), Image.Resampling.BICUBIC)
    values = np.clip(0.25 + 0.5 * np.asarray(coarse) - dark + rng.normal(0, 0.01, (160, 160)), 0, 1)
    return (values * 255).astype(np.uint8)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, Pixels]:
    """Forty films, healthy and darker sick ones, with a copy, a file that is none, and a film without a file."""
    folder = tmp_path_factory.mktemp("films")
    films = []
    for place in range(40):
        ill = place % 2 == 1
        path = folder / f"{place}.png"
        Image.fromarray(film(0 if place == 38 else place, dark=0.15 * ill)).save(path)
        facts = {"patient_id": str(place), "path": str(path)}
        films.append(sick(**facts) if ill else facts)
    (folder / "none.png").write_bytes(b"no film")
    made = table(*films, {"patient_id": "41", "path": str(folder / "none.png")}, {"patient_id": "42"})
    return made, measure(made, workers=1)


def test_every_film_is_measured_or_told(measured: tuple[pl.DataFrame, Pixels]) -> None:
    _, pixels = measured
    assert pixels.rows.tolist() == list(range(40))
    assert pixels.unreadable == {"not-a-film": 1}
    assert pixels.without_file == 1
    for profiles in (pixels.as_filed, pixels.as_input):
        np.testing.assert_allclose(profiles.sum(axis=1), 1, atol=1e-5)
    assert pixels.crude.shape == (40, 9)
    assert pixels.quality.shape == (40, len(QUALITIES))


def test_copies_are_found(measured: tuple[pl.DataFrame, Pixels]) -> None:
    made, pixels = measured
    found = copies(coded(made), pixels)
    assert (found.groups, found.films, found.across_patients, found.across_labels) == (1, 2, 1, 0)
    assert found.near == 0


def test_a_resized_and_recompressed_copy_is_nearly_the_same(tmp_path: Path) -> None:
    picture = Image.fromarray(film(5))
    picture.save(tmp_path / "one.png")
    picture.resize((120, 120)).save(tmp_path / "two.jpg", quality=80)
    made = table(
        sick(patient_id="1", path=str(tmp_path / "one.png")), {"patient_id": "2", "path": str(tmp_path / "two.jpg")}
    )
    found = copies(coded(made), measure(made, workers=1))
    assert (found.groups, found.near, found.near_across_patients, found.near_across_labels) == (0, 1, 1, 1)


def test_darker_films_are_told_from_healthy_ones_as_filed(measured: tuple[pl.DataFrame, Pixels]) -> None:
    made, pixels = measured
    summary = describe(made, pixels=pixels, resamples=50).pixels
    assert summary is not None
    (found,) = summary.as_filed.comparisons
    assert (found.view, found.first, found.second, found.patients) == ("PA", "no finding", "pneumonia", (20, 20))
    assert found.shift == pytest.approx(-0.15, abs=0.06)
    assert found.p_corrected < 0.01
    assert {profile.group for profile in summary.as_input.profiles} == {"no finding", "pneumonia"}


def test_pixels_of_another_table_are_told(measured: tuple[pl.DataFrame, Pixels]) -> None:
    with pytest.raises(DataError, match="not of this table"):
        describe(table({}), pixels=measured[1])


def test_a_table_without_files_is_told() -> None:
    with pytest.raises(DataError, match="has a file"):
        measure(table({}))


def test_a_folder_without_films_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="none of the 1 files"):
        measure(table({"path": str(tmp_path / "gone.png")}), workers=1)


def test_a_border_is_measured(tmp_path: Path) -> None:
    framed = np.zeros((200, 160), np.uint8)
    framed[20:180] = film(1)
    for name, picture in (("plain", film(1)), ("framed", framed)):
        Image.fromarray(picture).save(tmp_path / f"{name}.png")
    made = table(*({"path": str(tmp_path / f"{name}.png")} for name in ("plain", "framed")))
    border = measure(made, workers=1).quality[:, QUALITIES.index("border")]
    np.testing.assert_allclose(border, [0, 0.2], atol=0.02)


@pytest.mark.parametrize("text", ["L", "R", "PORTABLE"])
@pytest.mark.parametrize("height", [12, 20])
def test_bright_letters_beside_the_lungs_are_found(text: str, height: int) -> None:
    picture = Image.fromarray(film(3)).resize((512, 512))
    ImageDraw.Draw(picture).text((20, 30), text, fill=250, font_size=height * 1.4)
    pixels = np.asarray(picture, np.float32) / 255
    assert letters(pixels) >= 1


def test_a_picture_without_letters_has_none() -> None:
    assert [letters(film(seed).astype(np.float32) / 255) for seed in range(20)] == [0] * 20
    assert letters(np.zeros((64, 64), np.float32)) == 0
