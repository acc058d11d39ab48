"""Paired calls against published values, and against the equations that define them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2, norm

from intervals.oracles import oracle
from wetread.errors import ConfigError, DataError
from wetread.evaluation.readers.paired import clustered_mcnemar, difference_interval, discordant, mcnemar


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, int, int]:
    """Only the first, only the second, all films."""
    n = draw(st.integers(1, 80))
    b = draw(st.integers(0, n))
    return b, draw(st.integers(0, n - b)), n


@pytest.mark.requirement("REQ-STATISTICS")
def test_mcnemar_of_agresti() -> None:
    expected = oracle("mcnemar")
    (_, first), (second, _) = expected["table"]
    found = mcnemar(first, second)
    assert found.chi_square == pytest.approx(expected["chi2"], rel=1e-8)
    assert found.p == pytest.approx(expected["p"], rel=1e-8)
    assert found.chi_square_corrected == pytest.approx(expected["chi2_cc"], rel=1e-8)
    assert found.p_corrected == pytest.approx(expected["p_cc"], rel=1e-8)
    assert found.p_exact == pytest.approx(expected["exact_p"], rel=1e-11)


@given(tables())
def test_mcnemar_is_a_coin_thrown_over_discordant_films(table: tuple[int, int, int]) -> None:
    b, c, _ = table
    found = mcnemar(b, c)
    assert found.p_exact == pytest.approx(min(1, 2 * binom.cdf(min(b, c), b + c, 0.5)))
    few = min(b, c)
    assert found.p_mid == pytest.approx(2 * binom.cdf(few, b + c, 0.5) - binom.pmf(few, b + c, 0.5))
    assert found.p_mid <= found.p_exact
    assert found.p <= found.p_corrected
    turned = mcnemar(c, b)
    assert (turned.p, turned.p_exact, turned.p_mid) == pytest.approx((found.p, found.p_exact, found.p_mid))


def test_no_discordant_film_is_no_evidence() -> None:
    found = mcnemar(0, 0)
    assert (found.chi_square, found.p, found.p_corrected, found.p_exact, found.p_mid) == (0, 1, 1, 1, 1)
    assert mcnemar(5, 5).chi_square_corrected == 0


@pytest.mark.requirement("REQ-STATISTICS")
@pytest.mark.parametrize(
    ("name", "counts", "asked"),
    [
        ("b40_c20_n160_95", (40, 20, 160), {}),
        ("b1_c0_n44_90", (1, 0, 44), {"level": 0.9}),
    ],
)
def test_tango_published(name: str, counts: tuple[int, int, int], asked: dict[str, float]) -> None:
    """The program that printed these searches in steps down to 1e-7; the next test shows who is nearer."""
    found = difference_interval(*counts, **asked)  # type: ignore[arg-type]
    assert (found.low, found.high) == pytest.approx(oracle("paired_diff_score_ci")[name], abs=1e-7)


def test_agresti_min_published() -> None:
    found = difference_interval(40, 20, 160, method="agresti-min")
    assert (found.low, found.high) == pytest.approx(
        oracle("paired_diff_score_ci")["agresti_min_b40_c20_n160_95"], abs=1e-13
    )


def score(b: int, c: int, n: int, difference: float) -> float:
    """Tango's statistic, its nuisance share found by maximising the likelihood over a fine grid."""
    low, high = max(0.0, -difference), (1 - difference) / 2
    first = np.linspace(low, high, 200_001)[1:-1]
    likelihood = b * np.log(first) + c * np.log(first + difference) + (n - b - c) * np.log(1 - 2 * first - difference)
    q = first[likelihood.argmax()]
    return float((c - b - n * difference) / math.sqrt(n * (2 * q + difference * (1 - difference))))


@pytest.mark.parametrize(("b", "c", "n"), [(40, 20, 160), (3, 7, 30), (12, 1, 25)])
def test_tango_is_where_the_score_test_stops_rejecting(b: int, c: int, n: int) -> None:
    found = difference_interval(b, c, n)
    assert score(b, c, n, found.low) == pytest.approx(norm.ppf(0.975), abs=1e-4)
    assert score(b, c, n, found.high) == pytest.approx(norm.ppf(0.025), abs=1e-4)


@given(tables(), st.sampled_from(["tango", "agresti-min"]), st.sampled_from([0.8, 0.95]))
def test_an_interval_for_every_table(table: tuple[int, int, int], method: str, level: float) -> None:
    b, c, n = table
    found = difference_interval(b, c, n, method=method, level=level)
    turned = difference_interval(c, b, n, method=method, level=level)
    assert -1 <= found.low <= found.high <= 1
    assert found.value == (c - b) / n
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-9)
    assert difference_interval(b, c, n, method=method, level=0.99).low <= found.low
    if method == "tango":
        assert found.low <= found.value <= found.high


def test_no_discordant_films_still_leave_room() -> None:
    z2 = norm.ppf(0.975) ** 2
    found = difference_interval(0, 0, 20)
    assert (found.low, found.high) == pytest.approx((-z2 / (20 + z2), z2 / (20 + z2)), abs=1e-9)
    assert difference_interval(0, 20, 20).high == 1
    assert difference_interval(20, 0, 20).low == -1


def made_up(seed: int, films: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Calls of patients whose films are called alike."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(40), films)
    leaning = np.repeat(rng.normal(size=(2, 40)), films, axis=1)
    first, second = leaning + 0.5 * rng.normal(size=(2, patient.size)) > np.array([[0.3], [0.0]])
    return first, second, patient


def test_clustered_mcnemar_with_one_film_each_is_mcnemar() -> None:
    first, second, patient = made_up(1, 1)
    b, c, n = discordant(first, second)
    found = clustered_mcnemar(first, second, patient)
    assert (found.first_only, found.second_only, found.films) == (b, c, n)
    assert found.chi_square_durkalski == pytest.approx(mcnemar(b, c).chi_square)
    assert found.p_durkalski == pytest.approx(mcnemar(b, c).p)
    assert found.chi_square == pytest.approx(mcnemar(b, c).chi_square * (n - 1) / n)


def test_obuchowski_1998_from_its_ratio_estimates() -> None:
    """Two ratio estimates and their covariance under one common share, patient by patient."""
    first, second, patient = made_up(2, 3)
    k, n = 40, patient.size
    x, y = (np.bincount(patient, weights=calls.astype(float)) for calls in (first, second))
    films = np.bincount(patient)
    share = (x.sum() + y.sum()) / (2 * n)
    dx, dy = x - films * share, y - films * share
    variance = k / (k - 1) * ((dx**2).sum() + (dy**2).sum() - 2 * (dx * dy).sum()) / n**2
    found = clustered_mcnemar(first, second, patient)
    expected = ((x.sum() - y.sum()) / n) ** 2 / variance
    assert found.chi_square == pytest.approx(expected)
    assert found.p == pytest.approx(chi2.sf(expected, 1))


def test_copies_of_films_are_no_new_patients() -> None:
    first, second, patient = made_up(3, 1)
    once = clustered_mcnemar(first, second, patient)
    thrice = clustered_mcnemar(np.repeat(first, 3), np.repeat(second, 3), np.repeat(patient, 3))
    assert thrice.p == pytest.approx(once.p)
    assert (thrice.difference.low, thrice.difference.high) == pytest.approx((once.difference.low, once.difference.high))
    assert mcnemar(thrice.first_only, thrice.second_only).p < once.p


def test_the_clustered_interval_is_that_of_a_ratio() -> None:
    first, second, patient = made_up(4, 2)
    found = clustered_mcnemar(first, second, patient)
    gain = np.bincount(patient, weights=second.astype(float) - first)
    assert found.difference.value == pytest.approx(gain.sum() / 80)
    # With as many films each, the ratio is a mean over patients.
    assert found.difference.high - found.difference.value == pytest.approx(
        1.959964 * (gain / 2).std(ddof=1) / math.sqrt(40)
    )


def test_calls_that_agree_have_no_clustered_test() -> None:
    calls = np.array([1, 0, 1, 0])
    found = clustered_mcnemar(calls, calls, ["a", "a", "b", "c"])
    assert math.isnan(found.p)
    assert found.difference.value == 0


@pytest.mark.parametrize("counts", [(-1, 2, 5), (1.5, 2, 5), (4, 4, 5), (0, 0, 0)])
def test_counts_that_are_none(counts: tuple[Any, Any, Any]) -> None:
    with pytest.raises(DataError):
        difference_interval(*counts)


def test_what_cannot_be_asked() -> None:
    with pytest.raises(ConfigError, match="tango or agresti-min"):
        difference_interval(1, 2, 5, method="wald")
    with pytest.raises(ConfigError, match="level"):
        difference_interval(1, 2, 5, level=95)
    with pytest.raises(ConfigError, match="level"):
        clustered_mcnemar([1, 0], [0, 0], ["a", "b"], level=1)
    with pytest.raises(DataError, match="one patient"):
        clustered_mcnemar([1, 0], [0, 0], ["a", "a"])
    with pytest.raises(DataError, match="one patient for each"):
        clustered_mcnemar([1, 0], [0, 0], ["a"])
    with pytest.raises(DataError, match="apply a threshold"):
        discordant([0.2, 0.9], [0, 1])
    with pytest.raises(DataError, match="one length"):
        discordant([0, 1], [0, 1, 1])
