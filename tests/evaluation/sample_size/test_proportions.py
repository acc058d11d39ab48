"""Films for sensitivity and specificity: as published, and as the exact interval itself says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, multinomial

from intervals.oracles import oracle
from wetread.errors import ConfigError
from wetread.evaluation.sample_size.asked import design_effect
from wetread.evaluation.sample_size.proportions import (
    goal_power,
    goal_size,
    paired_proportions_size,
    precision_size,
)
from wetread.intervals import proportion


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
@pytest.mark.parametrize(("expected", "goal"), [(0.88, 0.80), (0.90, 0.80), (0.85, 0.75)])
def test_oracle_performance_goal_exact(expected: float, goal: float) -> None:
    published = oracle("performance_goal_exact")[f"p1={expected:.2f},p0={goal:.2f}".replace("0.", ".")]
    found = goal_size(expected, goal)
    assert found.first == published["first"]
    assert found.stable == published["stable"]


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 150), st.floats(0.3, 0.9), st.floats(0.02, 0.09))
def test_the_power_is_that_of_the_exact_interval(films: int, goal: float, gain: float) -> None:
    right = np.arange(films + 1)
    beats = np.array([proportion(x, films).low > goal for x in right])
    expected = float(binom.pmf(right, films, goal + gain)[beats].sum())
    assert goal_power(films, goal + gain, goal)[0] == pytest.approx(expected, abs=1e-9)


def test_the_teeth_of_the_saw() -> None:
    found = goal_size(0.90, 0.80)
    around = goal_power(np.arange(1, 2000), 0.90, 0.80)
    assert (around[: found.first - 1] < 0.8).all()
    assert around[found.first - 1] == found.power_first >= 0.8
    assert around[found.stable - 2] < 0.8
    assert (around[found.stable - 1 :] >= 0.8).all()
    assert found.power_stable == around[found.stable - 1]
    assert (np.diff(around[100:130]) < 0).any()
    assert found.films[0] < found.first < found.stable < found.films[-1]
    np.testing.assert_array_equal(found.powers, around[np.array(found.films) - 1])


def test_an_easy_goal_needs_few_films() -> None:
    found = goal_size(0.99, 0.2)
    assert 1 < found.first <= found.stable < 10
    assert goal_power(1, 0.99, 0.2).tolist() == [0]


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
@pytest.mark.parametrize(
    ("entry", "share", "half_width", "prevalence"),
    [("sens0.9_w0.05_prev0.1", 0.9, 0.05, 0.1), ("sens0.8_w0.07_prev0.2", 0.8, 0.07, 0.2)],
)
def test_oracle_buderer(entry: str, share: float, half_width: float, prevalence: float) -> None:
    published = oracle("buderer")[entry]
    found = precision_size(share, half_width, prevalence)
    assert round(found.of_class, 4) == published["n_pos"]
    assert found.films == pytest.approx(published["n_total"], abs=6e-4)


def test_specificity_counts_the_negatives() -> None:
    sick, healthy = precision_size(0.9, 0.05, 0.1), precision_size(0.9, 0.05, 0.1, of="specificity")
    assert healthy.of_class == sick.of_class
    assert healthy.films == pytest.approx(sick.films / 9)


def test_connors_size_has_about_the_power_that_it_promises() -> None:
    films = round(paired_proportions_size(0.15, 0.05))
    first, second = (grid.ravel() for grid in np.meshgrid(np.arange(films + 1), np.arange(films + 1)))
    fits = first + second <= films
    first, second = first[fits], second[fits]
    chance = multinomial.pmf(np.stack([first, second, films - first - second], axis=1), films, [0.15, 0.05, 0.8])
    apart = np.maximum(first + second, 1)
    assert chance[(first - second) ** 2 / apart > 1.959964**2].sum() == pytest.approx(0.8, abs=0.03)
    assert paired_proportions_size(0.05, 0.15) == paired_proportions_size(0.15, 0.05)


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
def test_films_of_one_patient_count_for_less() -> None:
    assert design_effect(1, 0.7) == 1
    assert design_effect(4, 1) == 4
    assert design_effect(4, 0) == 1
    with pytest.raises(ConfigError, match="at least one film"):
        design_effect(0.5, 0.2)
    with pytest.raises(ConfigError, match="correlation within patients"):
        design_effect(2, 1.2)


def test_what_plans_no_study_is_refused() -> None:
    with pytest.raises(ConfigError, match="does not beat a goal"):
        goal_size(0.8, 0.8)
    with pytest.raises(ConfigError, match="the goal is too near"):
        goal_size(0.8, 0.7999)
    with pytest.raises(ConfigError, match="goal lies between 0 and 1, not at 80"):
        goal_power(10, 0.9, 80)
    with pytest.raises(ConfigError, match="at least one film"):
        goal_power([10, 0], 0.9, 0.8)
    with pytest.raises(ConfigError, match="not for 'PPV'"):
        precision_size(0.9, 0.05, 0.1, of="PPV")
    with pytest.raises(ConfigError, match="half width lies between"):
        precision_size(0.9, 0, 0.1)
    for shares in ((0.1, 0.1), (0.7, 0.6), (-0.1, 0.2), (0, 0)):
        with pytest.raises(ConfigError, match="plan no study"):
            paired_proportions_size(*shares)
