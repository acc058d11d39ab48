"""Margins: published one-sided p, bounds that agree with it, and what is refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals.oracles import oracle
from wetread.errors import ConfigError, DataError
from wetread.evaluation.readers import equivalence, non_inferiority
from wetread.evaluation.readers.inference import difference
from wetread.evaluation.readers.noninferiority import of_difference


@pytest.mark.requirement("REQ-READER-STUDIES")
@pytest.mark.parametrize(("name", "margin"), [("margin_0.10", 0.10), ("margin_0.05", 0.05)])
def test_vandyke_non_inferiority(name: str, margin: float) -> None:
    study = oracle("mrmc_vandyke_or")
    parts, expected = study["jackknife"], study["non_inferiority_1_vs_2"][name]
    found = non_inferiority(parts["diff_1_minus_2"], parts["se"], margin=margin, df=parts["ddf"])
    assert found.statistic == pytest.approx(expected["t"], rel=1e-12)
    assert found.p_one_sided == pytest.approx(expected["p_one_sided"], rel=1e-12)
    assert found.shown == (expected["p_one_sided"] < 0.025)


def test_the_interval_beside_it_is_the_two_sided_one() -> None:
    parts = oracle("mrmc_vandyke_or")["jackknife"]
    found = non_inferiority(parts["diff_1_minus_2"], parts["se"], margin=0.1, df=parts["ddf"])
    assert (found.estimate.low, found.estimate.high) == pytest.approx(parts["ci95"], abs=1e-9)
    assert found.estimate.level == 0.95


@given(
    st.floats(-0.3, 0.3), st.floats(0.001, 0.2), st.floats(0.01, 0.2), st.one_of(st.none(), st.floats(1, 200)),
    st.sampled_from([0.01, 0.025, 0.05]),
)  # fmt: skip
def test_shown_is_a_bound_beyond_the_margin(
    value: float, se: float, margin: float, df: float | None, alpha: float
) -> None:
    found = non_inferiority(value, se, margin=margin, df=df, alpha=alpha)
    if abs(found.p_one_sided - alpha) > 1e-9:
        assert found.shown == (found.estimate.low > -margin)
    turned = non_inferiority(-value, se, margin=margin, df=df, alpha=alpha, higher_is_better=False)
    assert turned.p_one_sided == pytest.approx(found.p_one_sided)
    both = equivalence(value, se, margin=margin, df=df, alpha=alpha)
    assert both.p == pytest.approx(
        max(found.p_one_sided, non_inferiority(-value, se, margin=margin, df=df).p_one_sided)
    )
    if abs(both.p - alpha) > 1e-9:
        assert both.shown == (-margin < found.estimate.low and found.estimate.high < margin)


def test_a_large_loss_is_not_called_non_inferior() -> None:
    assert not non_inferiority(-0.2, 0.01, margin=0.05).shown
    assert not equivalence(0.2, 0.01, margin=0.05).shown
    assert non_inferiority(0.2, 0.01, margin=0.05).shown


def test_a_difference_of_an_analysis() -> None:
    one = difference(("new", "old"), -0.01, 0.0004, 12.0, 0.95)
    assert of_difference(one, margin=0.05) == non_inferiority(-0.01, one.se, margin=0.05, df=12.0)
    with pytest.raises(DataError, match="nothing varied"):
        of_difference(difference(("new", "old"), 0.0, 0.0, 12.0, 0.95), margin=0.05)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"margin": 0.0}, "margin is a positive number"),
        ({"margin": math.nan}, "margin is a positive number"),
        ({"margin": 0.1, "alpha": 0.5}, "one-sided level"),
        ({"margin": 0.1, "df": 0.0}, "degrees of freedom"),
    ],
)
def test_what_cannot_be_asked(asked: dict[str, float], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        non_inferiority(0.0, 0.1, **asked)


@pytest.mark.parametrize(("value", "se"), [(math.nan, 0.1), (0.0, 0.0), (0.0, math.nan), (0.0, -1.0)])
def test_what_cannot_be_tested(value: float, se: float) -> None:
    with pytest.raises(DataError, match="cannot be tested"):
        non_inferiority(value, se, margin=0.1)
