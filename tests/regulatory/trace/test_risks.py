"""Risks as people write them: what is there is kept, what only people can say may be open."""

from __future__ import annotations

from typing import Any

import pytest

from regulatory.trace.rows_made import control, registered, risk
from wetread.errors import DataError
from wetread.regulatory.trace.risks import risks


def test_a_risk_keeps_its_words_and_its_controls_in_order() -> None:
    controls = [control("REQ-B", "REQ-A"), control("REQ-A", "REQ-C", kind="information")]
    (found,) = risks(registered(risk(ai=True, severity="high", controls=controls)))
    assert (found.id, found.ai, found.hazard, found.harm) == ("RISK-A", True, "A hazard", "A harm")
    assert (found.severity, found.probability, found.residual) == ("high", "", "")
    assert [each.kind for each in found.controls] == ["design", "information"]
    assert found.requirements == ("REQ-B", "REQ-A", "REQ-C")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (risk("REQ-A"), "no id of a risk"),
        (risk(controls=[]), "without a control"),
        (risk(controls=None), "no list of controls"),
        (risk(controls=["REQ-A"]), "no list of controls"),
        (risk(controls=[control()]), "names no requirement"),
        (risk(controls=[control("REQ-A", kind="hope")]), "no kind of risk control 'hope'"),
        (risk(controls=[{"kind": "design", "requirements": ["REQ-A"]}]), "/risks/0/controls/0: `text`"),
        (risk(harm=None), "/risks/0: `harm`"),
        (risk(severity=4), "/risks/0: `severity`"),
    ],
)
def test_a_row_that_is_wrong_is_named(row: dict[str, Any], why: str) -> None:
    with pytest.raises(DataError, match=why):
        risks(registered(row))


def test_another_file_is_refused() -> None:
    with pytest.raises(DataError, match=r"wetread\.risks/1"):
        risks({"schema": "wetread.requirements/1", "risks": []})
