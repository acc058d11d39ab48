"""One definition of a smaller film: halvings compose, and a film read small gives a network the same as the whole."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from phantom.encodings import encodings
from wetread.errors import ConfigError, DecodeError
from wetread.phantom import Encoding, film
from wetread.preprocess import InputSpec, prepare
from wetread.radiograph import IntendedUse, eligibility, notices, read
from wetread.radiograph.reduce import FROM, LEAST, Need, blockwise, halve, halvings, small, spare

SHAPES = st.tuples(st.integers(1, 90), st.integers(1, 90))
USE = IntendedUse(age_years=(0, 120))


def noise(shape: tuple[int, int], seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random(shape, np.float32)


def test_a_halving_is_the_mean_of_2_by_2_and_an_odd_edge_stands_for_itself() -> None:
    picture = np.array([[0, 1, 0.5], [0.5, 0.5, 1], [1, 0, 0.25]], np.float32)
    assert np.array_equal(halve(picture), [[0.5, 0.75], [0.5, 0.25]])


@given(shape=SHAPES, times=st.integers(0, 4), seed=st.integers(0, 99))
@settings(max_examples=80, deadline=None)
def test_halvings_compose_bit_for_bit(shape: tuple[int, int], times: int, seed: int) -> None:
    picture = noise(shape, seed)
    one_by_one = picture
    for _ in range(times):
        one_by_one = halve(one_by_one)
    at_once = halve(picture, times)
    assert at_once.shape == tuple(-(-side // 2**times) for side in shape)
    assert np.array_equal(at_once, one_by_one)
    assert at_once.min() >= picture.min()
    assert at_once.max() <= picture.max()


@pytest.mark.parametrize(
    ("shape", "first", "times"),
    [((2047, 2047), 4, 0), ((2048, 100), 4, 1), ((4095, 4095), 4, 1), ((4096, 4096), 4, 2), ((4095, 4095), FROM, 0)],
)
def test_a_need_of_its_own_is_halved_for_from_its_own_size_on(shape: tuple[int, int], first: int, times: int) -> None:
    need = Need(512, 512, first, 0)
    assert halvings(shape, need) == spare(shape, need) == times
    assert halvings(shape, Need.of((512, 512))) == halvings(shape, (512, 512))
    assert Need.of(need) is need


@pytest.mark.parametrize("wrong", [(0, 512, 8, 1), (512, 512, 3, 1), (512, 512, 8, -1)])
def test_a_need_that_means_nothing_is_refused(wrong: tuple[int, int, int, int]) -> None:
    with pytest.raises(ConfigError, match="begins at 4 times"):
        Need(*wrong)


@pytest.mark.parametrize("shape", [(700, 611), (3, 200_000), (129, 4097), (4097, 129)])
def test_blocks_of_rows_join_without_a_seam(shape: tuple[int, int]) -> None:
    picture = noise(shape)
    asked = []

    def block(begin: int, end: int) -> NDArray[np.float32]:
        asked.append((begin, end))
        return picture[begin:end].copy()

    expected = picture
    for _ in range(3):
        padded = np.pad(expected, [(0, side % 2) for side in expected.shape], mode="edge")
        rows = padded[0::2] + padded[1::2]
        expected = (rows[:, 0::2] + rows[:, 1::2]) * np.float32(0.25)
    assert np.array_equal(blockwise(shape, 3, block), expected)
    assert [begin for begin, _ in asked] == [0, *(end for _, end in asked[:-1])]
    assert asked[-1][1] == shape[0]


@pytest.mark.requirement("REQ-REDUCED-DECODING")
@given(
    shape=st.tuples(st.integers(1, 20_000), st.integers(1, 20_000)),
    frame=st.tuples(st.integers(1, 16), st.integers(1, 16)),
)
def test_at_least_twice_the_frame_is_left(shape: tuple[int, int], frame: tuple[int, int]) -> None:
    height, width = 32 * frame[0], 32 * frame[1]
    times = halvings(shape, (height, width))
    scale = max(shape[0] / height, shape[1] / width)
    assert (times == 0) == (scale < FROM)
    assert times == 0 or 2**times <= scale / 2 < 2 ** (times + 1)
    assert spare(shape, (height, width)) <= times
    assert spare(shape, None) == 0


@pytest.mark.parametrize(
    ("shape", "times"),
    [((1024, 900), 0), ((2047, 2047), 0), ((2048, 900), 2), ((900, 2048), 2), ((3000, 2500), 2), ((4096, 4096), 3)],
)
def test_films_of_under_eight_times_the_frame_are_not_halved(shape: tuple[int, int], times: int) -> None:
    assert halvings(shape, (256, 256)) == spare(shape, (256, 256)) == times


@given(shape=st.tuples(st.integers(1, 3000), st.integers(1, 3000)))
@settings(max_examples=30, deadline=None)
def test_the_small_copy_is_small_and_large_enough(shape: tuple[int, int]) -> None:
    found = small(np.zeros(shape, np.float32)).shape
    assert max(found) < 2 * LEAST
    assert max(shape) < LEAST or max(found) >= LEAST


def test_the_input_is_left_as_it_was() -> None:
    picture = noise((65, 64))
    before = picture.copy()
    halve(picture, 2)[:] = 7
    assert np.array_equal(picture, before)


def same_for_the_network(source: Any, spec: InputSpec, *, view: str | None = None) -> int:
    """Assert that a film read small is, for its network and its gate, the film; how far it was reduced."""
    frame = (spec.height, spec.width)
    whole, reduced = read(source, view=view), read(source, view=view, enough=frame)
    assert np.array_equal(prepare(reduced, spec), prepare(whole, spec))
    assert np.array_equal(reduced.pixels, halve(whole.pixels, reduced.reduction.bit_length() - 1))
    assert (whole.reduction, whole.full_shape) == (1, None)
    for name in ("shape", "facts", "spacing_mm", "steps", "polarity", "source_uids"):
        assert getattr(reduced, name) == getattr(whole, name), name
    assert eligibility(reduced, USE) == eligibility(whole, USE)
    assert notices(reduced, USE) == notices(whole, USE)
    return reduced.reduction


@pytest.mark.requirement("REQ-REDUCED-DECODING")
@given(
    encoding=encodings(),
    size=st.tuples(st.integers(500, 1100), st.integers(500, 1100)),
    frame=st.sampled_from([(32, 32), (64, 128), (160, 160), (256, 256)]),
    seed=st.integers(0, 3),
)
@settings(max_examples=25, deadline=None)
def test_a_film_read_small_gives_the_network_the_same(
    encoding: Encoding, size: tuple[int, int], frame: tuple[int, int], seed: int
) -> None:
    """Every encoding but JPEG 2000, which is decoded at a lower resolution (test_wavelet)."""
    assume(encoding.transfer_syntax != "1.2.840.10008.1.2.4.90")
    same_for_the_network(film(seed, size=size, sop_class="CR", encoding=encoding), InputSpec(*frame))


def test_a_large_film_comes_small() -> None:
    assert same_for_the_network(film(1, size=(1537, 1100)), InputSpec(160, 160)) == 4
    oblong = Encoding(pixel_aspect=(1, 2))  # stored with every row twice: made square, and then halved
    assert same_for_the_network(film(1, size=(1100, 900), encoding=oblong), InputSpec(128, 128)) == 8


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_an_image_file_comes_small_too(dtype: type, kind: str) -> None:
    given_ = (noise((1300, 1111)) * np.iinfo(dtype).max).astype(dtype)
    buffer = BytesIO()
    Image.fromarray(given_).save(buffer, kind)
    assert same_for_the_network(buffer.getvalue(), InputSpec(160, 160), view="PA") == 4


def test_a_jpeg_file_is_decoded_whole_and_then_halved() -> None:
    buffer = BytesIO()
    Image.fromarray((noise((1300, 1111)) * 255).astype(np.uint8)).save(buffer, "JPEG")
    assert same_for_the_network(buffer.getvalue(), InputSpec(160, 160), view="PA") == 4


@pytest.mark.requirement("REQ-BLANK")
def test_a_blank_film_is_blank_at_every_size() -> None:
    flat = film(1, size=(1200, 1000))
    flat.PixelData = bytes(len(flat.PixelData))
    for enough in (None, (160, 160)):
        assert any(reason.code.value == "blank" for reason in eligibility(read(flat, enough=enough), USE))


def test_a_damaged_film_is_told_alike() -> None:
    short = film(1, size=(1200, 1000))
    short.PixelData = short.PixelData[:-1000]
    with pytest.raises(DecodeError, match="cut short"):
        read(short, enough=(160, 160))
