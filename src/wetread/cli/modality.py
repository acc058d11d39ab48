"""`wetread modality`: which imaging examination answers a clinical question."""

from __future__ import annotations

import argparse
import json
from typing import Any

from wetread.cli.talk import printable
from wetread.errors import UsageError

__all__ = ["add_modality", "run"]

_EPILOG = """exit status: 0 answered, or several answers and what they depend on; 2 wrong usage; 3 declined ("I do not
know"), or an emergency, which belongs to care and not to a table.
Decision support, not an order; not cleared or approved by any authority."""
_PREGNANT = {"yes": True, "no": False, "unknown": None}
_REFUSED = 3


def add_modality(verbs: Any) -> None:
    """What can be asked of `wetread modality`."""
    modality = verbs.add_parser(
        "modality",
        help="which imaging examination answers a clinical question, with its source, or an honest I do not know",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    modality.add_argument("question", nargs="?", metavar="QUESTION", help="in everyday or clinical English, in quotes")
    modality.add_argument("--age", type=float, metavar="YEARS", help="age in years, months as a fraction (0.5)")
    modality.add_argument(
        "--pregnant", choices=tuple(_PREGNANT), default="unknown", help="whether she is pregnant (default: %(default)s)"
    )
    modality.add_argument("--json", action="store_true", help="as one JSON object (schema wetread.modality/1)")
    modality.add_argument("--list", action="store_true", help="every question of the table with its sources instead")


def run(options: argparse.Namespace) -> int:
    """Answer one question, or list them all; the exit status."""
    from wetread.modality import recommend, table, to_json
    from wetread.modality.words import listing, text

    if options.list == (options.question is not None):
        raise UsageError('give one question in quotes (wetread modality "cough and fever, adult"), or --list alone')
    if options.list:
        print(_listed() if options.json else listing(table().rows))
        return 0
    advices = recommend(options.question, age_years=options.age, pregnant=_PREGNANT[options.pregnant])
    told = to_json(advices) if options.json else text(advices)
    print("\n".join(printable(line) for line in told.splitlines()))
    return _REFUSED if advices[0].status in ("declined", "emergency") else 0


def _listed() -> str:
    from wetread.modality import table

    rows = [
        {
            "id": row.id,
            "region": row.region,
            "question": row.question,
            "evidence": row.evidence,
            "sources": [{"title": source.title, "link": source.link} for source in row.sources],
        }
        for row in table().rows
    ]
    return json.dumps({"schema": "wetread.modality.list/1", "rows": rows}, ensure_ascii=False, indent=2)
