"""The road from picture to network input, and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from wetread.errors import ConfigError
from wetread.preprocess import InputSpec, heat_to_source, prepare, prepare_pixels, to_source
from wetread.radiograph.value import Facts, Radiograph

Float = NDArray[np.float32]
SPEC = InputSpec(height=128, width=96, percentiles=(1.0, 99.0))
# rows, columns, and where the film lies in the frame of SPEC: top, left, height, width
PLACES = {
    "portrait": ((400, 200), (0, 16, 128, 64)),
    "landscape": ((150, 300), (40, 0, 48, 96)),
    "square": ((250, 250), (16, 0, 96, 96)),
    "same aspect": ((256, 192), (0, 0, 128, 96)),
    "smaller than the frame": ((32, 32), (16, 0, 96, 96)),
}
ASPECTS = pytest.mark.parametrize(("shape", "place"), PLACES.values(), ids=PLACES.keys())


def noise(shape: tuple[int, int], seed: int = 0, low: float = 0.0, high: float = 1.0) -> Float:
    return np.random.default_rng(seed).uniform(low, high, shape).astype(np.float32)


def blob(shape: tuple[int, int], row: float, column: float, size: float) -> Float:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * size**2)).astype(np.float32)


def centre_of_mass(picture: NDArray[np.floating]) -> tuple[float, float]:
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    mass = picture.astype(np.float64)
    return float((rows * mass).sum() / mass.sum()), float((columns * mass).sum() / mass.sum())


@pytest.mark.requirement("REQ-GEOMETRY")
@ASPECTS
def test_film_keeps_its_aspect_and_has_black_beside_it(
    shape: tuple[int, int], place: tuple[int, int, int, int]
) -> None:
    frame = prepare_pixels(noise(shape, low=0.3, high=0.9), SPEC)
    top, left, height, width = place
    assert frame.shape == (1, 128, 96)
    assert frame.dtype == np.float32
    film = frame[0, top : top + height, left : left + width].copy()
    assert film.min() == 0.0
    assert film.max() == 1.0
    assert (film > 0).mean() > 0.9
    frame[0, top : top + height, left : left + width] = 0
    assert not frame.any(), "something lies beside the film"


@pytest.mark.requirement("REQ-GEOMETRY")
def test_a_disc_stays_round() -> None:
    rows, columns = np.mgrid[:300, :150]
    disc = ((rows - 150) ** 2 + (columns - 75) ** 2 < 50**2).astype(np.float32)
    frame = prepare_pixels(disc, InputSpec(height=128, width=128))[0] > 0.5
    down, across = frame.any(axis=1).sum(), frame.any(axis=0).sum()
    assert abs(int(down) - int(across)) <= 1
    assert abs(int(down) - 100 * 128 / 300) <= 2


@pytest.mark.requirement("REQ-ONE-PREPROCESSING")
def test_a_film_goes_through_the_same_road_as_its_pixels() -> None:
    pixels = noise((90, 70))
    film = Radiograph(pixels=pixels.copy(), facts=Facts())
    np.testing.assert_array_equal(prepare(film, SPEC), prepare_pixels(pixels, SPEC))


def test_no_resize_when_the_film_has_the_size_of_the_frame() -> None:
    pixels = noise((64, 64))
    frame = prepare_pixels(pixels, InputSpec(height=64, width=64, percentiles=(0.0, 100.0)))
    expected = (pixels - pixels.min()) / (pixels.max() - pixels.min())
    np.testing.assert_allclose(frame[0], expected, atol=1e-6)


def test_the_input_is_left_as_it_was() -> None:
    pixels = noise((64, 64))
    before = pixels.copy()
    frame = prepare_pixels(pixels, InputSpec(height=64, width=64))
    frame[:] = 7.0
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.requirement("REQ-EXPOSURE")
def test_percentiles_become_black_and_white() -> None:
    pixels = np.linspace(0.2, 0.7, 64 * 64, dtype=np.float32).reshape(64, 64)
    frame = prepare_pixels(pixels, InputSpec(height=64, width=64, percentiles=(10.0, 80.0)))[0]
    assert (frame == 0).mean() == pytest.approx(0.10, abs=0.001)
    assert (frame == 1).mean() == pytest.approx(0.20, abs=0.001)
    middle = frame.ravel()[int(0.45 * frame.size)]
    assert middle == pytest.approx(0.5, abs=0.001)


@pytest.mark.requirement("REQ-PADDING")
def test_black_beside_the_film_does_not_move_its_grey_levels() -> None:
    square, tall = noise((64, 64), low=0.4, high=0.6), noise((128, 32), low=0.4, high=0.6)
    spec = InputSpec(height=64, width=64)
    narrow = prepare_pixels(tall, spec)[0, :, 24:40]
    assert abs(float(np.median(narrow)) - float(np.median(prepare_pixels(square, spec)))) < 0.05


@pytest.mark.requirement("REQ-EXPOSURE")
@settings(max_examples=40, deadline=None)
@given(
    slope=st.floats(0.05, 1.0),
    shift=st.floats(0.0, 1.0),
    rows=st.integers(20, 150),
    columns=st.integers(20, 150),
    seed=st.integers(0, 2**16),
)
def test_exposure_and_window_do_not_change_the_frame(
    slope: float, shift: float, rows: int, columns: int, seed: int
) -> None:
    pixels = noise((rows, columns), seed)
    changed = (pixels * slope + shift * (1 - slope)).astype(np.float32)
    np.testing.assert_allclose(prepare_pixels(changed, SPEC), prepare_pixels(pixels, SPEC), atol=2e-4)


@settings(max_examples=30, deadline=None)
@given(grey=st.floats(0, 1), rows=st.integers(1, 80), columns=st.integers(1, 80))
def test_an_even_film_is_black_and_finite(grey: float, rows: int, columns: int) -> None:
    frame = prepare_pixels(np.full((rows, columns), grey, np.float32), SPEC)
    assert np.isfinite(frame).all()
    assert frame.max() < 0.5


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((8, 8), np.float64),
        np.zeros((8, 8), np.uint8),
        np.zeros((1, 8, 8), np.float32),
        np.zeros(8, np.float32),
    ],
    ids=["float64", "uint8", "three dimensions", "one dimension"],
)
def test_other_arrays_are_refused(pixels: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match=r"float32 \(rows, columns\), not"):
        prepare_pixels(pixels, SPEC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"height": 0},
        {"height": 16},
        {"width": 100},
        {"width": -32},
        {"percentiles": (99.0, 1.0)},
        {"percentiles": (5.0, 5.0)},
        {"percentiles": (-1.0, 99.0)},
        {"percentiles": (1.0, 100.5)},
    ],
)
def test_specification_refuses_what_no_network_takes(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"multiple of 32|percentiles run"):
        InputSpec(**wrong)  # type: ignore[arg-type]


def test_films_of_28_pixels_have_a_frame_of_their_own() -> None:
    pixels = noise((28, 28))
    frame = prepare_pixels(pixels, InputSpec(height=28, width=28, percentiles=(0.0, 100.0)))
    np.testing.assert_allclose(frame[0], (pixels - pixels.min()) / (pixels.max() - pixels.min()), atol=1e-6)
    with pytest.raises(ConfigError, match="or 28 x 28, not 28 x 32"):
        InputSpec(height=28, width=32)


@pytest.mark.requirement("REQ-ONE-PREPROCESSING")
def test_hash_tells_every_field_apart_and_nothing_else() -> None:
    base = InputSpec(height=64, width=64, percentiles=(1.0, 99.0))
    others = [
        InputSpec(height=96, width=64, percentiles=(1.0, 99.0)),
        InputSpec(height=64, width=96, percentiles=(1.0, 99.0)),
        InputSpec(height=64, width=64, percentiles=(2.0, 99.0)),
        InputSpec(height=64, width=64, percentiles=(1.0, 98.0)),
    ]
    assert len({spec.sha256() for spec in [base, *others]}) == 5
    assert base.sha256() == InputSpec(height=64, width=64, percentiles=(1.0, 99.0)).sha256()
    assert len(base.sha256()) == 64


@pytest.mark.requirement("REQ-GEOMETRY")
@ASPECTS
def test_corners_of_the_film_in_the_frame_map_to_its_corners(
    shape: tuple[int, int], place: tuple[int, int, int, int]
) -> None:
    top, left, height, width = place
    # The corner of a pixel lies half a pixel before its centre.
    inside = np.array([[top - 0.5, left - 0.5], [top + height - 0.5, left + width - 0.5]])
    expected = np.array([[-0.5, -0.5], [shape[0] - 0.5, shape[1] - 0.5]])
    np.testing.assert_allclose(to_source(inside, shape, SPEC), expected, atol=1e-9)


def test_known_points() -> None:
    spec = InputSpec(height=64, width=64)
    # 128 x 64 is halved to 64 x 32 with 16 columns of black on each side.
    points = np.array([[0.0, 16.0], [63.0, 47.0], [10.0, 15.0]])
    np.testing.assert_allclose(to_source(points, (128, 64), spec), [[0.5, 0.5], [126.5, 62.5], [20.5, -1.5]])


@pytest.mark.requirement("REQ-GEOMETRY")
@ASPECTS
def test_a_blob_is_found_again_where_it_was(shape: tuple[int, int], place: tuple[int, int, int, int]) -> None:
    row, column = 0.3 * shape[0], 0.6 * shape[1]
    pixels = blob(shape, row, column, 0.05 * min(shape))
    frame = prepare_pixels(pixels, InputSpec(height=128, width=96, percentiles=(0.0, 100.0)))[0]
    found = to_source(np.array([centre_of_mass(frame)]), shape, SPEC)[0]
    pixel = max(shape[0] / place[2], shape[1] / place[3])
    assert found == pytest.approx((row, column), abs=0.25 * pixel)


@settings(max_examples=60, deadline=None)
@given(rows=st.integers(2, 900), columns=st.integers(2, 900), down=st.floats(0, 1), across=st.floats(0, 1))
def test_points_keep_their_order_and_scale(rows: int, columns: int, down: float, across: float) -> None:
    """One pixel of the frame is the same step everywhere, and a point inside the film's part is inside the film."""
    scale = min(SPEC.height / rows, SPEC.width / columns)
    height, width = max(1, round(rows * scale)), max(1, round(columns * scale))
    top, left = (SPEC.height - height) // 2, (SPEC.width - width) // 2
    point = np.array([[top - 0.5 + down * height, left - 0.5 + across * width]])
    found = to_source(point, (rows, columns), SPEC)[0]
    assert found == pytest.approx((down * rows - 0.5, across * columns - 0.5), abs=1e-6)
    step = to_source(point + 1, (rows, columns), SPEC)[0] - found
    assert step == pytest.approx((rows / height, columns / width))


@pytest.mark.requirement("REQ-GEOMETRY")
@ASPECTS
def test_heat_comes_back_in_the_film_s_own_shape_and_place(
    shape: tuple[int, int], place: tuple[int, int, int, int]
) -> None:
    top, left, height, width = place
    heat = np.zeros((4, 3), np.float32)
    heat[1, 1] = 1.0
    spread = heat_to_source(heat, shape, SPEC)
    assert spread.shape == shape
    assert spread.dtype == np.float32
    # The middle of cell (1, 1) of 4 x 3, in the frame and then in the film.
    row = (1.5 / 4 * SPEC.height - top) * shape[0] / height
    column = (1.5 / 3 * SPEC.width - left) * shape[1] / width
    strongest = np.argwhere(spread >= spread.max() - 1e-3).mean(axis=0) + 0.5
    assert tuple(strongest) == pytest.approx((row, column), abs=0.06 * max(shape))


def test_heat_beside_the_film_is_cut_off() -> None:
    spec = InputSpec(height=128, width=128)
    heat = np.zeros((4, 4), np.float32)
    heat[:, 0] = 1.0  # columns 0 to 31; the film fills columns 48 to 79, and cells reach into each other by one
    assert not heat_to_source(heat, (400, 100), spec).any()
    heat = np.zeros((4, 4), np.float32)
    heat[0] = 1.0
    assert not heat_to_source(heat, (100, 400), spec).any()
    assert heat_to_source(np.ones((4, 4), np.float32), (400, 100), spec).mean() == pytest.approx(1.0)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(8, 300),
    columns=st.integers(8, 300),
    down=st.integers(1, 12),
    across=st.integers(1, 12),
    seed=st.integers(0, 2**16),
)
def test_heat_stays_between_its_least_and_greatest(rows: int, columns: int, down: int, across: int, seed: int) -> None:
    heat = noise((down, across), seed)
    spread = heat_to_source(heat, (rows, columns), SPEC)
    assert spread.shape == (rows, columns)
    assert spread.min() >= heat.min() - 1e-5
    assert spread.max() <= heat.max() + 1e-5


def test_heat_lies_where_the_points_say() -> None:
    """The two ways back agree: a smooth map's centre of mass, spread over the film, is the mapped point."""
    spec, shape = InputSpec(height=224, width=224), (500, 350)
    heat = blob((7, 7), 2.6, 3.2, 0.9)
    cell = np.array(np.unravel_index(heat.argmax(), heat.shape)) + 0.5
    point = to_source((cell * 32 - 0.5)[None], shape, spec)[0]
    strongest = np.unravel_index(heat_to_source(heat, shape, spec).argmax(), shape)
    assert np.abs(np.array(strongest) - point).max() <= 0.55 * 32 * 500 / 224


def before_halvings(pixels: Float, spec: InputSpec) -> Float:
    """What wetread.preprocess/1 did: one resize, whatever the film's size."""
    scale = min(spec.height / pixels.shape[0], spec.width / pixels.shape[1])
    height, width = (max(1, round(side * scale)) for side in pixels.shape)
    content = np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR))
    low, high = np.percentile(content, spec.percentiles)
    frame = np.zeros((1, spec.height, spec.width), np.float32)
    top, left = (spec.height - height) // 2, (spec.width - width) // 2
    frame[0, top : top + height, left : left + width] = np.clip((content - low) / max(high - low, 1e-6), 0, 1)
    return frame


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(20, 1023), columns=st.integers(20, 767), seed=st.integers(0, 99))
def test_films_of_under_eight_times_the_frame_are_as_they_were(rows: int, columns: int, seed: int) -> None:
    """The released figures were measured on such films: contract 2 changed none of them."""
    pixels = noise((rows, columns), seed)
    np.testing.assert_array_equal(prepare_pixels(pixels, SPEC), before_halvings(pixels, SPEC))


def test_larger_films_are_halved_and_hardly_differ() -> None:
    pixels = blob((1100, 900), 500, 400, 300) * 0.9 + 0.05 * noise((1100, 900))
    halved, once = prepare_pixels(pixels, SPEC), before_halvings(pixels, SPEC)
    assert not np.array_equal(halved, once)
    assert np.abs(halved - once).max() < 0.02


@pytest.mark.requirement("REQ-REDUCED-DECODING")
def test_a_film_reduced_for_a_smaller_frame_is_refused() -> None:
    film = Radiograph(pixels=noise((300, 250)), facts=Facts(), reduction=4, full_shape=(1200, 1000))
    assert prepare(film, InputSpec(height=128, width=128)).shape == (1, 128, 128)
    with pytest.raises(ValueError, match="too small for a frame of 256 x 256"):
        prepare(film, InputSpec(height=256, width=256))
