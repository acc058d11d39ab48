"""The reference pages are the code's own."""

from __future__ import annotations

from types import ModuleType

import pytest

from tools import cli_reference, settings_reference


@pytest.mark.parametrize("tool", [cli_reference, settings_reference], ids=["cli", "settings"])
def test_a_reference_is_what_the_code_takes(tool: ModuleType) -> None:
    name = tool.__name__.replace(".", "/")
    assert tool.PAGE.read_text("utf-8") == tool.page(), f"write it again: python {name}.py --write"


def test_every_setting_has_a_meaning() -> None:
    rows = [line for line in settings_reference.page().splitlines() if line.startswith("| `")]
    assert len(rows) > 60
    assert [row for row in rows if row.endswith("|  |")] == []
