"""A run's files: whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from wetread.training.whole_file import write_whole


def test_a_write_that_fails_leaves_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_text("before")

    def stopped(part: Path) -> None:
        part.write_text("hal")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, stopped)
    assert path.read_text() == "before"


def test_a_write_that_ends_takes_the_name(tmp_path: Path) -> None:
    write_whole(tmp_path / "weights", lambda part: part.write_text("whole") and None)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"weights": "whole"}
