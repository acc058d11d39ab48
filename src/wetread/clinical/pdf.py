"""The encapsulated PDF: one page for the chart, with the patient's identity, the reading and the film."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydicom.dataset import Dataset

from wetread.clinical import concepts, drawing, facts, showing
from wetread.clinical.envelope import predecessors, seal
from wetread.clinical.facts import Statement
from wetread.clinical.kinds import KINDS
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.errors import SourceError
from wetread.inference.reading import Reading

if TYPE_CHECKING:
    from PIL.Image import Image
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

__all__ = ["UNWRITTEN", "build", "page"]

UNWRITTEN = "in letters that this page cannot print: see the DICOM header"
"""Stands for a name, or the part of one, whose letters the page's font has not."""

_FONT = Path(__file__).parent / "fonts" / "DejaVuSans-subset.ttf"
_WIDTH, _HEIGHT, _MARGIN = 595.0, 842.0, 42.0  # A4 in points
_TOP = _HEIGHT - 64  # below the band
_YELLOW, _INK, _SOFT = (1.0, 0.82, 0.1), (0.08, 0.1, 0.12), (0.35, 0.4, 0.45)
_SIZES = (9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5, 4.0)
_LEADING = 1.35
_PICTURE = (230.0, 250.0)  # points: at most so wide and high
_PIXELS = 640  # of the picture's longer side: 180 dots an inch and more
_GAP = 14.0
_NO_CLOCK = b"D:20000101000000+00'00'"
"""What ReportLab writes for a date where it is kept from looking at the clock."""


class _Row(NamedTuple):
    label: str
    value: str


def build(
    reading: Reading,
    source: Source,
    *,
    when: datetime,
    replaces: Predecessor | None = None,
    outline: bool = True,
) -> Dataset:
    """Make the encapsulated PDF of a reading (PS3.3 A.45.1): `page` in a DICOM object of the film's study.

    Parameters
    ----------
    reading, source, when, replaces
        As for every result (`wetread.clinical.kinds.Kind.build`).
    outline
        False leaves the outlines out.

    Returns
    -------
    Dataset
        Explicit VR Little Endian, with file meta information.

    Raises
    ------
    ConfigError
        If `when` has no zone.
    SourceError
        If the picture of `source` is not that of its header.
    """
    content = page(reading, source, when=when, outline=outline)
    statement = facts.of(reading)
    made = Dataset()
    made.ConversionType = "SYN"
    made.BurnedInAnnotation = "YES"  # the page names the patient
    made.DocumentTitle = f"wetread reading - {statement.status}"
    made.ConceptNameCodeSequence = [
        (concepts.CHEST_REPORT if statement.processed else concepts.IMAGING_STUDY).item,
    ]
    made.SourceInstanceSequence = [showing.reference(source, purpose=True)]
    made.VerificationFlag = "UNVERIFIED"
    made.AcquisitionDateTime = None
    made.MIMETypeOfEncapsulatedDocument = "application/pdf"
    made.EncapsulatedDocumentLength = len(content)
    made.EncapsulatedDocument = content + bytes(len(content) % 2)
    sealed = seal(made, KINDS["pdf"], reading, source, when=when, settings={"outline": outline})
    if before := predecessors(replaces, sealed):
        sealed.PredecessorDocumentsSequence = before
    return sealed


def page(reading: Reading, source: Source, *, when: datetime, outline: bool = True) -> bytes:
    """The page itself: A4, PDF 1.4, its font inside, no script, no link; the same arguments give the same bytes.

    It says who the patient is, for paper is parted from its folder. A name is printed exactly or not at all: what its
    font has no letters for (it has Latin, Greek and Cyrillic ones) stands as `UNWRITTEN`, and whole in the DICOM header.

    Raises
    ------
    ConfigError
        If `when` has no zone.
    SourceError
        If the picture of `source` is not that of its header, or a page cannot hold what the reading says.
    """
    from reportlab.pdfgen.canvas import Canvas

    statement, buffer = facts.of(reading), BytesIO()
    moment = source.moment(when)
    film = showing.picture(reading, source)
    outlines = reading.attention.outlines if outline and reading.attention else ()
    picture = drawing.drawn(film.pixels, outlines, shape=film.shape, largest=_PIXELS) if film else None
    asked: dict[str, Any] = {"invariant": True, "pageCompression": 1, "initialFontName": _font().fontName}
    canvas = Canvas(buffer, pagesize=(_WIDTH, _HEIGHT), **asked)
    canvas.setTitle("wetread reading, preliminary")
    canvas.setSubject(statement.status)
    canvas.setAuthor("wetread")
    canvas.setCreator(f"wetread {statement.algorithm.software_version}")
    _band(canvas, statement)
    day, time, zone = moment.date, moment.time, moment.datetime[-5:]
    at = _identity(canvas, source, f"{day[:4]}-{day[4:6]}-{day[6:]} {time[:2]}:{time[2:4]} ({zone} from UTC)")
    said = _said(statement, outlined=any(outlines) and film is not None)
    if picture is None:
        said.insert(1, showing.withheld(reading, source))
    _body(canvas, said, picture, at)
    canvas.showPage()
    canvas.save()
    made = f"D:{day}{time[:6]}{zone[:3]}'{zone[3:]}'".encode()
    return buffer.getvalue().replace(_NO_CLOCK, made)  # as long as what it replaces: places in the file stay true


def _said(statement: Statement, *, outlined: bool) -> list[str]:
    lines = list(statement.lines)
    if outlined:
        lines.insert(2, "The outline shows where the network's evidence lies. It is no localisation.")
    return [line.replace(" %", "\N{NO-BREAK SPACE}%") for line in lines]


@cache
def _font() -> TTFont:
    from reportlab import rl_config
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    rl_config.useA85 = 0  # bytes as they are: letters for them (ASCII85) are a quarter longer, and slow to make
    made = TTFont("wetread-sans", str(_FONT))
    pdfmetrics.registerFont(made)
    return made


def _printable(text: str) -> bool:
    """Whether the font has every letter."""
    letters = _font().face.charToGlyph
    return all(ord(letter) in letters for letter in text)


def _write(canvas: Canvas, text: str, x: float, y: float, size: float) -> None:
    canvas.setFont(_font().fontName, size)
    canvas.drawString(x, y, text)


def _band(canvas: Canvas, statement: Statement) -> None:
    canvas.setFillColorRGB(*_YELLOW)
    canvas.rect(0, _HEIGHT - 48, _WIDTH, 48, stroke=0, fill=1)
    canvas.setFillColorRGB(*_INK)
    _write(canvas, "PRELIMINARY, NOT REVIEWED BY A PERSON", _MARGIN, _HEIGHT - 24, 14)
    software = f"wetread {statement.algorithm.software_version}, decision support; not a diagnosis"
    _write(canvas, software, _MARGIN, _HEIGHT - 39, 8.5)


def _identity(canvas: Canvas, source: Source, read_at: str) -> float:
    """Who the patient is and which film it is; where the next line begins."""
    y = _TOP
    for row in _rows(source, read_at):
        canvas.setFillColorRGB(*_SOFT)
        _write(canvas, row.label, _MARGIN, y - 9, 8)
        canvas.setFillColorRGB(*_INK)
        for line in _wrapped(row.value, 9.5, _WIDTH - 2 * _MARGIN - 92):
            _write(canvas, line, _MARGIN + 92, y - 9, 9.5)
            y -= 13
    canvas.setStrokeColorRGB(*_SOFT)
    canvas.setLineWidth(0.5)
    canvas.line(_MARGIN, y - 4, _WIDTH - _MARGIN, y - 4)
    return y - 4 - _GAP


def _rows(source: Source, read_at: str) -> list[_Row]:
    """The identity as printed: dates with dashes, empty values said to be so."""
    known = source.identity

    def value(keyword: str) -> str:
        text = str(known.get(keyword) or "")
        return (text if _printable(text) else UNWRITTEN) if text else "not in the film's header"

    def date(keyword: str) -> str:
        text = value(keyword)
        return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text.isdigit() and len(text) == 8 else text

    sex = known.get("PatientSex") or "sex not in the header"
    return [
        _Row("Patient", _name(str(known.get("PatientName") or ""))),
        _Row("Patient ID", value("PatientID")),
        _Row("Born, sex", f"{date('PatientBirthDate')}, {sex}"),
        _Row("Study", f"{date('StudyDate')}, accession number {value('AccessionNumber')}"),
        _Row("Film", source.sop_uid),
        _Row("Read", read_at),
    ]


def _name(name: str) -> str:
    """The groups of a name (PS3.5 6.2.1) that can be printed; the others said to be left to the header."""
    groups = [group for group in name.split("=") if group.strip("^ ")]
    if not groups:
        return "not in the film's header"
    shown = [_spelt(group) for group in groups if _printable(group)]
    if not shown:
        return UNWRITTEN
    return " / ".join(shown) + ("" if len(shown) == len(groups) else f" (also {UNWRITTEN})")


def _spelt(group: str) -> str:
    """Family name, comma, and the other components as they follow."""
    family, *others = group.split("^")
    return ", ".join(part for part in (family.strip(), " ".join(" ".join(others).split())) if part)


def _wrapped(text: str, size: float, width: float) -> list[str]:
    """Lines no wider than this; a word that is wider is broken."""
    lines = [""]
    for word in text.split(" "):
        for piece in _pieces(word, size, width):
            longer = f"{lines[-1]} {piece}" if lines[-1] else piece
            if _width(longer, size) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines


def _pieces(word: str, size: float, width: float) -> list[str]:
    made = [""]
    for letter in word:
        if made[-1] and _width(made[-1] + letter, size) > width:
            made.append("")
        made[-1] += letter
    return made


def _width(text: str, size: float) -> float:
    return float(_font().stringWidth(text, size))


def _body(canvas: Canvas, said: list[str], picture: Image | None, top: float) -> None:
    """The headline, the picture with words beside it, and words below, as small as one page needs them."""
    canvas.setFillColorRGB(*_INK)
    for line in _wrapped(said[0], 15, _WIDTH - 2 * _MARGIN):
        _write(canvas, line, _MARGIN, top - 12, 15)
        top -= 20
    top -= 4
    wide, high = _placed(picture)
    tried = ((size, _flowed(said[1:], size, top, (wide, high))) for size in _SIZES)
    fitting = next(((size, lines) for size, lines in tried if lines[-1][2] >= _MARGIN), None)
    if fitting is None:
        raise SourceError("what this reading says does not fit on one page: take another form of result")
    if picture is not None:
        from reportlab.lib.utils import ImageReader

        canvas.drawImage(ImageReader(picture), _MARGIN, top - high, wide, high)
    for text, x, y in fitting[1]:
        _write(canvas, text, x, y, fitting[0])


def _placed(picture: Image | None) -> tuple[float, float]:
    if picture is None:
        return 0.0, 0.0
    scale = min(_PICTURE[0] / picture.width, _PICTURE[1] / picture.height)
    return picture.width * scale, picture.height * scale


def _flowed(said: list[str], size: float, top: float, taken: tuple[float, float]) -> list[tuple[str, float, float]]:
    """Every line with its place: beside the picture first, then over the whole width below it."""
    made: list[tuple[str, float, float]] = []
    step, y = size * _LEADING, top
    under = top - taken[1] - _GAP / 2  # where the picture and the space below it end
    for sentence in said:
        left = sentence
        while left:
            beside = taken[1] > 0 and y - step > under
            if taken[1] > 0 and not beside:
                y = min(y, under)
            x = _MARGIN + (taken[0] + _GAP if beside else 0.0)
            line = _wrapped(left, size, _WIDTH - _MARGIN - x)[0]
            y -= step
            made.append((line, x, y))
            left = left[len(line) :].lstrip(" ")
        y -= step * 0.45
    return made
