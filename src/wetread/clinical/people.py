"""Whose film it is, and which order and study it belongs to, as plain values for results that are not DICOM."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydicom.dataset import Dataset

from wetread.clinical.source import Source

__all__ = ["Identifier", "Name", "Order", "Person", "order", "person"]

Representation = Literal["A", "I", "P"]
_REPRESENTATIONS: tuple[Representation, ...] = ("A", "I", "P")


@dataclass(frozen=True, slots=True)
class Name:
    """One way of writing a name (PS3.5 6.2.1.2): alphabetic A, ideographic I or phonetic P, in its five components."""

    representation: Representation
    family: str = ""
    given: str = ""
    middle: str = ""
    prefix: str = ""
    suffix: str = ""

    @property
    def text(self) -> str:
        """As it is read out: prefix, given, middle, family, suffix; family first where it is not alphabetic."""
        middle = (self.given, self.middle, self.family)
        parts = middle if self.representation == "A" else (self.family, self.given, self.middle)
        return " ".join(part for part in (self.prefix, *parts, self.suffix) if part)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that somebody gave, and who: a local name, and a universal identifier with its type (ISO, UUID, URI)."""

    value: str
    issuer: str = ""
    universal: str = ""
    universal_type: str = ""

    @property
    def uri(self) -> str:
        """The issuer's namespace as a URI; "" where the film names none."""
        prefix = {"ISO": "urn:oid:", "UUID": "urn:uuid:", "URI": ""}.get(self.universal_type)
        return f"{prefix}{self.universal}" if prefix is not None and self.universal else ""


@dataclass(frozen=True, slots=True)
class Person:
    """The patient: names, identifiers (PatientID first), birth date YYYYMMDD or "", sex M, F, O or ""."""

    names: tuple[Name, ...]
    identifiers: tuple[Identifier, ...]
    birth_date: str
    sex: str


@dataclass(frozen=True, slots=True)
class Order:
    """The study: accession number, date YYYYMMDD, time HHMM[SS[.ffffff]], offset ±HHMM, each "" where there is none."""

    accession: Identifier | None
    date: str
    time: str
    offset: str
    referring: tuple[Name, ...]


def person(source: Source) -> Person:
    """The film's patient, as valid as `Source.identity` is."""
    said = source.identity
    return Person(
        names=_names(_text(said, "PatientName")),
        identifiers=tuple(_identifiers(said)),
        birth_date=_text(said, "PatientBirthDate"),
        sex=_text(said, "PatientSex"),
    )


def order(source: Source) -> Order:
    """The film's study and order."""
    said = source.identity
    number = _text(said, "AccessionNumber")
    issuer = next(iter(said.get("IssuerOfAccessionNumberSequence") or ()), Dataset())
    accession = Identifier(
        number,
        _text(issuer, "LocalNamespaceEntityID"),
        _text(issuer, "UniversalEntityID"),
        _text(issuer, "UniversalEntityIDType"),
    )
    return Order(
        accession=accession if number else None,
        date=_text(said, "StudyDate"),
        time=_text(said, "StudyTime"),
        offset=_text(said, "TimezoneOffsetFromUTC"),
        referring=_names(_text(said, "ReferringPhysicianName")),
    )


def _text(dataset: Dataset, keyword: str) -> str:
    value: Any = dataset.get(keyword)
    return "" if value is None else str(value).strip()


def _identifiers(said: Dataset) -> Iterator[Identifier]:
    for item in (said, *(said.get("OtherPatientIDsSequence") or ())):
        value = _text(item, "PatientID")
        more = next(iter(item.get("IssuerOfPatientIDQualifiersSequence") or ()), Dataset())
        if value:
            yield Identifier(
                value,
                _text(item, "IssuerOfPatientID"),
                _text(more, "UniversalEntityID"),
                _text(more, "UniversalEntityIDType"),
            )


def _names(value: str) -> tuple[Name, ...]:
    groups = zip(_REPRESENTATIONS, value.split("="), strict=False)
    parts = ((code, [part.strip() for part in group.split("^")][:5]) for code, group in groups)
    return tuple(Name(code, *components) for code, components in parts if any(components))
