"""Mutations of pictures: fragments, codestream segments, run-length headers, and bits inside entropy-coded data."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np

from tools.hostile.anatomy import UNDEFINED, Film, Node

__all__ = ["FRAGMENTS", "PIXEL_STREAM", "SEGMENTS", "damage", "segment"]

Rng = np.random.Generator
_JPEG_SCAN, _J2K_DATA = 0xDA, 0x93
_BARE = frozenset((0xD8, 0xD9, 0x4F, 0x93, *range(0xD0, 0xD8)))
_LIES = (0, 1, 2, 3, 0x7FFE, 0x8000, 0xFFFF)
_WIDE = (0, 1, 60000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def damage(stream: bytes, rng: Rng, kind: str) -> bytes:
    """Break what lies behind the headers: the coded pixels."""
    start = min(_coded(stream), max(len(stream) - 2, 0))
    end = len(stream) - 2 if stream[-3:].rstrip(b"\0")[-2:] == b"\xff\xd9" else len(stream)
    if end - start < 4:
        return stream
    data = bytearray(stream)
    place = int(rng.integers(start, end - 1))
    run = min(int(rng.choice((1, 8, 64, 512))), end - place)
    if kind == "flip":
        for _ in range(int(rng.choice((1, 1, 1, 2, 8)))):
            data[int(rng.integers(start, end))] ^= 1 << int(rng.integers(8))
    elif kind == "zeros":
        data[place : place + run] = bytes(run)
    elif kind == "noise":
        data[place : place + run] = rng.integers(0, 256, run).astype(np.uint8).tobytes()
    elif kind == "cut out":
        del data[place : place + run]
    elif kind == "repeat":
        data[place:place] = data[place : place + run]
    elif kind == "marker":
        data[place : place + 2] = bytes((0xFF, int(rng.choice((0xD0, 0xD7, 0xD8, 0xD9, 0x90, 0x91, 0xC4, 0xFF)))))
    elif kind == "ended early":
        del data[place:end]
    elif kind == "cut off":
        del data[place:]
    return bytes(data)


PIXEL_STREAM = ("flip", "zeros", "noise", "cut out", "repeat", "marker", "ended early", "cut off")
"""Damage to the coded pixels alone: header and codestream header stay true."""


def segment(stream: bytes, rng: Rng, kind: str) -> bytes:
    """Break one segment of a JPEG or JPEG 2000 header, or an entry of a run-length header."""
    if stream[:1] != b"\xff":
        return _run_length(stream, rng)
    found = _segments(stream)
    if not found:
        return stream
    start, end = found[int(rng.integers(len(found)))]
    data = bytearray(stream)
    if kind == "segment field":
        width = int(rng.choice((1, 1, 2, 4)))
        place = int(rng.integers(start + 4, max(end - width, start + 4) + 1))
        value = int(rng.integers(256)) if width == 1 else int(rng.choice(_LIES if width == 2 else _WIDE))
        data[place : place + width] = value.to_bytes(width, "big")
    elif kind == "segment length":
        data[start + 2 : start + 4] = int(rng.choice((*_LIES, end - start - 1, end - start - 3))).to_bytes(2, "big")
    elif kind == "segment deleted":
        del data[start:end]
    elif kind == "segment twice":
        data[end:end] = data[start:end]
    elif kind == "segment moved":
        piece = bytes(data[start:end])
        del data[start:end]
        where = found[int(rng.integers(len(found)))][0]
        where = where if where < start else max(where - len(piece), 2)
        data[where:where] = piece
    elif kind == "size":
        _size(data, found, rng)
    return bytes(data)


SEGMENTS = ("segment field", "segment length", "segment deleted", "segment twice", "segment moved", "size")


def _segments(stream: bytes) -> list[tuple[int, int]]:
    """Start and end of every marker segment before the coded pixels."""
    place, found = 2, []
    while place + 4 <= len(stream) and stream[place] == 0xFF:
        marker = stream[place + 1]
        if marker in _BARE:
            if marker == _J2K_DATA:
                break
            place += 2
            continue
        end = place + 2 + int.from_bytes(stream[place + 2 : place + 4], "big")
        found.append((place, min(end, len(stream))))
        place = end
        if marker == _JPEG_SCAN:
            break
    return found


def _coded(stream: bytes) -> int:
    if stream[:1] != b"\xff":
        return 64
    found = _segments(stream)
    return found[-1][1] if found else 2


def _size(data: bytearray, found: list[tuple[int, int]], rng: Rng) -> None:
    """Rows and columns that lie (SIZ or SOF)."""
    for start, _ in found:
        if data[start + 1] == 0x51:
            for place in (start + 6, start + 10) if rng.random() < 0.5 else (start + 22, start + 26):
                data[place : place + 4] = int(rng.choice(_WIDE)).to_bytes(4, "big")
        elif data[start + 1] in (0xC0, 0xC1, 0xC3, 0xF7):
            for place in (start + 5, start + 7):
                data[place : place + 2] = int(rng.choice((0, 1, 223, 225, 448, 60000, 65535))).to_bytes(2, "big")


def _run_length(stream: bytes, rng: Rng) -> bytes:
    words = list(struct.unpack("<16I", stream[:64].ljust(64, b"\0")))
    place = int(rng.integers(4))
    lies = (0, 1, 2, 15, 16, 64, 65, len(stream) - 1, len(stream), 0x7FFFFFFF, 0xFFFFFFFF)
    words[place] = int(rng.choice(lies))
    return struct.pack("<16I", *words) + stream[64:]


def fragment_lies(film: Film, rng: Rng) -> None:
    """The length of an item that lies."""
    items = film.fragments()
    if items:
        node = items[int(rng.integers(len(items)))]
        own = len(node.value)
        node.claimed = int(rng.choice((0, 1, own - 2, own + 2, own + 8, 0x7FFFFFFE, 0x80000000, UNDEFINED))) & UNDEFINED


def fragment_moved(film: Film, rng: Rng) -> None:
    """Fragments deleted, doubled, emptied, swapped or split."""
    items = film.fragments()
    if not items:
        return
    place, pick = int(rng.integers(len(items))), int(rng.integers(5))
    node = items[place]
    if pick == 0:
        del items[place]
    elif pick == 1:
        items.insert(place, node.copy())
    elif pick == 2:
        node.value = b""
    elif pick == 3:
        items.reverse()
    else:
        half = len(node.value) // 4 * 2
        items[place : place + 1] = [Node(node.tag, value=node.value[:half]), Node(node.tag, value=node.value[half:])]


def offsets(film: Film, rng: Rng) -> None:
    """An offset table that lies."""
    items = film.fragments()
    if items:
        words = rng.choice((0, 1, 7, 8, 0x7FFFFFFF, 0xFFFFFFFF), int(rng.integers(0, 6)))
        items[0].value = b"".join(struct.pack("<I", int(word)) for word in words) + b"\0" * int(rng.choice((0, 0, 1)))


def matryoshka(film: Film, rng: Rng) -> None:
    """A picture inside a picture: items in a fragment, or the whole file as a fragment."""
    items = film.fragments()
    if items:
        inner = b"".join(item.write(False, "<") for item in items) if rng.random() < 0.5 else film.write()
        items[-1].value = inner + b"\0" * (len(inner) % 2)


def unended(film: Film, rng: Rng) -> None:
    """A compressed picture without its end, or with a length of its own."""
    node = film.pixels()
    if node is not None and node.children is not None:
        node.ended = False
        if rng.random() < 0.5:
            node.claimed = int(rng.choice((0, 8, 0x7FFFFFFE, 0xFFFFFFFE)))


FRAGMENTS: dict[str, Callable[[Film, Rng], None]] = {
    "fragment length": fragment_lies, "fragments": fragment_moved, "offset table": offsets, "nested frame": matryoshka,
    "no end": unended,
}  # fmt: skip
