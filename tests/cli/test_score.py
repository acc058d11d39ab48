"""`wetread score`: the research door takes every set as it is, and loses no row."""

from __future__ import annotations

import csv
import os
import shutil
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import toy
from cli.conftest import Films, Run
from wetread.bundle import Bundle
from wetread.calibration import sigmoid
from wetread.cli import main
from wetread.cli import score as score_module
from wetread.preprocess import prepare

Capture = pytest.CaptureFixture[str]
HEADER = ["film_id", "score", "probability", "would_refuse"]


@pytest.fixture
def scored(toy_bundle: Bundle, tmp_path: Path) -> Any:
    """Score a source with the toy; the exit status and the table's rows."""

    def call(source: Path, *options: str, bundle: Path = toy_bundle.folder) -> tuple[int, list[list[str]]]:
        out = tmp_path / "scores" / "scores.csv"
        out.parent.mkdir(exist_ok=True)
        status = main(["score", "--bundle", str(bundle), "--out", str(out), *options, str(source)])
        return status, list(csv.reader(out.read_text("utf-8").splitlines())) if out.exists() else []

    return call


def save(path: Path, bright: float, side: int = 256) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray((toy.split_film(side, side, bright) * 255).astype(np.uint8)).save(path)


@pytest.fixture
def folder(tmp_path: Path, films: Films) -> Path:
    """Two images, one below a folder; a DICOM film that predict refuses; a text; a hidden file."""
    place = tmp_path / "set"
    save(place / "a.png", 0.75)
    save(place / "sub" / "b.png", 0.25, side=64)
    shutil.copy(films.child, place / "c.dcm")
    (place / "d.txt").write_text("no film")
    (place / ".hidden").write_text("no film")
    return place


def test_a_folder(scored: Any, folder: Path, capsys: Capture) -> None:
    status, (header, *rows) = scored(folder)
    assert header == HEADER
    assert [row[0] for row in rows] == ["a.png", "c.dcm", "d.txt", str(Path("sub", "b.png"))]
    a, c, d, b = rows
    assert float(a[1]) == pytest.approx(sigmoid(toy.GAIN * 0.25), abs=0.01)
    assert float(b[1]) == pytest.approx(sigmoid(-toy.GAIN * 0.25), abs=0.02)
    for row in (a, b, c):
        assert float(row[2]) == pytest.approx(toy.card().calibration.probability(float(row[1])), abs=1e-5)
    assert [row[3] for row in (a, b, c)] == ["", "size", "age"], (
        "what predict would say; here it is scored all the same"
    )
    assert d[1:] == ["", "", "not-a-film"]
    assert status == 4
    out, err = capsys.readouterr()
    assert out == "", "the table is the result; the rest is talk"
    assert "4 films, model toy 0.0.1" in err
    assert "1 of them without a score" in err


def test_scoring_again_does_not_score_the_scores(toy_bundle: Bundle, folder: Path) -> None:
    (folder / "d.txt").unlink()
    arguments = ["score", "--bundle", str(toy_bundle.folder), "--out", str(folder / "scores.csv"), str(folder)]
    for _ in range(2):
        assert main(arguments) == 0
        assert len((folder / "scores.csv").read_text().splitlines()) == 4


def test_a_table(scored: Any, folder: Path) -> None:
    table = folder / "list.csv"
    table.write_text("﻿label,file\n1,a.png\n0,sub/b.png\n1,a.png\n1,missing.png\n", encoding="utf-8")
    status, (header, *rows) = scored(table)
    assert header == HEADER
    assert [row[0] for row in rows] == ["a.png", "sub/b.png", "a.png", "missing.png"]
    assert rows[0] == rows[2]
    assert rows[3][1:] == ["", "", "unreadable"]
    assert status == 4


def medmnist(path: Path, **sets: np.ndarray) -> Path:
    np.savez(path, **{f"{name}_images": images for name, images in sets.items()}, test_labels=np.zeros((3, 1)))
    return path


def test_an_archive(scored: Any, tmp_path: Path) -> None:
    images = np.stack([toy.split_film(64, 64, bright) * 255 for bright in (0.25, 0.5, 0.75)]).astype(np.uint8)
    archive = medmnist(tmp_path / "set.npz", test=images, val=images[:1])
    status, (_, *rows) = scored(archive, "--split", "test")
    assert status == 0
    assert [row[0] for row in rows] == ["0", "1", "2"]
    expected = [sigmoid(toy.GAIN * (bright - 0.5)) for bright in (0.25, 0.5, 0.75)]
    assert [float(row[1]) for row in rows] == pytest.approx(expected, abs=0.02)
    assert {row[3] for row in rows} == {"size"}
    assert len(scored(archive, "--split", "val")[1]) == 2


def test_an_archive_of_one_set_needs_no_split(scored: Any, tmp_path: Path) -> None:
    status, rows = scored(medmnist(tmp_path / "set.npz", train=np.zeros((2, 28, 28), np.uint8)))
    assert (status, len(rows)) == (0, 3)


def test_a_research_bundle_scores(scored: Any, folder: Path, tmp_path: Path) -> None:
    toy.bundle(tmp_path / "research", clinical=False)
    (folder / "d.txt").unlink()
    assert scored(folder, bundle=tmp_path / "research")[0] == 0


def test_the_stated_view_is_that_of_image_files_alone(scored: Any, folder: Path) -> None:
    rows = {row[0]: row[3] for row in scored(folder, "--view", "LATERAL")[1]}
    assert (rows["a.png"], rows["c.dcm"]) == ("view", "age")


def test_one_strange_film_costs_no_other(scored: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    films = count(1)

    def fails_on_the_first(*given: Any) -> Any:
        if next(films) == 1:
            raise KeyError("something nobody thought of")
        return prepare(*given)

    monkeypatch.setattr(score_module, "prepare", fails_on_the_first)
    status, (_, *rows) = scored(folder)
    assert status == 1
    assert len(rows) == 4
    assert rows[0] == ["a.png", "", "", "bug"]


def broken(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def zipped(path: Path) -> Path:
    """An archive with a damaged array in it."""
    images = np.random.default_rng(1).integers(0, 255, (2, 28, 28), dtype=np.uint8)
    np.savez_compressed(path, test_images=images)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    return broken(path, bytes(content))


def bare(path: Path) -> Path:
    with path.open("wb") as file:
        np.save(file, np.zeros((2, 28, 28), np.uint8))
    return path


WRONG: dict[str, Any] = {
    "missing": lambda p: p / "missing",
    "name too long": lambda p: p / ("n" * 300),
    "empty folder": lambda p: p,
    "text": lambda p: broken(p / "set.txt", b"a.png\n"),
    "single film": lambda p: broken(p / "film.dcm", b""),
    "csv without file": lambda p: broken(p / "set.csv", b"path,label\na.png,1\n"),
    "csv without rows": lambda p: broken(p / "set.csv", b"file,label\n"),
    "csv of nothing": lambda p: broken(p / "set.csv", b""),
    "csv with a gap": lambda p: broken(p / "set.csv", b"file,label\na.png,1\n,0\n"),
    "csv in latin-1": lambda p: broken(p / "set.csv", b"file\nr\xf6ntgen.png\n"),
    "npz of nothing": lambda p: broken(p / "set.npz", b""),
    "npz of noise": lambda p: broken(p / "set.npz", b"PK\x03\x04 and no archive"),
    "npz of text": lambda p: broken(p / "set.npz", b"nothing"),
    "npz damaged": lambda p: zipped(p / "set.npz"),
    "npz of a bare array": lambda p: bare(p / "set.npz"),
    "npz of several sets": lambda p: medmnist(p / "set.npz", train=np.zeros((1, 9, 9)), val=np.zeros((1, 9, 9))),
    "npz without images": lambda p: medmnist(p / "set.npz"),
    "npz in colour": lambda p: medmnist(p / "set.npz", test=np.zeros((2, 28, 28, 3), np.uint8)),
    "npz of floats": lambda p: medmnist(p / "set.npz", test=np.zeros((2, 28, 28))),
    "npz of no films": lambda p: medmnist(p / "set.npz", test=np.zeros((0, 28, 28), np.uint8)),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_source_that_is_none_is_2_in_one_sentence(scored: Any, tmp_path: Path, capsys: Capture, kind: str) -> None:
    place = tmp_path / "source"
    place.mkdir()
    status, rows = scored(WRONG[kind](place))
    out, err = capsys.readouterr()
    assert (status, rows, out) == (2, [], "")
    assert len(err.splitlines()) == 1
    assert err.startswith("wetread: ")


def test_an_unknown_split_is_2(scored: Any, tmp_path: Path, capsys: Capture) -> None:
    archive = medmnist(tmp_path / "set.npz", test=np.zeros((1, 28, 28), np.uint8))
    assert scored(archive, "--split", "train")[0] == 2
    assert "it has test_images" in capsys.readouterr().err


def test_the_source_is_never_overwritten(toy_bundle: Bundle, folder: Path, capsys: Capture) -> None:
    table = folder / "list.csv"
    table.write_text("file,label\na.png,1\n")
    assert main(["score", "--bundle", str(toy_bundle.folder), "--out", str(table), str(table)]) == 2
    assert table.read_text() == "file,label\na.png,1\n"
    assert "would be lost" in capsys.readouterr().err


def test_scores_that_cannot_be_written_are_told(toy_bundle: Bundle, folder: Path, capsys: Capture) -> None:
    out = folder / "no" / "such" / "folder.csv"
    assert main(["score", "--bundle", str(toy_bundle.folder), "--out", str(out), str(folder)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_it_is_a_process_of_few_words(run: Run, toy_bundle: Bundle, folder: Path, tmp_path: Path) -> None:
    (folder / os.fsdecode(b"\xff.png")).write_bytes(b"")
    done = run("score", "--bundle", toy_bundle.folder, "--out", tmp_path / "s.csv", folder)
    assert done.returncode == 4
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert b"\xff.png,,,not-a-film" in (tmp_path / "s.csv").read_bytes()
