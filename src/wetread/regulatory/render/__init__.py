"""One document in four formats: a page, a Word file, a PDF, and its JSON twin, all from the same blocks.

Every writer has the signature `(marked, title, figures, claims) -> bytes`, asks no clock, and gives the same bytes for
the same arguments.
"""

from __future__ import annotations

from wetread.regulatory.render.page import html
from wetread.regulatory.render.paper import pdf
from wetread.regulatory.render.twin import twin
from wetread.regulatory.render.word import docx

__all__ = ["docx", "html", "pdf", "twin"]
