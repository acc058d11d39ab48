"""A folder with requirements, risks, test results, a changelog and a project, and the documents written from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from regulatory.trace.rows_made import outcome_row, registered, requirement, risk, run, stated
from wetread.regulatory.device import Device, load_device
from wetread.regulatory.digits import bare
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.trace.matrix import reason_codes
from wetread.regulatory.written import Written, written

ROOT = Path(__file__).resolve().parents[3]
ELEVEN, TWELVE = "11-requirements-and-tests", "12-risk-file"
COUNTS = {"cases": 5, "passed": 4, "failed": 0, "errors": 0, "skipped": 1, "functions": 2, "verifying": 2}


def device_of(folder: Path, **evidence: Any) -> Device:
    """A device with the given evidence, by kind."""
    entries = {}
    for kind, data in evidence.items():
        text = data if isinstance(data, str) else json.dumps(data)
        ending = {"changelog": "md", "project": "toml"}.get(kind, "xml" if text.startswith("<") else "json")
        (folder / f"{kind}.{ending}").write_text(text, encoding="utf-8")
        entries[kind] = {"kind": kind, "path": f"{kind}.{ending}"}
    file = folder / "device.yaml"
    told = {"schema": "wetread.device/1", "name": "paper", "date": "2026-11-22", "claim": "triage"}
    file.write_text(yaml.safe_dump(told | {"evidence": entries}), encoding="utf-8")
    return load_device(file)


def document_of(device: Device, document: str = ELEVEN) -> Written:
    """The document, without a digit that no evidence gave."""
    (found,) = written(device, [document])
    assert bare(found.marked, document, [each.id for each in DOCUMENTS]) == ()
    return found


def whole() -> dict[str, Any]:
    """Evidence in which nothing hangs loose: the requirements name every code."""
    needed = stated(
        requirement(reason_codes=sorted(reason_codes()), risks=["RISK-A"], documents=[ELEVEN]),
        requirement("REQ-B", kind="interface", risks=["RISK-A"], text="It shall answer within 7 seconds."),
    )
    told = run(
        outcome_row("tests/test_a.py::test_a_film_is_read", "REQ-A", passed=3),
        outcome_row("tests/test_a.py::test_two_of_2", "REQ-B", passed=1, skipped=1, reasons=["needs 2 films"]),
        software="paper 1.0",
    )
    return {
        "requirements": needed,
        "risks": registered(risk(controls=[{"kind": "design", "text": "T", "requirements": ["REQ-A", "REQ-B"]}])),
        "junit": told | {"counts": COUNTS},
        "changelog": "# Changelog\n\n## 1.0\n\nThe first.\n\n- One.\n",
        "project": (ROOT / "pyproject.toml").read_text(encoding="utf-8"),
    }
