"""What holds for every result, whatever its kind: valid on real and on hostile films, and never of two patients."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from clinical import sources
from clinical.conftest import COLUMNS, ROWS, STATUSES, gradient, refused, ring
from clinical.conftest import reading as read_film
from clinical.objects import WHEN, header, violations
from wetread.clinical import source
from wetread.clinical.kinds import DICOM, KINDS, Kind, encode
from wetread.clinical.source import Source
from wetread.errors import Code, SourceError, UnreadableError
from wetread.inference.reading import Attention, Reading
from wetread.preprocess import InputSpec
from wetread.radiograph import Facts, IntendedUse, Radiograph, eligibility, read
from wetread.radiograph.door import open_dataset

OBJECTS = [kind for kind in KINDS.values() if kind.media_type == DICOM]
FILMS = [
    "966_fixed.dcm", "Fake_MONOHR1.dcm", "RG1_J2KI.dcm", "RG2_RLE.dcm", "RG3_JLSL.dcm", "gdcm-CR-MONO1-10-chest.dcm",
    "mlut_18.dcm", "rsna_cr_pa.dcm", "test1.dcm", "test16signed_SMPTE.dcm", "test4.dcm", "test5.dcm", "test6.dcm",
]  # fmt: skip
"""Real films: CR and DX of several makers, refused ones among them, altered headers, hashed identity, no study date."""

GEOMETRIES: dict[str, dict[str, Any]] = {
    "oblong": {"Rows": ROWS // 2, "PixelSpacing": ["0.4", "0.2"]},
    "oblong by ratio": {"Rows": ROWS // 2, "PixelSpacing": None, "PixelAspectRatio": ["2", "1"]},
    "monochrome 1": {"PhotometricInterpretation": "MONOCHROME1"},
    "no spacing": {"PixelSpacing": None},
    "DX": {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.1",
        "Modality": "DX",
        "ImageLaterality": "U",
        "PresentationLUTShape": "IDENTITY",
        "ImagerPixelSpacing": ["0.15", "0.15"],
    },
    "lossy": {"LossyImageCompression": "01", "LossyImageCompressionRatio": "10"},
    "rescaled": {"RescaleSlope": "-1", "RescaleIntercept": "255", "RescaleType": "US"},
    "hand": {"BodyPartExamined": "HAND", "Laterality": "L"},
    "skull": {"BodyPartExamined": "SKULL"},
    "no body part": {"BodyPartExamined": None, "PatientOrientation": None},
}


def outlined(rows: int, columns: int, **changes: Any) -> Reading:
    """A reading with an outline in the middle of a film of this size."""
    circle = ring(rows / 2, columns / 2, min(rows, columns) / 5)
    attention = Attention(
        np.zeros((8, 8), np.float32), (rows, columns), InputSpec(height=64, width=64), "No.", (circle,)
    )
    return read_film(attention=attention, **changes)


def faults(reading: Reading, of: Source, folder: Path) -> list[str]:
    """What dciodvfy finds in the film's objects of every kind."""
    return [
        f"{kind.name}: {line}" for kind in OBJECTS for line in violations(made(kind, reading, of), folder)
    ]  # fmt: skip


def made(kind: Kind, reading: Reading, of: Source) -> Dataset:
    built = kind.build(reading, of, when=WHEN)
    assert isinstance(built, Dataset)
    return built


@pytest.mark.requirement("REQ-DICOM-RESULTS")
@pytest.mark.parametrize("name", FILMS)
def test_objects_of_real_films_are_valid(name: str, shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "dicom" / name
    try:
        film = read(path)
    except UnreadableError:
        film = None
    of = source.of(open_dataset(path), film)
    assert faults(outlined(*film.shape) if film else refused(), of, tmp_path) == []


@pytest.mark.requirement("REQ-DICOM-RESULTS")
@pytest.mark.parametrize("kind", sources.KINDS)
def test_objects_of_every_kind_of_patient_are_valid(kind: str, tmp_path: Path) -> None:
    of = sources.made(kind)
    for reading in (outlined(of.rows, of.columns), refused()):
        assert faults(reading, of, tmp_path) == []


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_objects_of_every_geometry_are_valid(geometry: str, tmp_path: Path) -> None:
    changes = GEOMETRIES[geometry]
    stored = np.rint(gradient(int(changes.get("Rows", ROWS))) * 255).astype(np.uint8)
    film = header(PixelData=stored.tobytes(), **changes)
    picture = read(film)
    assert picture.shape == (ROWS, COLUMNS)
    of = source.of(film, picture)
    assert faults(outlined(ROWS, COLUMNS), of, tmp_path) == []
    assert faults(refused(), of, tmp_path) == []


@pytest.mark.requirement("REQ-OWN-RESULT")
@pytest.mark.parametrize("kind", [kind.name for kind in OBJECTS])
def test_every_object_is_refused_by_our_own_door(kind: str) -> None:
    for make in STATUSES.values():
        found = made(KINDS[kind], make(), source.of(header()))
        assert Code.OWN_RESULT in {reason.code for reason in eligibility(found, IntendedUse(age_years=(18, 120)))}
        with pytest.raises(SourceError, match="itself a result"):
            source.of(found)


# ------------------------------------------------------------------------------------------------- hostile films


def _raw(film: Dataset, keyword: str, vr: str, value: bytes) -> Dataset:
    tag = Tag(keyword)
    film._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)
    return film


def _private(film: Dataset) -> Dataset:
    block = film.private_block(0x0011, "SOMEBODY", create=True)
    block.add_new(0x10, "LO", "SECRET-7")
    block.add_new(0x11, "SQ", [header()])
    return film


HOSTILE: dict[str, Callable[[], Dataset]] = {
    "private": lambda: _private(header()),
    "a name of 10000 letters": lambda: _raw(header(), "PatientName", "PN", b"SECRET-7" * 1250),
    "an ID of 10000 letters": lambda: _raw(header(), "PatientID", "LO", b"SECRET-7" * 1250),
    "a name as a number": lambda: _raw(header(), "PatientName", "US", b"\x01\x02"),
    "a date of words": lambda: _raw(header(), "PatientBirthDate", "DA", b"SECRET-7"),
    "a date as floats": lambda: _raw(header(), "StudyDate", "FD", bytes(16)),
    "a sequence for a text": lambda: _raw(header(), "AccessionNumber", "SQ", b"\xfe\xff\x00\xe0\x00\x00\x00\x00"),
    "rows as text": lambda: _raw(header(), "PixelSpacing", "LO", b"wide\\SECRET-7"),
    "a window of words": lambda: _raw(header(), "WindowCenter", "DS", b"SECRET-7"),
    "half a window": lambda: header(WindowCenter=["10", "20"], WindowWidth="0"),
    "a table of nothing": lambda: header(VOILUTSequence=[Dataset()]),
    "a table that lies": lambda: header(ModalityLUTSequence=[_table([256, 0, 16], b"\0\0")]),
    "an orientation of one": lambda: header(PatientOrientation="L"),
    "an unknown character set": lambda: _raw(header(PatientName="Doe^Jane"), "SpecificCharacterSet", "CS", b"SECRET-7"),
    "control characters": lambda: _raw(header(), "StudyDescription", "LO", b"a\x00b\x07c SECRET-7"),
    "a slope of nothing": lambda: header(RescaleSlope="0", RescaleIntercept="1"),
    "no study": lambda: header(StudyInstanceUID=None),
    "an empty study": lambda: header(StudyInstanceUID=""),
    "an empty series": lambda: header(SeriesInstanceUID=""),
    "a study of words": lambda: _raw(header(), "StudyInstanceUID", "UI", b"SECRET-7"),
    "no instance": lambda: header(SOPInstanceUID=None),
    "no size": lambda: header(Rows=0),
    "a size beyond all films": lambda: header(Rows=65535, Columns=65535),
}
NO_SOURCE = {"no study", "an empty study", "an empty series", "a study of words", "no instance", "no size"}


def _table(descriptor: list[int], data: bytes) -> Dataset:
    item = Dataset()
    item.LUTDescriptor, item.LUTData = descriptor, data
    item["LUTDescriptor"].VR, item["LUTData"].VR = "US", "OW"
    return item


@pytest.mark.requirement("REQ-DICOM-RESULTS")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_film_has_valid_objects_or_a_clear_refusal(name: str, tmp_path: Path) -> None:
    film = HOSTILE[name]()
    if name in NO_SOURCE:
        with pytest.raises(SourceError) as refusal:
            source.of(film)
        assert "SECRET" not in str(refusal.value)
        return
    of = source.of(film)
    for reading in (refused(), outlined(ROWS, COLUMNS)):
        for kind in KINDS.values():
            content = encode(kind.build(reading, of, when=WHEN))
            assert b"SECRET" not in content, kind.name
        assert faults(reading, of, tmp_path) == []
    assert "SECRET" not in str(of.notes)


# ------------------------------------------------------------------------------------------- nobody else's data

MARKS = st.lists(st.integers(1000, 9999), min_size=2, max_size=3, unique=True)


def _patient(mark: int) -> Source:
    film = header(
        PatientName=f"Nm{mark}^Given", PatientID=f"Id{mark}", AccessionNumber=f"Ac{mark}", StudyID=f"St{mark}",
        StudyDescription=f"De{mark}", ReferringPhysicianName=f"Re{mark}", StudyInstanceUID=f"1.2.{mark}.1",
        SeriesInstanceUID=f"1.2.{mark}.2", SOPInstanceUID=f"1.2.{mark}.3",
    )  # fmt: skip
    uids = {"SOPInstanceUID": f"1.2.{mark}.3"}
    return source.of(film, Radiograph(np.full((ROWS, COLUMNS), mark / 1e4, np.float32), Facts(), source_uids=uids))


@pytest.mark.requirement("REQ-NO-MIXING")
@given(marks=MARKS, order=st.randoms(use_true_random=False))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_interleaved_studies_never_mix(marks: list[int], order: Any) -> None:
    """Whatever was made before, and in which order, a result holds its own patient's data and nobody else's."""
    work = [(mark, kind) for mark in marks for kind in KINDS.values()] * 2
    order.shuffle(work)
    patients = {mark: _patient(mark) for mark in marks}
    first: dict[tuple[int, str], bytes] = {}
    for mark, kind in work:
        content = encode(kind.build(outlined(ROWS, COLUMNS), patients[mark], when=WHEN))
        assert first.setdefault((mark, kind.name), content) == content
        for other in set(marks) - {mark}:
            for word in (f"Nm{other}", f"Id{other}", f"Ac{other}", f"De{other}", f"Re{other}", f"1.2.{other}."):
                assert word.encode() not in content, (kind.name, word)
        assert f"1.2.{mark}.".encode() in content, kind.name
