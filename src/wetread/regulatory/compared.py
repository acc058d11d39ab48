"""Where a folder says something else than its evidence: line by line, and number by number."""

from __future__ import annotations

import difflib
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wetread.errors import DataError
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.build import Folder
from wetread.regulatory.claim import Claim
from wetread.regulatory.fault import Fault
from wetread.regulatory.pen import MARK, Pen, plain

__all__ = ["altered_lines", "changed_numbers"]

_MOST_SHOWN = 80
# A number in a page: a link to its evidence, named in the title.
_LINKED = re.compile(r'title="([^"]*?); SHA-256[^"]*">([^<]*)</a>')


def altered_lines(name: str, found: bytes, fresh: Folder) -> Iterator[Fault]:
    """Each line of an altered text that is not what was written, with the numbers that stood where it was altered.

    Parameters
    ----------
    name
        Of the file. Numbers are named in Markdown and in pages, lines in every text; of a Word file or a PDF nothing is
        said beyond its hash.
    found
        Its bytes as they are.
    fresh
        The folder as the evidence gives it.
    """
    if Path(name).suffix not in (".md", ".html", ".json", ".jsonl"):
        return
    written = next((each for each in fresh.documents if name == f"md/{each.document.id}.md"), None)
    lines = (written.marked if written else fresh.files[name].decode()).split("\n")
    here = found.decode("utf-8", "replace").split("\n")
    called = {key: claim.id for key, (claim, _) in fresh.claims.items()}
    matcher = difflib.SequenceMatcher(None, [plain(line) for line in lines], here, autojunk=False)
    for kind, start, stop, first, last in matcher.get_opcodes():
        if kind == "equal":
            continue
        if stop - start != last - first:  # lines came or went
            gone = [each for line in lines[start:stop] for each in _numbers(line, called)]
            yield _told(name, min(first, len(here) - 1), " ".join(here[first:last]), gone)
            continue
        for line, place in zip(lines[start:stop], range(first, last), strict=True):
            head, tail = _altered(plain(line), here[place])
            numbers = [each for each in _numbers(line, called) if each.start <= tail and head <= each.stop]
            yield _told(name, place, here[place][max(0, head - _MOST_SHOWN // 2) :], numbers)


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as it stands in a line: from where to where, and what the evidence calls it."""

    start: int
    text: str
    reference: str

    @property
    def stop(self) -> int:
        return self.start + len(self.text)


def _numbers(line: str, called: Mapping[str, str]) -> list[_Number]:
    """The numbers of a line, of Markdown with marks or of a page."""
    shift, found = 0, []
    for mark in MARK.finditer(line):
        found.append(_Number(mark.start() - shift, mark[2], called.get(mark[1], mark[1])))
        shift += len(mark[0]) - len(mark[2])
    return found or [_Number(each.start(2), each[2], html.unescape(each[1])) for each in _LINKED.finditer(line)]


def _altered(before: str, now: str) -> tuple[int, int]:
    """From where to where of a line differs from what it is now."""
    head = _shared(before, now)
    return head, len(before) - _shared(before[head:][::-1], now[head:][::-1])


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (first, second) in pairs if first != second), min(len(one), len(other)))


def _told(name: str, place: int, said: str, numbers: Sequence[_Number]) -> Fault:
    words = " ".join(said.split())
    shown = words if len(words) <= _MOST_SHOWN else words[: _MOST_SHOWN - 1] + "…"
    told = "; ".join(dict.fromkeys(f"{each.reference} is {each.text}" for each in numbers)) or "its words are others"
    return Fault("altered-text", f"{name}, line {place + 1}", f"it says {shown!r}, and the evidence: {told}")


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
