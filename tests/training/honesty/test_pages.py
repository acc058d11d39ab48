"""The pages on honesty show what the result files hold."""

from __future__ import annotations

import json

import pytest

from tools import honesty_tables
from wetread.bundle import find, load


@pytest.mark.parametrize("page", honesty_tables.PAGES, ids=lambda page: page.stem)
def test_the_tables_are_those_of_the_results(page: object) -> None:
    text = honesty_tables.Path(str(page)).read_text(encoding="utf-8")
    assert honesty_tables.filled(text) == text
    assert honesty_tables.filled(text.replace("0.", "9.")) != text.replace("0.", "9.")


def test_every_table_stands_on_a_page() -> None:
    shown = {
        mark[1] for page in honesty_tables.PAGES for mark in honesty_tables._MARKS.findall(page.read_text("utf-8"))
    }
    assert shown == set(honesty_tables.TABLES)


@pytest.mark.requirement("REQ-HONESTY")
@pytest.mark.parametrize(
    ("result", "bundle"),
    [("adult/honesty.json", "adult"), ("radiologist-level.json", "adult"), ("paediatric/honesty.json", "paediatric")],
)
def test_the_results_are_those_of_the_released_bundle(result: str, bundle: str) -> None:
    """A release without its honesty is none: `python tools/honesty.py` measures it."""
    released = load(find(bundle))
    told = json.loads((honesty_tables.RESULTS / result).read_text("utf-8"))
    assert told["bundle"] == {"name": bundle, "version": released.card.version, "sha256": released.sha256}


@pytest.mark.requirement("REQ-ENGINES", "REQ-SPLIT")
@pytest.mark.parametrize("bundle", ["adult", "paediatric"])
def test_engines_agree_within_the_bound_and_nobody_stands_on_two_sides(bundle: str) -> None:
    told = json.loads((honesty_tables.RESULTS / bundle / "honesty.json").read_text("utf-8"))
    assert 0 < told["parity"]["worst"] <= told["parity"]["bound"] == 1e-3
    assert told["guard"]["patients_on_two_sides"] == 0
    assert told["shuffle"] is None or abs(told["shuffle"]["mean"] - 0.5) < 0.05
