"""The published schema says what a reading is: it takes every real one and refuses every contradiction."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import toy
from schema import FILE, faults
from wetread.bundle import Bundle
from wetread.errors import Code, Reason
from wetread.inference import Reader, refuse

Plain = dict[str, Any]


@pytest.fixture(scope="module")
def read(toy_bundle: Bundle) -> Plain:
    spot = np.zeros((300, 400), np.float32)
    spot[:100, :100] = 1
    plain = Reader(toy_bundle, None).read(toy.radiograph(spot, view_tag="stated")).to_json()
    return dict(json.loads(json.dumps(plain)))


@pytest.fixture
def refused() -> Plain:
    return refuse(
        (Reason(Code.VIEW, "A lateral film.", "ViewPosition"),), (Reason(Code.MIRRORED, "Mirrored."),)
    ).to_json()


@pytest.mark.requirement("REQ-READING")
def test_real_readings_are_valid(read: Plain, refused: Plain) -> None:
    assert read["attention"]["outlines_row_column"]
    assert read["notices"]
    assert faults(read) == []
    assert faults(refused) == []


def test_lines_are_valid_with_their_file(read: Plain, refused: Plain) -> None:
    for line in (read, refused):
        assert faults(line | {"file": "a.dcm"}, "line") == []
        assert faults(line | {"file": "a.dcm", "results": None}, "line") == []
        assert faults(line | {"file": "a.dcm"}) != [], "a reading itself does not name a file"
        assert faults(line, "line") != [], "a line names its file"
    unreadable = {"code": "not-a-film", "message": "An empty file.", "tag": None}
    line = {"file": "a.dcm", "status": "unreadable", "reasons": [unreadable]}
    assert faults(line, "line") == []
    assert faults(line | {"score": 0.5}, "line") != []


@pytest.mark.requirement("REQ-REASONS")
def test_every_code_is_one_that_the_schema_takes(refused: Plain) -> None:
    for code in Code:
        refused["reasons"][0]["code"] = code.value
        assert faults(refused) == []


@pytest.mark.requirement("REQ-PROVENANCE")
def test_every_field_is_asked_for(read: Plain, refused: Plain) -> None:
    for plain in (read, refused):
        for name in plain:
            assert faults({key: value for key, value in plain.items() if key != name}) != [], name


def set_to(*place: str | int, value: Any) -> Callable[[Plain], None]:
    def change(plain: Plain) -> None:
        part: Any = plain
        for name in place[:-1]:
            part = part[name]
        part[place[-1]] = value

    change.__name__ = f"{'.'.join(map(str, place))}={value}"
    return change


OF_A_READING = [
    set_to("schema", value="wetread.reading/2"),
    set_to("status", value="unreadable"),
    set_to("status", value="refused"),
    set_to("finding", value="effusion"),
    set_to("patient", value="somebody"),
    set_to("reasons", value=[{"code": "view", "message": "x", "tag": None}]),
    set_to("probability", value=None),
    set_to("probability", value=1.2),
    set_to("prevalence", value=0),
    set_to("score", value="high"),
    set_to("call", value="maybe"),
    set_to("abstained", value=None),
    set_to("model", value=None),
    set_to("model", "sha256", value="abc"),
    set_to("model", "author", value="x"),
    set_to("threshold", "interval", value=[0.1]),
    set_to("threshold", "score", value=-1),
    set_to("attention", "outlines_row_column", 0, 0, value=[1, 2, 3]),
    set_to("attention", "outlines_row_column", 0, 0, value=[-5, 2]),
    set_to("attention", "heat", value=[]),
    set_to("notices", 0, "code", value="View Stated"),
    set_to("notices", 0, "tag", value="0018,5101"),
    set_to("hashes", value={"grayscale": "0" * 64}),
    set_to("hashes", "patient", value="0" * 64),
    set_to("timings_ms", value={"decode": -1}),
    set_to("steps", value=["rescale"]),
    set_to("disclaimer", value=""),
]


@pytest.mark.requirement("REQ-READING")
@pytest.mark.parametrize("change", OF_A_READING, ids=lambda change: change.__name__)
def test_a_reading_that_contradicts_itself_is_not_valid(read: Plain, change: Callable[[Plain], None]) -> None:
    wrong = copy.deepcopy(read)
    change(wrong)
    assert faults(wrong) != []


OF_A_REFUSAL = [
    set_to("reasons", value=[]),
    set_to("status", value="read"),
    set_to("score", value=0.5),
    set_to("call", value="absent"),
    set_to("attention", value={"worth": "x", "outlines_row_column": []}),
    set_to("reasons", 0, "name", value="somebody"),
]


@pytest.mark.requirement("REQ-READING")
@pytest.mark.parametrize("change", OF_A_REFUSAL, ids=lambda change: change.__name__)
def test_a_refusal_that_contradicts_itself_is_not_valid(refused: Plain, change: Callable[[Plain], None]) -> None:
    change(refused)
    assert faults(refused) != []


def test_the_schema_is_named_as_readings_name_it(read: Plain) -> None:
    assert json.loads(FILE.read_text())["$id"] == read["schema"]
