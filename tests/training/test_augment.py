"""Changed copies of a film are still that film."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from wetread.training.augment import Augmentation, augment

Float = NDArray[np.float32]
NAMES = [field.name for field in fields(Augmentation)]
NOTHING = Augmentation(**dict.fromkeys(NAMES, 0.0))
STRONGEST = Augmentation(
    turn_degrees=15, scale=0.3, stretch=0.3, shift=0.1, gamma=1.0, contrast=0.4, noise=0.1, blur=2.0, cover=1.0
)


def scene(rows: int = 96, columns: int = 80, heart: float = 0.66) -> Float:
    """A grey field with a bright heart to one side and a dark lung to the other."""
    down, across = np.mgrid[:rows, :columns].astype(np.float32)
    down, across = down / rows, across / columns
    film = np.full((rows, columns), 0.4, np.float32)
    film += 0.45 * np.exp(-((down - 0.6) ** 2 + (across - heart) ** 2) / 0.02)
    film -= 0.25 * np.exp(-((down - 0.45) ** 2 + (across - (1 - heart)) ** 2) / 0.02)
    return film.astype(np.float32)


def side(film: Float) -> float:
    """How much brighter the right half of the inner film is than the left."""
    inner = film[film.shape[0] // 5 : -film.shape[0] // 5, film.shape[1] // 8 : -film.shape[1] // 8]
    half = inner.shape[1] // 2
    return float(inner[:, -half:].mean() - inner[:, :half].mean())


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    rows=st.integers(16, 120),
    columns=st.integers(16, 120),
    how=st.sampled_from([Augmentation(), NOTHING, STRONGEST]),
)
def test_a_copy_has_the_same_kind_size_and_range(seed: int, rows: int, columns: int, how: Augmentation) -> None:
    film = np.random.default_rng(seed).uniform(0, 1, (rows, columns)).astype(np.float32)
    before = film.copy()
    copy = augment(film, how, np.random.default_rng(seed))
    assert copy.dtype == np.float32
    assert copy.shape == film.shape
    assert np.isfinite(copy).all()
    assert copy.min() >= 0
    assert copy.max() <= 1
    np.testing.assert_array_equal(film, before)


@pytest.mark.parametrize("seed", range(3))
def test_no_change_at_all(seed: int) -> None:
    film = scene()
    np.testing.assert_allclose(augment(film, NOTHING, np.random.default_rng(seed)), film, atol=1e-6)


def test_the_generator_decides() -> None:
    film, how = scene(), Augmentation()
    one = augment(film, how, np.random.default_rng([1, 2, 3]))
    np.testing.assert_array_equal(augment(film, how, np.random.default_rng([1, 2, 3])), one)
    assert np.abs(augment(film, how, np.random.default_rng([1, 2, 4])) - one).max() > 0.01


@pytest.mark.requirement("REQ-AUGMENTATION")
def test_the_heart_never_changes_sides() -> None:
    for seed in range(60):
        how = replace(STRONGEST, cover=0.0, noise=0.0)
        right, left = (augment(scene(heart=heart), how, np.random.default_rng(seed)) for heart in (0.66, 0.34))
        assert side(right) > 0.005, seed
        assert side(left) < -0.005, seed


@pytest.mark.requirement("REQ-AUGMENTATION")
def test_the_head_stays_up() -> None:
    film = np.repeat(np.linspace(0.9, 0.2, 96, dtype=np.float32)[:, None], 80, axis=1)
    for seed in range(40):
        copy = augment(film, replace(STRONGEST, cover=0.0), np.random.default_rng(seed))[24:72, 20:60]
        assert copy[:24].mean() > copy[24:].mean(), seed


@pytest.mark.parametrize("name", NAMES)
def test_each_strength_does_something_alone(name: str) -> None:
    how = replace(NOTHING, **{name: getattr(replace(STRONGEST, flip=1.0), name)})
    film = scene(192, 160)
    film[::8] *= 0.8  # fine lines, for the blur to take away
    moved = [np.abs(augment(film, how, np.random.default_rng(seed)) - film).max() for seed in range(8)]
    assert max(moved) > 0.01


def centre(film: Float) -> tuple[float, float]:
    mass = (film.astype(np.float64) - film.min()) ** 4
    rows, columns = np.mgrid[: film.shape[0], : film.shape[1]]
    return float((rows * mass).sum() / mass.sum()), float((columns * mass).sum() / mass.sum())


def test_positions_move_no_further_than_they_may() -> None:
    down, across = np.mgrid[:100, :80]
    film = np.exp(-((down - 49.5) ** 2 + (across - 39.5) ** 2) / 30).astype(np.float32)
    how = replace(NOTHING, shift=0.1)
    found = np.array([centre(augment(film, how, np.random.default_rng(seed))) for seed in range(40)])
    moved = found - (49.5, 39.5)
    assert np.abs(moved[:, 0]).max() <= 10.01
    assert np.abs(moved[:, 1]).max() <= 8.01
    assert np.abs(moved).max(axis=0) == pytest.approx((10, 8), rel=0.2), "and nearly as far as they may"
    assert moved.min() < -4 < 4 < moved.max()


def test_a_turn_is_a_turn() -> None:
    """A bright dot away from the centre keeps its distance from it when the film is square and nothing else changes."""
    down, across = np.mgrid[:101, :101]
    film = np.exp(-((down - 50) ** 2 + (across - 80) ** 2) / 20).astype(np.float32)
    how = replace(NOTHING, turn_degrees=15.0)
    found = np.array([centre(augment(film, how, np.random.default_rng(seed))) for seed in range(30)]) - 50
    assert np.hypot(*found.T) == pytest.approx(np.full(30, 30.0), abs=0.6)
    angles = np.degrees(np.arctan2(found[:, 0], found[:, 1]))
    assert np.abs(angles).max() <= 15.5
    assert angles.min() < -8 < 8 < angles.max()


def test_a_cover_hides_one_patch_of_mean_grey() -> None:
    film = scene(100, 100)
    copy = augment(film, replace(NOTHING, cover=1.0), np.random.default_rng(0))
    hidden = np.abs(copy - film) > 1e-4
    assert 0.08 * 0.08 * 0.8 <= hidden.mean() <= 0.25 * 0.25
    assert copy[hidden] == pytest.approx(np.full(hidden.sum(), film.mean()), abs=1e-3)
    down, across = np.nonzero(hidden)
    box = copy[down.min() : down.max() + 1, across.min() : across.max() + 1]
    assert float(np.ptp(box)) < 1e-3, "one rectangle"
