"""What every released network has in common: a folder whose files are hashed, and that repeats its own self-test.

A folder holds `model.onnx`, `card.json`, `selftest.npz`, and `manifest.json` with the SHA-256 of each. The manifest's
own hash names what was released. Which card it holds is the caller's matter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from wetread.bundle.engine import Engine, EngineName, start
from wetread.errors import AlteredError, SelfTestError

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["Card", "Proven", "opened", "replayed", "write"]

_FILES = ("card.json", "model.onnx", "selftest.npz")
_MANIFEST_SCHEMA = "wetread.bundle/1"


class Card(Protocol):
    """What is asked of any card."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> str: ...  # noqa: D102
    @property
    def selftest_tolerance(self) -> float: ...  # noqa: D102
    def to_json(self) -> dict[str, Any]: ...  # noqa: D102


C = TypeVar("C", bound=Card)


@dataclass(frozen=True, eq=False)
class Proven(Generic[C]):
    """A released network, its hashes checked.

    Parameters
    ----------
    folder
        Where it was opened.
    card
        How to feed it, read it, and trust it.
    sha256
        Hash of its manifest, and so of every file in it.
    network
        The ONNX file's bytes, as they were hashed: a file that is changed later is not what runs.
    engine_name, threads
        What runs it, and on how many processors at a time (None: all).
    """

    folder: Path
    card: C
    sha256: str
    network: bytes = field(repr=False)
    engine_name: EngineName = "openvino"
    threads: int | None = None

    @cached_property
    def engine(self) -> Engine:
        """The running network; started at the first film that needs it, so that refusals cost nothing.

        Raises
        ------
        AlteredError, ConfigError
            As `wetread.bundle.engine.start`.
        """
        return self._starting.result()

    def warm(self) -> None:
        """Start the network in the background: it is ready, or nearly so, when the film is decoded."""
        _ = self._starting

    @cached_property
    def _starting(self) -> Future[Engine]:
        from concurrent.futures import ThreadPoolExecutor

        executor = ThreadPoolExecutor(1, thread_name_prefix="wetread-engine")
        future = executor.submit(start, self.network, self.engine_name, threads=self.threads)
        executor.shutdown(wait=False)
        return future


def write(folder: Path, card: Card, model: bytes, films: NDArray[np.uint8], engine: EngineName) -> None:
    """Write a folder, recording the network's answers on `films` (uint8, (n, height, width)) as its self-test.

    Raises
    ------
    AlteredError
        If `model` is no network from `film` to `logit` and `map`.
    """
    logits, maps = start(model, engine).run(_batch(films))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model)
    np.savez_compressed(folder / "selftest.npz", films=films, logits=logits, maps=maps)
    (folder / "card.json").write_text(json.dumps(card.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    manifest = {
        "schema": _MANIFEST_SCHEMA,
        "name": card.name,
        "version": card.version,
        "sha256": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in _FILES},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def opened(folder: Path, card_of: Callable[[Any], C]) -> tuple[C, str, bytes, bytes]:
    """Card, hash, network and self-test of a folder, each file read once: what is hashed is what is used.

    Raises
    ------
    AlteredError
        If a file is missing, differs from its hash, or the card cannot be read.
    """
    try:
        manifest = (folder / "manifest.json").read_bytes()
        plain = json.loads(manifest)
        schema, hashes = plain.get("schema"), dict(plain["sha256"])
        files = {name: (folder / name).read_bytes() for name in _FILES}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        told = error.strerror if isinstance(error, OSError) else "its manifest cannot be understood"
        at = f": {Path(error.filename).name}" if isinstance(error, OSError) and error.filename else ""
        raise AlteredError(f"bundle {folder.name} cannot be opened ({told}{at}). Install it again.") from error
    if schema != _MANIFEST_SCHEMA or set(hashes) != set(_FILES):
        raise AlteredError(
            f"the manifest of bundle {folder.name} is not one that this version reads ({_MANIFEST_SCHEMA} with hashes of "
            f"{', '.join(_FILES)}). Install the bundle again, or the version of wetread that it was made for."
        )
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != hashes[name]:
            raise AlteredError(
                f"{name} of bundle {folder.name} is not the file that was released. Install the bundle again."
            )
    card = _card(files["card.json"], folder.name, card_of)
    if (card.name, card.version) != (plain.get("name"), plain.get("version")):
        raise AlteredError(
            f"manifest and card of bundle {folder.name} name different models: {plain.get('name')} "
            f"{plain.get('version')} and {card.name} {card.version}. Install the bundle again."
        )
    return card, hashlib.sha256(manifest).hexdigest(), files["model.onnx"], files["selftest.npz"]


def _card(content: bytes, name: str, card_of: Callable[[Any], C]) -> C:
    try:
        plain = json.loads(content)
    except ValueError as error:
        raise AlteredError(f"the card of bundle {name} is no JSON. Install the bundle again.") from error
    return card_of(plain)


def replayed(bundle: Proven[Any], selftest: bytes) -> float:
    """Run the self-test again; the largest difference from the recorded answers.

    Raises
    ------
    AlteredError, SelfTestError
        If the recording cannot be read; if the network answers otherwise here than when it was released.
    """
    try:
        with np.load(BytesIO(selftest), allow_pickle=False) as recorded:
            films, logits, maps = (recorded[name] for name in ("films", "logits", "maps"))
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise AlteredError(
            f"the self-test of bundle {bundle.folder.name} cannot be read ({type(error).__name__}). "
            "Install the bundle again."
        ) from error
    answers = bundle.engine.run(_batch(films))
    difference = float(np.max([_difference(*pair) for pair in zip(answers, (logits, maps), strict=True)]))
    if not difference <= bundle.card.selftest_tolerance:  # also false for NaN
        raise SelfTestError(
            f"bundle {bundle.card.name} answers differently here ({bundle.engine_name}): off by {difference:.2g}, "
            f"allowed {bundle.card.selftest_tolerance:.2g}. Do not use it on this machine."
        )
    return difference


def _batch(films: NDArray[np.uint8]) -> NDArray[np.float32]:
    batch: NDArray[np.float32] = films[:, None].astype(np.float32) / np.float32(255)
    return batch


def _difference(answered: NDArray[np.float32], recorded: NDArray[np.float32]) -> float:
    """Largest difference; infinite where even the shapes differ."""
    return float(np.abs(answered - recorded).max()) if answered.shape == recorded.shape else float("inf")
