"""The film in its results: how they point at it, in which body part it lies, and when its picture may be shown."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wetread.clinical import concepts
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.errors import Code, SourceError
from wetread.inference.reading import Reading
from wetread.radiograph.value import Radiograph

__all__ = ["described", "picture", "refer_back", "reference", "side", "withheld"]

WITHHELD_BURNED = (
    "The film's picture is not shown: its header says that text is burned into it, which may name a person."
)
WITHHELD_NONE = "The film's picture is not shown: it was not decoded."


def reference(source: Source, *, purpose: bool = False) -> Dataset:
    """An item that points at the film (PS3.3 Table 10-11, or 10-3 with its purpose: what a derived image comes from)."""
    made = Dataset()
    made.ReferencedSOPClassUID, made.ReferencedSOPInstanceUID = source.sop_class_uid, source.sop_uid
    if purpose:
        made.PurposeOfReferenceCodeSequence = [concepts.SOURCE_IMAGE.item]
    return made


def refer_back(made: Dataset, replaces: Predecessor | None) -> None:
    """Name what a sealed object replaces, where its IOD has no PredecessorDocumentsSequence.

    ReferencedInstanceSequence (0008,114A) then points at it, with a purpose that says so. An object that would replace
    itself replaces nothing.
    """
    if replaces is None or replaces.sop_uid == made.SOPInstanceUID:
        return
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = replaces.sop_class_uid, replaces.sop_uid
    item.PurposeOfReferenceCodeSequence = [concepts.PREDECESSOR.item]
    made.ReferencedInstanceSequence = [item]
    made.CodingSchemeIdentificationSequence = [concepts.private_scheme()]


def side(made: Dataset, source: Source) -> None:
    """Body part or side of the series (PS3.3 C.7.3.1): CHEST, which has no side, else the side that the film names.

    Which other body parts are paired is nowhere fixed, so none is repeated: Laterality (0020,0060) then stands alone,
    empty where the film is silent.
    """
    header = source.header
    if header.get("BodyPartExamined") == "CHEST":
        made.BodyPartExamined = "CHEST"
        return
    laterality = header.get("Laterality") or header.get("ImageLaterality")
    made.Laterality = laterality if laterality in ("L", "R") else None


def described(made: Dataset, source: Source) -> None:
    """How the patient lies in the picture (PatientOrientation, empty where unknown), and that it was once lossy, if so."""
    header = source.header
    orientation = header.get("PatientOrientation")
    made.PatientOrientation = list(orientation) if orientation and not isinstance(orientation, str) else None
    if header.get("LossyImageCompression") == "01":
        made.LossyImageCompression = "01"
        for keyword in ("LossyImageCompressionRatio", "LossyImageCompressionMethod"):
            if header.get(keyword):
                setattr(made, keyword, header.get(keyword))


def picture(reading: Reading, source: Source) -> Radiograph | None:
    """The film as a result may show it; None where it was not decoded, or text is burned into it.

    Raises
    ------
    SourceError
        If the picture is not that of the film whose header is carried: it could be another patient's.
    """
    film = source.film
    if film is None:
        return None
    if film.source_uids.get("SOPInstanceUID", source.sop_uid) != source.sop_uid:
        raise SourceError(
            "the picture is not of the film that the header is of: it could be another patient's. Give both of one file"
        )
    attention = reading.attention
    if attention is not None and attention.shape != film.shape:
        raise SourceError(
            "the reading's outline was drawn on a picture of another size than this film: give the film that was read"
        )
    return None if _burned_in(reading, source) else film


def withheld(reading: Reading, source: Source) -> str:
    """Why `picture` gives none, in a sentence."""
    return WITHHELD_BURNED if _burned_in(reading, source) else WITHHELD_NONE


def _burned_in(reading: Reading, source: Source) -> bool:
    film = source.film
    told = (film is not None and film.facts.burned_in) or source.header.get("BurnedInAnnotation") == "YES"
    return told or any(reason.code is Code.BURNED_IN for reason in reading.reasons)
