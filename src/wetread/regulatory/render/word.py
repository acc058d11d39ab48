"""A document as a Word file: real headings, tables and fields, so that people can go on writing in it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from wetread.regulatory.claim import Claim
from wetread.regulatory.render import told
from wetread.regulatory.render.blocks import parse
from wetread.regulatory.render.word_blocks import add

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section

__all__ = ["docx"]

_NO_CLOCK = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP file can hold
_FONT = "Calibri"
_FIELD = ("begin", "instruction", "end")
_SIZES = {1: 22, 2: 15, 3: 12.5, 4: 11}  # points of headings by level
_INK, _SOFT, _WARN = "16202A", "51606D", "7A4B00"


def docx(marked: str, title: str, figures: Mapping[str, bytes], claims: Mapping[str, Claim]) -> bytes:
    """Make the Word file (Office Open XML).

    Parameters
    ----------
    marked, title, claims
        As for the page.
    figures
        Pictures by name, as PNG files.

    Returns
    -------
    bytes
        A4, the banner in the header of each page, "Page x of y" as fields in the footer, open fields highlighted. It
        holds no time: its parts and properties bear fixed dates.
    """
    del claims  # where a number comes from stands in the page and in the twin
    made = _empty(title)
    made.add_heading(title, level=1)
    add(made, told.body(parse(marked)), figures)
    written = BytesIO()
    made.save(written)
    return _timeless(written.getvalue())


def _empty(title: str) -> Document:
    import docx
    from docx.shared import Cm

    made = docx.Document()
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.0)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.0)
    _style(made)
    _margins(section, title)
    properties = made.core_properties
    properties.title, properties.author, properties.comments = title, "wetread", told.BANNER
    properties.last_modified_by, properties.revision, properties.language = "wetread", 1, "en"
    properties.created = properties.modified = datetime(*_NO_CLOCK)
    return made


def _style(made: Document) -> None:
    from docx.shared import Pt, RGBColor

    for name, size in (("Normal", 10.5), *((f"Heading {level}", size) for level, size in _SIZES.items())):
        style: Any = made.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        style.font.color.rgb = RGBColor.from_string(_INK)
        _fonts(style.element.get_or_add_rPr(), _FONT)
        style.paragraph_format.space_after = Pt(5)
        if name != "Normal":
            style.font.bold, style.font.italic = True, False
            style.paragraph_format.space_before, style.paragraph_format.keep_with_next = Pt(size), True
    caption: Any = made.styles["Caption"]
    caption.font.size, caption.font.bold, caption.font.color.rgb = Pt(9), False, RGBColor.from_string(_SOFT)


def _fonts(properties: Any, font: str) -> None:
    """One font for every script: the template's themes name others for some."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{script}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)


def _margins(section: Section, title: str) -> None:
    from docx.shared import Pt, RGBColor

    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    run = head.add_run(told.BANNER)
    run.font.size, run.font.bold, run.font.color.rgb = Pt(8.5), True, RGBColor.from_string(_WARN)
    for part in (f"{title}    Page ", "PAGE", " of ", "NUMPAGES"):
        for step in _FIELD if part.isupper() else ("text",):
            run = foot.add_run(part if step == "text" else "")
            run.font.size, run.font.color.rgb = Pt(8.5), RGBColor.from_string(_SOFT)
            if step != "text":
                _field(run._r, step, part)


def _field(run: Any, step: str, instruction: str) -> None:
    """One step of a field, each in a run of its own, so that its look is that of its runs."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    part: Any = OxmlElement("w:instrText" if step == "instruction" else "w:fldChar")
    if step == "instruction":
        part.set(qn("xml:space"), "preserve")
        part.text = instruction
    else:
        part.set(qn("w:fldCharType"), step)
    run.append(part)


def _timeless(written: bytes) -> bytes:
    """The same archive with fixed dates: python-docx stamps each part with the time of day."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(written)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _NO_CLOCK)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            new.writestr(entry, old.read(name))
    return packed.getvalue()
