"""The rows and sources of docs/modality.md, from the table: `python tools/modality_page.py`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "modality.md"
BEGIN, END = "<!-- written by tools/modality_page.py: do not edit below -->", "<!-- until here -->"
MARKS = {"read": "read", "secondary": "second hand", "memory": "**unconfirmed**"}


def section() -> str:
    """Everything between the marks: counts, rows by region, emergencies, sources."""
    from wetread.modality.table import REGIONS, table

    known = table()
    evidence = Counter(row.evidence for row in known.rows)
    firsts = Counter("none" if row.examination is None else row.examination.modality for row in known.rows)
    lines = [
        f"{len(known.rows)} rows: {evidence['read']} confirmed in a source that was read, "
        f"{evidence['secondary']} known "
        f"second hand, {evidence['memory']} from memory and unconfirmed. First examination: "
        + ", ".join(f"{name} {count}" for name, count in sorted(firsts.items(), key=lambda item: (-item[1], item[0])))
        + f". {len(known.emergencies)} kinds of emergency, {len(known.sources)} sources.",
    ]
    for region, title in REGIONS.items():
        lines += [
            "",
            f"### {title}",
            "",
            "| question | for | first | urgency | evidence |",
            "| --- | --- | --- | --- | --- |",
        ]
        for row in (row for row in known.rows if row.region == region):
            first = f"{row.examination.modality}: {row.examination.name}" if row.examination else "no imaging"
            lines.append(
                f"| {row.question} (`{row.id}`) | {row.who} | {first} | {row.urgency} | {MARKS[row.evidence]} |"
            )
    lines += ["", "### To care, not to the table", ""]
    lines += [f"- {emergency.name}" for emergency in known.emergencies]
    lines += ["", "### Sources", ""]
    read = {
        "nothing": "not read",
        "summary": "an account of it read",
        "abstract": "abstract read",
        "recommendation": "text read",
    }
    lines += [
        f"- [{source.title}]({source.link}): {read[source.read]}, {source.checked}"
        for source in sorted(known.sources.values(), key=lambda source: source.title)
    ]
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with its written part renewed."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{section()}\n\n{END}{after}"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
