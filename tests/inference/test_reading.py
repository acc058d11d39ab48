"""The value that leaves the room: complete or refused, never in between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wetread.errors import Code, Reason
from wetread.inference import ModelIdentity, Reading, Threshold, refuse

MODEL = ModelIdentity("toy", "1", "0" * 64, "Apache-2.0", "adults of paper")
READ = Reading(
    status="read",
    probability=0.2,
    prevalence=0.3,
    score=0.4,
    threshold=Threshold(0.5, "by hand", (0.4, 0.6)),
    call="absent",
    abstained=False,
    model=MODEL,
)
REASON = Reason(Code.VIEW, "A lateral film. Send the frontal one.", "ViewPosition")

NUMBERS: dict[str, Any] = {
    "probability": 0.2,
    "prevalence": 0.3,
    "score": 0.4,
    "threshold": READ.threshold,
    "call": "absent",
    "abstained": False,
}


@pytest.mark.requirement("REQ-READING")
@pytest.mark.parametrize("name", [*NUMBERS, "model"])
def test_a_reading_lacks_nothing(name: str) -> None:
    with pytest.raises(ValueError, match="numbers"):
        replace(READ, **{name: None})


@pytest.mark.requirement("REQ-READING")
def test_a_reading_has_no_reason_for_refusal() -> None:
    with pytest.raises(ValueError, match="no reasons"):
        replace(READ, reasons=(REASON,))


@pytest.mark.requirement("REQ-READING", "REQ-REFUSE-NO-NETWORK")
@pytest.mark.parametrize("name", NUMBERS)
def test_a_refusal_has_no_number(name: str) -> None:
    with pytest.raises(ValueError, match="no numbers"):
        replace(refuse((REASON,)), **{name: NUMBERS[name]})


@pytest.mark.requirement("REQ-REASONS")
def test_a_refusal_has_a_reason() -> None:
    with pytest.raises(ValueError, match="reasons"):
        refuse(())


@pytest.mark.parametrize("name", ["probability", "prevalence", "score"])
@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf")])
def test_what_is_no_share_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        replace(READ, **{name: value})


@pytest.mark.requirement("REQ-REASONS")
def test_a_refusal_in_json_keeps_code_message_and_tag() -> None:
    plain = refuse((REASON,)).to_json()
    assert plain["reasons"] == [{"code": "view", "message": REASON.message, "tag": "ViewPosition"}]
    assert plain["score"] is plain["probability"] is plain["model"] is plain["threshold"] is None
    assert plain["schema"] == "wetread.reading/1"
