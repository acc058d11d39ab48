from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imagecodecs import jpeg2k_encode
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000, JPEG2000Lossless, JPEGLSLossless, RLELossless

from radiograph.films import compressed, grey, ramp
from wetread.errors import DecodeError, NoPixelsError
from wetread.radiograph.decode import numbers, quiet, stored


def values(ds: Dataset) -> np.ndarray:
    return stored(ds).values()


@pytest.mark.parametrize("bits", [8, 10, 12, 15, 16, 24, 32])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("big", [False, True])
def test_uncompressed_values_come_back(bits: int, signed: bool, big: bool) -> None:
    given = ramp(bits, (17, 12)) - (1 << (bits - 1) if signed else 0)
    assert np.array_equal(values(grey(given, bits, big=big)), given)


def test_bits_outside_the_picture_are_dropped() -> None:
    picture = ramp(12, (16, 16))
    overlay = np.random.default_rng(1).integers(0, 16, picture.shape) << 12
    assert np.array_equal(values(grey(picture | overlay, 12)), picture)


def test_the_same_bits_are_negative_where_the_header_says_signed() -> None:
    words = np.array([[0x0FFF, 0x0800], [0x07FF, 0xF801]])
    ds = grey(words, 12, PixelRepresentation=1)
    assert values(ds).tolist() == [[-1, -2048], [2047, -2047]]


def test_values_that_lie_in_the_high_bits_are_shifted_down() -> None:
    picture = ramp(12, (16, 16))
    assert np.array_equal(values(grey(picture << 4 | 0b1010, 12, HighBit=15)), picture)


@pytest.mark.parametrize(("keyword", "nonsense"), [("HighBit", 3), ("HighBit", 99), ("HighBit", None), ("PixelRepresentation", None), ("SamplesPerPixel", None)])  # fmt: skip
def test_nonsense_in_the_header_falls_back_to_the_usual(keyword: str, nonsense: int | None) -> None:
    picture = ramp(12, (16, 16))
    assert np.array_equal(values(grey(picture, 12, **{keyword: nonsense})), picture)


def test_bytes_swapped_in_pairs_are_put_right() -> None:
    picture = ramp(8, (5, 5))
    ds = grey(picture, 8, big=True)
    ds.PixelData = np.frombuffer(ds.PixelData, "<u2").byteswap().tobytes()
    ds["PixelData"].VR = "OW"
    assert np.array_equal(values(ds), picture)


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless, JPEG2000Lossless])
@pytest.mark.parametrize(("bits", "signed"), [(8, False), (10, False), (12, True), (16, False), (16, True)])
def test_lossless_values_come_back(syntax: str, bits: int, signed: bool) -> None:
    given = ramp(bits, (70, 65)) - (1 << (bits - 1) if signed else 0)
    ds = grey(given, bits)
    ds.compress(syntax, generate_instance_uid=False)
    assert np.array_equal(values(ds), given)


def j2k(words: np.ndarray, precision: int, **more: object) -> bytes:
    return bytes(jpeg2k_encode(words, bitspersample=precision, codecformat="j2k", reversible=True, level=0, **more))


def test_signed_values_in_an_unsigned_codestream_keep_their_sign() -> None:
    given = ramp(12, (32, 32)) - 2048
    ds = compressed(grey(given, 12), j2k((given & 0xFFF).astype(np.uint16), 12), JPEG2000Lossless)
    assert np.array_equal(values(ds), given)


def test_unsigned_values_in_a_signed_codestream_lose_the_sign() -> None:
    given = ramp(16, (32, 32))
    ds = compressed(grey(given, 16), j2k(given.astype(np.uint16).view(np.int16), 16), JPEG2000Lossless)
    assert stored(ds).encoding is not None
    assert stored(ds).encoding["stream_signed"] is True
    assert np.array_equal(values(ds), given)


def test_a_codestream_of_more_bits_than_the_header_says_is_cut_to_the_header() -> None:
    given = ramp(12, (32, 32))
    overlay = j2k((given | 0x3000).astype(np.uint16), 16)
    assert np.array_equal(values(compressed(grey(given, 12), overlay, JPEG2000Lossless)), given)


def test_overshoot_of_a_lossy_codec_is_clipped_and_not_wrapped() -> None:
    over = np.full((32, 32), 4100, dtype=np.uint16)
    assert values(compressed(grey(over, 12), j2k(over, 16), JPEG2000)).max() == 4095
    assert values(compressed(grey(over, 12), j2k(over, 16), JPEG2000)).min() == 4095


def test_a_codestream_of_fewer_bits_than_the_header_says_is_believed() -> None:
    given = ramp(10, (32, 32))
    assert np.array_equal(
        values(compressed(grey(given, 16), j2k(given.astype(np.uint16), 10), JPEG2000Lossless)), given
    )


def test_the_codestream_is_believed_before_the_transfer_syntax() -> None:
    given = ramp(12, (32, 32))
    assert np.array_equal(values(compressed(grey(given), j2k(given.astype(np.uint16), 12), RLELossless)), given)


def test_an_uncompressed_picture_under_a_compressed_syntax_is_read() -> None:
    given = ramp(12, (16, 16))
    ds = grey(given)
    ds.file_meta.TransferSyntaxUID = JPEG2000Lossless
    assert np.array_equal(values(ds), given)


def test_the_dataset_is_left_as_it_is() -> None:
    ds = grey(ramp(12, (64, 64)))
    ds.compress(JPEG2000Lossless, generate_instance_uid=False)
    before, syntax = ds.to_json(), ds.file_meta.TransferSyntaxUID
    stored(ds)
    assert ds.to_json() == before
    assert ds.file_meta.TransferSyntaxUID == syntax


FAULTS = {
    "colour": ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}, "colour"),
    "palette": ({"PhotometricInterpretation": "PALETTE COLOR"}, "colour"),
    "frames": ({"NumberOfFrames": 2}, "2 frames"),
    "bits": ({"BitsAllocated": 12}, "12 bits"),
    "one bit": ({"BitsAllocated": 1}, "1 bits"),
    "short": ({"Rows": 17}, "cut short"),
    "huge": ({"Rows": 60000, "Columns": 60000}, "60000"),
}


@pytest.mark.requirement("REQ-DAMAGED")
@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_read_says_why(fault: str) -> None:
    elements, says = FAULTS[fault]
    with pytest.raises(DecodeError, match=says):
        stored(grey(ramp(12, (16, 16)), **elements))


@pytest.mark.requirement("REQ-NO-PIXELS")
@pytest.mark.parametrize("elements", [{"PixelData": None}, {"PixelData": b""}, {"Rows": None}, {"Columns": 0}])
def test_an_object_without_a_picture_says_so(elements: dict[str, object]) -> None:
    with pytest.raises(NoPixelsError):
        stored(grey(ramp(12, (16, 16)), **elements))


def test_floats_are_no_film() -> None:
    ds = grey(ramp(12, (4, 4)), PixelData=None)
    ds.FloatPixelData = np.zeros(16, np.float32).tobytes()
    with pytest.raises(DecodeError, match="floating point"):
        stored(ds)


@pytest.mark.requirement("REQ-DAMAGED")
@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless, JPEG2000Lossless])
def test_a_damaged_picture_is_no_picture(syntax: str) -> None:
    ds = grey(ramp(12, (64, 64)))
    ds.compress(syntax, generate_instance_uid=False)
    ds.PixelData = ds.PixelData[: len(ds.PixelData) // 3 // 2 * 2]
    with pytest.raises(DecodeError):
        stored(ds)


@pytest.mark.requirement("REQ-DAMAGED")
@pytest.mark.parametrize(("shape", "says"), [((64, 32), "64 x 32"), ((33, 31), "33 x 31")])
def test_a_picture_of_another_size_is_not_this_film(shape: tuple[int, int], says: str) -> None:
    frame = j2k(ramp(12, shape).astype(np.uint16), 12)
    with pytest.raises(DecodeError, match=says):
        stored(compressed(grey(ramp(12, (32, 64))), frame, JPEG2000Lossless))


@pytest.mark.requirement("REQ-DAMAGED")
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_gives_a_picture_or_a_named_error(data: st.DataObject) -> None:
    ds = grey(ramp(12, (64, 64)))
    ds.compress(
        data.draw(st.sampled_from([RLELossless, JPEGLSLossless, JPEG2000Lossless])), generate_instance_uid=False
    )
    damaged = bytearray(ds.PixelData)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    ds.PixelData = bytes(damaged)
    try:
        picture = stored(ds)
    except DecodeError:
        return
    assert picture.values().shape == (64, 64)
    assert picture.values().max() <= 4095


def test_numbers_are_finite_or_refused() -> None:
    ds = Dataset()
    ds.WindowCenter, ds.WindowWidth = [1, 2.5], ""
    assert numbers(ds, "WindowCenter") == (1.0, 2.5)
    assert numbers(ds, "WindowWidth") == numbers(ds, "RescaleSlope") == ()
    written = BytesIO()
    grey(ramp(12, (4, 4)), RescaleSlope="12345").save_as(written)
    broken = dcmread(BytesIO(written.getvalue().replace(b"12345", b"1,2.3")), force=True)
    with pytest.raises(ValueError, match="RescaleSlope"), quiet():
        numbers(broken, "RescaleSlope")


def test_quiet_gives_the_filters_back_however_threads_overlap() -> None:
    before = list(warnings.filters)

    def work(_: int) -> None:
        with quiet():
            warnings.warn("not heard", stacklevel=1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))
    assert warnings.filters == before


PLAIN = ("test1", "test2", "test3", "test4", "test5", "test6", "rsna_cr_pa", "Fake_MONOHR1", "966_fixed", "RG1_J2KI",
         "gdcm-CR-MONO1-10-chest", "RG2_J2KR", "RG2_RLE", "RG3_JLSL", "mlut_18", "test16signed_SMPTE")  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_real_films_decode_as_pydicom_decodes_them(shared_data: Path, name: str) -> None:
    ds = dcmread(shared_data / "dicom" / f"{name}.dcm")
    assert np.array_equal(values(ds), ds.pixel_array)


def test_one_hip_in_four_encodings_is_one_picture(shared_data: Path) -> None:
    hip = {
        name: values(dcmread(shared_data / "dicom" / f"RG2_{name}.dcm"))
        for name in ("J2KR", "RLE", "JPLL", "JPLY_fixed")
    }
    assert np.array_equal(hip["J2KR"], hip["RLE"])
    assert np.array_equal(hip["J2KR"], hip["JPLL"])
    lossy = np.abs(hip["J2KR"] - hip["JPLY_fixed"])
    assert lossy.mean() * 255 / 1023 < 1.5  # of the 256 greys of a display
