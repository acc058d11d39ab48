"""The frozen part of a network, run once: its output for each film and each augmented copy, in a file that is mapped.

Early ImageNet layers see edges and textures, which a chest film has too. Freezing them makes training some ten times
faster on a processor without an accelerator, because they hold most of the arithmetic and can run in the engine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wetread.bundle.engine import start
from wetread.network import EfficientNetLite, imagenet_weights
from wetread.network.lite import build_lite
from wetread.preprocess import prepare_pixels
from wetread.radiograph.grayscale import contract_sha256
from wetread.training.augment import Augmentation, augment
from wetread.training.config import TrainConfig
from wetread.training.exporting import to_onnx
from wetread.training.films import FilmSet, pictures

__all__ = ["stem_features", "stem_key"]

_BATCH = 16


class _Stem(nn.Module):
    """The frozen blocks, in the shape of the engine's seam: the features are its `map`, their means its `logit`."""

    def __init__(self, network: EfficientNetLite, blocks: int) -> None:
        super().__init__()
        self.network, self.blocks = network, blocks

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.network.features(x, 0, self.blocks)
        return features.mean(dim=(2, 3)), features


def stem_features(config: TrainConfig, films: FilmSet, folder: Path, *, copies: int) -> NDArray[np.float16]:
    """Features of films and of `copies` augmented copies of each: float16 (1 + copies, films, channels, rows, columns).

    Kept in `folder` under a name that holds everything it depends on, so that another run finds it again.
    """
    name = stem_key(config, films, copies)
    path = folder / f"stem-{config.name}-{name}.npy"
    if path.exists():
        return _mapped(path)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as temporary:
        model = Path(temporary) / "stem.onnx"
        _export(config, model)
        engine = start(model)
        partial = path.with_suffix(".partial.npy")
        out: np.memmap[Any, np.dtype[np.float16]] | None = None
        for first, copy, batch in _batches(config, films, copies):
            _, features = engine.run(batch)
            if out is None:
                shape = (copies + 1, len(films), *features.shape[1:])
                out = np.lib.format.open_memmap(partial, "w+", np.float16, shape)
            out[copy, first : first + len(features)] = features
    assert out is not None
    out.flush()
    partial.rename(path)
    return _mapped(path)


def _mapped(path: Path) -> NDArray[np.float16]:
    features: NDArray[np.float16] = np.load(path, mmap_mode="r")
    return features


def _batches(config: TrainConfig, films: FilmSet, copies: int) -> Iterator[tuple[int, int, NDArray[np.float32]]]:
    """Prepared films: place of the first, number of the copy (0 is the film itself), float32 (n, 1, height, width)."""
    decoded = pictures(films.paths)
    for first in range(0, len(films), _BATCH):
        batch = list(islice(decoded, _BATCH))
        for copy in range(copies + 1):
            changed = [
                picture
                if copy == 0
                else augment(
                    picture, config.augmentation, np.random.default_rng([config.fit.seed, first + place, copy])
                )
                for place, picture in enumerate(batch)
            ]
            yield first, copy, np.stack([prepare_pixels(picture, config.input) for picture in changed])


def _export(config: TrainConfig, path: Path) -> None:
    network = build_lite(config.network).eval()
    example = torch.zeros(2, 1, config.input.height, config.input.width)
    to_onnx(_Stem(network, config.fit.first_trained), example, path)


def stem_key(config: TrainConfig, films: FilmSet, copies: int) -> str:
    """Hash of all that the features depend on."""
    parts = [
        contract_sha256(),
        config.input.sha256(),
        config.network.name,
        config.fit.first_trained,
        config.fit.seed,
        copies,
        _strengths(config.augmentation) if copies else None,
        films.names,
    ]
    if config.network.weights:
        parts.append(_sha256(imagenet_weights(config.network.name, config.network.weights)))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _strengths(how: Augmentation) -> dict[str, float]:
    """What the copies depend on. A mirror image that is left out is not named, as before there was one to name."""
    return {name: value for name, value in asdict(how).items() if name != "flip" or value}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
