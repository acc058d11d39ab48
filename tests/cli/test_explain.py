"""`wetread explain`: what an object holds, for a human; whose it is only where it is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clinical.conftest import reading, refused
from clinical.objects import WHEN
from clinical.sources import made
from wetread.cli import main
from wetread.clinical import kinds
from wetread.clinical.kinds import KINDS
from wetread.inference.reading import Reading

Capture = pytest.CaptureFixture[str]


def written(folder: Path, name: str, told: Reading) -> Path:
    path = folder / f"{name}{KINDS[name].suffix}"
    path.write_bytes(kinds.encode(KINDS[name].build(told, made("latin-1"), when=WHEN)))
    return path


@pytest.mark.requirement("REQ-EXPLAIN")
def test_objects_are_told_without_saying_whose_they_are(tmp_path: Path, capsys: Capture) -> None:
    files = [str(written(tmp_path, name, reading())) for name in ("sr", "fhir", "hl7")]
    assert main(["explain", *files]) == 0
    out, err = capsys.readouterr()
    assert [line for line in out.splitlines() if not line.startswith(" ")] == [
        f"{files[0]}: DICOM Comprehensive 3D SR Storage",
        f"{files[1]}: FHIR R4B transaction",
        f"{files[2]}: HL7 2.5.1 ORU R01 ORU_R01, processing id P",
    ]
    assert out.count("  study 1.2.3.4.2\n") == 3
    assert out.count("Probability: 0.41") == 3
    assert out.count("shown with --identity") == 3
    assert not any(word in out for word in ("Müller", "P-17", "19500101", "1950-01-01"))
    assert err == ""


def test_whose_it_is_is_told_where_it_is_asked_for(tmp_path: Path, capsys: Capture) -> None:
    assert main(["explain", "--identity", str(written(tmp_path, "hl7", refused()))]) == 0
    out = capsys.readouterr().out
    assert "  whose: name: Müller Jürgen\n" in out
    assert "  whose: identifier: P-17\n" in out
    assert "shown with --identity" not in out
    assert "Not processed" in out


@pytest.mark.requirement("REQ-EXPLAIN")
def test_a_stranger_is_4_and_the_others_are_still_told(tmp_path: Path, capsys: Capture) -> None:
    stranger = tmp_path / "other.txt"
    stranger.write_text("Pneumonia: Present")
    assert main(["explain", str(stranger), str(tmp_path), str(written(tmp_path, "hl7", reading()))]) == 4
    out, err = capsys.readouterr()
    assert "Probability: 0.41" in out
    assert "other.txt" not in out
    assert "neither DICOM nor JSON nor HL7" in err
    assert "it is a folder" in err


def test_a_missing_file_is_wrong_usage(tmp_path: Path, capsys: Capture) -> None:
    assert main(["explain", str(tmp_path / "none.dcm")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "cannot be opened" in err


def test_a_file_larger_than_any_result_is_not_opened(tmp_path: Path, capsys: Capture) -> None:
    huge = tmp_path / "huge.dcm"
    with huge.open("wb") as file:
        os.truncate(file.fileno(), (256 << 20) + 1)
    assert main(["explain", str(huge)]) == 4
    assert "larger than 256 MiB" in capsys.readouterr().err


@pytest.mark.requirement("REQ-TEXT-STAYS-TEXT")
def test_nothing_steers_the_terminal(tmp_path: Path, capsys: Capture) -> None:
    path = written(tmp_path, "hl7", reading())
    path.write_bytes(path.read_bytes().replace(b"Read: pneumonia", b"Read: \x1b[2J"))
    assert main(["explain", str(path)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert r"Read: \x1b[2J" in out
