"""Parts that both structured reports share: algorithm identification, the film as evidence, outlines, observer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from highdicom.sr import (
    AlgorithmIdentification,
    CodeContentItem,
    CodedConcept,
    ContainerContentItem,
    ContentItem,
    ContentSequence,
    ImageContentItem,
    NumContentItem,
    RelationshipTypeValues,
    TextContentItem,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from wetread.clinical.concepts import ARTIFICIAL_INTELLIGENCE
from wetread.clinical.facts import Statement
from wetread.clinical.source import Source
from wetread.inference.reading import Reading

__all__ = ["algorithm", "film", "library", "orientation", "outlines", "rounded", "spacing", "text", "unname"]

_DIGITS = 6
_MODALITIES = {"CR": codes.CID29.ComputedRadiography, "DX": codes.CID29.DigitalRadiography}
_PIXELS = Code("{pixels}", "UCUM", "Pixels")

Points = tuple[tuple[float, float], ...]


def rounded(number: float) -> float:
    """A number with the digits that a result says, which a decimal string (VR DS) of 16 characters holds."""
    return round(number, _DIGITS)


def text(name: Code, value: str, relationship: RelationshipTypeValues) -> TextContentItem:
    """A TEXT item."""
    return TextContentItem(name=name, value=value, relationship_type=relationship)


def algorithm(statement: Statement, said: tuple[str, ...] = ()) -> AlgorithmIdentification:
    """TID 4019: name, version, parameters and family of what read the film.

    Parameters
    ----------
    statement
        What the result says.
    said
        Further parameters, for a template that has no other place for them.
    """
    made = statement.algorithm
    return AlgorithmIdentification(
        name=made.name,
        version=made.version,
        parameters=[*(f"{name}: {value}" for name, value in made.parameters), *said],
        family=ARTIFICIAL_INTELLIGENCE.code,
    )


def outlines(reading: Reading, source: Source) -> tuple[Points, ...]:
    """The reading's outlines on the film's stored pixels: closed, of three points or more; () where there are none."""
    attention = reading.attention
    if attention is None:
        return ()
    found = (source.points(outline, attention.shape) for outline in attention.outlines)
    return tuple(points for points in found if len(points) > 3)


def film(source: Source) -> ImageContentItem:
    """An IMAGE item that points at the film; `unname` takes away the name that highdicom insists on."""
    return ImageContentItem(
        name=codes.DCM.ImageLibrary,
        referenced_sop_class_uid=source.sop_class_uid,
        referenced_sop_instance_uid=source.sop_uid,
        relationship_type=RelationshipTypeValues.CONTAINS,
    )


def unname(items: Iterable[Dataset]) -> None:
    """Take the concept name from IMAGE items of image libraries, which have none by TID 1601 and 4020."""
    for item in items:
        unname(item.get("ContentSequence") or ())
        if item.ValueType == "IMAGE" and item.ConceptNameCodeSequence[0].CodeValue == codes.DCM.ImageLibrary.value:
            del item.ConceptNameCodeSequence


def library(source: Source) -> ContainerContentItem:
    """The film in an image library by TID 1600, with what its header says by TID 1602 and 1603."""
    entry = film(source)
    entry.ContentSequence = ContentSequence(list(_described(source)))
    group = ContainerContentItem(name=codes.DCM.ImageLibraryGroup, relationship_type=RelationshipTypeValues.CONTAINS)
    group.ContentSequence = ContentSequence([entry])
    made = ContainerContentItem(name=codes.DCM.ImageLibrary, relationship_type=RelationshipTypeValues.CONTAINS)
    made.ContentSequence = ContentSequence([group])
    return made


def _described(source: Source) -> Iterator[ContentItem]:
    header = source.header
    modality = _MODALITIES.get(str(header.get("Modality")))
    context = RelationshipTypeValues.HAS_ACQ_CONTEXT
    if modality is not None:
        yield CodeContentItem(name=codes.DCM.Modality, value=modality, relationship_type=context)
    for name, number in ((codes.DCM.PixelDataRows, source.rows), (codes.DCM.PixelDataColumns, source.columns)):
        yield NumContentItem(name=name, value=number, unit=_PIXELS, relationship_type=context)
    yield from orientation(source)
    yield from spacing(source)


def orientation(source: Source) -> Iterator[ContentItem]:
    """PatientOrientation (0020,0020) of row and column, where the film says it."""
    found = source.header.get("PatientOrientation")
    if not found or isinstance(found, str) or len(found) != 2:
        return
    for name, value in zip((codes.DCM.PatientOrientationRow, codes.DCM.PatientOrientationColumn), found, strict=True):
        yield text(name, str(value), RelationshipTypeValues.HAS_ACQ_CONTEXT)


def spacing(source: Source) -> Iterator[ContentItem]:
    """ImagerPixelSpacing (0018,1164), else PixelSpacing (0028,0030), in millimetres, where the film says it."""
    header = source.header
    found: Any = header.get("ImagerPixelSpacing") or header.get("PixelSpacing")
    if not found or len(found) != 2 or not all(float(side) > 0 for side in found):
        return
    for name, side in ((codes.DCM.HorizontalPixelSpacing, found[1]), (codes.DCM.VerticalPixelSpacing, found[0])):
        yield NumContentItem(
            name=name,
            value=rounded(float(side)),
            unit=CodedConcept("mm", "UCUM", "millimeter"),
            relationship_type=RelationshipTypeValues.HAS_ACQ_CONTEXT,
        )
