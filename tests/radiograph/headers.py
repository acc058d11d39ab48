"""Headers for tests: a plain chest film in which any tag can be replaced, also by what the standard forbids."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pydicom
from pydicom import config
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ImplicitVRLittleEndian

COMPUTED = "1.2.840.10008.5.1.4.1.1.1"
DIGITAL = "1.2.840.10008.5.1.4.1.1.1.1"
FOR_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.1.1"
CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
STRUCTURED_REPORT = "1.2.840.10008.5.1.4.1.1.88.33"

CHEST: dict[str, Any] = {
    "SOPClassUID": COMPUTED,
    "Modality": "CR",
    "Manufacturer": "Maker",
    "BodyPartExamined": "CHEST",
    "ViewPosition": "PA",
    "PatientOrientation": ["L", "F"],
    "PatientAge": "050Y",
    "PatientSex": "F",
    "Rows": 2000,
    "Columns": 1800,
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
}


def header(**tags: Any) -> Dataset:
    """The plain chest film with some tags replaced, or left out where None; values are not validated."""
    dataset = Dataset()
    with config.disable_value_validation():
        for keyword, value in (CHEST | tags).items():
            if value is not None:
                setattr(dataset, keyword, value)
    return dataset


def coded(value: str, scheme: str = "SCT", meaning: str = "") -> list[Dataset]:
    """A code sequence of one item."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return [item]


def reread(dataset: Dataset) -> Dataset:
    """The same header as it comes from a file in implicit VR: raw bytes, not yet converted."""
    buffer = BytesIO()
    with config.disable_value_validation():
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        pydicom.dcmwrite(buffer, dataset, implicit_vr=True, little_endian=True)
    buffer.seek(0)
    return pydicom.dcmread(buffer, force=True)
