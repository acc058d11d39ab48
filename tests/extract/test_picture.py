"""Pictures: their size, their grey levels, the way back to the film, and nothing but the picture in the file."""

from __future__ import annotations

import struct
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from wetread.errors import ConfigError
from wetread.extract import Options, to_picture, to_source
from wetread.extract.picture import encoded, fitted
from wetread.radiograph import Facts, Radiograph
from wetread.radiograph.reduce import halve


def radiograph(rows: int, columns: int, seed: int = 0) -> Radiograph:
    pixels = np.random.default_rng(seed).random((rows, columns), dtype=np.float32)
    return Radiograph(pixels=pixels, facts=Facts(rows=rows, columns=columns))


sides = st.integers(20, 300)
options = st.builds(Options, size=st.integers(16, 200), letterbox=st.booleans(), bits=st.sampled_from([8, 16]))


@settings(max_examples=40, deadline=None)
@given(sides, sides, options)
def test_every_picture_has_its_size_and_survives_its_file(rows: int, columns: int, wanted: Options) -> None:
    picture, transform = fitted(radiograph(rows, columns), wanted)
    assert max(picture.shape) == wanted.size
    if wanted.letterbox:
        assert picture.shape == (wanted.size, wanted.size)
    with Image.open(BytesIO(encoded(picture))) as again:
        assert again.info == {}
        assert np.array_equal(np.asarray(again), picture)
    assert transform["source"] == [rows, columns]
    assert transform["picture"] == list(picture.shape)


@settings(max_examples=60, deadline=None)
@given(sides, sides, options, st.floats(-10, 400), st.floats(-10, 400))
def test_points_go_there_and_back(rows: int, columns: int, wanted: Options, row: float, column: float) -> None:
    _, transform = fitted(radiograph(rows, columns), wanted)
    point = np.array([[row, column]])
    assert np.allclose(to_source(to_picture(point, transform), transform), point, atol=1e-6)
    corners = np.array([[-0.5, -0.5], [rows - 0.5, columns - 0.5]])
    (top, left), (bottom, right) = to_picture(corners, transform)
    assert max(bottom - top, right - left) == pytest.approx(wanted.size)
    assert top >= -0.5
    assert left >= -0.5
    assert bottom <= wanted.size - 0.5 + 1e-9
    assert right <= wanted.size - 0.5 + 1e-9


@pytest.mark.parametrize("letterbox", [False, True])
@pytest.mark.parametrize("shape", [(900, 700), (400, 640)])
def test_a_mark_lies_where_the_transform_says(letterbox: bool, shape: tuple[int, int]) -> None:
    pixels = np.zeros(shape, np.float32)
    pixels[300:309, 200:209] = 1  # centre 304, 204
    film = Radiograph(pixels=pixels, facts=Facts(rows=shape[0], columns=shape[1]))
    picture, transform = fitted(film, Options(size=160, letterbox=letterbox, bits=16))
    weights = picture.astype(np.float64)
    found = [float((weights * grid).sum() / weights.sum()) for grid in np.indices(picture.shape)]
    expected = to_picture(np.array([[304.0, 204.0]]), transform)[0]
    assert found == pytest.approx(list(expected), abs=0.1)


def test_a_film_that_came_reduced_gives_the_same_picture() -> None:
    whole = radiograph(901, 1203)
    reduced = Radiograph(pixels=halve(whole.pixels, 2), facts=whole.facts, reduction=4, full_shape=(901, 1203))
    wanted = Options(size=64)
    first, second = fitted(whole, wanted), fitted(reduced, wanted)
    assert np.array_equal(first[0], second[0])
    assert first[1] == second[1]
    assert first[1]["halvings"] >= 2


def test_pixels_that_were_made_square_map_to_stored_ones() -> None:
    from wetread.radiograph.value import Step

    film = Radiograph(
        pixels=np.zeros((400, 300), np.float32),
        facts=Facts(rows=200, columns=300),
        steps=(Step("aspect", {"ratio": 2.0}),),
    )
    _, transform = fitted(film, Options(size=100))
    assert transform["source"] == [200, 300]
    assert to_source(np.array([[99.5, 74.5]]), transform)[0] == pytest.approx([199.5, 299.5])


def test_the_file_holds_the_picture_and_nothing_else() -> None:
    content = encoded(fitted(radiograph(50, 40), Options(size=32))[0])
    place, chunks = 8, []
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        chunks.append(content[place + 4 : place + 8].decode())
        place += 12 + length
    assert set(chunks) == {"IHDR", "IDAT", "IEND"}


def test_sixteen_bits_keep_more_than_eight() -> None:
    film = radiograph(64, 64)
    fine, _ = fitted(film, Options(size=64, bits=16))
    coarse, _ = fitted(film, Options(size=64))
    assert np.abs(fine / 65535 - film.pixels).max() < 1e-5
    assert np.abs(coarse / 255 - film.pixels).max() <= 0.5 / 255 + 1e-6
    assert (fine.dtype, coarse.dtype) == (np.uint16, np.uint8)


@pytest.mark.parametrize("wrong", [{"size": 15}, {"size": 8193}, {"bits": 12}, {"films": "some"}])
def test_options_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        Options(**wrong)  # type: ignore[arg-type]


def test_of_a_jpeg_2000_film_the_finest_level_is_left_out_unless_exact_is_asked_for() -> None:
    from pydicom.uid import JPEG2000Lossless

    from wetread.phantom import film as phantom
    from wetread.phantom import write
    from wetread.radiograph import read

    made = phantom(1, size=(1024, 840))
    made.compress(JPEG2000Lossless, generate_instance_uid=False)
    content = BytesIO()
    write(made, content)
    whole = read(content.getvalue())
    quick, exact = (Options(size=256, exact=exact) for exact in (False, True))
    soon, late = (read(content.getvalue(), enough=wanted.need) for wanted in (quick, exact))
    assert (soon.reduction, late.reduction) == (2, 1)
    assert [film.steps[0].parameters.get("resolution") for film in (soon, late)] == ["1/2", None]
    assert np.array_equal(fitted(late, exact)[0], fitted(whole, exact)[0])
    picture, transform = fitted(soon, quick)
    assert transform == fitted(whole, quick)[1]
    apart = np.abs(picture.astype(int) - fitted(whole, exact)[0])
    assert apart.mean() < 0.25
    assert (apart > 16).mean() < 0.001


def test_exact_is_told_by_the_number_of_halvings() -> None:
    film = radiograph(300, 200)
    assert [fitted(film, Options(size=64, exact=exact))[1]["halvings"] for exact in (False, True)] == [1, 0]
