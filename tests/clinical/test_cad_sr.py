"""The chest CAD report row by row: TID 4100, 4101, 4104, 4015, 4017, 4019, 4020 (PS3.16 Annex A)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from clinical.objects import WHEN, Node, dumped, header, read_again, violations
from wetread.clinical import cad_sr, facts, source
from wetread.clinical.kinds import encode
from wetread.clinical.uids import Predecessor
from wetread.errors import Code, Reason
from wetread.inference.reading import Reading

Make = Callable[..., Reading]
MOD, CONTAINS, INFERRED, PROPERTIES = "HAS CONCEPT MOD", "CONTAINS", "INFERRED FROM", "HAS PROPERTIES"
FILM = [1, 2, 1]


def built(reading: Reading, film: Dataset | None = None) -> Node:
    return Node(read_again(cad_sr.build(reading, source.of(film or header()), when=WHEN)))


def view(code: str, meaning: str) -> Dataset:
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = code, "SCT", meaning
    return made


@pytest.mark.requirement("REQ-DICOM-RESULTS")
def test_tid_4100_row_by_row(any_reading: Reading) -> None:
    root = built(any_reading)
    assert root.item.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.65"
    template = root.item.ContentTemplateSequence[0]
    assert (template.MappingResource, template.TemplateIdentifier) == ("DCMR", "4100")
    assert (root.item.ValueType, root.name) == ("CONTAINER", "DCM:112000")  # row 1
    assert [child.shape for child in root.children] == [  # the order is significant, and the template not extensible
        (MOD, "CODE", "DCM:121049"),  # row 2
        (CONTAINS, "CONTAINER", "DCM:111028"),  # row 3
        (CONTAINS, "CODE", "DCM:111017"),  # row 5
        (CONTAINS, "CODE", "DCM:111064"),  # row 6
        (CONTAINS, "CODE", "DCM:111065"),  # row 8
    ]
    assert root.one("DCM:111065").code == "DCM:111225"  # no analysis was attempted
    assert root.one("DCM:111065").children == []  # so row 9 is absent


def test_tid_4020_row_by_row(make_reading: Make) -> None:
    seen = view("272479007", "postero-anterior")
    seen.ViewModifierCodeSequence = [view("399012000", "Cephalad")]
    film = header(ContentDate="20260102", ContentTime="101501", ImageLaterality="U", ViewCodeSequence=[seen])
    (image,) = built(make_reading(), film).one("DCM:111028").children
    assert image.shape == (CONTAINS, "IMAGE", None)  # row 1
    assert image.item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "1.2.3.4.1"
    names = ("111027", "111031", "111044", "111043", "111060", "111061", "111018", "111019", "111026", "111066")
    assert [child.name for child in image.children] == [f"DCM:{name}" for name in names]  # rows 2 to 12
    assert {child.item.RelationshipType for child in image.children} == {"HAS ACQ CONTEXT"}
    assert image.one("DCM:111027").code == "SCT:66459002"
    assert image.one("DCM:111031").code == "SCT:272479007"
    assert image.one("DCM:111031").one("DCM:111032").shape == (MOD, "CODE", "DCM:111032")  # row 4
    assert image.one("DCM:111031").one("DCM:111032").code == "SCT:399012000"
    assert image.one("DCM:111060").item.Date == "20260102"
    assert image.one("DCM:111061").item.Time == "101500"
    assert image.one("DCM:111019").item.Time == "101501"


def test_a_header_that_says_nothing_gives_an_image_without_context(make_reading: Make, tmp_path: Path) -> None:
    silent = dict.fromkeys(("PatientOrientation", "PixelSpacing", "StudyDate", "StudyTime"))
    (image,) = built(make_reading(), header(**silent)).one("DCM:111028").children
    assert "ContentSequence" not in image.item
    assert violations(cad_sr.build(make_reading(), source.of(header(**silent)), when=WHEN), tmp_path) == []


OUTCOMES = {
    "present": ("DCM:111242", "DCM:111222", "DCM:111063"),
    "absent": ("DCM:111241", "DCM:111222", "DCM:111063"),
    "indeterminate": ("DCM:111245", "DCM:111224", "DCM:111025"),
    "refused": ("DCM:111245", "DCM:111224", "DCM:111025"),
}


@pytest.mark.requirement("REQ-REFUSED-RESULT")
@pytest.mark.parametrize("status", list(OUTCOMES))
def test_success_and_failure_are_recorded(readings: dict[str, Reading], status: str) -> None:
    """TID 4101 row 1, TID 4100 row 6, TID 4015 rows 1 and 3, TID 4017 row 1."""
    root = built(readings[status])
    summary, detections, kept = OUTCOMES[status]
    assert root.one("DCM:111017").code == summary
    assert root.one("DCM:111064").code == detections
    (attempts,) = root.one("DCM:111064").children
    assert attempts.shape == (INFERRED, "CONTAINER", kept)
    (performed,) = attempts.children
    assert performed.shape == (CONTAINS, "CODE", "DCM:111022")
    assert performed.code == "DCM:112033"
    assert performed.children[-1].item.ReferencedContentItemIdentifier == FILM  # row 8: the film in the library
    assert performed.children[-1].item.RelationshipType == PROPERTIES
    assert len(root.one("DCM:111017").children) == (status == "present")


def test_tid_4019_row_by_row_says_everything(any_reading: Reading) -> None:
    performed = built(any_reading).one("DCM:111064").children[0].children[0]
    said = facts.of(any_reading)
    names = [child.name for child in performed.children[:-1]]
    assert names[:2] == ["DCM:111001", "DCM:111003"]  # rows 1 and 2
    assert set(names[2:-1]) == {"DCM:111002"}  # row 3
    assert names[-1] == "DCM:111000"  # row 4
    assert {child.item.RelationshipType for child in performed.children[:-1]} == {MOD}
    assert performed.children[-2].code == "DCM:123110"
    assert performed.texts[:2] == ["wetread adult", "1.2.0"]
    for sentence in (*said.numbers, *said.limits):
        assert sentence in performed.texts
    assert any(text.startswith(said.headline) for text in performed.texts)
    assert any("not reviewed" in text and "not a diagnosis" in text for text in performed.texts)
    assert any("0123456789abcdef" * 4 in text for text in performed.texts)


@pytest.mark.requirement("REQ-REFUSED-RESULT")
def test_a_refusal_gives_its_reasons(make_refusal: Make) -> None:
    refused = make_refusal(Reason(Code.VIEW, "A lateral film. Send the frontal one."))
    performed = built(refused).one("DCM:111064").children[0].children[0]
    assert "Not processed: A lateral film. Send the frontal one. [view]" in performed.texts


def test_tid_4104_row_by_row(make_reading: Make) -> None:
    (finding,) = built(make_reading()).one("DCM:111017").children
    assert finding.shape == (INFERRED, "CODE", "DCM:111059")
    assert finding.code == "DCM:112033"
    assert finding.one("DCM:112024").shape == (MOD, "CODE", "DCM:112024")
    assert finding.one("DCM:112024").code == "DCM:112001"
    assert finding.one("DCM:111056").shape == (MOD, "CODE", "DCM:111056")
    assert finding.one("DCM:111056").code == "DCM:111150"
    assert finding.one("DCM:111001").shape == (MOD, "TEXT", "DCM:111001")
    assert finding.one("DCM:111012").shape == (PROPERTIES, "NUM", "DCM:111012")
    assert finding.one("DCM:111012").number == (41.0, "%")
    centre, outline = finding.one("DCM:111010"), finding.one("DCM:111041")
    assert centre.shape == (PROPERTIES, "SCOORD", "DCM:111010")
    assert outline.shape == (PROPERTIES, "SCOORD", "DCM:111041")
    assert (centre.item.GraphicType, outline.item.GraphicType) == ("POINT", "POLYLINE")
    for scoord in (centre, outline):
        (pointer,) = scoord.children
        assert pointer.item.RelationshipType == "SELECTED FROM"
        assert pointer.item.ReferencedContentItemIdentifier == FILM
    assert centre.item.GraphicData == pytest.approx([170.5, 180.5], abs=0.01)  # the larger of the two rings
    assert max(outline.item.GraphicData[0::2]) == pytest.approx(206.5, abs=0.01)


def test_a_finding_without_outline_is_of_the_whole_film(make_reading: Make) -> None:
    (finding,) = built(make_reading(attention=None)).one("DCM:111017").children
    assert finding.one("DCM:111041").item.GraphicData == [0, 0, 250, 0, 250, 300, 0, 300, 0, 0]
    assert finding.one("DCM:111010").item.GraphicData == [125, 150]


@pytest.mark.requirement("REQ-PRELIMINARY")
def test_it_is_preliminary_reproducible_and_refers_to_its_predecessor(make_reading: Make) -> None:
    film = source.of(header())
    before, again = (cad_sr.build(make_reading(), film, when=WHEN) for _ in range(2))
    assert encode(before) == encode(again)
    assert (before.VerificationFlag, before.PreliminaryFlag) == ("UNVERIFIED", "PRELIMINARY")
    after = cad_sr.build(make_reading(score=0.7), film, when=WHEN, replaces=Predecessor.of(before))
    (study,) = after.PredecessorDocumentsSequence
    assert study.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID == before.SOPInstanceUID
    assert after.SOPInstanceUID != before.SOPInstanceUID


@pytest.mark.requirement("REQ-DICOM-RESULTS")
def test_it_is_valid(any_reading: Reading, tmp_path: Path) -> None:
    made = cad_sr.build(any_reading, source.of(header()), when=WHEN)
    assert violations(made, tmp_path) == []
    assert "Chest CAD Report" in dumped(made, tmp_path)


def test_it_is_valid_for_every_real_film(readings: dict[str, Reading], shared_data: Path, tmp_path: Path) -> None:
    for number, path in enumerate(sorted((shared_data / "dicom").glob("*.dcm"))):
        reading = list(readings.values())[number % len(readings)]
        made = cad_sr.build(reading, source.of(dcmread(path)), when=WHEN)
        assert violations(made, tmp_path) == [], path.name
        assert "Summary of Detections" in dumped(made, tmp_path)
