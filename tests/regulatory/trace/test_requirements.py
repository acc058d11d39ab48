"""Requirements as a person writes them: read whole, or refused with their place."""

from __future__ import annotations

from typing import Any

import pytest

from regulatory.trace.rows_made import requirement, stated
from wetread.errors import DataError
from wetread.regulatory.trace.requirements import requirements


def test_a_requirement_keeps_what_it_says_and_where_it_stands() -> None:
    links = {"reason_codes": ["decode"], "risks": ["RISK-A"], "documents": ["16-labelling"]}
    first, second = requirements(stated(requirement(), requirement("REQ-B", text="It shall\n  stop.", **links)))
    assert (first.id, first.kind, first.reason_codes, first.place) == ("REQ-A", "safety", (), "/requirements/0")
    assert second.text == "It shall stop."
    assert (second.reason_codes, second.risks, second.documents) == (("decode",), ("RISK-A",), ("16-labelling",))
    assert second.place == "/requirements/1"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (requirement("REQ-a"), "no id of a requirement"),
        (requirement("RISK-A"), "no id of a requirement"),
        (requirement(text="The device refuses it."), "shall do"),
        (requirement(text="The deviceshallots."), "shall do"),
        (requirement(kind="nice"), "no kind 'nice'"),
        (requirement(text=" "), "/requirements/0: `text`"),
        (requirement(text=7), "/requirements/0: `text`"),
        (requirement(risks="RISK-A"), "/requirements/0: `risks` is no list"),
        (requirement(risks=["RISK-A", "RISK-A"]), "names something twice"),
        ({"kind": "safety"}, "/requirements/0: `id`"),
    ],
)
def test_a_row_that_is_wrong_is_named(row: dict[str, Any], why: str) -> None:
    with pytest.raises(DataError, match=why):
        requirements(stated(row))


def test_an_id_stands_once() -> None:
    with pytest.raises(DataError, match="/requirements/1: the id REQ-A stands twice"):
        requirements(stated(requirement(), requirement()))


@pytest.mark.parametrize(
    "data", [None, [], {}, {"requirements": []}, {"schema": "wetread.requirements/1"}, {**stated(), "schema": "other"}]
)
def test_another_file_is_refused(data: Any) -> None:
    with pytest.raises(DataError, match=r"wetread\.requirements/1"):
        requirements(data)


def test_a_row_that_is_no_table_is_refused() -> None:
    with pytest.raises(DataError, match="not str"):
        requirements({"schema": "wetread.requirements/1", "requirements": ["REQ-A"]})
