"""Films written byte by byte, so that a test can lie in any of them: no library that would put a lie right."""

from __future__ import annotations

import struct

import numpy as np

IMPLICIT, EXPLICIT, BIG, DEFLATED = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.1.99",
)
RLE, BASELINE, EXTENDED = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"
LOSSLESS, LOSSLESS_SV1, LS = "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80"
J2K_LOSSLESS, J2K, HTJ2K = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.201"
COMPUTED = b"1.2.840.10008.5.1.4.1.1.1\0"
NAME = b"SURNAME^NAME"  # a patient's: no message may repeat it

ROWS, COLUMNS = 24, 20
PICTURE = (np.arange(ROWS * COLUMNS, dtype=np.uint16) * 8).reshape(ROWS, COLUMNS)
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = (struct.pack("<HH", 0xFFFE, element) for element in (0xE000, 0xE00D, 0xE0DD))
_LONG = frozenset(b"OB OW OF OD OL OV SQ UC UN UR UT SV UV".split())


def element(
    group: int, number: int, vr: bytes, value: bytes = b"", length: int | None = None, order: str = "<"
) -> bytes:
    """One element in explicit VR, of the length that is claimed (its own where None)."""
    claimed = len(value) if length is None else length
    head = struct.pack(order + "HH", group, number) + vr
    return head + struct.pack(order + ("xxI" if vr in _LONG else "H"), claimed) + value


def implicit(group: int, number: int, value: bytes = b"", length: int | None = None) -> bytes:
    """One element in implicit VR."""
    return struct.pack("<HHI", group, number, len(value) if length is None else length) + value


def item(value: bytes = b"", length: int | None = None) -> bytes:
    """One item of a sequence or of a compressed picture."""
    return ITEM + struct.pack("<I", len(value) if length is None else length) + value


def number(value: int) -> bytes:
    """An unsigned short."""
    return struct.pack("<H", value)


def head(syntax: str = EXPLICIT, *, group_length: int | None = None) -> bytes:
    """Preamble, mark and meta header."""
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    meta = element(2, 1, b"OB", b"\0\1") + element(2, 2, b"UI", COMPUTED) + element(2, 0x10, b"UI", uid)
    length = len(meta) if group_length is None else group_length
    return bytes(128) + b"DICM" + element(2, 0, b"UL", struct.pack("<I", length)) + meta


HEADER: dict[tuple[int, int], tuple[bytes, bytes]] = {
    (0x0008, 0x0016): (b"UI", COMPUTED), (0x0008, 0x0018): (b"UI", b"1.2.3.4\0"), (0x0008, 0x0060): (b"CS", b"CR"),
    (0x0010, 0x0010): (b"PN", NAME), (0x0018, 0x0015): (b"CS", b"CHEST "), (0x0018, 0x5101): (b"CS", b"PA"),
    (0x0028, 0x0002): (b"US", number(1)), (0x0028, 0x0004): (b"CS", b"MONOCHROME2 "),
    (0x0028, 0x0010): (b"US", number(ROWS)), (0x0028, 0x0011): (b"US", number(COLUMNS)),
    (0x0028, 0x0100): (b"US", number(16)), (0x0028, 0x0101): (b"US", number(12)), (0x0028, 0x0102): (b"US", number(11)),
    (0x0028, 0x0103): (b"US", number(0)),
}  # fmt: skip
NATIVE = PICTURE.astype("<u2").tobytes()


def header(changed: dict[tuple[int, int], tuple[bytes, bytes]] | None = None) -> bytes:
    """The elements before the picture, in order, some of them replaced or added."""
    return b"".join(element(*tag, vr, value) for tag, (vr, value) in sorted((HEADER | (changed or {})).items()))


def pixels(value: bytes = NATIVE, length: int | None = None, vr: bytes = b"OW") -> bytes:
    """PixelData."""
    return element(0x7FE0, 0x0010, vr, value, length)


def encapsulated(*fragments: bytes, table: bytes = b"", end: bytes = SEQUENCE_END + bytes(4)) -> bytes:
    """PixelData of undefined length with these fragments."""
    padded = (fragment + b"\0" * (len(fragment) % 2) for fragment in fragments)
    return pixels(item(table) + b"".join(item(fragment) for fragment in padded) + end, UNDEFINED, b"OB")


def size(rows: int, columns: int) -> dict[tuple[int, int], tuple[bytes, bytes]]:
    """Rows and Columns, for `header`."""
    return {(0x0028, 0x0010): (b"US", number(rows)), (0x0028, 0x0011): (b"US", number(columns))}


GOOD = head() + header() + pixels()
