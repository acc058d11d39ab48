"""A tuned network and small ones fitted from nothing, each without one fold, which answer together.

Both halves are fitted apart: that of the tuned network on cached features (`wetread.training.fit`), the small ones on
films of fewer pixels (`wetread.training.small`). What is fitted is kept, named by what it depends on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wetread.errors import ConfigError
from wetread.network import build
from wetread.network.lite import EfficientNetLite, build_lite
from wetread.network.pair import Pair, mixed, reduced
from wetread.network.probe import build_probe
from wetread.network.small import Committee, SmallNetwork
from wetread.preprocess import prepare_pixels
from wetread.training.augment import Augmentation
from wetread.training.config import TrainConfig
from wetread.training.films import FilmSet, pictures
from wetread.training.fit import Answers, Tail
from wetread.training.small.changes import changed, framed, stretched, uneven
from wetread.training.small.fitting import fit
from wetread.training.small.settings import BesideSettings
from wetread.training.whole_file import write_whole

__all__ = ["Paired", "built"]

_AT_ONCE = 256
Frames = NDArray[np.uint8]
Ints = NDArray[np.int64]


def built(config: TrainConfig, outputs: int = 1) -> nn.Module:
    """The network of a recipe of any method, without weights, in evaluation mode."""
    spec = replace(config.network, outputs=outputs, pretrained=False, weights="")
    if config.fit.method == "probe":
        return build_probe(spec).eval()
    if config.fit.method == "tail":
        return build(spec).eval()
    small = _settings(config)
    members = [SmallNetwork(small.width, small.dropout, small.blocks) for _ in range(small.members)]
    return Pair(build_lite(spec), Committee(members), small.side, small.weight).eval()


class Paired:
    """Fits and scores pairs on the films of one set; what they need is computed once and kept in `folder`.

    Parameters
    ----------
    fold
        int64 (films,): each film's fold. The network of all films holds small networks of which each was fitted without one.
    """

    def __init__(self, config: TrainConfig, films: FilmSet, folder: Path, fold: Ints) -> None:
        self._config, self._films, self._folder, self._fold = config, films, folder, fold
        self._tail = Tail(config, films, folder)
        self._frames: Frames | None = None

    def fit(self, places: Ints, seed: int) -> Pair:
        """The tuned network fitted on the films at `places`, with small networks of which each was fitted without a fold."""
        small, first = _settings(self._config), self._config.fit.seed
        members = [self._small(places[self._fold[places] != held], first + held) for held in range(small.members)]
        return Pair(self._tuned_network(places, seed), Committee(members), small.side, small.weight).eval()

    def score(self, inside: Ints, outside: Ints, seed: int) -> Answers:
        """Logits and maps of the films `outside`, from one tuned and one small network fitted on those `inside`."""
        small = _answers(self._small(inside, seed), self._small_films()[outside])
        tuned = self._tuned(inside, outside, seed)
        logits, maps = mixed(_tensors(tuned), _tensors(small), _settings(self._config).weight)
        return logits.numpy(), maps.numpy()

    def _tuned(self, inside: Ints, outside: Ints, seed: int) -> Answers:
        """What the tuned network answers, kept apart: the small one may be changed without fitting it again."""
        about = [*self._about_tuned(), [self._films.names[place] for place in outside]]
        path = self._path("tuned", about, inside, seed).with_suffix(".npz")
        if not path.exists():
            logits, maps = self._tail.score(inside, outside, seed)
            write_whole(path, partial(np.savez, logits=logits, maps=maps))
        with np.load(path) as kept:
            return kept["logits"], kept["maps"]

    def _tuned_network(self, places: Ints, seed: int) -> EfficientNetLite:
        """The tuned network itself, kept in the same way."""
        path = self._path("tuned", self._about_tuned(), places, seed)
        if not path.exists():
            write_whole(path, partial(torch.save, self._tail.fit(places, seed).state_dict()))
        network = build_lite(replace(self._config.network, pretrained=False, weights=""))
        network.load_state_dict(torch.load(path, weights_only=True))
        return network.eval()

    def _about_tuned(self) -> list[object]:
        how = asdict(self._config.fit)
        parts = [how[name] for name in ("epochs", "batch", "learning_rate", "weight_decay", "first_trained")]
        return [self._tail.key, asdict(self._config.network), parts]

    def _small(self, places: Ints, seed: int) -> SmallNetwork:
        config, how = self._config, _settings(self._config)
        changes = config.small_augmentation or Augmentation()
        parts = asdict(how)
        del parts["weight"], parts["members"]
        path = self._path("small", [parts, asdict(changes), config.input.sha256()], places, seed)
        if not path.exists():
            frames, labels = self._small_films()[places], self._films.labels[places, 0].astype(np.int64)

            def change(films: Tensor, rng: np.random.Generator) -> Tensor:
                moved = uneven(changed(films, changes, rng), how.uneven, rng)
                return framed(stretched(moved, config.input.percentiles), how.framed, rng)

            network = fit(how, change, frames, labels, seed=seed, blocks=how.blocks)
            write_whole(path, partial(torch.save, network.state_dict()))
        network = SmallNetwork(how.width, how.dropout, how.blocks)
        network.load_state_dict(torch.load(path, weights_only=True))
        return network.eval()

    def _path(self, kind: str, parts: Sequence[object], places: Ints, seed: int) -> Path:
        films = [[self._films.names[place], float(self._films.labels[place, 0])] for place in places]
        told = json.dumps([parts, films, seed], sort_keys=True)
        return self._folder / f"{kind}-{hashlib.sha256(told.encode()).hexdigest()[:16]}.pt"

    def _small_films(self) -> Frames:
        """Prepared films in the small frame, uint8 (films, side, side)."""
        if self._frames is None:
            side = _settings(self._config).side
            told = json.dumps([self._config.input.sha256(), side, self._films.names])
            path = self._folder / f"frames-{hashlib.sha256(told.encode()).hexdigest()[:16]}.npy"
            if not path.exists():
                shown = (prepare_pixels(picture, self._config.input) for picture in pictures(self._films.paths))
                small = [reduced(torch.from_numpy(frame)[None], side)[0, 0].numpy() for frame in shown]
                frames = np.rint(np.stack(small) * 255).astype(np.uint8)
                write_whole(path, partial(_saved, frames))
            self._frames = np.load(path)
        return self._frames


def _settings(config: TrainConfig) -> BesideSettings:
    if config.small is None:
        raise ConfigError(f"{config.name}: method pair needs the part [small]")
    return config.small


@torch.no_grad()
def _answers(network: nn.Module, frames: Frames) -> Answers:
    """Logits (films, 1) and maps (films, 1, rows, columns) of films as they are."""
    found = [
        network(torch.from_numpy(frames[start : start + _AT_ONCE, None].astype(np.float32)) / 255)
        for start in range(0, len(frames), _AT_ONCE)
    ]
    logits, maps = (torch.cat(part).numpy() for part in zip(*found, strict=True))
    return logits, maps


def _tensors(answers: Answers) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(answers[0]), torch.from_numpy(answers[1])


def _saved(frames: Frames, path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, frames)
