"""`wetread verify`: a bundle proves itself, or is not to be used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wetread.bundle import Bundle
from wetread.cli import main

Capture = pytest.CaptureFixture[str]


def altered(bundle: Bundle, folder: Path) -> Path:
    copy = Path(shutil.copytree(bundle.folder, folder / "altered"))
    content = bytearray((copy / "selftest.npz").read_bytes())
    content[100] ^= 1
    (copy / "selftest.npz").write_bytes(content)
    return copy


@pytest.mark.requirement("REQ-SELF-TEST")
@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_a_sound_bundle(toy_bundle: Bundle, capsys: Capture, engine: str) -> None:
    assert main(["verify", "--engine", engine, str(toy_bundle.folder)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"toy 0.0.1: every hash holds; the self-test repeats on {engine}")
    assert toy_bundle.sha256 in out
    assert err == ""


@pytest.mark.requirement("REQ-SELF-TEST")
def test_without_a_name_every_released_one(with_toys: Path, capsys: Capture) -> None:
    assert main(["verify"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["adult", "paediatric", "open"]


@pytest.mark.requirement("REQ-ALTERED")
def test_an_altered_bundle_is_5_and_the_others_are_still_told(
    toy_bundle: Bundle, tmp_path: Path, capsys: Capture
) -> None:
    copy = altered(toy_bundle, tmp_path)
    assert main(["verify", str(copy), str(toy_bundle.folder)]) == 5
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert err == (
        "wetread: selftest.npz of bundle altered is not the file that was released. Install the bundle again.\n"
    )


def test_what_is_no_bundle_is_2_before_any_work(toy_bundle: Bundle, tmp_path: Path, capsys: Capture) -> None:
    assert main(["verify", str(toy_bundle.folder), str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "no bundle" in err


def test_a_bundle_that_is_not_installed_is_5(
    with_toys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("wetread.bundle.released._MODELS", tmp_path)
    assert main(["verify"]) == 5
    assert "adult cannot be opened" in capsys.readouterr().err
