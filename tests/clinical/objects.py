"""Headers of films that are nobody's, and what the validators of dicom3tools and DCMTK say of an object."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

WHEN = datetime(2026, 11, 22, 7, 30, 15, 250000, tzinfo=UTC)
CR = "1.2.840.10008.5.1.4.1.1.1"


def header(**changes: Any) -> Dataset:
    """A valid header of a CR film, but for the changes; a change to None leaves the attribute out."""
    made = Dataset()
    values: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 100",
        "SOPClassUID": CR,
        "SOPInstanceUID": "1.2.3.4.1",
        "StudyDate": "20260102",
        "StudyTime": "101500",
        "AccessionNumber": "A17",
        "Modality": "CR",
        "Manufacturer": "Somebody",
        "InstitutionName": "A hospital",
        "ReferringPhysicianName": "Ward^A",
        "StudyDescription": "Thorax",
        "PatientName": "Müller^Jürgen",
        "PatientID": "P-17",
        "PatientBirthDate": "19500101",
        "PatientSex": "M",
        "PatientAge": "076Y",
        "BodyPartExamined": "CHEST",
        "ViewPosition": "PA",
        "StudyInstanceUID": "1.2.3.4.2",
        "SeriesInstanceUID": "1.2.3.4.3",
        "StudyID": "S1",
        "SeriesNumber": "1",
        "InstanceNumber": "1",
        "PatientOrientation": ["L", "F"],
        "Rows": 300,
        "Columns": 250,
        "PixelSpacing": ["0.2", "0.2"],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "PixelData": b"\0\0",
    }
    for keyword, value in (values | changes).items():
        if value is not None:
            setattr(made, keyword, value)
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return made


def read_again(made: Dataset) -> Dataset:
    """The object as it comes back from a file."""
    file = BytesIO()
    made.save_as(file, enforce_file_format=True)
    file.seek(0)
    return dcmread(file)


def violations(made: Dataset, folder: Path) -> list[str]:
    """Errors that `dciodvfy -new` finds; the test is skipped where dicom3tools is not installed."""
    if shutil.which("dciodvfy") is None:
        pytest.skip("needs dciodvfy (Debian package dicom3tools)")
    path = folder / "object.dcm"
    made.save_as(path, enforce_file_format=True)
    run = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False)
    said = (run.stdout + run.stderr).splitlines()
    assert said, "dciodvfy said nothing at all"
    return [line for line in said if line.startswith("Error")]


def dumped(made: Dataset, folder: Path) -> str:
    """The tree that DCMTK's `dsrdump` prints, which checks the relations that the SOP class allows."""
    if shutil.which("dsrdump") is None:
        pytest.skip("needs dsrdump (Debian package dcmtk)")
    path = folder / "report.dcm"
    made.save_as(path, enforce_file_format=True)
    run = subprocess.run(["dsrdump", "+Pl", "+Pc", str(path)], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode(errors="replace")
    assert b"E:" not in run.stderr
    return run.stdout.decode(errors="replace")


class Node:
    """A content item as its template sees it."""

    def __init__(self, item: Dataset) -> None:
        self.item = item

    @property
    def name(self) -> str | None:
        sequence = self.item.get("ConceptNameCodeSequence")
        return f"{sequence[0].CodingSchemeDesignator}:{sequence[0].CodeValue}" if sequence else None

    @property
    def code(self) -> str:
        value = self.item.ConceptCodeSequence[0]
        return f"{value.CodingSchemeDesignator}:{value.CodeValue}"

    @property
    def number(self) -> tuple[float, str]:
        measured = self.item.MeasuredValueSequence[0]
        return float(measured.NumericValue), str(measured.MeasurementUnitsCodeSequence[0].CodeValue)

    @property
    def shape(self) -> tuple[str | None, str | None, str | None]:
        """Relationship, value type, concept name: the three columns that every row of a template has."""
        return self.item.get("RelationshipType"), self.item.get("ValueType"), self.name

    @property
    def children(self) -> list[Node]:
        return [Node(item) for item in self.item.get("ContentSequence") or ()]

    def all(self, name: str) -> list[Node]:
        return [child for child in self.children if child.name == name]

    def one(self, name: str) -> Node:
        (found,) = self.all(name)
        return found

    @property
    def texts(self) -> list[str]:
        return [child.item.TextValue for child in self.children if child.item.get("ValueType") == "TEXT"]
