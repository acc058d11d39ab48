"""Archives for the extraction."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.archives import key_file, patient_film, save


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return key_file(tmp_path)


@pytest.fixture(scope="session")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with everything in it: see `EXPECTED` in test_run.py."""
    root = tmp_path_factory.mktemp("archive")
    save(patient_film(1), root / "a" / "1.dcm")
    save(patient_film(2, PatientID="PID-1"), root / "a" / "deep" / "er" / "2.dcm")
    save(patient_film(3, BurnedInAnnotation="YES"), root / "b" / "3.dcm")
    save(patient_film(4, BurnedInAnnotation=None, ImageType=["ORIGINAL", "PRIMARY", ""]), root / "b" / "4")
    capture = patient_film(5, BurnedInAnnotation=None, ConversionType="WSD")
    capture.SOPClassUID = capture.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    save(capture, root / "b" / "5.dcm")
    save(patient_film(6, BodyPartExamined="KNEE", AnatomicRegionSequence=None), root / "c" / "6.dcm")
    save(patient_film(7, Modality="CT"), root / "c" / "7.dcm")
    content = (root / "a" / "1.dcm").read_bytes()
    (root / "c" / "8-copy.dcm").write_bytes(content)
    (root / "c" / "9-cut.dcm").write_bytes(content[: len(content) // 2])
    (root / "c" / "letter.txt").write_text("a letter, no film")
    (root / "c" / ".hidden").write_text("left out")
    return root
