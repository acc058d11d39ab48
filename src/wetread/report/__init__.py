"""What a written report is made of: numbers in words, figures that follow the page's theme, sections of sentences."""

from wetread.report.drawing import Drawn, draw
from wetread.report.section import Section, Table

__all__ = ["Drawn", "Section", "Table", "draw"]
