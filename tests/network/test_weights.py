"""Where weights come from, what is said where they cannot be had, and that a wrong file is never used."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
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
            begun = OFFICIAL[name].name.removesuffix(".pth").rpartition("-")[2]
            assert len(begun) == 8
            assert re.fullmatch(rf"{begun}[0-9a-f]{{56}}", OFFICIAL[name].digest or "")
            assert OFFICIAL[name].size is not None
        else:
            assert imagenet_weights(name).suffix == ".pth"


@pytest.mark.parametrize("name", sorted(OFFICIAL))
def test_without_a_place_the_message_says_what_to_do(name: str) -> None:
    with pytest.raises(ConfigError, match=f"no ImageNet weights for {name}: .*Set weights in .* to a folder") as error:
        build(NetworkSpec(name))
    assert OFFICIAL[name].url in str(error.value)


# Nothing listens there.
NOWHERE = "http://127.0.0.1:9/"


def test_without_a_network_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OFFICIAL, "resnet50", replace(OFFICIAL["resnet50"], url=f"{NOWHERE}resnet50.pth"))
    place = tmp_path / "weights"
    with pytest.raises(ConfigError, match=r"no ImageNet weights for resnet50: .*Fetch http.* put the file into"):
        build(NetworkSpec("resnet50", weights=str(place)))
    assert list(place.iterdir()) == []


def test_an_official_file_in_the_folder_is_used_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"as published"
    checksum = f"sha256:{hashlib.sha256(content).hexdigest()}"
    monkeypatch.setitem(OFFICIAL, "vgg16", Remote("vgg16-1.pth", f"{NOWHERE}vgg16-1.pth", len(content), checksum))
    path = tmp_path / "vgg16-1.pth"
    path.write_bytes(content)
    assert imagenet_weights("vgg16", str(tmp_path)) == path
    path.write_bytes(b"as_published")
    with pytest.raises(IntegrityError, match=r"vgg16-1\.pth is there and is not the published file"):
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
