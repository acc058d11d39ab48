"""A dry run looks at everything that a run needs, and begins nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from training.films import FRAME, noise, spec, write_films
from wetread.network import NetworkSpec, build
from wetread.training import cache_store, dry
from wetread.training.cache import open_cache
from wetread.training.dry import DryRun, Work, dry_run
from wetread.training.table import TrainTable, load_table


def work(table: TrainTable) -> Work:
    network = build(NetworkSpec("efficientnet_lite0", outputs=len(table.outputs), pretrained=False))
    return Work(network, batch=2, epochs=3, fits=2)


def tried(data: Path, sample: int = 8, **changes: Any) -> DryRun:
    return dry_run(spec(**changes), data, FRAME, data / "cache", work, workers=1, sample=sample)


def test_a_run_that_can_begin_has_no_problem_and_says_what_it_takes(tmp_path: Path) -> None:
    found = tried(write_films(tmp_path, 16))
    assert found.problems == ()
    assert found.sides["train"]["films"] == 8
    assert (found.films, found.cached, found.tried) == (16, 0, 12)
    assert 16 * 64 * 64 < found.cache_bytes < found.free_bytes
    assert found.step_bytes is not None
    assert found.step_bytes > 10e6
    assert found.reading_seconds is not None
    assert found.reading_seconds > 0
    assert found.training_seconds is not None
    assert found.training_seconds > 0
    assert not (tmp_path / "cache").exists()
    text = str(found)
    for line in (
        "train: 8 films of 8 patients",
        "pneumonia: 4 positive, 4 negative",
        "leak guard: passed on patients and files",
    ):
        assert line in text
    assert "PROBLEM" not in text


def test_a_network_comes_out_of_it_as_it_went_in(tmp_path: Path) -> None:
    made: list[Work] = []

    def kept(table: TrainTable) -> Work:
        made.append(work(table))
        made[0].network.train()
        made.append(Work(build(NetworkSpec(pretrained=False)), 2, 1, 1))
        made[1].network.load_state_dict(made[0].network.state_dict())
        return made[0]

    dry_run(spec(), write_films(tmp_path, 16), FRAME, tmp_path / "cache", kept, workers=1, sample=4)
    before, after = made[1].network.state_dict(), made[0].network.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(parameter.grad is None for parameter in made[0].network.parameters())


def test_a_table_that_cannot_be_used_is_the_only_problem(tmp_path: Path) -> None:
    data = write_films(tmp_path, 8, changes={number: {"label": "0"} for number in range(8)})
    found = tried(data)
    assert len(found.problems) == 1
    assert "no film of the side 'train' is positive" in found.problems[0]
    assert str(found).startswith("PROBLEM: no film")


def test_several_problems_are_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_films(tmp_path, 16)
    (tmp_path / "own" / "film3.png").write_bytes(b"")
    (tmp_path / "own" / "film7.png").write_bytes(b"no film")

    def full(_: Path) -> Any:
        return type("Usage", (), {"free": 5})

    def greedy(table: TrainTable) -> Work:
        return replace(work(table), batch=10**8)

    monkeypatch.setattr(cache_store.shutil, "disk_usage", full)
    found = dry_run(spec(), data, FRAME, data / "cache", greedy, workers=1, sample=16)
    words = [
        "the cache of 16 films takes",
        "1 films are not there or empty, such as film3.png",
        "2 of 16 films that were tried",
    ]
    assert len(found.problems) == 4
    for problem, word in zip(found.problems, [*words, "batch = 100000000 in [fit] needs about"], strict=True):
        assert word in problem


def test_unreadable_films_are_no_problem_where_they_may_be_left_out(tmp_path: Path) -> None:
    data = write_films(tmp_path, 40)
    (tmp_path / "own" / "film7.png").write_bytes(b"no film")
    assert tried(data, sample=40, unreadable="leave-out").problems == ()
    assert "film7.png" in tried(data, sample=40).problems[0]


def test_pictures_are_guarded_where_they_have_been_read(tmp_path: Path) -> None:
    data = write_films(tmp_path, 16)
    for number in range(16):
        noise(number).save(tmp_path / "own" / f"film{number}.png")
    noise(2).save(tmp_path / "own" / "film13.png", compress_level=1)
    rule = {"copies": "together", "split": "official"}
    assert tried(data, **rule).guarded == "patients and files"
    open_cache(load_table(spec(**rule), data), FRAME, data / "cache", workers=1)
    found = tried(data, **rule)
    assert (found.guarded, found.cached, found.cache_bytes) == ("patients, files and pixels", 16, 0)
    assert found.left_out == {"patient with a copy of a held-out film": 1}
    assert found.reading_seconds == 0


def test_time_grows_with_what_is_to_be_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def two_seconds(*_: Any) -> float:
        return 2.0

    monkeypatch.setattr(dry, "_step", two_seconds)
    found = tried(write_films(tmp_path, 16))
    steps = 2 * 3 * 16 / 2
    assert found.training_seconds == pytest.approx(2 * steps * (1 + 0.35 * 0.5))
    assert "2 minutes to train" in str(found)


def test_durations_and_sizes_are_said_as_people_do() -> None:
    shown = [dry._duration(seconds) for seconds in (12.4, 600, 7200)]
    assert shown == ["12 seconds", "10 minutes", "2.0 hours"]
    assert [dry._size(count) for count in (2_000_000, 3_500_000_000)] == ["2.0 MB", "3.50 GB"]
    assert np.isfinite(float(shown[0].split()[0]))
