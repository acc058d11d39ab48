"""The reading as an HL7 v2.5.1 message ORU^R01: preliminary results with a priority, for an interface engine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

import wetread
from wetread.clinical import concepts, facts, people, priority, uids
from wetread.clinical.concepts import Concept
from wetread.clinical.envelope import MODEL_NAME, NO_BUNDLE
from wetread.clinical.facts import MANUFACTURER, Statement
from wetread.clinical.people import Identifier, Name, Order
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.errors import ConfigError
from wetread.inference.reading import Reading

__all__ = ["APPLICATION", "CHARACTER_SETS", "build", "escaped"]

APPLICATION = "WETREAD"
UTF8 = ("UNICODE UTF-8", "utf-8")
CHARACTER_SETS = {
    "": ("ASCII", "ascii"),
    "ISO_IR 6": ("ASCII", "ascii"),
    "ISO_IR 100": ("8859/1", "iso8859-1"),
    "ISO_IR 101": ("8859/2", "iso8859-2"),
    "ISO_IR 109": ("8859/3", "iso8859-3"),
    "ISO_IR 110": ("8859/4", "iso8859-4"),
    "ISO_IR 144": ("8859/5", "iso8859-5"),
    "ISO_IR 127": ("8859/6", "iso8859-6"),
    "ISO_IR 126": ("8859/7", "iso8859-7"),
    "ISO_IR 138": ("8859/8", "iso8859-8"),
    "ISO_IR 148": ("8859/9", "iso8859-9"),
    "ISO_IR 192": UTF8,
    "GB18030": ("GB 18030-2000", "gb18030"),
}
"""SpecificCharacterSet (0008,0005) as MSH-18 (HL7 table 0211) and Python name it. Every other one is sent as UTF-8:
letters are the same, and no receiver has to switch sets within a name, which few can."""

_ESCAPES = str.maketrans({sign: f"\\{letter}\\" for sign, letter in zip("\\|^&~", "EFSTR", strict=True)})
_UNKNOWN_NAME = "^^^^^^U"  # HL7 table 0200: unspecified


def build(
    reading: Reading,
    source: Source,
    *,
    when: datetime,
    replaces: Predecessor | None = None,
    receiving_application: str = "",
    receiving_facility: str = "",
    sending_facility: str = "",
    processing_id: Literal["P", "T", "D"] = "P",
) -> bytes:
    """Make the message of a reading.

    MSH, SFT, PID, OBR, TQ1 and an OBX for each thing said: the finding coded in SNOMED CT, the numbers, the priority,
    the study's and the film's UIDs, and every sentence. Results are preliminary (OBR-25, OBX-11 `P`). A film that was
    refused has a finding without value that could not be obtained (OBX-11 `X`, which asks for no value), and its
    reasons. A film without a valid Patient ID has no PID, which could not be without one, and a note that says so.
    Nothing is ever cut to a length. The same reading has the same control id (MSH-10), so that an engine knows a
    second sending.

    Parameters
    ----------
    reading, source, when, replaces
        As for every result (`wetread.clinical.kinds.Kind.build`). Of what is replaced `sop_uid` counts: the UID that
        the earlier message gave itself.
    receiving_application, receiving_facility, sending_facility
        MSH-5, MSH-6, MSH-4.
    processing_id
        MSH-11: P production, T training, D debugging.

    Returns
    -------
    bytes
        Segments that end with a carriage return, in the film's character set, which MSH-18 names, where HL7 has it as
        a whole; else in UTF-8. Without the frame of MLLP.

    Raises
    ------
    ConfigError
        If `when` has no zone, or the processing id is none.
    """
    if processing_id not in ("P", "T", "D"):
        raise ConfigError(f"MSH-11 {processing_id!r} is no processing id: choose P, T or D")
    settings = {
        "receiving_application": receiving_application,
        "receiving_facility": receiving_facility,
        "sending_facility": sending_facility,
        "processing_id": processing_id,
    }
    statement, now = facts.of(reading), _time(source.moment(when).datetime)
    uid = uids.derive("hl7", reading, source, settings=settings)
    replaced = replaces.sop_uid if replaces and replaces.sop_uid != uid else None
    header = [
        "MSH|^~\\&",
        APPLICATION,
        *(escaped(part) for part in (sending_facility, receiving_application, receiving_facility)),
        now,
        "",
        "ORU^R01^ORU_R01",
        _control_id(uid),
        processing_id,
        "2.5.1",
    ]
    body = [
        _software(statement),
        *_patient(source),
        *_order(statement, source, now, uid),
        _timing(reading),
        *_observations(statement, reading, source, now, uid, replaced),
    ]
    said = "".join(f"{segment}\r" for segment in ("|".join(header), *body))
    charset, encoding = _character_set(source, said)
    header += [""] * 5 + [charset]
    return "".join(f"{segment}\r" for segment in ("|".join(header), *body)).encode(encoding)


def escaped(text: str) -> str:
    r"""Text as a field's value: delimiters as escape sequences (HL7 v2.5.1 2.7), control characters as blanks.

    >>> escaped("7|8^9")
    '7\\F\\8\\S\\9'
    """
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).translate(_ESCAPES)


def _character_set(source: Source, text: str) -> tuple[str, str]:
    said = source.header.get("SpecificCharacterSet", "")
    found = CHARACTER_SETS.get(str(said), UTF8)
    try:
        text.encode(found[1])
    except UnicodeEncodeError:  # a receiver's name with other letters
        return UTF8
    return found


def _segment(name: str, fields: dict[int, str]) -> str:
    """A segment from its fields by their numbers, each already escaped."""
    return "|".join([name, *(fields.get(number, "") for number in range(1, max(fields) + 1))])


def _time(text: str) -> str:
    """DICOM's DT as TS: tenths of milliseconds at most."""
    return f"{text[:19]}{text[-5:]}"


def _control_id(uid: str) -> str:
    """MSH-10 holds 20 characters."""
    return f"{int(uid.removeprefix('2.25.')):032X}"[:20]


def _coded(concept: Concept) -> str:
    return "^".join(escaped(part) for part in (concept.value, concept.meaning, concept.scheme))


def _software(statement: Statement) -> str:
    binary = escaped(statement.algorithm.sha256 or NO_BUNDLE)
    return _segment("SFT", {1: MANUFACTURER, 2: wetread.__version__, 3: MODEL_NAME, 4: binary})


def _patient(source: Source) -> Iterator[str]:
    """PID; nothing where the film has no valid identifier, which a PID must have (HL7 v2.5.1 3.4.2.3)."""
    who = people.person(source)
    if not who.identifiers:
        return
    fields = {
        1: "1",
        3: "~".join(_number(one) for one in who.identifiers),
        5: "~".join(_name(one) for one in who.names) or _UNKNOWN_NAME,
        7: who.birth_date,
        8: who.sex,
    }
    yield _segment("PID", fields)


def _number(one: Identifier) -> str:
    """CX, without the check digit."""
    kind = one.universal_type if one.universal else ""
    issuer = "&".join(escaped(part) for part in (one.issuer, one.universal, kind)).rstrip("&")
    return f"{escaped(one.value)}^^^{issuer}^PI"


def _name(one: Name) -> str:
    """XPN, with its representation by HL7 table 0465."""
    parts = (one.family, one.given, one.middle, one.suffix, one.prefix)
    return "^".join([*(escaped(part) for part in parts), "", "L", one.representation])


def _doctor(one: Name) -> str:
    """XCN, without a number."""
    parts = (one.family, one.given, one.middle, one.suffix, one.prefix)
    return "^" + "^".join(escaped(part) for part in parts).rstrip("^")


def _taken(order: Order) -> str:
    """When the film was taken; the zone where it is known."""
    time = re.fullmatch(r"\d\d(\d\d(\d\d(\.\d{1,6})?)?)?", order.time) if order.date else None
    if time is None or len(time[0]) < 4:
        return order.date
    return f"{order.date}{time[0][:11]}{order.offset}"


def _order(statement: Statement, source: Source, now: str, uid: str) -> Iterator[str]:
    order = people.order(source)
    accession, number = order.accession, f"{uid}^{APPLICATION}"
    if accession is not None:
        kind = accession.universal_type if accession.universal else ""
        parts = (accession.value, accession.issuer, accession.universal, kind)
        number = "^".join(escaped(part) for part in parts).rstrip("^")
    fields = {
        1: "1",
        3: number,
        4: _coded(concepts.CHEST_REPORT if statement.processed else concepts.IMAGING_STUDY),
        7: _taken(order),
        16: _doctor(order.referring[0]) if order.referring else "",
        18: escaped(accession.value) if accession else "",
        22: now,
        24: "RAD",
        25: "P",
    }
    yield _segment("OBR", fields)
    if not people.person(source).identifiers:
        note = "The film has no valid Patient ID: file this result by its accession number or its study."
        yield _segment("NTE", {1: "1", 2: "L", 3: note})


def _timing(reading: Reading) -> str:
    code, text = priority.of(reading).hl7
    return _segment("TQ1", {1: "1", 9: f"{code}^{text}^HL70485"})


Row = tuple[str, str, str, str]


def _observations(
    statement: Statement, reading: Reading, source: Source, now: str, uid: str, replaced: str | None
) -> Iterator[str]:
    """OBX for each row: type, what, value, status. Lines of one code are told apart by their sub-id (OBX-4)."""
    taken = _taken(people.order(source))
    device = statement.algorithm.sha256 or NO_BUNDLE
    rows = (*_found(statement), *_named(source, uid, replaced), *_priority(reading), *_sentences(statement))
    total, seen = Counter(what for _, what, _, _ in rows), Counter[str]()
    for number, (kind, what, value, status) in enumerate(rows, 1):
        seen[what] += 1
        fields = {
            1: str(number),
            2: kind,
            3: what,
            4: str(seen[what]) if total[what] > 1 else "",
            5: value,
            6: "1^no units^UCUM" if kind == "NM" else "",
            8: "A" if number == 1 and statement.finding == "present" else "",
            11: status,
            14: taken,
        }
        if kind != "TX":
            fields |= {17: _coded(concepts.ARTIFICIAL_INTELLIGENCE), 18: f"{device}^{APPLICATION}", 19: now}
        yield _segment("OBX", fields)


def _found(statement: Statement) -> Iterator[Row]:
    """The finding and its numbers, or that there is none, and why."""
    if statement.finding is None:
        yield "CWE", _coded(concepts.PNEUMONIA), "", "X"
    else:
        yield "CWE", _coded(concepts.PNEUMONIA), _coded(concepts.presence(statement.finding)), "P"
    yield "CWE", _coded(concepts.PROCESSED), _coded(concepts.YES if statement.processed else concepts.NO), "P"
    for reason in statement.reasons:
        value = f"{reason.code.value}^{escaped(reason.message)}^{concepts.PRIVATE}"
        yield "CWE", _coded(concepts.REASON), value, "P"
    threshold = statement.threshold
    numbers = (
        (concepts.PROBABILITY, statement.probability),
        (concepts.PREVALENCE, statement.prevalence),
        (concepts.SCORE, statement.score),
        (concepts.THRESHOLD, threshold.score if threshold else None),
    )
    for concept, number in numbers:
        if number is not None:
            yield "NM", _coded(concept), _decimal(number), "P"
    if threshold is not None:
        low, high = (_decimal(side) for side in threshold.interval)
        yield "SN", _coded(concepts.INTERVAL), f"^{low}^-^{high}", "P"
        yield "TX", _coded(concepts.RULE), escaped(facts.plain(threshold.rule)), "P"


def _named(source: Source, uid: str, replaced: str | None) -> Iterator[Row]:
    """Study, film, and this result itself, by their UIDs."""
    yield "ST", _coded(concepts.STUDY), source.study_uid, "P"
    yield "ST", _coded(concepts.FILM), source.sop_uid, "P"
    yield "ST", _coded(concepts.RESULT), uid, "P"
    if replaced:
        yield "ST", _coded(concepts.REPLACED), replaced, "P"


def _priority(reading: Reading) -> Iterator[Row]:
    asked = priority.of(reading)
    code, text = asked.hl7
    yield "CWE", _coded(concepts.PRIORITY), f"{code}^{text}^HL70485", "P"
    yield "TX", _coded(concepts.PRIORITY), escaped(asked.text), "P"


def _sentences(statement: Statement) -> Iterable[Row]:
    """Everything that is said, and the parameters, a line each."""
    parameters = "; ".join(f"{name}: {value}" for name, value in statement.algorithm.parameters)
    lines = (*statement.lines, f"Parameters: {parameters}.")
    return tuple(("TX", _coded(concepts.FINDINGS), escaped(line), "P") for line in lines)


def _decimal(value: float) -> str:
    """NM: no exponent."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
