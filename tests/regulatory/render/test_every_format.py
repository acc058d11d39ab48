"""No text stops a writer: whatever people and evidence write, there is a page, a Word file, a PDF and a twin."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO

import docx as library
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.regulatory.claim import Claim
from wetread.regulatory.render import docx, html, pdf, twin

CLAIMS = {"k": Claim(id="made:/x", value=0.5, pointers=("/x",), sha256=("ab" * 32,))}
PIECES = st.sampled_from(
    [
        "## b", "###### f", "- x", "  - y", "-", "1. q", "> quote", "> > deep", "| a | b |\n| --- | --- |\n| 1 | 2 |\n",
        "```\ncode <&>\n```", "    indented", "---", "**bold", "*it*", "`c`", '[l](http://a?b="c")', "![i](../figures/x.svg)",
        "text ![i](x.png) more", "[[HUMAN: f: h **b** `c` | d]]", "[[NOT IN THE FOLDER: `a:/b`]]",
        "\ue000k\ue0010.5 (0.4 to 0.6)\ue002", "\ue000k\ue001a\nb | c <b>\ue002", "&amp; < > \" '", "\\\n", "☃ ≥ κ 中文",
        "\x0b\x07", "<b>x</b>", "x" * 300, "|", "\ue001", "\ue0039\ue004",
    ]
)  # fmt: skip
Writer = Callable[..., bytes]
DEEP = {
    "lists in lists": "\n".join("  " * depth + "- x" for depth in range(40)),
    "quotes in quotes": ">" * 40 + " x",
    "a header of more than a page": f"| a | {'word ' * 4000} |\n| --- | --- |\n| x | y |\n",
    "many columns": "| " + " | ".join(["wide"] * 40) + " |\n|" + " --- |" * 40 + "\n",
    "a long word": "x" * 20000,
    "long code": "```\n" + "x" * 2000 + "\n" + "y\n" * 300 + "```",
}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(PIECES, st.sampled_from(["\n", "\n\n", " ", ""])), min_size=1, max_size=12))
def test_any_text_is_written_in_every_format(pieces: list[tuple[str, str]]) -> None:
    marked = "".join(piece + end for piece, end in pieces)
    assert html(marked, "Made", {}, CLAIMS).endswith(b"</html>\n")
    assert pdf(marked, "Made", {}, CLAIMS).rstrip().endswith(b"%%EOF")
    assert json.loads(twin(marked, "Made", {}, CLAIMS))["title"] == "Made"
    assert library.Document(BytesIO(docx(marked, "Made", {}, CLAIMS))).paragraphs[0].text == "Made"


@pytest.mark.parametrize("marked", DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("write", [html, pdf, docx, twin])
def test_no_depth_and_no_length_stops_a_writer(write: Writer, marked: str) -> None:
    assert write(marked, "Made", {}, {})
