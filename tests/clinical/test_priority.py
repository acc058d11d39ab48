"""Worklist priority: forward where a proven model suspects pneumonia, and never back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clinical.conftest import reading, refused
from clinical.objects import WHEN
from clinical.sources import made
from wetread.clinical import kinds, priority
from wetread.clinical.uids import Predecessor
from wetread.errors import Code, ConfigError, Reason
from wetread.inference.reading import Reading

WEAK = Reason(Code.WEAK_EVIDENCE, "Not shown to be better than a guess.")
TEST = Reason(Code.CONSTANCY, "A test film.")
KEPT: dict[str, tuple[Reading, str]] = {
    "absent": (reading(call="absent", notices=()), "does not rule it out"),
    "indeterminate": (reading(abstained=True, notices=()), "no answer"),
    "weak": (reading(notices=(WEAK,)), "not shown to be better"),
    "test film": (reading(notices=(TEST,)), "no patient"),
    "refused": (refused(Reason(Code.VIEW, "A lateral film.")), "not processed (view)"),
}


@pytest.mark.requirement("REQ-PRIORITY")
def test_a_suspicion_of_a_proven_model_is_read_sooner() -> None:
    asked = priority.of(reading(notices=()))
    assert asked.action == "forward"
    assert (asked.hl7, asked.fhir, asked.dicom) == (("A", "ASAP"), ("asap", "ASAP"), "HIGH")
    assert asked.text.startswith("Read sooner.")


@pytest.mark.requirement("REQ-PRIORITY")
@pytest.mark.parametrize("case", KEPT)
def test_everything_else_keeps_its_place_and_says_why(case: str) -> None:
    told, why = KEPT[case]
    asked = priority.of(told)
    assert asked.action == "keep"
    assert (asked.hl7, asked.fhir, asked.dicom) == (("R", "Routine"), ("routine", "Routine"), "ROUTINE")
    assert why in asked.text


@pytest.mark.requirement("REQ-PRIORITY")
@pytest.mark.parametrize("told", [reading(notices=()), *(told for told, _ in KEPT.values())])
def test_nothing_ever_moves_back(told: Reading) -> None:
    asked = priority.of(told)
    assert asked.action in ("forward", "keep")
    assert asked.text.endswith(priority.NEVER_BACK)
    assert asked.text.isascii()


@pytest.mark.requirement("REQ-NO-IDENTITY", "REQ-PRELIMINARY")
def test_the_file_can_be_matched_with_an_order_and_names_nobody(any_reading: Reading) -> None:
    made_of = kinds.KINDS["priority"].build(any_reading, made("latin-1"), when=WHEN)
    said: dict[str, Any] = json.loads(kinds.encode(made_of))
    assert said["schema"] == "wetread.priority/1"
    assert (said["study_uid"], said["film_uid"], said["accession_number"]) == ("1.2.3.4.2", "1.2.3.4.1", "A17")
    assert said["action"] == priority.of(any_reading).action
    assert said["at_least"] == {"dicom": "ROUTINE", "hl7": "R", "fhir": "routine"}
    assert said["status"] == "preliminary"
    assert not any(part in json.dumps(said, ensure_ascii=False) for part in ("Müller", "P-17", "19500101"))
    assert kinds.KINDS["priority"].build(any_reading, made("latin-1"), when=WHEN) == made_of


def test_a_new_priority_names_the_one_that_it_replaces() -> None:
    film = made("nobody")
    first = priority.build(reading(), film, when=WHEN)
    before = Predecessor("1.2.3.4.2", "1.2", "1.2", first["uid"])
    second = priority.build(reading(score=0.7), film, when=WHEN, replaces=before)
    assert (first["accession_number"], first["replaces"], second["replaces"]) == (None, None, first["uid"])
    assert priority.build(reading(), film, when=WHEN, replaces=before) == first


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ConfigError, match="zone"):
        priority.build(reading(), made("ascii"), when=WHEN.replace(tzinfo=None))
