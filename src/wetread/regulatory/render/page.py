"""A document as one self-contained page: every number says where it comes from, open fields stand out."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wetread.page import picture, render
from wetread.regulatory.claim import Claim
from wetread.regulatory.render import told
from wetread.regulatory.render.blocks import Block, Heading, parse, text
from wetread.regulatory.render.widths import shares

__all__ = ["html"]

_FEW = 4  # headings from which a document gets a list of them


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    name: str
    numbers: tuple[told.Evidence, ...]


def html(marked: str, title: str, figures: Mapping[str, bytes], claims: Mapping[str, Claim]) -> bytes:
    """Make the page.

    Parameters
    ----------
    marked
        The document's Markdown with the pen's marks in it; a title and a banner at its head are set anew.
    title
        Its title.
    figures
        Pictures by name, SVG or PNG. One that is missing is said to be missing.
    claims
        The numbers' claims, by the key in their marks.

    Returns
    -------
    bytes
        UTF-8. No script, no request: pictures lie inside. Each number is a link to its line in the list of evidence at
        the end, with evidence, place, hash and method as its tooltip.
    """
    blocks = told.body(parse(marked))
    listed = told.evidence(blocks, claims)
    headings = [block for block in blocks if isinstance(block, Heading) and block.level == 2]
    data = {
        "title": title,
        "banner": told.BANNER,
        "blocks": blocks,
        "places": {id(heading): place for place, heading in enumerate(headings, start=1)},
        "contents": headings if len(headings) >= _FEW else [],
        "figures": {name: _uri(content) for name, content in figures.items()},
        "numbers": {number.key: number for number in listed},
        "evidence": _grouped(listed),
        "plain": text,
        "held": told.held,
        "kind_of": _kind_of,
        "id": id,
        "shares": shares,
    }
    return render("document.html", data).encode()


def _uri(content: bytes) -> str:
    if content.startswith(b"\x89PNG"):
        return picture(content)
    return "data:image/svg+xml;base64," + base64.b64encode(content).decode("ascii")


def _kind_of(block: Block) -> str:
    """A block's kind, which a template cannot ask for itself."""
    return type(block).__name__


def _grouped(listed: Sequence[told.Evidence]) -> tuple[_Group, ...]:
    groups: dict[str, list[told.Evidence]] = {}
    for number in listed:
        groups.setdefault(number.source, []).append(number)
    return tuple(_Group(name=name, numbers=tuple(numbers)) for name, numbers in groups.items())
