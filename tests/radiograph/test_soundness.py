from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imagecodecs import jpeg8_encode, packbits_encode
from pydicom.uid import JPEG2000, JPEGBaseline8Bit, JPEGLosslessSV1, JPEGLSLossless, RLELossless

from radiograph.films import compressed, grey
from wetread.errors import DecodeError
from wetread.radiograph.decode import stored
from wetread.radiograph.soundness import jpeg, jpeg_eight_bits, require_room, require_whole_jpeg, run_lengths

WORDS = (
    np.add.outer(np.arange(48) * 40, np.arange(56) * 30) + np.random.default_rng(2).integers(0, 40, (48, 56))
).astype(np.uint16)
EIGHT = (WORDS >> 4).astype(np.uint8)
BASELINE = bytes(jpeg8_encode(EIGHT, level=90))


@pytest.mark.parametrize(
    ("syntax", "bits", "pixels", "fewest"),
    [
        (RLELossless, 8, 6400, 100),
        (RLELossless, 16, 6400, 200),
        (JPEGBaseline8Bit, 8, 25600, 100),
        (JPEGLosslessSV1, 16, 800, 100),
    ],
)
def test_a_stream_holds_no_more_than_its_coding_allows(syntax: str, bits: int, pixels: int, fewest: int) -> None:
    require_room(syntax, (pixels, 1), fewest, bits_allocated=bits)
    with pytest.raises(DecodeError, match="cannot hold"):
        require_room(syntax, (pixels, 1), fewest - 1, bits_allocated=bits)


@pytest.mark.parametrize("syntax", [JPEG2000, JPEGLSLossless])
def test_an_empty_field_may_be_coded_in_next_to_nothing_but_a_very_large_one(syntax: str) -> None:
    require_room(syntax, (4000, 4000), 100, bits_allocated=16)
    with pytest.raises(DecodeError, match="cannot hold"):
        require_room(syntax, (8000, 8000), 60_000, bits_allocated=16)
    require_room(syntax, (8000, 8000), 63_000, bits_allocated=16)


def rle(*planes: bytes) -> bytes:
    starts, place = [], 64
    for plane in planes:
        starts.append(place)
        place += len(plane)
    return struct.pack("<16I", len(planes), *starts, *[0] * (15 - len(planes))) + b"".join(planes)


@given(st.binary(min_size=1, max_size=400), st.sampled_from([8, 16, 32]))
def test_run_lengths_come_back(raw: bytes, bits: int) -> None:
    width = bits // 8
    words = np.frombuffer(raw * width, np.uint8).reshape(-1, width)
    planes = [bytes(packbits_encode(words[:, width - 1 - place].tobytes())) for place in range(width)]
    even = [plane + b"\0" * (len(plane) % 2) for plane in planes]
    assert run_lengths(rle(*planes), len(words), bits).tobytes() == words.tobytes()
    assert run_lengths(rle(*even), len(words), bits).tobytes() == words.tobytes()


@pytest.mark.parametrize("frame", [b"", bytes(64), rle(b"\x01ab\x05x"), rle(b"\x01ab"), rle(b"\x81a"), rle(b"\x02abc", b"\x02abc"), rle(b"\x02abc\x00\x07")])  # fmt: skip
def test_run_lengths_that_do_not_make_three_bytes_are_damage(frame: bytes) -> None:
    assert run_lengths(rle(b"\x02abc"), 3, 8).tobytes() == b"abc"
    with pytest.raises((ValueError, RuntimeError)):
        run_lengths(frame, 3, 8)


def test_zeros_before_the_end_marker_are_no_damage() -> None:
    padded = BASELINE[:-2] + b"\0\0\xff\xd9"
    assert np.array_equal(jpeg_eight_bits(padded), jpeg_eight_bits(BASELINE))
    require_whole_jpeg(padded)
    for missing in (jpeg_eight_bits, require_whole_jpeg):
        with pytest.raises(ValueError, match="premature"):
            missing(BASELINE[: -len(BASELINE) // 4] + b"\xff\xd9")


@pytest.mark.parametrize("bits", [10, 12])
@pytest.mark.parametrize("border", [0, 1])
def test_a_film_that_ends_in_a_flat_border_is_whole(bits: int, border: int) -> None:
    """Flat blocks take the fewest bits, so the altered tail reaches furthest back there."""
    framed = np.pad(WORDS >> (12 - bits), ((0, 40), (0, 0)), constant_values=border * ((1 << bits) - 1))
    assert np.array_equal(jpeg(bytes(jpeg8_encode(framed, lossless=True, bitspersample=bits)), lossless=True), framed)
    near = jpeg(bytes(jpeg8_encode(framed, level=95, bitspersample=12)), lossless=False)
    assert np.abs(near.astype(int) - framed).max() < 300


POINT_TRANSFORM = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffc3000b10000c000a01011100ffc40016000101010000000000000000000000000002030f"
    "ffda0008010100060001cfff00d34d34d51a69a69d534d34d51a69a69d534d34d51a69a69d534d34d51a69a69d534d34d51a69a69d534d34d51"
    "a69a69fffd9"
)
"""Predictor 6 and a point transform of one bit, as DCMTK's dcmcjpeg writes it: 12 x 10 pixels, 9 a row and 5 a column."""


def test_a_lossless_stream_with_a_point_transform_keeps_all_but_its_low_bit() -> None:
    values = np.add.outer(np.arange(12) * 9, np.arange(10) * 5).astype(np.int64)
    found = stored(compressed(grey(values, 12, BitsStored=12), POINT_TRANSFORM, "1.2.840.10008.1.2.4.57")).values()
    assert np.array_equal(found, values >> 1 << 1)
