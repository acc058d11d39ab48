"""Features of the gate's pictures, made and thrown away one after another: only the features are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wetread.bundle.engine import Engine, start
from wetread.inference.gate import KINDS, prepared
from wetread.training.exporting import to_onnx
from wetread.training.gate_films import PARTS, Film, frontal, loaded, make
from wetread.training.gate_network import GateNetwork

__all__ = ["Features", "Job", "gather"]

Float16 = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Job:
    """One picture to make: number `number` of `part`, or copy `number` of film `film` (copy 0 is the film itself)."""

    part: str
    number: int
    film: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Features (n, channels, 5, 5) and kinds (n,) of pictures, and features of the frontal ones' mirror images."""

    features: Float16
    kinds: NDArray[np.int64]
    mirrored: Float16


class _Trunk(nn.Module):
    """The frozen part alone, with the names of the engine's seam."""

    def __init__(self, network: GateNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.network.features(x)
        return features.mean(dim=(2, 3)), features


def jobs(films: list[Film], copies: dict[str, int], counts: dict[str, int]) -> list[Job]:
    """Every film, its copies, and the pictures of every part."""
    made = [
        Job("frontal", copy, place)
        for place, film in enumerate(films)
        for copy in range(1 + copies[film.collection])
        if film.upright
    ]
    return made + [Job(part, number) for part in PARTS for number in range(counts[part])]


_worker: dict[str, Any] = {}


def _begin(model: bytes, films: list[Film], seed: int) -> None:
    torch.set_num_threads(1)
    _worker.update(engine=start(model, threads=1), films=films, seed=seed)


def _done(job: Job) -> tuple[Float16, Float16 | None]:
    engine: Engine = _worker["engine"]
    films: list[Film] = _worker["films"]
    if job.film < 0:
        kept = [film for film in films if film.upright]
        return _seen(engine, prepared(make(_worker["seed"], job.part, job.number, kept))), None
    film = loaded(films[job.film].path)
    rng = np.random.default_rng([_worker["seed"], 1, job.film, job.number])
    frame = prepared(np.ascontiguousarray(frontal(rng, film) if job.number else film, np.float32))
    return _seen(engine, frame), _seen(engine, np.ascontiguousarray(frame[:, :, ::-1]))


def _seen(engine: Engine, frame: NDArray[np.float32]) -> Float16:
    _, features = engine.run(frame[None])
    half: Float16 = features[0].astype(np.float16)
    return half


def gather(films: list[Film], copies: dict[str, int], counts: dict[str, int], *, seed: int, processes: int) -> Features:
    """Make every picture and keep what the frozen network sees in it.

    Parameters
    ----------
    films
        Real frontal films; those that the eye saw otherwise are left out.
    copies, counts
        Changed copies of each film by collection, and pictures of each part.
    seed, processes
        The seed of all of it, and how many processors to use; the features do not depend on the latter.
    """
    with TemporaryDirectory() as folder:
        model = Path(folder) / "trunk.onnx"
        to_onnx(_Trunk(GateNetwork().eval()), torch.zeros(2, 1, 160, 160), model)
        content = model.read_bytes()
    todo = jobs(films, copies, counts)
    found: list[tuple[Float16, Float16 | None]] = list(_run(todo, content, films, seed, processes))
    kinds = np.array([KINDS.index("frontal" if job.film >= 0 else PARTS[job.part][0]) for job in todo], np.int64)
    return Features(
        np.stack([first for first, _ in found]),
        kinds,
        np.stack([second for _, second in found if second is not None]),
    )


def _run(
    todo: list[Job], model: bytes, films: list[Film], seed: int, processes: int
) -> Iterator[tuple[Float16, Float16 | None]]:
    with get_context("spawn").Pool(processes, _begin, (model, films, seed)) as pool:
        yield from pool.imap(_done, todo, chunksize=32)
