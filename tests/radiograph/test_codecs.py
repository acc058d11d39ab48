from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imagecodecs import jpeg2k_encode, jpeg8_encode, jpegls_encode
from pydicom import dcmread
from pydicom.encaps import get_frame
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    MPEG2MPML,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from radiograph.films import compressed, grey, ramp
from wetread.errors import DecodeError
from wetread.radiograph import codecs
from wetread.radiograph.codecs import Codestream, decode_frame, inspect
from wetread.radiograph.decode import stored

FILM = ramp(12, (40, 72)).astype(np.uint16)
SOFT = (np.add.outer(np.arange(40), np.arange(72)) * 8).astype(np.uint16)


def test_each_codestream_says_what_it_is() -> None:
    eight = (FILM >> 4).astype(np.uint8)
    assert inspect(jpeg8_encode(eight, level=90)) == Codestream(JPEGBaseline8Bit, 40, 72, 1, 8)
    assert inspect(jpeg8_encode(SOFT, level=90, bitspersample=12)) == Codestream(JPEGExtended12Bit, 40, 72, 1, 12)
    assert inspect(jpeg8_encode(FILM, lossless=True, bitspersample=12)) == Codestream(JPEGLossless, 40, 72, 1, 12)
    assert inspect(jpegls_encode(FILM)) == Codestream(JPEGLSLossless, 40, 72, 1, 16)
    stream = bytes(jpeg2k_encode(FILM, codecformat="j2k", bitspersample=12, reversible=True, level=0))
    assert inspect(stream) == Codestream(JPEG2000, 40, 72, 1, 12)
    boxed = bytes(jpeg2k_encode(FILM, codecformat="jp2", bitspersample=12, reversible=True, level=0))
    assert inspect(boxed) == Codestream(JPEG2000, 40, 72, 1, 12)


def test_high_throughput_jpeg_2000_is_told_by_its_marker() -> None:
    stream = bytearray(jpeg2k_encode(FILM, codecformat="j2k", bitspersample=12, reversible=True, level=0))
    after = 4 + int.from_bytes(stream[4:6], "big")
    stream[after:after] = b"\xff\x50\x00\x08\x00\x02\x00\x00\x00\x00"
    found = inspect(bytes(stream))
    assert found is not None
    assert found.syntax == HTJ2K


def test_rle_begins_with_no_codestream() -> None:
    assert inspect(b"\x02\x00\x00\x00\x40\x00\x00\x00" + bytes(100)) is None


@pytest.mark.parametrize("syntax", [JPEGLossless, JPEGLosslessSV1])
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_jpeg_lossless_is_exact(syntax: str, bits: int) -> None:
    given = ramp(bits, (40, 72))
    kind = np.uint8 if bits == 8 else np.uint16
    frame = jpeg8_encode(given.astype(kind), lossless=True, bitspersample=bits)
    assert np.array_equal(stored(compressed(grey(given, bits), frame, syntax)).values(), given)


def test_jpeg_extended_of_twelve_bits_is_near() -> None:
    frame = jpeg8_encode(SOFT, level=95, bitspersample=12)
    decoded = stored(compressed(grey(SOFT), frame, JPEGExtended12Bit)).values()
    assert np.abs(decoded - SOFT).max() < 16


def test_an_eight_bit_jpeg_in_sixteen_bits_is_read() -> None:
    soft = (SOFT >> 2).astype(np.uint8)
    frame = jpeg8_encode(soft, level=95)
    decoded = stored(compressed(grey(soft, 8, BitsAllocated=16), frame, JPEGBaseline8Bit)).values()
    assert np.abs(decoded - soft).max() < 4


@pytest.mark.requirement("REQ-DAMAGED")
def test_a_jpeg_without_its_end_is_refused_and_not_filled_with_grey() -> None:
    frame = jpeg8_encode((FILM >> 4).astype(np.uint8), level=90)
    with pytest.raises(DecodeError, match="end marker"):
        inspect(frame[: len(frame) // 2])


@pytest.mark.requirement("REQ-DAMAGED")
def test_processes_that_nothing_here_reads_are_named() -> None:
    with pytest.raises(DecodeError, match="process 2"):
        inspect(b"\xff\xd8\xff\xc2\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00\xff\xd9")
    with pytest.raises(DecodeError, match="MPEG2"):
        decode_frame(b"\x00\x00\x01\xb3", MPEG2MPML, rows=4, columns=4, bits_allocated=8, bits_stored=8)


def test_a_missing_codec_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codecs, "find_spec", lambda _: None)
    decoder = codecs.get_decoder(JPEGLossless)
    decode_frame(
        jpeg8_encode(FILM, lossless=True), JPEGLossless, rows=40, columns=72, bits_allocated=16, bits_stored=16
    )
    monkeypatch.setattr(decoder, "_available", {})
    monkeypatch.setattr(decoder, "_unavailable", {"other": ("some-codec",)})
    with pytest.raises(DecodeError, match="reinstall wetread"):
        decode_frame(b"", JPEGLossless, rows=40, columns=72, bits_allocated=16, bits_stored=12)


def test_the_plugin_reads_grey_only() -> None:
    colour = compressed(grey(FILM), jpeg8_encode(np.zeros((40, 72, 3), np.uint8), level=90), JPEGBaseline8Bit)
    with pytest.raises(DecodeError, match="3 components"):
        stored(colour)


@given(st.binary(max_size=60))
def test_a_damaged_header_is_named_or_not_recognised(noise: bytes) -> None:
    for start in (b"\xff\xd8\xff", b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  "):
        try:
            found = inspect(start + noise)
        except DecodeError:
            continue
        assert found is None or found.precision >= 0


FOUND = {
    "RG2_JPLL": (JPEGLossless, 2140, 1760, 10), "RG2_JPLY_fixed": (JPEGExtended12Bit, 2140, 1760, 12),
    "RG3_JLSL": (JPEGLSLossless, 1760, 1760, 10), "966_fixed": (JPEG2000, 2128, 2000, 12), "RG1_J2KI": (JPEG2000, 1955, 1841, 15),
    "rsna_cr_pa": (JPEGBaseline8Bit, 1024, 1024, 8),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_real_codestreams_say_what_they_are(shared_data: Path, name: str) -> None:
    frame = get_frame(dcmread(shared_data / "dicom" / f"{name}.dcm").PixelData, 0, number_of_frames=1)
    syntax, rows, columns, precision = FOUND[name]
    assert inspect(frame) == Codestream(syntax, rows, columns, 1, precision)


def test_a_real_rle_film_is_not_taken_for_a_codestream(shared_data: Path) -> None:
    ds = dcmread(shared_data / "dicom" / "RG2_RLE.dcm")
    assert ds.file_meta.TransferSyntaxUID == RLELossless
    assert inspect(get_frame(ds.PixelData, 0, number_of_frames=1)) is None
