"""Every kind of result of films whose headers are wrong, and of films that come mixed: valid, or refused; never another's."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from clinical import conftest as readings
from clinical.objects import WHEN, header, violations
from wetread.clinical import source
from wetread.clinical.kinds import DICOM, KINDS, Kind, encode
from wetread.clinical.source import Source
from wetread.errors import SourceError
from wetread.inference.reading import Reading
from wetread.radiograph.value import Facts, Radiograph

FILM = Radiograph(readings.gradient(), Facts(modality="CR", rows=readings.ROWS, columns=readings.COLUMNS))


def raw(keyword: str, vr: str, value: bytes) -> Callable[[Dataset], None]:
    """Put bytes into a header as a file may hold them, unread and unchecked."""

    def into(dataset: Dataset) -> None:
        tag = Tag(keyword)
        dataset._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)

    return into


def private(dataset: Dataset) -> None:
    block = dataset.private_block(0x0011, "SECRET MAKER", create=True)
    block.add_new(0x01, "LO", "SecretWord")
    dataset.add_new(0x00990001, "LO", "SecretWord")
    dataset.PatientComments = "SecretWord"
    dataset.OperatorsName = "SecretWord^Operator"


LONG = b"SecretWord" * 1000
CARRIED: dict[str, Callable[[Dataset], None]] = {
    "private": private,
    "a name of 10,000 letters": raw("PatientName", "PN", LONG),
    "an identifier of 10,000 letters": raw("PatientID", "LO", LONG),
    "a description of 10,000 letters": raw("StudyDescription", "LO", LONG),
    "an accession number of 10,000 letters": raw("AccessionNumber", "SH", LONG),
    "a referring physician of 10,000 letters": raw("ReferringPhysicianName", "PN", LONG),
    "a name in a number": raw("PatientName", "US", b"\1\0"),
    "a date in words": raw("PatientBirthDate", "DA", b"SecretWord"),
    "a date as a sequence": raw("StudyDate", "SQ", b""),
    "a time that is none": raw("StudyTime", "TM", b"SecretWord99"),
    "an identifier as a sequence": raw("PatientID", "SQ", b""),
    "a sex that nobody has": raw("PatientSex", "CS", b"SecretWord"),
    "a name with an escape": raw("PatientName", "PN", b"Secret\x1b$BWord^\x07"),
    "a spacing in words": raw("PixelSpacing", "DS", b"SecretWord\\x"),
    "a window in words": raw("WindowCenter", "DS", b"SecretWord"),
    "a slope in words": raw("RescaleSlope", "DS", b"SecretWord"),
    "an unknown character set": raw("SpecificCharacterSet", "CS", b"SecretWord"),
    "an empty frame of reference": raw("FrameOfReferenceUID", "UI", b""),
    "a table that is none": raw("VOILUTSequence", "UN", b"SecretWord"),
}
REFUSED: dict[str, Callable[[Dataset], None]] = {
    f"{keyword} {why}": raw(keyword, "UI", value)
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
    for why, value in {
        "empty": b"",
        "of blanks": b"  ",
        "in words": b"SecretWord",
        "of 10,000 digits": b"1." * 5000,
        "with a leading zero": b"1.02.3",
    }.items()
}
REFUSED["no study"] = lambda dataset: dataset.__delitem__("StudyInstanceUID")
REFUSED["no picture"] = lambda dataset: dataset.__delitem__("Rows")


def spoiled(how: Callable[[Dataset], None]) -> Dataset:
    made = header(PatientName="Doe^Jane", SpecificCharacterSet=None)
    how(made)
    return made


def written(kind: Kind, reading: Reading, found: Source, when: datetime = WHEN) -> bytes:
    return encode(kind.build(reading, found, when=when))


def no_word(kind: Kind, content: bytes, *words: str) -> None:
    """None of these words is in a file, nor on its page if it is one."""
    shown = page(content) if kind.name == "pdf" else ""
    for word in words:
        assert word.encode() not in content, kind.name
        assert word not in shown, kind.name


def page(content: bytes) -> str:
    """The words on the page in an encapsulated PDF; "" where poppler-utils is not installed."""
    if shutil.which("pdftotext") is None:
        return ""
    start, end = content.index(b"%PDF-"), content.rindex(b"%%EOF") + 5
    run = subprocess.run(["pdftotext", "-", "-"], input=content[start:end], capture_output=True, check=True)
    return run.stdout.decode()


@pytest.mark.parametrize("name", list(CARRIED))
def test_a_wrong_header_gives_valid_objects_that_leave_it_out(name: str, tmp_path: Path) -> None:
    found = source.of(spoiled(CARRIED[name]), FILM)
    for kind in KINDS.values():
        result = kind.build(readings.reading(), found, when=WHEN)
        no_word(kind, encode(result), "SecretWord")
        if kind.media_type == DICOM:
            assert isinstance(result, Dataset)
            assert violations(result, tmp_path) == [], kind.name
    assert all("Secret" not in note.message for note in found.notes)


@pytest.mark.parametrize("name", list(REFUSED))
def test_a_film_that_results_cannot_point_at_is_refused_in_plain_words(name: str) -> None:
    with pytest.raises(SourceError, match=r"no (valid \w+UID|Rows)") as refused:
        source.of(spoiled(REFUSED[name]), FILM)
    assert "Secret" not in str(refused.value)


# ------------------------------------------------------------------------------------------ whose results they are

PATIENTS = 3


def mark(number: int) -> tuple[str, ...]:
    """Words that only one patient's film has, valid in what they stand in."""
    return (f"Family{number}Q", f"ID{number}Q", f"1.2.77.{number + 1}99", f"1.2.78.{number + 1}99", f"ACC{number}Q")


def patient(number: int) -> Source:
    name, identifier, study, instance, accession = mark(number)
    changes: dict[str, Any] = {
        "PatientName": f"{name}^Given",
        "PatientID": identifier,
        "StudyInstanceUID": study,
        "SOPInstanceUID": instance,
        "SeriesInstanceUID": f"{study}.1",
        "AccessionNumber": accession,
    }
    film = Radiograph(np.full(FILM.shape, 0.2 + 0.2 * number, np.float32), FILM.facts)
    return source.of(header(**changes), film)


SOURCES = tuple(patient(number) for number in range(PATIENTS))


@pytest.mark.requirement("REQ-NO-MIXING")
@pytest.mark.parametrize("name", list(KINDS))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    order=st.lists(st.integers(0, PATIENTS - 1), min_size=2, max_size=6),
    status=st.sampled_from(sorted(readings.STATUSES)),
)
def test_interleaved_studies_never_meet(name: str, order: list[int], status: str) -> None:
    kind, reading = KINDS[name], readings.STATUSES[status]()
    first: dict[int, bytes] = {}
    for number in order:
        content = written(kind, reading, SOURCES[number])
        assert mark(number)[3].encode() in content, name
        no_word(kind, content, *(word for other in range(PATIENTS) if other != number for word in mark(other)))
        assert first.setdefault(number, content) == content  # whatever was made in between
