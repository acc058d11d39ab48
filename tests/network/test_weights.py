"""Where weights come from, what is said where they cannot be had, and that a wrong file is never used."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import torch

from wetread.collections.catalogue import Remote
from wetread.errors import ConfigError, DataError, IntegrityError
from wetread.network import NetworkSpec, build, imagenet_weights
from wetread.network.spec import NAMES
from wetread.network.weights import OFFICIAL


def test_every_network_has_weights_somewhere_or_is_known_to_have_none() -> None:
    for name in set(NAMES) - {"cnn28"}:
        if name in OFFICIAL:
            assert OFFICIAL[name].url.startswith("https://download.pytorch.org/models/")
            assert OFFICIAL[name].name == OFFICIAL[name].url.rpartition("/")[2]
            assert len(OFFICIAL[name].name.removesuffix(".pth").rpartition("-")[2]) == 8
        else:
            assert imagenet_weights(name).suffix == ".pth"


@pytest.mark.parametrize("name", sorted(OFFICIAL))
def test_without_a_place_the_message_says_what_to_do(name: str) -> None:
    with pytest.raises(ConfigError, match=f"no ImageNet weights for {name}: .*Set weights in .* to a folder") as error:
        build(NetworkSpec(name))
    assert OFFICIAL[name].url in str(error.value)


def test_without_a_network_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OFFICIAL, "resnet50", Remote("resnet50-0676ba61.pth", "http://127.0.0.1:9/resnet50.pth"))
    place = tmp_path / "weights"
    with pytest.raises(
        ConfigError, match=r"no ImageNet weights for resnet50: .*Fetch http.* put the file into .*weights"
    ):
        build(NetworkSpec("resnet50", weights=str(place)))
    assert list(place.iterdir()) == []


def offered(monkeypatch: pytest.MonkeyPatch, content: bytes, digest: str) -> list[str]:
    """An official file with this content and the beginning of a checksum in its name; the list of what was fetched."""
    fetched: list[str] = []

    def fake(remote: Remote, folder: Path, **_: Any) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / remote.name
        if not path.exists():
            fetched.append(remote.name)
            path.write_bytes(content)
        return path

    name = f"vgg16-{digest}.pth"
    monkeypatch.setitem(OFFICIAL, "vgg16", Remote(name, f"https://example.org/{name}"))
    monkeypatch.setattr("wetread.network.weights.download", fake)
    return fetched


def test_a_folder_is_filled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"weights"
    fetched = offered(monkeypatch, content, hashlib.sha256(content).hexdigest()[:8])
    for _ in range(2):
        assert imagenet_weights("vgg16", str(tmp_path / "new")).read_bytes() == content
    assert len(fetched) == 1


def test_a_file_that_is_not_its_name_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = hashlib.sha256(b"something else").hexdigest()[:8]
    offered(monkeypatch, b"something else", "00000000")
    with pytest.raises(IntegrityError, match=f"SHA-256 begins with {found}, its name says 00000000"):
        imagenet_weights("vgg16", str(tmp_path))


def test_what_the_download_says_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Path:
        raise DataError("has 9 bytes and room for 3")

    monkeypatch.setattr("wetread.network.weights.download", refuse)
    with pytest.raises(ConfigError, match="densenet121: has 9 bytes and room for 3"):
        imagenet_weights("densenet121", str(tmp_path))


@pytest.mark.parametrize("name", ["efficientnet_lite0", "resnet50", "cnn28"])
def test_a_file_that_is_not_there_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "gone.pth"
    with pytest.raises(ConfigError, match=rf"no weights for {name}: .*gone\.pth is no file"):
        build(NetworkSpec(name, weights=str(path)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no weights", r"wrong\.pth cannot be read"),
        (b"", r"wrong\.pth cannot be read"),
        ([1, 2], r"wrong\.pth holds no state of a network"),
        ({"epoch": 3}, r"wrong\.pth holds no state of a network"),
        ({}, r"wrong\.pth do not fit this network"),
    ],
)
def test_a_file_that_holds_no_weights_is_refused(content: Any, message: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(ConfigError, match=message):
        build(NetworkSpec("cnn28", weights=str(path)))


def test_a_file_takes_the_place_of_a_package(tmp_path: Path) -> None:
    torch.manual_seed(0)
    own = build(NetworkSpec(pretrained=False))
    torch.save(own.state_dict(), tmp_path / "own.pt")
    started = build(NetworkSpec(weights=str(tmp_path / "own.pt")))
    assert started.started
    for one, two in zip(own.blocks.parameters(), started.blocks.parameters(), strict=True):
        assert torch.equal(one, two)


def test_weights_and_none_contradict_each_other() -> None:
    with pytest.raises(ConfigError, match=r"weights = 'a\.pt' and pretrained = false contradict each other"):
        NetworkSpec(pretrained=False, weights="a.pt")
