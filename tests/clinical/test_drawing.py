"""The film as a picture: outlines lie where they should, are seen on any ground, and the banner is always there."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from wetread.clinical import drawing

SQUARE = ((100.0, 150.0), (100.0, 350.0), (300.0, 350.0), (300.0, 150.0))


def flat(value: float, rows: int = 600, columns: int = 700) -> np.ndarray:
    return np.full((rows, columns), value, np.float32)


def opened(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        assert image.mode == "RGB"
        assert image.info == {}
        return np.asarray(image)


def film_part(png: bytes, rows: int) -> np.ndarray:
    """The picture without its banner."""
    return opened(png)[-rows:]


@pytest.mark.parametrize("ground", [0.0, 0.35, 0.5, 0.75, 1.0])
def test_the_line_or_its_halo_stands_out_on_any_ground(ground: float) -> None:
    picture = film_part(drawing.film(flat(ground), [SQUARE]), 600)
    beside = picture[200, 135:166].astype(float) @ np.array([0.2126, 0.7152, 0.0722])
    assert np.abs(beside - 255 * ground).max() > 90


@pytest.mark.requirement("REQ-ATTENTION")
def test_the_outline_lies_where_it_was_asked() -> None:
    picture = film_part(drawing.film(flat(0.5), [SQUARE]), 600).astype(int)
    yellow = (picture[..., 0] > 200) & (picture[..., 2] < 90)
    rows, columns = np.nonzero(yellow)
    assert (rows.min(), rows.max()) == (pytest.approx(100, abs=3), pytest.approx(300, abs=3))
    assert (columns.min(), columns.max()) == (pytest.approx(150, abs=3), pytest.approx(350, abs=3))
    assert not yellow[120:280, 170:330].any()


def test_the_outline_is_scaled_with_the_film() -> None:
    outline = [tuple((4 * row, 4 * column) for row, column in SQUARE)]
    picture = film_part(drawing.film(flat(0.5, 2400, 2400), outline), 1200).astype(int)
    rows, columns = np.nonzero((picture[..., 0] > 200) & (picture[..., 2] < 90))
    assert (rows.min(), columns.max()) == (pytest.approx(200, abs=4), pytest.approx(700, abs=4))


def test_outlines_on_a_reduced_copy_are_told_in_the_whole_films_pixels() -> None:
    outline = [tuple((4 * row, 4 * column) for row, column in SQUARE)]
    picture = film_part(drawing.film(flat(0.5), outline, shape=(2400, 2800)), 600).astype(int)
    rows, columns = np.nonzero((picture[..., 0] > 200) & (picture[..., 2] < 90))
    assert (rows.min(), columns.max()) == (pytest.approx(100, abs=3), pytest.approx(350, abs=3))


def test_the_outline_is_closed() -> None:
    triangle = [((100.0, 100.0), (100.0, 400.0), (400.0, 400.0))]
    picture = film_part(drawing.film(flat(0.5), triangle), 600).astype(int)
    assert picture[250, 250, 0] > 200
    assert picture[250, 250, 2] < 90


def test_nothing_is_drawn_without_outlines() -> None:
    picture = film_part(drawing.film(flat(0.5), [], drawing.BANNER_NO_OUTLINE), 600)
    assert (picture == 128).all()


@pytest.mark.requirement("REQ-NOT-ORIGINAL")
@pytest.mark.parametrize("banner", [drawing.BANNER, drawing.BANNER_NO_OUTLINE, drawing.BANNER_REFUSED])
@pytest.mark.parametrize("shape", [(600, 700), (2400, 300), (300, 2400), (28, 28), (1, 1)])
def test_every_film_has_its_banner(banner: str, shape: tuple[int, int]) -> None:
    picture = opened(drawing.film(flat(0.5, *shape), [], banner)).astype(int)
    top = picture[0]
    assert (top == drawing.film.__globals__["_BANNER_GROUND"]).all()
    strip = picture[: int(np.argmax(picture[:, 0, 0] != top[0, 0]))]
    dark = (strip < 60).all(axis=2)
    assert dark.sum() > 300  # there are letters in it
    assert not dark[:, :4].any()  # and they end before its edges
    assert not dark[:, -4:].any()


def test_banners_of_different_words_differ() -> None:
    pictures = {drawing.film(flat(0.5), [], text) for text in (drawing.BANNER, drawing.BANNER_REFUSED)}
    assert len(pictures) == 2


@pytest.mark.parametrize(
    ("shape", "size"), [((3000, 2500), (1200, 1000)), ((600, 700), (600, 700)), ((224, 224), (560, 560))]
)
def test_the_copy_is_of_a_size_for_a_page(shape: tuple[int, int], size: tuple[int, int]) -> None:
    picture = opened(drawing.film(flat(0.5, *shape), []))
    assert picture.shape[1] == size[1]
    assert size[0] < picture.shape[0] < size[0] + 60


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.floats(-50, 130), st.floats(-50, 130)), max_size=6).map(tuple),
        max_size=3,
    )
)
def test_any_outline_can_be_drawn_and_always_the_same(outlines: list[tuple[tuple[float, float], ...]]) -> None:
    film = flat(0.4, 80, 90)
    assert drawing.film(film, outlines) == drawing.film(film, outlines)


def test_gray_stays_gray() -> None:
    ramp = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (600, 3))
    picture = film_part(drawing.film(ramp, []), 600)
    assert (picture == np.tile(np.arange(256), (600, 3))[..., None]).all()
