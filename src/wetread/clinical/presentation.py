"""The presentation state: the outline and the reading in words, drawn by a viewer on the original film itself."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from fractions import Fraction
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.valuerep import format_number_as_ds

from wetread.clinical import facts, showing
from wetread.clinical.envelope import seal
from wetread.clinical.facts import Statement
from wetread.clinical.kinds import KINDS
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.errors import SourceError
from wetread.inference.reading import Reading
from wetread.radiograph.spacing import aspect, is_square, spacing

__all__ = ["build"]

_OUTLINE, _WORDS, _LIMITS = "OUTLINE", "READING", "LIMITS"
_LAYERS = (
    (_OUTLINE, "Outline of attention, not a localisation"),
    (_WORDS, "What the reading says, preliminary and not reviewed"),
    (_LIMITS, "Limits of the reading, and what made it"),
)
_YELLOW = (57000, 33500, 50500)  # CIELab, scaled as PS3.3 C.10.7.1.1 has it
_LONGEST = 1000  # letters of one text; ST holds 1024
_COLUMNS = 100  # letters of a line
_LINE = 0.019  # height of a line of text, as a share of the displayed area
_MARGIN = 0.015
_MOST_OBLONG = 4
_LARGEST_OVERLAY = 1 << 27  # pixels: no film has more, and a header may claim what it likes

Points = tuple[tuple[float, float], ...]


def build(
    reading: Reading,
    source: Source,
    *,
    when: datetime,
    replaces: Predecessor | None = None,
    outline: bool = True,
    overlay: bool = True,
) -> Dataset:
    """Make the grayscale softcopy presentation state of a reading (PS3.3 A.33.1).

    The film is shown with the window or table that the reading saw it through (of a film that was refused: its own
    first one) and with its own modality transformation and polarity. Outlines are closed polylines in the film's stored
    pixels, the words stand in boxes at the edges; each has a layer of its own, which a viewer can put out.

    Parameters
    ----------
    reading, source, when, replaces
        As for every result (`wetread.clinical.kinds.Kind.build`). What it replaces stands in
        ReferencedInstanceSequence, for presentation states have no predecessor documents.
    outline
        False leaves the outlines out.
    overlay
        Draw them as a bitmap too, in the same place, for viewers that draw overlays and no graphics: an eighth of a
        byte for each pixel of the film.

    Returns
    -------
    Dataset
        Explicit VR Little Endian, with file meta information.

    Raises
    ------
    ConfigError
        If `when` has no zone.
    SourceError
        If the film is in colour: no grayscale presentation applies to it.
    """
    header = source.header
    if int(header.get("SamplesPerPixel") or 1) != 1 or header.get("PhotometricInterpretation") == "PALETTE COLOR":
        raise SourceError("the film is in colour: a grayscale presentation state cannot be applied to it")
    statement = facts.of(reading)
    found = _outlines(reading, source) if outline else ()
    made = Dataset()
    _identified(made, source, statement, when)
    made.DisplayedAreaSelectionSequence = [_area(source)]
    _annotated(made, source, statement, found)
    _grayscale(made, reading, header)
    if overlay and found and source.rows * source.columns <= _LARGEST_OVERLAY:
        _overlay(made, source, found)
    showing.side(made, source)
    settings = {"outline": outline, "overlay": overlay}
    sealed = seal(made, KINDS["gsps"], reading, source, when=when, settings=settings)
    showing.refer_back(sealed, replaces)
    return sealed


def _outlines(reading: Reading, source: Source) -> tuple[Points, ...]:
    attention = reading.attention
    if attention is None:
        return ()
    found = (source.points(one, attention.shape) for one in attention.outlines)
    return tuple(points for points in found if len(points) > 3)


def _identified(made: Dataset, source: Source, statement: Statement, when: datetime) -> None:
    """Presentation State Identification and Relationship (PS3.3 C.11.10, C.11.11)."""
    moment = source.moment(when)
    made.ContentLabel = "WETREAD"
    made.ContentDescription = textwrap.shorten(statement.headline, 64, placeholder="...")
    made.ContentCreatorName = None  # no person did
    made.PresentationCreationDate, made.PresentationCreationTime = moment.date, moment.time
    series = Dataset()
    series.SeriesInstanceUID, series.ReferencedImageSequence = source.series_uid, [showing.reference(source)]
    made.ReferencedSeriesSequence = [series]


def _area(source: Source) -> Dataset:
    """The whole film, its pixels as oblong as they are (PS3.3 C.10.4)."""
    made = Dataset()
    made.ReferencedImageSequence = [showing.reference(source)]
    made.DisplayedAreaTopLeftHandCorner, made.DisplayedAreaBottomRightHandCorner = [1, 1], [source.columns, source.rows]
    made.PresentationSizeMode = "SCALE TO FIT"
    header = source.header
    found, keyword = spacing(header)
    ratio = aspect(header, found)
    oblong = not is_square(ratio) and 1 / _MOST_OBLONG <= ratio <= _MOST_OBLONG
    if found and keyword == "PixelSpacing" and (oblong or is_square(ratio)):
        made.PresentationPixelSpacing = list(header.PixelSpacing)
    else:
        height = Fraction(ratio).limit_denominator(1000) if oblong else Fraction(1)
        made.PresentationPixelAspectRatio = [height.numerator, height.denominator]
    return made


def _annotated(made: Dataset, source: Source, statement: Statement, found: Sequence[Points]) -> None:
    """Graphic Annotation and Graphic Layer (PS3.3 C.10.5, C.10.7)."""
    above, below = _words(statement, bool(found))
    annotations = [_annotation(source, _WORDS, texts=_boxes(above, top=True))]
    annotations.append(_annotation(source, _LIMITS, texts=_boxes(below, top=False)))
    if found:
        annotations.insert(0, _annotation(source, _OUTLINE, graphics=[_polyline(points) for points in found]))
    made.GraphicAnnotationSequence = annotations
    used = {str(one.GraphicLayer) for one in annotations}
    layers = [(name, description) for name, description in _LAYERS if name in used]
    made.GraphicLayerSequence = [_layer(*layer, number) for number, layer in enumerate(layers, 1)]


def _words(statement: Statement, outlined: bool) -> tuple[list[str], list[str]]:
    """What stands above and what below: together all that a result says."""
    reasons = [f"{reason.message} [{reason.code.value}]" for reason in statement.reasons]
    drawn = ["The outline shows where the network's evidence lies. It is no localisation."] if outlined else []
    above = [f"wetread - {statement.status}", statement.headline, statement.meaning, *reasons, *statement.numbers]
    said = {statement.headline, statement.meaning, *reasons, *statement.numbers}
    return above + drawn, [line for line in statement.lines if line not in said]


def _boxes(lines: Sequence[str], *, top: bool) -> list[Dataset]:
    """Texts in boxes, one below the other, at the top or the bottom of the displayed area."""
    wrapped = [part for line in lines for part in textwrap.wrap(line, _COLUMNS, break_on_hyphens=False)]
    pieces: list[list[str]] = [[]]
    for line in wrapped:
        if pieces[-1] and sum(len(one) + 2 for one in pieces[-1]) + len(line) > _LONGEST:
            pieces.append([])
        pieces[-1].append(line)
    step = min(_LINE, (0.5 - _MARGIN) / len(wrapped))  # each of the two keeps to its half
    at = _MARGIN if top else 1 - _MARGIN - step * len(wrapped)
    made = []
    for piece in pieces:
        made.append(_text("\r\n".join(piece), at, at + step * len(piece)))
        at += step * len(piece)
    return made


def _text(value: str, top: float, bottom: float) -> Dataset:
    made = Dataset()
    made.BoundingBoxAnnotationUnits = "DISPLAY"
    made.UnformattedTextValue = value
    made.BoundingBoxTopLeftHandCorner = [_MARGIN, top]
    made.BoundingBoxBottomRightHandCorner = [1 - _MARGIN, bottom]
    made.BoundingBoxTextHorizontalJustification = "LEFT"
    return made


def _polyline(points: Points) -> Dataset:
    made = Dataset()
    made.GraphicAnnotationUnits, made.GraphicDimensions = "PIXEL", 2
    made.NumberOfGraphicPoints = len(points)
    made.GraphicData = [side for point in points for side in point]
    made.GraphicType, made.GraphicFilled = "POLYLINE", "N"
    return made


def _annotation(
    source: Source, layer: str, *, texts: list[Dataset] | None = None, graphics: list[Dataset] | None = None
) -> Dataset:
    made = Dataset()
    made.ReferencedImageSequence, made.GraphicLayer = [showing.reference(source)], layer
    if texts:
        made.TextObjectSequence = texts
    if graphics:
        made.GraphicObjectSequence = graphics
    return made


def _layer(name: str, description: str, order: int) -> Dataset:
    made = Dataset()
    made.GraphicLayer, made.GraphicLayerOrder, made.GraphicLayerDescription = name, order, description
    made.GraphicLayerRecommendedDisplayGrayscaleValue = 0xFFFF
    made.GraphicLayerRecommendedDisplayCIELabValue = list(_YELLOW)
    return made


def _grayscale(made: Dataset, reading: Reading, header: Dataset) -> None:
    """From stored values to what is seen: modality, VOI and polarity (PS3.4 N.2), each said, none left to the viewer."""
    if table := _table(header.get("ModalityLUTSequence"), modality=True):
        made.ModalityLUTSequence = table
    elif header.get("RescaleSlope") or header.get("RescaleIntercept"):
        slope = header.get("RescaleSlope")
        made.RescaleSlope = "1" if slope is None else slope
        made.RescaleIntercept = header.get("RescaleIntercept") or "0"
        made.RescaleType = header.get("RescaleType") or "US"
        if float(made.RescaleSlope) == 0:  # leaves no picture: the reading passed it over too
            del made.RescaleSlope, made.RescaleIntercept, made.RescaleType
    voi = _voi(reading, header)
    if voi is not None:
        made.SoftcopyVOILUTSequence = [voi]
    inverted = (
        header.get("PhotometricInterpretation") == "MONOCHROME1" or header.get("PresentationLUTShape") == "INVERSE"
    )
    made.PresentationLUTShape = "INVERSE" if inverted else "IDENTITY"


def _voi(reading: Reading, header: Dataset) -> Dataset | None:
    """The window or table that the reading saw the film through; the film's first one where nothing was read."""
    steps: dict[str, dict[str, Any]] = {str(step.get("name")): step.get("parameters") or step for step in reading.steps}
    if "window" in steps:
        used = steps["window"]
        return _window(float(used["center"]), float(used["width"]), str(used.get("function", "LINEAR")))
    if "full-range" in steps:
        low, high = float(steps["full-range"]["low"]), float(steps["full-range"]["high"])
        return _window((low + high + 1) / 2, high - low + 1, "LINEAR")  # PS3.3 C.11.2.1.2.1
    if table := _table(header.get("VOILUTSequence")):
        made = Dataset()
        made.VOILUTSequence = table
        return made
    centers, widths = (np.atleast_1d(header.get(keyword) or []) for keyword in ("WindowCenter", "WindowWidth"))
    function = str(header.get("VOILUTFunction") or "LINEAR")
    for center, width in zip(centers, widths, strict=False):
        if float(width) >= (1 if function == "LINEAR" else 1e-9):
            return _window(float(center), float(width), function)
    return None


def _table(sequence: Sequence[Dataset] | None, *, modality: bool = False) -> list[Dataset] | None:
    """The first lookup table of a sequence, or None where it has none that is whole (PS3.3 C.11.1, C.11.2).

    It stays as it is, but that entries of 8 bits stand two in a word, as C.11.1.1.1 has them.
    """
    item = sequence[0] if sequence else Dataset()
    descriptor, data = item.get("LUTDescriptor"), item.get("LUTData")
    if descriptor is None or data is None or len(np.atleast_1d(descriptor)) != 3:
        return None
    entries, bits = int(descriptor[0]) or 1 << 16, int(descriptor[2])
    words = np.frombuffer(data[: len(data) // 2 * 2], "<u2") if isinstance(data, bytes) else np.atleast_1d(data)
    held = np.asarray(words).astype("<u2")
    if bits <= 8 and held.size == entries:
        packed = held.astype(np.uint8).tobytes()
    elif held.size == (entries if bits > 8 else -(-entries // 2)):
        packed = held.tobytes()
    else:
        return None
    made = Dataset()
    made.add(deepcopy(item["LUTDescriptor"]))
    made.add_new("LUTData", "OW", packed + bytes(len(packed) % 2))
    if item.get("LUTExplanation"):
        made.LUTExplanation = item.LUTExplanation
    if modality:
        made.ModalityLUTType = item.get("ModalityLUTType") or "US"  # unspecified
    return [made]


def _window(center: float, width: float, function: str) -> Dataset:
    made = Dataset()
    made.WindowCenter, made.WindowWidth = format_number_as_ds(center), format_number_as_ds(width)
    if function in ("LINEAR_EXACT", "SIGMOID"):
        made.VOILUTFunction = function
    return made


def _overlay(made: Dataset, source: Source, found: Sequence[Points]) -> None:
    """The outlines as a bitmap (PS3.3 C.9.2), in the layer of the outlines (C.11.7)."""
    from PIL import Image, ImageDraw

    plane = Image.new("1", (source.columns, source.rows))
    pen, width = ImageDraw.Draw(plane), max(2, min(source.rows, source.columns) // 400)
    for points in found:
        # Graphics count from the corner of the first pixel, a drawing from its centre.
        pen.line([(column - 0.5, row - 0.5) for column, row in points], fill=1, width=width, joint="curve")
    data = np.packbits(np.asarray(plane, dtype=np.uint8).ravel(), bitorder="little").tobytes()
    made.add_new(0x60000010, "US", source.rows)
    made.add_new(0x60000011, "US", source.columns)
    made.add_new(0x60000022, "LO", "Outline of attention, not a localisation")
    made.add_new(0x60000040, "CS", "G")
    made.add_new(0x60000050, "SS", [1, 1])
    made.add_new(0x60000100, "US", 1)
    made.add_new(0x60000102, "US", 0)
    made.add_new(0x60001001, "CS", _OUTLINE)
    made.add_new(0x60003000, "OW", data + bytes(len(data) % 2))
