"""Proportions and odds ratios against published values and against what defines them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from intervals.oracles import oracle
from wetread.errors import ConfigError, DataError
from wetread.intervals import Interval, odds_ratio, proportion

# Newcombe, Statistics in Medicine 1998; the last digits from R.
EXACT = {
    (81, 263): (0.25273674558527137, 0.36762192260135135),
    (15, 148): (0.05784401008344857, 0.161650490349479),
    (0, 20): (0.0, 0.16843347098308534),
    (1, 29): (0.000872646883579922, 0.17764429548872293),
}
WILSON = {
    (81, 263): (0.2552885198782742, 0.36620957698280004),
    (15, 148): (0.06238639953073628, 0.16048724172330803),
    (0, 20): (0.0, 0.1611251580528194),
    (1, 29): (0.006113214292762667, 0.17175521879320294),
}


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    trials = draw(st.integers(1, 200))
    return draw(st.integers(0, trials)), trials


@pytest.mark.requirement("REQ-STATISTICS")
@pytest.mark.parametrize("method", ["exact", "wilson"])
@pytest.mark.parametrize("case", EXACT)
def test_published_intervals(method: str, case: tuple[int, int]) -> None:
    expected = (EXACT if method == "exact" else WILSON)[case]
    found = proportion(*case, method=method)
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-12)
    assert found.value == case[0] / case[1]


def test_the_published_intervals_are_those_of_the_oracle() -> None:
    published = oracle("binomial_ci")
    for name, table in (("clopper_pearson", EXACT), ("wilson", WILSON)):
        assert {f"{x}/{n}": list(limits) for (x, n), limits in table.items()} == published[name]


def test_wilson_is_not_the_modified_interval_of_another_program() -> None:
    assert proportion(1, 29, method="wilson").low != pytest.approx(0.0017687, abs=1e-3)


@given(counts())
def test_exact_limits_are_the_shares_at_which_the_tail_is_half_the_rest(case: tuple[int, int]) -> None:
    x, n = case
    found = proportion(x, n)
    if x > 0:
        assert binom.sf(x - 1, n, found.low) == pytest.approx(0.025, rel=1e-6)
    if x < n:
        assert binom.cdf(x, n, found.high) == pytest.approx(0.025, rel=1e-6)


@given(counts())
def test_wilson_limits_solve_the_score_equation(case: tuple[int, int]) -> None:
    x, n = case
    found = proportion(x, n, method="wilson")
    for limit, skip in ((found.low, x == 0), (found.high, x == n)):
        if not skip:
            assert (x / n - limit) ** 2 == pytest.approx(1.959963985**2 * limit * (1 - limit) / n, rel=1e-6, abs=1e-12)


@given(counts(), st.sampled_from(["exact", "wilson", "logit"]))
def test_intervals_hold_the_value_and_mirror(case: tuple[int, int], method: str) -> None:
    x, n = case
    if method == "logit" and x in (0, n):
        with pytest.raises(DataError, match="has no logit interval"):
            proportion(x, n, method=method)
        return
    found, mirrored = proportion(x, n, method=method), proportion(n - x, n, method=method)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert (found.low, found.high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-9)
    assert proportion(x, n, method=method, level=0.9).high <= found.high


def test_logit_by_hand() -> None:
    found = proportion(20, 100, method="logit")
    half = 1.959963984540054 * math.sqrt(1 / 20 + 1 / 80)
    assert math.log(found.high / (1 - found.high)) == pytest.approx(math.log(0.25) + half)
    assert math.log(found.low / (1 - found.low)) == pytest.approx(math.log(0.25) - half)


@pytest.mark.parametrize("case", [(3, 2), (-1, 2), (0, 0), (math.nan, 3), (1, math.inf)])
def test_no_share_of_a_whole_is_refused(case: tuple[float, float]) -> None:
    with pytest.raises(DataError, match="is no share"):
        proportion(*case)


def test_unknown_methods_and_levels_are_refused() -> None:
    with pytest.raises(ConfigError, match="choose exact, wilson or logit"):
        proportion(1, 2, method="wald")
    with pytest.raises(ConfigError, match=r"95 % is 0\.95"):
        proportion(1, 2, level=95)


def test_odds_ratio_by_hand() -> None:
    # Woolf: log OR 1.791759, standard error sqrt(1/20 + 1/5 + 1/10 + 1/15).
    found = odds_ratio([[20, 5], [10, 15]])
    assert found.value == pytest.approx(6)
    assert math.log(found.high / found.low) / 2 == pytest.approx(1.959963984540054 * math.sqrt(0.4166666666666667))
    assert found.method == "Woolf"


def test_an_empty_cell_is_corrected_and_said() -> None:
    found = odds_ratio([[20, 0], [10, 15]])
    assert found.value == pytest.approx(20.5 * 15.5 / (0.5 * 10.5))
    assert "one half added" in found.method
    assert 0 < found.low < found.value < found.high < math.inf


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_odds_ratios_invert_when_rows_swap(cells: list[int]) -> None:
    a, b, c, d = cells
    if min(a + b, c + d, a + c, b + d) == 0:
        with pytest.raises(DataError, match="whole row or column"):
            odds_ratio([[a, b], [c, d]])
        return
    found, swapped = odds_ratio([[a, b], [c, d]]), odds_ratio([[c, d], [a, b]])
    assert found.value == pytest.approx(1 / swapped.value)
    assert (found.low, found.high) == pytest.approx((1 / swapped.high, 1 / swapped.low))
    assert odds_ratio([[a, c], [b, d]]) == Interval(
        pytest.approx(found.value), pytest.approx(found.low), pytest.approx(found.high)
    )


@pytest.mark.parametrize("table", [[[1, 2]], [[1, -2], [3, 4]], [[1, math.nan], [3, 4]], [1, 2, 3, 4]])
def test_what_is_no_table_of_counts_is_refused(table: list[list[float]]) -> None:
    with pytest.raises(DataError, match="two by two table"):
        odds_ratio(table)
