"""Mutations of elements: tags, representations, lengths, values, order and nesting."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np

from tools.hostile.anatomy import UNDEFINED, Film, Node

__all__ = ["ELEMENTS"]

Rng = np.random.Generator
_VRS = b"AE AS AT CS DA DS DT FL FD IS LO LT OB OD OF OL OW PN SH SL SQ SS ST TM UC UI UL UN UR US UT ZZ".split()
_NUMBERS = (0, 1, 2, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33, 255, 256, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF)
_LENGTHS = (0, 1, 2, 3, 7, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, UNDEFINED)
_TEXTS = (
    b"", b"\0", b"\\", b"0", b"-1", b"1e400", b"-1e308", b"1e-320", b"NaN", b"inf", b"1\\2\\3\\4", b"abc", b"\xff\xfe\xc3",
    b"\x1b$B;3ED\x1b(B", b"\x1b\x1b", b"MONOCHROME1", b"PALETTE COLOR", b"PA", b"LATERAL", b"CHEST", b"LINEAR_EXACT",
    b"ISO 2022 IR 87", b"ISO_IR 192", b"GB18030", b"9" * 400, b"A\\" * 300, b"../../etc/passwd", b"%s%n{0}", b"\n\r\t\x0b",
)  # fmt: skip
# The elements on which the picture rests: changed more often than by chance.
_VITAL = (
    (0x0008, 0x0005), (0x0010, 0x1010), (0x0018, 0x5101), (0x0028, 0x0002), (0x0028, 0x0004), (0x0028, 0x0008),
    (0x0028, 0x0010), (0x0028, 0x0011), (0x0028, 0x0030), (0x0028, 0x0034), (0x0028, 0x0100), (0x0028, 0x0101),
    (0x0028, 0x0102), (0x0028, 0x0103), (0x0028, 0x0120), (0x0028, 0x0121), (0x0028, 0x1050), (0x0028, 0x1051),
    (0x0028, 0x1052), (0x0028, 0x1053), (0x0028, 0x1056), (0x0028, 0x3000), (0x0028, 0x3002), (0x0028, 0x3006),
    (0x0028, 0x3010), (0x0054, 0x0220), (0x2050, 0x0020), (0x7FE0, 0x0010),
)  # fmt: skip
_DEEPEST = 180  # levels of a film that is nested once more: taking it apart and writing it recurses
_WORDS = (b"US", b"SS")


def _any(film: Film, rng: Rng) -> tuple[list[Node], int] | None:
    places = list(film.nodes())
    if not places:
        return None
    vital = [(nodes, place) for nodes, place in places if nodes[place].tag in _VITAL]
    chosen = vital if vital and rng.random() < 0.6 else places
    return chosen[int(rng.integers(len(chosen)))]


def _header(film: Film, rng: Rng) -> Node | None:
    """An element with a value that is not the picture."""
    for _ in range(8):
        found = _any(film, rng)
        if found and (node := found[0][found[1]]).children is None and node.tag[0] not in (0x7FE0, 0xFFFE):
            return node
    return None


def number(film: Film, rng: Rng) -> None:
    """A binary number at a boundary, or a text that is none."""
    node = _header(film, rng)
    if node is None:
        return
    order = ">" if film.syntax.endswith("1.2.2") else "<"
    if node.vr in _WORDS or (not node.vr and len(node.value) == 2):
        node.value = struct.pack(order + "H", int(rng.choice(_NUMBERS)))
    else:
        node.value = _TEXTS[int(rng.integers(len(_TEXTS)))]


def text(film: Film, rng: Rng) -> None:
    """A text where it may not belong."""
    node = _header(film, rng)
    if node is not None:
        node.value = _TEXTS[int(rng.integers(len(_TEXTS)))]


def noise(film: Film, rng: Rng) -> None:
    """Some of a value's bytes thrown."""
    node = _header(film, rng)
    if node is not None and node.value:
        value = bytearray(node.value)
        for _ in range(int(rng.integers(1, 5))):
            value[int(rng.integers(len(value)))] = int(rng.integers(256))
        node.value = bytes(value)


def long(film: Film, rng: Rng) -> None:
    """A value far longer than its representation allows."""
    node = _header(film, rng)
    if node is not None:
        node.value = (node.value or b"1") * int(rng.choice((40, 700, 9000)))
        node.value = node.value[: 0xFFFE if node.vr not in (b"OB", b"OW", b"UN", b"UT") else None]


def representation(film: Film, rng: Rng) -> None:
    """Another value representation."""
    found = _any(film, rng)
    if found:
        found[0][found[1]].vr = _VRS[int(rng.integers(len(_VRS)))]


def tag(film: Film, rng: Rng) -> None:
    """Another tag: a neighbour's, a private one, or one of the vital."""
    found = _any(film, rng)
    if not found:
        return
    node = found[0][found[1]]
    pick = int(rng.integers(4))
    if pick == 0:
        node.tag = _VITAL[int(rng.integers(len(_VITAL)))]
    elif pick == 1:
        node.tag = (node.tag[0] | 1, node.tag[1])
    else:
        node.tag = (node.tag[0] ^ (1 << int(rng.integers(16))), node.tag[1] ^ (1 << int(rng.integers(16))))


def length(film: Film, rng: Rng) -> None:
    """A length that lies."""
    found = _any(film, rng)
    if found:
        node = found[0][found[1]]
        own = len(node.value)
        node.claimed = int(rng.choice((*_LENGTHS, own + 1, own + 2, max(own - 1, 0), max(own - 2, 0), own + 4096)))
        node.ended = bool(rng.random() < 0.5)


def delete(film: Film, rng: Rng) -> None:
    """One element less."""
    found = _any(film, rng)
    if found:
        del found[0][found[1]]


def duplicate(film: Film, rng: Rng) -> None:
    """One element twice, beside itself or anywhere."""
    found = _any(film, rng)
    if found:
        nodes, place = found
        where = nodes if rng.random() < 0.5 else film.body
        where.insert(int(rng.integers(len(where) + 1)), nodes[place].copy())


def reorder(film: Film, rng: Rng) -> None:
    """Elements out of order."""
    if len(film.body) > 2:
        first, second = (int(place) for place in rng.integers(len(film.body), size=2))
        film.body[first], film.body[second] = film.body[second], film.body[first]


def nest(film: Film, rng: Rng) -> None:
    """An element inside sequences, some or hundreds deep, closed or not."""
    found = _any(film, rng)
    if not found or film.depth() > _DEEPEST:
        return
    nodes, place = found
    inner, deep = nodes[place].copy(), int(rng.choice((1, 3, 40, 90)))
    undefined, ended = bool(rng.random() < 0.6), bool(rng.random() < 0.7)
    claimed = UNDEFINED if undefined else None
    sequence = ((0x0008, 0x1140), (0x0028, 0x3010), (0x0054, 0x0220), (0x0029, 0x1010))[int(rng.integers(4))]
    for _ in range(deep):
        item = Node((0xFFFE, 0xE000), children=[inner], claimed=claimed, ended=ended)
        inner = Node(sequence, b"SQ", children=[item], claimed=claimed, ended=ended)
    nodes[place] = inner


def table(film: Film, rng: Rng) -> None:
    """A lookup table put in, or the one there changed in its descriptor or its data."""
    order = ">" if film.syntax.endswith("1.2.2") else "<"
    descriptor = next((n[p] for n, p in film.nodes() if n[p].tag == (0x0028, 0x3002)), None)
    if descriptor is not None and rng.random() < 0.7:
        words = [int(rng.choice((*_NUMBERS, 4096, 16384))) for _ in range(int(rng.choice((3, 3, 3, 1, 2, 4))))]
        descriptor.value = struct.pack(f"{order}{len(words)}H", *words)
        return
    count = int(rng.choice((0, 1, 2, 256, 4096)))
    data = rng.integers(0, 256, int(rng.choice((0, 1, count, 2 * count, 2 * count + 2)))).astype(np.uint8).tobytes()
    entry = (count, int(rng.choice(_NUMBERS)), int(rng.choice((0, 8, 10, 16, 255))))
    parts = [
        Node((0x0028, 0x3002), _WORDS[int(rng.integers(2))], struct.pack(order + "3H", *entry)),
        Node((0x0028, 0x3006), (b"US", b"OW", b"SS", b"LO")[int(rng.integers(4))], data[:0xFFFE]),
    ]
    where = ((0x0028, 0x3000), (0x0028, 0x3010))[int(rng.integers(2))]
    film.body = [node for node in film.body if node.tag != where]
    film.body.append(Node(where, b"SQ", children=[Node((0xFFFE, 0xE000), children=parts)]))
    film.body.sort(key=lambda node: node.tag)


def syntax(film: Film, rng: Rng) -> None:
    """A meta header that names another transfer syntax, none, or nonsense; or lies in its own length."""
    named = next((node for node in film.meta if node.tag == (2, 0x10)), None)
    pick = int(rng.integers(6))
    if pick == 0 and film.meta:
        film.meta[0].value = struct.pack("<I", int(rng.choice(_LENGTHS)))
    elif pick == 1 and named is not None:
        film.meta.remove(named)
    elif pick == 2:
        film.meta = []
    elif pick == 3:
        film.preamble = (b"II*\0" + film.preamble[4:], b"MZ" + film.preamble[2:], b"")[int(rng.integers(3))]
    elif named is not None:
        names = (
            "1.2",
            "1.2.1",
            "1.2.2",
            "1.2.1.99",
            "1.2.5",
            "1.2.4.50",
            "1.2.4.57",
            "1.2.4.80",
            "1.2.4.90",
            "1.2.4.100",
            "9.9",
        )
        named.value = b"1.2.840.10008." + names[int(rng.integers(len(names)))].encode()


ELEMENTS: dict[str, Callable[[Film, Rng], None]] = {
    "number": number, "text": text, "value noise": noise, "long value": long, "representation": representation, "tag": tag,
    "length": length, "delete": delete, "duplicate": duplicate, "reorder": reorder, "nest": nest, "table": table,
    "syntax": syntax,
}  # fmt: skip
