"""Every result is told from what it holds, without saying whose it is; everything else is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset

from clinical.conftest import reading, refused
from clinical.objects import CR, WHEN, header
from clinical.sources import made
from wetread.clinical import explain_dicom, facts, kinds
from wetread.clinical.envelope import seal
from wetread.clinical.explain import Explained, explain
from wetread.clinical.kinds import KINDS, Kind
from wetread.clinical.uids import Predecessor
from wetread.errors import NotAResultError
from wetread.inference.reading import Reading
from wetread.radiograph.value import Radiograph

WHOSE = ("Müller", "Jürgen", "P-17", "19500101", "1950-01-01", "A17", "Ward", "076Y", "20260102", "2026-01-02")
PROSE = ("sr", "cad-sr", "fhir", "fhir-r5", "hl7", "priority")


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


def result(kind: Kind | str, told: Reading, film: Radiograph | None = None) -> bytes:
    kind = KINDS[kind] if isinstance(kind, str) else kind
    return kinds.encode(kind.build(told, made("latin-1").with_film(film), when=WHEN))


def text(found: Explained) -> str:
    return "\n".join(found.lines)


@pytest.mark.requirement("REQ-EXPLAIN")
def test_every_kind_is_told_without_saying_whose_it_is(kind: Kind, any_reading: Reading, film: Radiograph) -> None:
    found = explain(result(kind, any_reading, film))
    assert found.study_uid == "1.2.3.4.2"
    assert "1.2.3.4.1" in text(found)
    said = "\n".join([found.what, *found.lines])
    assert [word for word in WHOSE if word in said] == []
    assert "A17" in "\n".join(found.identity)
    if kind.name != "priority":
        whose = "\n".join(found.identity)
        assert "Müller" in whose
        assert "P-17" in whose


@pytest.mark.requirement("REQ-PRELIMINARY")
@pytest.mark.parametrize("name", PROSE)
def test_all_that_is_said_is_told(name: str, any_reading: Reading) -> None:
    statement, said = facts.of(any_reading), text(explain(result(name, any_reading)))
    for sentence in (statement.headline, statement.meaning, statement.status, statement.disclaimer, *statement.limits):
        assert sentence in said
    for reason in statement.reasons:
        assert reason.message in said
        assert reason.code.value in said
    assert "0123456789abcdef" * 4 in said


@pytest.mark.parametrize("name", ["sr", "fhir", "fhir-r5", "hl7"])
def test_numbers_stand_with_their_names(name: str) -> None:
    said = text(explain(result(name, reading())))
    lines = [line.strip().removesuffix(" [preliminary]") for line in said.splitlines()]
    assert {"Probability: 0.41", "Threshold Value: 0.412"} <= set(lines)
    assert "Pneumonia: Present" in said


def test_a_measurement_report_is_told_as_its_tree() -> None:
    lines = explain(result("sr", reading())).lines
    assert any(line.startswith("complete, preliminary, unverified") for line in lines)
    edge, outline, _ = (line for line in lines if "polyline" in line)
    assert outline.startswith("    ")
    assert "polyline of 9 points, columns 0 to 250, rows 0 to 300" in edge
    assert "polyline of 41 points, columns 134 to 206, rows 144 to 216" in outline


@pytest.mark.requirement("REQ-EXPLAIN")
def test_what_is_told_is_what_the_object_holds() -> None:
    """Objects that were changed after they were made are told as they are now."""
    made_sr = dcmread(BytesIO(result("sr", reading())))

    def numbers(item: Dataset) -> Any:
        for inner in item.get("ContentSequence") or ():
            if inner.get("ValueType") == "NUM" and inner.ConceptNameCodeSequence[0].CodeMeaning == "Probability":
                yield inner
            yield from numbers(inner)

    (number,) = numbers(made_sr)
    number.MeasuredValueSequence[0].NumericValue = "0.98765"
    assert "Probability: 0.98765" in text(explain(kinds.encode(made_sr)))

    message = result("hl7", reading()).replace(b"||0.41|", b"||0.98765|")
    assert "Probability: 0.98765 [preliminary]" in explain(message).lines
    final = result("hl7", reading()).replace(b"|P|||", b"|F|||")
    assert "Probability: 0.41 [final]" in explain(final).lines

    bundle = json.loads(result("fhir", reading()))
    bundle["entry"][1]["resource"]["valueCodeableConcept"]["text"] = "Something else"
    bundle["entry"][3]["resource"]["status"] = "final"
    lines = explain(json.dumps(bundle).encode()).lines
    assert "  Pneumonia: Something else" in lines
    assert "DiagnosticReport, final" in lines


def test_the_reading_itself_is_told(any_reading: Reading) -> None:
    found = explain(json.dumps(any_reading.to_json()).encode())
    assert (found.what, found.study_uid, found.identity) == ("reading (JSON)", None, ())
    if any_reading.status == "refused":
        assert found.lines[0].startswith("Not processed")
        assert any_reading.reasons[0].message in text(found)
    else:
        call = "indeterminate" if any_reading.abstained else any_reading.call
        assert found.lines[0] == f"pneumonia: {call}"
        assert f"probability {any_reading.probability:.3f} at prevalence 0.280" in found.lines
        assert all(notice.message in text(found) for notice in any_reading.notices)


def test_a_message_in_its_frame_is_told_too() -> None:
    message = result("hl7", reading())
    assert explain(b"\x0b" + message + b"\x1c\r") == explain(message)


def test_names_are_decoded_as_the_object_declares() -> None:
    for name in ("japanese", "korean"):
        film = made(name)
        for kind in ("sr", "fhir", "hl7"):
            whose = explain(kinds.encode(KINDS[kind].build(reading(), film, when=WHEN))).identity
            assert ("山田" if name == "japanese" else "홍") in "\n".join(whose)


def alien_bundle() -> bytes:
    bundle = json.loads(result("fhir", reading()))
    bundle["entry"][0]["resource"]["manufacturer"] = "Somebody"
    return json.dumps(bundle).encode()


def film_file() -> bytes:
    return kinds.encode(header(PixelData=None))


def odd_class() -> bytes:
    made_sr = dcmread(BytesIO(result("sr", reading())))
    made_sr.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    return kinds.encode(made_sr)


ALIENS = {
    "nothing": (lambda: b"", "neither DICOM nor JSON nor HL7"),
    "text": (lambda: b"Pneumonia: Present", "neither DICOM nor JSON nor HL7"),
    "a film": (film_file, "was not made by wetread"),
    "a class that is not ours": (odd_class, "Computed Radiography"),
    "a bundle of others": (alien_bundle, "not by wetread"),
    "other JSON": (lambda: b'{"schema": "other/1"}', "not by wetread"),
    "broken JSON": (lambda: result("fhir", reading())[:-20], "breaks off"),
    "a message of others": (lambda: result("hl7", reading()).replace(b"WETREAD", b"OTHER"), "MSH-3"),
    "a message that breaks off": (lambda: result("hl7", reading()).split(b"OBX")[0], "breaks off"),
    "an unknown character set": (lambda: result("hl7", reading()).replace(b"8859/1", b"BIG-5"), "MSH-18"),
    "half a report": (lambda: result("sr", reading())[:900], "breaks off"),
}


@pytest.mark.requirement("REQ-EXPLAIN")
@pytest.mark.parametrize("name", ALIENS)
def test_everything_else_is_refused_with_a_reason(name: str) -> None:
    make, reason = ALIENS[name]
    with pytest.raises(NotAResultError, match=reason) as refusal:
        explain(make())
    assert not any(word in str(refusal.value) for word in WHOSE)


def test_a_name_in_a_tree_is_not_shown_and_a_bottomless_tree_is_refused() -> None:
    made_sr = dcmread(BytesIO(result("sr", refused())))
    person, inner = Dataset(), made_sr
    person.ValueType, person.PersonName = "PNAME", "Secret^Name"
    made_sr.ContentSequence.append(person)
    said = explain(kinds.encode(made_sr))
    assert "(pname, not shown)" in text(said)
    assert "Secret" not in text(said)
    for _ in range(explain_dicom._DEEPEST + 2):
        item = Dataset()
        item.ValueType = "CONTAINER"
        inner.ContentSequence = [item]
        inner = item
    with pytest.raises(NotAResultError, match="deeper"):
        explain(kinds.encode(made_sr))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), name=st.sampled_from(["sr", "fhir", "hl7"]))
def test_damage_is_refused_or_told_but_never_a_defect(data: st.DataObject, name: str) -> None:
    raw = bytearray(RAW[name])
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(0, len(raw)))]
    try:
        said = text(explain(bytes(raw)))
    except NotAResultError as refusal:
        said = str(refusal)
    assert said


RAW = {name: result(name, reading()) for name in ("sr", "fhir", "hl7")}


CAPTURE = Kind(
    name="capture",
    title="film with outline",
    module="capture",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.7",
    modality="OT",
    series_number=9704,
)
DOCUMENT = replace(CAPTURE, name="pdf", sop_class_uid="1.2.840.10008.5.1.4.1.1.104.1", modality="DOC")


def sealed(kind: Kind, **values: Any) -> bytes:
    """An object by hand, with the envelope that every result has."""
    content, film = Dataset(), Dataset()
    film.ReferencedSOPClassUID, film.ReferencedSOPInstanceUID = CR, "1.2.3.4.1"
    content.SourceImageSequence = [film]
    for keyword, value in values.items():
        setattr(content, keyword, value)
    return kinds.encode(seal(content, kind, reading(), made("latin-1"), when=WHEN))


@pytest.mark.requirement("REQ-NOT-ORIGINAL")
def test_a_capture_is_told_as_no_original() -> None:
    values = {"Rows": 30, "Columns": 25, "ImageType": ["DERIVED", "SECONDARY"], "BurnedInAnnotation": "YES"}
    lines = explain(sealed(CAPTURE, ImageComments="One.\r\nTwo.", **values)).lines
    assert lines[lines.index("ImageComments: One.") + 1] == "  Two."
    assert "a picture of 25 x 30 pixels, not an original film: DERIVED, SECONDARY" in lines
    assert "BurnedInAnnotation: YES" in lines
    assert "of film 1.2.3.4.1" in lines


def test_a_page_is_told_by_its_size_and_never_by_what_is_written_on_it() -> None:
    page = b"%PDF-1.7\n1 0 obj << /Type /Pages >> 2 0 obj << /Type /Page /Contents (Jane Doe) >>"
    lines = explain(sealed(DOCUMENT, EncapsulatedDocument=page + b" " * (len(page) % 2), DocumentTitle="A page")).lines
    assert "1 page" in lines
    assert "DocumentTitle: A page" in lines
    assert "Jane" not in "\n".join(lines)
    with pytest.raises(NotAResultError, match="holds no PDF"):
        explain(sealed(DOCUMENT, EncapsulatedDocument=b"<html>"))


def test_what_an_object_replaces_is_told() -> None:
    before = Predecessor("1.2.3.4.2", "1.2.3.4.7", "1.2.840.10008.5.1.4.1.1.88.34", "1.2.3.4.9")
    for name in ("sr", "fhir", "hl7"):
        again = KINDS[name].build(reading(), made("latin-1"), when=WHEN, replaces=before)
        (line,) = [line for line in explain(kinds.encode(again)).lines if "1.2.3.4.9" in line]
        assert "replaces" in line
