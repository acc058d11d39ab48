"""Elements of a foreign header, copied exactly where they are valid, repaired or left out where they are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any

from pydicom.charset import convert_encodings
from pydicom.config import RAISE
from pydicom.datadict import dictionary_VM, dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement, convert_raw_data_element
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element
from pydicom.tag import BaseTag
from pydicom.valuerep import PersonName, validate_value

from wetread.clinical.charset import ENCODED, UTF8, CharacterSet, Note, as_bytes, decoded, several

__all__ = ["copied"]

_TEXT = ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT")
_SEXES = {"MALE": "M", "FEMALE": "F", "OTHER": "O"}
_DEEPEST = 4  # sequences in sequences; nothing copied here goes deeper
_MOST_BYTES = 1 << 20


class _InvalidError(Exception):
    """Why an element cannot be copied."""


def copied(dataset: Dataset, keyword: str, charset: CharacterSet) -> tuple[DataElement | None, Note | None]:
    """One element of a header under its dictionary VR (PS3.6), with valid values, or None; and what was done to it.

    Never raises: whatever stands in the element, the answer is a valid element or none. Text is decoded, so that it can
    be written in any character set that has its letters.
    """
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise LookupError(f"{keyword} is not a DICOM keyword")
    if tag not in dataset:
        return None, None
    try:
        element, repaired = _element(dataset, BaseTag(tag), charset, 0)
    except _InvalidError as error:
        return None, Note(keyword, f"{error}: left out")
    except Exception:  # noqa: BLE001 - pydicom lets errors of many kinds through; a foreign element may hold anything
        return None, Note(keyword, f"breaks the rules of its VR {dictionary_VR(tag)} (PS3.5 6.2): left out")
    return element, Note(keyword, repaired) if repaired else None


def _element(dataset: Dataset, tag: BaseTag, charset: CharacterSet, depth: int) -> tuple[DataElement | None, str]:
    found: Any = dataset.get_item(tag)
    vr, written = _vr(tag, found)
    if vr == "SQ":
        return _sequence(dataset, tag, charset, depth)
    said = [f"was written as {written}, is {vr} here"] if written else []
    value = found.value
    if isinstance(value, bytes | bytearray) and len(value) > _MOST_BYTES:
        raise _InvalidError(f"holds {len(value)} bytes")
    if vr in _TEXT:
        values, repairs = _texts(value, vr, charset, str(dictionary_VM(tag)), str(tag))
        said += repairs
    else:
        element = found
        if isinstance(found, RawDataElement):
            element = convert_raw_data_element(found._replace(VR=vr), encoding=charset.encodings)
        values = list(several(element.value)) if element.value is not None else []
    _count(len(values), str(dictionary_VM(tag)))
    if not values:
        return DataElement(tag, vr, None), "; ".join(said)
    for one in values:
        validate_value(vr, one, RAISE)
    made = DataElement(tag, vr, values if len(values) > 1 else values[0], validation_mode=RAISE)
    _writable(made)
    return made, "; ".join(said)


def _vr(tag: BaseTag, found: Any) -> tuple[str, str | None]:
    """The VR to write, and the wrong one that was found, if it was."""
    allowed = dictionary_VR(tag).split(" or ")
    named = found.VR
    if named in allowed:
        return named, None
    if len(allowed) > 1 and named in (None, "UN"):
        raise _InvalidError("has no VR that says what it is")
    return allowed[0], named if named not in (None, "UN", dictionary_VR(tag)) else None


def _sequence(dataset: Dataset, tag: BaseTag, charset: CharacterSet, depth: int) -> tuple[DataElement | None, str]:
    if depth >= _DEEPEST:
        raise _InvalidError("is nested too deep")
    value = dataset[tag].value
    if isinstance(value, bytes | str) or any(not isinstance(item, Dataset) for item in value):
        raise _InvalidError("is no sequence")
    items, said = [], ""
    for item in value:
        clean = Dataset()
        for inner in list(item.keys()):
            if inner.is_private:
                said = "private elements of its items are left out"
                continue
            element, repaired = _element(item, inner, charset, depth + 1)
            said = said or repaired
            if element is not None:
                clean.add(element)
        items.append(clean)
    return DataElement(tag, "SQ", items), said


def _texts(value: Any, vr: str, charset: CharacterSet, vm: str, tag: str) -> tuple[list[Any], list[str]]:
    """Values of a text element, decoded and checked; and what was repaired."""
    repairs: list[str] = []
    values: list[Any] = []
    for one in _pieces(value, vr, charset, single=vm == "1"):
        clean = one.strip("\0 ") if vr not in ("LT", "ST", "UT") else one.rstrip("\0 ")
        repaired = _repaired(clean, vr, tag)
        if repaired != clean:
            repairs.append("repaired to the form that the standard asks for")
        _check(repaired, vr)
        values.append(repaired)
    return ([] if values == [""] else values), repairs


def _pieces(value: Any, vr: str, charset: CharacterSet, *, single: bool) -> Iterator[str]:
    for one in several(value):
        raw = (one.original_string or str(one)) if isinstance(one, PersonName) else one
        if isinstance(raw, str) and charset.assumed and vr in ENCODED:
            raw = as_bytes(raw) or raw  # pydicom had to guess; the bytes are taken as they were
        if isinstance(raw, bytes | bytearray):
            try:
                text = decoded(bytes(raw), vr, charset.encodings if vr in ENCODED else ["latin-1"])
            except ValueError as error:
                raise _InvalidError("is not written in the character set that the film declares") from error
        elif isinstance(raw, (str, int, float)) and not isinstance(raw, bool):
            text = str(raw)
        else:
            raise _InvalidError(f"holds no text, but a {type(raw).__name__}")
        if vr in ("LT", "ST", "UT", "UR"):
            yield text
        elif single and "\\" in text.strip("\0 "):
            raise _InvalidError("holds several values where there is one")
        else:
            yield from text.split("\\")


def _repaired(text: str, vr: str, tag: str) -> str:
    if vr == "DA" and (date := re.fullmatch(r"(\d{4})[.\-/](\d\d)[.\-/](\d\d)", text)):
        return "".join(date.groups())
    if vr == "TM" and (time := re.fullmatch(r"(\d\d):(\d\d)(?::(\d\d(?:\.\d{1,6})?))?", text)):
        return "".join(part or "" for part in time.groups())
    if vr == "CS":
        upper = text.upper()
        return _SEXES.get(upper, upper) if tag == "(0010,0040)" else upper
    return text


def _check(text: str, vr: str) -> None:
    allowed = "\r\n\t\f" if vr in ("LT", "ST", "UT") else ""
    if any(not letter.isprintable() and letter not in allowed and not _wide(letter) for letter in text):
        raise _InvalidError("holds control characters")
    if "\ufffd" in text:
        raise _InvalidError("is not written in the character set that the film declares")
    if vr == "DA" and text:
        if not re.fullmatch(r"\d{8}", text):
            raise _InvalidError("is no date")
        try:
            datetime.strptime(text, "%Y%m%d")
        except ValueError as error:
            raise _InvalidError("is a day that no calendar has") from error
    if vr == "UI" and text and not re.fullmatch(r"(?=.{1,64}$)(0|[1-9]\d*)(\.(0|[1-9]\d*))+", text):
        raise _InvalidError("is no UID")


def _wide(letter: str) -> bool:
    return letter in "\u3000\u00a0\u200b\u200c\u200d"  # spaces and joiners of other scripts, which isprintable denies


def _count(found: int, vm: str) -> None:
    """Refuse more or fewer values than PS3.6 allows; an empty element is always allowed here."""
    least, _, most = vm.partition("-")
    low = int(re.sub(r"\D", "", least) or 1)
    high = low if not most else None if "n" in most else int(most)
    if found and (found < low or (high is not None and found > high)):
        raise _InvalidError(f"holds {found} values where there are {vm}")


def _writable(element: DataElement) -> None:
    file = DicomBytesIO()
    file.is_implicit_VR, file.is_little_endian = False, True
    try:
        write_data_element(
            file, deepcopy(element), convert_encodings([UTF8])
        )  # a name keeps the bytes it was written in
    except Exception as error:
        raise _InvalidError("holds a value of the wrong kind") from error
