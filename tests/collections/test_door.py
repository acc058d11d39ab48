"""The front door: names, and that it costs nothing until it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wetread.collections import load
from wetread.collections.door import NAMES
from wetread.errors import DataError, UsageError


def test_a_name_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no collection is called 'mimic': nih, nih-sample, rsna"):
        load("mimic", tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not there"):
        load(name, tmp_path / "gone")


def test_columns_are_for_csv_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="columns= is for 'csv'"):
        load("nih", tmp_path, columns={"film_id": "file"})


def test_importing_the_room_loads_no_table_library() -> None:
    code = "import sys, wetread.collections; print(sorted({'polars', 'pydicom', 'urllib3'} & set(sys.modules)))"
    source = {"PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=source)
    assert done.stdout.strip() == "[]"
