"""A DICOM object of this software, told from its own attributes: reports, presentation states, captures, PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID

from wetread.clinical.concepts import NO_UNITS
from wetread.clinical.facts import MANUFACTURER
from wetread.errors import NotAResultError
from wetread.radiograph.decode import quiet

__all__ = ["told"]

_IDENTITY = (
    *("PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "PatientAge"),
    *("AccessionNumber", "StudyDate", "StudyTime", "StudyID", "ReferringPhysicianName"),
)
_REPORT = "1.2.840.10008.5.1.4.1.1.88."
_PRESENTATION = "1.2.840.10008.5.1.4.1.1.11."
_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_DOCUMENT = "1.2.840.10008.5.1.4.1.1.104.1"
_DEEPEST = 30


def told(raw: bytes) -> tuple[str, str | None, tuple[str, ...], tuple[str, ...]]:
    """What, study, lines and identity (`wetread.clinical.explain.Explained`).

    Raises
    ------
    NotAResultError
        If it is not an object of this software, or of a kind that it does not write.
    """
    with quiet():
        made = dcmread(BytesIO(raw))
        if str(made.get("Manufacturer", "")).strip() != MANUFACTURER:
            raise NotAResultError("this DICOM object was not made by wetread (Manufacturer): it is not explained")
        kind = str(made.SOPClassUID)
        if kind.startswith(_REPORT):
            lines = _report(made)
        elif kind.startswith(_PRESENTATION):
            lines = _presentation(made)
        elif kind == _CAPTURE or kind.startswith(f"{_CAPTURE}."):
            lines = _capture(made)
        elif kind == _DOCUMENT:
            lines = _document(made)
        else:
            raise NotAResultError(
                f"wetread writes no DICOM object of this class ({UID(kind).name}): it is not explained"
            )
        told_lines = (*_envelope(made), *lines)
        return f"DICOM {UID(kind).name}", str(made.StudyInstanceUID), told_lines, tuple(_identity(made))


def _identity(made: Dataset) -> Iterator[str]:
    for keyword in _IDENTITY:
        value = made.get(keyword)
        if value not in (None, ""):
            yield f"{keyword}: {value}"


def _envelope(made: Dataset) -> Iterator[str]:
    yield f"{made.get('SeriesDescription', 'without description')}"
    yield f"made by {made.get('ManufacturerModelName')} {made.get('SoftwareVersions')}, bundle {made.get('DeviceSerialNumber')}"
    date, time = str(made.get("InstanceCreationDate", "")), str(made.get("InstanceCreationTime", ""))
    if date and time:
        zone = made.get("TimezoneOffsetFromUTC")
        yield f"made {date[:4]}-{date[4:6]}-{date[6:]} {time[:2]}:{time[2:4]}:{time[4:6]}{f' {zone}' if zone else ''}"
    for item in _items(made, "PredecessorDocumentsSequence"):
        for series in _items(item, "ReferencedSeriesSequence"):
            for instance in _items(series, "ReferencedSOPSequence"):
                yield f"replaces {instance.ReferencedSOPInstanceUID}"


def _items(made: Dataset, keyword: str) -> Sequence[Dataset]:
    return made.get(keyword) or ()


def _report(made: Dataset) -> Iterator[str]:
    flags = [str(made.get(keyword)) for keyword in ("CompletionFlag", "PreliminaryFlag", "VerificationFlag")]
    yield ", ".join(flag.lower() for flag in flags if flag != "None")
    yield from _item(made, 0)


def _item(item: Dataset, depth: int) -> Iterator[str]:
    """A content item (PS3.3 C.17.3) and everything below it."""
    if depth > _DEEPEST:
        raise NotAResultError("its tree is deeper than any report: it is not explained")
    kind = str(item.get("ValueType", ""))
    if not kind:
        where = ".".join(str(number) for number in item.get("ReferencedContentItemIdentifier") or ())
        yield f"{'  ' * depth}see item {where}"
        return
    name = _meaning(item, "ConceptNameCodeSequence")
    value = _value(item, kind)
    yield "  " * depth + ": ".join(part for part in (name, value) if part)
    for inner in _items(item, "ContentSequence"):
        yield from _item(inner, depth + 1)


def _meaning(item: Dataset, keyword: str) -> str:
    found = _items(item, keyword)
    return str(found[0].CodeMeaning) if found else ""


def _value(item: Dataset, kind: str) -> str:
    if kind == "CODE":
        return _meaning(item, "ConceptCodeSequence")
    if kind == "NUM":
        measured = _items(item, "MeasuredValueSequence")
        if not measured:
            return "not measured"
        units = _meaning(measured[0], "MeasurementUnitsCodeSequence")
        return f"{float(measured[0].NumericValue):g}" + ("" if units == NO_UNITS.meaning else f" {units}")
    if kind in ("IMAGE", "COMPOSITE", "WAVEFORM"):
        return f"object {_items(item, 'ReferencedSOPSequence')[0].ReferencedSOPInstanceUID}"
    if kind in ("SCOORD", "SCOORD3D"):
        return _shape(str(item.GraphicType), [float(side) for side in item.GraphicData])
    if kind in ("PNAME", "DATE", "TIME", "DATETIME"):
        return f"({kind.lower()}, not shown)"  # of the patient, or of the study
    keywords = {"TEXT": "TextValue", "UIDREF": "UID"}
    return str(item.get(keywords[kind], "")) if kind in keywords else ""


def _shape(kind: str, sides: Sequence[float]) -> str:
    columns, rows = sides[::2], sides[1::2]
    if len(columns) == 1:
        return f"{kind.lower()} at column {columns[0]:.0f}, row {rows[0]:.0f}"
    box = f"columns {min(columns):.0f} to {max(columns):.0f}, rows {min(rows):.0f} to {max(rows):.0f}"
    return f"{kind.lower()} of {len(columns)} points, {box}"


def _presentation(made: Dataset) -> Iterator[str]:
    yield ", ".join(str(made.get(keyword)) for keyword in ("ContentLabel", "ContentDescription") if made.get(keyword))
    for series in _items(made, "ReferencedSeriesSequence"):
        yield from (f"lies on film {one.ReferencedSOPInstanceUID}" for one in _items(series, "ReferencedImageSequence"))
    for layer in _items(made, "GraphicAnnotationSequence"):
        yield f"layer {layer.get('GraphicLayer')}"
        for text in _items(layer, "TextObjectSequence"):
            yield from (f"  {line}" for line in str(text.UnformattedTextValue).splitlines())
        for drawn in _items(layer, "GraphicObjectSequence"):
            yield f"  {_shape(str(drawn.GraphicType), [float(side) for side in drawn.GraphicData])}"


def _capture(made: Dataset) -> Iterator[str]:
    yield f"a picture of {made.Columns} x {made.Rows} pixels, not an original film: {_several(made.get('ImageType'))}"
    yield from _told(made, "ConversionType", "BurnedInAnnotation", "DerivationDescription", "ImageComments")
    yield from _sources(made)
    yield "what is written in the picture is not told here: open it in a viewer"


def _document(made: Dataset) -> Iterator[str]:
    document = bytes(made.get("EncapsulatedDocument") or b"")
    if not document.startswith(b"%PDF-"):
        raise NotAResultError("the object holds no PDF: it is not whole, make it again")
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", document))
    yield f"{_meaning(made, 'ConceptNameCodeSequence')}: {made.get('MIMETypeOfEncapsulatedDocument')}, {len(document)} bytes"
    if pages:
        yield f"{pages} {'page' if pages == 1 else 'pages'}"
    yield from _told(made, "DocumentTitle", "BurnedInAnnotation")
    yield from _sources(made)
    yield "what is written on the page is not told here: open it in a viewer"


def _sources(made: Dataset) -> Iterator[str]:
    for keyword in ("SourceImageSequence", "SourceInstanceSequence", "ReferencedInstanceSequence"):
        yield from (f"of film {one.ReferencedSOPInstanceUID}" for one in _items(made, keyword))


def _told(made: Dataset, *keywords: str) -> Iterator[str]:
    for keyword in keywords:
        lines = str(made.get(keyword) or "").splitlines()
        yield from (f"  {line}" if number else f"{keyword}: {line}" for number, line in enumerate(lines))


def _several(value: Any) -> str:
    return str(value) if isinstance(value, str) or value is None else ", ".join(str(one) for one in value)
