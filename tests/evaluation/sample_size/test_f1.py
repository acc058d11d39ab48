"""Films for F1: as published, and beside what calling every film positive would give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals.oracles import oracle
from wetread.errors import ConfigError
from wetread.evaluation.calls.prevalence import f1
from wetread.evaluation.sample_size.f1 import f1_size

RATES = st.floats(0.05, 0.95)


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
def test_oracle_f1_sample_size() -> None:
    published = oracle("f1")["n_halfwidth0.05_se.8_sp.9_prev.1"]
    found = f1_size(0.8, 0.9, 0.1, 0.05)
    assert found.f1 == pytest.approx(published["F1"], abs=1e-14)
    assert found.named == pytest.approx(published["D"], abs=1e-9)
    assert found.films == pytest.approx(published["n"], abs=1e-9)


@given(RATES, RATES, RATES, st.floats(0.01, 0.2))
def test_so_many_films_give_an_interval_of_that_width(
    sensitivity: float, specificity: float, prevalence: float, half_width: float
) -> None:
    size = f1_size(sensitivity, specificity, prevalence, half_width)
    sick = size.films * prevalence
    tp, fp = sick * sensitivity, (size.films - sick) * (1 - specificity)
    found = f1(tp, fp, sick - tp)
    assert found.value == pytest.approx(size.f1)
    if found.low > 0 and found.high < 1:
        assert (found.high - found.low) / 2 == pytest.approx(half_width)


def test_studies_of_that_size_vary_as_promised() -> None:
    size = f1_size(0.8, 0.9, 0.1, 0.05)
    shares = np.array([0.08, 0.09, 0.02, 0.81])
    tp, fp, fn, _ = np.random.default_rng(0).multinomial(round(size.films), shares, 20_000).T
    assert 1.96 * (2 * tp / (2 * tp + fp + fn)).std() == pytest.approx(0.05, rel=0.03)


def test_it_stands_beside_calling_every_film_positive() -> None:
    assert f1_size(0.8, 0.9, 0.69, 0.05).all_positive == pytest.approx(2 * 0.69 / 1.69)


def test_what_plans_no_study_is_refused() -> None:
    with pytest.raises(ConfigError, match="prevalence lies between 0 and 1, not at 10"):
        f1_size(0.8, 0.9, 10, 0.05)
    with pytest.raises(ConfigError, match="sensitivity lies between"):
        f1_size(1.2, 0.9, 0.1, 0.05)
