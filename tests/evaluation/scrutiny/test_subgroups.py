"""Figures of groups: as taken from their films alone, silent where they are small, compared by a test that holds its level."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from wetread.errors import ConfigError, DataError
from wetread.evaluation.record import plain
from wetread.evaluation.scored import Scored
from wetread.evaluation.scrutiny.subgroups import apart, area_interval, subgroups, too_few
from wetread.intervals import bootstrap_auroc


def made(seed: int = 0, *, films: int = 900, patients: int = 300, worse: float = 0.0, **groups: Any) -> Scored:
    """Films of patients whose scores share something; `worse` takes that much off the signal on AP films."""
    rng = np.random.default_rng(seed)
    patient = rng.integers(0, patients, films)
    view = rng.choice(["AP", "PA"], films)
    label = rng.random(films) < 0.3
    score = label * (1.2 - worse * (view == "AP")) + rng.normal(size=films) + 0.7 * rng.normal(size=patients)[patient]
    sex = rng.choice(["F", "M"], patients)[patient]
    return Scored(
        np.arange(films).astype(str), patient.astype(str), label, score,
        groups={"view": view, "sex": sex, **groups}, name="made films",
    )  # fmt: skip


def test_a_group_has_the_figures_of_its_films_alone() -> None:
    scored = made()
    found = subgroups(scored, threshold=0.5, resamples=400)
    assert [covariate.name for covariate in found.covariates] == ["view", "sex"]
    for covariate in found.covariates:
        assert sum(group.films for group in covariate.groups) == len(scored)
        for group in covariate.groups:
            alone = scored.where(scored.groups[covariate.name] == group.name)
            assert (group.films, group.patients) == (len(alone), alone.patients)
            assert (group.positives, group.negatives) == (alone.positives, alone.negatives)
            assert group.positive_patients == np.unique(alone.patient[alone.label]).size
            area = bootstrap_auroc(alone.score, alone.label, alone.patient, resamples=400)
            assert group.auroc is not None
            assert group.sensitivity is not None
            assert group.specificity is not None
            assert group.auroc.value == pytest.approx(area.value)
            assert (group.auroc.low, group.auroc.high) == pytest.approx((area.low, area.high), abs=0.015)
            assert group.sensitivity.value == pytest.approx((alone.score[alone.label] >= 0.5).mean())
            assert group.specificity.value == pytest.approx((alone.score[~alone.label] < 0.5).mean())
            assert group.notes == ()


@pytest.mark.requirement("REQ-SUBGROUPS")
def test_small_groups_say_so_and_no_number() -> None:
    site = np.where(np.arange(900) < 12, "small", "large")
    found = subgroups(made(site=site), ["site"], threshold=0.5, resamples=50)
    small = next(group for group in found.covariates[0].groups if group.name == "small")
    assert small.films == 12
    assert small.auroc is None
    assert small.sensitivity is None
    assert small.specificity is None
    assert len(small.notes) == 2
    assert all(note.startswith("too few to say: ") and "at least 20" in note for note in small.notes)
    for test in found.covariates[0].interactions:
        assert test.p is None
        assert test.gap is None
        assert "fewer than two groups" in test.note
    assert found.tests == 0


def test_the_minimum_is_of_patients_and_as_stated() -> None:
    scored = made(patients=19)
    group = subgroups(scored, ["view"], threshold=0.5, resamples=20).covariates[0].groups[0]
    assert group.films > 400
    assert group.auroc is None
    exact = max(group.positive_patients, group.negative_patients)
    stated = subgroups(scored, ["view"], threshold=0.5, minimum=exact, resamples=20).covariates[0].groups[0]
    assert stated.auroc is not None


def test_one_class_may_be_large_enough_alone() -> None:
    label_free = np.where(np.arange(900) % 2 == 0, "a", "b")
    scored = made(half=label_free)
    silent = Scored(scored.film, scored.patient, scored.label & (label_free == "a"), scored.score, groups=scored.groups)
    groups = {
        group.name: group for group in subgroups(silent, ["half"], threshold=0.5, resamples=20).covariates[0].groups
    }
    assert groups["b"].positives == 0
    assert groups["b"].auroc is None
    assert groups["b"].sensitivity is None
    assert groups["b"].specificity is not None
    assert groups["b"].lost == 20
    assert groups["a"].auroc is not None


@pytest.mark.requirement("REQ-SUBGROUPS")
def test_films_of_an_unknown_group_are_shown_and_not_compared() -> None:
    view = np.where(np.arange(900) % 3 == 0, "", np.where(np.arange(900) % 2 == 0, "AP", "PA"))
    found = subgroups(made(seen=view), ["seen"], resamples=50).covariates[0]
    assert [group.name for group in found.groups] == ["AP", "PA", "not known"]
    assert found.groups[2].auroc is not None
    assert found.interactions[0].groups == ("AP", "PA")


@pytest.mark.requirement("REQ-SUBGROUPS")
def test_a_difference_is_found_and_named() -> None:
    found = subgroups(made(films=2400, patients=800, worse=1.0), ["view"], threshold=0.6, resamples=300)
    area, sensitivity, specificity = found.covariates[0].interactions
    for test in (area, sensitivity):
        assert test.p is not None
        assert test.p < 1e-4
        assert (test.lowest, test.highest) == ("AP", "PA")
    assert specificity.p is not None
    assert specificity.p > 0.01
    groups = {group.name: group for group in found.covariates[0].groups}
    assert area.gap == pytest.approx(groups["PA"].auroc.value - groups["AP"].auroc.value)  # type: ignore[union-attr]
    assert area.df == 1


@pytest.mark.requirement("REQ-SUBGROUPS")
def test_where_nothing_differs_the_test_holds_its_level() -> None:
    p = np.array(
        [
            test.p
            for seed in range(120)
            for test in subgroups(made(seed, films=500, patients=200), threshold=0.5, resamples=200)
            .covariates[0]
            .interactions
        ]
    )
    assert np.mean(p < 0.05) < 0.09
    assert 0.4 < np.mean(p < 0.5) < 0.6


@pytest.mark.requirement("REQ-SUBGROUPS")
def test_p_values_are_corrected_for_all_tests_of_the_table() -> None:
    found = subgroups(made(worse=0.6), threshold=0.5, resamples=200)
    tests = [test for covariate in found.covariates for test in covariate.interactions]
    assert found.tests == len(tests) == 6
    ordered = sorted((test.p, test.adjusted) for test in tests)  # type: ignore[type-var]
    assert ordered[0][1] == pytest.approx(min(1, 6 * ordered[0][0]))  # type: ignore[operator]
    assert all(one[1] <= two[1] for one, two in pairwise(ordered))  # type: ignore[operator]
    bonferroni = subgroups(made(worse=0.6), threshold=0.5, resamples=200, correction="bonferroni")
    tests = [test for covariate in bonferroni.covariates for test in covariate.interactions]
    assert all(test.adjusted == pytest.approx(min(1, 6 * test.p)) for test in tests)  # type: ignore[operator]


def test_a_group_without_errors_has_a_bound_and_no_test() -> None:
    scored = made()
    perfect = np.where(scored.groups["view"] == "AP", scored.label * 10.0, scored.score)
    scored = Scored(scored.film, scored.patient, scored.label, perfect, groups=scored.groups)
    covariate = subgroups(scored, ["view"], threshold=0.5, resamples=50).covariates[0]
    ap = covariate.groups[0]
    assert ap.auroc is not None
    assert ap.sensitivity is not None
    assert (ap.auroc.value, ap.auroc.high) == (1, 1)
    assert 0.9 < ap.auroc.low < 1
    assert 0.9 < ap.sensitivity.low < 1
    for test in covariate.interactions:
        assert test.p is None
        assert "in AP the" in test.note


def test_there_is_no_test_where_nothing_moves_or_little_was_drawn() -> None:
    few = subgroups(made(), ["view"], threshold=0.5, resamples=15).covariates[0].interactions
    assert all(test.p is None and "15 resamples hold all groups, at least 20" in test.note for test in few)
    patient = np.repeat(np.arange(60), 4).astype(str)
    alike = Scored(
        np.arange(240).astype(str), patient, np.tile([True, True, False, False], 60), np.tile([0.9, 0.1, 0.8, 0.2], 60),
        groups={"half": np.where(patient.astype(int) < 30, "one", "two")},
    )  # fmt: skip
    still = subgroups(alike, threshold=0.5, resamples=60).covariates[0]
    assert still.groups[0].sensitivity is not None
    assert still.groups[0].sensitivity.value == 0.5
    assert all(test.p is None and "do not move" in test.note for test in still.interactions)


def test_pairs_that_share_no_patient() -> None:
    assert apart(5, 9, 30) == 5  # five sick patients, each beside a healthy one
    assert apart(30, 30, 30) == 15  # who has films of both kinds can be used once only
    scored = made()
    sure = Scored(scored.film, scored.patient, scored.label, scored.label * 1.0, groups={"all": np.full(900, "yes")})
    group = subgroups(sure, resamples=20).covariates[0].groups[0]
    assert group.auroc is not None
    assert group.negative_patients > group.patients // 2
    pairs = min(group.positive_patients, group.patients // 2)
    assert group.auroc.low == pytest.approx(0.025 ** (1 / pairs))


def test_the_exact_bound_by_hand() -> None:
    ones, none = np.ones(10), np.zeros(10)
    assert area_interval(1, ones, pairs=36).low == pytest.approx(0.025 ** (1 / 36))
    assert area_interval(0, none, pairs=36).high == pytest.approx(1 - 0.025 ** (1 / 36))
    assert too_few(1, 20, "with positive films").startswith("too few to say: 1 patient with positive films")


def test_it_does_not_depend_on_rows_and_it_becomes_json() -> None:
    scored, order = made(), np.random.default_rng(1).permutation(900)
    found, turned = (subgroups(each, threshold=0.5, resamples=60) for each in (scored, scored.where(order)))
    assert found == turned
    assert found == subgroups(scored, threshold=0.5, resamples=60)
    assert json.loads(json.dumps(plain(found)))["covariates"][0]["groups"][0]["name"] == "AP"


def test_what_cannot_be_answered_is_refused() -> None:
    with pytest.raises(ConfigError, match="made films: no covariate age; the films have: view, sex"):
        subgroups(made(), ["age"])
    with pytest.raises(ConfigError, match="no correction 'none'"):
        subgroups(made(), correction="none")
    with pytest.raises(ConfigError, match="a threshold is a finite number"):
        subgroups(made(), threshold=float("nan"))
    with pytest.raises(ConfigError, match="minimum is 1"):
        subgroups(made(), minimum=1)
    with pytest.raises(DataError, match="age has 900 different values: put numbers in bands"):
        subgroups(made(age=np.arange(900).astype(str)))
