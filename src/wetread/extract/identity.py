"""Who is on a film and when it was taken: read to be replaced, and never written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

from wetread.errors import UnreadableError, WetreadError
from wetread.radiograph.decode import quiet
from wetread.radiograph.door import open_dataset

__all__ = ["Identity", "read_identity"]

_KEYWORDS = ("PatientID", "IssuerOfPatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID",
             "StudyDate", "SeriesDate", "AcquisitionDate", "AcquisitionDateTime", "ContentDate", "BurnedInAnnotation",
             "RecognizableVisualFeatures", "ConversionType")  # fmt: skip
_DATE = re.compile(r"(\d{4})([-./]?)(\d{2})\2(\d{2})(?:\d{2,6}(?:\.\d{1,6})?(?:[+-]\d{4})?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a header says of person and time; "" or None where it is silent. It stays in memory.

    Parameters
    ----------
    patient_id, issuer
        PatientID (0010,0020) and IssuerOfPatientID (0010,0021), without surrounding spaces.
    study, series, instance
        Their instance UIDs.
    study_date, acquisition_date
        StudyDate; AcquisitionDate, else that of AcquisitionDateTime, SeriesDate or ContentDate.
    burned_in, recognizable, conversion
        BurnedInAnnotation (0028,0301), RecognizableVisualFeatures (0028,0302), ConversionType (0008,0064), upper case.
    """

    patient_id: str = ""
    issuer: str = ""
    study: str = ""
    series: str = ""
    instance: str = ""
    study_date: date | None = None
    acquisition_date: date | None = None
    burned_in: str = ""
    recognizable: str = ""
    conversion: str = ""


def read_identity(path: Path) -> Identity:
    """Read it from a file whose header a worker has already parsed within its limits.

    Raises
    ------
    UnreadableError
        If the file cannot be parsed any more.
    """
    with quiet():
        try:
            dataset: Dataset = dcmread(path, stop_before_pixels=True, specific_tags=list(_KEYWORDS), force=True)
            if not dataset:
                dataset = open_dataset(path)
        except WetreadError:
            raise
        except Exception as error:  # pydicom lets errors of many kinds through
            raise UnreadableError("the file changed while it was read: run the extraction again") from error
        return _identity(dataset)


def _identity(dataset: Dataset) -> Identity:
    said = {keyword: next(_said(dataset, keyword), "") for keyword in _KEYWORDS}
    taken = ("AcquisitionDate", "AcquisitionDateTime", "SeriesDate", "ContentDate")
    return Identity(
        patient_id=said["PatientID"],
        issuer=said["IssuerOfPatientID"],
        study=said["StudyInstanceUID"],
        series=said["SeriesInstanceUID"],
        instance=said["SOPInstanceUID"],
        study_date=_date(said["StudyDate"]),
        acquisition_date=next((day for keyword in taken if (day := _date(said[keyword]))), None),
        burned_in=said["BurnedInAnnotation"].upper(),
        recognizable=said["RecognizableVisualFeatures"].upper(),
        conversion=said["ConversionType"].upper(),
    )


def _said(dataset: Dataset, keyword: str) -> Iterator[str]:
    """The element's whole text: an identifier is never cut short, for two people could become one."""
    tag = tag_for_keyword(keyword)
    assert tag is not None
    if tag not in dataset:
        return
    element = dataset.get_item(tag)
    value: Any = element.value
    if value is None:
        return
    if isinstance(value, bytes | bytearray):
        try:
            text = bytes(value).decode("utf-8")
        except UnicodeDecodeError:
            text = bytes(value).decode("latin-1")
    else:
        text = str(value)
    yield text.strip(" \0")


def _date(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    try:
        return date(int(match[1]), int(match[3]), int(match[4])) if match else None
    except ValueError:
        return None
