"""Write docs/conformance.md from the code.

    python tools/conformance.py [--check]

With --check nothing is written, and the exit status is 1 where the page is not the one that the code gives.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from wetread.clinical import conformance

PAGE = Path(__file__).resolve().parents[1] / "docs" / "conformance.md"


def main() -> int:
    """Write or check; the exit status."""
    parser = argparse.ArgumentParser(description="Write docs/conformance.md from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 where the page is out of date")
    text = conformance.text()
    if parser.parse_args().check:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        print("docs/conformance.md is current" if current else "docs/conformance.md is out of date: write it anew")
        return 0 if current else 1
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
