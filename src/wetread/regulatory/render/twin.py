"""A document as data: its blocks, and which claim each printed number comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from wetread.regulatory.claim import Claim
from wetread.regulatory.render import told
from wetread.regulatory.render.blocks import (
    Block,
    Code,
    Figure,
    Heading,
    Kind,
    Listing,
    Paragraph,
    Quote,
    Span,
    Table,
    parse,
    text,
)

__all__ = ["twin"]


def twin(marked: str, title: str, figures: Mapping[str, bytes], claims: Mapping[str, Claim]) -> bytes:
    """Make the JSON twin (schema `wetread.document/1`).

    Parameters
    ----------
    marked, title, figures, claims
        As for the page.

    Returns
    -------
    bytes
        UTF-8 JSON: `title`, `banner`, `blocks` (heading, paragraph, list, table, figure, code, quote, rule), each text
        with the ids of its claims, and `open`, the fields that people have not filled yet.
    """
    blocks = told.body(parse(marked))
    open_fields = {span.key: span.text for span in told.spans_of(blocks) if span.kind is Kind.HUMAN}
    data = {
        "schema": "wetread.document/1",
        "title": title,
        "banner": told.BANNER,
        "blocks": [_block(block, figures, claims) for block in blocks],
        "open": [{"field": field, "hint": hint} for field, hint in open_fields.items()],
    }
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def _said(spans: Sequence[Span], claims: Mapping[str, Claim]) -> dict[str, Any]:
    keys = dict.fromkeys(span.key for span in spans if span.kind is Kind.NUMBER)
    ids = [claims[key].id for key in keys]
    return {"text": text(spans)} | ({"claims": list(dict.fromkeys(ids))} if ids else {})


def _block(block: Block, figures: Mapping[str, bytes], claims: Mapping[str, Claim]) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level} | _said(block.spans, claims)
        case Paragraph():
            return {"kind": "paragraph"} | _said(block.spans, claims)
        case Listing():
            items = [[_block(inner, figures, claims) for inner in item] for item in block.items]
            return {"kind": "list", "ordered": block.start is not None, "items": items}
        case Table():
            rows = [[_said(cell, claims) for cell in row] for row in block.rows]
            return {"kind": "table", "header": [text(cell) for cell in block.header], "rows": rows}
        case Figure():
            there = block.name in figures
            return {"kind": "figure", "name": block.name, "there": there} | _said(block.caption, claims)
        case Code():
            return {"kind": "code", "text": block.text}
        case Quote():
            return {"kind": "quote", "blocks": [_block(inner, figures, claims) for inner in block.blocks]}
        case _:
            return {"kind": "rule"}
