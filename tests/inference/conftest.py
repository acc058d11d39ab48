"""A toy bundle, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

import toy
from wetread.bundle import Bundle


@pytest.fixture(scope="session")
def toy_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The toy bundle on disk; tests copy it before they change it."""
    folder: Path = tmp_path_factory.mktemp("bundle") / "toy"
    return toy.bundle(folder)
