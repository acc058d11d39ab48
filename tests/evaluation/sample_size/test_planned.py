"""A plan's sizes: as the oracles give them, whole as JSON, and an unclear wish refused."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intervals.oracles import oracle
from wetread.errors import ConfigError, DataError
from wetread.evaluation.sample_size.planned import PLAN, planned

COMPONENTS = {
    "reader_by_test": 0.0002,
    "variance": 0.0008,
    "cov1": 0.00035,
    "cov2": 0.00034,
    "cov3": 0.00024,
    "cases": 114,
}
READERS = {"effect": 0.05, "readers": 6, "cases": 251, "components": COMPONENTS}


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
def test_goals_are_those_of_the_oracle_to_the_film() -> None:
    published = oracle("performance_goal_exact")
    wanted = {(0.88, 0.80): "p1=.88,p0=.80", (0.90, 0.80): "p1=.90,p0=.80", (0.85, 0.75): "p1=.85,p0=.75"}
    goals = [{"of": "sensitivity", "expected": expected, "goal": goal} for expected, goal in wanted]
    for size, name in zip(planned({"goals": goals}).goals, wanted.values(), strict=True):
        assert {key: size.result[key] for key in ("first", "stable")} == published[name]
        assert size.result["power_first"] >= 0.8
        assert size.result["power_stable"] >= 0.8
        assert size.result["first"] in size.result["teeth"]["films"]


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
def test_precision_is_that_of_the_oracle() -> None:
    published = oracle("buderer")
    entries = [
        {"of": "sensitivity", "expected": 0.9, "half_width": 0.05, "prevalence": 0.1},
        {"of": "sensitivity", "expected": 0.8, "half_width": 0.07, "prevalence": 0.2},
    ]
    found = planned({"precision": entries}).precision
    for size, name in zip(found, ("sens0.9_w0.05_prev0.1", "sens0.8_w0.07_prev0.2"), strict=True):
        assert size.result["of_class"] == pytest.approx(published[name]["n_pos"], rel=1e-4)
        assert size.result["films"] == pytest.approx(published[name]["n_total"], rel=1e-4)


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
def test_areas_are_those_of_the_oracles() -> None:
    published = oracle("hanley_mcneil")["n_per_group_one_sided_0.05_power0.8"]
    groups = [
        {"first": float(first), "second": float(second), "sides": 1, "quantile_decimals": 3}
        for first, second in (name.split("_vs_") for name in published)
    ]
    found = planned(
        {"groups": groups, "areas": [{"expected": 0.8, "power": 0.9}, {"expected": 0.8, "power": 0.9, "ratio": 3}]}
    )
    assert [size.result["positives"] for size in found.groups] == pytest.approx(list(published.values()), abs=1e-6)
    sizes = oracle("auc_sample_size")
    assert found.areas[0].result["positives"] == pytest.approx(
        sizes["auc0.8_vs_0.5_power0.9_alpha0.05"]["ncases"], abs=1e-8
    )
    assert found.areas[1].result["negatives"] == pytest.approx(sizes["same_kappa3"]["ncontrols"], abs=1e-8)


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
def test_pairs_are_those_of_the_oracle() -> None:
    delong = oracle("delong_asah")
    auc, variance = delong["auc"], delong["var"]
    covariances = {frozenset(name.split("_")): value for name, value in delong["cov"].items()}
    entry = {
        "first": auc["wfns"], "second": auc["s100b"], "first_variance": variance["wfns"],
        "second_variance": variance["s100b"], "covariance": covariances[frozenset(("wfns", "s100b"))], "positives": 41, "negatives": 72,
        "power": 0.9, "source": "pROC's example",
    }  # fmt: skip
    size = planned({"pairs": [entry]}).pairs[0]
    published = oracle("auc_sample_size")["two_roc_wfns_s100b_power0.9_delong"]
    assert size.result["positives"] == pytest.approx(published["ncases"], rel=1e-6)
    assert size.inputs["source"] == "pROC's example"


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
def test_f1_is_that_of_the_oracle() -> None:
    published = oracle("f1")["n_halfwidth0.05_se.8_sp.9_prev.1"]
    entry = {"sensitivity": 0.8, "specificity": 0.9, "prevalence": 0.1, "half_width": 0.05}
    result = planned({"f1": [entry]}).f1[0].result
    assert [result["f1"], result["named"], result["films"]] == pytest.approx(
        [published["F1"], published["D"], published["n"]], rel=1e-9
    )


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
def test_readers_are_those_of_the_oracle() -> None:
    published = oracle("mrmc_power_or")
    given_ = published["inputs"]
    components = {
        "reader_by_test": given_["VarTR"], "variance": given_["Var"], "cov1": given_["Cov1"], "cov2": given_["Cov2"],
        "cov3": given_["Cov3"], "cases": given_["KStar"],
    }  # fmt: skip
    result = planned({"readers": [READERS | {"components": components, "table": [6, 8, 10, 12]}]}).readers[0].result
    assert result["power"] == pytest.approx(published["RRRC"]["power"], abs=1e-9)
    assert result["power_fixed_readers"] == pytest.approx(published["FRRC_power"], abs=1e-9)
    assert result["power_fixed_cases"] == pytest.approx(published["RRFC"]["power"], abs=1e-9)
    assert {str(row["readers"]): row["cases"] for row in result["table"]} == published["K_for_80pct"]


def test_the_study_holds_both_classes_and_says_the_power_of_both() -> None:
    found = planned(
        {
            "prevalence": 0.1, "enriched_prevalence": 0.3, "sites": 3, "loss": 0.1, "films_a_patient": 2, "correlation": 0.5,
            "goals": [
                {"of": "sensitivity", "expected": 0.88, "goal": 0.80},
                {"of": "specificity", "expected": 0.90, "goal": 0.80},
            ],
        }
    )  # fmt: skip
    study = found.study
    assert (study.positives, study.negatives, study.design_effect) == (185, 113, 1.5)
    assert study.films_as_they_come == math.ceil(185 / 0.1 * 1.5 / 0.9)
    assert study.films_enriched == math.ceil(185 / 0.3 * 1.5 / 0.9)
    assert study.films_a_site == math.ceil(study.films_enriched / 3)
    assert study.power == pytest.approx(
        found.goals[0].result["power_stable"] * found.goals[1].result["power_stable"], abs=1e-12
    )


def test_a_plan_without_goals_has_no_study() -> None:
    study = planned({"prevalence": 0.1, "sites": 3}).study
    assert (study.positives, study.power, study.films_as_they_come, study.films_a_site) == (None, None, None, None)


def test_the_json_holds_what_was_asked_and_what_came_out() -> None:
    asked = {
        "prevalence": 0.1,
        "goals": [{"of": "specificity", "expected": 0.9, "goal": 0.8}],
        "described": {"why": "so"},
    }
    told = json.loads(planned(asked).to_json())
    assert told["schema"] == PLAN
    assert told["asked"] == asked
    assert told["goals"][0]["inputs"] == {
        "of": "specificity",
        "expected": 0.9,
        "goal": 0.8,
        "power": 0.8,
        "alpha": 0.05,
    }
    assert told["study"]["films_as_they_come"] == math.ceil(113 / 0.9)
    assert told["readers"] == []


GOAL = {"of": "sensitivity", "expected": 0.9, "goal": 0.8}


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"gaols": []}, "gaols"),
        ({"goals": GOAL}, "list of calculations"),
        ({"goals": ["sensitivity"]}, "goals, entry 1"),
        ({"goals": [GOAL, GOAL | {"goal": 0.95}]}, "goals, entry 2"),
        ({"goals": [GOAL | {"goal": "high"}]}, "goal is a number"),
        ({"goals": [GOAL | {"goal": True}]}, "goal is a number"),
        ({"goals": [GOAL | {"of": "F1"}]}, "`of:`"),
        ({"goals": [GOAL | {"exepcted": 0.8}]}, "exepcted"),
        ({"precision": [{"of": "sensitivity", "expected": 0.9, "half_width": 0.05}]}, "prevalence is a number"),
        ({"areas": [{"expected": 0.8, "sides": 1.5}]}, "whole number"),
        ({"readers": [READERS | {"components": {"variance": 1}}]}, "components are"),
        ({"readers": [READERS | {"components": 3}]}, "table of numbers"),
        ({"readers": [READERS | {"table": "6, 8"}]}, "list of whole numbers"),
        ({"loss": 1, "goals": [GOAL]}, "loss"),
        ({"sites": 0, "goals": [GOAL]}, "sites"),
        ({"prevalence": 1.5, "goals": [GOAL]}, "prevalence"),
        ({"films_a_patient": 0.5}, "at least one film"),
    ],
)
def test_an_unclear_wish_is_refused_and_named(asked: dict[str, Any], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        planned(asked)


def test_components_that_fit_no_data_are_refused() -> None:
    with pytest.raises(DataError, match="fits no data"):
        planned({"readers": [READERS | {"components": COMPONENTS | {"cov1": 1.0}}]})


@settings(max_examples=30, deadline=None)
@given(
    prevalence=st.floats(0.02, 0.6),
    expected=st.floats(0.85, 0.95),
    loss=st.floats(0, 0.3),
)
def test_the_films_hold_both_classes_after_losses(prevalence: float, expected: float, loss: float) -> None:
    goals = [{"of": of, "expected": expected, "goal": 0.7} for of in ("sensitivity", "specificity")]
    study = planned({"prevalence": prevalence, "loss": loss, "goals": goals}).study
    assert study.films_as_they_come is not None
    left = study.films_as_they_come * (1 - loss) + 1e-6
    assert left * prevalence >= (study.positives or 0) - 1e-6
    assert left * (1 - prevalence) >= (study.negatives or 0) - 1e-6
    assert (study.films_as_they_come - 1) * (1 - loss) * min(
        prevalence / (study.positives or 1), (1 - prevalence) / (study.negatives or 1)
    ) < 1 + 1e-6
