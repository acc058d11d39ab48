"""Where a folder says something else than its evidence: line by line, and number by number."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wetread.errors import DataError
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.build import Folder
from wetread.regulatory.claim import Claim
from wetread.regulatory.fault import Fault
from wetread.regulatory.pen import MARK, Pen, plain

__all__ = ["altered_lines", "changed_numbers"]

_MOST_SHOWN = 60


def altered_lines(name: str, found: bytes, fresh: Folder) -> Iterator[Fault]:
    """Each line of an altered Markdown document that is not what was written, with the numbers that it should hold.

    Parameters
    ----------
    name
        "md/ID.md"; for any other file nothing is said beyond its hash.
    found
        Its bytes as they are.
    fresh
        The folder as the evidence gives it.
    """
    written = next((each for each in fresh.documents if name == f"md/{each.document.id}.md"), None)
    if written is None:
        return
    marked = written.marked.split("\n")
    here = found.decode("utf-8", "replace").split("\n")
    matcher = difflib.SequenceMatcher(None, [plain(line) for line in marked], here, autojunk=False)
    for kind, start, stop, first, last in matcher.get_opcodes():
        if kind == "equal":
            continue
        where = f"{name}, line {min(first + 1, len(here))}"
        numbers = [
            f"{fresh.claims[key][0].id} is {text}"
            for line in marked[start:stop]
            for key, text in MARK.findall(line)
            if text not in "\n".join(here[first:last])
        ]
        said = " ".join(" ".join(here[first:last]).split())
        shown = said if len(said) <= _MOST_SHOWN else said[: _MOST_SHOWN - 1] + "…"
        told = "; ".join(numbers) or "its words are others"
        yield Fault("altered-text", where, f"it says {shown!r}, and the evidence: {told}")


def changed_numbers(raw: bytes, artefacts: Mapping[str, Artefact]) -> Iterator[Fault]:
    """Each recorded number that the evidence does not give any more, or gives otherwise.

    Parameters
    ----------
    raw
        `claims.jsonl` as it is.
    artefacts
        The evidence as it is.
    """
    for number, line in enumerate(raw.splitlines(), 1):
        record = _record(line)
        if record is None:
            continue
        where = f"claims.jsonl, line {number}: {record.get('reference')} in {', '.join(record.get('documents') or ())}"
        try:
            now = _now(record, artefacts)
        except (DataError, LookupError, TypeError, ValueError):
            now = None
        if now is None:
            yield Fault("changed-number", where, f"it was {record.get('printed')}, and the evidence gives it no more")
        elif record.get("printed") != now.text or record.get("value") != now.value:
            yield Fault("changed-number", where, f"it was {record.get('printed')}, and the evidence says {now.text}")


def _now(record: Mapping[str, Any], artefacts: Mapping[str, Artefact]) -> Claim | None:
    """The claim as the evidence gives it today."""
    reference, digits, unit = record["reference"], int(record["precision"]), str(record["unit"])
    pen = Pen(artefacts, {})
    if "(" in reference.split(":")[0]:  # a name of evidence holds none
        operands = _operands(reference, record["json_pointer"])
        pen.derived(reference.split("(")[0], *operands, digits=digits, unit=unit)
    else:
        pen.num(reference, digits, unit)
    return next(iter(pen.claims.values()), None)


def _operands(reference: str, pointers: Sequence[str]) -> list[str]:
    """The references in "OPERATION(NAME:POINTER, ...)"; a pointer may hold what parts them."""
    rest, found = reference.partition("(")[2], []
    for pointer in pointers:
        operand = f"{rest.partition(':')[0]}:{pointer}"
        found.append(operand)
        rest = rest[len(operand) :].removeprefix(", ")
    return found


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
