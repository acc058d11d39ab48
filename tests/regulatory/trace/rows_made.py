"""Requirements, risks and results made for a test, as plain data."""

from __future__ import annotations

from typing import Any


def stated(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"schema": "wetread.requirements/1", "requirements": list(rows)}


def requirement(name: str = "REQ-A", **changes: Any) -> dict[str, Any]:
    return {"id": name, "kind": "safety", "text": "The device shall refuse what it cannot read.", **changes}


def registered(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"schema": "wetread.risks/1", "risks": list(rows)}


def control(*names: str, kind: str = "design") -> dict[str, Any]:
    return {"kind": kind, "text": "It is refused", "requirements": list(names)}


def risk(name: str = "RISK-A", **changes: Any) -> dict[str, Any]:
    told = {"hazard": "A hazard", "sequence": "Events", "situation": "A situation", "harm": "A harm"}
    return {"id": name, **told, "controls": [control("REQ-A")], **changes}


def run(*rows: dict[str, Any], **about: Any) -> dict[str, Any]:
    return {"schema": "wetread.tests/1", **about, "counts": {}, "tests": list(rows)}


def outcome_row(node: str = "tests/test_a.py::test_a", *names: str, **counts: Any) -> dict[str, Any]:
    return {"node": node, "requirements": list(names), **(counts or {"passed": 1})}
