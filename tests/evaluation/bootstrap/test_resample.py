"""Headline numbers from one set of resampled patients."""

from __future__ import annotations

import math
from dataclasses import asdict, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation.sets import made_up
from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap import resample as module
from wetread.evaluation.bootstrap.resample import Points, difference, headline, moved
from wetread.evaluation.bootstrap.weighted import Weighted
from wetread.evaluation.discrimination.delong import area, paired_difference
from wetread.evaluation.discrimination.precision import best_f1, f1_of_all, precision_recall
from wetread.evaluation.scored import Scored
from wetread.intervals import auroc, bootstrap_auroc
from wetread.intervals.bca import bca_interval, jackknife

POINTS = Points((0.3, 0.5), (0.9,), (0.9,))


def sparse() -> Scored:
    """Thirty patients, two of them positive: one resample in eight holds no positive film."""
    names = [f"p{number}" for number in range(30)]
    return Scored(names, names, np.arange(30) % 20 == 3, np.arange(30.0), name="sparse set")  # type: ignore[arg-type]


def test_values_are_those_of_the_films_themselves() -> None:
    scored = made_up()
    found = headline(scored, points=POINTS, resamples=50)
    assert found.find("auroc").value == pytest.approx(area(scored).interval.value)
    assert found.find("average_precision").value == pytest.approx(precision_recall(scored).average_precision)
    assert found.find("best_f1").value == pytest.approx(best_f1(scored).f1)
    assert found.find("f1_all_positive").value == pytest.approx(f1_of_all(scored.prevalence))
    gain = found.find("f1", 0.5).value - found.find("f1_all_positive").value
    assert found.find("f1_gain", 0.5).value == pytest.approx(gain)
    assert (found.films, found.patients, found.positives) == (400, 200, scored.positives)
    assert (found.resamples, found.seed, found.groups, found.name) == (50, 0, 200, "made-up films")


@pytest.mark.requirement("REQ-INTERVALS")
def test_intervals_are_percentiles_and_bca_of_the_same_rows() -> None:
    scored = made_up()
    found = headline(scored, points=POINTS, resamples=400, seed=3, level=0.9)
    rows = moved(scored, points=POINTS, resamples=400, seed=3)
    for estimate in found.estimates:
        value, drawn, left_out = rows.column(estimate.name, estimate.at)
        assert estimate.value == value == estimate.bca.value
        expected = np.nanpercentile(drawn, [5, 95])
        assert (estimate.percentile.low, estimate.percentile.high) == pytest.approx(tuple(expected))
        assert estimate.bca == bca_interval(value, drawn, left_out, level=0.9)
    assert len({estimate.bca.low == estimate.percentile.low for estimate in found.estimates}) == 2


def test_the_auroc_interval_is_that_of_the_shared_bootstrap() -> None:
    scored = made_up()
    found = headline(scored, resamples=4000).find("auroc").percentile
    other = bootstrap_auroc(scored.score, scored.label, scored.patient, resamples=4000, seed=9)
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=0.005)
    # And it is the patients that are drawn: films alone would give a narrower one.
    alone = headline(replace(scored, patient=scored.film), resamples=4000).find("auroc").percentile
    assert alone.high - alone.low < 0.9 * (found.high - found.low)


@pytest.mark.requirement("REQ-INTERVALS")
def test_numbers_depend_on_the_seed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    scored = made_up()
    first = moved(scored, points=POINTS, resamples=250, seed=7, threads=1)
    sizes: list[int] = []
    real = Weighted.numbers

    def counted(films: Weighted, copies: NDArray[np.signedinteger]) -> NDArray[np.float64]:
        sizes.append(len(copies))
        return real(films, copies)

    monkeypatch.setattr(module, "_AT_ONCE", 1200)
    monkeypatch.setattr(Weighted, "numbers", counted)
    second = moved(scored, points=POINTS, resamples=250, seed=7, threads=3)
    np.testing.assert_allclose(second.resamples, first.resamples, rtol=1e-12)
    np.testing.assert_allclose(second.left_out, first.left_out, rtol=1e-12)
    # 400 films, 1,200 weights at once: never more than three resamples in memory.
    assert max(sizes) == 3
    more = moved(scored, points=POINTS, resamples=300, seed=7)
    np.testing.assert_allclose(more.resamples[:200], first.resamples[:200], rtol=1e-12)
    other = moved(scored, points=POINTS, resamples=250, seed=8)
    assert not np.allclose(other.resamples, first.resamples, equal_nan=True)


def test_the_order_of_the_rows_does_not_count() -> None:
    scored = made_up()
    order = np.random.default_rng(0).permutation(len(scored))
    one, two = (moved(films, points=POINTS, resamples=60).resamples for films in (scored, scored.where(order)))
    np.testing.assert_allclose(one, two, rtol=1e-12)


def test_few_patients_are_left_out_singly_and_many_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    scored = made_up()
    single = moved(scored, resamples=1).column("auroc")[2]
    expected = jackknife(lambda weights: auroc(scored.score, scored.label, weights=weights), scored.patient)
    np.testing.assert_allclose(single, expected)
    monkeypatch.setattr(module, "_GROUPS", 40)
    grouped = moved(scored, resamples=1).column("auroc")[2]
    assert grouped.shape == (40,)
    # The same variance by either: groups of five move the area five times as far apart as single patients squared.
    assert 39 * grouped.var() == pytest.approx(199 * single.var(), rel=0.4)
    assert headline(scored, resamples=100).groups == 40


def test_a_number_without_answer_spoils_no_other() -> None:
    scored = sparse()
    found = headline(scored, points=Points((40.0,)), resamples=500)
    area_ = found.find("auroc")
    assert 0.08 * 500 < area_.unanswered < 0.19 * 500
    assert math.isnan(area_.percentile.low)
    assert "too few patients" in area_.percentile.method
    ppv = found.find("ppv", 40.0)
    assert math.isnan(ppv.value)
    assert "does not exist" in ppv.bca.method
    assert ppv.unanswered == 500
    specificity = found.find("specificity", 40.0)
    assert (specificity.value, specificity.percentile.high, specificity.unanswered) == (1, 1, 0)
    assert specificity.percentile.low == pytest.approx(0.025 ** (1 / 28))
    assert found.find("prevalence").percentile.low < 2 / 30 < found.find("prevalence").bca.high


def test_a_perfect_and_an_idle_score_are_answered() -> None:
    scored = made_up()
    perfect = headline(replace(scored, score=scored.label.astype(float)), points=Points((0.5,)), resamples=100)
    sick = np.unique(scored.patient[scored.label]).size
    well = np.unique(scored.patient[~scored.label]).size
    assert sick != well
    for name, at, patients in (
        ("auroc", None, min(sick, well)), ("sensitivity", 0.5, sick), ("specificity", 0.5, well), ("ppv", 0.5, sick),
        ("npv", 0.5, well), ("sensitivity_at_specificity", 0.9, sick), ("specificity_at_sensitivity", 0.9, well),
    ):  # fmt: skip
        for interval in (perfect.find(name, at).percentile, perfect.find(name, at).bca):
            assert (interval.value, interval.high) == (1, 1)
            assert interval.low == pytest.approx(0.025 ** (1 / patients))
            assert "exact" in interval.method
    skill = perfect.find("brier_skill").percentile
    assert (skill.value, math.isnan(skill.low), "every resample" in skill.method) == (1, True, True)
    idle = headline(replace(scored, score=np.full(400, 0.5)), resamples=100)
    assert idle.find("auroc").value == 0.5
    assert math.isnan(idle.find("auroc").bca.low)
    nobody = idle.find("sensitivity_at_specificity", 0.9).bca
    assert (nobody.value, nobody.low) == (0, 0)
    assert nobody.high == pytest.approx(1 - 0.025 ** (1 / sick))


def test_a_perfect_area_is_bounded_even_where_many_resamples_have_no_answer() -> None:
    scored = sparse()
    found = headline(replace(scored, score=scored.label * 1.0), resamples=300).find("auroc")
    assert found.unanswered > 30
    assert found.bca.low == pytest.approx(0.025 ** (1 / 2))


def test_nobody_called_has_an_exact_share() -> None:
    scored = made_up()
    found = headline(scored, points=Points((2.0,)), resamples=20).find("called", 2.0).bca
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 200))


def test_a_perfect_score_of_too_few_patients_has_no_limits() -> None:
    scored = Scored(list("abcde"), list("abcde"), [0, 0, 0, 0, 1], [0.0, 1, 2, 3, 4])  # type: ignore[arg-type]
    drawn = module.Moved((("auroc", None),), np.ones(1), np.ones((5, 1)), np.ones((5, 1)))  # type: ignore[arg-type]
    found = module._summary("set", scored, drawn, 0, 0.95).estimates[0].bca
    assert math.isnan(found.low)
    assert "at least two patients" in found.method


def test_a_difference_is_paired() -> None:
    first = made_up()
    second = replace(first, score=np.clip(first.score + 0.2 * np.random.default_rng(1).uniform(size=400), 0, 1))
    second = replace(second.where(np.arange(400)[::-1]), name="noisy")
    found = difference(first, second, points=Points((0.5,)), second_thresholds=(0.6,), resamples=2000)
    assert found.name == "made-up films minus noisy"
    closed = paired_difference(first, second)
    own = found.find("auroc")
    assert own.value == pytest.approx(closed.difference.value)
    assert own.percentile.high - own.percentile.low == pytest.approx(2 * 1.96 * closed.standard_error, rel=0.15)
    one, two = (
        headline(first, points=Points((0.5,)), resamples=10),
        headline(second, points=Points((0.6,)), resamples=10),
    )
    gap = one.find("f1", 0.5).value - two.find("f1", 0.6).value
    assert found.find("f1", 0.5).value == pytest.approx(gap)
    assert found.find("brier").value == pytest.approx(one.find("brier").value - two.find("brier").value)


def test_a_score_does_not_differ_from_itself() -> None:
    scored = made_up()
    for estimate in difference(scored, scored, resamples=50).estimates:
        assert (estimate.value, estimate.percentile.low, estimate.percentile.high) == (0, 0, 0)


def test_scores_and_probabilities_are_compared_without_calibration() -> None:
    scored = made_up()
    found = difference(scored, replace(scored, probability=False), resamples=20)
    assert "brier" not in {estimate.name for estimate in found.estimates}


def test_it_is_plain_data() -> None:
    found = asdict(headline(made_up(), resamples=20))
    assert found["estimates"][2]["name"] == "auroc"
    assert isinstance(found["estimates"][2]["percentile"]["low"], float)


def test_what_cannot_be_resampled_is_refused() -> None:
    scored = made_up()
    with pytest.raises(DataError, match=r"made-up films: all .* one class only"):
        headline(scored.where(scored.label))
    with pytest.raises(DataError, match="of one patient"):
        headline(replace(scored, patient=np.full(400, "p")))
    with pytest.raises(DataError, match="differ by label"):
        difference(scored, replace(scored, label=~scored.label))
    with pytest.raises(ConfigError, match="give pairs"):
        difference(scored, scored, points=POINTS, second_thresholds=(0.5,))
    with pytest.raises(ConfigError, match="at least one resample"):
        headline(scored, resamples=0)
    with pytest.raises(ConfigError, match="one thread"):
        headline(scored, threads=0)
    with pytest.raises(ConfigError, match="level"):
        headline(scored, level=1.0, resamples=5)
    with pytest.raises(ConfigError, match=r"no estimate 'f1' at 0\.7"):
        headline(scored, points=POINTS, resamples=5).find("f1", 0.7)
    with pytest.raises(ConfigError, match="no number 'auc'"):
        moved(scored, resamples=5).column("auc")
