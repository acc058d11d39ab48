"""A bundle on disk: what was saved is what is loaded, and nothing else is."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import toy
from wetread.bundle import Bundle, load, save, verify
from wetread.errors import AlteredError, SelfTestError

FILES = ("card.json", "manifest.json", "model.onnx", "selftest.npz")
Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def copy(toy_bundle: Bundle, tmp_path: Path) -> Path:
    return Path(shutil.copytree(toy_bundle.folder, tmp_path / "copy"))


def reseal(folder: Path, change: Change | None = None) -> None:
    """Give a changed bundle a manifest that agrees with it, as somebody might who wants it to pass."""
    manifest = json.loads((folder / "manifest.json").read_text())
    for name in manifest["sha256"]:
        manifest["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    if change:
        change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_what_was_saved_is_loaded(toy_bundle: Bundle) -> None:
    assert sorted(file.name for file in toy_bundle.folder.iterdir()) == sorted(FILES)
    assert toy_bundle.card == toy.card()
    assert toy_bundle.network == toy.network()
    assert toy_bundle.sha256 == hashlib.sha256((toy_bundle.folder / "manifest.json").read_bytes()).hexdigest()
    assert verify(toy_bundle.folder) <= 1e-6


def test_saving_again_replaces(copy: Path) -> None:
    again = toy.bundle(copy, version="0.0.2")
    assert again.card.version == load(copy).card.version == "0.0.2"


@pytest.mark.requirement("REQ-ALTERED")
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
def test_one_flipped_bit_is_seen(copy: Path, toy_bundle: Bundle, name: str, place: float) -> None:
    content = bytearray((copy / name).read_bytes())
    content[int(place * len(content))] ^= 1
    (copy / name).write_bytes(content)
    if name == "manifest.json" and (opened := tolerated(copy)) is not None:
        assert opened.sha256 != toy_bundle.sha256, "a bit of its layout: then it is another bundle by its hash"
        return
    with pytest.raises(AlteredError, match="copy") as caught:
        load(copy)
    assert caught.value.exit_status == 5


def tolerated(folder: Path) -> Bundle | None:
    try:
        return load(folder)
    except AlteredError:
        return None


@pytest.mark.requirement("REQ-ALTERED")
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("check", [load, verify])
def test_a_missing_file_is_named(copy: Path, name: str, check: Callable[[Path], Any]) -> None:
    (copy / name).unlink()
    with pytest.raises(AlteredError, match=name):
        check(copy)


@pytest.mark.requirement("REQ-ALTERED")
@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_short_is_seen(copy: Path, name: str) -> None:
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(AlteredError):
        load(copy)


def without_model(manifest: dict[str, Any]) -> None:
    del manifest["sha256"]["model.onnx"]


def with_another(manifest: dict[str, Any]) -> None:
    manifest["sha256"]["other.txt"] = "0" * 64


def of_tomorrow(manifest: dict[str, Any]) -> None:
    manifest["schema"] = "wetread.bundle/2"


def under_another_name(manifest: dict[str, Any]) -> None:
    manifest["name"] = "adult"


def of_another_version(manifest: dict[str, Any]) -> None:
    manifest["version"] = "9.9"


def with_hashes_of_numbers(manifest: dict[str, Any]) -> None:
    manifest["sha256"] = 3


CHANGES = [without_model, with_another, of_tomorrow, under_another_name, of_another_version, with_hashes_of_numbers]


@pytest.mark.requirement("REQ-ALTERED")
@pytest.mark.parametrize("change", CHANGES)
def test_a_manifest_that_says_something_else_is_refused(copy: Path, change: Change) -> None:
    reseal(copy, change)
    with pytest.raises(AlteredError, match="manifest"):
        load(copy)


@pytest.mark.parametrize("content", ["[]", "3", '{"schema": "wetread.bundle/1"}', "no json", ""])
def test_what_is_no_manifest_is_refused(copy: Path, content: str) -> None:
    (copy / "manifest.json").write_text(content)
    with pytest.raises(AlteredError, match="manifest"):
        load(copy)


@pytest.mark.parametrize("content", ["[]", "no json", "{}"])
def test_a_card_that_cannot_be_read_is_refused(copy: Path, content: str) -> None:
    (copy / "card.json").write_text(content)
    reseal(copy)
    with pytest.raises(AlteredError, match="card"):
        load(copy)


@pytest.mark.requirement("REQ-SELF-TEST")
def test_a_network_that_answers_otherwise_fails_its_self_test(copy: Path) -> None:
    """The hashes agree, the answers do not: a machine, an engine or a bundle that must not read."""
    (copy / "model.onnx").write_bytes(toy.network(gain=toy.GAIN * 1.5))
    reseal(copy)
    load(copy)
    with pytest.raises(SelfTestError, match="off by") as caught:
        verify(copy)
    assert caught.value.exit_status == 5


@pytest.mark.requirement("REQ-SELF-TEST")
@pytest.mark.parametrize("drift", [2e-3, float("nan")])
def test_a_drift_beyond_the_tolerance_fails(copy: Path, drift: float) -> None:
    recorded = dict(np.load(copy / "selftest.npz"))
    recorded["maps"][1, 0, 2, 2] += np.float32(drift)
    np.savez(copy / "selftest.npz", **recorded)
    reseal(copy)
    with pytest.raises(SelfTestError):
        verify(copy)


@pytest.mark.requirement("REQ-SELF-TEST")
def test_a_drift_within_the_tolerance_is_told(copy: Path) -> None:
    recorded = dict(np.load(copy / "selftest.npz"))
    recorded["logits"] = recorded["logits"] + np.float32(5e-4)
    np.savez(copy / "selftest.npz", **recorded)
    reseal(copy)
    assert verify(copy) == pytest.approx(5e-4, rel=1e-3)


def test_answers_of_another_shape_fail(copy: Path) -> None:
    recorded = dict(np.load(copy / "selftest.npz"))
    recorded["maps"] = recorded["maps"][:, :, :1]
    np.savez(copy / "selftest.npz", **recorded)
    reseal(copy)
    with pytest.raises(SelfTestError):
        verify(copy)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"nothing"])
def test_a_self_test_that_cannot_be_read_is_refused(copy: Path, content: bytes) -> None:
    (copy / "selftest.npz").write_bytes(content)
    reseal(copy)
    with pytest.raises(AlteredError, match="self-test"):
        verify(copy)


@pytest.mark.requirement("REQ-ALTERED")
def test_a_file_changed_after_loading_does_not_run(copy: Path) -> None:
    bundle = load(copy)
    (copy / "model.onnx").write_bytes(toy.network(gain=3))
    film = np.ones((1, 1, toy.SPEC.height, toy.SPEC.width), np.float32)
    assert bundle.engine.run(film)[0] == pytest.approx(toy.GAIN * (1 - toy.MIDDLE), abs=1e-5)


def test_a_network_started_in_the_background_is_the_same(copy: Path) -> None:
    bundle = load(copy)
    bundle.warm()
    bundle.warm()
    assert bundle.engine is bundle.engine


def test_what_fails_in_the_background_fails_where_it_is_used(copy: Path) -> None:
    (copy / "model.onnx").write_bytes(b"no network")
    reseal(copy)
    bundle = load(copy)
    bundle.warm()
    with pytest.raises(AlteredError, match="no network"):
        _ = bundle.engine


def test_nothing_is_written_where_the_network_cannot_run(tmp_path: Path) -> None:
    with pytest.raises(AlteredError):
        save(tmp_path / "none", toy.card(), b"no network", toy.selftest_films())
    assert not (tmp_path / "none").exists()
