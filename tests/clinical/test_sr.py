"""The measurement report row by row: TID 1500, 1501, 1410, 4019, 1600 (PS3.16 Annex A). dciodvfy checks no template."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

import wetread
from clinical.objects import CR, WHEN, Node, dumped, header, read_again, violations
from wetread.clinical import concepts, facts, source, sr, uids
from wetread.clinical.kinds import encode
from wetread.clinical.uids import Predecessor
from wetread.errors import Code, Reason
from wetread.inference.reading import Reading

Make = Callable[..., Reading]
MOD, OBS, ACQ, CONTAINS = "HAS CONCEPT MOD", "HAS OBS CONTEXT", "HAS ACQ CONTEXT", "CONTAINS"
PRESENCE = {"present": "SCT:52101004", "absent": "SCT:272519000", "indeterminate": "SCT:82334004"}


def built(reading: Reading, film: Dataset | None = None, **asked: object) -> Dataset:
    return read_again(sr.build(reading, source.of(film or header()), when=WHEN, **asked))  # type: ignore[arg-type]


def groups(made: Dataset) -> list[Node]:
    return Node(made).one("DCM:126010").all("DCM:125007")


@pytest.mark.requirement("REQ-DICOM-RESULTS")
def test_tid_1500_row_by_row(any_reading: Reading) -> None:
    made = built(any_reading)
    root = Node(made)
    assert (made.ValueType, root.name, made.ContinuityOfContent) == ("CONTAINER", "DCM:126000", "CONTINUOUS")  # row 1
    template = made.ContentTemplateSequence[0]
    assert (template.MappingResource, template.TemplateIdentifier) == ("DCMR", "1500")
    assert root.one("DCM:121049").shape == (MOD, "CODE", "DCM:121049")  # row 2, TID 1204
    assert root.one("DCM:121049").code == "RFC5646:en-US"
    assert root.one("DCM:121005").shape == (OBS, "CODE", "DCM:121005")  # row 3, TID 1001: a device, and nobody
    assert root.one("DCM:121005").code == "DCM:121007"
    assert root.one("DCM:121012").shape == (OBS, "UIDREF", "DCM:121012")
    assert root.one("DCM:121014").item.TextValue == "wetread"
    assert root.all("DCM:121008") == []  # no person observer name
    procedure = root.one("DCM:121058")  # row 4
    assert procedure.shape == (MOD, "CODE", "DCM:121058")
    assert procedure.code == ("LN:18748-4" if any_reading.status == "refused" else "SCT:399208008")
    assert root.one("DCM:111028").shape == (CONTAINS, "CONTAINER", "DCM:111028")  # row 5, TID 1600
    assert root.one("DCM:126010").shape == (CONTAINS, "CONTAINER", "DCM:126010")  # row 6
    assert [group.shape for group in groups(made)] == [(CONTAINS, "CONTAINER", "DCM:125007")] * len(groups(made))
    assert root.one("UMLS:C0034375").shape == (CONTAINS, "CONTAINER", "UMLS:C0034375")  # row 12
    assert {child.shape[:2] for child in root.one("UMLS:C0034375").children} == {(CONTAINS, "TEXT")}  # row 14
    kinds = [child.name for child in root.children]
    assert kinds.index("DCM:121058") < kinds.index("DCM:111028") < kinds.index("DCM:126010")
    assert kinds[-1] == "UMLS:C0034375"


def test_the_image_library_row_by_row(any_reading: Reading) -> None:
    made = built(any_reading)
    group = Node(made).one("DCM:111028").one("DCM:126200")  # TID 1600 row 2
    assert group.shape == (CONTAINS, "CONTAINER", "DCM:126200")
    (image,) = group.children  # TID 1601
    assert image.shape == (CONTAINS, "IMAGE", None)
    assert image.item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "1.2.3.4.1"
    assert {child.item.RelationshipType for child in image.children} == {ACQ}
    assert image.one("DCM:121139").code == "DCM:CR"  # TID 1602
    assert image.one("DCM:110910").number == (300.0, "{pixels}")
    assert image.one("DCM:110911").number == (250.0, "{pixels}")
    assert image.one("DCM:111044").item.TextValue == "L"  # TID 1603
    assert image.one("DCM:111043").item.TextValue == "F"
    assert image.one("DCM:111026").number == image.one("DCM:111066").number == (0.2, "mm")


@pytest.mark.parametrize("frame", [True, False])
def test_the_whole_film_by_tid_1410_or_1501_row_by_row(any_reading: Reading, frame: bool) -> None:
    film = groups(built(any_reading, frame=frame))[0]
    said = facts.of(any_reading)
    assert film.one("DCM:112039").shape == (OBS, "TEXT", "DCM:112039")  # TID 4108
    assert film.one("DCM:112040").shape == (OBS, "UIDREF", "DCM:112040")
    assert film.one("DCM:112040").item.UID.startswith("2.25.")
    assert film.one("DCM:121071").shape == (CONTAINS, "CODE", "DCM:121071")  # the finding that was looked for
    assert film.one("DCM:121071").code == "SCT:233604007"
    assert [site.code for site in film.all("SCT:363698007")] == (["SCT:39607008"] if said.processed else [])
    assert [one.shape for one in film.all("DCM:111030")] == ([(CONTAINS, "SCOORD", "DCM:111030")] if frame else [])
    assert len(film.all("DCM:121112")) == (not frame)
    source_image = film.one("DCM:111030").children[0] if frame else film.one("DCM:121112")
    assert source_image.shape == (
        ("SELECTED FROM", "IMAGE", "SCT:260753009") if frame else (CONTAINS, "IMAGE", "DCM:121112")
    )
    assert source_image.item.ReferencedSOPSequence[0].ReferencedSOPClassUID == CR
    assert film.one("99WETREAD:processed").code == ("SCT:373066001" if said.processed else "SCT:373067005")
    assert [one.code for one in film.all("SCT:233604007")] == ([PRESENCE[said.finding]] if said.finding else [])
    numbers = {child.name: child.number for child in film.children if child.item.ValueType == "NUM"}
    expected = {
        "DCM:122157": said.probability,
        "99WETREAD:prevalence": said.prevalence,
        "99WETREAD:score": said.score,
        "DCM:122411": said.threshold.score if said.threshold else None,
    }
    assert numbers == {name: (value, "1") for name, value in expected.items() if value is not None}


@pytest.mark.requirement("REQ-SHOWN")
def test_every_group_has_a_region(any_reading: Reading) -> None:
    """A viewer may show nothing at all of a report where one has none; that of the whole film is its edge."""
    made = groups(built(any_reading))
    assert made[0].one("DCM:111030").item.GraphicType == "POLYLINE"
    edge = [0, 0, 125, 0, 250, 0, 250, 150, 250, 300, 125, 300, 0, 300, 0, 150, 0, 0]
    assert list(made[0].one("DCM:111030").item.GraphicData) == edge
    assert all(group.all("DCM:111030") for group in made)


def test_tid_4019_row_by_row(any_reading: Reading) -> None:
    for group in groups(built(any_reading)):
        assert group.one("DCM:111001").shape == (MOD, "TEXT", "DCM:111001")  # row 1
        assert group.one("DCM:111001").item.TextValue == "wetread adult"
        assert group.one("DCM:111003").shape == (MOD, "TEXT", "DCM:111003")  # row 2
        assert group.one("DCM:111003").item.TextValue == "1.2.0"
        parameters = group.all("DCM:111002")  # row 3
        assert {one.shape for one in parameters} == {(MOD, "TEXT", "DCM:111002")}
        texts = [one.item.TextValue for one in parameters]
        assert f"Bundle SHA-256: {'0123456789abcdef' * 4}" in texts
        assert f"Software: wetread {wetread.__version__}" in texts
        assert ("Prevalence: 0.28" in texts) == (any_reading.status == "read")
        assert group.one("DCM:111000").shape == (MOD, "CODE", "DCM:111000")  # row 4
        assert group.one("DCM:111000").code == "DCM:123110"
        rows = [child.name for child in group.children if child.name and child.name in _ROWS_4019]
        assert rows == sorted(rows, key=_ROWS_4019.index)  # order is significant


_ROWS_4019 = ["DCM:111001", "DCM:111003", "DCM:111002", "DCM:111000"]


def test_tid_1410_row_by_row(make_reading: Make) -> None:
    reading = make_reading()
    assert reading.attention is not None
    regions = groups(built(reading))[1:]
    assert len(regions) == len(reading.attention.outlines) == 2
    tracked = set()
    for region, outline in zip(regions, reading.attention.outlines, strict=True):
        assert "not a localisation" in region.one("DCM:112039").item.TextValue
        tracked.add(region.one("DCM:112040").item.UID)
        assert region.one("DCM:121071").code == "99WETREAD:attention"
        scoord = region.one("DCM:111030")
        assert scoord.shape == (CONTAINS, "SCOORD", "DCM:111030")
        assert scoord.item.GraphicType == "POLYLINE"
        data = scoord.item.GraphicData
        assert data[:2] == data[-2:]
        assert data[0] == pytest.approx(outline[0][1] + 0.5)
        assert data[1] == pytest.approx(outline[0][0] + 0.5)
        (image,) = scoord.children
        assert image.shape[:2] == ("SELECTED FROM", "IMAGE")
        assert image.item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "1.2.3.4.1"
    assert len(tracked) == 2


def test_outlines_can_be_left_out_and_a_refused_film_has_none(make_reading: Make, make_refusal: Make) -> None:
    assert len(groups(built(make_reading(), outline=False))) == 1
    assert len(groups(built(make_refusal()))) == 1
    assert built(make_reading(), outline=False).SOPInstanceUID != built(make_reading()).SOPInstanceUID


def test_every_report_says_why_what_for_and_how_far(make_reading: Make, make_refusal: Make) -> None:
    reasons = (Reason(Code.VIEW, "A lateral film. Send the frontal one."), Reason(Code.AGE, "A child – of 3 years."))
    refused = Node(built(make_refusal(*reasons))).one("UMLS:C0034375")
    assert [one.item.TextValue for one in refused.all("99WETREAD:refusal")] == [
        "A lateral film. Send the frontal one. [view]",
        "A child - of 3 years. [age]",
    ]
    assert refused.one("DCM:121106").item.TextValue.startswith("Not processed: this film was refused")
    read = Node(built(make_reading())).one("UMLS:C0034375")
    assert read.one("99WETREAD:threshold-rule").item.TextValue.startswith("sensitivity of at least 0.90")
    limits = [one.item.TextValue for one in read.all("99WETREAD:limit")]
    assert limits == list(facts.of(make_reading()).limits)
    assert any("AUROC" in limit for limit in limits)
    for tree in (refused, read):
        assert "not reviewed" in tree.one("99WETREAD:status").item.TextValue
        assert "not a diagnosis" in tree.one("99WETREAD:status").item.TextValue


@pytest.mark.requirement("REQ-PRELIMINARY")
def test_its_status_is_preliminary_and_unverified(any_reading: Reading) -> None:
    made = built(any_reading)
    assert (made.VerificationFlag, made.PreliminaryFlag, made.CompletionFlag) == (
        "UNVERIFIED",
        "PRELIMINARY",
        "COMPLETE",
    )
    assert "VerifyingObserverSequence" not in made
    assert made.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.34"
    evidence = made.CurrentRequestedProcedureEvidenceSequence[0]
    assert evidence.StudyInstanceUID == made.StudyInstanceUID == "1.2.3.4.2"
    assert evidence.ReferencedSeriesSequence[0].SeriesInstanceUID == "1.2.3.4.3"
    assert made.CodingSchemeIdentificationSequence[0].CodingSchemeDesignator == concepts.PRIVATE


@pytest.mark.requirement("REQ-REPLACES")
def test_the_same_reading_gives_the_same_bytes_at_any_time_of_day(any_reading: Reading) -> None:
    film = source.of(header())
    first, again = (sr.build(any_reading, film, when=WHEN) for _ in range(2))
    assert encode(first) == encode(again)
    later = sr.build(any_reading, film, when=WHEN + timedelta(days=1))
    assert later.SOPInstanceUID == first.SOPInstanceUID
    assert later.ContentDate != first.ContentDate
    assert {first.ContentTime, first.SeriesTime, first.InstanceCreationTime} == {"073015.250000"}


@pytest.mark.requirement("REQ-REPLACES")
def test_a_changed_reading_refers_to_the_one_that_it_replaces(make_reading: Make) -> None:
    film = source.of(header())
    before = sr.build(make_reading(), film, when=WHEN)
    changed = make_reading(prevalence=0.05, probability=0.07)
    after = read_again(sr.build(changed, film, when=WHEN, replaces=Predecessor.of(before)))
    assert after.SOPInstanceUID != before.SOPInstanceUID
    assert after.SeriesInstanceUID != before.SeriesInstanceUID
    study = after.PredecessorDocumentsSequence[0]
    assert study.StudyInstanceUID == "1.2.3.4.2"
    assert study.ReferencedSeriesSequence[0].SeriesInstanceUID == before.SeriesInstanceUID
    assert study.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID == before.SOPInstanceUID
    again = sr.build(make_reading(), film, when=WHEN, replaces=Predecessor.of(before))
    assert "PredecessorDocumentsSequence" not in again  # it is the same document


@pytest.mark.requirement("REQ-NO-MIXING")
def test_the_patients_of_interleaved_films_never_meet(make_reading: Make) -> None:
    words = {}
    sources = {}
    for number in range(6):
        words[number] = (f"Name{number}X^Given", f"ID{number}X", f"1.2.77.{number + 1}")
        film = header(PatientName=words[number][0], PatientID=words[number][1], StudyInstanceUID=words[number][2])
        film.SOPInstanceUID = f"1.2.78.{number + 1}"
        sources[number] = source.of(film)
    order = [number for number in sources for _ in range(2)]
    random.Random(17).shuffle(order)
    for number in order:
        text = str(sr.build(make_reading(), sources[number], when=WHEN))
        for other, (name, identifier, study) in words.items():
            assert all((word in text) == (other == number) for word in (name, identifier, study))


@pytest.mark.requirement("REQ-OWN-RESULT")
def test_our_own_report_is_no_source(make_reading: Make) -> None:
    assert f"WETREAD_{wetread.__version__}" == uids.IMPLEMENTATION_VERSION
    made = sr.build(make_reading(), source.of(header()), when=WHEN)
    with pytest.raises(source.SourceError, match="itself a result"):
        source.of(made)


FILMS = {
    "latin-1": {},
    "japanese": {
        "SpecificCharacterSet": ["", "ISO 2022 IR 87"],
        "PatientName": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    },
    "korean": {"SpecificCharacterSet": ["", "ISO 2022 IR 149"], "PatientName": "Hong^Gildong=洪^吉洞=홍^길동"},
    "utf-8": {"SpecificCharacterSet": "ISO_IR 192", "PatientName": "Łukasiewicz^Żaneta"},
    "nobody": dict.fromkeys(
        ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber")
    ),
    "bare": dict.fromkeys(("PatientOrientation", "PixelSpacing", "SpecificCharacterSet")) | {"PatientName": "A^B"},
    "west": {"TimezoneOffsetFromUTC": "-0800"},
}


@pytest.mark.requirement("REQ-DICOM-RESULTS")
@pytest.mark.parametrize("film", list(FILMS))
def test_it_is_valid(any_reading: Reading, film: str, tmp_path: Path) -> None:
    made = sr.build(any_reading, source.of(header(**FILMS[film])), when=WHEN)
    assert violations(made, tmp_path) == []
    assert "Imaging Measurement Report" in dumped(made, tmp_path)


@pytest.mark.parametrize("film", [name for name in FILMS if "PatientName" in FILMS[name]])
def test_names_arrive_in_their_letters(make_reading: Make, film: str) -> None:
    made = built(make_reading(), header(**FILMS[film]))
    assert str(made.get("PatientName") or "") == (FILMS[film]["PatientName"] or "")


def test_it_is_valid_for_every_real_film(make_reading: Make, shared_data: Path, tmp_path: Path) -> None:
    for path in sorted((shared_data / "dicom").glob("*.dcm")):
        found = source.of(dcmread(path))
        reading = make_reading()
        assert reading.attention is not None
        reading = replace(reading, attention=replace(reading.attention, shape=(found.rows, found.columns)))
        made = sr.build(reading, found, when=WHEN)
        assert violations(made, tmp_path) == [], path.name
        assert "Attention outline 2 of 2" in dumped(made, tmp_path)
