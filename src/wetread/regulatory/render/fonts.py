"""The letters of the PDF: DejaVu Sans as matplotlib brings it, for it has ≥, κ and every Latin, Greek, Cyrillic letter."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["BOLD", "MONO", "PLAIN", "register"]

PLAIN, BOLD, MONO = "wetread-sans", "wetread-sans-bold", "wetread-mono"
_FILES = {
    PLAIN: "DejaVuSans.ttf",
    BOLD: "DejaVuSans-Bold.ttf",
    "wetread-sans-italic": "DejaVuSans-Oblique.ttf",
    "wetread-sans-bold-italic": "DejaVuSans-BoldOblique.ttf",
    MONO: "DejaVuSansMono.ttf",
}


@cache
def register() -> None:
    """Make the fonts known to ReportLab, once."""
    import matplotlib as mpl
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for name, file in _FILES.items():
        registerFont(TTFont(name, folder / file))
    plain, bold, italic, both, mono = _FILES
    addMapping(PLAIN, 0, 0, plain)
    addMapping(PLAIN, 1, 0, bold)
    addMapping(PLAIN, 0, 1, italic)
    addMapping(PLAIN, 1, 1, both)
    addMapping(MONO, 0, 0, mono)
    addMapping(MONO, 1, 0, mono)
    addMapping(MONO, 0, 1, mono)
    addMapping(MONO, 1, 1, mono)
