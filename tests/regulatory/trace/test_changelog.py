"""Versions out of a changelog."""

from __future__ import annotations

from pathlib import Path

import wetread
from wetread.regulatory.trace.changelog import versions

TEXT = """# Changelog

Introduction with - a dash.

## [1.2.0] - 2026-03-04

Two lines
of a lead.

More, which is no lead.

- One
  that goes on.
* Two.

### A part

- Three.

## v1.1.0

- Only an entry.

## Not a version

- Counted with the one above.
"""


def test_versions_with_date_lead_and_entries() -> None:
    first, second = versions(TEXT)["versions"]
    assert first == {"version": "1.2.0", "date": "2026-03-04", "lead": "Two lines of a lead.", "entries": 3}
    assert second["version"] == "1.1.0"
    assert "date" not in second
    assert second["lead"] == ""


def test_no_heading_no_version() -> None:
    assert versions("- an entry\n\ntext\n") == {"versions": []}


def test_the_newest_version_of_the_changelog_is_that_of_the_package() -> None:
    text = (Path(__file__).resolve().parents[3] / "CHANGELOG.md").read_text(encoding="utf-8")
    told = versions(text)["versions"]
    assert told[0]["version"] == wetread.__version__
    assert all(row["lead"] and row["entries"] for row in told)
