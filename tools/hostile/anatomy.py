"""A DICOM file taken apart into elements, items and fragments, and put together again with any lie in it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["DEFLATED", "UNDEFINED", "Film", "Node", "parse"]

UNDEFINED = 0xFFFFFFFF
DEFLATED, IMPLICIT, BIG = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
_LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_ITEM, _ITEM_END, _END = (0xFFFE, 0xE000), (0xFFFE, 0xE00D), (0xFFFE, 0xE0DD)
PIXELS = (0x7FE0, 0x0010)


@dataclass
class Node:
    """One element, or one item where `tag` is (FFFE,E000); `children` are a sequence's items or an item's elements."""

    tag: tuple[int, int]
    vr: bytes = b""
    value: bytes = b""
    children: list[Node] | None = None
    claimed: int | None = None
    """Length that is written, where it is not the value's own."""
    ended: bool = True
    """Whether an undefined length is closed by its delimiter."""

    def copy(self) -> Node:
        """A copy that shares nothing that a mutation changes."""
        children = None if self.children is None else [child.copy() for child in self.children]
        return Node(self.tag, self.vr, self.value, children, self.claimed, self.ended)

    def write(self, implicit: bool, order: str) -> bytes:
        """The bytes of this element."""
        value = self.value
        if self.children is not None:
            value = b"".join(child.write(implicit, order) for child in self.children)
            if self.claimed == UNDEFINED and self.ended:
                value += struct.pack(order + "HHI", *(_ITEM_END if self.tag == _ITEM else _END), 0)
        length = len(value) if self.claimed is None else self.claimed & UNDEFINED
        head = struct.pack(order + "HH", *self.tag)
        if implicit or self.tag[0] == 0xFFFE:
            return head + struct.pack(order + "I", length) + value
        if self.vr in _LONG:
            return head + self.vr + struct.pack(order + "xxI", length) + value
        return head + self.vr[:2].ljust(2, b"\0") + struct.pack(order + "H", length & 0xFFFF) + value


@dataclass
class Film:
    """A whole file: its preamble, its meta header, its data set, and how the latter is written."""

    syntax: str
    preamble: bytes = bytes(128) + b"DICM"
    meta: list[Node] = field(default_factory=list)
    body: list[Node] = field(default_factory=list)

    def copy(self) -> Film:
        """A copy that shares nothing that a mutation changes."""
        return Film(
            self.syntax, self.preamble, [node.copy() for node in self.meta], [node.copy() for node in self.body]
        )

    def write(self) -> bytes:
        """The bytes of the file."""
        implicit, order = self.syntax == IMPLICIT, ">" if self.syntax == BIG else "<"
        body = b"".join(node.write(implicit, order) for node in self.body)
        if self.syntax == DEFLATED:
            squeeze = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
            body = squeeze.compress(body) + squeeze.flush()
        return self.preamble + b"".join(node.write(False, "<") for node in self.meta) + body

    def nodes(self) -> Iterator[tuple[list[Node], int]]:
        """Every element and item of the data set, as the list that holds it and its place there."""
        yield from _below(self.body)

    def depth(self) -> int:
        """Levels of sequences and items."""
        level, nodes = 0, self.body
        while nodes := [child for node in nodes for child in node.children or ()]:
            level += 1
        return level

    def fragments(self) -> list[Node] | None:
        """Items of a compressed picture, the offset table first; None where it is not compressed or lost."""
        found = next((node for node in self.body if node.tag == PIXELS), None)
        return None if found is None else found.children

    def pixels(self) -> Node | None:
        """The element PixelData."""
        return next((node for node in self.body if node.tag == PIXELS), None)


def _below(nodes: list[Node]) -> Iterator[tuple[list[Node], int]]:
    for place, node in enumerate(nodes):
        yield nodes, place
        if node.children is not None:
            yield from _below(node.children)


def parse(content: bytes) -> Film:
    """Take apart a well-formed file: mutants are never parsed, they are kept in pieces."""
    place, meta = 132, []
    while content[place : place + 2] == b"\x02\x00":
        node, place = _element(content, place, False, "<")
        meta.append(node)
    syntax = next(node.value for node in meta if node.tag == (2, 0x10)).rstrip(b"\0").decode()
    body = content[place:]
    if syntax == DEFLATED:
        body = zlib.decompressobj(-zlib.MAX_WBITS).decompress(body)
    implicit, order = syntax == IMPLICIT, ">" if syntax == BIG else "<"
    nodes, place = [], 0
    while place < len(body):
        node, place = _element(body, place, implicit, order)
        nodes.append(node)
    return Film(syntax, content[:132], meta, nodes)


def _element(data: bytes, place: int, implicit: bool, order: str) -> tuple[Node, int]:
    tag: tuple[int, int] = struct.unpack_from(order + "HH", data, place)
    vr = b""
    if implicit or tag[0] == 0xFFFE:
        (length,) = struct.unpack_from(order + "I", data, place + 4)
        place += 8
    else:
        vr = data[place + 4 : place + 6]
        long = vr in _LONG
        (length,) = struct.unpack_from(order + ("I" if long else "H"), data, place + (8 if long else 6))
        place += 12 if long else 8
    if length != UNDEFINED:
        value = data[place : place + length]
        if vr == b"SQ" and value:
            return Node(tag, vr, children=_items(value, implicit, order)), place + length
        return Node(tag, vr, value), place + length
    children, raw = [], tag == PIXELS
    while True:
        inner: tuple[int, int] = struct.unpack_from(order + "HH", data, place)
        if inner in (_END, _ITEM_END):
            return Node(tag, vr, children=children, claimed=UNDEFINED), place + 8
        if inner == _ITEM and not raw:
            child, place = _item(data, place, implicit, order)
        else:
            child, place = _element(data, place, implicit, order)
        children.append(child)


def _items(data: bytes, implicit: bool, order: str) -> list[Node]:
    place, found = 0, []
    while place < len(data):
        item, place = _item(data, place, implicit, order)
        found.append(item)
    return found


def _item(data: bytes, place: int, implicit: bool, order: str) -> tuple[Node, int]:
    item, after = _element(data, place, implicit, order)
    if item.children is None:
        inside, item.children = 0, []
        while inside < len(item.value):
            child, inside = _element(item.value, inside, implicit, order)
            item.children.append(child)
        item.value = b""
    return item, after
