"""`wetread describe`: a whole report or none, and a clear word on what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from wetread.cli import main

HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)
ROWS = [
    "00000001_000.png,Pneumonia|Edema,0,1,57,M,PA,2682,2749,0.143,0.143",
    "00000002_000.png,No Finding,0,2,58,F,AP,2894,2729,0.143,0.143",
]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return written(tmp_path, HEADER, *ROWS)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "labels.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def described(labels: Path, out: Path, *more: str) -> int:
    return main(["describe", "nih", "--labels", str(labels), "--out", str(out), *more])


def test_a_report_is_written(labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "report"
    assert described(labels, out) == 0
    assert sorted(file.name for file in out.iterdir()) == ["cohort.json", "figures", "report.html"]
    assert json.loads((out / "cohort.json").read_text(encoding="utf-8"))["people"]["films"] == 2
    assert {file.suffix for file in (out / "figures").iterdir()} == {".svg", ".png"}
    assert "2 films of 2 patients; with pneumonia 1 film of 1 patient\n" in capsys.readouterr().out
    assert [file.name for file in out.parent.iterdir()] == ["report"]


def test_an_earlier_report_is_replaced_and_nothing_else(labels: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    assert described(labels, out, "--name", "First") == 0
    assert described(labels, out, "--name", "Second") == 0
    assert "<h1>Second</h1>" in (out / "report.html").read_text(encoding="utf-8")
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    assert described(labels, out) == 2
    assert (out / "mine.txt").read_text(encoding="utf-8") == "mine"


BROKEN = {
    "a column is missing": (HEADER.replace("Finding Labels", "Other"), *ROWS),
    "a localised header": ("Bildindex,Befunde,Verlauf,Patient,Alter,Geschlecht,Projektion,Breite,Hoehe,x,y", *ROWS),
    "an age that is none": (HEADER, ROWS[0].replace(",57,", ",old,")),
    "an empty file": (),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_table_is_told_and_nothing_written(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = written(tmp_path, *BROKEN[case])
    assert described(labels, tmp_path / "report") == 4
    assert "labels.csv" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["labels.csv"]


def test_a_table_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert described(tmp_path / "none.csv", tmp_path / "report") == 4
    assert "none.csv" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [["nih"], ["elsewhere", "--labels", "x"], ["csv", "--labels", "x", "--column", "label"]]
)
def test_wrong_usage_is_told(arguments: list[str], tmp_path: Path) -> None:
    assert main(["describe", *arguments, "--out", str(tmp_path / "report")]) == 2
    assert list(tmp_path.iterdir()) == []


def test_medmnist_is_one_archive(tmp_path: Path) -> None:
    archive = tmp_path / "toy.npz"
    sets = {"train": 6, "val": 2, "test": 2}
    arrays = {f"{name}_images": np.zeros((n, 28, 28), np.uint8) for name, n in sets.items()}
    np.savez(archive, **arrays, **{f"{name}_labels": np.arange(n)[:, None] % 2 for name, n in sets.items()})
    out = tmp_path / "report"
    assert main(["describe", "medmnist", "--labels", str(archive), "--out", str(out)]) == 0
    assert json.loads((out / "cohort.json").read_text(encoding="utf-8"))["people"]["films"] == 10
    assert main(["describe", "medmnist", "--images", str(tmp_path), "--out", str(tmp_path / "other")]) == 2


def test_a_failure_while_writing_leaves_nothing(labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wetread.cohort import Cohort

    def full(_: object, figures: object = None) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Cohort, "to_html", full)
    assert described(labels, tmp_path / "report") == 2
    assert [file.name for file in tmp_path.iterdir()] == ["labels.csv"]
