"""The reference data: whole, dated, marked; what has grown old is named; nothing claims what was not read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetread.errors import DataError
from wetread.regulatory.artefact import Artefact, open_artefact, resolve
from wetread.regulatory.device import REFERENCE, ClaimType, Device
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.reference.facts import Mark, entries, facts, stale

OURS = ("codes", "estar", "guidance", "predicates", "standards")
IDS = {document.id for document in DOCUMENTS}


def opened(name: str) -> Artefact:
    return open_artefact(name, "reference", REFERENCE / f"{name}.yaml")


def device_on(day: str, *artefacts: Artefact) -> Device:
    return Device(
        name="a device",
        date=day,
        claim=ClaimType.TRIAGE,
        plain={},
        said={},
        artefacts={artefact.name: artefact for artefact in artefacts},
        path=Path("device.yaml"),
        sha256="0" * 64,
        lost=MappingProxyType({}),
    )


def made(data: Any) -> Artefact:
    return Artefact(name="made", kind="reference", path=Path("made.yaml"), sha256="0" * 64, data=data)


@pytest.mark.parametrize("name", OURS)
def test_every_file_can_be_read_and_pointed_into(name: str) -> None:
    artefact = opened(name)
    assert len(entries(artefact)) >= 3
    for ref in [*entries(artefact).values(), *(fact.ref for fact in facts(artefact))]:
        assert isinstance(resolve(artefact, ref.partition(":")[2]), dict)


@pytest.mark.parametrize("name", ["guidance", "predicates", "standards"])
def test_every_entry_of_a_list_bears_its_day_and_mark(name: str) -> None:
    artefact = opened(name)
    assert [fact.ref for fact in facts(artefact)] == list(entries(artefact).values())


@pytest.mark.parametrize("name", OURS)
def test_every_document_that_is_named_exists(name: str) -> None:
    named = {each for data in walked(opened(name).data) for each in data.get("documents", ())}
    assert named <= IDS
    assert named or name == "predicates"


def walked(data: Any) -> list[dict[str, Any]]:
    found = [data] if isinstance(data, dict) else []
    inner = data.values() if isinstance(data, dict) else ()
    return found + [each for value in inner for each in walked(value)]


def test_every_document_has_its_place_in_the_template() -> None:
    placed = {each for data in walked(opened("estar").data) for each in data.get("documents", ())}
    assert {"FDA_Submission"} == IDS - placed


def test_a_section_that_does_not_apply_says_why() -> None:
    for entry in opened("estar").data["entries"].values():
        assert (entry["applies"] == "no") == bool(entry.get("why"))


def test_every_claim_type_has_regulation_codes_and_controls() -> None:
    claims = opened("codes").data["entries"]
    assert set(claims) == set(ClaimType)
    for claim in claims.values():
        assert re.fullmatch(r"21 CFR 892\.20\d0", claim["regulation"])
        assert all(re.fullmatch(r"[A-Z]{3}", code) for code in claim["codes"])
        assert all(control["asks"] and control["documents"] for control in claim["controls"].values())
    assert len({claim["regulation"] for claim in claims.values()}) == 3


def test_customary_goals_are_told_as_from_memory() -> None:
    marks = [claim["customary"]["mark"] for claim in opened("codes").data["entries"].values()]
    assert marks == [Mark.MEMORY] * 3


def test_no_performance_of_a_predicate_stands_that_was_not_read() -> None:
    for number, entry in opened("predicates").data["entries"].items():
        assert re.fullmatch(r"K\d{6}", number)
        if re.search(r"\d", entry["performance"]):
            assert "abstract" in entry["performance"]


def test_the_draft_on_artificial_intelligence_is_told_as_a_draft() -> None:
    assert opened("guidance").data["entries"]["ai-lifecycle"]["status"] == "draft"


def test_nothing_is_old_on_the_day_it_was_checked() -> None:
    assert stale(device_on("2026-11-22", *map(opened, OURS))) == ()


def test_a_fact_that_has_grown_old_is_named() -> None:
    old = stale(device_on("2027-06-01", *map(opened, OURS)))
    refs = {each.fact.ref for each in old}
    assert "guidance:/entries/ai-lifecycle" in refs
    assert "codes:/none" in refs
    assert not any(ref.startswith("standards") for ref in refs)
    one = next(each for each in old if each.fact.ref == "guidance:/entries/ai-lifecycle")
    assert one.days == 192
    assert "guidance:/entries/ai-lifecycle" in str(one)
    assert "2026-11-21" in str(one)


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_a_fact_is_old_after_its_bound_and_not_before(days: int, most: int) -> None:
    day = date(2026, 11, 21)
    entry = {"title": "a rule", "checked_on": day.isoformat(), "mark": "confirmed"}
    data = {"schema": "wetread.reference/1", "stale_after_days": most, "entries": {"one": entry}}
    old = stale(device_on((day + timedelta(days=days)).isoformat(), made(data)))
    assert [each.days for each in old] == ([days] if days > most else [])


def test_a_file_without_bound_never_grows_old() -> None:
    data = {"schema": "wetread.reference/1", "entries": {"one": {"checked_on": "2000-01-01", "mark": "memory"}}}
    assert stale(device_on("2026-11-22", made(data))) == ()
    assert stale(device_on("2026-11-22", replace(made(data), data=[1, 2]))) == ()


@pytest.mark.parametrize(
    "entry",
    [
        {"checked_on": "2026-11-21"},
        {"checked_on": "2026-11-21", "mark": "sure"},
        {"checked_on": "last week", "mark": "memory"},
        {"checked_on": date(2026, 11, 21), "mark": "memory"},
    ],
)
def test_a_fact_without_day_or_mark_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="made:/entries/a~1b"):
        facts(made({"schema": "wetread.reference/1", "entries": {"a/b": entry}}))


@pytest.mark.parametrize("data", [None, [], {"schema": "other", "entries": {}}, {"schema": "wetread.reference/1"}])
def test_other_data_are_no_reference_file(data: Any) -> None:
    with pytest.raises(DataError, match=r"wetread\.reference/1"):
        entries(made(data))
