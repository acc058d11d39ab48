"""Mutations of image files: PNG chunks, TIFF entries, JPEG segments."""

from __future__ import annotations

import struct
import zlib

import numpy as np

from tools.hostile.streams import PIXEL_STREAM, SEGMENTS, damage, segment

__all__ = ["image"]

Rng = np.random.Generator
_MARK = b"\x89PNG\r\n\x1a\n"
_SIDES = (0, 1, 223, 448, 9999, 65535, 0x7FFFFFFF, 0xFFFFFFFF)
_TAGS = (254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 338, 339, 34665)


def image(content: bytes, form: str, rng: Rng) -> tuple[bytes, str]:
    """A broken copy of an image file, and what was done."""
    if form == "png":
        return _png(content, rng)
    if form == "tiff" and rng.random() < 0.7:
        return _tiff(content, rng), "tiff entry"
    if form == "jpeg" and rng.random() < 0.5:
        kind = SEGMENTS[int(rng.integers(len(SEGMENTS)))]
        return segment(content, rng, kind), kind
    kind = PIXEL_STREAM[int(rng.integers(len(PIXEL_STREAM)))]
    return damage(content, rng, kind), kind


def _chunks(content: bytes) -> list[list[bytes]]:
    place, found = len(_MARK), []
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        found.append([content[place + 4 : place + 8], content[place + 8 : place + 8 + length]])
        place += 12 + length
    return found


def _png(content: bytes, rng: Rng) -> tuple[bytes, str]:
    chunks = _chunks(content)
    if not chunks:
        return content[: len(content) // 2], "cut off"
    pick, place = int(rng.integers(7)), int(rng.integers(len(chunks)))
    if pick == 0 and len(chunks[0][1]) == 13:
        sides = [int(rng.choice(_SIDES)) for _ in range(2)]
        chunks[0][1] = struct.pack(">II", *sides) + chunks[0][1][8:]
    elif pick == 1 and len(chunks[0][1]) == 13:
        kinds = bytes(int(rng.choice((0, 1, 2, 3, 4, 6, 8, 16, 255))) for _ in range(5))
        chunks[0][1] = chunks[0][1][:8] + kinds
    elif pick == 2:
        del chunks[place]
    elif pick == 3:
        chunks.insert(int(rng.integers(len(chunks) + 1)), list(chunks[place]))
    elif pick == 4:
        name = (b"iCCP", b"zTXt", b"tRNS", b"PLTE", b"acTL", b"fdAT", b"eXIf", b"qqqq")[int(rng.integers(8))]
        body = b"x\0\0" + zlib.compress(bytes(int(rng.choice((0, 100, 1 << 22)))))
        chunks.insert(1, [name, body])
    elif pick == 5:
        data = bytearray(chunks[place][1])
        for _ in range(int(rng.integers(1, 6)) if data else 0):
            data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
        chunks[place][1] = bytes(data)
    else:
        pixels = zlib.compress(
            rng.integers(0, 256, int(rng.choice((0, 10, 46800, 1 << 20)))).astype(np.uint8).tobytes()
        )
        chunks = [chunk if chunk[0] != b"IDAT" else [b"IDAT", pixels] for chunk in chunks]
    out = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
    return _MARK + out, "png chunk"


def _tiff(content: bytes, rng: Rng) -> bytes:
    """An entry of the first directory changed; the order of the phantoms is little-endian."""
    data = bytearray(content)
    if len(data) < 16:
        return content
    (where,) = struct.unpack_from("<I", data, 4)
    if where + 2 > len(data):
        return content
    (count,) = struct.unpack_from("<H", data, where)
    if not count or where + 2 + 12 * count > len(data):
        return content
    entry = where + 2 + 12 * int(rng.integers(count))
    pick = int(rng.integers(5))
    if pick == 0:
        struct.pack_into("<H", data, entry, int(rng.choice(_TAGS)))
    elif pick == 1:
        struct.pack_into("<H", data, entry + 2, int(rng.choice((0, 1, 2, 3, 4, 5, 7, 12, 16, 255))))
    elif pick == 2:
        struct.pack_into("<I", data, entry + 4, int(rng.choice((0, 1, 2, 1000, 0x3FFFFFFF, 0xFFFFFFFF))))
    elif pick == 3:
        struct.pack_into("<I", data, entry + 8, int(rng.choice((*_SIDES, 8, 16, 32, 5, 7, 8000))))
    else:
        struct.pack_into("<I", data, 4, int(rng.choice((0, 4, 8, where + 2, len(data), 0xFFFFFFF0))))
    return bytes(data)
