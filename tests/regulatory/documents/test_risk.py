"""Document 12: what controls each risk and what came of it; what only people can say stays open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from regulatory.documents.traced_folder import ROOT, TWELVE, device_of, document_of, whole
from wetread.regulatory.device import load_device


def test_each_control_stands_with_its_kind_and_results(tmp_path: Path) -> None:
    found = document_of(device_of(tmp_path, **whole()), TWELVE)
    assert "| T | inherently safe design | `REQ-A` (passed), `REQ-B` (passed in part) |" in found.text
    assert "### `RISK-A`" in found.text
    assert "| Hazardous situation | A situation |" in found.text


def test_a_control_that_failed_or_is_not_stated_shows(tmp_path: Path) -> None:
    told: dict[str, Any] = whole()
    told["junit"]["tests"][0] |= {"failed": 1}
    told["risks"]["risks"][0]["controls"][0]["requirements"].append("REQ-NONE")
    assert (
        "`REQ-A` (failed), `REQ-B` (passed in part), `REQ-NONE` (not stated)"
        in document_of(device_of(tmp_path, **told), TWELVE).text
    )


@pytest.mark.requirement("REQ-DOCUMENT-GAPS")
def test_nobody_but_people_estimates(tmp_path: Path) -> None:
    told: dict[str, Any] = whole()
    open_one = document_of(device_of(tmp_path, **told), TWELVE)
    assert "[[HUMAN: RISK-A:" in open_one.text
    assert open_one.pen.open_fields["RISK-A"] is True
    told["risks"]["risks"][0] |= {"severity": "serious, level 4", "probability": "remote", "residual": "acceptable"}
    filled = document_of(device_of(tmp_path, **told), TWELVE)
    assert "| Severity of the harm | serious, level 4 |" in filled.text
    assert "RISK-A" not in filled.pen.open_fields


def test_the_repository_s_own_register_is_written() -> None:
    found = document_of(load_device(ROOT / "regulatory" / "adult.yaml"), TWELVE)
    for risk in ("RISK-MISSED-PNEUMONIA", "RISK-INVERTED-FILM", "RISK-OVER-RELIANCE", "RISK-DISCLOSURE"):
        assert f"### `{risk}`" in found.text
    assert "not stated)" not in found.text
