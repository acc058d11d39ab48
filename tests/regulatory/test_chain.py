"""The record of numbers: every claim once, each line bound to the one before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetread.errors import DataError
from wetread.regulatory.chain import FIRST, broken, claims_of, lines_of, records
from wetread.regulatory.claim import Claim


def claim(place: str, **told: Any) -> Claim:
    return Claim(
        id=f"a:{place}", value=told.pop("value", 0.5), pointers=(place,), sha256=("0" * 64,), precision=2, **told
    )


def file(*claims: Claim) -> bytes:
    return lines_of(claims_of([("01", {f"c{place}": each for place, each in enumerate(claims)})]))


def test_a_record_says_all_that_is_known() -> None:
    told = claim(
        "/auroc", value=0.7765, interval=(0.7166, 0.8345), n={"films": 371}, method="percentiles", seed=3, split="test"
    )
    (record,) = records(file(told))
    assert record == {
        "claim_id": "c0", "reference": "a:/auroc", "value": 0.7765, "printed": "0.78 (0.72 to 0.83)", "unit": "", "precision": 2,
        "ci": [0.7166, 0.8345], "n": {"films": 371}, "artefact_sha256": ["0" * 64], "json_pointer": ["/auroc"],
        "method": "percentiles", "code": record["code"], "data": "", "split": "test", "seed": 3, "documents": ["01"], "previous": FIRST,
    }  # fmt: skip
    assert record["code"].startswith("wetread ")


def test_a_number_printed_twice_stands_once_with_both_documents_and_the_fuller_word() -> None:
    first, second = claim("/x"), claim("/x", method="counted", n={"films": 3})
    found = claims_of([("01", {"k": first}), ("02", {"k": second}), ("03", {"k": first})])
    assert list(found) == ["k"]
    assert (found["k"][0].method, found["k"][0].n, found["k"][1]) == ("counted", {"films": 3}, ("01", "02", "03"))


def test_the_chain_holds_and_can_be_empty() -> None:
    assert broken(file(claim("/a"), claim("/b"), claim("/c"))) is None
    assert broken(b"") is None
    assert records(b"") == []


def test_an_edited_line_is_found_at_the_next_one() -> None:
    raw = file(claim("/a"), claim("/b"), claim("/c")).replace(b'"value": 0.5', b'"value": 0.6', 1)
    assert broken(raw) is not None
    assert broken(raw)[0] == 2  # type: ignore[index]
    with pytest.raises(DataError, match="line 2: it does not hold the hash"):
        records(raw)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0], lines[2]], 2),
        (lambda lines: [lines[1], lines[0], lines[2]], 1),
        (lambda lines: [lines[0], b"{", lines[2]], 2),
        (lambda lines: [lines[0], b"[]", lines[2]], 2),
        (lambda lines: [lines[0], b"", lines[1], lines[2]], 2),
    ],
)
def test_the_first_broken_line_is_named(change: Any, line: int) -> None:
    lines = file(claim("/a"), claim("/b"), claim("/c")).splitlines()
    fault = broken(b"".join(each + b"\n" for each in change(lines)))
    assert fault is not None
    assert fault[0] == line


def test_a_file_cut_short_is_found() -> None:
    assert broken(file(claim("/a"), claim("/b"))[:-1]) == (2, "it is cut short")


@given(st.integers(2, 6), st.data())
def test_any_changed_byte_but_the_last_line_s_breaks_the_chain(count: int, data: st.DataObject) -> None:
    raw = bytearray(file(*(claim(f"/{place}") for place in range(count))))
    last = bytes(raw).rstrip(b"\n").rfind(b"\n")
    place = data.draw(st.integers(0, last - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    assert broken(bytes(raw)) is not None


def test_numbers_stay_what_they_were() -> None:
    assert json.loads(file(claim("/a", value=112120)))["value"] == 112120
