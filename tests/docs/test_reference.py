"""The reference of the command line is the parser's own."""

from __future__ import annotations

from tools.cli_reference import PAGE, page


def test_the_page_is_what_the_parser_takes() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it again: python tools/cli_reference.py --write"
