"""What every result says: all of it, in ASCII, and never more than the reading."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import wetread
from wetread.clinical import facts
from wetread.errors import Code, Reason
from wetread.inference.reading import DISCLAIMER, Reading

FINDINGS = {"present": "present", "absent": "absent", "indeterminate": "indeterminate", "refused": None}


@pytest.mark.parametrize("status", list(FINDINGS))
def test_the_finding(readings: dict[str, Reading], status: str) -> None:
    said = facts.of(readings[status])
    assert said.finding == FINDINGS[status]
    assert said.processed == (status != "refused")
    assert (said.numbers == ()) == (status == "refused")
    assert said.headline.startswith("Not processed:" if status == "refused" else "Read:")


def test_everything_is_said_in_ascii(any_reading: Reading) -> None:
    said = facts.of(any_reading)
    text = "\n".join(said.lines)
    assert text.isascii()
    assert DISCLAIMER in text
    assert "not reviewed by a person" in text
    assert "0123456789abcdef" * 4 in text
    assert f"software wetread {wetread.__version__}" in text
    for reason in any_reading.reasons:
        assert f"{reason.message} [{reason.code.value}]" in text
    for notice in any_reading.notices:
        assert notice.message in text
    if any_reading.status == "read":
        assert "at a prevalence of 28 %" in text
        assert "threshold 0.412 (95 % interval 0.362 to 0.471)" in text
        assert "sensitivity of at least 0.90" in text
        assert "AUROC 0.71" in text
        assert "Against readers' boxes" in text


@pytest.mark.requirement("REQ-LOUD-NOTICES")
def test_loud_notices_come_first(make_reading: Callable[..., Reading]) -> None:
    limits = facts.of(make_reading()).limits
    assert "no age" in limits[0]
    assert "crude statistics" in limits[1]
    assert "no window" in limits[-1]


def test_a_refusal_before_any_model_names_the_software() -> None:
    algorithm = facts.of(Reading(status="refused", reasons=(Reason(Code.VIEW, "Lateral."),))).algorithm
    assert (algorithm.name, algorithm.version, algorithm.sha256) == ("wetread", wetread.__version__, None)


@pytest.mark.parametrize(
    ("text", "ascii_text"),
    [("5\u202f% – “ok”", '5 % - "ok"'), ("≥ 3 × 2 ± 1", ">= 3 x 2 +/- 1"), ("Ärzte naïve", "Arzte naive"), ("肺", "?")],
)
def test_plain(text: str, ascii_text: str) -> None:
    assert facts.plain(text) == ascii_text
