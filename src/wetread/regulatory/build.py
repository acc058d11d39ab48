"""The submission folder as files: every document in every format, the pictures, the record of numbers, the manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wetread import __version__
from wetread.errors import ConfigError, LeakError
from wetread.page import render
from wetread.regulatory.chain import FIRST, claims_of, lines_of
from wetread.regulatory.claim import Claim
from wetread.regulatory.device import Device
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.gaps import Gaps, gaps_of, told_of
from wetread.regulatory.guard import of_its_form
from wetread.regulatory.pictures import PICTURES
from wetread.regulatory.render import docx, html, pdf, twin
from wetread.regulatory.written import Written, written

__all__ = ["FORMATS", "MANIFEST", "SCHEMA", "Folder", "build", "folder"]

FORMATS = ("md", "html", "docx", "pdf")
"""What a document can be written in; its JSON twin is always there."""
MANIFEST = "manifest.json"
SCHEMA = "wetread.documents/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The folder before it is written.

    Attributes
    ----------
    documents
        As written, with their claims and open fields.
    claims
        Every printed number once, with the documents that print it.
    files
        Contents by name, the manifest among them.
    gaps
        What is still missing.
    """

    gaps: Gaps

    documents: tuple[Written, ...]
    claims: Mapping[str, tuple[Claim, tuple[str, ...]]]
    files: Mapping[str, bytes] = field(repr=False)


def build(
    device: Device, *, draft: bool, formats: Collection[str] = FORMATS, only: Collection[str] = ()
) -> Mapping[str, bytes]:
    """Every file of the submission folder, by its name. The same device file and evidence give the same bytes.

    Parameters
    ----------
    device
        As loaded, with its evidence.
    draft
        Allow fields that people have not filled, and findings that would otherwise stop the build.
    formats
        Of "md", "html", "docx", "pdf".
    only
        Ids of documents; all where empty. Needs `draft`.

    Raises
    ------
    ConfigError
        For an unknown format or document, or `only` without `draft`; and without `draft`, listing them, for required
        fields that are open and for findings of level error.
    DataError
        If evidence is not what a document takes it for.
    """
    return folder(device, draft=draft, formats=formats, only=only).files


def folder(
    device: Device,
    *,
    draft: bool,
    formats: Collection[str] = FORMATS,
    only: Collection[str] = (),
    says_draft: bool | None = None,
) -> Folder:
    """As `build`, with what the files were made from.

    `says_draft` is what the manifest says where that differs from how strict the build is: whoever writes a finished
    folder again to compare it wants the files, not the refusal.
    """
    _asked(formats, only, draft=draft or says_draft is not None)
    documents = written(device, only)
    found = gaps_of(device, documents)
    _refuse(found, draft=draft)
    claims = claims_of((each.document.id, each.pen.claims) for each in documents)
    shown = {key: claim for key, (claim, _) in claims.items()}
    files = dict(_pictures(device, documents))
    for each in documents:
        files |= _formats(each, files, shown, formats)
    lines = lines_of(claims)
    files["claims.jsonl"] = lines
    if "html" in formats:
        files["index.html"] = _index(device, documents, found, formats)
    files = dict(sorted(files.items()))
    files[MANIFEST] = _manifest(
        device, documents, files, lines, draft=draft if says_draft is None else says_draft, formats=formats, only=only
    )
    return Folder(gaps=found, documents=documents, claims=claims, files=files)


def _asked(formats: Iterable[str], only: Iterable[str], *, draft: bool) -> None:
    ids = [document.id for document in DOCUMENTS]
    if wrong := [each for each in formats if each not in FORMATS]:
        raise ConfigError(f"no documents are written as {wrong[0]!r}: choose of {', '.join(FORMATS)}")
    if wrong := [each for each in only if each not in ids]:
        raise ConfigError(f"there is no document {wrong[0]!r}: choose of {', '.join(ids)}")
    if only and not draft:
        raise ConfigError("some documents alone are a draft: ask for it with --draft, or leave out which")


def _refuse(found: Gaps, *, draft: bool) -> None:
    """What no folder may hold, and what only a draft may."""
    if found.digits:
        listed = _lines(map(str, found.digits))
        raise ConfigError(
            f"no documents are built, because {len(found.digits)} numbers are typed by hand. Cite the evidence, as "
            f"{{NAME:/json/pointer}} in text under said:{listed}"
        )
    if tuned := [fault for fault in found.faults if fault.code == "threshold-on-test"]:
        raise LeakError(f"no documents are built:{_lines(map(str, tuned))}")
    if not draft and found.blocking:
        raise ConfigError(
            f"no folder is built, because of {len(found.blocking)} gaps; --draft builds one with them:"
            f"{_lines(found.blocking)}"
        )


def _lines(listed: Iterable[str]) -> str:
    return "".join(f"\n    {each}" for each in listed)


# --------------------------------------------------------------------------------------------------------- files


def _pictures(device: Device, documents: Iterable[Written]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name in sorted({name for each in documents for name in each.pen.figures}):
        with of_its_form(f"picture {name}"):
            drawn = PICTURES[name](device)
        files[f"figures/{name}.svg"], files[f"figures/{name}.png"] = drawn.svg, drawn.png
    return files


def _formats(
    each: Written, files: Mapping[str, bytes], claims: Mapping[str, Claim], formats: Collection[str]
) -> dict[str, bytes]:
    name, title, marked = each.document.id, each.document.title, each.marked
    drawings, paintings = (
        {figure: files[f"figures/{figure}.{kind}"] for figure in each.pen.figures} for kind in ("svg", "png")
    )
    made = {f"json/{name}.json": twin(marked, title, drawings, claims)}
    if "md" in formats:
        made[f"md/{name}.md"] = each.text.encode()
    if "html" in formats:
        made[f"html/{name}.html"] = html(marked, title, drawings, claims)
    if "docx" in formats:
        made[f"docx/{name}.docx"] = docx(marked, title, paintings, claims)
    if "pdf" in formats:
        made[f"pdf/{name}.pdf"] = pdf(marked, title, paintings, claims)
    return made


def _index(device: Device, documents: Sequence[Written], found: Gaps, formats: Collection[str]) -> bytes:
    rows = [
        {
            "id": each.document.id,
            "title": each.document.title,
            "depth": "in depth" if each.document.in_depth else "skeleton",
            "claims": len(each.pen.claims),
            "open": sum(each.pen.open_fields.values()),
            "optional": len(each.pen.open_fields) - sum(each.pen.open_fields.values()),
            "missing": len(each.pen.missing),
        }
        for each in documents
    ]
    data = {
        "device": {"name": device.name, "date": device.date, "claim": device.claim.value},
        "rows": rows,
        "found": [
            *map(str, found.faults),
            *(each.text for each in found.findings),
            *map(told_of, found.loose),
            *found.stale,
        ],
        "formats": [kind for kind in FORMATS if kind in formats],
        "inputs": _inputs(device),
        "version": __version__,
    }
    return render("documents.html", data).encode()


# ------------------------------------------------------------------------------------------------------ manifest


def _inputs(device: Device) -> list[dict[str, str]]:
    return [
        {"name": each.name, "kind": each.kind, "path": each.place, "sha256": each.sha256}
        for each in device.artefacts.values()
    ]


def _manifest(
    device: Device,
    documents: Iterable[Written],
    files: Mapping[str, bytes],
    lines: bytes,
    *,
    draft: bool,
    formats: Collection[str],
    only: Collection[str],
) -> bytes:
    last = hashlib.sha256(lines.splitlines()[-1]).hexdigest() if lines else FIRST
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "wetread": __version__,
        "device": {"name": device.name, "date": device.date, "claim": device.claim.value},
        "draft": draft,
        "formats": [kind for kind in FORMATS if kind in formats],
        "only": sorted(only),
        "documents": [_told(each) for each in documents],
        "claims": {"count": lines.count(b"\n"), "last": last},
        "inputs": _inputs(device),
        "outputs": [
            {"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        ],
    }
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def _told(each: Written) -> dict[str, Any]:
    return {
        "id": each.document.id,
        "title": each.document.title,
        "in_depth": each.document.in_depth,
        "claims": len(each.pen.claims),
        "open": sorted(name for name, required in each.pen.open_fields.items() if required),
        "open_optional": sorted(name for name, required in each.pen.open_fields.items() if not required),
        "missing": sorted(each.pen.missing),
        "figures": sorted(set(each.pen.figures)),
    }
