"""A bundle on disk: `model.onnx`, `card.json`, `selftest.npz`, and `manifest.json` with the SHA-256 of each.

The manifest's own hash names the bundle in every reading. Loading checks all hashes; `verify` also replays the
self-test, the answers that the network gave when it was released.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wetread.bundle.card import ModelCard
from wetread.bundle.engine import EngineName
from wetread.bundle.proof import Proven, opened, replayed, write

__all__ = ["Bundle", "load", "save", "verify"]


@dataclass(frozen=True, eq=False)
class Bundle(Proven[ModelCard]):
    """A released model, its hashes checked; parameters as of `wetread.bundle.proof.Proven`."""


def save(
    folder: Path, card: ModelCard, model: bytes, films: NDArray[np.uint8], *, engine: EngineName = "openvino"
) -> Bundle:
    """Write a bundle, recording the network's answers on `films` as its self-test.

    Parameters
    ----------
    folder
        Made if missing; the four files in it are replaced.
    model
        An ONNX file with input `film` (n, 1, height, width) and outputs `logit` (n, outputs) and `map`.
    films
        uint8 (n, height, width), prepared synthetic films for the self-test, never a patient's.

    Raises
    ------
    AlteredError
        If `model` is no such network.
    """
    write(folder, card, model, films, engine)
    return load(folder)


def load(folder: Path, *, engine: EngineName = "openvino", threads: int | None = None) -> Bundle:
    """Open a bundle and check the hash of every file.

    Parameters
    ----------
    folder
        Where it lies.
    engine, threads
        As for `wetread.bundle.engine.start`.

    Raises
    ------
    AlteredError
        If a file is missing, differs from its hash, or the card cannot be read.
    """
    card, sha256, network, _ = opened(folder, ModelCard.from_json)
    return Bundle(folder, card, sha256, network, engine, threads)


def verify(folder: Path, *, engine: EngineName = "openvino") -> float:
    """Check every hash and replay the self-test; the largest difference from the recorded answers.

    Raises
    ------
    AlteredError, SelfTestError
        If a file changed; if the network answers otherwise here than when it was released.
    """
    card, sha256, network, selftest = opened(folder, ModelCard.from_json)
    return replayed(Bundle(folder, card, sha256, network, engine), selftest)
