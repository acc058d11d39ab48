"""An entry of a plan: numbers read with their defaults, the entry's own before the common ones, slips refused."""

from __future__ import annotations

import pytest

from wetread.errors import ConfigError
from wetread.evaluation.sample_size.entry import Entry


def test_own_numbers_go_before_common_ones_and_those_before_defaults() -> None:
    entry = Entry("goals, entry 1", {"goal": 0.8, "power": 0.9}, {"power": 0.8, "alpha": 0.1})
    assert (entry.number("goal"), entry.number("power"), entry.number("alpha", 0.05)) == (0.8, 0.9, 0.1)
    assert entry.whole("sides", 2) == 2
    assert entry.inputs == {"goal": 0.8, "power": 0.9, "alpha": 0.1, "sides": 2}
    entry.done()


def test_what_nothing_read_is_a_slip() -> None:
    entry = Entry("goals, entry 1", {"goal": 0.8, "note": "from the guidance", "gaol": 1}, {})
    entry.number("goal")
    with pytest.raises(ConfigError, match="goals, entry 1: nothing is computed from gaol"):
        entry.done()


def test_a_note_is_kept() -> None:
    entry = Entry("goals, entry 1", {"note": "why"}, {})
    entry.done()
    assert entry.inputs == {"note": "why"}


@pytest.mark.parametrize("value", ["0.8", True, None, float("nan"), float("inf"), [0.8]])
def test_only_finite_numbers_are_numbers(value: object) -> None:
    with pytest.raises(ConfigError, match="goal is a number"):
        Entry("here", {"goal": value}, {}).number("goal")


@pytest.mark.parametrize("value", ["6, 8", 6, [6, 8.5], [True]])
def test_only_lists_of_whole_numbers_are_counts(value: object) -> None:
    with pytest.raises(ConfigError, match="list of whole numbers"):
        Entry("here", {"table": value}, {}).counts("table", (6,))
