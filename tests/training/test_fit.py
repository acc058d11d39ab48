"""Fitting the trained part on cached features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from wetread.network import NetworkSpec, build
from wetread.training import TrainConfig, load_config
from wetread.training.fit import fit, predict

LAST = 15  # of the 16 blocks of lite0: 192 channels go in


@pytest.fixture
def config(write_recipe: Callable[..., Path]) -> TrainConfig:
    return load_config(write_recipe())


def made(n: int = 24, copies: int = 2) -> tuple[NDArray[np.float16], NDArray[np.float32]]:
    """Features whose first channels hold the label, in every copy."""
    rng = np.random.default_rng(0)
    labels = (np.arange(n) % 2).astype(np.float32)[:, None]
    features = rng.normal(0, 1, (copies, n, 192, 2, 2))
    features[:, :, :24] += 2 * labels[None, :, :, None, None]
    return features.astype(np.float16), labels


def test_a_label_that_is_there_is_learnt(config: TrainConfig) -> None:
    features, labels = made()
    places = np.arange(24)
    network = fit(config, features, labels, places[:16], seed=0)
    logits, maps = predict(network, features, places[16:], LAST)
    assert logits.shape == (8, 1)
    assert maps.shape == (8, 1, 2, 2)
    np.testing.assert_allclose(maps.mean(axis=(2, 3)), logits, atol=1e-5)
    held = labels[16:, 0] == 1
    assert logits[held].min() > logits[~held].max()


@pytest.mark.requirement("REQ-TRAINING")
def test_only_the_films_named_are_fitted_on(config: TrainConfig) -> None:
    features, labels = made()
    inside = np.arange(12)
    one = fit(config, features, labels, inside, seed=0)
    spoilt, turned = features.copy(), labels.copy()
    spoilt[:, 12:], turned[12:] = 50, 1 - labels[12:]
    other = fit(config, spoilt, turned, inside, seed=0)
    for ours, theirs in zip(one.state_dict().values(), other.state_dict().values(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.requirement("REQ-TRAINING")
def test_the_seed_decides(config: TrainConfig) -> None:
    features, labels = made()
    places = np.arange(24)
    answers = [
        predict(fit(config, features, labels, places, seed=seed), features, places, LAST)[0] for seed in (0, 0, 1)
    ]
    np.testing.assert_allclose(answers[0], answers[1], atol=1e-5)
    assert np.abs(answers[0] - answers[2]).max() > 1e-3


def test_frozen_blocks_and_all_statistics_stay_as_they_were(config: TrainConfig) -> None:
    """The cached features came from these blocks: if they moved, the released network would not be the fitted one."""
    features, labels = made()
    start = build(config.network).state_dict()
    network = fit(config, features, labels, np.arange(24), seed=0)
    assert not network.training
    moved = {name for name, value in network.state_dict().items() if not torch.equal(value, start[name])}
    trained = (f"blocks.{LAST}.", "head.", "classifier.")
    assert moved
    assert all(name.startswith(trained) for name in moved)
    assert {name.split(".")[0] for name in moved} == {"blocks", "head", "classifier"}
    assert not any("running" in name or "tracked" in name for name in moved)


def test_a_dense_layer_is_fitted_with_the_classifier(config: TrainConfig) -> None:
    features, labels = made()
    dense = replace(config, network=replace(config.network, hidden=8))
    torch.manual_seed(0)
    start = build(dense.network).state_dict()
    network = fit(dense, features, labels, np.arange(24), seed=0)
    assert not torch.equal(network.state_dict()["hidden.weight"], start["hidden.weight"])
    assert not torch.equal(network.state_dict()["classifier.weight"], start["classifier.weight"])


def test_auxiliary_labels_are_learnt_only_with_weight(config: TrainConfig) -> None:
    features, labels = made()
    both = np.hstack([labels, 1 - labels])
    spread = []
    for weight in (0.0, 1.0):
        two = replace(
            config,
            data=replace(config.data, auxiliary=("Other",)),
            network=NetworkSpec(outputs=2, dropout=0.0),
            fit=replace(config.fit, auxiliary_weight=weight, weight_decay=0.0),
        )
        logits, _ = predict(fit(two, features, both, np.arange(24), seed=0), features, np.arange(24), LAST)
        assert logits[labels[:, 0] == 1, 0].min() > logits[labels[:, 0] == 0, 0].max()
        spread.append(float(np.ptp(logits[:, 1])))
    assert spread[0] < 1e-6, "without weight the other output stays what it was: nothing"
    assert spread[1] > 0.02


@pytest.mark.requirement("REQ-AUGMENTATION")
def test_answers_come_from_the_films_themselves_not_from_copies(config: TrainConfig) -> None:
    features, labels = made()
    network = fit(config, features, labels, np.arange(24), seed=0)
    changed = features.copy()
    changed[1:] = 0
    places = np.array([5, 3, 20])
    logits, _ = predict(network, changed, places, LAST)
    np.testing.assert_array_equal(logits, predict(network, features, places, LAST)[0])
    np.testing.assert_allclose(logits[1], predict(network, features, np.array([3]), LAST)[0][0], atol=1e-5)
