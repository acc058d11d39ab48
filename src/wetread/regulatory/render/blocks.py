"""A document as blocks: Markdown with the pen's marks, parsed once, so that every format says the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from wetread.regulatory.pen import MARK

__all__ = [
    "Block",
    "Code",
    "Figure",
    "Heading",
    "Kind",
    "Listing",
    "Paragraph",
    "Quote",
    "Rule",
    "Span",
    "Table",
    "parse",
    "text",
]


class Kind(StrEnum):
    """What a span of text is."""

    TEXT = "text"
    NUMBER = "number"  # from evidence, with a claim
    HUMAN = "human"  # a field that a person has not filled yet
    MISSING = "missing"  # what the evidence does not say
    BREAK = "break"  # a new line


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Text in one look.

    Attributes
    ----------
    kind, text
        What it is, and what is printed.
    key
        A number's key in the claims; a person's field's name.
    bold, italic, code
        How it is set.
    href
        Where it leads; only `http` and `https`.
    """

    kind: Kind = Kind.TEXT
    text: str = ""
    key: str = ""
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; level 1 is the document's title."""

    level: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list; each item is a run of blocks. `start` is the first number of an ordered one, None for bullets."""

    start: int | None
    items: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: cells by row, every row as long as the header."""

    header: tuple[tuple[Span, ...], ...]
    rows: tuple[tuple[tuple[Span, ...], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture by its name, and its caption."""

    name: str
    caption: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Text set as it was typed."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Blocks set apart: the banner, a warning."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A line across the page."""


Block = Heading | Paragraph | Listing | Table | Figure | Code | Quote | Rule

# Marks and fields are taken out before the Markdown is parsed: what stands in them is text, whatever characters it has.
_HELD = re.compile("\ue003(\\d+)\ue004")
_HUMAN = re.compile(r"\[\[HUMAN: ([^:\]]*): (.*?)\]\](?!\])", re.DOTALL)
_MISSING = re.compile(r"\[\[NOT IN THE FOLDER: (.*?)\]\]", re.DOTALL)
# Control characters and halves of letters, which no XML holds; place-holders that are not ours; marks torn apart.
_UNPRINTABLE = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff\ue003\ue004]")
_TORN = re.compile("[\ue000-\ue002]")
_WEB = ("https://", "http://")


@dataclass(slots=True)
class _Shelf:
    held: list[Span] = field(default_factory=list)

    def put(self, span: Span) -> str:
        self.held.append(span)
        return f"\ue003{len(self.held) - 1}\ue004"

    def clear(self, marked: str) -> str:
        """The text with a place-holder for each mark and each open field; what no format can print is told as unknown."""
        printable = _UNPRINTABLE.sub("\ufffd", marked.replace("\r\n", "\n").replace("\r", "\n"))
        free = MARK.sub(lambda found: self.put(Span(kind=Kind.NUMBER, key=found[1], text=_bare(found[2]))), printable)
        free = _TORN.sub("\ufffd", free)
        free = _HUMAN.sub(lambda found: self.put(Span(kind=Kind.HUMAN, key=found[1], text=self._line(found[2]))), free)
        return _MISSING.sub(lambda found: self.put(Span(kind=Kind.MISSING, text=self._line(found[1]).strip("`"))), free)

    def _line(self, held: str) -> str:
        return _bare(" ".join(_HELD.sub(lambda found: self.held[int(found[1])].text, held).split()))

    def spans(self, held: str, look: Span) -> Iterator[Span]:
        """What stands in a run of text, place-holders put back, each in the look of `look`."""
        for index, part in enumerate(_HELD.split(held)):
            if index % 2:
                kept = self.held[int(part)]
                yield replace(look, kind=kept.kind, text=kept.text, key=kept.key)
            elif part:
                yield replace(look, text=part)


def _bare(cell: str) -> str:
    """Without the backslash that keeps a bar from ending a table's cell."""
    return cell.replace("\\|", "|")


def parse(marked: str) -> tuple[Block, ...]:
    """The blocks of a document.

    Parameters
    ----------
    marked
        Markdown (CommonMark and pipe tables, no HTML) with the pen's marks and open fields still in it.
    """
    shelf = _Shelf()
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tree: SyntaxTreeNode = SyntaxTreeNode(reader.parse(shelf.clear(marked)))
    return tuple(_blocks(tree.children, shelf))


def text(spans: Iterable[Span]) -> str:
    """Spans as plain text, as every format prints them."""
    return "".join(_printed(span) for span in spans)


def _printed(span: Span) -> str:
    match span.kind:
        case Kind.HUMAN:
            return f"[[HUMAN: {span.key}: {span.text}]]"
        case Kind.MISSING:
            return f"[[NOT IN THE FOLDER: {span.text}]]"
        case Kind.BREAK:
            return "\n"
        case _:
            return span.text


def _blocks(nodes: Iterable[SyntaxTreeNode], shelf: _Shelf) -> Iterator[Block]:
    for node in nodes:
        match node.type:
            case "heading":
                yield Heading(level=int(node.tag[1]), spans=_inline(node, shelf))
            case "paragraph":
                yield _paragraph(node, shelf)
            case "bullet_list" | "ordered_list":
                start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
                yield Listing(start=start, items=tuple(tuple(_blocks(item.children, shelf)) for item in node.children))
            case "table":
                header, *rows = _rows(node, shelf)
                yield Table(header=header, rows=tuple(rows))
            case "fence" | "code_block":
                yield Code(text=text(shelf.spans(node.content.rstrip("\n"), Span())))
            case "blockquote":
                yield Quote(blocks=tuple(_blocks(node.children, shelf)))
            case "hr":
                yield Rule()
            case kind:  # the reader above gives no other
                raise AssertionError(kind)


def _rows(node: SyntaxTreeNode, shelf: _Shelf) -> Iterator[tuple[tuple[Span, ...], ...]]:
    for part in node.children:
        for row in part.children:
            yield tuple(_inline(cell, shelf) for cell in row.children)


def _paragraph(node: SyntaxTreeNode, shelf: _Shelf) -> Block:
    inner = node.children[0].children
    if len(inner) == 1 and inner[0].type == "image":
        return _figure(inner[0], shelf)
    return Paragraph(spans=_inline(node, shelf))


def _figure(image: SyntaxTreeNode, shelf: _Shelf) -> Figure:
    name = PurePosixPath(str(image.attrs["src"])).stem
    return Figure(name=name, caption=tuple(_spans(image.children, shelf, Span())))


def _inline(node: SyntaxTreeNode, shelf: _Shelf) -> tuple[Span, ...]:
    return tuple(span for part in node.children for span in _spans(part.children, shelf, Span()))


def _spans(nodes: Iterable[SyntaxTreeNode], shelf: _Shelf, look: Span) -> Iterator[Span]:
    for node in nodes:
        match node.type:
            case "text":
                yield from shelf.spans(node.content, look)
            case "code_inline":
                yield from shelf.spans(node.content, replace(look, code=True))
            case "softbreak":
                yield replace(look, text=" ")
            case "hardbreak":
                yield Span(kind=Kind.BREAK)
            case "strong":
                yield from _spans(node.children, shelf, replace(look, bold=True))
            case "em":
                yield from _spans(node.children, shelf, replace(look, italic=True))
            case "link":
                href = str(node.attrs["href"])
                yield from _spans(node.children, shelf, replace(look, href=href if href.startswith(_WEB) else ""))
            case _:  # a picture inside a sentence: its words stand for it
                yield from _spans(node.children, shelf, look)
