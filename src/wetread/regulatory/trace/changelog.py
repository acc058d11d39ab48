"""A changelog in Markdown: its versions, newest first as in the file."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["versions"]

_HEADING = re.compile(r"^##\s+\[?v?(?P<version>\d[^\s\]]*)\]?(?:\s*[-–(]*\s*(?P<date>\d{4}-\d{2}-\d{2})\)?)?\s*$")


def versions(text: str) -> dict[str, Any]:
    r"""The versions that a changelog names in its headings of the second level.

    Returns
    -------
    dict
        "versions": a list of {"version", "date" where one stands beside it, "lead", "entries"}; the lead is the first
        paragraph below the heading, entries are counted.

    Examples
    --------
    >>> versions("# Changelog\n\n## 0.2.0\n\nThe hard door.\n\n- One.\n  Goes on.\n- Two.\n")
    {'versions': [{'version': '0.2.0', 'lead': 'The hard door.', 'entries': 2}]}
    """
    found: list[dict[str, Any]] = []
    lead: list[str] | None = None
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            dated = {"date": heading["date"]} if heading["date"] else {}
            found.append({"version": heading["version"], **dated, "lead": "", "entries": 0})
            lead = []
        elif found and line.startswith(("- ", "* ")):
            found[-1]["entries"] += 1
            lead = None
        elif found and lead is not None:
            if line.strip() and not line.startswith("#"):
                lead.append(line.strip())
                found[-1]["lead"] = " ".join(lead)
            elif lead:
                lead = None
    return {"versions": found}
