"""Whether a compressed picture can hold, and does hold, all that it promises.

Codecs of the JPEG family were made to show something whatever comes: where bits are missing or make no sense they fill
in and go on. A film must not be half invented, so the fill is looked for here. What no check can find is damage that
leaves the stream well formed: entropy-coded data carry no checksum (`docs/hostile.md` has the measured shares).
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import uid

from wetread.errors import DecodeError

__all__ = ["jpeg", "jpeg_eight_bits", "require_room", "require_whole_jpeg", "run_lengths"]

_END = b"\xff\xd9"
_SCAN = b"\xff\xda\x00\x08\x01"  # start of a scan of one component
_TAIL = 8
"""Bytes before the end marker that are altered to see where the picture takes them up."""
_RESTARTS = b"\xff\xdd\x00\x04"  # definition of a restart interval
_LARGE = 1 << 24
_BLANKEST = 1024
"""Pixels a byte of a large picture: an empty field of 16 million pixels may be coded in less, a film never is."""
# The most pixels that one byte can hold: a run of 128 bytes in two (PS3.5 G.3.1); 64 pixels in a DC and an AC code, or
# one pixel in a code, of one bit each at the least (ISO/IEC 10918-1 F.2.2, H.2).
_MOST_A_BYTE = {uid.JPEGBaseline8Bit: 256, uid.JPEGExtended12Bit: 256, uid.JPEGLossless: 8, uid.JPEGLosslessSV1: 8}
_RLE_RUN = 64
_RLE_HEAD = struct.Struct("<16I")
_RLE_SPARE = 8  # zeros that writers leave behind a segment


def require_room(syntax: str, shape: tuple[int, int], length: int, *, bits_allocated: int) -> None:
    """Refuse, before anything is allocated for it, a picture that so few bytes cannot hold.

    Parameters
    ----------
    syntax
        Transfer syntax of the compressed picture.
    shape, bits_allocated
        Its rows and columns, and the bits of a sample.
    length
        Its bytes.

    Raises
    ------
    DecodeError
        If no such stream can hold the picture, or a large one is emptier than any film.
    """
    count = shape[0] * shape[1]
    if syntax == uid.RLELossless:
        holds = _RLE_RUN * length // (bits_allocated // 8)
    else:
        holds = _MOST_A_BYTE.get(uid.UID(syntax), count) * length
    if count > holds or (count > _LARGE and count > _BLANKEST * length):
        raise DecodeError(
            f"{length} compressed bytes cannot hold a film of {shape[0]} x {shape[1]} pixels: the file is damaged or was"
            " made to harm; send the film again from its source"
        )


def jpeg_eight_bits(frame: bytes) -> NDArray[np.uint8]:
    """Decode a grey 8-bit sequential JPEG, (rows, columns), and take every warning of the codec for an error.

    Raises
    ------
    ValueError
        If data are missing, left over or not to be understood.
    """
    try:
        return _strict(frame)
    except ValueError:
        trimmed = _without_padding(frame)
        if trimmed == frame:
            raise
        return _strict(trimmed)


def require_whole_jpeg(content: bytes) -> None:
    """Refuse a JPEG file of 8 bits that a tolerant codec would fill up; the picture itself is hardly computed.

    Raises
    ------
    ValueError
        As `jpeg_eight_bits`.
    """
    try:
        _strict(content, smaller=8)
    except ValueError:
        trimmed = _without_padding(content)
        if trimmed == content:
            raise
        _strict(trimmed, smaller=8)


def jpeg(frame: bytes, *, lossless: bool) -> NDArray[Any]:
    """Decode a grey JPEG of more than 8 bits, or a lossless one: uint8 or uint16, (rows, columns).

    The codec tells nothing of what it filled in. So the last bytes before the end marker are altered and decoded again:
    in a whole stream that changes the end of the picture and nothing else, in one that lost data the change begins too
    early, and in one that gained some there is none. A lossless stream is decoded by a second codec too, which has to
    come to the same values.

    Raises
    ------
    ValueError
        If the stream is damaged.
    """
    from imagecodecs import jpeg8_decode, jpegsof3_decode

    samples: NDArray[Any] = jpeg8_decode(frame)
    twice = lossless and _RESTARTS not in frame[: frame.find(_SCAN)]  # restarts are unknown to the second codec
    if twice and not np.array_equal(samples >> _point_transform(frame), jpegsof3_decode(frame)):
        raise ValueError("two codecs read different values from this stream")
    altered = _altered_tail(frame)
    if altered == frame:
        raise ValueError("the stream holds next to no data")
    changed = samples != jpeg8_decode(altered)
    units = changed.ravel() if lossless else _blocks(changed)
    places = np.flatnonzero(units)
    # A sample takes one bit at the least, a block two: the altered bytes cannot reach further back than this.
    reach = 8 * _TAIL if lossless else 4 * _TAIL
    if places.size == 0 or int(places[0]) < units.size - reach:
        raise ValueError("the stream's data and its picture end at different places")
    return samples


def run_lengths(frame: bytes, count: int, bits_allocated: int) -> NDArray[Any]:
    """Decode a grey RLE frame (PS3.5 Annex G) of `count` samples to little-endian words.

    Raises
    ------
    ValueError
        If segments are missing, lie outside the frame, or do not hold exactly the picture's bytes.
    """
    from imagecodecs import packbits_decode

    width = bits_allocated // 8
    if len(frame) < _RLE_HEAD.size:
        raise ValueError("the frame ends inside its header")
    segments, *starts = _RLE_HEAD.unpack_from(frame)
    bounds = [*starts[:width], len(frame)]
    if segments != width or bounds[0] < _RLE_HEAD.size or bounds != sorted(bounds):
        raise ValueError("the header's segments are not those of the picture")
    words = np.empty((count, width), dtype=np.uint8)
    for place in range(width):  # the most significant byte of all samples comes first
        data = packbits_decode(frame[bounds[place] : bounds[place + 1]], out=count + _RLE_SPARE)
        if len(data) < count or bytes(data[count:]).strip(b"\0"):
            raise ValueError(f"segment {place + 1} holds {len(data)} bytes instead of {count}")
        words[:, width - 1 - place] = np.frombuffer(data, dtype=np.uint8, count=count)
    return words.view(np.dtype(f"<u{width}")).reshape(count)


def _strict(frame: bytes, *, smaller: int = 1) -> NDArray[np.uint8]:
    from simplejpeg import decode_jpeg

    # Asked for a side of one pixel at the least, it computes the picture `smaller` times smaller.
    sides = {"min_height": 1, "min_width": 1, "min_factor": smaller} if smaller > 1 else {}
    samples: NDArray[np.uint8] = decode_jpeg(frame, colorspace="GRAY", strict=True, **sides)
    return samples[..., 0]


def _point_transform(frame: bytes) -> int:
    """Bits that a lossless scan leaves out at the low end (ISO/IEC 10918-1 H.1.1): the second codec does not put them back."""
    scan = frame.find(_SCAN)
    return frame[scan + 9] & 0x0F if 0 <= scan < len(frame) - 9 else 0


def _without_padding(frame: bytes) -> bytes:
    """The stream without zeros before its end marker, which some writers leave there to make lengths even."""
    end = frame.rfind(_END)
    data = frame[:end].rstrip(b"\0")
    return frame if end < 0 or data.endswith(b"\xff") else data + frame[end:]


def _altered_tail(frame: bytes) -> bytes:
    """The stream with its last data bytes changed; markers and stuffed bytes (FF 00) stay as they are."""
    changed = bytearray(frame)
    end = frame.rfind(_END)
    for place in range(max(end - _TAIL, 2), end):
        if 0xFF not in (frame[place - 1], frame[place]):
            other = changed[place] ^ 0x55
            changed[place] = other if other != 0xFF else other ^ 0x11
    return bytes(changed)


def _blocks(changed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks of 8 x 8 hold a change, in the order in which they are coded."""
    rows, columns = changed.shape
    padded = np.pad(changed, ((0, -rows % 8), (0, -columns % 8)))
    return padded.reshape(-(-rows // 8), 8, -(-columns // 8), 8).any(axis=(1, 3)).ravel()
