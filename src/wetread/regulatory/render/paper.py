"""A document as a PDF to print and to file: A4, its fonts inside, the banner on every page."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from wetread.regulatory.claim import Claim
from wetread.regulatory.render import told
from wetread.regulatory.render.blocks import Heading, Span, parse
from wetread.regulatory.render.fonts import BOLD, PLAIN, register
from wetread.regulatory.render.paper_blocks import COLUMN, flow

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import BaseDocTemplate

__all__ = ["pdf"]

_PAGE = (595.0, 842.0)  # A4 in points
_MARGIN, _HEAD, _FOOT = (_PAGE[0] - COLUMN) / 2, 60.0, 48.0
_INK, _SOFT, _WARN, _WASH, _EDGE = "#16202a", "#51606d", "#7a4b00", "#fff6e0", "#e3b04b"
_TOTAL = "pages"  # the form that holds how many pages there are, which is known at the end alone
_SMALL = 7.5


def pdf(marked: str, title: str, figures: Mapping[str, bytes], claims: Mapping[str, Claim]) -> bytes:
    """Make the PDF.

    Parameters
    ----------
    marked, title, claims
        As for the page.
    figures
        Pictures by name, as PNG files.

    Returns
    -------
    bytes
        PDF with headings as bookmarks, "page x of y" and the banner on each page; tables repeat their header and never
        run off the page. It holds no time.
    """
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    del claims  # where a number comes from stands in the page and in the twin
    register()
    written = BytesIO()
    frame = Frame(
        _MARGIN, _FOOT, COLUMN, _PAGE[1] - _HEAD - _FOOT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    made = BaseDocTemplate(written, pagesize=_PAGE, title=title, author="wetread", subject=told.BANNER, invariant=1)
    made.addPageTemplates([PageTemplate(id="page", frames=[frame], onPage=lambda canvas, _: _margins(canvas, title))])
    vars(made)["afterFlowable"] = _Bookmarks(made)  # ReportLab calls it after each flowable
    blocks = (Heading(level=1, spans=(Span(text=title),)), *told.body(parse(marked)))
    made.build(list(flow(blocks, figures)), canvasmaker=_canvas())
    return written.getvalue()


def _canvas() -> Any:
    """A canvas that draws the number of pages into its form once it is known."""
    from reportlab.pdfgen.canvas import Canvas

    class Counting(Canvas):
        def save(self) -> None:
            self.beginForm(_TOTAL, 0, -4, 60, 12)
            self.setFont(PLAIN, _SMALL)
            self.setFillColor(_SOFT)
            self.drawString(0, 0, str(self.getPageNumber() - 1))
            self.endForm()
            super().save()

    return Counting


def _margins(canvas: Canvas, title: str) -> None:
    top = _PAGE[1] - 40
    canvas.setFillColor(_WASH)
    canvas.rect(_MARGIN, top - 5, COLUMN, 17, stroke=0, fill=1)
    canvas.setFillColor(_EDGE)
    canvas.rect(_MARGIN, top - 5, 3, 17, stroke=0, fill=1)
    canvas.setFillColor(_WARN)
    canvas.setFont(BOLD, _SMALL + 0.5)
    canvas.drawString(_MARGIN + 9, top, told.BANNER)
    canvas.setFillColor(_SOFT)
    canvas.setFont(PLAIN, _SMALL)
    canvas.drawString(_MARGIN, 28, title)
    before = f"page {canvas.getPageNumber()} of "
    total = canvas.stringWidth("000", PLAIN, _SMALL)
    start = _MARGIN + COLUMN - total - canvas.stringWidth(before, PLAIN, _SMALL)
    canvas.drawString(start, 28, before)
    canvas.saveState()
    canvas.translate(_MARGIN + COLUMN - total, 28)
    canvas.doForm(_TOTAL)
    canvas.restoreState()


class _Bookmarks:
    """Makes a bookmark of each heading as it is set; a level that a document leaves out is none here either."""

    def __init__(self, made: BaseDocTemplate) -> None:
        self._made = made
        self._count, self._depth = 0, -1

    def __call__(self, flowable: Any) -> None:
        if (bookmark := getattr(flowable, "bookmark", None)) is None:
            return
        title, depth = bookmark
        self._count, self._depth = self._count + 1, min(depth, self._depth + 1)
        self._made.canv.bookmarkPage(f"part-{self._count}")
        self._made.canv.addOutlineEntry(title, f"part-{self._count}", self._depth)
