"""HL7 messages: read by an independent library, in the film's letters, of the right film only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hl7apy.core import Message, Segment
from hl7apy.parser import parse_message
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from clinical.conftest import reading, refused
from clinical.objects import WHEN
from clinical.sources import KINDS, made
from wetread.clinical import facts, hl7, source
from wetread.clinical.uids import Predecessor
from wetread.errors import Code, ConfigError, Reason, SourceError
from wetread.inference.reading import Reading

SETS = {"ASCII": "ascii", "8859/1": "latin-1", "8859/5": "iso8859-5", "UNICODE UTF-8": "utf-8"}


def parsed(message: bytes) -> Message:
    """The message as hl7apy understands and validates it, in the character set that MSH-18 names."""
    charset = message.split(b"\r")[0].split(b"|")[17].decode("ascii")
    found = parse_message(message.decode(SETS[charset]))
    assert found.validate()
    return found


def patient(message: Message) -> Any:
    return message.oru_r01_patient_result.oru_r01_patient


def order(message: Message) -> Any:
    return message.oru_r01_patient_result.oru_r01_order_observation


def rows(message: Message) -> list[Segment]:
    return [group.obx for group in order(message).oru_r01_observation]


def field(segment: Segment, number: int) -> str:
    """A field, with its escape sequences resolved as a receiver does."""
    text = getattr(segment, f"{segment.name.lower()}_{number}").to_er7()
    for letter, sign in zip("FSTRE", "|^&~\\", strict=True):
        text = text.replace(f"\\{letter}\\", sign)
    return str(text)


def said(message: Message, code: str) -> list[str]:
    return [field(row, 5) for row in rows(message) if field(row, 3).split("^")[0] == code]


@pytest.mark.requirement("REQ-CHART-RESULTS")
@pytest.mark.parametrize("kind", KINDS)
def test_an_independent_library_reads_every_film(kind: str, any_reading: Reading) -> None:
    message = hl7.build(any_reading, made(kind), when=WHEN)
    found = parsed(message)
    assert found.msh.msh_9.to_er7() == "ORU^R01^ORU_R01"
    assert (found.msh.msh_11.to_er7(), found.msh.msh_12.to_er7()) == ("P", "2.5.1")
    assert [field(row, 1) for row in rows(found)] == [str(number) for number in range(1, len(rows(found)) + 1)]
    assert order(found).obr.obr_25.to_er7() == "P"
    assert message.endswith(b"\r")
    assert b"\n" not in message


@pytest.mark.requirement("REQ-IDENTITY")
@pytest.mark.parametrize(
    ("kind", "charset"),
    [
        ("ascii", "ASCII"),
        ("latin-1", "8859/1"),
        ("cyrillic", "8859/5"),
        ("utf-8", "UNICODE UTF-8"),
        ("japanese", "UNICODE UTF-8"),
        ("korean", "UNICODE UTF-8"),
    ],
)
def test_letters_survive_in_the_set_that_is_named(kind: str, charset: str) -> None:
    found = parsed(hl7.build(reading(), made(kind), when=WHEN))
    assert found.msh.msh_18.to_er7() == charset
    names = patient(found).pid.pid_5
    written = {"A": 0, "I": 1, "P": 2}
    groups = str(KINDS[kind].get("PatientName", "Müller^Jürgen")).split("=")
    assert len(names) == len(groups)
    for name in names:
        family, given_name, *_, use, representation = name.to_er7().split("^")
        assert f"{family}^{given_name}" == groups[written[representation]]
        assert use == "L"


@pytest.mark.requirement("REQ-CHART-RESULTS")
def test_delimiters_are_escaped_and_come_back() -> None:
    found = parsed(hl7.build(reading(), made("delimiters"), when=WHEN))
    assert field(patient(found).pid, 3) == "7|8^9&a~b^^^^PI"
    assert field(patient(found).pid, 5).startswith("O'Neil & ~|Sons^Ann^")
    assert field(order(found).obr, 3) == "A|1^2&3~4"
    assert field(order(found).obr, 18) == "A|1^2&3~4"
    assert len(patient(found).pid.pid_3) == 1


@pytest.mark.requirement("REQ-TEXT-STAYS-TEXT")
@given(st.text(max_size=60))
def test_escapes_lose_nothing_but_control_characters(text: str) -> None:
    escaped = hl7.escaped(text)
    assert not set("|^&~\r\n") & set(escaped)
    back = re.sub(r"\\([FSTRE])\\", lambda found: dict(zip("FSTRE", "|^&~\\", strict=True))[found[1]], escaped)
    assert back == re.sub(r"[\x00-\x1f\x7f]+", " ", text)


@pytest.mark.requirement("REQ-IDENTITY")
def test_long_names_are_never_cut() -> None:
    found = parsed(hl7.build(reading(), made("long"), when=WHEN))
    name = KINDS["long"]["PatientName"].split("^")
    family, given_name, middle, prefix, suffix = name
    assert field(patient(found).pid, 5) == f"{family}^{given_name}^{middle}^{suffix}^{prefix}^^L^A"
    assert field(order(found).obr, 16) == f"^{'Zz' * 30}"


def test_numbers_of_other_issuers_and_the_zone_are_carried() -> None:
    found = parsed(hl7.build(reading(), made("issued"), when=WHEN))
    assert [number.to_er7() for number in patient(found).pid.pid_3] == ["P-17^^^WARD&1.2.3.99&ISO^PI", "X-2^^^TOWN^PI"]
    assert field(order(found).obr, 3) == "A17^RIS"
    assert field(order(found).obr, 7) == "20260102101500-0330"
    assert field(found.msh, 7) == "20261122040015.2500-0330"


def test_a_film_of_nobody_has_no_patient_and_says_so() -> None:
    found = parsed(hl7.build(reading(), made("nobody"), when=WHEN))
    segments = found.to_er7().split("\r")
    assert not any(segment.startswith("PID") for segment in segments)
    assert "no valid Patient ID" in next(segment for segment in segments if segment.startswith("NTE"))
    assert field(order(found).obr, 3).endswith("^WETREAD")


def test_a_hashed_birth_date_is_left_out() -> None:
    found = parsed(hl7.build(reading(), made("hashed"), when=WHEN))
    assert field(patient(found).pid, 7) == ""
    assert field(patient(found).pid, 3) == f"{'9f' * 32}^^^^PI"


@pytest.mark.requirement("REQ-PRELIMINARY")
@pytest.mark.parametrize(
    ("status", "value"),
    [
        ("present", "52101004^Present^SCT"),
        ("absent", "272519000^Absent^SCT"),
        ("indeterminate", "82334004^Indeterminate^SCT"),
    ],
)
def test_a_finding_is_preliminary_with_every_number(status: str, value: str, readings: dict[str, Reading]) -> None:
    told = readings[status]
    found = parsed(hl7.build(told, made("ascii"), when=WHEN))
    assert {field(row, 11) for row in rows(found)} == {"P"}
    assert said(found, "233604007") == [value]
    assert field(rows(found)[0], 8) == ("A" if status == "present" else "")
    assert told.threshold is not None
    numbers = {"122157": told.probability, "prevalence": 0.28, "score": told.score, "122411": told.threshold.score}
    for code, number in numbers.items():
        assert [float(text) for text in said(found, code)] == [number]
    assert said(found, "threshold-ci") == ["^0.362^-^0.471"]
    assert said(found, "113014") == ["1.2.3.4.2"]
    assert said(found, "59776-5")[:-1] == list(facts.of(told).lines)
    assert "Bundle SHA-256: 0123456789abcdef" in said(found, "59776-5")[-1]


@pytest.mark.requirement("REQ-REFUSED-RESULT")
def test_a_film_that_was_not_processed_is_answered_with_its_reasons() -> None:
    reasons = (Reason(Code.VIEW, "A lateral film.", "ViewPosition"), Reason(Code.AGE, "A child | of 3."))
    found = parsed(hl7.build(refused(*reasons), made("ascii"), when=WHEN))
    assert (field(rows(found)[0], 5), field(rows(found)[0], 11)) == ("", "X")
    assert {field(row, 11) for row in rows(found)[1:]} == {"P"}
    assert said(found, "processed") == ["373067005^No^SCT"]
    assert said(found, "refusal") == ["view^A lateral film.^99WETREAD", "age^A child | of 3.^99WETREAD"]
    assert {"122157", "score", "122411"}.isdisjoint(field(row, 3).split("^")[0] for row in rows(found))
    assert said(found, "59776-5")[0].startswith("Not processed: ")
    assert field(order(found).obr, 4) == "18748-4^Diagnostic imaging study^LN"


def test_lines_of_one_code_are_told_apart(any_reading: Reading) -> None:
    found = parsed(hl7.build(any_reading, made("ascii"), when=WHEN))
    told = [(field(row, 3), field(row, 4)) for row in rows(found)]
    assert len(set(told)) == len(told)


@pytest.mark.requirement("REQ-PRIORITY")
def test_the_priority_is_said_twice_and_never_below_routine(any_reading: Reading) -> None:
    found = parsed(hl7.build(any_reading, made("ascii"), when=WHEN))
    code, reason = said(found, "priority")
    timing = order(found).oru_r01_timing_qty.tq1
    assert field(timing, 9) == code
    assert code == "R^Routine^HL70485"
    assert "moves back" in reason
    proven = reading(notices=())
    found = parsed(hl7.build(proven, made("ascii"), when=WHEN))
    assert field(order(found).oru_r01_timing_qty.tq1, 9) == "A^ASAP^HL70485"


def test_a_second_message_is_known_by_its_control_id() -> None:
    def control(*changes: Any, **asked: Any) -> str:
        return str(parsed(hl7.build(reading(**dict(changes)), made("ascii"), when=WHEN, **asked)).msh.msh_10.to_er7())

    assert re.fullmatch("[0-9A-F]{20}", control())
    assert control() == control()
    assert len({control(), control(("score", 0.7)), control(processing_id="T")}) == 3


@pytest.mark.requirement("REQ-REPLACES")
def test_a_new_result_names_the_one_that_it_replaces() -> None:
    film = made("ascii")
    first = parsed(hl7.build(reading(), film, when=WHEN))
    (uid,) = said(first, "result")
    before = Predecessor("1.2.3.4.2", "1.2", "1.2", uid)
    second = parsed(hl7.build(reading(score=0.7), film, when=WHEN, replaces=before))
    assert said(second, "replaced") == [uid]
    assert said(second, "result") != [uid]
    assert said(parsed(hl7.build(reading(), film, when=WHEN, replaces=before)), "replaced") == []


def test_places_are_named_and_escaped() -> None:
    asked = {"receiving_application": "RIS|1", "receiving_facility": "North", "sending_facility": "South"}
    found = parsed(hl7.build(reading(), made("ascii"), when=WHEN, **asked))
    assert [field(found.msh, number) for number in (3, 4, 5, 6)] == ["WETREAD", "South", "RIS|1", "North"]
    wide = hl7.build(reading(), made("ascii"), when=WHEN, receiving_facility="Łódź")
    assert parsed(wide).msh.msh_6.to_er7() == "Łódź"


def test_small_numbers_have_no_exponent() -> None:
    found = parsed(hl7.build(reading(probability=0.000002, score=0.0), made("ascii"), when=WHEN))
    assert said(found, "122157") == ["0.000002"]
    assert said(found, "score") == ["0"]


def test_the_same_arguments_give_the_same_bytes(any_reading: Reading) -> None:
    assert hl7.build(any_reading, made("korean"), when=WHEN) == hl7.build(any_reading, made("korean"), when=WHEN)


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(ConfigError, match="MSH-11"):
        hl7.build(reading(), made("ascii"), when=WHEN, processing_id="Q")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="zone"):
        hl7.build(reading(), made("ascii"), when=WHEN.replace(tzinfo=None))


FIELDS = ("PatientName", "PatientID", "AccessionNumber", "StudyInstanceUID", "SOPInstanceUID")
WORDS = st.text("BCDFGHKMNPRSTVWXZ", min_size=6, max_size=12).map("QX{}".format)  # like no word that a result says


@pytest.mark.requirement("REQ-NO-MIXING")
@settings(max_examples=25, deadline=None)
@given(
    words=st.lists(WORDS, min_size=6, max_size=6, unique=True), numbers=st.sets(st.integers(10**6, 10**9), min_size=4)
)
def test_two_studies_never_mix(words: list[str], numbers: set[int]) -> None:
    """Made in turns, each message holds its own film's values and none of the other's."""
    uids = [f"1.2.840.{number}" for number in sorted(numbers)][:4]
    values = [
        dict(zip(FIELDS, [*words[3 * half : 3 * half + 3], *uids[2 * half : 2 * half + 2]], strict=True))
        for half in (0, 1)
    ]
    films = [made("ascii", **one) for one in values]
    for told in (reading(), refused()):
        messages = [hl7.build(told, film, when=WHEN).decode("ascii") for film in films]
        for own, other, message in zip(values, reversed(values), messages, strict=True):
            parts = set(re.split(r"[|^\r]", message))
            assert set(own.values()) <= parts
            assert not set(other.values()) & parts


def test_real_films_are_carried(shared_data: Path) -> None:
    """Every real film whose results can be filed is answered, with its own study and its own patient's letters."""
    count = 0
    for path in sorted((shared_data / "dicom").glob("*.dcm")):
        film = dcmread(path, stop_before_pixels=True)
        try:
            found = source.of(film)
        except SourceError:
            continue
        read = parsed(hl7.build(refused(), found, when=WHEN))
        assert said(read, "113014") == [film.StudyInstanceUID]
        count += 1
    assert count >= 5
