"""The character set of a foreign header: the declared one, repaired where it is misspelt, found where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydicom.charset import convert_encodings, decode_bytes, encode_string, python_encoding
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.valuerep import PN_DELIMS, TEXT_VR_DELIMS, PersonName

__all__ = ["ENCODED", "UTF8", "CharacterSet", "Note", "as_bytes", "character_set", "decoded", "fits", "several"]

UTF8 = "ISO_IR 192"
_LATIN1 = "ISO_IR 100"
_ALONE = (UTF8, "GB18030", "GBK")
ENCODED = ("LO", "LT", "PN", "SH", "ST", "UC", "UT")
"""VRs whose text is in the declared character set (PS3.5 6.1.2.2); that of the others is ASCII."""


@dataclass(frozen=True, slots=True)
class Note:
    """What was not copied as it stood: the element's keyword, and why. Never holds the value."""

    keyword: str
    message: str


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """SpecificCharacterSet (0008,0005) as defined terms, and Python's names of the encodings; () is ASCII alone."""

    terms: tuple[str, ...] = ()
    assumed: bool = False
    """The film declares none, or an unknown one."""

    @property
    def encodings(self) -> list[str]:
        """Python's names of the encodings."""
        return convert_encodings(list(self.terms) or None)


def character_set(dataset: Dataset, keywords: Sequence[str]) -> tuple[CharacterSet, Note | None]:
    """The character set of a header (PS3.3 C.12.1.1.2): the declared one, else the one that its bytes are in.

    Letters beyond ASCII without a declared set are taken as UTF-8 where all of them are valid in it, which chance
    hardly brings about, and as Latin-1 otherwise: the bytes stay the same either way.
    """
    declared = _declared(dataset)
    known = tuple(_defined_term(term) for term in declared)
    if declared and None not in known:
        terms = tuple(term for term in known if term is not None)
        alone = [term for term in terms if term in _ALONE]
        terms = (alone[0],) if alone else terms
        repaired = None if terms == declared else Note("SpecificCharacterSet", "misspelt: written as its defined term")
        return CharacterSet(() if terms in (("",), ("ISO_IR 6",)) else terms), repaired
    found = _without(dataset, keywords)
    said = "is unknown" if declared else "is not declared"
    if found is None:
        return CharacterSet(), Note("SpecificCharacterSet", f"{said}: left out") if declared else None
    return CharacterSet((found,), assumed=True), Note(
        "SpecificCharacterSet", f"{said}, and there are letters beyond ASCII: declared as {found}, bytes unchanged"
    )


def fits(element: DataElement, encodings: list[str]) -> bool:
    """Whether every letter of a text element, or of the items of a sequence, can be written in these encodings."""
    if element.VR == "SQ":
        return all(fits(inner, encodings) for item in element.value for inner in item)
    if element.VR not in ENCODED:
        return True
    return all(_keeps(str(value), element.VR, encodings) for value in several(element.value))


def _declared(dataset: Dataset) -> tuple[str, ...]:
    try:
        value = dataset.get("SpecificCharacterSet")
    except Exception:  # noqa: BLE001 - pydicom lets errors of many kinds through; what cannot be read is unknown
        return ("?",)
    if value is None or value == "":
        return ()
    return tuple(str(one).strip("\0 ") for one in several(value))


def _defined_term(term: str) -> str | None:
    """The defined term of PS3.3 C.12.1.1.2 that is meant, or None."""
    if term in python_encoding and term != "ISO 2022 58":
        return term
    number = re.fullmatch(r"ISO[ _-]*(2022)?[ _-]*IR[ _-]*(\d{1,3})", term.upper())
    found = number and ("ISO 2022 IR " if number[1] else "ISO_IR ") + number[2]
    if term.upper().replace("_", "-") in ("UTF-8", "UTF8"):
        return UTF8
    return found if found and found in python_encoding else None


def _without(dataset: Dataset, keywords: Sequence[str]) -> str | None:
    """The set that letters beyond ASCII are in where none is declared; None where there are no such letters."""
    beyond: list[bytes] = []
    for keyword in keywords:
        tag = tag_for_keyword(keyword)
        if tag is None or tag not in dataset or dictionary_VR(tag) not in ENCODED:
            continue
        value = dataset.get_item(tag).value
        for one in several(value):
            raw = as_bytes(one)
            if raw is None:
                return UTF8
            if not raw.isascii():
                beyond.append(raw)
    if not beyond:
        return None
    try:
        for raw in beyond:
            raw.decode("utf-8")
    except UnicodeDecodeError:
        return _LATIN1
    return UTF8


def as_bytes(value: Any) -> bytes | None:
    """The bytes of a text read without a declared set; None where it was never bytes and Latin-1 has not its letters."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, PersonName) and isinstance(value.original_string, bytes):
        return value.original_string
    try:
        return str(value).encode("latin-1")  # what pydicom decodes undeclared text with
    except UnicodeEncodeError:
        return None


def _keeps(text: str, vr: str, encodings: list[str]) -> bool:
    if text.isascii():
        return True
    try:
        if vr == "PN":
            groups = text.split("=")
            raw = b"=".join(b"^".join(encode_string(part, encodings) for part in group.split("^")) for group in groups)
        else:
            raw = encode_string(text, encodings)
        return decoded(raw, vr, encodings) == text
    except ValueError:
        return False


def decoded(raw: bytes, vr: str, encodings: list[str]) -> str:
    """The text that bytes hold.

    Raises
    ------
    ValueError
        If they are not in these encodings.
    """
    try:
        if len(encodings) == 1:
            return raw.decode(encodings[0])
        if vr == "PN":
            return "=".join(decode_bytes(group, encodings, set(PN_DELIMS)) for group in raw.split(b"="))
        text = decode_bytes(raw, encodings, set(TEXT_VR_DELIMS))
    except (UnicodeError, LookupError) as error:
        raise ValueError("not in this character set") from error
    return text


def several(value: Any) -> Sequence[Any]:
    """The values of an element, whether it holds none, one or several."""
    if value is None:
        return []
    if isinstance(value, (str, bytes, bytearray, PersonName)) or not hasattr(value, "__iter__"):
        return [value]
    return list(value)
