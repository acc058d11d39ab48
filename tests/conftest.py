"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

# The requirements that tests verify, in the JUnit file.
pytest_plugins = ("requirements_plugin",)

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real films beside the repository; the test is skipped where there is none."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the real films in ../shared/data")
    return folder
