"""`wetread extract`: what it prints, and its exit status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from cli.conftest import patient_film
from wetread import phantom
from wetread.cli import main


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    phantom.write(patient_film(1, PatientName="Planted^Name"), folder / "Planted.dcm")
    return folder


def extracted(archive: Path, out: Path, *more: str) -> int:
    return main(["extract", str(archive), str(out), "--size", "64", "--workers", "1", *more])


def test_a_clean_archive_is_0(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "set"
    assert extracted(archive, out) == 0
    told = capsys.readouterr()
    assert told.out.startswith("1 files: 1 written\n")
    assert "a key was made" in told.err
    assert "Planted" not in told.out + told.err
    assert extracted(archive, out, "--json") == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["resumed"] == 1
    assert told.err == ""


def test_refused_is_3_and_unreadable_is_4(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    phantom.write(patient_film(2, BurnedInAnnotation="YES"), archive / "2.dcm")
    assert extracted(archive, tmp_path / "aside") == 3
    (archive / "2.dcm").unlink()
    phantom.write(patient_film(2, BodyPartExamined="KNEE", AnatomicRegionSequence=[]), archive / "2.dcm")
    assert extracted(archive, tmp_path / "refused") == 3
    (archive / "letter.txt").write_text("no film")
    assert extracted(archive, tmp_path / "both") == 4
    assert "1 written, 1 refused, 1 not readable" in capsys.readouterr().out


def test_the_source_map_is_kept_beside_the_key(archive: Path, tmp_path: Path) -> None:
    key = tmp_path / "safe" / "my.key"
    assert extracted(archive, tmp_path / "set", "--key", str(key), "--source-map") == 0
    assert pl.read_parquet(key.with_name("source_map.parquet"))["file"].to_list() == ["Planted.dcm"]
    assert not list((tmp_path / "set").rglob("source_map*"))


@pytest.mark.parametrize(
    "more", [["--size", "4"], ["--bits", "12"], ["--films", "some"], ["--workers", "0"], ["--key", "{out}/key"]]
)
def test_wrong_usage_is_2_and_leaves_no_picture(more: list[str], archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    assert extracted(archive, out, *[word.format(out=out) for word in more]) == 2
    assert not list(tmp_path.rglob("*.png"))


def test_a_damaged_journal_is_5(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "set"
    assert extracted(archive, out) == 0
    with (out / "journal.jsonl").open("ab") as journal:
        journal.write(b"damaged\n")
    assert extracted(archive, out) == 5
    assert "line 3" in capsys.readouterr().err
    shutil.rmtree(out)
    assert extracted(archive, out) == 0, "the same key serves a new set"
