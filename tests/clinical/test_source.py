"""Identity is carried exactly where it is valid; whatever else a header holds, nothing of it reaches a result."""

from __future__ import annotations

import warnings
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from clinical.objects import WHEN, header, read_again
from wetread.clinical import source
from wetread.errors import ConfigError, SourceError

TYPE_2 = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID")


def raw(keyword: str, vr: str, value: bytes, **changes: Any) -> Dataset:
    """A header in which one element stands as a file had it: any VR, any bytes."""
    made = read_again(header(**changes))
    tag = Tag(keyword)
    made._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)
    return made


def noted(of: source.Source) -> dict[str, str]:
    return {note.keyword: note.message for note in of.notes}


@pytest.mark.requirement("REQ-IDENTITY")
def test_a_valid_header_is_carried_exactly() -> None:
    film = header()
    found = source.of(film)
    assert found.notes == ()
    for element in found.header:
        assert element.value == film[element.tag].value, element.keyword
    assert found.identity.PatientName == "Müller^Jürgen"
    assert found.identity.SpecificCharacterSet == "ISO_IR 100"
    assert (found.study_uid, found.series_uid, found.sop_uid) == ("1.2.3.4.2", "1.2.3.4.3", "1.2.3.4.1")
    assert (found.rows, found.columns) == (300, 250)


def test_nothing_is_carried_but_what_is_named() -> None:
    film = header(PatientComments="a neighbour of Smith", InstitutionName="St. Elsewhere", OperatorsName="Roe^Jane")
    film.add_new(0x00090010, "LO", "SOMEBODY")
    film.add_new(0x00091001, "LO", "private secret")
    found = source.of(film)
    assert {"PixelData", "PatientComments", "InstitutionName", "OperatorsName", "Manufacturer"}.isdisjoint(
        element.keyword for element in found.header
    )
    assert not any(element.tag.is_private for element in found.header)
    assert "secret" not in str(found.header)


def test_the_film_is_left_as_it_is_and_copies_are_fresh() -> None:
    film = raw("PatientBirthDate", "DA", b"1950.01.01")
    found = source.of(film)
    found.header.PatientName = found.identity.PatientName = "Somebody^Else"
    assert found.identity.PatientName == "Müller^Jürgen"
    assert film.get_item("PatientBirthDate").value == b"1950.01.01"
    assert "PixelData" in film


def test_libraries_are_shown_nobody() -> None:
    shown = source.of(header()).evidence
    assert not any(shown.get(keyword) for keyword in (*source.PATIENT, *set(source.STUDY) - {"StudyInstanceUID"}))
    assert shown.SOPInstanceUID == "1.2.3.4.1"


@pytest.mark.parametrize(
    ("terms", "name"),
    [
        (None, "Mueller^Juergen"),
        ("ISO_IR 100", "Müller^Jürgen"),
        ("ISO_IR 192", "Müller^Jürgen=山田^太郎=やまだ^たろう"),
        ("ISO_IR 144", "Люкceмбypг"),
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        (["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동"),
        ("GB18030", "Wang^XiaoDong=王^小东"),
    ],
)
def test_the_character_set_is_kept(terms: Any, name: str) -> None:
    film = header(SpecificCharacterSet=terms, PatientName=name)
    found = source.of(read_again(film))
    assert found.notes == ()
    assert found.identity.get("SpecificCharacterSet") == terms
    once, again = read_again_identity(found), read_again(film)
    assert str(once.PatientName) == str(again.PatientName) == name
    assert once.PatientName.original_string == again.PatientName.original_string


def read_again_identity(found: source.Source) -> Dataset:
    made = found.header
    made.file_meta = header().file_meta
    return read_again(made)


def test_undeclared_letters_are_declared_and_stay_the_same_bytes() -> None:
    utf8 = raw("PatientName", "PN", "Müller^J".encode(), SpecificCharacterSet=None, PatientName="X")
    found = source.of(utf8)
    assert (found.identity.SpecificCharacterSet, found.identity.PatientName) == ("ISO_IR 192", "Müller^J")
    latin = raw("PatientName", "PN", "Müller^J".encode("latin-1"), SpecificCharacterSet=None, PatientName="X")
    found = source.of(latin)
    assert (found.identity.SpecificCharacterSet, found.identity.PatientName) == ("ISO_IR 100", "Müller^J")
    assert "not declared" in noted(found)["SpecificCharacterSet"]


@pytest.mark.parametrize(("written", "meant"), [("ISO IR 100", "ISO_IR 100"), ("iso-ir 192", "ISO_IR 192")])
def test_a_misspelt_character_set_is_written_as_its_defined_term(written: str, meant: str) -> None:
    film = raw("SpecificCharacterSet", "CS", written.encode(), PatientName="A^B", SpecificCharacterSet="ISO_IR 100")
    found = source.of(film)
    assert found.identity.SpecificCharacterSet == meant
    assert "misspelt" in noted(found)["SpecificCharacterSet"]


@pytest.mark.requirement("REQ-IDENTITY")
def test_a_name_that_is_not_in_the_declared_set_is_left_out() -> None:
    found = source.of(raw("PatientName", "PN", "Müller".encode("latin-1"), SpecificCharacterSet="ISO_IR 192"))
    assert not found.identity.PatientName
    assert noted(found) == {"PatientName": "is not written in the character set that the film declares: left out"}


@pytest.mark.requirement("REQ-IDENTITY")
@pytest.mark.parametrize(
    ("keyword", "value", "kept"),
    [
        ("PatientBirthDate", b"1950.01.01", "19500101"),
        ("PatientBirthDate", b"19500231", ""),
        ("PatientBirthDate", b"d14a028c2a3a2bc9476102bb288234c4", ""),
        ("StudyTime", b"10:15:30", "101530"),
        ("PatientSex", b"male ", "M"),
        ("PatientSex", b"f", "F"),
        ("PatientSex", b"X", ""),
        ("PatientName", b"A" * 10_000, ""),
        ("PatientName", b"A^B\nC", ""),
        ("PatientID", b"P1\\P2", ""),
        ("PatientID", b"P" * 65, ""),
        ("PatientID", b"P-17\0", "P-17"),
        ("AccessionNumber", b"1" * 17, ""),
        ("StudyDate", b"yesterday", ""),
    ],
)
def test_what_is_not_valid_is_repaired_or_left_out_and_said(keyword: str, value: bytes, kept: str) -> None:
    film = raw(keyword, header()[keyword].VR, value)
    found = source.of(film)
    assert str(found.identity[keyword].value or "") == kept
    assert (keyword in noted(found)) == (value.strip(b"\0 ") != kept.encode())
    assert len(value) < 6 or value.decode()[:20] not in " ".join(noted(found).values())


def test_a_wrong_vr_is_put_right() -> None:
    found = source.of(raw("PatientName", "LO", b"Roe^Jane"))
    assert found.identity["PatientName"].VR == "PN"
    assert found.identity.PatientName == "Roe^Jane"
    assert noted(found) == {"PatientName": "was written as LO, is PN here"}


def test_sequences_are_carried_without_their_private_elements() -> None:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "X1", "99LOCAL", "Thorax"
    item.add_new(0x00090010, "LO", "SOMEBODY")
    found = source.of(header(ProcedureCodeSequence=Sequence([item])))
    (kept,) = found.identity.ProcedureCodeSequence
    assert [element.keyword for element in kept] == ["CodeValue", "CodingSchemeDesignator", "CodeMeaning"]
    assert "ProcedureCodeSequence" in noted(found)


@pytest.mark.requirement("REQ-SOURCE")
@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID"])
@pytest.mark.parametrize("value", [None, "", "not a uid", "1.2.03", "1." * 40 + "1"])
def test_without_its_uids_there_is_no_source(keyword: str, value: str | None) -> None:
    film = header(**{keyword: None})
    if value is not None:
        film = raw(keyword, "UI", value.encode())
        del film.file_meta.MediaStorageSOPInstanceUID, film.file_meta.MediaStorageSOPClassUID
    with pytest.raises(SourceError, match=keyword):
        source.of(film)


def test_the_instance_uid_may_come_from_the_files_own_header() -> None:
    film = header(SOPInstanceUID=None)
    film.file_meta.MediaStorageSOPInstanceUID = "1.2.3.9"
    found = source.of(film)
    assert found.sop_uid == "1.2.3.9"
    assert "meta header" in noted(found)["SOPInstanceUID"]


@pytest.mark.requirement("REQ-SOURCE")
def test_what_is_no_picture_or_our_own_result_is_refused() -> None:
    with pytest.raises(SourceError, match="no picture"):
        source.of(header(Rows=None))
    with pytest.raises(SourceError, match="itself a result"):
        source.of(header(Manufacturer="wetread"))


def test_times_are_told_in_the_films_zone() -> None:
    assert source.of(header()).moment(WHEN) == ("20261122", "073015.250000", "20261122073015.250000+0000")
    west = source.of(header(TimezoneOffsetFromUTC="-0800"))
    assert west.moment(WHEN) == ("20261121", "233015.250000", "20261121233015.250000-0800")
    assert west.moment(WHEN.astimezone(timezone(timedelta(hours=9)))) == west.moment(WHEN)
    with pytest.raises(ConfigError, match="zone"):
        west.moment(datetime(2026, 11, 22))
    found = source.of(header(TimezoneOffsetFromUTC="EST"))
    assert "TimezoneOffsetFromUTC" not in found.identity
    assert "TimezoneOffsetFromUTC" in noted(found)


@pytest.mark.requirement("REQ-GEOMETRY")
def test_outlines_land_on_the_stored_pixels() -> None:
    film = source.of(header(Rows=100, Columns=200))
    corners = ((-0.5, -0.5), (-0.5, 199.5), (99.5, 199.5), (99.5, -0.5))
    assert film.points(corners, (100, 200)) == ((0, 0), (200, 0), (200, 100), (0, 100), (0, 0))
    # A film of pixels twice as high as wide was read as 200 x 200.
    assert film.points(((0.5, 0.0), (1.5, 0.0)), (200, 200)) == ((0.5, 0.5), (0.5, 1.0), (0.5, 0.5))
    assert film.points(((-9.0, 999.0),), (100, 200)) == ((200.0, 0.0),)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\\"), max_size=70)
PATIENTS = st.fixed_dictionaries(
    {"PatientName": TEXT, "PatientID": TEXT, "AccessionNumber": TEXT, "PatientBirthDate": TEXT, "PatientSex": TEXT}
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PATIENTS, min_size=2, max_size=4))
def test_whatever_is_in_a_header_the_source_is_valid_and_its_own(patients: list[dict[str, str]]) -> None:
    """Interleaved: all films are opened before any is asked."""
    films = []
    for number, patient in enumerate(patients):
        film = header(SpecificCharacterSet="ISO_IR 192", StudyInstanceUID=f"1.2.{number + 1}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for keyword, value in patient.items():
                film.add_new(keyword, film[keyword].VR, value)
        films.append(film)
    sources = [source.of(film) for film in films]
    for number, (found, patient) in enumerate(zip(sources, patients, strict=True)):
        again = read_again_identity(found)
        assert again.StudyInstanceUID == f"1.2.{number + 1}"
        for keyword, value in patient.items():
            kept = str(again[keyword].value or "")
            assert kept in ("", value.strip("\0 "), *({"M", "F", "O"} if keyword == "PatientSex" else ()))
            assert kept == value.strip("\0 ") or keyword in noted(found)


def test_every_real_film_has_a_source(shared_data: Path) -> None:
    films = sorted((shared_data / "dicom").glob("*.dcm"))
    assert len(films) >= 18
    for path in films:
        film = dcmread(path, force=True)
        found = source.of(film)
        assert found.study_uid == film.StudyInstanceUID
        assert all(keyword in found.identity for keyword in TYPE_2)
        assert not found.identity.PatientID or found.identity.PatientID == film.PatientID
