"""Grey levels compared as distributions: alike groups stay alike, and a difference of shape is seen."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from wetread.cohort.profiles import energy_test


def profiles(rng: np.random.Generator, n: int, spread: float, levels: int = 64) -> NDArray[np.float64]:
    """Bell-shaped profiles around the middle; their mean is 0.5 whatever the spread."""
    at = (np.arange(levels) + 0.5) / levels
    middle = 0.5 + rng.normal(0, 0.03, (n, 1))
    raw = np.exp(-(((at - middle) / (spread * np.exp(rng.normal(0, 0.1, (n, 1))))) ** 2))
    made: NDArray[np.float64] = raw / raw.sum(axis=1, keepdims=True)
    return made


def test_a_difference_of_shape_alone_is_seen() -> None:
    rng = np.random.default_rng(0)
    narrow, wide = profiles(rng, 40, 0.15), profiles(rng, 40, 0.22)
    coefficient, p = energy_test(narrow, wide, permutations=499)
    assert p == pytest.approx(1 / 500)
    assert coefficient > 0.2
    centres = (np.arange(64) + 0.5) / 64
    assert abs((narrow @ centres).mean() - (wide @ centres).mean()) < 0.02  # a test of means would see nothing


def test_alike_groups_are_rarely_told_apart() -> None:
    rng = np.random.default_rng(1)
    p = [energy_test(profiles(rng, 20, 0.2), profiles(rng, 25, 0.2), permutations=99, seed=k)[1] for k in range(100)]
    assert np.mean(np.array(p) <= 0.05) <= 0.12
    assert 0.35 < np.mean(p) < 0.65


def test_the_same_groups_the_other_way_round() -> None:
    rng = np.random.default_rng(2)
    a, b = profiles(rng, 15, 0.2), profiles(rng, 15, 0.25)
    assert energy_test(a, b, permutations=9)[0] == pytest.approx(energy_test(b, a, permutations=9)[0])
    assert energy_test(a, a, permutations=9)[0] == pytest.approx(0, abs=1e-12)
