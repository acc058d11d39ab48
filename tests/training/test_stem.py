"""The frozen part of a network, run once and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from training.made import write_film
from wetread.network import build
from wetread.preprocess import InputSpec, prepare_pixels
from wetread.training import FilmSet, TrainConfig, load_config
from wetread.training.augment import Augmentation, augment
from wetread.training.films import pixels
from wetread.training.stem import stem_features, stem_key

pytestmark = [
    # PyTorch's exporter of this kind warns of its successor in several words, and of constants that it does not fold.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Constant folding:UserWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]


@pytest.fixture
def config(write_recipe: Callable[..., Path]) -> TrainConfig:
    return load_config(write_recipe(("first_trained = 15", "first_trained = 3")))


def made(folder: Path, n: int = 18) -> FilmSet:
    names = tuple(write_film(folder, f"{seed}.png", seed, opaque=seed % 2 == 0)["file"] for seed in range(n))
    paths = tuple(folder / name for name in names)
    return FilmSet("kermany", names, paths, names, np.zeros((n, 1), np.float32), {"file": names}, np.zeros(n, bool))


def test_features_are_the_network_s_own_for_films_and_for_copies(config: TrainConfig, tmp_path: Path) -> None:
    """More films than fit one batch, so that a film's place is its place among all."""
    films = made(tmp_path / "films")
    features = stem_features(config, films, tmp_path / "run", copies=1)
    assert features.dtype == np.float16
    assert features.shape == (2, 18, 24, 16, 16)
    network = build(config.network).eval()
    for copy in (0, 1):
        for place in (0, 15, 16, 17):
            picture = pixels(films.paths[place : place + 1])[0]
            if copy:
                rng = np.random.default_rng([config.fit.seed, place, copy])
                picture = augment(picture, config.augmentation, rng)
            with torch.no_grad():
                expected = network.features(torch.from_numpy(prepare_pixels(picture, config.input)[None]), 0, 3)[0]
            np.testing.assert_allclose(features[copy, place], expected.numpy(), atol=0.02, rtol=2e-3)


def test_features_are_found_again(config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    films = made(tmp_path / "films", 3)
    first = np.array(stem_features(config, films, tmp_path / "run", copies=0))

    def never(*_: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr("wetread.training.stem.start", never)
    np.testing.assert_array_equal(stem_features(config, films, tmp_path / "run", copies=0), first)
    assert [path.suffixes for path in (tmp_path / "run").iterdir()] == [[".npy"]], "nothing unfinished is left"
    with pytest.raises(AssertionError, match="computed again"):
        stem_features(config, films, tmp_path / "run", copies=1)


def test_the_name_of_the_file_holds_what_features_depend_on(config: TrainConfig, tmp_path: Path) -> None:
    films = made(tmp_path / "films", 3)
    base = stem_key(config, films, 1)
    one, other = tmp_path / "one.pth", tmp_path / "other.pth"
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    others = {
        "input": (replace(config, input=InputSpec(height=96, width=64)), films, 1),
        "network": (replace(config, network=replace(config.network, name="efficientnet_lite1")), films, 1),
        "cut": (replace(config, fit=replace(config.fit, first_trained=4)), films, 1),
        "seed": (replace(config, fit=replace(config.fit, seed=2)), films, 1),
        "weights": (replace(config, network=replace(config.network, weights=str(one))), films, 1),
        "other weights": (replace(config, network=replace(config.network, weights=str(other))), films, 1),
        "copies": (config, films, 2),
        "augmentation": (replace(config, augmentation=Augmentation(gamma=0.4)), films, 1),
        "films": (config, films.take(np.array([0, 1])), 1),
        "order": (config, films.take(np.array([1, 0, 2])), 1),
    }
    keys = {name: stem_key(*what) for name, what in others.items()}
    assert base not in keys.values()
    assert len(set(keys.values())) == len(keys)
    longer = replace(config, fit=replace(config.fit, epochs=50, learning_rate=1e-4))
    assert stem_key(longer, films, 1) == base, "how the rest is fitted does not touch the frozen part"
    unchanged = replace(config, augmentation=Augmentation(gamma=0.4))
    assert stem_key(unchanged, films, 0) == stem_key(config, films, 0), "without copies nothing is augmented"
