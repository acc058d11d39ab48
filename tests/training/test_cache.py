"""Films at training size, kept in a file that survives anything."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from training.films import FRAME, noise, spec, write_films
from wetread.errors import ConfigError, DataError, LeakError
from wetread.preprocess import InputSpec, prepare
from wetread.radiograph import read
from wetread.training import cache_store
from wetread.training.cache import cache_bytes, cached, open_cache
from wetread.training.prepared import prepare_data
from wetread.training.table import TrainTable, load_table

WORKERS = 1


def nothing_to_read(done: int, of: int) -> None:
    pytest.fail(f"{done} of {of} films were read again")


def noting(told: list[int]) -> Callable[[int, int], None]:
    def say(done: int, of: int) -> None:
        assert done <= of
        told.append(done)

    return say


def opened(table: TrainTable, folder: Path, **options: Any) -> Any:
    return open_cache(table, FRAME, folder, workers=WORKERS, **options)


@pytest.mark.requirement("REQ-ONE-PREPROCESSING")
@pytest.mark.parametrize(("depth", "bound"), [(8, 0.5 / 255), (16, 0.5 / 65535)])
def test_a_cached_film_is_what_the_clinic_feeds(tmp_path: Path, depth: int, bound: float) -> None:
    data = write_films(tmp_path, 4, size=(90, 70))
    table = load_table(spec(), data)
    cache = opened(table, tmp_path / "cache", depth=depth)
    for place, path in enumerate(table.paths):
        assert path is not None
        wanted = prepare(read(path), FRAME)
        assert np.abs(cache.take(np.array([place]))[0] - wanted).max() <= bound + 1e-7
    assert cache.pixels.dtype == (np.uint8 if depth == 8 else np.uint16)
    assert not cache.pixels.flags.writeable
    assert cache.content.tolist() == [[0, 7, 64, 50]] * 4
    assert cache.good.all()
    assert isinstance(cache.pixels, np.memmap)
    assert (cache.take(np.arange(4))[:, 0, :, :7] == 0).all()


def test_what_is_there_is_not_read_again_and_what_changed_is(tmp_path: Path) -> None:
    data = write_films(tmp_path, 6)
    table = load_table(spec(), data)
    told: list[int] = []
    assert cached(table, FRAME, tmp_path / "cache") is None
    first = opened(table, tmp_path / "cache", say=noting(told))
    assert told == [6]
    before = first.raw(np.arange(6)).copy()
    opened(table, tmp_path / "cache", say=nothing_to_read)
    os.utime(tmp_path / "own" / "film1.png", ns=(1, 1))
    opened(table, tmp_path / "cache", say=nothing_to_read)
    noise(5).save(tmp_path / "own" / "film2.png")
    assert cached(table, FRAME, tmp_path / "cache") == 5
    again = opened(table, tmp_path / "cache", say=noting(told))
    assert told[1:] == [6]
    same = [bool((again.raw(np.array([place])) == before[place]).all()) for place in range(6)]
    assert same == [True, True, False, True, True, True]
    assert again.sha256 != first.sha256


def test_another_frame_or_depth_or_list_is_another_cache(tmp_path: Path) -> None:
    table = load_table(spec(), write_films(tmp_path, 4))
    opened(table, tmp_path / "cache")
    opened(table, tmp_path / "cache", depth=16)
    open_cache(table, InputSpec(32, 64), tmp_path / "cache", workers=WORKERS)
    open_cache(table, InputSpec(64, 64, (0.0, 100.0)), tmp_path / "cache", workers=WORKERS)
    opened(table.take(np.arange(3)), tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 5


def test_a_part_of_a_cache_keeps_places_and_pixels_together(tmp_path: Path) -> None:
    table = load_table(spec(), write_films(tmp_path, 5))
    cache = opened(table, tmp_path / "cache")
    part = cache.of(np.array([4, 1]))
    assert len(part) == 2
    assert (part.raw(np.array([0])) == cache.raw(np.array([4]))).all()
    assert part.prints.pixels_sha256 == (cache.prints.pixels_sha256[4], cache.prints.pixels_sha256[1])


def test_a_torn_note_costs_its_own_film_only(tmp_path: Path) -> None:
    table = load_table(spec(), write_films(tmp_path, 4))
    first = opened(table, tmp_path / "cache")
    notes = next((tmp_path / "cache").glob("*/films.jsonl"))
    lines = notes.read_text("utf-8").split("\n")
    notes.write_text("\n".join(lines[:-2])[:-20], encoding="utf-8")
    told: list[int] = []
    again = opened(table, tmp_path / "cache", say=noting(told))
    assert told == [4]
    assert again.sha256 == first.sha256
    assert (again.raw(np.arange(4)) == first.raw(np.arange(4))).all()


_MAKE = """
import sys
from pathlib import Path
from training.films import FRAME, spec
from wetread.training import cache_store
from wetread.training.cache import open_cache
from wetread.training.table import load_table
cache_store._AT_ONCE = 2
if __name__ == "__main__":
    data = Path(sys.argv[1])
    table = load_table(spec(), data)
    open_cache(table, FRAME, data / "cache", workers=1, say=lambda done, of: print(done, flush=True))
"""


def run(tmp_path: Path, **options: Any) -> subprocess.Popen[str]:
    script = tmp_path / "make.py"
    script.write_text(_MAKE, encoding="utf-8")
    repository = Path(__file__).parents[2]
    paths = os.pathsep.join([str(repository / "src"), str(repository / "tests")])
    return subprocess.Popen(
        [sys.executable, script, tmp_path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": paths}, **options,
    )  # fmt: skip


def test_a_killed_process_loses_its_last_films_only(tmp_path: Path) -> None:
    table = load_table(spec(), write_films(tmp_path, 24))
    process = run(tmp_path)
    assert process.stdout is not None
    while int(process.stdout.readline()) < 6:
        pass
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = cached(table, FRAME, tmp_path / "cache")
    assert kept is not None
    assert 6 <= kept < 24
    told: list[int] = []
    again = opened(table, tmp_path / "cache", say=noting(told))
    whole = opened(table, tmp_path / "other")
    assert told[-1] == 24
    assert again.sha256 == whole.sha256
    assert (again.raw(np.arange(24)) == whole.raw(np.arange(24))).all()
    assert (again.prints.thumbnails == whole.prints.thumbnails).all()


def test_no_room_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = load_table(spec(), write_films(tmp_path, 4))
    assert cache_bytes(4, FRAME, 16) > 4 * 64 * 64 * 2

    def full(place: Path) -> Any:
        return type("Usage", (), {"free": 1000})

    monkeypatch.setattr(cache_store.shutil, "disk_usage", full)
    with pytest.raises(DataError, match=r"the cache of 4 films takes 0\.0 MB and .* has room for 0\.0 MB: make room"):
        opened(table, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_disk_that_fills_up_is_told_and_what_is_done_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = load_table(spec(), write_films(tmp_path, 6))
    monkeypatch.setattr(cache_store, "_AT_ONCE", 2)
    real, calls = os.pwrite, []

    def full(descriptor: int, content: bytes, start: int) -> int:
        calls.append(start)
        if len(calls) > 6:  # pixels and small picture of three films
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, content, start)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(DataError, match=r"cannot be written \(No space left on device\): what is done is kept"):
        opened(table, tmp_path / "cache")
    monkeypatch.setattr(os, "pwrite", real)
    assert cached(table, FRAME, tmp_path / "cache") == 2
    assert opened(table, tmp_path / "cache").good.all()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_real_limit_on_file_size_is_an_error_and_no_signal(tmp_path: Path) -> None:
    import resource

    write_films(tmp_path, 8)
    process = run(tmp_path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, 16_000)))
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "DataError" in said
    assert "cannot be written (File too large)" in said


def test_films_that_cannot_be_read_are_all_named_or_left_out(tmp_path: Path) -> None:
    data = write_films(tmp_path, 48)
    for number in (5, 9):
        (tmp_path / "own" / f"film{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    with pytest.raises(
        DataError, match=r"2 of 48 films cannot be read: film5\.png: .*; film9\.png: .*unreadable = 'leave-out'"
    ):
        prepare_data(spec(), data, FRAME, tmp_path / "cache", workers=WORKERS)
    table, cache = prepare_data(spec(unreadable="leave-out"), data, FRAME, tmp_path / "cache", workers=WORKERS)
    assert table.left_out == {"not readable": 2}
    assert len(cache) == len(table) == 46
    path = table.paths[5]
    assert path is not None
    assert path.name == "film6.png"
    assert np.abs(cache.take(np.array([5]))[0] - prepare(read(path), FRAME)).max() < 0.01


def test_more_than_a_few_unreadable_films_are_no_matter_of_rules(tmp_path: Path) -> None:
    data = write_films(tmp_path, 16)
    for number in (5, 9):
        (tmp_path / "own" / f"film{number}.png").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"2 of 16 films cannot be read, more than a few: film5\.png"):
        prepare_data(spec(unreadable="leave-out"), data, FRAME, tmp_path / "cache", workers=WORKERS)


def distinct(tmp_path: Path, films: int) -> Path:
    data = write_films(tmp_path, films)
    for number in range(films):
        noise(number).save(tmp_path / "own" / f"film{number}.png")
    return data


def test_near_copies_under_two_names_come_to_one_side(tmp_path: Path) -> None:
    data = distinct(tmp_path, 16)
    Image.open(tmp_path / "own" / "film2.png").resize((48, 48)).save(tmp_path / "own" / "film12.png")
    sides = set()
    for seed in range(4):
        rule = spec(copies="together", seed=seed)
        plain = load_table(rule, data)
        sides.add(plain.sides[2] == plain.sides[12])
        table, _ = prepare_data(rule, data, FRAME, tmp_path / "cache", workers=WORKERS)
        assert table.units[2] == table.units[12]
        assert table.sides[2] == table.sides[12]
        assert len(set(table.units)) == 15
    assert False in sides  # the pictures decided, not chance


def test_films_that_all_resemble_each_other_cannot_be_divided_and_that_is_said(tmp_path: Path) -> None:
    data = distinct(tmp_path, 8)
    for number in range(1, 8):
        Image.open(tmp_path / "own" / "film0.png").save(tmp_path / "own" / f"film{number}.png")
    said = r'28 pairs of films show nearly the same picture; .* 1 groups, too few to divide: .* copies = "exact"'
    with pytest.raises(DataError, match=said):
        prepare_data(spec(copies="together"), data, FRAME, tmp_path / "cache", workers=WORKERS)


def test_with_given_sides_the_training_side_gives_way_to_a_copy(tmp_path: Path) -> None:
    data = distinct(tmp_path, 16)
    Image.open(tmp_path / "own" / "film2.png").save(tmp_path / "own" / "film12.png", compress_level=1)
    table, cache = prepare_data(spec(split="official"), data, FRAME, tmp_path / "cache", workers=WORKERS)
    assert table.left_out == {"patient with a copy of a held-out film": 1}
    assert "film2.png" not in table.films
    place = np.array([table.films.index("film12.png")])
    assert np.abs(cache.take(place)[0] - prepare(read(tmp_path / "own" / "film12.png"), FRAME)).max() < 0.01


def test_fingerprints_of_other_films_are_refused(tmp_path: Path) -> None:
    from wetread.training.copies import guard_pixels

    data = write_films(tmp_path, 8)
    table = load_table(spec(), data)
    cache = opened(table, tmp_path / "cache")
    with pytest.raises(DataError, match="fingerprints of 7 films for a table of 8"):
        guard_pixels(table, cache.of(np.arange(7)).prints, spec(), data)


def test_the_guard_has_the_last_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wetread.training import copies

    data = distinct(tmp_path, 16)
    Image.open(tmp_path / "own" / "film2.png").save(tmp_path / "own" / "film12.png", compress_level=1)

    def overlooked(films: Any, prints: Any, *, near: bool) -> list[tuple[str, str]]:
        return []

    monkeypatch.setattr(copies, "copies", overlooked)
    with pytest.raises(LeakError, match=r"film2\.png \(train\) and film12\.png \(tune\)"):
        prepare_data(spec(split="official"), data, FRAME, tmp_path / "cache", workers=WORKERS)


def test_medmnist_comes_out_of_its_archive(tmp_path: Path) -> None:
    pictures = {
        side: np.stack([np.asarray(noise(base + n, 28)) for n in range(8)])
        for base, side in ((0, "train"), (50, "val"))
    }
    labels = {f"{side}_labels": np.arange(8).reshape(-1, 1) % 2 for side in pictures}
    np.savez(tmp_path / "pneumoniamnist.npz", **{f"{side}_images": films for side, films in pictures.items()}, **labels)
    rule = spec(collection="medmnist", root="pneumoniamnist.npz", labels="", split="official", copies="together")
    table, cache = prepare_data(rule, tmp_path, InputSpec(32, 32, (0.0, 100.0)), tmp_path / "cache")
    assert table.counts()["train"]["films"] == table.counts()["tune"]["films"] == 8
    place = table.films.index("val/3")
    wanted = prepare_of(pictures["val"][3])
    assert np.abs(cache.take(np.array([place]))[0] - wanted).max() < 0.01


def prepare_of(grey: Any) -> Any:
    from wetread.preprocess import prepare_pixels

    return prepare_pixels(grey.astype(np.float32) / np.float32(255), InputSpec(32, 32, (0.0, 100.0)))


def test_a_depth_that_is_none_is_refused(tmp_path: Path) -> None:
    table = load_table(spec(), write_films(tmp_path, 4))
    with pytest.raises(ConfigError, match="8 or 16 bits a pixel, not 12"):
        opened(table, tmp_path / "cache", depth=12)
