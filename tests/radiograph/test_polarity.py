from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from wetread.phantom import picture
from wetread.radiograph import read
from wetread.radiograph.polarity import POLARITY_BOUND, SIDE, polarity, thumbnail

CHEST = (
    "test1",
    "test2",
    "test3",
    "test4",
    "test5",
    "test6",
    "RG1_J2KI",
    "gdcm-CR-MONO1-10-chest",
    "966_fixed",
    "rsna_cr_pa",
)


def phantom() -> np.ndarray:
    return picture(3, size=(256, 210))[0]


TIES = np.full((18, 2), 248, np.uint8)  # blocks alike but for their rounding, which the inverted film rounds otherwise
TIES[0] = 0, 124


@pytest.mark.requirement("REQ-POLARITY")
@settings(max_examples=60, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 70))))
@example(TIES)
def test_an_inverted_film_has_the_negated_score(steps: np.ndarray) -> None:
    film = (steps / np.float32(255)).astype(np.float32)
    assert polarity(1 - film) == pytest.approx(-polarity(film), abs=1e-6)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (23, 25), (700, 512)])
def test_a_flat_film_says_nothing(shape: tuple[int, int]) -> None:
    assert polarity(np.full(shape, 0.3, np.float32)) == 0
    assert thumbnail(np.zeros(shape, np.float32)).shape == (SIDE, SIDE)


@pytest.mark.requirement("REQ-POLARITY")
def test_exposure_and_gamma_do_not_matter() -> None:
    film = phantom()
    for other in (film**0.5, film**2, 0.2 + 0.5 * film):
        assert polarity(other.astype(np.float32)) == pytest.approx(polarity(film), rel=0.03)


def test_flat_borders_do_not_matter() -> None:
    film = phantom()
    for shade in (0.0, 1.0):
        assert abs(polarity(np.pad(film, ((30, 0), (50, 60)), constant_values=shade)) - polarity(film)) < 0.6


def test_the_phantom_lies_the_right_way_round() -> None:
    film = phantom()
    assert polarity(film) > 2 * POLARITY_BOUND
    assert polarity(film[:, ::-1]) > 2 * POLARITY_BOUND
    assert polarity(1 - film) < -2 * POLARITY_BOUND


@pytest.mark.requirement("REQ-POLARITY")
@pytest.mark.parametrize("name", CHEST)
def test_air_is_dark_in_real_films(shared_data: Path, name: str) -> None:
    film = read(shared_data / "dicom" / f"{name}.dcm")
    assert film.polarity > 2 * POLARITY_BOUND
    rows, columns = film.pixels.shape
    lung = film.pixels[rows // 3 : rows // 2, columns // 5 : 2 * columns // 5]
    mediastinum = film.pixels[rows // 3 : rows // 2, 9 * columns // 20 : 11 * columns // 20]
    assert lung.mean() < mediastinum.mean()


@pytest.mark.requirement("REQ-POLARITY")
def test_a_film_whose_tag_contradicts_its_picture_is_found_out(shared_data: Path) -> None:
    assert read(shared_data / "dicom" / "Fake_MONOHR1.dcm").polarity < -2 * POLARITY_BOUND


@pytest.mark.requirement("REQ-ELIGIBLE")
def test_no_frontal_film_of_another_source_is_refused(shared_data: Path) -> None:
    with (shared_data / "gate" / "index.csv").open(encoding="utf-8") as handle:
        names = [row["file"] for row in csv.DictReader(handle) if row["kind"] == "frontal"]
    scores = []
    for name in names:
        with Image.open(shared_data / "gate" / name) as image:
            scores.append(polarity(np.asarray(image.convert("L"), dtype=np.float32) / 255))
    assert len(scores) == 50
    assert min(scores) > POLARITY_BOUND
