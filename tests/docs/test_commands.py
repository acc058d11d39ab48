"""Every command that a page shows is one that the command line knows.

The guides' commands are run (`test_guides.py`); those of the other pages name files that a reader would bring, and are
parsed.
"""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from wetread.cli.main import parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path.relative_to(ROOT)
    for place in (".", "docs", "docs/guides", "benchmarks", "notebooks", "regulatory", "configs")
    for path in (ROOT / place).glob("*.md" if place != "configs" else "*.toml")
    if path.name != "CHANGELOG.md"
)
LINE = re.compile(r"^(?:[ ]{4,}|#[ ]+|\$ |)(wetread (?:[^\n\\]|\\\n|\\.)*)$", flags=re.MULTILINE)
# The conformance page names series and codes "wetread reading", "wetread preliminary": values, no commands.
SPAN = re.compile(r"`(wetread (?!reading|preliminary)[^`\n]+)`")
FENCE = re.compile(r"^```[^\n]*\n.*?^```$", flags=re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"\s(?:\|\||&&|[|>;]|2>)\s.*$", flags=re.DOTALL)
STANDS_FOR = {"P": "0.1", "T": "0.4", "N": "2"}
SHAPE = re.compile(r"[\[\]|…{}]|\.\.\.")


def test_the_pages_hold_commands() -> None:
    assert sum(len(lines(page)) for page in PAGES) > 60


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_shows_commands_that_exist(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for shown, alone in lines(page).items():
        command = [STANDS_FOR.get(word, word) for word in words(shown)]
        verb, rest = deepest(command[1:])
        for option in (word.split("=")[0] for word in rest if word.startswith("--")):
            assert option in verb._option_string_actions, f"{page}: {shown}: {verb.prog} has no {option}"
        if alone and not SHAPE.search(shown):
            try:
                parser().parse_args(command[1:])
            except SystemExit:
                pytest.fail(f"{page}: {shown}: {capsys.readouterr().err}")


def lines(page: Path) -> dict[str, bool]:
    """The commands of a page, and whether each stands on a line of its own: one within a sentence may leave things out."""
    text = (ROOT / page).read_text("utf-8")
    code = FENCE.findall(text) + re.findall(r"^(?:    |# +wetread).*(?:\\\n.*)*$", text, flags=re.MULTILINE)
    within = dict.fromkeys(SPAN.findall(FENCE.sub("", text)), False)
    return within | {match.group(1): True for part in code for match in LINE.finditer(part)}


def words(shown: str) -> list[str]:
    """A command as the shell would pass it on, without comments and what comes after it."""
    plain = SHELL.sub("", shown.replace("\\\n", " "))
    return [word for word in shlex.split(plain, comments=True) if not re.fullmatch(r"\[|\]|\||…|\.\.\.", word)]


def deepest(command: list[str]) -> tuple[argparse.ArgumentParser, list[str]]:
    """The parser of a command's verb, and what is left for it."""
    found = parser()
    rest = command
    while rest and rest[0] not in found._option_string_actions and (choices := verbs(found)):
        name = rest[0].strip("[]").split("|")[0]
        assert name in choices, f"{found.prog} has no {name}"
        found, rest = choices[name], rest[1:]
    return found, [part for word in rest for part in re.split(r"[\[\]|]", word) if part]


def verbs(found: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    actions = [action for action in found._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(actions[0].choices) if actions else {}
