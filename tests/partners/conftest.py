"""An archive for the tests that prove results on real programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tools.partners import orthanc


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[orthanc.Orthanc]:
    """One Orthanc for all tests of a process; the test is skipped, with the reason, where it is not installed."""
    if reason := orthanc.missing():
        pytest.skip(reason)
    with orthanc.Orthanc(tmp_path_factory.mktemp("orthanc")) as archive:
        yield archive


@pytest.fixture
def archive(running: orthanc.Orthanc) -> Iterator[orthanc.Orthanc]:
    """The archive, empty."""
    yield running
    running.clear()
