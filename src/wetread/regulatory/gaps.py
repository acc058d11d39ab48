"""What is still missing before a folder could leave the house, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.digits import Bare, bare, bare_said
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.evidence.traced import traced
from wetread.regulatory.fault import Fault
from wetread.regulatory.guard import of_its_form
from wetread.regulatory.lint import Finding, Severity, lint, of_device
from wetread.regulatory.pen import MARK
from wetread.regulatory.reference.facts import stale
from wetread.regulatory.seal import seal_faults
from wetread.regulatory.trace.matrix import FINDINGS
from wetread.regulatory.trace.matrix import Finding as Loose
from wetread.regulatory.written import Written, written

__all__ = ["Gaps", "Missing", "OpenField", "digits_of", "gaps", "gaps_of", "told_of", "unknown_fields"]

_STOPPING = ("failed", "unknown requirement", "other requirements")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenField:
    """A field that only people can fill, and that nobody has.

    Attributes
    ----------
    document, field
        Which document asks, and the field's name under `said`.
    hint
        What is asked for.
    required
        Whether the folder cannot be built without it, other than as a draft.
    """

    document: str
    field: str
    hint: str
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Evidence that a document would print, and that is not in the folder.

    Attributes
    ----------
    document
        Which document asks; "" for evidence that the device file names and that cannot be opened.
    what, why
        The evidence, or a reference into it; and why it is missing, or how it is made.
    """

    document: str
    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Everything that stands between a draft and a folder.

    Attributes
    ----------
    open, missing
        By document, in the folder's order.
    digits
        Numbers typed by hand.
    faults
        What breaks the seal, as `wetread.regulatory.seal.seal_faults`.
    findings
        What the lint of submissions says of this one; those of level error stop a folder until they are answered.
    loose
        What hangs loose among requirements, risks and tests; failed tests stop a folder.
    stale
        Facts on guidance, standards and predicates that were looked up too long ago.
    unknown
        Fields under `said` that no document asks for.
    """

    open: tuple[OpenField, ...]
    missing: tuple[Missing, ...]
    digits: tuple[Bare, ...]
    faults: tuple[Fault, ...]
    findings: tuple[Finding, ...]
    loose: tuple[Loose, ...]
    stale: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def blocking(self) -> tuple[str, ...]:
        """Why a folder that is no draft cannot be built, one sentence each."""
        fields = dict.fromkeys(f"said.{each.field} is open: {each.hint}" for each in self.open if each.required)
        lost = (f"{each.what}: {each.why}" for each in self.missing if not each.document)
        found = (each.text for each in self.findings if each.severity is Severity.ERROR and not each.answer)
        loose = (told_of(each) for each in self.loose if each.kind in _STOPPING)
        return (*fields, *lost, *map(str, self.digits), *map(str, self.faults), *found, *loose)

    def to_dict(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)


def gaps(device: Device) -> Gaps:
    """Write every document in memory, and see what is missing.

    Parameters
    ----------
    device
        Loaded with `tolerant=True`, so that evidence that cannot be opened is a gap and not the end.

    Raises
    ------
    DataError
        If evidence is not what a document takes it for.
    """
    return gaps_of(device, written(device))


def gaps_of(device: Device, documents: Iterable[Written]) -> Gaps:
    """As `gaps`, of documents that are written already."""
    documents = tuple(documents)
    lost = (Missing(document="", what=f"evidence {name}", why=str(error)) for name, error in device.lost.items())
    with of_its_form("the lint of what the device file and its evidence say"):
        findings = lint(of_device(device))
    with of_its_form("the matrix of requirements, risks and tests"):
        loose = traced(device, tuple(document.id for document in DOCUMENTS)).findings
    return Gaps(
        open=tuple(field for each in documents for field in _open(each)),
        missing=(*lost, *(missing for each in documents for missing in _missing(each))),
        digits=digits_of(device, documents),
        faults=seal_faults(device),
        findings=findings,
        loose=loose,
        stale=tuple(map(str, stale(device))),
        unknown=unknown_fields(device, documents),
    )


def told_of(loose: Loose) -> str:
    """What hangs loose, in one line."""
    return f"{loose.what}: {FINDINGS[loose.kind]}{f': {loose.where}' if loose.where else ''}"


def _open(each: Written) -> Iterator[OpenField]:
    for field, required in each.pen.open_fields.items():
        hint = each.pen.hints.get(field, "")
        yield OpenField(document=each.document.id, field=field, hint=hint, required=required)


def _missing(each: Written) -> Iterator[Missing]:
    for what, why in each.pen.missing.items():
        yield Missing(document=each.document.id, what=what, why=why)


def unknown_fields(device: Device, documents: Iterable[Written]) -> tuple[str, ...]:
    """Fields that a person wrote and no document prints: a name misspelt would lose its text without a word."""
    asked = {name for each in documents for name in each.pen.filled}
    return tuple(name for name, text in device.said.items() if (text or "").strip() and name not in asked)


def digits_of(device: Device, documents: Iterable[Written]) -> tuple[Bare, ...]:
    """Numbers typed by hand, in templates and in what people wrote; the latter by their field."""
    names = _names(device)
    said = bare_said(device.said, names)
    theirs = {each.digits for each in said}
    ours = []
    for each in documents:
        people = "\n".join(each.pen.filled.values())
        ours += [
            found
            for found in bare(each.body, each.document.id, names)
            if not (found.digits in theirs and found.digits in people)
        ]
        ours += _forged(each)
    return (*said, *ours)


def _forged(each: Written) -> Iterator[Bare]:
    """A mark that the pen did not make would carry any number past the lint."""
    for number, line in enumerate(each.body.split("\n"), 1):
        for key, text in MARK.findall(line):
            claim = each.pen.claims.get(key)
            # Words of the evidence may begin a sentence.
            if claim is None or claim.text.casefold() != text.casefold():
                yield Bare(where=each.document.id, line=number, digits=text, context="a mark without its claim")


def _names(device: Device) -> tuple[str, ...]:
    """The device's own name, and what the reference data call by a name with digits: predicates, above all."""
    named = [device.name, *(document.id for document in DOCUMENTS), "FDA_Submission"]
    for each in device.of_kind("reference"):
        entries = each.data.get("entries") if isinstance(each.data, Mapping) else None
        named += [str(key) for key in entries] if isinstance(entries, Mapping) else []
    return tuple(named)
