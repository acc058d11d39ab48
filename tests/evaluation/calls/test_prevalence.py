"""Calls at a prevalence: published values, and the F1 of calling every film positive beside each F1."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.sets import made_up
from intervals.oracles import oracle
from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.tally import Estimate
from wetread.evaluation.calls.prevalence import f1, f1_all_positive, f1_at, worth
from wetread.evaluation.record import plain
from wetread.evaluation.scored import Scored

counts = st.tuples(*[st.integers(0, 25)] * 4).filter(lambda c: c[0] + c[2] > 0 and c[1] + c[3] > 0)


def table(tp: int, fp: int, fn: int, tn: int, per_patient: int = 1) -> Scored:
    """Films of a two-by-two table at a threshold of one half, `per_patient` films to a patient."""
    label = np.repeat([True, False, True, False], [tp, fp, fn, tn])
    score = np.repeat([0.9, 0.8, 0.2, 0.1], [tp, fp, fn, tn])
    number = np.arange(label.size)
    return Scored(number.astype(str), (number // per_patient).astype(str), label, score, True)


def estimates(value: object) -> list[Estimate]:
    found = [getattr(value, name) for name in value.__dataclass_fields__]  # type: ignore[attr-defined]
    return [each for each in found if isinstance(each, Estimate)]


def test_oracle_f1_and_its_delta_interval() -> None:
    printed = oracle("f1")["tp80_fp20_fn40"]
    found = f1(80, 20, 40)
    assert found.value == pytest.approx(printed["F1"], abs=1e-15)
    assert (found.high - found.low) / 2 / 1.959963984540054 == pytest.approx(printed["se"], abs=1e-15)
    assert (found.low, found.high) == pytest.approx(tuple(printed["ci95"]), abs=1e-14)


@pytest.mark.requirement("REQ-PREVALENCE")
def test_oracle_f1_depends_on_prevalence() -> None:
    for prevalence, printed in oracle("f1")["prevalence_dependence_se0.8_sp0.8"].items():
        assert f1_at(0.8, 0.8, float(prevalence)) == pytest.approx(printed, abs=5e-5)


def test_oracle_rates_and_likelihood_ratios_of_films() -> None:
    """Scott and others 2008, as R's epiR prints it, from films instead of counts."""
    printed = oracle("diagnostic_table")["scott2008"]
    found = worth(table(*(printed[key] for key in ("tp", "fp", "fn", "tn"))), 0.5, resamples=0)
    assert found.sensitivity.value == pytest.approx(printed["sens"], abs=5e-10)
    assert found.specificity.value == pytest.approx(printed["spec"], abs=5e-11)
    for ratio, name in ((found.likelihood_ratio_positive, "LR+"), (found.likelihood_ratio_negative, "LR-")):
        assert ratio.value == pytest.approx(printed[name], abs=1e-12)
        # The published program takes 1.96 standard errors.
        stretch = 1.96 / 1.959963984540054
        ends = [
            ratio.value * math.exp(stretch * math.log(end / ratio.value))
            for end in (ratio.stated.low, ratio.stated.high)
        ]
        assert ends == pytest.approx(printed[f"{name}_ci"], abs=1e-12)


@pytest.mark.requirement("REQ-PREVALENCE")
@pytest.mark.parametrize("name", ["mercaldo", "altman_bland"])
def test_oracle_predictive_values_at_a_stated_prevalence(name: str) -> None:
    printed = oracle("diagnostic_table")[name]
    prevalence = printed.get("prev", 0.25)
    key = "" if "prev" in printed else "_prev0.25"
    films = worth(
        table(*(printed[each] for each in ("tp", "fp", "fn", "tn"))), 0.5, prevalences=[prevalence], resamples=0
    )
    for found, which in ((films.stated[0].ppv, "ppv"), (films.stated[0].npv, "npv")):
        assert found.value == pytest.approx(printed[f"{which}{key}"], abs=1e-12)
        ends = printed.get(f"{which}_ci") or printed[f"logit_ci_{which}{key}"]
        assert (found.stated.low, found.stated.high) == pytest.approx(tuple(ends), abs=1e-9)


@pytest.mark.requirement("REQ-PREVALENCE")
def test_f1_of_a_batch_that_is_mostly_positive_is_held_against_calling_everything() -> None:
    """F1 0.817 looks like something at 69 % positive films; calling every film positive has 0.815 there."""
    found = worth(table(tp=98, fp=32, fn=12, tn=18), 0.5, prevalences=[0.0128])
    assert found.sample.f1_all_positive == pytest.approx(2 * 110 / 270)
    assert found.sample.f1.value - found.sample.f1_all_positive == pytest.approx(found.sample.f1_gain.value)
    assert found.sample.f1_gain.stated.low < 0 < found.sample.f1_gain.stated.high
    assert str(found.sample).startswith("F1 0.817 (")
    assert str(found.sample).endswith(" at 68.8% positive films, where calling every film positive gives 0.815")
    assert found.stated[0].f1.value < 0.04


@pytest.mark.requirement("REQ-PREVALENCE")
def test_calling_every_film_gains_nothing() -> None:
    films = made_up()
    found = worth(films, 0.0, resamples=200)
    gain = found.sample.f1_gain.stated
    assert (gain.value, gain.low, gain.high) == (0, 0, 0)
    assert found.sample.f1.value == pytest.approx(f1_all_positive(films.prevalence))
    assert math.isnan(found.sample.npv.value)


@settings(max_examples=40, deadline=None)
@given(counts, st.floats(0.01, 0.99))
def test_rates_follow_from_their_definitions(cells: tuple[int, int, int, int], prevalence: float) -> None:
    found = worth(table(*cells), 0.5, prevalences=[prevalence, (cells[0] + cells[2]) / sum(cells)], resamples=20)
    assert (found.tp, found.fp, found.fn, found.tn) == cells
    own, carried = found.sample, found.stated[1]
    for one, other in (
        (own.ppv, carried.ppv),
        (own.npv, carried.npv),
        (own.f1, carried.f1),
        (own.f1_gain, carried.f1_gain),
    ):
        assert one.value == pytest.approx(other.value, abs=1e-12, nan_ok=True)
    for each in [*estimates(found), *(e for at in (own, *found.stated) for e in estimates(at))]:
        for interval in filter(None, (each.films, each.stated)):
            if not math.isnan(interval.value) and not math.isnan(interval.low):
                assert interval.low - 1e-9 <= interval.value <= interval.high + 1e-9
            assert interval.method


@settings(max_examples=30, deadline=None)
@given(counts, st.floats(0.01, 0.99))
def test_classes_trade_places_when_the_label_is_turned_round(
    cells: tuple[int, int, int, int], prevalence: float
) -> None:
    films = table(*cells)
    turned = Scored(films.film, films.patient, ~films.label, 1 - films.score, True)
    one = worth(films, 0.5, prevalences=[prevalence], resamples=0)
    other = worth(turned, 0.5, prevalences=[1 - prevalence], resamples=0)
    assert one.sensitivity.value == other.specificity.value
    assert one.stated[0].ppv.value == pytest.approx(other.stated[0].npv.value, nan_ok=True)
    ends = [(at.stated.low, at.stated.high) for at in (one.stated[0].ppv, other.stated[0].npv)]
    assert ends[0] == pytest.approx(ends[1], abs=1e-9)


@pytest.mark.requirement("REQ-INTERVALS")
def test_films_of_one_patient_widen_the_interval_and_it_says_so() -> None:
    """Four identical films a patient are worth one: over patients the interval is as wide as with one film each."""
    alone = table(60, 40, 20, 80)
    four = Scored(
        np.arange(800).astype(str),
        np.repeat(alone.patient, 4),
        np.repeat(alone.label, 4),
        np.repeat(alone.score, 4),
        True,
    )
    once, often = worth(alone, 0.5, resamples=4000), worth(four, 0.5, resamples=4000)
    assert not once.clustered
    assert once.sensitivity.stated.method == "exact (Clopper-Pearson)"
    assert often.clustered
    assert often.sensitivity.stated.method == "percentiles over 4000 resamples of patients"
    width = often.sensitivity.stated.high - often.sensitivity.stated.low
    assert once.sensitivity.patients is not None
    assert width == pytest.approx(once.sensitivity.patients.high - once.sensitivity.patients.low, abs=0.02)
    assert often.sensitivity.films is not None
    assert often.sensitivity.films.high - often.sensitivity.films.low < 0.6 * width


def test_where_all_films_agree_patients_are_counted() -> None:
    found = worth(table(40, 0, 0, 60, per_patient=4), 0.5, prevalences=[0.05])
    assert found.sensitivity.stated.low == pytest.approx(0.025 ** (1 / 10))
    assert "10 patients who agree" in found.sensitivity.stated.method
    assert found.likelihood_ratio_positive.value == math.inf
    assert 1 < found.likelihood_ratio_positive.stated.low < 100
    assert found.stated[0].ppv.value == 1
    assert found.stated[0].ppv.stated.low < found.stated[0].ppv.films.low < 1  # type: ignore[union-attr]
    assert found.sample.f1.stated.low < 1
    assert plain(found)["likelihood_ratio_positive"]["stated"]["high"] is None


def test_nothing_called_has_no_ppv() -> None:
    found = worth(table(5, 5, 5, 5), 2.0, prevalences=[0.1])
    assert math.isnan(found.sample.ppv.value)
    assert (found.sample.f1.value, found.sensitivity.value, found.specificity.value) == (0, 0, 1)
    assert 0 < found.sensitivity.stated.high < 0.5


def test_the_seed_decides_and_order_does_not_matter() -> None:
    films = made_up()
    mixed = films.where(np.random.default_rng(1).permutation(len(films)))
    one, other, again = (plain(worth(s, 0.5, resamples=300, seed=d)) for s, d in ((films, 0), (mixed, 0), (films, 1)))
    assert one == other
    assert one != again


def test_f1_intervals_by_jaccards_share() -> None:
    for method in ("exact", "wilson"):
        found = f1(80, 20, 40, method=method)
        assert 0.62 < found.low < found.value < found.high < 0.81
    assert f1(10, 0, 0, method="exact").low == pytest.approx(2 / (1 + 1 / 0.025**0.1))
    assert f1(10, 0, 0).low == 1


@pytest.mark.parametrize("prevalence", [0, 1, -0.1, 10, math.nan])
def test_what_is_no_prevalence_is_refused(prevalence: float) -> None:
    with pytest.raises(ConfigError, match=r"one in ten is 0\.1"):
        worth(made_up(), 0.5, prevalences=[prevalence])


def test_what_has_no_worth_is_refused() -> None:
    films = made_up()
    with pytest.raises(ConfigError, match="not NaN"):
        worth(films, math.nan)
    with pytest.raises(DataError, match="there is no rate at a threshold with one class only"):
        worth(films.where(films.label), 0.5)
    with pytest.raises(DataError, match="no F1 from 0 true"):
        f1(0, 0, 0)
    with pytest.raises(ConfigError, match="choose delta, exact or wilson"):
        f1(1, 1, 1, method="wald")
    with pytest.raises(ConfigError, match="0 or more, not -1"):
        worth(films, 0.5, resamples=-1)
