"""The reference of the command line, written from the parser itself: `python tools/cli_reference.py [--write]`.

Prints docs/reference/cli.md, or writes it; a test holds the page against the parser.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from wetread.cli.main import parser

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "cli.md"

_HEAD = """# Command line

Written by `tools/cli_reference.py` from the parser: what stands here is what the program takes.

Results go to standard output, talk to standard error. Exit status: 0 done, 1 a defect of the program, 2 wrong usage, 3
at least one film refused (an answer, with reasons), 4 at least one input unreadable, 5 an integrity check failed; where
several hold, the first of 1, 5, 4, 3.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([_HEAD, *_verbs(parser(), "wetread", 2)]).rstrip() + "\n"


def _verbs(of: argparse.ArgumentParser, name: str, depth: int) -> Iterator[str]:
    for action in of._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        told = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for verb, inner in action.choices.items():
            yield f"{'#' * depth} `{name} {verb}`\n"
            yield f"{_sentence(inner.description or told.get(verb, ''))}\n"
            yield f"```text\n{_usage(inner, f'{name} {verb}')}\n```\n"
            yield from _options(inner)
            yield from _verbs(inner, f"{name} {verb}", depth + 1)


def _options(of: argparse.ArgumentParser) -> Iterator[str]:
    rows = []
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction | argparse._HelpAction):
            continue
        shown = ", ".join(f"`{option}`" for option in action.option_strings) or f"`{_value(action)}`"
        if action.option_strings and action.nargs != 0:
            shown += f" `{_value(action)}`"
        text = (action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%")
        rows.append(f"| {shown.replace('|', chr(92) + '|')} | {text.replace('|', chr(92) + '|')} |")
    if rows:
        yield "| option | meaning |\n|---|---|\n" + "\n".join(rows) + "\n"


def _usage(of: argparse.ArgumentParser, name: str) -> str:
    words = []
    for action in of._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        if isinstance(action, argparse._SubParsersAction):
            words.append("{" + ",".join(action.choices) + "}")
        elif not action.option_strings:
            many = {"+": " ...", "*": " ..."}.get(str(action.nargs), "")
            words.append(f"{_value(action)}{many}" if action.nargs not in ("?", "*") else f"[{_value(action)}{many}]")
        elif action.required:
            words.append(f"{action.option_strings[-1]} {_value(action)}")
    return " ".join([name, *words, "[options]"])


def _value(action: argparse.Action) -> str:
    if isinstance(action.metavar, tuple):
        return " ".join(action.metavar)
    if action.metavar is not None:
        return action.metavar
    if action.choices is not None:
        return "{" + ",".join(str(choice) for choice in action.choices) + "}"
    return action.dest.upper()


def _sentence(text: str) -> str:
    text = text.strip().replace("%%", "%")
    return text[:1].upper() + text[1:].rstrip(".") + "."


def main() -> int:
    """Print or write the page; the exit status."""
    text = page()
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
