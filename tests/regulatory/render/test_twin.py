"""A document as data: every block, and for each text the claims that its numbers come from."""

from __future__ import annotations

import json
from typing import Any

from regulatory.render.written import TITLE, marked, pen, png
from wetread.regulatory.render import twin


def made() -> dict[str, Any]:
    by = pen()
    data: dict[str, Any] = json.loads(twin(marked(by), TITLE, {"there": png()}, by.claims))
    return data


def test_it_says_what_it_is() -> None:
    data = made()
    assert (data["schema"], data["title"]) == ("wetread.document/1", TITLE)


def test_blocks_come_in_order() -> None:
    kinds = [block["kind"] for block in made()["blocks"]]
    assert kinds == [
        "heading", "paragraph", "list", "list", "heading", "table", "heading", "figure", "figure", "heading", "code",
        "quote", "rule", "heading", "paragraph",
    ]  # fmt: skip


def test_each_text_names_its_claims() -> None:
    blocks = made()["blocks"]
    assert blocks[1]["claims"] == ["made:/films"]
    table = blocks[5]
    assert table["header"] == ["What", "Value"]
    assert table["rows"][2][1] == {"text": "0.812 (0.750 to 0.900)", "claims": ["made:/auroc"]}
    assert table["rows"][0][0] == {"text": "films"}


def test_open_fields_are_listed() -> None:
    assert made()["open"] == [
        {"field": "purpose", "hint": "what it is *for* [here]"},
        {"field": "owner", "hint": "who answers | for it"},
    ]


def test_a_figure_says_whether_it_is_there() -> None:
    figures = [block for block in made()["blocks"] if block["kind"] == "figure"]
    assert [(each["name"], each["there"]) for each in figures] == [("there", True), ("absent", False)]


def test_the_same_document_gives_the_same_bytes() -> None:
    by, again = pen(), pen()
    assert twin(marked(by), TITLE, {}, by.claims) == twin(marked(again), TITLE, {}, again.claims)
