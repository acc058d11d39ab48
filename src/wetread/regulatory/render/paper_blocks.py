"""The blocks of a document as what ReportLab flows over pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from wetread.regulatory.render.blocks import (
    Block,
    Code,
    Figure,
    Heading,
    Kind,
    Listing,
    Paragraph,
    Quote,
    Span,
    Table,
    text,
)
from wetread.regulatory.render.fonts import BOLD, MONO, PLAIN
from wetread.regulatory.render.told import held
from wetread.regulatory.render.widths import shares

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable

__all__ = ["COLUMN", "flow"]

COLUMN = 501.0  # points: how wide text is
_HIGH = 560.0  # points: how high a picture is at most
_SIZES = {1: 20.0, 2: 14.0, 3: 11.5, 4: 10.0}  # of headings by level
_TEXT, _CAPTION, _CODE = 9.5, 8.5, 8.0
_TABLE = {4: 8.5, 6: 7.8, 8: 7.0, 10: 6.2}  # of a table by the most columns that it has
_LEADING = 1.38
_INDENT, _DEEPEST = (
    16,
    8,
)  # points of a list or quote, and how many of them lie in one another before they go no further
_HEADER = 200.0  # points: a header that is higher is not repeated on the next page
_HEADED = 110.0  # points that a heading and the beginning of what follows need
_DOTS = 160 / 72  # of a picture to a point, as pictures are drawn
_INK, _SOFT, _LINK, _RULE, _WASH, _FIELD = "#16202a", "#51606d", "#17607a", "#d5dce1", "#f4f6f8", "#ffe9a8"


def flow(blocks: Iterable[Block], figures: Mapping[str, bytes], depth: int = 0) -> Iterator[Flowable]:
    """Blocks as flowables.

    Parameters
    ----------
    blocks
        What is printed.
    figures
        Pictures by name, as PNG files; one that is missing is said to be missing.
    depth
        In how many lists they stand.
    """
    listed = list(blocks)
    for block, following in zip(listed, [*listed, None][1:], strict=True):
        if isinstance(block, Heading):
            yield _room(following, figures)
        yield from _one(block, figures, depth)


def _room(following: Block | None, figures: Mapping[str, bytes]) -> Flowable:
    """A new page before a heading below which too little of what follows would fit."""
    from reportlab.platypus import CondPageBreak

    needed = _HEADED
    if isinstance(following, Figure) and following.name in figures:
        needed += _drawn(figures[following.name])[1]
    return CondPageBreak(needed)


def _one(block: Block, figures: Mapping[str, bytes], depth: int) -> Iterator[Flowable]:
    from reportlab.platypus import HRFlowable, Preformatted

    match block:
        case Heading():
            yield _heading(block)
        case Paragraph():
            yield _paragraph(block.spans)
        case Listing():
            yield _listing(block, figures, depth)
        case Table():
            yield _table(block)
        case Figure():
            yield from _figure(block, figures)
        case Code():
            yield Preformatted(block.text, _style(_CODE, font=MONO), maxLineLength=100)
        case Quote():
            yield from _quote(block, figures, depth)
        case _:
            yield HRFlowable(width="100%", thickness=0.6, color=_RULE, spaceBefore=6, spaceAfter=6)


@cache
def _style(size: float, font: str = PLAIN, **look: Any) -> ParagraphStyle:
    from reportlab.lib.styles import ParagraphStyle

    asked: dict[str, Any] = {"colour": _INK, "before": 0.0, "after": 5.0, "ground": None, "kept": False} | look
    return ParagraphStyle(
        f"{font} {size} {asked}",
        fontName=font,
        fontSize=size,
        leading=size * _LEADING,
        textColor=asked["colour"],
        spaceBefore=asked["before"],
        spaceAfter=asked["after"],
        backColor=asked["ground"],
        borderPadding=5 if asked["ground"] else 0,
        keepWithNext=asked["kept"],
        splitLongWords=True,
    )


def _markup(spans: Iterable[Span]) -> str:
    """Spans in ReportLab's own markup."""
    return "".join(_marked(span) for span in spans)


def _marked(span: Span) -> str:
    if span.kind is Kind.BREAK:
        return "<br/>"
    marked = escape(held(text([span])))
    if span.code:
        marked = f'<font face="{MONO}" size="-1">{marked}</font>'
    if span.kind in (Kind.HUMAN, Kind.MISSING):
        marked = f'<font backColor="{_FIELD}">{marked}</font>'
    if span.href:
        marked = f'<a href={quoteattr(span.href)} color="{_LINK}">{marked}</a>'
    for tag, on in (("i", span.italic), ("b", span.bold)):
        marked = f"<{tag}>{marked}</{tag}>" if on else marked
    return marked


def _paragraph(spans: Iterable[Span], size: float = _TEXT, **look: Any) -> Flowable:
    from reportlab.platypus import Paragraph as Printed

    return Printed(_markup(spans), _style(size, **look))


def _heading(block: Heading) -> Flowable:
    size = _SIZES.get(block.level, _TEXT)
    bold = (replace(span, bold=True) for span in block.spans)
    made = _paragraph(bold, size, before=size * 0.8, after=4)
    vars(made)["bookmark"] = (text(block.spans), max(block.level - 1, 0))
    return made


def _listing(block: Listing, figures: Mapping[str, bytes], depth: int) -> Flowable:
    from reportlab.platypus import ListFlowable, ListItem

    indent = _INDENT if depth < _DEEPEST else 0
    empty = [_paragraph([])]
    items: list[Any] = [
        ListItem(list(flow(item, figures, depth + 1)) or empty, leftIndent=indent) for item in block.items
    ]
    look: dict[str, Any] = {"bulletFontName": PLAIN, "bulletFontSize": _TEXT, "leftIndent": indent, "spaceAfter": 4}
    if block.start is None:
        return ListFlowable(items, bulletType="bullet", start="•", **look)
    return ListFlowable(items, bulletType="1", start=block.start, bulletFormat="%s.", **look)


def _height(row: Iterable[Flowable], widths: Iterable[float]) -> float:
    return max(cell.wrap(COLUMN * share, _HIGH)[1] for cell, share in zip(row, widths, strict=True))


def _font(look: Span) -> str:
    return MONO if look.code else BOLD if look.bold else PLAIN


def _table(block: Table) -> Flowable:
    from reportlab.pdfbase.pdfmetrics import stringWidth
    from reportlab.platypus import Table as Printed
    from reportlab.platypus import TableStyle

    columns = len(block.header)
    size = next((size for most, size in _TABLE.items() if columns <= most), min(_TABLE.values()))
    head = [_paragraph((replace(span, bold=True) for span in cell), size, after=0) for cell in block.header]
    rows = [[_paragraph(cell, size, after=0) for cell in row] for row in block.rows]
    widths = shares(block, lambda words, look: stringWidth(held(words), _font(look), size), COLUMN)
    made = Printed(
        [head, *rows],
        colWidths=[COLUMN * share for share in widths],
        repeatRows=1 if _height(head, widths) < _HEADER else 0,
        splitInRow=int(
            any(_height(row, widths) > _HIGH for row in (head, *rows))
        ),  # rows stay whole where a page holds them
        spaceBefore=4,
        spaceAfter=10,
    )
    look: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (-1, 0), _WASH),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _RULE),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, _SOFT),
        *((f"{side}PADDING", (0, 0), (-1, -1), 3) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
    ]
    made.setStyle(TableStyle(look))
    return made


def _figure(block: Figure, figures: Mapping[str, bytes]) -> Iterator[Flowable]:
    from reportlab.platypus import Image

    if block.name in figures:
        wide, high = _drawn(figures[block.name])
        picture = Image(BytesIO(figures[block.name]), width=wide, height=high, hAlign="LEFT")
        picture.keepWithNext = True
        yield picture
    else:
        missing = Span(text=f"The picture {block.name} is not in the folder.", italic=True)
        yield _paragraph([missing], colour=_SOFT, kept=True)
    yield _paragraph(block.caption, _CAPTION, colour=_SOFT, after=10)


def _drawn(content: bytes) -> tuple[float, float]:
    """How wide and high a picture is printed, in points."""
    from reportlab.lib.utils import ImageReader

    wide, high = ImageReader(BytesIO(content)).getSize()
    scale = min(1 / _DOTS, COLUMN / wide, _HIGH / high)
    return wide * scale, high * scale


def _quote(block: Quote, figures: Mapping[str, bytes], depth: int) -> Iterator[Flowable]:
    from reportlab.platypus import Indenter

    indent = _INDENT if depth < _DEEPEST else 0
    yield Indenter(left=indent)
    for inner in block.blocks:
        if isinstance(inner, Paragraph):
            yield _paragraph(inner.spans, ground=_WASH, before=6, after=10)
        else:
            yield from _one(inner, figures, depth + 1)
    yield Indenter(left=-indent)
