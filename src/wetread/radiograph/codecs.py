"""Compressed pictures: what a codestream says of itself, and the codec that reads it.

Every codec here has a permissive licence. pydicom brings its own plugins for JPEG 2000 (pylibjpeg-openjpeg) and
JPEG-LS (pyjpegls); this module adds one for JPEG baseline (simplejpeg), JPEG Lossless, 12-bit JPEG Extended and RLE
(imagecodecs), in the form that `pydicom.pixels.decoders` asks of a plugin, which fills nothing in
(`wetread.radiograph.soundness`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder

from wetread.errors import DecodeError
from wetread.radiograph import soundness

__all__ = ["DECODER_DEPENDENCIES", "Codestream", "decode_frame", "inspect", "is_available"]

DECODER_DEPENDENCIES = {
    uid.JPEGBaseline8Bit: ("numpy", "simplejpeg"),
    uid.JPEGExtended12Bit: ("numpy", "imagecodecs"),
    uid.JPEGLossless: ("numpy", "imagecodecs"),
    uid.JPEGLosslessSV1: ("numpy", "imagecodecs"),
    uid.RLELossless: ("numpy", "imagecodecs"),
}
"""Transfer syntaxes of the plugin and what each needs: pydicom reads this name."""

_PACKAGES = "imagecodecs, simplejpeg, pylibjpeg-openjpeg and pyjpegls"
_LABEL = "wetread"
_NOWHERE = "wetread_reads_no_such_syntax"
_J2K_START = b"\xff\x4f\xff\x51"
_JP2_BOX = b"jP  "
_JPEG_START = b"\xff\xd8\xff"
_JPEG_SYNTAX = {
    0xC0: uid.JPEGBaseline8Bit,
    0xC1: uid.JPEGExtended12Bit,
    0xC3: uid.JPEGLossless,
    0xF7: uid.JPEGLSLossless,
}
_HT_MARKER = b"\xff\x50"  # CAP: the codestream is high-throughput JPEG 2000 (ISO/IEC 15444-15)


@dataclass(frozen=True, slots=True)
class Codestream:
    """What a JPEG or JPEG 2000 codestream says of itself, which is to be believed before the DICOM header.

    Parameters
    ----------
    syntax
        A transfer syntax whose decoders read it.
    rows, columns, components, precision
        Size, samples per pixel and bits per sample.
    signed
        True where the samples are signed (JPEG 2000 only).
    """

    syntax: str
    rows: int
    columns: int
    components: int
    precision: int
    signed: bool = False


def inspect(frame: bytes) -> Codestream | None:
    """Read the header of a JPEG 2000 (ISO/IEC 15444-1 A.5.1) or JPEG (ISO/IEC 10918-1 B.2.2, 14495-1 C.2.2) codestream.

    Returns None where the frame begins with neither, as RLE does.

    Raises
    ------
    DecodeError
        If the header is cut short or of a JPEG process that no codec here reads.
    """
    try:
        if frame.startswith(_JPEG_START):
            return _jpeg(frame)
        if frame[4:8] == _JP2_BOX:  # a JP2 file's boxes before the codestream are not DICOM (PS3.5 A.4.4) but are met
            return _jpeg2000(frame, frame.index(_J2K_START))
        return _jpeg2000(frame, 0) if frame.startswith(_J2K_START) else None
    except (IndexError, ValueError):
        raise DecodeError(
            "the compressed picture ends inside its own header: the file is damaged; send it again"
        ) from None


def decode_frame(
    frame: bytes, syntax: str, *, rows: int, columns: int, bits_allocated: int, bits_stored: int
) -> bytes | memoryview:
    """Decode one grey frame to unpadded little-endian samples of `bits_allocated` bits, rows first.

    Raises
    ------
    DecodeError
        If no codec for `syntax` is installed, all of them fail on the frame, or it cannot hold the picture.
    """
    _register()
    name = uid.UID(syntax).name
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        raise DecodeError(
            f"pictures encoded as {name} are not read: ask for the film uncompressed or in JPEG 2000 Lossless"
        ) from None
    if decoder.is_available:
        soundness.require_room(syntax, (rows, columns), len(frame), bits_allocated=bits_allocated)
    options: dict[str, Any] = {
        "rows": rows, "columns": columns, "bits_allocated": bits_allocated, "bits_stored": bits_stored,
        "samples_per_pixel": 1, "number_of_frames": 1, "pixel_representation": 0,
        "photometric_interpretation": "MONOCHROME2", "pixel_keyword": "PixelData",
    }  # fmt: skip
    try:
        if is_available(syntax):  # asked directly: on its way through pydicom a film is copied four times
            return _samples(frame, uid.UID(syntax), (rows, columns), bits_allocated, bits_stored).data
        buffer, _ = decoder.as_buffer(encapsulate([frame]), index=0, **options)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # codecs raise whatever they like: one in Rust panics past Exception
        if not decoder.is_available:
            raise DecodeError(f"no codec for {name} is installed: reinstall wetread with {_PACKAGES}") from error
        raise DecodeError(
            f"the picture ({name}) cannot be decompressed: it is damaged or cut short; send the film again"
        ) from error
    return buffer if isinstance(buffer, bytes) else bytes(buffer)


def is_available(syntax: str) -> bool:
    """Whether the plugin reads `syntax` here: pydicom asks this."""
    return all(find_spec(name) is not None for name in DECODER_DEPENDENCIES.get(uid.UID(syntax), (_NOWHERE,)))


def _decode_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """The plugin: samples of one grey frame, in 8 or 16 bits by the codestream's precision."""
    if runner.samples_per_pixel != 1:
        raise NotImplementedError("only grey pictures are read here")
    shape = (runner.rows, runner.columns)
    samples = _samples(source, runner.transfer_syntax, shape, runner.bits_allocated, runner.bits_stored)
    runner.set_option("bits_allocated", 8 * samples.dtype.itemsize)
    return bytes(samples.tobytes())


def _samples(frame: bytes, syntax: uid.UID, shape: tuple[int, int], allocated: int, bits: int) -> NDArray[Any]:
    if syntax == uid.RLELossless:
        return soundness.run_lengths(frame, shape[0] * shape[1], allocated)
    lossless = syntax in (uid.JPEGLossless, uid.JPEGLosslessSV1)
    samples: NDArray[Any]
    if not lossless and bits <= 8:
        samples = soundness.jpeg_eight_bits(frame)
    else:
        samples = soundness.jpeg(frame, lossless=lossless)
    if samples.shape != shape:
        raise ValueError(f"the codestream holds {samples.shape}, the header says {shape}")
    return np.ascontiguousarray(samples)


@cache
def _register() -> None:
    """Give pydicom the plugin, once a process and only when something compressed is read."""
    for syntax in DECODER_DEPENDENCIES:
        get_decoder(syntax).add_plugin(_LABEL, (__name__, "_decode_frame"))


def _jpeg(frame: bytes) -> Codestream:
    """Walk the marker segments up to the start of frame."""
    place = 2
    while True:
        while frame[place] != 0xFF or frame[place + 1] == 0xFF:  # fill bytes
            place += 1
        marker = frame[place + 1]
        if marker in _JPEG_SYNTAX:
            _require_end(frame)
            body = place + 4
            rows, columns = _big(frame, body + 1), _big(frame, body + 3)
            return Codestream(_JPEG_SYNTAX[marker], rows, columns, frame[body + 5], frame[body])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            raise DecodeError(
                f"the picture is in JPEG process {marker - 0xC0}, which is not read: ask for the film in another compression"
            )
        place += 2 if 0xD0 <= marker <= 0xD9 or marker == 0x01 else 2 + _big(frame, place + 2)


def _require_end(frame: bytes) -> None:
    """JPEG codecs fill what is missing with grey and say nothing; a film must not be half invented."""
    if b"\xff\xd9" not in frame[-64:]:
        raise DecodeError("the compressed picture ends before its end marker: the file was cut short; send it again")


def _jpeg2000(frame: bytes, start: int) -> Codestream:
    size = start + 4  # the SIZ segment: Lsiz, Rsiz, Xsiz, Ysiz, XOsiz, YOsiz, four of tiles, Csiz, Ssiz
    columns = _big(frame, size + 4, 4) - _big(frame, size + 12, 4)
    rows = _big(frame, size + 8, 4) - _big(frame, size + 16, 4)
    depth = frame[size + 38]
    after = size + _big(frame, size)
    syntax = uid.HTJ2K if frame[after : after + 2] == _HT_MARKER else uid.JPEG2000
    return Codestream(syntax, rows, columns, _big(frame, size + 36), (depth & 0x7F) + 1, bool(depth & 0x80))


def _big(frame: bytes, place: int, length: int = 2) -> int:
    if place + length > len(frame):
        raise IndexError
    return int.from_bytes(frame[place : place + length], "big")
