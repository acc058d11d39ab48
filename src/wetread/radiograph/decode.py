"""From a DICOM object to its stored values: the bits that PS3.5 8.1.1 says are the picture, and nothing else."""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame

from wetread.errors import DecodeError, NoPixelsError
from wetread.radiograph import codecs, soundness, wavelet
from wetread.radiograph.elements import text

__all__ = ["LARGEST", "Stored", "numbers", "quiet", "stored"]

LARGEST = 100_000_000
"""Pixels of a picture. No radiograph has more, and a damaged or crafted file may claim any size."""

_GREY = ("MONOCHROME1", "MONOCHROME2")
_ITEM = b"\xfe\xff\x00\xe0"  # every encapsulated picture begins with an item (PS3.5 A.4)
_DELIMITER = b"\xfe\xff\xdd\xe0"
_LOSSLESS = frozenset({uid.RLELossless, uid.JPEGLossless, uid.JPEGLosslessSV1, uid.JPEGLSLossless, uid.JPEG2000Lossless, uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL})  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """A picture as it lies in the file, and what its bits mean.

    Parameters
    ----------
    words
        uint8, uint16 or uint32, (rows, columns): the samples as they were found, bits outside the picture included.
    bits
        Bits of a sample that belong to the picture.
    shift
        Unused bits below them (HighBit + 1 - BitsStored).
    signed
        True for two's complement.
    saturate
        True where values beyond the range are a lossy codec's overshoot and are clipped to it; False where the bits
        above it are not the picture's (an old overlay, a repeated sign) and are dropped.
    encoding
        What was decoded, in plain values, for the film's steps.
    levels
        How many levels of a wavelet were left out: each halves the picture.
    whole
        Rows and columns of the whole picture, where levels were left out.
    """

    words: NDArray[np.unsignedinteger[Any]]
    bits: int
    shift: int = 0
    signed: bool = False
    saturate: bool = False
    encoding: dict[str, Any] | None = None
    levels: int = 0
    whole: tuple[int, int] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole picture."""
        rows, columns = self.whole or self.words.shape
        return rows, columns

    @property
    def lowest(self) -> int:
        """Least value that the bits can hold."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def highest(self) -> int:
        """Greatest value that the bits can hold."""
        return self.lowest + (1 << self.bits) - 1

    def values(self, words: NDArray[np.unsignedinteger[Any]] | None = None) -> NDArray[np.int64]:
        """int64 stored values of these words (of the whole picture where none are given)."""
        taken = self.words if words is None else words
        width = 8 * taken.dtype.itemsize
        value = taken.astype(np.int64)
        if self.saturate:
            if self.signed:
                value = value - ((value >> (width - 1)) << width)
            return np.clip(value, self.lowest, self.highest)
        value = (value >> self.shift) & ((1 << self.bits) - 1)
        return value - ((value >> (self.bits - 1)) << self.bits) if self.signed else value


class _Quiet:
    """Warnings off while any thread is inside: `warnings.catch_warnings` alone loses the filters when threads overlap."""

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0
        self._saved: warnings.catch_warnings[None] | None = None

    def enter(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._saved = warnings.catch_warnings()
                self._saved.__enter__()
                warnings.simplefilter("ignore")
            self._inside += 1

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._saved is not None:
                self._saved.__exit__(None, None, None)


_QUIET = _Quiet()


@contextmanager
def quiet() -> Iterator[None]:
    """Silence Python warnings: real films break many small rules, and those that matter are answered for here."""
    _QUIET.enter()
    try:
        yield
    finally:
        _QUIET.leave()


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """All values of an element as finite floats; () where it is missing or empty.

    Raises
    ------
    ValueError
        If something stands there that is no finite number.
    """
    try:
        value = dataset.get(keyword)
        if value is None or (isinstance(value, str) and not value.strip()):
            return ()
        several = tuple(
            float(one) for one in (value if hasattr(value, "__iter__") and not isinstance(value, str) else (value,))
        )
    except Exception as error:  # pydicom converts on access and lets errors of many kinds through
        raise ValueError(f"{keyword} holds no number") from error
    if not all(math.isfinite(one) for one in several):
        raise ValueError(f"{keyword} holds no finite number")
    return several


def stored(dataset: Dataset, *, levels: int = 0) -> Stored:
    """Decode the picture of a grey, single-frame DICOM object. The dataset is left as it is.

    Parameters
    ----------
    dataset
        The object.
    levels
        How many levels of a JPEG 2000 picture's wavelet may be left out (`wetread.radiograph.wavelet`). They are where
        the picture is of the plainest kind and nothing in it must be known pixel by pixel, as padding must.

    Raises
    ------
    NoPixelsError
        If there is no PixelData (7FE0,0010), or no size.
    DecodeError
        If the picture is in colour or has several frames, is damaged or cut short, holds floats, or is in an encoding
        that no installed codec reads.
    """
    with quiet():
        data = _pixel_data(dataset)
        rows, columns = _integer(dataset, "Rows"), _integer(dataset, "Columns")
        if rows < 1 or columns < 1:
            raise NoPixelsError("the object has no Rows and Columns: it is no picture; send the film itself")
        if rows * columns > LARGEST:
            raise DecodeError(f"the header claims {rows} x {columns} pixels, which no radiograph has: it is damaged")
        _require_one_grey_frame(dataset)
        allocated = _integer(dataset, "BitsAllocated")
        if allocated not in (8, 16, 32):
            raise DecodeError(
                f"pictures of {allocated} bits allocated are not read: only 8, 16 and 32; ask for the film in another encoding"
            )
        bits = _integer(dataset, "BitsStored", allocated)
        bits = bits if 1 <= bits <= allocated else allocated
        high = _integer(dataset, "HighBit", bits - 1)
        high = high if bits - 1 <= high < allocated else bits - 1
        signed = _integer(dataset, "PixelRepresentation", 0) == 1
        syntax = _syntax(dataset)
        encapsulated = data.startswith(_ITEM) and (
            syntax is None or syntax.is_encapsulated or len(data) < rows * columns * allocated // 8
        )
        if encapsulated:
            skipped = 0 if signed or high + 1 != bits or "PixelPaddingValue" in dataset else levels
            return _compressed(data, syntax, (rows, columns), allocated, bits, high + 1 - bits, signed, skipped)
        words = _native(dataset, data, syntax, (rows, columns), allocated)
        return Stored(words, bits, high + 1 - bits, signed, encoding=_encoding("uncompressed", bits, high, signed))


def _pixel_data(dataset: Dataset) -> bytes:
    if "FloatPixelData" in dataset or "DoubleFloatPixelData" in dataset:
        raise DecodeError(
            "the picture holds floating point numbers, which no radiograph does: send the film as it was stored"
        )
    if "PixelData" not in dataset:
        raise NoPixelsError(
            "the object has no PixelData: it is a report or a header alone, or was cut short; send the film itself"
        )
    try:
        value = dataset["PixelData"].value
    except Exception as error:
        raise DecodeError("PixelData cannot be read: the file is damaged; send it again") from error
    if not isinstance(value, bytes | bytearray) or not value:
        raise NoPixelsError("PixelData is empty: the picture was left out or lost; send the film again")
    return bytes(value)


def _require_one_grey_frame(dataset: Dataset) -> None:
    photometric = (text(dataset, "PhotometricInterpretation") or "").upper()
    samples, frames = _integer(dataset, "SamplesPerPixel", 1), _integer(dataset, "NumberOfFrames", 1)
    if samples != 1 or (photometric and photometric not in _GREY):
        raise DecodeError(
            "the picture is in colour: a radiograph is MONOCHROME1 or MONOCHROME2 with one sample a pixel"
        )
    if frames > 1:
        raise DecodeError(f"the object holds {frames} frames: a radiograph has one; send the film alone")


def _integer(dataset: Dataset, keyword: str, silent: int = 0) -> int:
    try:
        found = numbers(dataset, keyword)
    except ValueError as error:
        raise DecodeError(
            f"{keyword} holds no number, so the picture cannot be understood: the header is damaged"
        ) from error
    if len(found) > 1:
        raise DecodeError(f"{keyword} holds {len(found)} numbers instead of one: the header is damaged")
    return int(found[0]) if found else silent


def _syntax(dataset: Dataset) -> uid.UID | None:
    """The transfer syntax, or None where the file does not name a known one."""
    named = getattr(dataset, "file_meta", Dataset()).get("TransferSyntaxUID")
    return named if isinstance(named, uid.UID) and named.is_transfer_syntax else None


def _encoding(compression: str, bits: int, high: int, signed: bool, **more: Any) -> dict[str, Any]:
    return {"compression": compression, "bits_stored": bits, "high_bit": high, "signed": signed, **more}


def _native(
    dataset: Dataset, data: bytes, syntax: uid.UID | None, shape: tuple[int, int], allocated: int
) -> NDArray[np.unsignedinteger[Any]]:
    count = shape[0] * shape[1]
    if len(data) * 8 < count * allocated:
        raise DecodeError(
            f"the picture should hold {count * allocated // 8} bytes and holds {len(data)}: the file was cut short; send it again"
        )
    little = (
        syntax.is_little_endian
        if syntax is not None and not syntax.is_encapsulated
        else dataset.original_encoding[1] is not False
    )
    if allocated == 8 and not little and dataset["PixelData"].VR == "OW":  # bytes swapped in pairs (PS3.5 8.1.1)
        data = np.frombuffer(data[: len(data) // 2 * 2], "<u2").byteswap().tobytes() + data[len(data) // 2 * 2 :]
    words = np.frombuffer(data, np.dtype(f"u{allocated // 8}").newbyteorder("<" if little else ">"), count)
    return words.astype(words.dtype.newbyteorder("="), copy=False).reshape(shape)


def _compressed(
    data: bytes,
    syntax: uid.UID | None,
    shape: tuple[int, int],
    allocated: int,
    bits: int,
    shift: int,
    signed: bool,
    levels: int,
) -> Stored:
    try:
        frame = _only_fragment(data) or get_frame(data, 0, number_of_frames=1)
    except Exception as error:
        raise DecodeError(
            "the compressed picture's items cannot be read: the file is damaged or cut short; send it again"
        ) from error
    stream = codecs.inspect(frame)
    if stream is None:
        if syntax is None or not syntax.is_encapsulated:
            raise DecodeError(
                "the picture is compressed in a way that the file does not name: send it again with its meta header"
            )
        width, encoding = allocated, _encoding(syntax.name, bits, bits + shift - 1, signed)
        buffer = codecs.decode_frame(
            frame, syntax, rows=shape[0], columns=shape[1], bits_allocated=width, bits_stored=bits
        )
        return Stored(_words(buffer, shape, width), bits, shift, signed, encoding=encoding)
    _require_match(stream, shape)
    # The header's syntax is kept where it names the same family, for it alone says whether anything was lost.
    used = uid.UID(stream.syntax)
    lossless = (syntax or used) in _LOSSLESS
    width = 8 if stream.precision <= 8 else 16
    if levels and used == uid.JPEG2000 and stream.precision <= bits:
        low = _low(frame, used, shape, stream, levels)
        if low is not None:
            told = {"precision": stream.precision, "stream_signed": False, "resolution": f"1/{1 << levels}"}
            encoding = _encoding((syntax or used).name, bits, bits - 1, False, **told)
            return Stored(low, stream.precision, encoding=encoding, levels=levels, whole=shape)
    buffer = codecs.decode_frame(
        frame, used, rows=shape[0], columns=shape[1], bits_allocated=width, bits_stored=stream.precision
    )
    encoding = _encoding(
        (syntax or used).name, bits, bits + shift - 1, signed, precision=stream.precision, stream_signed=stream.signed
    )
    # The low bits hold the value in two's complement whichever sign the codestream claims, so they alone are believed.
    used_bits = min(bits, stream.precision)
    saturate = not lossless and stream.signed == signed and stream.precision > used_bits and shift == 0
    return Stored(
        _words(buffer, shape, width), used_bits, min(shift, stream.precision - used_bits), signed, saturate, encoding
    )


def _only_fragment(data: bytes) -> bytes | None:
    """The frame where it lies in one fragment, as nearly all do: one copy, where the general way makes several."""
    first = 8 + int.from_bytes(data[4:8], "little")  # behind the offset table
    begin = first + 8
    end = begin + int.from_bytes(data[first + 4 : begin], "little")
    follows = data[end : end + 4]
    if data[first : first + 4] != _ITEM or end > len(data) or (follows != _DELIMITER and follows):
        return None
    return data[begin:end]


def _low(
    frame: bytes, syntax: uid.UID, shape: tuple[int, int], stream: codecs.Codestream, levels: int
) -> NDArray[np.unsignedinteger[Any]] | None:
    """The picture at a lower resolution, or None where it is to be decoded as a whole."""
    found = wavelet.plain(frame)
    if found is None or (found.rows, found.columns, found.precision) != (*shape, stream.precision):
        return None
    soundness.require_room(syntax, shape, len(frame), bits_allocated=8 if stream.precision <= 8 else 16)
    return wavelet.decode(frame, found, levels)


def _require_match(stream: codecs.Codestream, shape: tuple[int, int]) -> None:
    if stream.components != 1:
        raise DecodeError(
            f"the header says grey and the compressed picture has {stream.components} components: it is in colour or damaged"
        )
    if (stream.rows, stream.columns) != shape:
        raise DecodeError(
            f"the header says {shape[0]} x {shape[1]} pixels and the compressed picture is {stream.rows} x {stream.columns}: the film is damaged or not its own"
        )
    if stream.precision > 16:
        raise DecodeError(f"compressed pictures of {stream.precision} bits are not read: ask for the film uncompressed")


def _words(buffer: bytes | memoryview, shape: tuple[int, int], width: int) -> NDArray[np.unsignedinteger[Any]]:
    words = np.frombuffer(buffer, np.dtype(f"<u{width // 8}"))
    if words.size != shape[0] * shape[1]:
        raise DecodeError(
            f"the compressed picture gave {words.size} pixels instead of {shape[0] * shape[1]}: it is damaged; send it again"
        )
    return words.astype(words.dtype.newbyteorder("="), copy=False).reshape(shape)
