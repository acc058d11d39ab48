"""Fixtures of the training tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from training.made import RECIPE


@pytest.fixture
def write_recipe(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes the recipe with lines replaced: `write_recipe(("folds = 2", "folds = 1"))`."""

    def write(*changes: tuple[str, str]) -> Path:
        text = RECIPE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "tiny.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write
