"""Two-by-two tables against published ones."""

from __future__ import annotations

import math

import pytest

from intervals.oracles import oracle
from wetread.errors import DataError
from wetread.intervals import Interval
from wetread.intervals.diagnostic import Counts


def with_rounded_quantile(found: Interval) -> tuple[float, float]:
    """The published program takes 1.96 standard errors, where the quantile is 1.959964."""
    stretch = 1.96 / 1.959963984540054
    return tuple(found.value * math.exp(stretch * math.log(end / found.value)) for end in (found.low, found.high))


@pytest.mark.requirement("REQ-STATISTICS")
def test_likelihood_ratios_as_published() -> None:
    """Scott and others 2008, as R's epiR prints it."""
    table = Counts(tp=815, fp=208, fn=115, tn=327)
    positive, negative = table.likelihood_ratios()
    assert table.sensitivity().value == pytest.approx(0.876344086, abs=5e-10)
    assert table.specificity().value == pytest.approx(0.6112149533, abs=5e-11)
    assert positive.value == pytest.approx(2.254058105872622, abs=1e-12)
    assert with_rounded_quantile(positive) == pytest.approx((2.021370226397844, 2.5135316026219527), abs=1e-12)
    assert (positive.low, positive.high) == pytest.approx((2.021370226397844, 2.5135316026219527), abs=1e-5)
    assert negative.value == pytest.approx(0.202311663542797, abs=1e-12)
    assert with_rounded_quantile(negative) == pytest.approx((0.1683167586689037, 0.2431725131183605), abs=1e-12)


@pytest.mark.requirement("REQ-STATISTICS")
def test_predictive_values_as_published() -> None:
    """Altman and Bland 1994; Mercaldo, Lau and Zhou 2007."""
    liver = Counts(tp=231, fp=32, fn=27, tn=54)
    assert [interval.value for interval in liver.predictive_values(0.75)] == pytest.approx(
        [0.8783269961977187, 0.6666666666666667], abs=1e-12
    )
    ppv, npv = liver.predictive_values(0.25)
    assert (ppv.value, npv.value) == pytest.approx((0.44508670520231214, 0.9473684210526316), abs=1e-12)
    assert (ppv.low, ppv.high) == pytest.approx((0.377953506277609, 0.514285638557141), abs=1e-9)
    assert (npv.low, npv.high) == pytest.approx((0.9240103283266451, 0.9638276577011384), abs=1e-9)
    ppv, npv = Counts(tp=240, fn=178, fp=87, tn=288).predictive_values(0.03)
    assert (ppv.value, npv.value) == pytest.approx((0.07109937005958127, 0.9831403886576112), abs=1e-12)
    assert (ppv.low, ppv.high) == pytest.approx((0.05887097288200172, 0.08563666565981683), abs=1e-9)
    assert (npv.low, npv.high) == pytest.approx((0.9809487910300447, 0.9850837047043907), abs=1e-9)


def test_the_inputs_are_those_of_the_oracle() -> None:
    published = oracle("diagnostic_table")
    assert [published["scott2008"][key] for key in ("tp", "fp", "fn", "tn")] == [815, 208, 115, 327]
    assert [published["altman_bland"][key] for key in ("tp", "fp", "fn", "tn")] == [231, 32, 27, 54]
    assert [published["mercaldo"][key] for key in ("tp", "fp", "fn", "tn", "prev")] == [240, 87, 178, 288, 0.03]


def test_predictive_values_at_the_tables_own_prevalence_are_its_own() -> None:
    table = Counts(tp=30, fp=12, fn=8, tn=150)
    ppv, npv = table.predictive_values(table.prevalence)
    assert (ppv.value, npv.value) == pytest.approx((table.ppv().value, table.npv().value))
    assert (table.ppv().value, table.npv().value) == pytest.approx((30 / 42, 150 / 158))


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(DataError, match="one class only"):
        Counts(tp=3, fp=0, fn=2, tn=0)
    with pytest.raises(DataError, match="zero or more"):
        Counts(tp=3, fp=-1, fn=2, tn=4)
    with pytest.raises(DataError, match="a cell is 0"):
        Counts(tp=3, fp=0, fn=2, tn=4).predictive_values(0.1)
    with pytest.raises(DataError, match="a cell is 0"):
        Counts(tp=3, fp=0, fn=2, tn=4).likelihood_ratios()
    with pytest.raises(DataError, match=r"one in ten is 0\.1"):
        Counts(tp=3, fp=1, fn=2, tn=4).predictive_values(10)
