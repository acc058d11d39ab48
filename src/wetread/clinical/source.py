"""Whose film a reading is of, and which: patient, study and picture identity from the film's header, valid and no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from wetread.clinical.charset import UTF8, CharacterSet, Note, character_set, fits
from wetread.clinical.copying import copied
from wetread.errors import ConfigError, SourceError
from wetread.radiograph.decode import quiet
from wetread.radiograph.header import facts
from wetread.radiograph.value import Radiograph

__all__ = ["PATIENT", "STUDY", "Moment", "Source", "of"]

PATIENT = (
    "PatientName", "PatientID", "IssuerOfPatientID", "IssuerOfPatientIDQualifiersSequence", "TypeOfPatientID",
    "PatientBirthDate", "PatientBirthTime", "PatientSex", "OtherPatientIDsSequence", "OtherPatientNames", "EthnicGroup",
    "QualityControlSubject", "PatientSpeciesDescription", "PatientSpeciesCodeSequence", "PatientBreedDescription",
    "PatientBreedCodeSequence", "BreedRegistrationSequence", "PatientSexNeutered", "ResponsiblePerson",
    "ResponsiblePersonRole", "ResponsibleOrganization", "PatientIdentityRemoved", "DeidentificationMethod",
    "DeidentificationMethodCodeSequence",
)  # fmt: skip
"""Keywords of the Patient Module (PS3.3 C.7.1.1) that are carried; free comments are not."""

STUDY = (
    "StudyInstanceUID", "StudyDate", "StudyTime", "AccessionNumber", "IssuerOfAccessionNumberSequence", "StudyID",
    "StudyDescription", "ReferringPhysicianName", "ProcedureCodeSequence", "PatientAge", "PatientSize", "PatientWeight",
    "TimezoneOffsetFromUTC",
)  # fmt: skip
"""Keywords of the General and Patient Study Modules (PS3.3 C.7.2.1, C.7.2.2) that are carried, and the time zone."""

_PICTURE = (
    "SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "InstanceNumber", "Modality", "ContentDate", "ContentTime",
    "ImageType", "Rows", "Columns",
    "NumberOfFrames", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "BitsStored", "HighBit",
    "PixelRepresentation", "PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio",
    "PatientOrientation", "Laterality", "ImageLaterality", "BodyPartExamined", "ViewPosition", "ViewCodeSequence",
    "AnatomicRegionSequence", "BurnedInAnnotation", "LossyImageCompression", "LossyImageCompressionRatio",
    "LossyImageCompressionMethod", "ModalityLUTSequence", "RescaleIntercept", "RescaleSlope", "RescaleType",
    "VOILUTSequence", "WindowCenter", "WindowWidth", "VOILUTFunction", "PresentationLUTShape",
)  # fmt: skip
_TYPE_2 = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
    *("StudyDate", "StudyTime", "AccessionNumber", "StudyID", "ReferringPhysicianName"),
)
_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
_IDENTITY = (*PATIENT, *STUDY)

Points = Sequence[tuple[float, float]]


class Moment(NamedTuple):
    """A time as DICOM writes it: DA and TM in the zone that the film's own times are in, and DT with its zone."""

    date: str
    time: str
    datetime: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Source:
    """The film that a reading is of: its header without pixels, and its picture. Made by `of`.

    Parameters
    ----------
    elements
        The header's elements that are carried, each valid under its VR; the identifying UIDs are all there, the
        attributes of type 2 of patient and study too, empty where the film has no valid value.
    notes
        What was repaired or left out, and why.
    film
        The picture, for results that show it; None for results that only point at it.

    Raises
    ------
    SourceError
        If an identifying UID, or the picture's size, is missing.
    """

    elements: tuple[DataElement, ...]
    notes: tuple[Note, ...] = ()
    film: Radiograph | None = None

    def __post_init__(self) -> None:
        header = self.header
        if any(element.tag.is_private for element in header):
            raise SourceError("a header that is carried holds no private elements: make it with source.of")
        for keyword in _UIDS:
            if not header.get(keyword):
                raise SourceError(_NO_UID[keyword])
        if self.rows < 1 or self.columns < 1:
            raise SourceError("the object has no Rows and Columns: it is no picture that a result could point at")

    @property
    def header(self) -> Dataset:
        """A fresh copy of everything carried, SpecificCharacterSet too; change it freely."""
        made = Dataset()
        for element in self.elements:
            made.add(deepcopy(element))
        return made

    @property
    def identity(self) -> Dataset:
        """A fresh copy of patient and study alone, with SpecificCharacterSet: the top of every result of this film."""
        return self._only(("SpecificCharacterSet", *_IDENTITY))

    @property
    def evidence(self) -> Dataset:
        """A fresh copy of the film's own attributes with the study's UID and nobody's name, for libraries that build.

        A library that is shown a name may warn about it, or log it; `wetread.clinical.envelope.seal` puts the identity
        on the finished object.
        """
        made = self._only((*_PICTURE, "StudyInstanceUID"))
        for keyword in _TYPE_2:
            setattr(made, keyword, None)
        return made

    def _only(self, keywords: Iterable[str]) -> Dataset:
        kept, made = frozenset(keywords), Dataset()
        for element in self.elements:
            if element.keyword in kept:
                made.add(deepcopy(element))
        return made

    def _text(self, keyword: str) -> str:
        value = next((element.value for element in self.elements if element.keyword == keyword), None)
        return "" if value is None else str(value)

    @property
    def study_uid(self) -> str:
        """StudyInstanceUID (0020,000D)."""
        return self._text("StudyInstanceUID")

    @property
    def series_uid(self) -> str:
        """SeriesInstanceUID (0020,000E) of the film."""
        return self._text("SeriesInstanceUID")

    @property
    def sop_class_uid(self) -> str:
        """SOPClassUID (0008,0016) of the film."""
        return self._text("SOPClassUID")

    @property
    def sop_uid(self) -> str:
        """SOPInstanceUID (0008,0018) of the film."""
        return self._text("SOPInstanceUID")

    @property
    def rows(self) -> int:
        """Rows (0028,0010) of the film as stored."""
        return int(self._text("Rows") or 0)

    @property
    def columns(self) -> int:
        """Columns (0028,0011) of the film as stored."""
        return int(self._text("Columns") or 0)

    def points(self, outline: Points, shape: tuple[int, int]) -> tuple[tuple[float, float], ...]:
        """An outline of a reading in the film's stored pixels, as (column, row) for graphics of DICOM.

        Parameters
        ----------
        outline
            (row, column) points, (0, 0) the centre of the first pixel, in a picture of this shape.
        shape
            Rows and columns of that picture (`Attention.shape`): not those of the file where its pixels are oblong.

        Returns
        -------
        points
            (column, row) with (0, 0) the outer corner of the first pixel and (Columns, Rows) that of the last
            (PS3.3 C.10.5.1.1, C.18.6.1.1), within the film; the last point repeats the first, as closed outlines do.
        """
        down, across = self.rows / shape[0], self.columns / shape[1]
        made = [
            (min(max((c + 0.5) * across, 0.0), float(self.columns)), min(max((r + 0.5) * down, 0.0), float(self.rows)))
            for r, c in outline
        ]
        return tuple([*made, made[0]] if made and made[0] != made[-1] else made)

    def moment(self, when: datetime) -> Moment:
        """A time for this film's results: DA and TM in the film's zone where it names one, else in that of `when`.

        Raises
        ------
        ConfigError
            If `when` has no zone: a time without one means another moment on another machine.
        """
        if when.tzinfo is None:
            raise ConfigError("the time of a result needs its zone: give an aware datetime")
        offset = self._text("TimezoneOffsetFromUTC")
        if offset:
            minutes = int(offset[1:3]) * 60 + int(offset[3:5])
            when = when.astimezone(timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes)))
        return Moment(f"{when:%Y%m%d}", f"{when:%H%M%S.%f}", f"{when:%Y%m%d%H%M%S.%f%z}")

    def with_film(self, film: Radiograph | None) -> Source:
        """The same source with this picture."""
        return replace(self, film=film)


_NO_UID = {
    "StudyInstanceUID": "the film has no valid StudyInstanceUID: its results would be filed under no study, or another "
    "patient's. Send the film as its archive exports it",
    "SeriesInstanceUID": "the film has no valid SeriesInstanceUID: no result can point at it. Send it as its archive "
    "exports it",
    "SOPInstanceUID": "the film has no valid SOPInstanceUID: no result can point at it. Send it as its archive exports "
    "it",
    "SOPClassUID": "the film has no valid SOPClassUID: no result can point at it. Send it as its archive exports it",
}


def of(dataset: Dataset, film: Radiograph | None = None) -> Source:
    """The source of a film's results.

    Parameters
    ----------
    dataset
        The film's header, with or without pixels. It is left as it is, and nothing of it is carried but what
        `PATIENT`, `STUDY` and the film's own geometry and grayscale name: no private element, no comment, no physician
        but the referring one, no institution, no device.
    film
        The picture, for results that show it.

    Returns
    -------
    Source
        Values that are valid under their VR stay exactly as they are; `notes` say what was repaired or left out. A
        value is never cut short: a shortened name or number is somebody else's.

    Raises
    ------
    SourceError
        If there is no valid UID of study, series, instance or class, no picture, or if the film is a result of this
        software itself.
    """
    with quiet():
        if facts(dataset).own_result:
            raise SourceError(
                "the film is itself a result of this software: results of results would never end. Send the film that "
                "it was made from"
            )
        elements, notes = _elements(dataset)
    return Source(elements=elements, notes=notes, film=film)


def _elements(dataset: Dataset) -> tuple[tuple[DataElement, ...], tuple[Note, ...]]:
    keywords = (*_IDENTITY, *_PICTURE)
    charset, noted = character_set(dataset, keywords)
    notes = [noted] if noted else []
    made: dict[str, DataElement] = {}
    for keyword in keywords:
        element, noted = copied(dataset, keyword, charset)
        if noted:
            notes.append(noted)
        if element is not None and (element.value not in (None, "") or keyword in _TYPE_2):
            made[keyword] = element
    _complete(dataset, made, notes)
    _sound(made, notes)
    if not all(fits(element, charset.encodings) for element in made.values()):
        charset = CharacterSet((UTF8,))
        notes.append(Note("SpecificCharacterSet", f"has not all letters of the header: {UTF8} is used instead"))
    if charset.terms:
        value = list(charset.terms) if len(charset.terms) > 1 else charset.terms[0]
        made["SpecificCharacterSet"] = DataElement("SpecificCharacterSet", "CS", value)
    return tuple(sorted(made.values(), key=lambda element: element.tag)), tuple(notes)


def _complete(dataset: Dataset, made: dict[str, DataElement], notes: list[Note]) -> None:
    """Attributes of type 2 empty where they are missing; the instance's own UIDs from the file's meta header if need be."""
    empty = Dataset()
    for keyword in _TYPE_2:
        if keyword not in made:
            setattr(empty, keyword, None)
            made[keyword] = empty[keyword]
    meta = getattr(dataset, "file_meta", None) or Dataset()
    for keyword in ("SOPClassUID", "SOPInstanceUID"):
        if keyword in made:
            continue
        element, _ = copied(meta, f"MediaStorage{keyword}", CharacterSet())
        if element is not None and element.value:
            setattr(empty, keyword, str(element.value))
            made[keyword] = empty[keyword]
            notes.append(Note(keyword, "taken from the file's meta header, for the film itself has none"))


def _sound(made: dict[str, DataElement], notes: list[Note]) -> None:
    """Leave out what is valid under its VR and still says nothing that the standard knows."""
    rules = {
        "PatientSex": ("M", "F", "O"),
        "Laterality": ("L", "R"),
        "ImageLaterality": ("L", "R", "U", "B"),
        "PatientIdentityRemoved": ("YES", "NO"),
        "QualityControlSubject": ("YES", "NO"),
    }
    for keyword, terms in rules.items():
        if keyword in made and made[keyword].value and made[keyword].value not in terms:
            notes.append(Note(keyword, "holds none of the standard's values: left out"))
            _drop(made, keyword)
    offset = str(made["TimezoneOffsetFromUTC"].value) if "TimezoneOffsetFromUTC" in made else ""
    if offset and not _is_offset(offset):
        notes.append(Note("TimezoneOffsetFromUTC", "is no offset of hours and minutes: left out"))
        del made["TimezoneOffsetFromUTC"]
    removed = made.get("PatientIdentityRemoved")
    if (
        removed
        and removed.value == "YES"
        and not {"DeidentificationMethod", "DeidentificationMethodCodeSequence"}
        & {keyword for keyword, element in made.items() if element.value}
    ):
        notes.append(Note("PatientIdentityRemoved", "does not say by which method (PS3.3 C.7.1.1): left out"))
        del made["PatientIdentityRemoved"]


def _drop(made: dict[str, DataElement], keyword: str) -> None:
    if keyword in _TYPE_2:
        made[keyword] = DataElement(made[keyword].tag, made[keyword].VR, None)
    else:
        del made[keyword]


def _is_offset(offset: str) -> bool:
    """&ZZXX of PS3.3 C.12.1.1: -1200 to +1400, and +0000 for none."""
    signed = offset[:1] in ("+", "-") and offset[1:].isdigit() and len(offset) == 5
    return signed and int(offset[3:]) < 60 and -1200 <= int(offset) <= 1400 and offset != "-0000"
