"""Vendors' traps: what real films do to a reader, each as one film with a name and what it imitates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.config import disable_value_validation
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from tools.golden.author import BORDER, Table, ds
from tools.golden.encoders import UIDS, jpeg2000, through_dcmtk
from tools.golden.films import ODD, SIZE, drawing, header, lut_item, place, words_of

__all__ = ["TRAPS", "Trap", "stretched"]

Values = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trap:
    """One film; `stretch` says how the drawing is stretched, (rows, columns), where pixels are not square.

    `reference` is False where DCMTK's picture is another one, and `because` says why.
    """

    name: str
    imitates: str
    make: Callable[[], Dataset]
    size: tuple[int, int] = SIZE
    stretch: tuple[int, int] = (1, 1)
    reference: bool = True
    because: str = ""


def stretched(picture: NDArray[np.float32], factors: tuple[int, int]) -> NDArray[np.float64]:
    """The picture with more rows and columns, linear between the centres of its pixels, the edge's value beyond them."""
    result = picture.astype(np.float64)
    for axis, factor in enumerate(factors):
        if factor > 1:
            length = result.shape[axis]
            wanted = (np.arange(length * factor) + 0.5) / factor - 0.5
            result = np.apply_along_axis(
                lambda line, at: np.interp(at, np.arange(line.size), line), axis, result, wanted
            )
    return result


def _values(low: int = 1540, high: int = 2560, size: tuple[int, int] = SIZE) -> Values:
    """The drawing from `low` (black) to `high` (white)."""
    return np.rint(low + drawing(size).astype(np.float64) * (high - low)).astype(np.int64)


def _film(name: str, values: Values, bits: int = 12, *, allocated: int | None = None, **elements: Any) -> Dataset:
    """A native film of these values; an element of None is taken out."""
    film = _bare(name, values, bits, allocated)
    place(film, words_of(values, bits, film.BitsAllocated, film.HighBit))
    return _with(film, elements)


def _bare(name: str, values: Values, bits: int, allocated: int | None = None) -> Dataset:
    film = header(f"trap {name}", (values.shape[0], values.shape[1]))
    film.BitsAllocated, film.BitsStored, film.HighBit = allocated or (8 if bits == 8 else 16), bits, bits - 1
    film.PixelRepresentation = int(values.min() < 0)
    return film


def _with(film: Dataset, elements: dict[str, Any]) -> Dataset:
    for keyword, value in elements.items():
        if value is None:
            del film[keyword]
        else:
            setattr(film, keyword, value)
    return film


def _stream(name: str, values: Values, bits: int, syntax: str, stream: bytes, **elements: Any) -> Dataset:
    """A film of this compressed stream."""
    film = _bare(name, values, bits)
    film.PixelData = encapsulate([stream])
    film["PixelData"].VR, film["PixelData"].is_undefined_length = "OB", True
    film.file_meta.TransferSyntaxUID = UID(UIDS[syntax])
    return _with(film, elements)


def _words(words: NDArray[np.unsignedinteger[Any]], film: Dataset) -> Dataset:
    place(film, words)
    return film


_WIDE = {"WindowCenter": "2050.5", "WindowWidth": "1021"}  # LINEAR from 1540 to 2560


# ------------------------------------------------------------------------------------------------------------- bits


def _overlay_in_high_bits() -> Dataset:
    values = _values()
    ink = np.zeros(values.shape, np.int64)
    ink[60:90, 40:160], ink[100:104, :], ink[:, 150] = 0x1000, 0xF000, 0x8000
    return _words((values | ink).astype(np.uint16), _film("overlay", values, **_WIDE))


def _sign_repeated() -> Dataset:
    values = _values(-510, 510)
    film = _film("sign", values, WindowCenter="0.5", WindowWidth="1021")
    return _words(values.astype(np.int16).view(np.uint16), film)


def _bits_missing() -> Dataset:
    return _film("bits missing", _values(0, 65535), 16, BitsStored=None, HighBit=None)


def _high_bit_missing() -> Dataset:
    return _film("high bit missing", _values(), HighBit=None, **_WIDE)


def _bits_overstated() -> Dataset:
    return _film("bits overstated", _values(), 16)


def _eight_bits_as_words() -> Dataset:
    film = _film("words", _values(0, 255, ODD), 8)
    film["PixelData"].VR = "OW"
    return film


def _eight_bits_swapped() -> Dataset:
    """PS3.5 8.1.1: in big endian the bytes of an OW picture of 8 bits are swapped in pairs."""
    film = _film("swapped", _values(0, 255), 8)
    raw = np.frombuffer(film.PixelData, "<u2").byteswap().tobytes()
    film.PixelData, film["PixelData"].VR = raw, "OW"
    film.file_meta.TransferSyntaxUID = UID(UIDS["explicit-be"])
    return film


def _padded_to_a_block() -> Dataset:
    film = _film("block", _values(0, 255, ODD), 8)
    film.PixelData = film.PixelData + b"\xaa" * (512 - len(film.PixelData) % 512)
    return film


# ---------------------------------------------------------------------------------------------------------- streams


def _jpeg2000_unsigned_for_signed() -> Dataset:
    values = _values(-510, 510)
    stream = jpeg2000(values & 0xFFFF, 16, signed=False)
    film = _stream("j2k unsigned", values, 12, "jpeg2000-lossless", stream, WindowCenter="0.5", WindowWidth="1021")
    return _with(film, {"BitsStored": 16, "HighBit": 15})


def _jpeg2000_signed_for_unsigned() -> Dataset:
    values = _values()
    twos = np.where(values > 2047, values - 4096, values)
    return _stream("j2k signed", values, 12, "jpeg2000-lossless", jpeg2000(twos, 12, signed=True), **_WIDE)


def _jpeg2000_in_boxes() -> Dataset:
    values = _values()
    return _stream("jp2", values, 12, "jpeg2000-lossless", jpeg2000(values, 12, signed=False, boxes=True), **_WIDE)


def _jpeg2000_too_precise() -> Dataset:
    values = _values()
    return _stream("j2k 16", values, 12, "jpeg2000-lossless", jpeg2000(values, 16, signed=False), **_WIDE)


def _jpeg2000_less_precise() -> Dataset:
    values = _values()
    return _stream("j2k 12", values, 16, "jpeg2000-lossless", jpeg2000(values, 12, signed=False), **_WIDE)


def _htj2k_in_tiles() -> Dataset:
    from imagecodecs import htj2k_encode

    values = _values(size=ODD)
    stream = bytes(htj2k_encode(values.astype(np.uint16), reversible=True, tile=(64, 128)))
    return _stream("tiles", values, 12, "htj2k-lossless", stream, **_WIDE)


def _jpeg_ls_of_its_own_precision() -> Dataset:
    values = _values()
    stream = through_dcmtk(["dcmcjpls", "+el", "+pc"], values.astype(np.uint16), 12, 11)
    return _stream("jls 12", values, 12, "jpeg-ls", stream, **_WIDE)


def _stream_with_zeros_behind() -> Dataset:
    values = _values()
    stream = through_dcmtk(["dcmcjpeg", "+e1"], values.astype(np.uint16), 12, 11)
    return _stream("zeros", values, 12, "jpeg-lossless-sv1", stream + bytes(16), **_WIDE)


def _another_family() -> Dataset:
    values = _values()
    stream = through_dcmtk(["dcmcjpls", "+el"], values.astype(np.uint16), 12, 11)
    return _stream("family", values, 12, "jpeg-lossless-sv1", stream, **_WIDE)


def _items_called_native() -> Dataset:
    values = _values()
    film = _stream("native", values, 12, "jpeg2000-lossless", jpeg2000(values, 12, signed=False), **_WIDE)
    film.file_meta.TransferSyntaxUID = UID(UIDS["explicit-le"])
    film["PixelData"].is_undefined_length = False
    return film


# ---------------------------------------------------------------------------------------------------------- windows


def _window_on_unrescaled() -> Dataset:
    rescale = {"RescaleSlope": "1", "RescaleIntercept": "-20000"}
    return _film("unrescaled", _values(), **rescale, **_WIDE)


def _window_of_width(width: int) -> Callable[[], Dataset]:
    return lambda: _film(f"width {width}", _values(), WindowCenter="2000", WindowWidth=str(width))


def _first_window_impossible() -> Dataset:
    return _film("first window", _values(), WindowCenter=["0", "2050.5"], WindowWidth=["0", "1021"])


def _window_empty() -> Dataset:
    return _film("window empty", _values(0, 255), 8, WindowCenter="", WindowWidth="")


def _window_of_unknown_vr() -> Dataset:
    film = _film("unknown", _values())
    for keyword, value in (("WindowCenter", b"2050.5"), ("WindowWidth", b"1021")):
        film.add_new(keyword, "UN", value + bytes(len(value) % 2))
    return film


def _function_in_lower_case() -> Dataset:
    film = _film("lower case", _values(), WindowCenter="2050", WindowWidth="1020")
    with disable_value_validation():  # it is wrong, and that is the point
        film.add_new("VOILUTFunction", "CS", "linear_exact")
    return film


def _window_on_fractions(function: str, units: int) -> Callable[[], Dataset]:
    """A film that spans few units of its window, so that LINEAR's halves and ones are seen."""
    low = 1540 * units / 1020 - 1
    centre, width = (low + (units + 1) / 2, units + 1) if function == "LINEAR" else (low + units / 2, units)

    def make() -> Dataset:
        elements = {"RescaleSlope": ds(units / 1020), "RescaleIntercept": "-1", "VOILUTFunction": function}
        return _film(function, _values(), **elements, WindowCenter=ds(centre), WindowWidth=ds(width))

    return make


def _rescale_empty() -> Dataset:
    return _film("rescale empty", _values(), RescaleSlope="", RescaleIntercept="", **_WIDE)


def _sequence_empty() -> Dataset:
    return _film("sequence empty", _values(), VOILUTSequence=[], **_WIDE)


# ----------------------------------------------------------------------------------------------------------- tables


def _tabled(name: str, item: Dataset, values: Values, bits: int = 12, **elements: Any) -> Dataset:
    return _film(name, values, bits, VOILUTSequence=[item], **elements)


def _straight(entries: int, bits: int) -> tuple[int, ...]:
    return tuple(int(entry) for entry in np.rint(np.linspace(0, (1 << bits) - 1, entries)))


def _table_of_65536() -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [0, 0, 16])
    item.add_new("LUTData", "OW", np.arange(65536, dtype="<u2").tobytes())
    return _tabled("65536", item, _values(0, 65535), 16)


def _table_of_bytes() -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [256, 0, 8])
    item.add_new("LUTData", "OW", np.arange(256, dtype=np.uint8)[::-1].tobytes())
    return _tabled("bytes", item, _values(255, 0), 8)


def _table_first_called_unsigned() -> Dataset:
    item = lut_item(Table(64512, _straight(1021, 16), 16))  # -1024 in two's complement, as US
    return _tabled("first", item, _values(0, 1020), RescaleSlope="1", RescaleIntercept="-1024")


def _table_of_fewer_bits() -> Dataset:
    return _tabled("fewer", lut_item(Table(1540, _straight(1021, 12), 16)), _values())


def _table_and_rescale_of_no_use() -> Dataset:
    item = lut_item(Table(-2560, _straight(1021, 16), 16, signed=True))
    return _tabled("falling", item, _values(2560, 1540), RescaleSlope="-1", RescaleIntercept="0")


def _modality_table() -> Dataset:
    curve = np.rint(np.sqrt(np.linspace(0, 1, 4096)) * 60000).astype(int)
    item = lut_item(Table(0, tuple(int(entry) for entry in curve), 16), ModalityLUTType="US")
    values = np.rint(np.square(drawing().astype(np.float64)) * 4095).astype(np.int64)
    return _film("modality", values, ModalityLUTSequence=[item], WindowCenter="30000.5", WindowWidth="60001")


# ------------------------------------------------------------------------------------------------ padding and others


def _padding_inside_the_window() -> Dataset:
    values = _values()
    values[values == 2000] = 2001
    values[:, :BORDER] = values[:, -BORDER:] = 2000
    values[:BORDER] = values[-BORDER:] = 2000
    return _film("inside", values, PixelPaddingValue=2000, **_WIDE)


def _padding_of_another_vr(low: int, high: int, pad: int, wrong: int, vr: str) -> Callable[[], Dataset]:
    def make() -> Dataset:
        values = _values(low, high)
        values[:, :BORDER] = values[:, -BORDER:] = pad
        film = _film(f"padding {vr}", values, 16)
        film.add_new("PixelPaddingValue", vr, wrong)
        return film

    return make


def _extremes_of_another_vr() -> Dataset:
    film = _film("extremes", _values(0, 65535), 16)
    film.add_new("SmallestImagePixelValue", "SS", 0)
    film.add_new("LargestImagePixelValue", "SS", -1)
    return film


def _inverted(photometric: str, shape: str) -> Callable[[], Dataset]:
    return lambda: _film(
        f"{photometric} {shape}",
        _values(2560, 1540),
        PhotometricInterpretation=photometric,
        PresentationLUTShape=shape,
        **_WIDE,
    )


def _high_is_long() -> Dataset:
    return _film("aspect", _values(0, 255), 8, ImagerPixelSpacing=["0.4", "0.2"])


def _wide_is_long() -> Dataset:
    film = _film("aspect ratio", _values(0, 255), 8, PixelAspectRatio=["1", "2"])
    del film.ImagerPixelSpacing
    return film


def _frames_of_none() -> Dataset:
    return _film("frames", _values(), NumberOfFrames="0", SamplesPerPixel=None, **_WIDE)


_CLAIMS = "DCMTK takes the header's word for it"
_ROUNDS = "DCMTK rounds rescaled values to whole numbers"
_FULL = "DCMTK applies the window that it is told to"

TRAPS = (
    Trap("overlay-in-high-bits", "an old overlay in the bits above the high bit (retired PS3.5 8.1.2)", _overlay_in_high_bits),
    Trap("sign-repeated", "a signed film whose sign fills the unused bits", _sign_repeated),
    Trap("bits-missing", "no BitsStored and no HighBit", _bits_missing, reference=False, because=_CLAIMS),
    Trap("high-bit-missing", "no HighBit", _high_bit_missing),
    Trap("bits-overstated", "12 bits called 16, and no window", _bits_overstated),
    Trap("eight-bits-as-words", "8 bits as OW, an odd number of them", _eight_bits_as_words, ODD),
    Trap("eight-bits-swapped", "8 bits as OW in big endian, bytes swapped in pairs", _eight_bits_swapped),
    Trap("padded-to-a-block", "a picture followed by what filled up its disk block", _padded_to_a_block, ODD),
    Trap("jpeg2000-unsigned-for-signed", "signed film, stream that says unsigned", _jpeg2000_unsigned_for_signed),
    Trap("jpeg2000-signed-for-unsigned", "unsigned film, stream that says signed", _jpeg2000_signed_for_unsigned),
    Trap("jpeg2000-in-boxes", "a JP2 file where a codestream belongs (PS3.5 A.4.4)", _jpeg2000_in_boxes),
    Trap("jpeg2000-too-precise", "12 bits stored in a stream of 16", _jpeg2000_too_precise),
    Trap("jpeg2000-less-precise", "16 bits said, a stream of 12", _jpeg2000_less_precise),
    Trap("htj2k-in-tiles", "a stream of tiles, cut at the edges", _htj2k_in_tiles, ODD),
    Trap("jpeg-ls-of-its-own-precision", "a JPEG-LS stream of 12 bits and not of words", _jpeg_ls_of_its_own_precision),
    Trap("zeros-behind-the-stream", "a JPEG stream with zeros after its end", _stream_with_zeros_behind),
    Trap("another-family", "JPEG-LS under the name of JPEG Lossless", _another_family, reference=False, because=_CLAIMS),
    Trap("items-called-native", "items under the name of a native syntax", _items_called_native, reference=False, because=_CLAIMS),
    Trap("window-on-unrescaled", "a window given for values before the rescale", _window_on_unrescaled, reference=False, because=_FULL),
    Trap("window-of-width-1", "a window that leaves black and white", _window_of_width(1), reference=False, because=_FULL),
    Trap("window-of-width-0", "a window that is none", _window_of_width(0), reference=False, because=_FULL),
    Trap("first-window-impossible", "an impossible window before a good one", _first_window_impossible, reference=False, because=_FULL),
    Trap("window-empty", "empty WindowCenter and WindowWidth", _window_empty, reference=False, because=_FULL),
    Trap("window-of-unknown-vr", "a window that an archive passed on as UN", _window_of_unknown_vr),
    Trap("function-in-lower-case", "linear_exact in lower case", _function_in_lower_case, reference=False, because="DCMTK does not do LINEAR_EXACT"),
    Trap("window-on-fractions", "a LINEAR window two units wide, which is a ramp of one", _window_on_fractions("LINEAR", 1), reference=False, because=_ROUNDS),
    Trap("exact-window-on-fractions", "a LINEAR_EXACT window two units wide, which is a ramp of two", _window_on_fractions("LINEAR_EXACT", 2), reference=False, because=_ROUNDS),
    Trap("rescale-empty", "empty RescaleSlope and RescaleIntercept", _rescale_empty),
    Trap("voi-sequence-empty", "a VOILUTSequence without items, and a window", _sequence_empty),
    Trap("table-of-65536", "65536 entries, which the descriptor calls 0", _table_of_65536),
    Trap("table-of-bytes", "8-bit entries packed in words", _table_of_bytes),
    Trap("table-first-called-unsigned", "a table from -1024 on whose descriptor is US", _table_first_called_unsigned),
    Trap("table-of-fewer-bits", "12-bit entries, which the descriptor calls 16", _table_of_fewer_bits, reference=False, because=_CLAIMS),
    Trap("table-after-falling-rescale", "slope -1, and a table for the negative values it gives", _table_and_rescale_of_no_use),
    Trap("modality-table", "a modality table and a window on what it gives", _modality_table),
    Trap("padding-inside-the-window", "a padding value of middle grey", _padding_inside_the_window, reference=False, because="DCMTK shows padding"),
    Trap("padding-called-signed", "padding 65535 written as SS -1", _padding_of_another_vr(0, 60000, 65535, -1, "SS"), reference=False, because="DCMTK shows padding"),
    Trap("padding-called-unsigned", "padding -2000 written as US 63536", _padding_of_another_vr(-1000, 3000, -2000, 63536, "US"), reference=False, because="DCMTK shows padding"),
    Trap("extremes-called-signed", "smallest and largest pixel value with the wrong sign", _extremes_of_another_vr),
    Trap("monochrome1-inverse", "the same inversion said twice", _inverted("MONOCHROME1", "INVERSE")),
    Trap("monochrome1-identity", "an inversion said and denied", _inverted("MONOCHROME1", "IDENTITY"), reference=False, because="DCMTK believes the shape"),
    Trap("monochrome2-inverse", "an inversion denied and said", _inverted("MONOCHROME2", "INVERSE")),
    Trap("pixels-higher-than-wide", "a detector whose pixels are twice as high as wide", _high_is_long, stretch=(2, 1), reference=False, because="compared before stretching only"),
    Trap("pixels-wider-than-high", "a captured film with an aspect ratio and no spacing", _wide_is_long, stretch=(1, 2), reference=False, because="compared before stretching only"),
    Trap("no-frames-no-samples", "NumberOfFrames 0 and no SamplesPerPixel", _frames_of_none),
)  # fmt: skip
"""Every trap shows the drawing."""
