"""A bundle on disk: `model.onnx`, `card.json`, `selftest.npz`, and `manifest.json` with the SHA-256 of each.

The manifest's own hash names the bundle in every reading. Loading checks all hashes; `verify` also replays the
self-test, the answers that the network gave when it was released.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wetread.bundle.card import ModelCard
from wetread.bundle.engine import Engine, EngineName, start
from wetread.errors import AlteredError, SelfTestError

__all__ = ["Bundle", "load", "save", "verify"]

_FILES = ("card.json", "model.onnx", "selftest.npz")
_MANIFEST_SCHEMA = "wetread.bundle/1"


@dataclass(frozen=True, eq=False)
class Bundle:
    """A released model, its hashes checked.

    `sha256` is the hash of its manifest, and so of every file in it.
    """

    folder: Path
    card: ModelCard
    sha256: str
    engine_name: EngineName = "openvino"

    @cached_property
    def engine(self) -> Engine:
        """The running network; started at the first film that needs it, so that refusals cost nothing."""
        return start(self.folder / "model.onnx", self.engine_name)


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
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model)
    logits, maps = start(folder / "model.onnx", engine).run(_batch(films))
    np.savez_compressed(folder / "selftest.npz", films=films, logits=logits, maps=maps)
    (folder / "card.json").write_text(json.dumps(card.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    manifest = {
        "schema": _MANIFEST_SCHEMA,
        "name": card.name,
        "version": card.version,
        "sha256": {name: _sha256(folder / name) for name in _FILES},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return load(folder)


def load(folder: Path, *, engine: EngineName = "openvino") -> Bundle:
    """Open a bundle and check the hash of every file.

    Raises
    ------
    AlteredError
        If a file is missing, differs from its hash, or the card cannot be read.
    """
    manifest_file = folder / "manifest.json"
    try:
        raw = manifest_file.read_bytes()
        hashes = dict(json.loads(raw)["sha256"])
        if set(hashes) != set(_FILES):
            raise AlteredError(f"the manifest of bundle {folder.name} names {sorted(hashes)}, not {list(_FILES)}")
        for name in _FILES:
            if _sha256(folder / name) != hashes[name]:
                raise AlteredError(
                    f"{name} of bundle {folder.name} is not the file that was released. Install the bundle again."
                )
        plain = json.loads((folder / "card.json").read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AlteredError(
            f"bundle {folder.name} cannot be opened ({type(error).__name__}): {error}. Install it again."
        ) from error
    return Bundle(folder, ModelCard.from_json(plain), hashlib.sha256(raw).hexdigest(), engine)


def verify(folder: Path, *, engine: EngineName = "openvino") -> float:
    """Check every hash and replay the self-test; the largest difference from the recorded answers.

    Raises
    ------
    AlteredError, SelfTestError
        If a file changed; if the network answers otherwise here than when it was released.
    """
    bundle = replace(load(folder), engine_name=engine)
    recorded = np.load(folder / "selftest.npz", allow_pickle=False)
    logits, maps = bundle.engine.run(_batch(recorded["films"]))
    difference = max(float(np.abs(logits - recorded["logits"]).max()), float(np.abs(maps - recorded["maps"]).max()))
    if not difference <= bundle.card.selftest_tolerance:
        raise SelfTestError(
            f"bundle {bundle.card.name} answers differently here ({engine}): off by {difference:.2g}, allowed {bundle.card.selftest_tolerance:.2g}. Do not use it on this machine."
        )
    return difference


def _batch(films: NDArray[np.uint8]) -> NDArray[np.float32]:
    batch: NDArray[np.float32] = films[:, None].astype(np.float32) / np.float32(255)
    return batch


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
