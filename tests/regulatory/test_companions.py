"""A run folder brings its passes and its package with it, each as evidence of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from regulatory.documents.folders import PASSES, of_run
from wetread.errors import DataError
from wetread.regulatory.device import load_device
from wetread.regulatory.evidence.run import fits, history, package_of


def test_passes_are_numbers_and_the_kept_one_is_the_last_best(tmp_path: Path) -> None:
    device = of_run(tmp_path)
    table = history(device)
    assert table is not None
    assert table.name == "run.history"
    assert table.data[0]["tune_loss"] == PASSES["fold-0"][0]
    told = {fit.name: fit for fit in fits(table)}
    assert {name: len(fit.passes) for name, fit in told.items()} == {
        name: len(losses) for name, losses in PASSES.items()
    }
    assert told["final"].best == told["final"].passes[2]


def test_each_file_has_its_own_hash(tmp_path: Path) -> None:
    before = of_run(tmp_path).artefacts
    path = tmp_path / "run/history.csv"
    path.write_text(path.read_text("utf-8").replace("0.61", "0.62"), encoding="utf-8")
    after = load_device(tmp_path / "run.yaml").artefacts
    assert before["run"].sha256 == after["run"].sha256
    assert before["run.history"].sha256 != after["run.history"].sha256


def test_a_package_is_there_once_it_was_made(tmp_path: Path) -> None:
    assert package_of(of_run(tmp_path)) is None
    (tmp_path / "run/package.json").write_text(json.dumps({"schema": "wetread.package/1"}), encoding="utf-8")
    found = package_of(load_device(tmp_path / "run.yaml"))
    assert found is not None
    assert found.place == "run/package.json"


def test_a_history_that_is_no_table_of_passes_is_named(tmp_path: Path) -> None:
    of_run(tmp_path)
    (tmp_path / "run/history.csv").write_text("fit,pass\nfinal,many\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"run\.history"):
        load_device(tmp_path / "run.yaml")
