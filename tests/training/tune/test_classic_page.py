"""What the classic recipe reached stands on the page as it was measured."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tools import classic
from wetread.errors import DataError
from wetread.training import load_config
from wetread.training.runfolder import RunFolder, RunScores
from wetread.training.tune.recipe import load_recipe

ROOT = Path(__file__).resolve().parents[3]


def test_the_table_is_that_of_the_result() -> None:
    text, told = classic.PAGE.read_text("utf-8"), json.loads(classic.RESULTS.read_text("utf-8"))
    assert classic.page(text, told) == text
    assert told["recipe_sha256"] == load_recipe(ROOT / "configs" / "classic.toml").sha256
    assert set(told["fits"]) == {"fold-0", "fold-1", "fold-2", "fold-3", "fold-4", "final"}


def test_what_the_page_says_of_the_first_three_questions_is_so() -> None:
    told = json.loads(classic.RESULTS.read_text("utf-8"))
    for one in told["cross_validated"][:3]:
        crude, chexnet = (one["beside"][name]["difference"] for name in ("crude statistics", "CheXNet reproduction"))
        assert crude["low"] < 0 < crude["high"]
        assert chexnet["high"] < 0


def test_a_run_of_another_method_is_not_measured_as_the_classic_one(tmp_path: Path) -> None:
    none = np.zeros(1)
    scores = RunScores(("a",), ("p",), none.astype(np.int64), none.astype(np.int64), none, "out-of-fold", 0)
    run = RunFolder(tmp_path, load_config(ROOT / "configs" / "adult.toml"), ("pneumonia",), scores)
    with pytest.raises(DataError, match="a run of method probe"):
        classic.measured(run, tmp_path)


def test_other_films_than_the_collection_s_are_refused(shared_data: Path, tmp_path: Path) -> None:
    none = np.zeros(1)
    scores = RunScores(("a",), ("p",), none.astype(np.int64), none.astype(np.int64), none, "out-of-fold", 0)
    run = RunFolder(tmp_path, load_recipe(ROOT / "configs" / "classic.toml"), ("pneumonia",), scores)
    with pytest.raises(DataError, match=r"1 films scored, the collection holds 1231 others"):
        classic.measured(run, shared_data)
