from __future__ import annotations

import json
from pathlib import Path

import yaml

from wetread.regulatory.lint import RULES, lint
from wetread.regulatory.lint.described import described

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
MEASURED = json.loads((ROOT / "results" / "lint.json").read_text(encoding="utf-8"))


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its own heading."""
    lines = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]


def test_the_page_lists_every_rule_as_it_is() -> None:
    assert rows("The rules") == [[f"`{rule.id}`", str(rule.severity), rule.why] for rule in RULES]


def test_the_page_says_what_was_measured() -> None:
    fields = ("texts", "faults", "missed", "false_alarms")
    told = [[int(cell) for cell in row[1:]] for row in rows("Reading a text")]
    assert told == [[each[field] for field in fields] for each in (*MEASURED["rounds"], MEASURED["afterwards"])]
    assert MEASURED["afterwards"]["faults"] == sum(each["faults"] for each in MEASURED["rounds"])
    assert MEASURED["afterwards"]["texts"] == sum(each["texts"] for each in MEASURED["rounds"])


def test_the_example_of_a_description_can_be_read() -> None:
    block = PAGE.split("    schema: wetread.submission/1\n", 1)[1].split("\n\n", 1)[0]
    told = described(
        yaml.safe_load("schema: wetread.submission/1\n" + "\n".join(line[4:] for line in block.splitlines())), "page"
    )
    assert told.name == "an example"
    assert "few-sites" not in {finding.rule for finding in lint(told)}
    assert not any(finding.where.startswith("plan/subgroups") for finding in lint(told))
