"""A test run's JUnit file, made small enough to keep: what came of each test that verifies a requirement.

    python tools/junit_summary.py JUNIT.xml...                     writes regulatory/junit.json
    python tools/junit_summary.py JUNIT.xml --out FILE --check    says what hangs loose, and fails where something does

Times, machine names and captured output stay behind: the same results give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from wetread import __version__
from wetread.errors import WetreadError
from wetread.regulatory.artefact import parse_yaml
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.trace.junit import read_junit
from wetread.regulatory.trace.matrix import STATUSES, Matrix, matrix, reason_codes
from wetread.regulatory.trace.requirements import requirements
from wetread.regulatory.trace.risks import risks
from wetread.regulatory.trace.summary import results_of, summary

REGULATORY = Path(__file__).resolve().parents[1] / "regulatory"
STATED, REGISTERED = REGULATORY / "requirements.yaml", REGULATORY / "risks.yaml"


def held(told: dict[str, Any]) -> Matrix:
    """Requirements, risks, reason codes and documents of this repository, and these results."""
    return matrix(
        requirements(parse_yaml(STATED.read_bytes())),
        risks(parse_yaml(REGISTERED.read_bytes())),
        results_of(told),
        documents=[document.id for document in DOCUMENTS],
        codes=reason_codes(),
    )


def lines(told: dict[str, Any]) -> str:
    """As JSON, with one line for each test."""
    about = {key: value for key, value in told.items() if key != "tests"}
    rows = [json.dumps(row, ensure_ascii=False) for row in told["tests"]]
    listed = "[" + ",".join(f"\n  {row}" for row in rows) + "\n ]"
    return json.dumps(about, indent=1, ensure_ascii=False).removesuffix("\n}") + f',\n "tests": {listed}\n}}\n'


def main(arguments: list[str] | None = None) -> int:
    """Write the summary, say what hangs loose; the exit status is 1 where that must not be."""
    parser = argparse.ArgumentParser(description="the results of a test run, by requirement")
    parser.add_argument("junit", type=Path, nargs="+", help="as written by pytest --junitxml; parts of one run")
    parser.add_argument("--out", type=Path, default=REGULATORY / "junit.json", help="where the summary goes")
    parser.add_argument(
        "--check", action="store_true", help="fail where a requirement is untested or anything is loose"
    )
    asked = parser.parse_args(arguments)
    try:
        sha256 = hashlib.sha256(STATED.read_bytes()).hexdigest()
        cases = [case for file in asked.junit for case in read_junit(file.read_bytes())]
        told = summary(cases, software=f"wetread {__version__}", requirements_sha256=sha256)
        found = held(told)
        stated = {status.replace(" ", "_"): found.counts[status] for status in STATUSES}
        told["requirements"] = {"stated": len(found.rows), **stated}
    except (OSError, WetreadError) as error:
        print(error, file=sys.stderr)
        return 2
    asked.out.write_text(lines(told), encoding="utf-8")
    print(f"{len(found.rows)} requirements: " + ", ".join(f"{n} {status}" for status, n in found.counts.items()))
    for finding in found.findings:
        print(f"{finding.kind}: {finding.what}{f' ({finding.where})' if finding.where else ''}", file=sys.stderr)
    return 1 if asked.check and any(finding.kind != "in part" for finding in found.findings) else 0


if __name__ == "__main__":
    sys.exit(main())
