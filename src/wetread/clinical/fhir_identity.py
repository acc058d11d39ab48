"""Patient, order, study and times of a film in FHIR's data types."""

from __future__ import annotations

import re
import uuid
from typing import Any

from wetread.clinical import people
from wetread.clinical.people import Identifier, Name, Order, Person
from wetread.clinical.source import Source

__all__ = ["Json", "about", "dated", "instant", "patient", "study", "subject", "uid_identifier", "urn"]

Json = dict[str, Any]
_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
_WRITTEN = {"A": "ABC", "I": "IDE", "P": "SYL"}
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/"
_GENDERS = {"M": "male", "F": "female", "O": "other"}


def urn(uid: str) -> str:
    """The fullUrl of a resource: a UID 2.25.x is a UUID, said as a number (PS3.5 B.2)."""
    return f"urn:uuid:{uuid.UUID(int=int(uid.removeprefix('2.25.')))}"


def uid_identifier(uid: str, system: str = "urn:ietf:rfc:3986") -> Json:
    """An Identifier that is a UID."""
    return {"system": system, "value": f"urn:oid:{uid}"}


def study(source: Source, *, link: bool = False) -> Json:
    """A reference to the film's study; `link` lets the server put its own resource's id in."""
    number = uid_identifier(source.study_uid, "urn:dicom:uid")
    made: Json = {"type": "ImagingStudy", "identifier": number}
    return {"reference": _search("ImagingStudy", number), **made} if link else made


def subject(source: Source, system: str, *, link: bool = False) -> Json | None:
    """A reference to the patient by the identifier that the film has, and by no other; None where it names nobody.

    Parameters
    ----------
    system
        URI of the namespace of PatientID, where the film does not name it; "" where it is not known.
    link
        Let the server put its own patient's id in; only where the namespace is known, because a bare number is
        another patient's elsewhere.
    """
    who = people.person(source)
    made: Json = {"type": "Patient"}
    if link and who.identifiers and (who.identifiers[0].uri or system):
        number = _identifier(who.identifiers[0], "PI", "Patient internal identifier", system)
        made["reference"] = _search("Patient", number)
    if who.identifiers:
        made["identifier"] = _identifier(who.identifiers[0], "PI", "Patient internal identifier", system)
    if who.names:
        made["display"] = who.names[0].text
    return made if len(made) > 1 else None


def patient(source: Source, system: str) -> Json | None:
    """The patient as a contained resource "#patient", for a reader to compare; None where the film names nobody."""
    who: Person = people.person(source)
    if not (who.identifiers or who.names):
        return None
    made: Json = {"resourceType": "Patient", "id": "patient"}
    if who.identifiers:
        first, *others = who.identifiers
        made["identifier"] = [_identifier(first, "PI", "Patient internal identifier", system)]
        made["identifier"] += [_identifier(one, "PI", "Patient internal identifier", "") for one in others]
    if who.names:
        made["name"] = [_name(name) for name in who.names]
    if who.sex:
        made["gender"] = _GENDERS[who.sex]
    if who.birth_date:
        made["birthDate"] = _day(who.birth_date)
    return made


def about(source: Source, system: str) -> Json:
    """What every result says of its order: basedOn, by accession number; {} where there is none.

    Parameters
    ----------
    system
        URI of the namespace of accession numbers, where the film does not name it.
    """
    ordered = people.order(source)
    if ordered.accession is None:
        return {}
    number = _identifier(ordered.accession, "ACSN", "Accession ID", system)
    return {"basedOn": [{"type": "ServiceRequest", "identifier": number}]}


def dated(source: Source) -> Json:
    """When the film was taken: effectiveDateTime, a day alone where its zone is not known; {} without a date."""
    ordered: Order = people.order(source)
    if not ordered.date:
        return {}
    time = re.fullmatch(r"(\d\d)(\d\d)(?:(\d\d)(\.\d{1,6})?)?", ordered.time)
    if time is None or not ordered.offset:
        return {"effectiveDateTime": _day(ordered.date)}
    hours, minutes, seconds, fraction = time.groups()
    if (seconds or "00") > "59":
        seconds = "59"  # FHIR has no leap second
    clock = f"{hours}:{minutes}:{seconds or '00'}{fraction or ''}"
    return {"effectiveDateTime": f"{_day(ordered.date)}T{clock}{ordered.offset[:3]}:{ordered.offset[3:]}"}


def instant(text: str) -> str:
    """DICOM's DT with its zone (PS3.5 6.2) as an instant."""
    clock, zone = text[8:-5], text[-5:]
    return f"{_day(text[:8])}T{clock[:2]}:{clock[2:4]}:{clock[4:]}{zone[:3]}:{zone[3:]}"


def _search(resource: str, number: Json) -> str:
    """A reference that the server resolves while it stores a transaction, and refuses unless exactly one fits."""
    value = "".join(f"\\{letter}" if letter in "\\,$|" else letter for letter in number["value"])
    token = f"{number['system']}|{value}".encode()
    return f"{resource}?identifier=" + "".join(
        chr(byte) if chr(byte) in _UNRESERVED else f"%{byte:02X}" for byte in token
    )


def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}"


def _identifier(number: Identifier, code: str, display: str, system: str) -> Json:
    made: Json = {"type": {"coding": [{"system": _TYPES, "code": code, "display": display}]}}
    if uri := number.uri or system:
        made["system"] = uri
    made["value"] = number.value
    if number.issuer:
        made["assigner"] = {"display": number.issuer}
    return made


def _name(name: Name) -> Json:
    made: Json = {
        "extension": [{"url": _REPRESENTATION, "valueCode": _WRITTEN[name.representation]}],
        "text": name.text,
    }
    if name.family:
        made["family"] = name.family
    if given := [part for part in (name.given, name.middle) if part]:
        made["given"] = given
    if name.prefix:
        made["prefix"] = [name.prefix]
    if name.suffix:
        made["suffix"] = [name.suffix]
    return made
