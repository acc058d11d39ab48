"""Rules for thresholds, each against a search over all thresholds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.sets import made_up
from wetread.errors import ConfigError, DataError
from wetread.evaluation.calls.ladder import Ladder
from wetread.evaluation.calls.rule import Rule
from wetread.evaluation.calls.threshold import FilmList, stated, tune
from wetread.evaluation.scored import Scored

RULES = [
    Rule(), Rule("f1"), Rule("f1", prevalence=0.02), Rule("sensitivity", 0.9), Rule("specificity", 0.8),
    Rule("net-benefit", 0.2), Rule("net-benefit", 0.2, prevalence=0.6), Rule("cost", 5.0),
]  # fmt: skip


@st.composite
def films(draw: st.DrawFn) -> Scored:
    n = draw(st.integers(6, 30))
    score = np.array(draw(st.lists(st.integers(0, 8), min_size=n, max_size=n))) / 8
    label = np.array([*draw(st.lists(st.booleans(), min_size=n - 2, max_size=n - 2)), True, False])
    return Scored(np.arange(n).astype(str), np.arange(n).astype(str), label, score, True)


def worth_to(rule: Rule, s: Scored, threshold: float) -> tuple[float, ...]:
    """What the rule makes largest, from its definition; then what decides between equals."""
    called = s.score >= threshold
    se, fa = called[s.label].mean(), called[~s.label].mean()
    p = rule.prevalence or s.prevalence
    if rule.kind == "sensitivity":
        return (se >= 0.9, threshold)
    if rule.kind == "specificity":
        return (1 - fa >= 0.8, -threshold)
    if rule.kind == "youden":
        return (round(se - fa, 10),)
    if rule.kind == "f1":
        return (round(2 * p * se / (p * se + (1 - p) * fa + p), 10),)
    if rule.kind == "net-benefit":
        return (round(p * se - (1 - p) * fa * 0.25, 10),)
    return (round(-(5 * p * (1 - se) + (1 - p) * fa), 10),)


@pytest.mark.requirement("REQ-THRESHOLD")
@pytest.mark.parametrize("rule", RULES, ids=str)
@settings(max_examples=40, deadline=None)
@given(films())
def test_no_threshold_serves_the_rule_better(rule: Rule, s: Scored) -> None:
    tuned = tune(s, rule, resamples=3)
    tried = Ladder.of(s.score, s.label, floor=0.0).cut
    tried = tried[1:] if rule.kind in ("youden", "f1") else tried
    assert worth_to(rule, s, tuned.threshold) == max(worth_to(rule, s, float(cut)) for cut in tried)
    called = s.score >= tuned.threshold
    assert (tuned.sensitivity, tuned.specificity) == pytest.approx(
        (called[s.label].mean(), 1 - called[~s.label].mean())
    )


@settings(max_examples=30, deadline=None)
@given(films(), st.sampled_from(RULES))
def test_a_monotone_change_of_scores_and_the_order_of_rows_change_nothing(s: Scored, rule: Rule) -> None:
    cubed = Scored(s.film[::-1], s.patient[::-1], s.label[::-1], s.score[::-1] ** 3, True)
    one, other = tune(s, rule, resamples=3), tune(cubed, rule, resamples=3)
    np.testing.assert_array_equal(s.score >= one.threshold, (cubed.score >= other.threshold)[::-1])


def test_a_ladder_calls_every_number_of_films() -> None:
    score, label = np.array([0.3, 0.1, 0.3, 0.9]), np.array([True, False, False, True])
    ladder = Ladder.of(score, label)
    np.testing.assert_array_equal([(score >= cut).sum() for cut in ladder.cut], [0, 1, 3, 4])
    hits, alarms = ladder.counts(np.array([[1.0, 1, 1, 1], [2, 0, 1, 0]]))
    np.testing.assert_array_equal(hits, [[0, 1, 2, 2], [0, 0, 2, 2]])
    np.testing.assert_array_equal(alarms, [[0, 0, 1, 2], [0, 0, 1, 1]])
    assert ladder.cut[-1] == 0.1
    corners = Ladder.of(np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([False, True, False, False, True]), corners=True)
    np.testing.assert_array_equal(corners.cut, [np.nextafter(0.9, 1), 0.75, 0.5])
    np.testing.assert_array_equal(corners.counts(np.array([[1.0, 2, 3, 4, 5]]))[0], [[0, 2, 7]])
    np.testing.assert_array_equal(corners.counts(np.array([[1.0, 2, 3, 4, 5]]))[1], [[0, 1, 8]])


def test_neighbouring_numbers_are_parted() -> None:
    high = 0.5
    low = np.nextafter(high, 0)
    cut = Ladder.of(np.array([low, high]), np.array([False, True])).cut
    assert [(np.array([low, high]) >= one).sum() for one in cut] == [0, 1, 2]


def test_scores_that_are_no_probabilities_are_tuned_too() -> None:
    s = made_up()
    raw = Scored(s.film, s.patient, s.label, np.log(s.score / (1 - s.score)) - 50, name="raw")
    tuned = tune(raw, Rule("sensitivity", 1.0), resamples=100)
    assert tuned.threshold < -40
    assert tuned.sensitivity == 1


@pytest.mark.parametrize("kind", ["sensitivity", "specificity"])
def test_confidence_moves_the_threshold_to_the_careful_side(kind: str) -> None:
    s = made_up(400)
    plain, careful, more = (tune(s, Rule(kind, 0.8, c), resamples=500) for c in (None, 0.9, 0.99))
    sign = 1 if kind == "sensitivity" else -1
    assert sign * plain.threshold > sign * careful.threshold > sign * more.threshold
    assert getattr(more, kind) > getattr(careful, kind) > 0.8


@pytest.mark.requirement("REQ-THRESHOLD")
def test_other_patients_reach_the_target_as_often_as_the_confidence_says() -> None:
    """Patients of one kind, 60 tuning sets: the sensitivity in 4,000 others falls short in about one of ten."""
    others = made_up(4000, seed=999)
    short = 0
    for seed in range(60):
        tuned = tune(made_up(150, seed=seed), Rule("sensitivity", 0.8, 0.9), resamples=200)
        short += (others.score[others.label] >= tuned.threshold).mean() < 0.8
    assert 0 < short <= 13


def test_too_few_films_for_the_confidence() -> None:
    few = made_up(20)
    with pytest.raises(DataError, match=r"allow no sensitivity of 0\.95 with 0\.95 confidence, whatever the threshold"):
        tune(few, Rule("sensitivity", 0.95, 0.95), resamples=200)


@pytest.mark.requirement("REQ-THRESHOLD")
def test_the_interval_says_how_it_was_made() -> None:
    tuned = tune(made_up(), resamples=300)
    assert tuned.interval.low < tuned.threshold < tuned.interval.high
    assert tuned.interval.method == "percentiles over 300 resamples of patients"
    assert tuned.rule == "largest sensitivity + specificity - 1 (Youden 1950)"
    assert (tuned.films, tuned.patients) == (400, 200)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("best",), "no threshold rule 'best'"),
        (("youden", 0.9), "takes no target"),
        (("sensitivity",), "takes a target"),
        (("sensitivity", 0.0), "has no target 0.0: give a share"),
        (("sensitivity", 90), "give a share above 0 and up to 1"),
        (("net-benefit", 1.0), "a probability between 0 and 1"),
        (("cost", -1.0), "a ratio above 0"),
        (("youden", None, 0.9), "takes no confidence"),
        (("sensitivity", 0.9, 95), r"95 % is 0\.95"),
        (("youden", None, None, 0.1), "takes no prevalence"),
        (("f1", None, None, 10), r"one in ten is 0\.1"),
    ],
)
def test_contradictions_are_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Rule(*arguments)  # type: ignore[arg-type]


def test_what_cannot_be_tuned_is_refused() -> None:
    s = made_up()
    with pytest.raises(DataError, match="no threshold with one class only"):
        tune(s.where(s.label))
    with pytest.raises(ConfigError, match="at least one resample"):
        tune(s, resamples=0)
    with pytest.raises(ConfigError, match="64 hexadecimal digits"):
        stated(0.5, tuned_on="abc")
    with pytest.raises(ConfigError, match="not NaN"):
        stated(float("nan"))
    with pytest.raises(DataError, match="no films in the list"):
        FilmList(np.array([], np.str_))
