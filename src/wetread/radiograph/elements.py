"""Header elements as plain values, whatever was written into them: a bad value counts as silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.valuerep import PersonName

from wetread.radiograph.words import words

__all__ = ["number", "sequence", "text", "texts", "words"]

LONGEST = 64
"""Characters kept of a text value: the longest that a tag read here may hold (PS3.5 6.2, VR LO)."""


def texts(dataset: Dataset, keyword: str) -> tuple[str, ...]:
    """Printable values of an element, empty ones left out; () where it is missing, empty, or not text or number.

    Values are read from the raw bytes where the file's own are still there: converting them would warn about values
    that break their VR, and those are the ones this reader must live with.
    """
    return tuple(found for value in _values(dataset, keyword) if (found := _clean(value)))


def text(dataset: Dataset, keyword: str) -> str | None:
    """First value of `texts`, or None."""
    found = texts(dataset, keyword)
    return found[0] if found else None


def number(dataset: Dataset, keyword: str) -> int | None:
    """First value as a whole number, or None where it is missing or is no number (binary US and UL, or text as in IS)."""
    element = _element(dataset, keyword)
    if isinstance(element, RawDataElement) and dictionary_VR(element.tag) in ("US", "UL"):
        raw = bytes(element.value or b"")
        return int.from_bytes(raw, "little" if element.is_little_endian else "big") if len(raw) in (2, 4) else None
    found = text(dataset, keyword)
    if found is None or not re.fullmatch(r"[+-]?\d{1,9}(\.0*)?", found):
        return None
    return int(float(found))


def sequence(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """Items of a sequence, or () where there is none or it cannot be parsed."""
    if _element(dataset, keyword) is None:
        return ()
    try:
        value = dataset[keyword].value
        return tuple(item for item in value if isinstance(item, Dataset)) if isinstance(value, Iterable) else ()
    except Exception:  # noqa: BLE001 - pydicom lets parsing errors of many kinds through; a sequence that cannot be parsed is silence
        return ()


def _element(dataset: Dataset, keyword: str) -> Any:
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise LookupError(f"{keyword} is not a DICOM keyword")
    try:
        return dataset.get_item(tag)
    except Exception:  # noqa: BLE001 - only where an element kept on disk cannot be read any more
        return None


def _values(dataset: Dataset, keyword: str) -> Iterator[str]:
    element = _element(dataset, keyword)
    value: Any = None if element is None else element.value
    if isinstance(value, (bytes, bytearray)):
        value = _decoded(bytes(value))
    if value is None or isinstance(value, (Dataset, bool)):
        return
    scalar = isinstance(value, (str, int, float, PersonName)) or not isinstance(value, Iterable)
    for one in [value] if scalar else list(value):
        if isinstance(one, (str, int, float, PersonName)) and not isinstance(one, bool):
            yield from str(one).split("\\")


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _clean(value: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in value.replace("\0", " "))
    return " ".join(printable.split())[:LONGEST].strip()
