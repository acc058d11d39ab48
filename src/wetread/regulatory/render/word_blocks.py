"""The blocks of a document in a Word file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

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
from wetread.regulatory.render.told import held
from wetread.regulatory.render.widths import shares

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph as WordParagraph

__all__ = ["add"]

_MONO, _LINK, _WASH, _RULE = "Consolas", "17607A", "EEF1F3", "B9C3CB"
_WIDE, _HIGH = 17.0, 19.0  # centimetres between the margins: what a table or a picture may take
_TABLE = {4: 9.5, 6: 8.5, 8: 7.5, 10: 6.5}  # points of a table's text by the most columns that it has
_LETTER = 0.62  # of the size: how wide a letter is, on the safe side for the fonts that stand in for Calibri
_DEEPEST = 3  # levels of lists that the template has styles for


def add(made: Document, blocks: Iterable[Block], figures: Mapping[str, bytes]) -> None:
    """Add blocks to the end of a document.

    Parameters
    ----------
    made
        Where to.
    blocks
        What.
    figures
        Pictures by name, as PNG files; one that is missing is said to be missing.
    """
    for block in blocks:
        _one(made, block, figures)


def _one(made: Document, block: Block, figures: Mapping[str, bytes]) -> None:
    match block:
        case Heading():
            _write(made.add_heading(level=block.level), block.spans)
        case Paragraph():
            _write(made.add_paragraph(), block.spans)
        case Listing():
            _listing(made, block, figures, 1)
        case Table():
            _table(made, block)
        case Figure():
            _figure(made, block, figures)
        case Code():
            _code(made, block)
        case Quote():
            _quote(made, block, figures)
        case _:
            _edge(made.add_paragraph(), "bottom")


def _write(paragraph: WordParagraph, spans: Iterable[Span], size: float | None = None, *, bold: bool = False) -> None:
    from docx.enum.text import WD_COLOR_INDEX
    from docx.shared import Pt, RGBColor

    for span in spans:
        run = paragraph.add_run(held(text([span])))
        run.bold, run.italic = span.bold or bold or None, span.italic or None
        if size:
            run.font.size = Pt(size)
        if span.code:
            run.font.name = _MONO
        if span.kind in (Kind.HUMAN, Kind.MISSING):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        if span.href:
            run.font.color.rgb, run.font.underline = RGBColor.from_string(_LINK), True
            _link(paragraph, run, span.href)


def _link(paragraph: WordParagraph, run: Any, href: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link: Any = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run._r.addprevious(link)
    link.append(run._r)


def _listing(made: Document, block: Listing, figures: Mapping[str, bytes], depth: int) -> None:
    numbering = None if block.start is None else _numbering(made, block.start)
    kind = "List Bullet" if block.start is None else "List Number"
    style = kind if depth == 1 else f"{kind} {min(depth, _DEEPEST)}"
    for item in block.items:
        for index, inner in enumerate(item):
            if isinstance(inner, Listing):
                _listing(made, inner, figures, depth + 1)
            elif isinstance(inner, Paragraph):
                paragraph = made.add_paragraph(style=style if index == 0 else "List Continue")
                if numbering is not None and index == 0:
                    _numbered(paragraph, numbering)
                _write(paragraph, inner.spans)
            else:
                _one(made, inner, figures)


def _numbering(made: Document, start: int) -> int:
    """A numbering of its own for each ordered list: the template's goes on from list to list."""
    styles: Any = made.styles
    part: Any = made.part.numbering_part
    own = styles["List Number"].element.pPr.numPr.numId.val
    abstract = next(num.abstractNumId.val for num in part.element.num_lst if num.numId == own)
    num = part.element.add_num(abstract)
    num.add_lvlOverride(ilvl=0).add_startOverride(start)
    return int(num.numId)


def _numbered(paragraph: WordParagraph, numbering: int) -> None:
    properties: Any = paragraph._p.get_or_add_pPr()
    properties.get_or_add_numPr().get_or_add_ilvl().val = 0
    properties.get_or_add_numPr().get_or_add_numId().val = numbering


def _table(made: Document, block: Table) -> None:
    from docx.shared import Cm

    columns = len(block.header)
    size = next((size for most, size in _TABLE.items() if columns <= most), min(_TABLE.values()))
    grid = made.add_table(rows=1 + len(block.rows), cols=columns, style="Table Grid")
    grid.autofit = False
    _lines(grid._tbl.tblPr)
    page = Cm(_WIDE).pt / (_LETTER * size)
    widths = [Cm(_WIDE * share) for share in shares(block, page=page)]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    for row, cells in zip(grid.rows, (block.header, *block.rows), strict=True):
        _row(row, cells, widths, size, is_header=cells is block.header)
    made.add_paragraph().paragraph_format.space_after = 0


def _row(row: Any, cells: Sequence[Iterable[Span]], widths: Sequence[int], size: float, *, is_header: bool) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_header:
        properties.append(OxmlElement("w:tblHeader"))
    for cell, spans, width in zip(row.cells, cells, widths, strict=True):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        _write(paragraph, spans, size, bold=is_header)
        if is_header:
            _shade(cell._tc.get_or_add_tcPr())


def _lines(properties: Any) -> None:
    """Thin lines between rows, none between columns."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders: Any = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line: Any = OxmlElement(f"w:{side}")
        flat = side in ("top", "bottom", "insideH")
        for name, value in (("val", "single" if flat else "nil"), ("sz", "4"), ("space", "0"), ("color", _RULE)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def _shade(properties: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade: Any = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", _WASH)):
        shade.set(qn(f"w:{name}"), value)
    properties.append(shade)


def _figure(made: Document, block: Figure, figures: Mapping[str, bytes]) -> None:
    from docx.shared import Cm

    if block.name in figures:
        paragraph = made.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        shape: Any = paragraph.add_run().add_picture(BytesIO(figures[block.name]))
        scale = min(1.0, Cm(_WIDE) / shape.width, Cm(_HIGH) / shape.height)
        shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
        shape._inline.docPr.set("descr", text(block.caption))
    else:
        made.add_paragraph().add_run(f"The picture {block.name} is not in the folder.").italic = True
    _write(made.add_paragraph(style="Caption"), block.caption)


def _code(made: Document, block: Code) -> None:
    from docx.shared import Pt

    run = made.add_paragraph().add_run(block.text)
    run.font.name, run.font.size = _MONO, Pt(9)


def _quote(made: Document, block: Quote, figures: Mapping[str, bytes]) -> None:
    from docx.shared import Cm

    for inner in block.blocks:
        if isinstance(inner, Paragraph):
            paragraph = made.add_paragraph()
            paragraph.paragraph_format.left_indent = Cm(0.6)
            _edge(paragraph, "left")
            _write(paragraph, inner.spans)
        else:
            _one(made, inner, figures)


def _edge(paragraph: WordParagraph, side: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    edge: Any = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", "18" if side == "left" else "6"), ("space", "8"), ("color", _LINK)):
        edge.set(qn(f"w:{name}"), value)
    borders: Any = OxmlElement("w:pBdr")
    borders.append(edge)
    properties: Any = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
