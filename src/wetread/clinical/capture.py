"""The secondary capture: the film with the outline as a picture in colour that nobody can take for an original."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from pydicom.dataset import Dataset

from wetread.clinical import drawing, facts, showing
from wetread.clinical.envelope import MODEL_NAME, seal
from wetread.clinical.facts import MANUFACTURER, Statement
from wetread.clinical.kinds import KINDS
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.inference.reading import Reading

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["build"]

_GROUND, _INK = (255, 209, 26), (230, 230, 230)  # the banner's own yellow; words below the film
_FRAME = 8  # pixels of yellow all around
_NARROWEST = 720  # pixels: words below a narrow film are still legible
_LETTERS = 16  # pixels


def build(
    reading: Reading,
    source: Source,
    *,
    when: datetime,
    replaces: Predecessor | None = None,
    outline: bool = True,
) -> Dataset:
    """Make the secondary capture of a reading (PS3.3 A.8.1): the film in a yellow frame, words above and below it.

    The banner says that it is preliminary, not reviewed, and a copy. Below stands all that a result says. ImageType is
    DERIVED, SECONDARY, WETREAD and BurnedInAnnotation is YES, for the words are in the pixels; no name of a person is.
    Its longer side is scaled to at most 1200 pixels, and it has no pixel spacing, so that nobody measures on it.

    Parameters
    ----------
    reading, source, when, replaces
        As for every result (`wetread.clinical.kinds.Kind.build`). What it replaces stands in
        ReferencedInstanceSequence. Where `source` has no film, or text is burned into it, the sheet holds words alone.
    outline
        False leaves the outlines out.

    Returns
    -------
    Dataset
        Explicit VR Little Endian, RGB, 8 bits, uncompressed: what every archive takes.

    Raises
    ------
    ConfigError
        If `when` has no zone.
    SourceError
        If the picture of `source` is not that of its header.
    """
    statement = facts.of(reading)
    sheet = _sheet(reading, source, statement, outline=outline)
    made = Dataset()
    _image(made, source, statement)
    _pixels(made, sheet)
    showing.side(made, source)
    sealed = seal(made, KINDS["capture"], reading, source, when=when, settings={"outline": outline})
    showing.refer_back(sealed, replaces)
    return sealed


def _image(made: Dataset, source: Source, statement: Statement) -> None:
    """General Image, SC Equipment and General Reference (PS3.3 C.7.6.1, C.8.6.1, C.12.4)."""
    made.ImageType = ["DERIVED", "SECONDARY", "WETREAD"]
    made.BurnedInAnnotation = "YES"
    made.ConversionType = "WSD"  # a workstation made it
    made.SecondaryCaptureDeviceManufacturer = MANUFACTURER
    made.SecondaryCaptureDeviceManufacturerModelName = MODEL_NAME
    made.SecondaryCaptureDeviceSoftwareVersions = statement.algorithm.software_version
    made.DerivationDescription = "A copy of the film, scaled, with words and the outline of attention drawn into it"
    made.SourceImageSequence = [showing.reference(source, purpose=True)]
    made.ImageComments = "\r\n".join(statement.lines)
    showing.described(made, source)


def _pixels(made: Dataset, sheet: Image) -> None:
    values = np.asarray(sheet, dtype=np.uint8)
    made.Rows, made.Columns = values.shape[:2]
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PlanarConfiguration = 3, "RGB", 0
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 8, 8, 7, 0
    data = values.tobytes()
    made.PixelData = data + bytes(len(data) % 2)
    made["PixelData"].VR = "OB"


def _sheet(reading: Reading, source: Source, statement: Statement, *, outline: bool) -> Image:
    """Banner, film and words, one below the other, in a frame."""
    from PIL import Image

    film = showing.picture(reading, source)
    lines = list(statement.lines)
    if film is None:
        lines.insert(1, showing.withheld(reading, source))
        picture = Image.new("RGB", (_NARROWEST, 2))
    else:
        outlines = reading.attention.outlines if outline and reading.attention else ()
        picture = drawing.drawn(film.pixels, outlines, shape=film.shape)
        if any(outlines):
            lines.insert(2, "The outline shows where the network's evidence lies. It is no localisation.")
    banner = f"wetread — PRELIMINARY, not reviewed by a person — a copy, not an original film — {statement.headline}"
    headed = drawing.under_banner(picture, banner, narrowest=_NARROWEST)
    words = _words(lines, headed.width)
    sheet = Image.new("RGB", (headed.width + 2 * _FRAME, headed.height + words.height + 2 * _FRAME), _GROUND)
    sheet.paste(headed, (_FRAME, _FRAME))
    sheet.paste(words, (_FRAME, _FRAME + headed.height))
    return sheet


def _words(lines: Sequence[str], width: int) -> Image:
    """Lines of small letters on black, the first one larger."""
    from PIL import Image, ImageDraw, ImageFont

    margin, made = _LETTERS, []
    for number, line in enumerate(lines):
        font = ImageFont.load_default(size=_LETTERS + (6 if number == 0 else 0))
        made += [(" ".join(words), font) for words in drawing.wrapped(line, font, width - 2 * margin)]
    heights = [round(font.getbbox("Ag")[3] * 1.35) for _, font in made]
    sheet = Image.new("RGB", (width, sum(heights) + 2 * margin))
    pen, top = ImageDraw.Draw(sheet), margin
    for (text, font), height in zip(made, heights, strict=True):
        pen.text((margin, top), text, font=font, fill=_INK)
        top += height
    return sheet
