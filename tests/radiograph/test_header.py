"""What a header says, and that nothing written into it can stop the reader."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import config
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from radiograph.headers import CAPTURE, COMPUTED, coded, header, reread
from wetread.errors import UsageError
from wetread.radiograph.header import facts
from wetread.radiograph.value import Facts

READ_TAGS = (
    "SOPClassUID", "Modality", "Manufacturer", "ManufacturerModelName", "SoftwareVersions", "BodyPartExamined", "ImageType",
    "AnatomicRegionSequence", "ViewPosition", "ViewCodeSequence", "PatientOrientation", "PatientPosition", "PatientAge",
    "PatientBirthDate", "StudyDate", "AcquisitionDate", "AcquisitionDateTime", "SeriesDate", "ContentDate", "PatientSex",
    "PresentationIntentType", "PatientSpeciesDescription", "PatientSpeciesCodeSequence", "PatientBreedDescription",
    "PatientBreedCodeSequence", "PatientSexNeutered", "AnatomicalOrientationType", "NumberOfFrames", "Rows", "Columns",
    "SamplesPerPixel", "PhotometricInterpretation", "BurnedInAnnotation", "ContributingEquipmentSequence", "PatientName",
    "PatientID", "OtherPatientIDs", "OtherPatientNames", "PatientBirthName", "AccessionNumber", "ReferringPhysicianName",
)  # fmt: skip


def test_an_empty_header_is_silent_about_everything() -> None:
    assert facts(Dataset()) == Facts()


def test_a_plain_header_is_read() -> None:
    found = facts(header())
    assert (found.modality, found.sop_class_uid, found.body_part, found.view, found.view_tag) == (
        "CR",
        COMPUTED,
        "CHEST",
        "PA",
        "ViewPosition",
    )
    assert (found.age_years, found.age_tag, found.sex, found.orientation) == (50.0, "PatientAge", "F", ("L", "F"))
    assert (found.rows, found.columns, found.photometric, found.manufacturer) == (2000, 1800, "MONOCHROME2", "Maker")


def test_a_file_says_the_same_as_the_dataset_it_was_written_from() -> None:
    tags = {"PatientAge": "81", "NumberOfFrames": 1, "ViewCodeSequence": coded("272479007"), "ViewPosition": "P A"}
    assert facts(reread(header(**tags))) == facts(header(**tags))
    assert facts(reread(header(**tags))).age_years == 81.0


def test_the_class_is_taken_from_the_file_meta_where_the_object_lacks_it() -> None:
    dataset = header(SOPClassUID=None)
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = CAPTURE
    assert facts(dataset).sop_class_uid == CAPTURE


@pytest.mark.requirement("REQ-ELIGIBLE")
@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("PA", "PA"), ("pa", "PA"), ("P A", "PA"), ("P.A.", "PA"), ("P-A", "PA"), ("PA UPRIGHT", "PA"), ("CHEST PA", "PA"), ("CHEST_PA", "PA"),
        ("Postero-anterior", "PA"), ("POSTEROANTERIOR", "PA"), ("AP", "AP"), ("AP PORTABLE", "AP"), ("AP SUPINE", "AP"), ("antero posterior", "AP"),
        ("LL", "LATERAL"), ("RL", "LATERAL"), ("LATERAL", "LATERAL"), ("LAT", "LATERAL"), ("L LAT", "LATERAL"), ("Seitlich", "LATERAL"),
        ("PROFIL", "LATERAL"), ("LLO", "OBLIQUE"), ("RLO", "OBLIQUE"), ("LAO", "OBLIQUE"), ("RAO", "OBLIQUE"), ("PA OBLIQUE", "OBLIQUE"),
        ("Schräg", "OBLIQUE"),
    ],
)  # fmt: skip
def test_view_position_in_many_spellings(text: str, view: str) -> None:
    found = facts(header(ViewPosition=text, PatientOrientation=None))
    assert (found.view, found.view_tag, found.view_text, found.view_conflict) == (view, "ViewPosition", None, None)


@pytest.mark.requirement("REQ-VIEW")
@pytest.mark.parametrize("text", ["XX", "PA LAT", "PA/AP", "LLD", "AP DECUBITUS", "AP LORDOTIC", "AXIAL", "KNEE"])
def test_a_view_text_that_is_not_one_standard_view_is_kept_for_the_refusal(text: str) -> None:
    found = facts(header(ViewPosition=text))
    assert (found.view, found.view_tag, found.view_text) == (None, "ViewPosition", text)


@pytest.mark.parametrize("text", ["", " ", "PORTABLE", "ERECT", "CHEST", "UNKNOWN", "n/a"])
def test_a_view_text_that_says_nothing_of_the_view_is_silence(text: str) -> None:
    found = facts(header(ViewPosition=text))
    assert (found.view, found.view_tag, found.view_text) == (None, None, None)


@pytest.mark.parametrize(
    ("code", "view"),
    [
        ("272479007", "PA"), ("R-10214", "PA"), ("399348003", "AP"), ("R-10206", "AP"), ("399067008", "LATERAL"), ("R-10236", "LATERAL"),
        ("399173006", "LATERAL"), ("R-10232", "LATERAL"), ("399198007", "LATERAL"), ("399182000", "OBLIQUE"), ("399135007", "OBLIQUE"),
    ],
)  # fmt: skip
def test_view_codes(code: str, view: str) -> None:
    scheme = "SRT" if code.startswith("R") else "SCT"
    found = facts(
        header(ViewPosition=None, PatientOrientation=None, ViewCodeSequence=coded(code, scheme, "misleading AP"))
    )
    assert (found.view, found.view_tag) == (view, "ViewCodeSequence")


@pytest.mark.requirement("REQ-VIEW")
def test_every_code_of_the_standard_for_these_views_is_known() -> None:
    from pydicom.sr.codedict import codes

    wanted = {
        "PosteroAnterior": "PA",
        "AnteroPosterior": "AP",
        "LateralProjection": "LATERAL",
        "LeftLateral": "LATERAL",
        "RightLateral": "LATERAL",
    }
    wanted |= {name: "OBLIQUE" for name in codes.cid4010.dir() if "Oblique" in name}
    assert len(wanted) > 15
    for name, view in wanted.items():
        assert (
            facts(header(ViewPosition=None, ViewCodeSequence=coded(getattr(codes.cid4010, name).value))).view == view
        ), name


def test_an_unknown_view_code_is_read_by_its_meaning() -> None:
    assert facts(header(ViewPosition=None, ViewCodeSequence=coded("99", "99X", "Postero-anterior"))).view == "PA"
    found = facts(header(ViewPosition=None, ViewCodeSequence=coded("99", "99X", "Swimmer's")))
    assert (found.view, found.view_text, found.view_tag) == (None, "Swimmer's", "ViewCodeSequence")


def test_the_code_speaks_where_the_view_position_is_unreadable() -> None:
    found = facts(header(ViewPosition="XX", ViewCodeSequence=coded("399348003")))
    assert (found.view, found.view_tag, found.view_text) == ("AP", "ViewCodeSequence", None)


@pytest.mark.requirement("REQ-VIEW-CONTRADICTION")
@pytest.mark.parametrize(
    ("tags", "conflict"),
    [
        ({"ViewCodeSequence": coded("399067008")}, ("ViewPosition", "ViewCodeSequence")),
        ({"ViewCodeSequence": coded("399348003")}, ("ViewPosition", "ViewCodeSequence")),
        ({"PatientOrientation": ["A", "F"]}, ("ViewPosition", "PatientOrientation")),
        ({"PatientPosition": "AP"}, ("ViewPosition", "PatientPosition")),
        ({"BodyPartExamined": "CHEST LAT"}, ("ViewPosition", "BodyPartExamined")),
    ],
)
def test_contradictions_are_recorded(tags: dict[str, Any], conflict: tuple[str, str]) -> None:
    found = facts(header(**tags))
    assert (found.view, found.view_conflict) == ("PA", conflict)


@pytest.mark.requirement("REQ-VIEW-CONTRADICTION")
@pytest.mark.parametrize("tags", [{"ViewCodeSequence": coded("272479007")}, {"ViewCodeSequence": coded("399033003")}, {"PatientPosition": "HFS"},
                                  {"PatientPosition": "XX"}, {"BodyPartExamined": "CHEST AP"}])  # fmt: skip
def test_agreement_is_no_contradiction(tags: dict[str, Any]) -> None:
    found = facts(header(**tags))
    assert (found.view, found.view_tag, found.view_conflict) == ("PA", "ViewPosition", None)


@pytest.mark.requirement("REQ-VIEW-SOURCE")
@pytest.mark.parametrize(
    ("position", "view", "text"),
    [("PA", "PA", None), ("AP", "AP", None), ("LATERAL", "LATERAL", None), ("XX", None, "XX"), ("HFS", None, None)],
)
def test_patient_position_as_converted_collections_use_it(position: str, view: str | None, text: str | None) -> None:
    found = facts(header(ViewPosition=None, PatientOrientation=None, PatientPosition=position))
    tag = "PatientPosition" if view or text else None
    assert (found.view, found.view_text, found.view_tag) == (view, text, tag)


@pytest.mark.requirement("REQ-ORIENTATION")
@pytest.mark.parametrize(
    ("orientation", "view", "mirrored"),
    [
        (["L", "F"], None, False),
        (["R", "F"], None, True),
        (["A", "F"], "LATERAL", False),
        (["P", "F"], "LATERAL", False),
        (["LA", "F"], "OBLIQUE", False),
    ],
)
def test_patient_orientation(orientation: list[str], view: str | None, mirrored: bool) -> None:
    found = facts(header(ViewPosition=None, PatientOrientation=orientation))
    assert (found.orientation, found.view, found.laterality_mirrored) == (tuple(orientation), view, mirrored)


@pytest.mark.parametrize("orientation", ["", "L", ["L", "F", "H"], ["X", "F"], ["LAPF", "F"], "L/F"])
def test_an_orientation_that_is_none_is_silence(orientation: Any) -> None:
    assert facts(header(PatientOrientation=orientation)).orientation is None


@pytest.mark.requirement("REQ-IMAGE-FILES")
def test_the_stated_view_fills_silence_only() -> None:
    found = facts(header(ViewPosition=None), view="ap")
    assert (found.view, found.view_tag, found.view_conflict) == ("AP", "stated", None)
    found = facts(header(), view="PA")
    assert (found.view, found.view_tag, found.view_conflict) == ("PA", "ViewPosition", None)
    found = facts(header(), view="AP")
    assert (found.view, found.view_conflict) == ("PA", ("ViewPosition", "stated"))
    found = facts(header(ViewPosition="FRONTAL"), view="PA")
    assert (found.view, found.view_tag, found.view_conflict) == ("PA", "stated", None)


@pytest.mark.requirement("REQ-IMAGE-FILES")
def test_the_stated_view_does_not_overrule_a_text_that_is_not_understood() -> None:
    for tag in ("ViewPosition", "PatientPosition"):
        found = facts(header(**{"ViewPosition": None, tag: "XX"}), view="PA")
        assert (found.view, found.view_tag, found.view_text) == (None, tag, "XX")


def test_a_stated_view_that_is_none_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="PA, AP, LATERAL"):
        facts(header(), view="sideways")


@pytest.mark.requirement("REQ-AGE")
@pytest.mark.parametrize(
    ("text", "years"),
    [("081Y", 81.0), ("81", 81.0), ("81 y", 81.0), ("018M", 1.5), ("216M", 18.0), ("003W", 21 / 365.2425), ("010D", 10 / 365.2425), ("000Y", 0.0), (" 45Y ", 45.0),
     ("62.0", 62.0), ("5 years", 5.0)],
)  # fmt: skip
def test_patient_age(text: str, years: float) -> None:
    found = facts(header(PatientAge=text))
    assert found.age_years == pytest.approx(years)
    assert (found.age_tag, found.age_implausible) == ("PatientAge", False)


@pytest.mark.requirement("REQ-AGE-IMPLAUSIBLE")
@pytest.mark.parametrize("text", ["411Y", "-05Y", "121", "9999", "2000M"])
def test_an_age_that_nobody_has_is_unknown_and_says_so(text: str) -> None:
    found = facts(header(PatientAge=text, PatientBirthDate="19500101", StudyDate="20000101"))
    assert (found.age_years, found.age_tag, found.age_implausible) == (None, "PatientAge", True)


@pytest.mark.parametrize("text", ["", "UNK", "Y", "adult", "0x10", "12345678"])
def test_an_age_that_is_no_age_is_silence(text: str) -> None:
    found = facts(header(PatientAge=text))
    assert (found.age_years, found.age_tag, found.age_implausible) == (None, None, False)


@pytest.mark.requirement("REQ-AGE")
@pytest.mark.parametrize(
    ("born", "dates", "years"),
    [
        ("19820615", {"StudyDate": "20000614"}, 17.997), ("19820615", {"StudyDate": "20000615"}, 18.0), ("20000229", {"StudyDate": "20180228"}, 17.997),
        ("20000229", {"StudyDate": "20180301"}, 18.0), ("1950.01.01", {"AcquisitionDate": "1993-01-01"}, 43.0),
        ("19500101", {"StudyDate": "", "AcquisitionDateTime": "20000101120000.0+0100"}, 50.0), ("19500101", {"StudyDate": "20009999", "SeriesDate": "20000101"}, 50.0),
    ],
)  # fmt: skip
def test_age_from_dates(born: str, dates: dict[str, str], years: float) -> None:
    found = facts(header(PatientAge=None, PatientBirthDate=born, **dates))
    assert found.age_years == pytest.approx(years, abs=0.003)
    assert (found.age_years or 0) >= 18 if years >= 18 else (found.age_years or 99) < 18
    assert found.age_tag == "PatientBirthDate"


@pytest.mark.requirement("REQ-AGE-IMPLAUSIBLE")
@pytest.mark.parametrize(("born", "studied"), [("20010101", "20000101"), ("18500101", "20000101")])
def test_dates_that_cannot_be(born: str, studied: str) -> None:
    found = facts(header(PatientAge="", PatientBirthDate=born, StudyDate=studied))
    assert (found.age_years, found.age_tag, found.age_implausible) == (None, "PatientBirthDate", True)


def test_a_hashed_birth_date_is_silence() -> None:
    found = facts(
        header(PatientAge="", PatientBirthDate="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", StudyDate="20000101")
    )
    assert (found.age_years, found.age_implausible) == (None, False)
    assert facts(header(PatientAge="", PatientBirthDate="20000101" * 5, StudyDate="20000101")).age_years is None


@given(st.dates(), st.dates())
@settings(max_examples=100, deadline=None)
def test_an_age_from_dates_counts_birthdays(born: Any, studied: Any) -> None:
    found = facts(
        header(PatientAge=None, PatientBirthDate=f"{born:%Y%m%d}".zfill(8), StudyDate=f"{studied:%Y%m%d}".zfill(8))
    )
    birthdays = studied.year - born.year - ((studied.month, studied.day) < (born.month, born.day))
    if 0 <= birthdays < 120:
        assert found.age_years is not None
        assert int(found.age_years) == birthdays
    elif birthdays != 120:
        assert found.age_implausible


@pytest.mark.requirement("REQ-SPECIES")
@pytest.mark.parametrize(
    ("tags", "tag"),
    [
        ({"PatientSpeciesDescription": "Canine"}, "PatientSpeciesDescription"),
        (
            {"PatientSpeciesCodeSequence": coded("448771007", "SCT", "Canis lupus familiaris")},
            "PatientSpeciesCodeSequence",
        ),
        ({"PatientSpeciesCodeSequence": coded("1", "99X")}, "PatientSpeciesCodeSequence"),
        ({"PatientBreedDescription": "Beagle"}, "PatientBreedDescription"),
        ({"PatientBreedCodeSequence": coded("1")}, "PatientBreedCodeSequence"),
        ({"PatientSexNeutered": "ALTERED"}, "PatientSexNeutered"),
        ({"AnatomicalOrientationType": "QUADRUPED"}, "AnatomicalOrientationType"),
    ],
)
def test_animals(tags: dict[str, Any], tag: str) -> None:
    found = facts(header(**tags))
    assert found.species
    assert found.species_tag == tag


@pytest.mark.requirement("REQ-ELIGIBLE")
@pytest.mark.parametrize(
    "tags",
    [
        {"PatientSpeciesDescription": "Homo sapiens"}, {"PatientSpeciesDescription": "HUMAN"}, {"PatientSpeciesDescription": "unknown"},
        {"PatientSpeciesCodeSequence": coded("337915000", "SCT", "")}, {"PatientSpeciesCodeSequence": coded("L-85003", "SRT", "homo sapiens")},
        {"PatientBreedDescription": ""}, {"PatientSexNeutered": ""},
    ],
)  # fmt: skip
def test_people(tags: dict[str, Any]) -> None:
    assert facts(header(**tags)).species is None


def _equipment(maker: str) -> list[Dataset]:
    item = Dataset()
    item.Manufacturer = maker
    return [item]


@pytest.mark.requirement("REQ-OWN-RESULT")
@pytest.mark.parametrize(
    "tags",
    [
        {"Manufacturer": "wetread"}, {"Manufacturer": "The Wetread authors"}, {"ManufacturerModelName": "WETREAD"}, {"SoftwareVersions": ["1.0", "wetread 0.1.0"]},
        {"ImageType": ["DERIVED", "SECONDARY", "WETREAD"]}, {"ContributingEquipmentSequence": _equipment("wetread")},
        {"Manufacturer": "wetread phantom", "ImageType": ["DERIVED", "SECONDARY", "WETREAD"]},
        {"Manufacturer": "wetread phantom", "ContributingEquipmentSequence": _equipment("wetread")},
    ],
)  # fmt: skip
def test_our_own_results_are_known(tags: dict[str, Any]) -> None:
    assert facts(header(**tags)).own_result
    assert facts(reread(header(**tags))).own_result


def test_the_constancy_film_is_known_and_is_no_result() -> None:
    found = facts(
        header(Manufacturer="wetread phantom", ManufacturerModelName="constancy film", SoftwareVersions="wetread 0.1.0")
    )
    assert (found.constancy, found.own_result) == (True, False)
    found = facts(header(Manufacturer="wetread phantom", ContributingEquipmentSequence=_equipment("wetread phantom")))
    assert (found.constancy, found.own_result) == (True, False)
    assert not facts(header()).constancy


@pytest.mark.requirement("REQ-BODY-PART")
@pytest.mark.parametrize(
    ("code", "region"),
    [
        ("51185008", "CHEST"),
        ("816094009", "CHEST"),
        ("T-D3000", "CHEST"),
        ("39607008", "LUNG"),
        ("T-28000", "LUNG"),
        ("113345001", "ABDOMEN"),
    ],
)
def test_anatomic_region(code: str, region: str) -> None:
    assert facts(header(AnatomicRegionSequence=coded(code, meaning="Abdomen"))).anatomic_region == region


def test_bad_numbers_are_silence() -> None:
    dataset = header(Rows=None, Columns=None, SamplesPerPixel=None)
    for keyword, raw in (("Rows", b"\1"), ("Columns", b""), ("SamplesPerPixel", b"\0\0"), ("NumberOfFrames", b"many")):
        dataset[tag_for_keyword(keyword)] = _raw(keyword, None, raw)
    found = facts(dataset)
    assert (found.rows, found.columns, found.samples_per_pixel, found.frames) == (0, 0, 1, 1)


def test_frames_of_two_characters_are_no_binary_number() -> None:
    dataset = header()
    dataset[tag_for_keyword("NumberOfFrames")] = _raw("NumberOfFrames", None, b"12")
    assert facts(dataset).frames == 12


@pytest.mark.requirement("REQ-NO-IDENTITY")
def test_text_that_repeats_the_patient_is_withheld() -> None:
    found = facts(header(PatientName="Doe^Jane", PatientID="4711", BodyPartExamined="DOE, JANE", ViewPosition="4711"))
    assert (found.body_part, found.view_text) == ("WITHHELD", "WITHHELD")


def test_a_patient_called_like_a_term_does_not_change_the_film() -> None:
    name = {"PatientName": "Chest^Thorax Mono Pa", "PatientID": "CR"}
    assert facts(header(**name)) == facts(header())


def _raw(keyword: str, vr: str | None, value: bytes) -> RawDataElement:
    return RawDataElement(Tag(tag_for_keyword(keyword)), vr, len(value), value, 0, vr is None, True)


@pytest.mark.requirement("REQ-HOSTILE")
@given(
    st.dictionaries(
        st.sampled_from(READ_TAGS),
        st.binary(max_size=24) | st.text("PALF0123456789YMD\\ ^", max_size=12).map(str.encode),
        max_size=12,
    ),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_no_bytes_in_any_tag_raise(tags: dict[str, bytes], implicit: bool) -> None:
    dataset = Dataset()
    for keyword, value in tags.items():
        dataset[tag_for_keyword(keyword)] = _raw(keyword, None if implicit else dictionary_VR(keyword), value)
    found = facts(dataset)
    assert found.kind == "dicom"
    assert found.frames >= 1
    assert found.age_years is None or 0 <= found.age_years <= 120


_ANY = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.binary(max_size=10)
    | st.lists(st.text(max_size=4), max_size=3)
)


@pytest.mark.requirement("REQ-HOSTILE")
@given(st.dictionaries(st.sampled_from(READ_TAGS), _ANY, max_size=12))
@settings(max_examples=300, deadline=None)
def test_no_value_of_any_type_raises(tags: dict[str, Any]) -> None:
    dataset = Dataset()
    for keyword, value in tags.items():
        with config.disable_value_validation():
            try:
                setattr(dataset, keyword, value)
            except (TypeError, ValueError, AttributeError, OverflowError):
                continue  # pydicom itself does not take this value
    found = facts(dataset)
    assert all(not isinstance(value, bytes | float) or value == value for value in astuple(found))


def test_the_hashed_birth_date_of_a_real_film(shared_data: Path) -> None:
    found = facts(pydicom.dcmread(shared_data / "dicom" / "966_fixed.dcm", stop_before_pixels=True))
    assert (found.age_years, found.age_implausible, found.view) == (None, False, "PA")
