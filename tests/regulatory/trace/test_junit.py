"""The JUnit file of a run: what pytest writes is read, and nothing in it can grow without bound."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.errors import DataError
from wetread.regulatory.trace.junit import read_junit

PLAIN = """<?xml version="1.0"?><testsuites><testsuite name="pytest" hostname="somewhere" time="3.1">
<testcase classname="tests.test_a" name="test_one[x]" time="0.1"><properties>
<property name="node" value="tests/test_a.py::test_one[x]"/><property name="requirement" value="REQ-A"/>
<property name="requirement" value="REQ-B"/><property name="requirement" value="REQ-A"/></properties></testcase>
<testcase classname="tests.test_a" name="test_two"><failure message="no">text</failure></testcase>
<testcase classname="tests.test_a" name="test_three"><error message="no">text</error></testcase>
<testcase classname="tests.test_a" name="test_four"><skipped type="pytest.skip" message="needs films">at</skipped></testcase>
<testcase classname="tests.test_a" name="test_five"><failure message="a"/><skipped message="b"/></testcase>
</testsuite></testsuites>"""


def test_cases_keep_node_outcome_requirements_and_reason() -> None:
    one, two, three, four, five = read_junit(PLAIN.encode())
    assert (one.node, one.function) == ("tests/test_a.py::test_one[x]", "tests/test_a.py::test_one")
    assert (one.outcome, one.requirements, one.reason) == ("passed", ("REQ-A", "REQ-B"), "")
    assert (two.node, two.outcome, two.requirements) == ("tests.test_a::test_two", "failed", ())
    assert three.outcome == "errors"
    assert (four.outcome, four.reason) == ("skipped", "needs films")
    assert (five.outcome, five.reason) == ("failed", "")


def test_an_empty_run_has_no_case() -> None:
    assert read_junit(b'<testsuites><testsuite name="pytest"/></testsuites>') == ()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no XML"),
        (b"<testsuite>", "no XML"),
        (b"not at all", "no XML"),
        (b"<html><body/></html>", "no JUnit file"),
        (b'<!DOCTYPE a [<!ENTITY b "cc">]><testsuite><testcase name="&b;"/></testsuite>', "document type"),
    ],
)
def test_another_file_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(DataError, match=why):
        read_junit(raw)


@given(st.integers(0, len(PLAIN) - 1), st.binary(max_size=3))
@settings(max_examples=100, deadline=None)
def test_damage_is_named_or_read(at: int, patch: bytes) -> None:
    raw = PLAIN.encode()
    try:
        cases = read_junit(raw[:at] + patch + raw[at + len(patch) :])
    except DataError:
        return
    assert all(case.outcome in ("passed", "failed", "errors", "skipped") for case in cases)
