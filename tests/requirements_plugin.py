"""Which requirement a test verifies: read from its marker, checked, and written into the JUnit file.

`@pytest.mark.requirement("REQ-...", ...)` names requirements of `regulatory/requirements.yaml`. Each becomes a property
of the test case, with the case's node id; `tools/junit_summary.py` makes a summary of them. A marker that names no
requirement, or an unknown one, fails its test.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

REQUIREMENTS = Path(__file__).resolve().parents[1] / "regulatory" / "requirements.yaml"


@functools.cache
def _stated() -> tuple[dict[str, object], ...]:
    return tuple(yaml.safe_load(REQUIREMENTS.read_text(encoding="utf-8"))["requirements"])


def known_requirements() -> frozenset[str]:
    """The ids of all requirements."""
    return frozenset(str(row["id"]) for row in _stated())


def for_reason(code: str) -> tuple[str, ...]:
    """The requirements that a reason code belongs to, in the order of the file."""
    return tuple(str(row["id"]) for row in _stated() if code in row.get("reason_codes", ()))  # type: ignore[operator]


def marked(item: pytest.Item) -> Iterator[str]:
    """The requirements that a test's markers name, those of its module and class among them."""
    for mark in item.iter_markers("requirement"):
        yield from mark.args


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give the case its node id and its requirements as properties; they go into the JUnit file, with xdist too."""
    item.user_properties.append(("node", item.nodeid))
    item.user_properties.extend(("requirement", name) for name in dict.fromkeys(marked(item)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a marker without ids, with other arguments, or with an id that no requirement has."""
    for mark in item.iter_markers("requirement"):
        if not mark.args or mark.kwargs:
            pytest.fail("the marker `requirement` takes the ids of requirements, at least one", pytrace=False)
    unknown = sorted({str(name) for name in marked(item)} - known_requirements())
    if unknown:
        pytest.fail(f"no such requirement in {REQUIREMENTS.name}: {', '.join(unknown)}", pytrace=False)
