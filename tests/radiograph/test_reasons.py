"""Every reason for a refusal and every notice: its code, its tag, its sentence, and that it holds only where it should."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.datadict import keyword_dict
from pydicom.dataset import Dataset

from radiograph.headers import CAPTURE, DIGITAL, FOR_PROCESSING, STRUCTURED_REPORT, coded, header
from requirements_plugin import for_reason
from wetread.errors import Code, Reason
from wetread.radiograph.header import facts
from wetread.radiograph.reasons import BLANK_CONTRAST, LARGEST_SIDE, SMALLEST_SIDE, eligibility, notices
from wetread.radiograph.value import Facts, IntendedUse, Radiograph, Step

ADULT = IntendedUse(age_years=(18, 120))
STRICT = dataclasses.replace(ADULT, unknown_age="refuse")
CHILD = IntendedUse(age_years=(1, 6))
REASONS = Path(__file__).resolve().parents[2] / "docs" / "reasons.md"
# About the model, or from the gate on pixels: inference makes them (tests/inference).
MADE_BY_THE_READER = {
    Code.WEAK_EVIDENCE, Code.UNGATED, Code.NOT_CHEST, Code.NOT_FRONTAL, Code.NOT_UPRIGHT, Code.CROPPED, Code.SATURATED,
    Code.SCREEN_PHOTO, Code.MIRRORED_PICTURE,
}  # fmt: skip


def radiograph(
    found: Facts | None = None,
    *,
    low: float = 0.0,
    high: float = 1.0,
    polarity: float = 5.0,
    steps: tuple[Step, ...] = (),
) -> Radiograph:
    pixels = np.linspace(low, high, 240 * 240, dtype=np.float32).reshape(240, 240)
    return Radiograph(pixels=pixels, facts=found or facts(header()), polarity=polarity, steps=steps)


IMAGE = Facts(kind="image", rows=1024, columns=1024)
PHANTOM = facts(header(Manufacturer="wetread phantom"))

REFUSALS: list[tuple[Code, str | None, Any, IntendedUse]] = [
    (Code.OWN_RESULT, "Manufacturer", header(Manufacturer="wetread"), ADULT),
    (Code.CONSTANCY, "Manufacturer", PHANTOM, ADULT),
    (Code.MODALITY, "Modality", header(Modality="CT"), ADULT),
    (Code.MODALITY, "Modality", header(Modality=None), ADULT),
    (Code.SOP_CLASS, "SOPClassUID", header(SOPClassUID=STRUCTURED_REPORT), ADULT),
    (Code.SOP_CLASS, "SOPClassUID", header(SOPClassUID=None), ADULT),
    (Code.PRESENTATION_INTENT, "SOPClassUID", header(SOPClassUID=FOR_PROCESSING), ADULT),
    (Code.PRESENTATION_INTENT, "PresentationIntentType", header(PresentationIntentType="FOR PROCESSING"), ADULT),
    (Code.SPECIES, "PatientSpeciesDescription", header(PatientSpeciesDescription="Feline"), ADULT),
    (Code.SPECIES, "PatientBreedDescription", header(PatientBreedDescription="Beagle"), ADULT),
    (Code.BODY_PART, "BodyPartExamined", header(BodyPartExamined="RIBCAGE"), ADULT),
    (Code.BODY_PART, "AnatomicRegionSequence", header(AnatomicRegionSequence=coded("113345001", meaning="Abdomen")), ADULT),
    (Code.BODY_PART_UNKNOWN, "BodyPartExamined", header(BodyPartExamined=""), ADULT),
    (Code.VIEW_CONTRADICTS, "ViewPosition", header(ViewCodeSequence=coded("399348003")), ADULT),
    (Code.VIEW_CONTRADICTS, "ViewPosition", facts(header(), view="AP"), ADULT),
    (Code.VIEW, "ViewPosition", header(ViewPosition="LATERAL"), ADULT),
    (Code.VIEW, "ViewPosition", header(ViewPosition="RAO"), ADULT),
    (Code.VIEW, "PatientOrientation", header(ViewPosition="", PatientOrientation=["A", "F"]), ADULT),
    (Code.VIEW, "PatientPosition", header(ViewPosition=None, PatientPosition="XX"), ADULT),
    (Code.VIEW, None, dataclasses.replace(IMAGE, view="LATERAL", view_tag="stated"), ADULT),
    (Code.VIEW_UNKNOWN, "ViewPosition", header(ViewPosition=None), ADULT),
    (Code.VIEW_UNKNOWN, "ViewPosition", header(ViewPosition="FRONTAL"), ADULT),
    (Code.VIEW_UNKNOWN, None, IMAGE, ADULT),
    (Code.ORIENTATION, "PatientOrientation", header(PatientOrientation=["L", "H"]), ADULT),
    (Code.ORIENTATION, "PatientOrientation", header(PatientOrientation=["F", "R"]), ADULT),
    (Code.AGE, "PatientAge", header(PatientAge="017Y"), ADULT),
    (Code.AGE, "PatientAge", header(PatientAge="6"), CHILD),
    (Code.AGE, "PatientBirthDate", header(PatientAge="", PatientBirthDate="20000101", StudyDate="20171231"), ADULT),
    (Code.AGE_UNKNOWN, "PatientAge", header(PatientAge=None), STRICT),
    (Code.AGE_IMPLAUSIBLE, "PatientAge", header(PatientAge="411Y"), STRICT),
    (Code.FRAMES, "NumberOfFrames", header(NumberOfFrames=12), ADULT),
    (Code.SIZE, "Columns", header(Columns=SMALLEST_SIDE - 1), ADULT),
    (Code.SIZE, "Rows", header(Rows=LARGEST_SIDE + 1), ADULT),
    (Code.SIZE, "Rows", header(Rows=None), ADULT),
    (Code.COLOUR, "SamplesPerPixel", header(SamplesPerPixel=3, PhotometricInterpretation="RGB"), ADULT),
    (Code.COLOUR, "PhotometricInterpretation", header(PhotometricInterpretation="PALETTE COLOR"), ADULT),
    (Code.BURNED_IN, "BurnedInAnnotation", header(BurnedInAnnotation="YES"), ADULT),
    (Code.POLARITY, "PhotometricInterpretation", radiograph(polarity=-9.0), ADULT),
    (Code.POLARITY, "PixelData", radiograph(dataclasses.replace(IMAGE, view="PA", view_tag="stated"), polarity=-9.0), ADULT),
    (Code.BLANK, "PixelData", radiograph(low=0.5, high=0.5 + BLANK_CONTRAST / 2, polarity=0.0), ADULT),
]  # fmt: skip

NOTICES: list[tuple[Code, str | None, Any, IntendedUse]] = [
    (Code.AGE_ASSUMED, "PatientAge", header(PatientAge=None), ADULT),
    (Code.AGE_ASSUMED, None, dataclasses.replace(IMAGE, view="PA", view_tag="stated"), ADULT),
    (Code.AGE_IMPLAUSIBLE, "PatientAge", header(PatientAge="411Y"), ADULT),
    (Code.VIEW_FROM_POSITION, "PatientPosition", header(ViewPosition=None, PatientPosition="AP"), ADULT),
    (Code.VIEW_STATED, "ViewPosition", facts(header(ViewPosition=None), view="PA"), ADULT),
    (Code.VIEW_STATED, None, dataclasses.replace(IMAGE, view="PA", view_tag="stated"), ADULT),
    (Code.MIRRORED, "PatientOrientation", header(PatientOrientation=["R", "F"]), ADULT),
    (Code.NO_VOI, "WindowCenter", radiograph(steps=(Step("decode"), Step("full-range"))), ADULT),
    (Code.POLARITY_UNCLEAR, "PixelData", radiograph(polarity=0.0), ADULT),
    (Code.SECONDARY_CAPTURE, "SOPClassUID", header(SOPClassUID=CAPTURE), ADULT),
    (Code.IMAGE_FILE, None, dataclasses.replace(IMAGE, view="PA", view_tag="stated", age_years=40.0), ADULT),
]  # fmt: skip


def required(cases: list[tuple[Code, str | None, Any, IntendedUse]]) -> list[Any]:
    """Each case with the requirements of its code."""
    return [pytest.param(*case, marks=pytest.mark.requirement(*for_reason(case[0]))) for case in cases]


def codes(reasons: tuple[Reason, ...]) -> list[Code]:
    return [reason.code for reason in reasons]


def check_sentence(reason: Reason) -> None:
    assert re.fullmatch(r"[A-Z\"].{30,300}\.", reason.message), reason.message
    assert reason.tag is None or reason.tag in keyword_dict


@pytest.mark.parametrize(
    ("code", "tag", "film", "use"), required(REFUSALS), ids=lambda value: value.value if isinstance(value, Code) else ""
)
def test_each_refusal_stands_alone(code: Code, tag: str | None, film: Any, use: IntendedUse) -> None:
    (reason,) = eligibility(film, use)
    assert (reason.code, reason.tag) == (code, tag)
    check_sentence(reason)


@pytest.mark.parametrize(
    ("code", "tag", "film", "use"), required(NOTICES), ids=lambda value: value.value if isinstance(value, Code) else ""
)
def test_each_notice_leaves_the_film_eligible(code: Code, tag: str | None, film: Any, use: IntendedUse) -> None:
    assert eligibility(film, use) == ()
    found = {reason.code: reason for reason in notices(film, use)}
    assert found[code].tag == tag
    check_sentence(found[code])


@pytest.mark.requirement("REQ-REASONS")
def test_every_code_has_a_case() -> None:
    made = {case[0] for case in REFUSALS + NOTICES} | {Code.CONSTANCY}
    assert made | MADE_BY_THE_READER == set(Code)
    assert not made & MADE_BY_THE_READER


@pytest.mark.requirement("REQ-REASONS")
def test_every_code_is_documented_with_its_kind_and_tags() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", REASONS.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(rows) == {code.value for code in Code}
    for kind, cases in (("refusal", REFUSALS), ("notice", NOTICES)):
        for code, tag, _, _ in cases:
            assert kind in rows[code.value].split(" | ")[0], f"{code} is a {kind}"
            assert tag is None or f"`{tag}`" in rows[code.value], f"{code} comes from {tag}"


@pytest.mark.requirement("REQ-ELIGIBLE")
@pytest.mark.parametrize("film", [header(), facts(header()), radiograph()], ids=["header", "facts", "film"])
def test_a_plain_chest_film_is_eligible_without_notices(film: Any) -> None:
    assert eligibility(film, ADULT) == ()
    assert notices(film, ADULT) == ()


@pytest.mark.requirement("REQ-ELIGIBLE")
@pytest.mark.parametrize(
    "part",
    [
        "CHEST", "chest", "THORAX", "Thorax", "TORAX", "Tórax", "LUNG", "LUNGS", "CHEST PA", "CHEST_PA", "CHEST 1V", "CHEST 2 VIEWS", "CHESTPA",
        "CHEST^PORTABLE", "XR CHEST", "BRUSTKORB", "Lunge", "POITRINE", "TORACE", "PECHO", "Klatka piersiowa", "Hrudník", "KYOBU", "胸部",
    ],
)  # fmt: skip
def test_the_chest_in_many_spellings(part: str) -> None:
    assert eligibility(header(BodyPartExamined=part), ADULT) == ()


@pytest.mark.requirement("REQ-BODY-PART")
@pytest.mark.parametrize(
    "part",
    ["RIBCAGE", "RIB", "RIBS", "CHESTABDOMEN", "CHEST ABDOMEN", "CHEST_ABD_PELV", "ABDOMEN", "HIP", "EXTREMITY", "BREAST", "TSPINE", "THORACIC SPINE", "STERNUM",
     "SHOULDER", "PORTABLE", "PA", "1", "CHESTNUT"],
)  # fmt: skip
def test_other_body_parts(part: str) -> None:
    assert Code.BODY_PART in codes(eligibility(header(BodyPartExamined=part), ADULT))


@pytest.mark.requirement("REQ-MODALITY")
def test_an_intended_use_may_name_other_parts_views_and_modalities() -> None:
    use = dataclasses.replace(ADULT, body_parts=("HIP",), views=("LATERAL",), modalities=("RG",))
    assert (
        eligibility(
            header(BodyPartExamined="HIP", ViewPosition="LATERAL", PatientOrientation=["A", "F"], Modality="RG"), use
        )
        == ()
    )
    assert codes(eligibility(header(), use)) == [Code.MODALITY, Code.BODY_PART, Code.VIEW]


@pytest.mark.requirement("REQ-ELIGIBLE")
@pytest.mark.parametrize("tags", [{"SOPClassUID": DIGITAL, "Modality": "DX"}, {"SOPClassUID": CAPTURE, "Modality": "DX"}, {"SOPClassUID": CAPTURE},
                                  {"SOPClassUID": CAPTURE + ".2"}, {"PresentationIntentType": "FOR PRESENTATION"}, {"NumberOfFrames": 1},
                                  {"Rows": SMALLEST_SIDE, "Columns": LARGEST_SIDE}, {"Rows": 440, "Columns": 440}, {"BurnedInAnnotation": "NO"},
                                  {"PhotometricInterpretation": "MONOCHROME1"}, {"AnatomicRegionSequence": coded("T-D3000", "SRT", "Chest")}])  # fmt: skip
def test_what_is_accepted(tags: dict[str, Any]) -> None:
    assert eligibility(header(**tags), ADULT) == ()


@pytest.mark.requirement("REQ-AGE")
@pytest.mark.parametrize(("age", "adult", "child"), [("000Y", False, False), ("011M", False, False), ("012M", False, True), ("005Y", False, True), ("006Y", False, False),
                                                     ("017Y", False, False), ("215M", False, False), ("018Y", True, False), ("119Y", True, False), ("120Y", False, False)])  # fmt: skip
def test_populations_do_not_overlap_and_leave_a_gap(age: str, adult: bool, child: bool) -> None:
    assert (codes(eligibility(header(PatientAge=age), ADULT)) == []) is adult
    assert (codes(eligibility(header(PatientAge=age), CHILD)) == []) is child


@pytest.mark.requirement("REQ-AGE")
def test_the_sentence_about_age_names_the_range_and_no_date() -> None:
    (reason,) = eligibility(header(PatientAge="", PatientBirthDate="20150304", StudyDate="20200101"), ADULT)
    assert "18 years and over" in reason.message
    assert not re.search(r"2015|2020|0304", reason.message)
    (reason,) = eligibility(header(), CHILD)
    assert "1 to under 6 years" in reason.message


@pytest.mark.requirement("REQ-REASONS")
def test_reasons_stand_in_one_order() -> None:
    film = header(
        Manufacturer="wetread", Modality="CT", SOPClassUID=STRUCTURED_REPORT, PresentationIntentType="FOR PROCESSING", PatientSpeciesDescription="Canine",
        BodyPartExamined="HIP", ViewPosition="LL", ViewCodeSequence=coded("399348003"), PatientOrientation=["L", "H"], PatientAge="3", NumberOfFrames=2,
        Rows=9, PhotometricInterpretation="RGB", BurnedInAnnotation="YES",
    )  # fmt: skip
    assert codes(eligibility(film, ADULT)) == [
        Code.OWN_RESULT, Code.MODALITY, Code.SOP_CLASS, Code.PRESENTATION_INTENT, Code.SPECIES, Code.BODY_PART, Code.VIEW_CONTRADICTS,
        Code.VIEW, Code.ORIENTATION, Code.AGE, Code.FRAMES, Code.SIZE, Code.COLOUR, Code.BURNED_IN,
    ]  # fmt: skip


@pytest.mark.requirement("REQ-CONSTANCY")
def test_the_constancy_mode_takes_the_constancy_film_and_no_other() -> None:
    assert eligibility(PHANTOM, ADULT, constancy=True) == ()
    assert codes(notices(PHANTOM, ADULT, constancy=True)) == [Code.CONSTANCY]
    assert codes(eligibility(header(), ADULT, constancy=True)) == [Code.CONSTANCY]
    assert codes(eligibility(dataclasses.replace(IMAGE, view="PA", view_tag="stated"), ADULT, constancy=True)) == [
        Code.CONSTANCY
    ]


@pytest.mark.requirement("REQ-CONSTANCY")
@pytest.mark.parametrize(
    ("code", "tag", "film", "use"),
    [case for case in REFUSALS if isinstance(case[2], Dataset) and case[0] is not Code.OWN_RESULT],
)
def test_the_constancy_mode_widens_no_gate(code: Code, tag: str | None, film: Dataset, use: IntendedUse) -> None:
    marked = Dataset(film)
    marked.Manufacturer = "wetread phantom"
    assert [(reason.code, reason.tag) for reason in eligibility(marked, use, constancy=True)] == [(code, tag)]


@pytest.mark.requirement("REQ-IMAGE-FILES")
def test_an_image_file_needs_its_view_and_nothing_else_that_only_a_header_has() -> None:
    assert codes(eligibility(IMAGE, ADULT)) == [Code.VIEW_UNKNOWN]
    stated = dataclasses.replace(IMAGE, view="AP", view_tag="stated")
    assert eligibility(stated, ADULT) == ()
    assert codes(notices(stated, ADULT)) == [Code.IMAGE_FILE, Code.AGE_ASSUMED, Code.VIEW_STATED]
    assert codes(eligibility(dataclasses.replace(stated, rows=28, columns=28, age_years=3.0), ADULT)) == [
        Code.AGE,
        Code.SIZE,
    ]
    assert codes(eligibility(stated, STRICT)) == [Code.AGE_UNKNOWN]


def test_the_size_of_a_film_without_one_in_its_facts_is_that_of_its_picture() -> None:
    assert eligibility(radiograph(Facts(kind="image", view="PA", view_tag="stated")), ADULT) == ()


@pytest.mark.requirement("REQ-BLANK")
def test_a_blank_picture_is_not_judged_for_polarity() -> None:
    film = radiograph(low=0.3, high=0.3, polarity=-9.0)
    assert codes(eligibility(film, ADULT)) == [Code.BLANK]
    assert codes(notices(film, ADULT)) == []


@pytest.mark.requirement("REQ-POLARITY")
@pytest.mark.parametrize(
    "tags",
    [{"BodyPartExamined": "HIP"}, {"ViewPosition": "RAO"}, {"Modality": "OT"}, {"PatientOrientation": ["L", "H"]}],
)
def test_polarity_is_judged_on_frontal_chest_films_only(tags: dict[str, Any]) -> None:
    inverted, unclear = (radiograph(facts(header(**tags)), polarity=polarity) for polarity in (-9.0, 0.0))
    assert len(eligibility(inverted, ADULT)) == 1
    assert Code.POLARITY not in codes(eligibility(inverted, ADULT))
    assert Code.POLARITY_UNCLEAR not in codes(notices(unclear, ADULT))


def test_polarity_is_judged_where_only_the_view_is_not_said() -> None:
    film = radiograph(facts(header(ViewPosition=None)), polarity=-9.0)
    assert codes(eligibility(film, ADULT)) == [Code.VIEW_UNKNOWN, Code.POLARITY]


@pytest.mark.requirement("REQ-NO-IDENTITY")
@given(st.text("QXZJKV", min_size=2, max_size=12), st.sampled_from(["BodyPartExamined", "ViewPosition", "PatientPosition", "Modality", "PatientSpeciesDescription",
                                                                    "PresentationIntentType", "PhotometricInterpretation", "PatientBreedDescription"]))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_no_message_repeats_the_patient(name: str, keyword: str) -> None:
    for identity in ({"PatientName": f"{name}^Ann"}, {"PatientID": name}, {"AccessionNumber": name}):
        for text in (name, f"{name.lower()} ANN", f"chest {name}"):
            film = header(**identity, **({"ViewPosition": None} | {keyword: text}))
            said = [*eligibility(film, ADULT), *notices(film, ADULT)]
            assert said
            assert not any(name in reason.message.upper() for reason in said)


@pytest.mark.requirement("REQ-NO-IDENTITY")
def test_a_quoted_value_is_cut_to_sixteen_characters() -> None:
    (reason,) = eligibility(header(BodyPartExamined="ABDOMEN AND MUCH MORE THAN THAT"), ADULT)
    assert '"ABDOMEN AND MUCH"' in reason.message


@pytest.mark.requirement("REQ-ELIGIBLE")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test1", []), ("test2", []), ("test3", []), ("RG1_J2KI", []), ("gdcm-CR-MONO1-10-chest", []), ("966_fixed", []), ("rsna_cr_pa", []),
        ("test4", [Code.BODY_PART]), ("test5", [Code.MODALITY]), ("test6", [Code.VIEW]), ("RG2_J2KR", [Code.BODY_PART, Code.VIEW_UNKNOWN]),
        ("RG2_JPLL", [Code.BODY_PART, Code.VIEW_UNKNOWN]), ("RG2_RLE", [Code.BODY_PART, Code.VIEW_UNKNOWN]), ("RG3_JLSL", [Code.BODY_PART]),
        ("RG2_JPLY_fixed", [Code.BODY_PART, Code.VIEW_UNKNOWN]), ("mlut_18", [Code.MODALITY, Code.BODY_PART_UNKNOWN, Code.VIEW_UNKNOWN]),
        ("test16signed_SMPTE", [Code.MODALITY, Code.VIEW_UNKNOWN]),
    ],
)  # fmt: skip
def test_real_films_by_their_headers(shared_data: Path, name: str, expected: list[Code]) -> None:
    dataset = pydicom.dcmread(shared_data / "dicom" / f"{name}.dcm", stop_before_pixels=True)
    assert codes(eligibility(dataset, ADULT)) == expected


@pytest.mark.requirement("REQ-VIEW-SOURCE", "REQ-SECONDARY-CAPTURE")
def test_the_course_films_give_their_age_without_unit_and_their_view_in_the_position(shared_data: Path) -> None:
    dataset = pydicom.dcmread(shared_data / "dicom" / "test1.dcm", stop_before_pixels=True)
    assert facts(dataset).age_years == 81.0
    assert codes(notices(dataset, ADULT)) == [Code.VIEW_FROM_POSITION, Code.SECONDARY_CAPTURE]
    assert codes(eligibility(dataset, CHILD)) == [Code.AGE]
