"""What the software shall do: `requirements.yaml`, read and valid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wetread.errors import DataError
from wetread.regulatory.trace.rows import names, rows, text

__all__ = ["KINDS", "Requirement", "requirements"]

KINDS = ("functional", "safety", "performance", "interface", "cybersecurity", "labelling")
_ID = re.compile(r"REQ-[A-Z0-9]+(-[A-Z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement.

    Attributes
    ----------
    id
        "REQ-..." in capitals; never given another meaning.
    text
        One sentence with "shall".
    kind
        One of `KINDS`.
    reason_codes
        Of `wetread.errors`: the refusals, notices and errors by which it shows.
    risks
        Ids of the risks that it controls.
    documents
        Ids of the documents that tell it.
    place
        JSON pointer of its row.

    Raises
    ------
    DataError
        If it is not of that form.
    """

    id: str
    text: str
    kind: str
    reason_codes: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    place: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise DataError(f"{self.id!r} is no id of a requirement: REQ- and capitals, such as REQ-BODY-PART")
        if not re.search(r"\bshall\b", self.text):
            raise DataError(f"{self.id}: a requirement says what something shall do; this one does not")
        if self.kind not in KINDS:
            raise DataError(f"{self.id}: no kind {self.kind!r}: choose of {', '.join(KINDS)}")


def requirements(data: Any) -> tuple[Requirement, ...]:
    """The requirements of a file (schema `wetread.requirements/1`), in its order.

    Raises
    ------
    DataError
        If the file is of another schema, a row is not of its form, or an id stands twice.
    """
    return tuple(_requirement(place, row) for place, row in rows(data, "wetread.requirements/1", "requirements"))


def _requirement(place: str, row: Mapping[str, Any]) -> Requirement:
    return Requirement(
        id=text(row, "id", place),
        text=text(row, "text", place),
        kind=text(row, "kind", place),
        reason_codes=names(row, "reason_codes", place),
        risks=names(row, "risks", place),
        documents=names(row, "documents", place),
        place=place,
    )
