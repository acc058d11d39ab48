"""JPEG 2000 at a lower resolution: what halvings would give, nearly; and the full decoder wherever there is a doubt."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from pydicom.uid import JPEG2000, HTJ2KLossless, JPEG2000Lossless

from radiograph.films import compressed, grey, steps, table
from wetread.errors import DecodeError
from wetread.phantom import picture
from wetread.preprocess import InputSpec, prepare
from wetread.radiograph import read
from wetread.radiograph.reduce import halve
from wetread.radiograph.wavelet import decode, plain, taps

SPEC = InputSpec(128, 128)
FRAME = (SPEC.height, SPEC.width)


@cache
def authored(rows: int = 1237, columns: int = 1033, bits: int = 12) -> NDArray[np.uint16]:
    """A phantom with noise, of odd sides, that leaves black and white room."""
    high = (1 << bits) - 1
    values = picture(3, opacity=True, size=(rows, columns))[0] * 0.8 * high + 0.1 * high
    noise = np.random.default_rng(0).normal(0, high / 400, values.shape)
    return np.clip(values + noise, 0, high).astype(np.uint16 if bits > 8 else np.uint8)


def encoded(values: NDArray[Any], bits: int, ratio: float | None = None) -> bytes:
    return bytes(encode_array(values, bits, compression_ratios=[ratio] if ratio else None))


def jpeg2000(ratio: float | None = None, bits: int = 12, **elements: Any) -> Any:
    values = authored(bits=bits)
    frame = encoded(values, bits, ratio)
    syntax = JPEG2000 if ratio else JPEG2000Lossless
    return compressed(grey(values.astype(np.int64), bits, **elements), frame, syntax)


@pytest.mark.parametrize("ratio", [None, 10.0])
@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("crop", [(0, 0), (2, 3), (5, 6)])
def test_a_lower_resolution_is_the_halved_picture(ratio: float | None, bits: int, crop: tuple[int, int]) -> None:
    """Sides of every remainder, at which Pillow's own way fails; compared far from the finest detail, block by block."""
    values = authored(bits=bits)
    values = values[: values.shape[0] - crop[0], : values.shape[1] - crop[1]]
    frame = encoded(np.ascontiguousarray(values), bits, ratio)
    stream = plain(frame)
    assert stream is not None
    assert (stream.rows, stream.columns, stream.precision) == (*values.shape, bits)
    assert stream.reversible is (ratio is None)
    for levels in (1, 2, 3, 4):
        low = decode(frame, stream, levels)
        assert low is not None
        assert low.dtype == values.dtype
        wanted = halve(values.astype(np.float32), levels)
        assert low.shape == wanted.shape
        high = (1 << bits) - 1
        error = (halve(low.astype(np.float32), 2) - halve(wanted, 2))[2:-2, 2:-2] / high
        assert np.sqrt((error**2).mean()) < 0.004
        assert abs(error.mean()) < 0.001


def moments(weights: NDArray[Any], first: int) -> list[float]:
    places = np.arange(first, first + weights.size)
    return [float((weights * places**power).sum()) for power in range(4)]


@pytest.mark.parametrize(
    ("reversible", "filtered"),
    [
        (True, np.array([-1, 2, 6, 2, -1]) / 8),
        (
            False,
            np.array([26.7488, -16.8641, -78.2233, 266.8641, 602.9490, 266.8641, -78.2233, -16.8641, 26.7488]) / 1e3,
        ),
    ],
)
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_the_taps_make_a_low_band_a_mean_of_blocks(
    reversible: bool, filtered: NDArray[np.float64], levels: int
) -> None:
    """The cascade of the wavelet's filters and the taps has the moments of the block, in the film's own pixels."""
    whole, reach = np.ones(1), len(filtered) // 2
    for level in range(levels):
        spread = np.zeros((len(filtered) - 1) * 2**level + 1)
        spread[:: 2**level] = filtered
        whole = np.convolve(whole, spread)
    last = np.zeros(3 * 2**levels + 1)
    last[:: 2**levels] = taps(levels, reversible)
    found = moments(np.convolve(whole, last), -reach * (2**levels - 1) - 2**levels)
    block = moments(np.full(2**levels, 2.0**-levels), 0)
    assert found == pytest.approx(block, rel=2e-3, abs=2e-3)


@pytest.mark.requirement("REQ-REDUCED-DECODING")
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("ratio", [None, 10.0])
def test_a_network_sees_the_same_film(photometric: str, ratio: float | None) -> None:
    ds = jpeg2000(ratio, PhotometricInterpretation=photometric, WindowCenter=2047.5, WindowWidth=4096)
    whole, reduced = read(ds), read(ds, enough=FRAME)
    assert steps(reduced)["decode"]["resolution"] == "1/2"  # and a halving more is left in reserve
    assert "resolution" not in steps(whole)["decode"]
    assert (reduced.reduction, reduced.shape) == (4, whole.shape)
    difference = np.abs(prepare(reduced, SPEC) - prepare(whole, SPEC))
    assert difference.mean() < 5e-4
    assert np.quantile(difference, 0.999) < 0.01
    assert reduced.polarity == pytest.approx(whole.polarity, abs=0.02)
    assert (reduced.spacing_mm, reduced.facts) == (whole.spacing_mm, whole.facts)


def is_whole(ds: Any, frame: tuple[int, int] = FRAME) -> bool:
    """Whether the film was decoded whole; if so it must then be the film, bit for bit."""
    reduced = read(ds, enough=frame)
    if "resolution" in steps(reduced)["decode"]:
        return False
    whole = read(ds)
    assert np.array_equal(reduced.pixels, halve(whole.pixels, reduced.reduction.bit_length() - 1))
    return True


def test_a_film_that_leaves_no_reserve_is_decoded_whole() -> None:
    assert is_whole(jpeg2000(), (256, 256))
    assert not is_whole(jpeg2000(), (128, 128))


@pytest.mark.parametrize(
    "elements",
    [
        {"PixelPaddingValue": 0},
        {"PixelRepresentation": 1},
        {"BitsStored": 10, "HighBit": 9},
        {"BitsStored": 12, "HighBit": 15},
        {"PixelAspectRatio": [1, 2]},
    ],
    ids=["padding", "signed", "bits above the picture", "bits below it", "oblong pixels"],
)
def test_a_header_that_asks_for_single_pixels_has_them(elements: dict[str, Any]) -> None:
    assert is_whole(jpeg2000(**elements))


def test_windows_and_tables_are_applied_to_the_lower_resolution() -> None:
    assert not is_whole(jpeg2000(VOILUTSequence=[table(0, list(range(4096)), 12)]))
    assert not is_whole(jpeg2000(RescaleSlope=-2, RescaleIntercept=100))


def altered(frame: bytes, place: int, value: int, length: int = 1) -> bytes:
    return frame[:place] + value.to_bytes(length, "big") + frame[place + length :]


def test_other_codestreams_are_left_to_the_full_decoder() -> None:
    frame = encoded(authored(), 12)
    coding = frame.index(b"\xff\x52")
    assert plain(frame) is not None
    assert plain(frame + b"\0") is not None
    others = {
        "boxed": bytes(encode_array(authored(), 12, codec_format=1)),
        "cut short": frame[:-100],
        "ends in its header": frame[:30],
        "tiles": altered(frame, 24, 512, 4),
        "offset": altered(frame, 16, 1, 4),
        "signed": altered(frame, 42, 0x8B),
        "two components": altered(frame, 40, 2, 2),
        "subsampled": altered(frame, 43, 2),
        "more than 16 bits": altered(frame, 42, 20),
        "high throughput": altered(frame, coding + 12, 0x40),
        "unknown wavelet": altered(frame, coding + 13, 2),
        "region of interest": frame[:coding] + b"\xff\x5e\x00\x05\x00\x00\x00" + frame[coding:],
        "capabilities": frame[:coding] + b"\xff\x50\x00\x08\x00\x02\x00\x00\x00\x00" + frame[coding:],
        "not JPEG 2000": b"\xff\xd8\xff" + frame[3:],
    }
    assert {name for name, other in others.items() if plain(other) is not None} == set()
    assert is_whole(compressed(grey(authored().astype(np.int64), 12), others["boxed"], JPEG2000Lossless))


def test_no_more_levels_than_there_are() -> None:
    frame = encoded(authored(), 12)
    stream = plain(frame)
    assert stream is not None
    assert stream.levels == 5
    assert decode(frame, stream, 6) is None
    assert decode(frame, stream, 0) is None


def test_a_decoder_that_fails_is_a_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    def fail(*_: object, **__: object) -> None:
        raise OSError("broken data stream when reading image file")

    ds = jpeg2000()
    whole = read(ds)
    monkeypatch.setattr(Image, "open", fail)
    assert np.array_equal(read(ds, enough=FRAME).pixels, halve(whole.pixels, 2))


@pytest.mark.requirement("REQ-DAMAGED")
def test_a_film_cut_short_is_refused_at_every_size() -> None:
    frame = encoded(authored(), 12)
    ds = compressed(grey(authored().astype(np.int64), 12), frame[: len(frame) // 2], JPEG2000Lossless)
    with pytest.raises(DecodeError, match="damaged or cut short"):
        read(ds, enough=FRAME)


def test_high_throughput_is_decoded_whole() -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    if not getattr(imagecodecs, "HTJ2K", None) or not imagecodecs.HTJ2K.available:
        pytest.skip("imagecodecs was built without an encoder of high-throughput JPEG 2000")
    frame = bytes(imagecodecs.htj2k_encode(authored(), reversible=True))
    assert plain(frame) is None
    assert is_whole(compressed(grey(authored().astype(np.int64), 12), frame, HTJ2KLossless))
