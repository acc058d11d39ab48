"""An HL7 message of this software, told from its own segments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wetread.clinical.hl7 import APPLICATION, CHARACTER_SETS
from wetread.errors import NotAResultError

__all__ = ["told"]

_ENCODINGS = {"": "ascii", **dict(CHARACTER_SETS.values())}
_SIGNS = dict(zip("EFSTR", "\\|^&~", strict=True))
_STATUSES = {"P": "preliminary", "X": "could not be obtained", "F": "final", "C": "corrected"}
_TOLD = 5  # of an OBX: more is not in a row that says something

Row = list[str]


def told(raw: bytes) -> tuple[str, str | None, tuple[str, ...], tuple[str, ...]]:
    """What, study, lines and identity (`wetread.clinical.explain.Explained`).

    Raises
    ------
    NotAResultError
        If it is not a message of this software, or not whole.
    """
    segments = [segment.split(b"|") for segment in raw.strip(b"\x0b\x1c\r\n").splitlines() if segment]
    header = [part.decode("ascii", "replace") for part in segments[0]]
    if len(header) < 12 or header[2] != APPLICATION:
        raise NotAResultError("this HL7 message does not come from wetread (MSH-3): its sender can explain it")
    charset = header[17] if len(header) > 17 else ""
    if charset not in _ENCODINGS:
        raise NotAResultError(
            f"its character set {charset} (MSH-18) is none that wetread sends: send it as it was made"
        )
    rows = [[part.decode(_ENCODINGS[charset]) for part in segment] for segment in segments]
    observations = [row for row in rows if row[0] == "OBX" and len(row) > _TOLD]
    if not observations or not any(row[0] == "OBR" for row in rows):
        raise NotAResultError("the HL7 message holds no observation: it breaks off, send it again")
    study = next((row[5] for row in observations if row[3].startswith("113014^")), None)
    what = f"HL7 {header[11]} {header[8].replace('^', ' ')}, processing id {header[10]}"
    return what, study, tuple(_lines(rows)), tuple(_identity(rows))


def _lines(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        if row[0] == "SFT":
            yield f"software {_text(row[3])} {_text(row[2])}, bundle {_text(row[4])}"
        elif row[0] == "OBR":
            yield f"{_part(row[4], 1)}, {_STATUSES.get(row[25], row[25])}"
        elif row[0] == "TQ1":
            yield f"priority: {_part(row[9], 1)}"
        elif row[0] == "NTE":
            yield _text(row[3])
        elif row[0] == "OBX" and len(row) > _TOLD:
            status = row[11] if len(row) > 11 else ""
            yield f"{_part(row[3], 1)}: {_value(row)} [{_STATUSES.get(status, status)}]"


def _value(row: Row) -> str:
    if row[2] == "CWE":
        return _part(row[5], 1) or "no value"
    if row[2] == "SN":
        parts = row[5].split("^")
        return f"{parts[1]} to {parts[3]}"
    return _text(row[5])


def _identity(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        if row[0] == "PID":
            fields = {3: "identifier", 5: "name", 7: "birth date", 8: "sex"}
            for number, what in fields.items():
                for one in row[number].split("~") if len(row) > number else ():
                    if one.strip("^") not in ("", "U"):
                        yield f"{what}: {_first(one)}"
        elif row[0] == "OBR":
            yield from (
                f"{what}: {_first(row[number])}" for number, what in ((18, "order"), (7, "taken")) if row[number]
            )


def _first(field: str) -> str:
    """The components before the first that holds nothing."""
    return " ".join(_text(part) for part in field.split("^^", maxsplit=1)[0].split("^"))


def _part(field: str, number: int) -> str:
    parts = field.split("^")
    return _text(parts[number]) if len(parts) > number else _text(field)


def _text(field: str) -> str:
    return re.sub(r"\\([EFSTR])\\", lambda found: _SIGNS[found[1]], field)
