"""What every DICOM object written here has around its content: identity, series, equipment, times, UIDs, file header."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

import wetread
from wetread.clinical import uids
from wetread.clinical.facts import MANUFACTURER
from wetread.clinical.kinds import Kind
from wetread.clinical.source import PATIENT, STUDY, Source
from wetread.clinical.uids import Predecessor
from wetread.inference.reading import Reading

__all__ = ["MODEL_NAME", "NO_BUNDLE", "predecessors", "seal"]

MODEL_NAME = "wetread preliminary reader"
NO_BUNDLE = "none"


def seal(
    made: Dataset,
    kind: Kind,
    reading: Reading,
    source: Source,
    *,
    when: datetime,
    settings: Mapping[str, Any] | None = None,
) -> Dataset:
    """Give an object its envelope; whatever of it stood there before is replaced. Returns `made` itself.

    Patient and study are the film's own, exactly (`Source.identity`); nothing else in the envelope says where, by whom
    or on which machine it was made. UIDs follow from the reading (`wetread.clinical.uids`), all times are `when`.

    Parameters
    ----------
    made
        The object's content. Its PixelData, if any, is encoded for the transfer syntax in its file meta information;
        where there is none, Explicit VR Little Endian is written.
    kind
        Which object it is: SOP class, modality, series.
    settings
        What the builder was asked for, as far as it changes the object.

    Raises
    ------
    ConfigError
        If `when` has no zone.
    """
    moment = source.moment(when)
    # A library signs what it builds as contributing equipment, with the time that its clock shows.
    for keyword in ("ContributingEquipmentSequence", "SpecificCharacterSet", *PATIENT, *STUDY):
        if keyword in made:
            del made[keyword]
    made.update(source.identity)
    made.SOPClassUID = kind.sop_class_uid
    made.SOPInstanceUID = uids.derive(kind.name, reading, source, settings=settings)
    made.SeriesInstanceUID = uids.derive(kind.name, reading, source, settings=settings, part="series")
    made.Modality, made.SeriesNumber, made.InstanceNumber = kind.modality, kind.series_number, 1
    made.SeriesDescription = kind.title
    for part in ("Series", "InstanceCreation") if kind.modality == "PR" else ("Series", "Content", "InstanceCreation"):
        setattr(made, f"{part}Date", moment.date)
        setattr(made, f"{part}Time", moment.time)
    made.Manufacturer, made.ManufacturerModelName = MANUFACTURER, MODEL_NAME
    made.SoftwareVersions = wetread.__version__
    made.DeviceSerialNumber = reading.model.sha256 if reading.model else NO_BUNDLE
    _file_meta(made)
    return made


def predecessors(replaces: Predecessor | None, made: Dataset) -> list[Dataset] | None:
    """Items of PredecessorDocumentsSequence (0040,A360), or None where nothing is replaced.

    An object that would replace itself replaces nothing: the same reading made it before, and it is the same one.
    """
    if replaces is None or replaces.sop_uid == made.SOPInstanceUID:
        return None
    instance, series, study = Dataset(), Dataset(), Dataset()
    instance.ReferencedSOPClassUID, instance.ReferencedSOPInstanceUID = replaces.sop_class_uid, replaces.sop_uid
    series.SeriesInstanceUID, series.ReferencedSOPSequence = replaces.series_uid, [instance]
    study.StudyInstanceUID, study.ReferencedSeriesSequence = replaces.study_uid, [series]
    return [study]


def _file_meta(made: Dataset) -> None:
    before = getattr(made, "file_meta", None)
    syntax = before.get("TransferSyntaxUID") if before is not None and "PixelData" in made else None
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = made.SOPClassUID, made.SOPInstanceUID
    meta.TransferSyntaxUID = UID(syntax or ExplicitVRLittleEndian)
    meta.ImplementationClassUID = UID(uids.IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = uids.IMPLEMENTATION_VERSION
    made.file_meta, made.preamble = meta, bytes(128)
