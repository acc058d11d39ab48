"""The page on evaluation: its code prints what it says, and its commands are those of the parser."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

from wetread.cli.main import parser

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evaluate.md"


def test_the_example_prints_what_it_says() -> None:
    blocks = re.findall(r"```pycon\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    example = doctest.DocTestParser().get_doctest("".join(blocks), {}, PAGE.name, None, None)
    said: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert result.failed == 0, "".join(said)
    assert result.attempted > 5


def test_the_commands_are_understood() -> None:
    lines = re.findall(r"^    wetread (.*)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    assert len(lines) == 6
    for line in lines:
        words = shlex.split(line.replace("...", "--scores s.csv --out DIR"))
        assert parser().parse_args(words).verb in ("evaluate", "compare")


def test_every_option_of_a_section_is_one_of_the_parser() -> None:
    told = set(re.findall(r"(?<!-)--[a-z][a-z-]+", PAGE.read_text("utf-8")))
    verbs = parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    known = {option for verb in ("evaluate", "compare") for option in verbs[verb]._option_string_actions}  # type: ignore[index]
    assert told <= known
