from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulatory.lint.planted import CONTROL, COURSE, PLANTS, changed
from wetread.regulatory.lint import RULES, Severity, Submission, lint
from wetread.regulatory.lint.described import described
from wetread.regulatory.lint.rules.figures import f1_at, f1_of_all

CASES = [(rule, changes) for rule, plants in PLANTS.items() for changes in plants]

# What the account of the course's example names, fault by fault.
NAMED = {
    "augmentation-as-preprocessing",  # drawn inside the preprocessing block
    "laterality",  # and it mirrors the heart
    "f1-of-all-positive",  # 0.817 where calling every film positive gives 0.815
    "prevalence-missing",
    "ratio-contradicts",  # 1:3 in the text, 69 % positive by count
    "f1-across-prevalences",  # set against 0.4 of CheXNet
    "threshold-on-scored-set",
    "no-interval",
    "no-auc",
    "views-differ",  # AP and PA indicated, AP alone in the plan
    "spectrum",  # healthy or pneumonia
    "plan-prevalence",
    "no-sample-size",
    "validation-means-tuning",
    "balance-not-undone",  # 50:50
    "split-by-image",
    "patients-unstated",
    "hardware-as-limitation",  # "no GPU needed"
    "truth-without-rule",  # three radiologists
}
# What follows from the same account beyond that list.
FOLLOWS = {"disease-from-film"}  # pneumonia is claimed, and radiologists are the standard


def found(plain: dict[str, Any]) -> set[str]:
    return {finding.rule for finding in lint(described(plain, "planted"))}


def test_the_control_has_no_finding() -> None:
    assert lint(described(CONTROL, "control")) == ()


@pytest.mark.parametrize(("rule", "changes"), CASES, ids=[f"{rule}-{at}" for at, (rule, _) in enumerate(CASES)])
def test_each_fault_planted_alone_is_found_and_nothing_else(rule: str, changes: dict[str, Any]) -> None:
    assert found(changed(CONTROL, changes)) == {rule}


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule.id for rule in RULES} == set(PLANTS)


def test_the_course_example_gives_every_fault_of_its_account() -> None:
    assert found(COURSE) == NAMED | FOLLOWS


def test_the_course_example_is_told_with_its_arithmetic() -> None:
    told = {finding.rule: finding.says for finding in lint(described(COURSE, "course"))}
    assert "0.815" in told["f1-of-all-positive"]
    assert "688 of 1000" in told["ratio-contradicts"]
    assert "wrong way round" in told["ratio-contradicts"]
    assert "0.09 where 1.3% are" in told["f1-across-prevalences"]


def test_each_rule_explains_itself_and_asks() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.why.endswith(".")
        assert rule.ask.endswith("?")
        assert not rule.why.startswith(rule.ask)


def test_a_finding_says_what_why_and_where() -> None:
    (finding,) = lint(described(changed(CONTROL, {"plan/views": ["AP"]}), "planted"))
    assert finding.where == "plan/views"
    assert finding.text == f"error views-differ (plan/views): {finding.says} {finding.why}"


def test_an_answered_finding_stays_with_its_answer() -> None:
    plain = changed(CONTROL, {"plan/sites": 2})
    (finding,) = lint(described({**plain, "answers": {"few-sites": "A third site is under contract."}}, "planted"))
    assert finding.answer == "A third site is under contract."
    assert finding.text.endswith("Answered: A third site is under contract.")


def test_what_the_describer_did_not_look_at_is_not_spoken_of() -> None:
    plain = changed(CONTROL, {"plan/sites": 2})
    assert found({**plain, "unknown": ["plan/sites"]}) == set()
    assert found({**plain, "unknown": ["plan"]}) == set()
    assert found({**plain, "unknown": ["plan/site"]}) == {"few-sites"}


def test_a_guess_is_a_question() -> None:
    told = described(changed(CONTROL, {"threshold_scored_on": "tuning"}), "planted")
    guessed = Submission(
        **{**{name: getattr(told, name) for name in told.__slots__}, "guessed": ("threshold_scored_on",)}
    )
    (sure,), (asked,) = lint(told), lint(guessed)
    assert (sure.severity, asked.severity) == (Severity.ERROR, Severity.WARNING)
    assert asked.says.endswith(sure.says)
    assert "?" in asked.says


@given(st.floats(0.001, 0.999))
def test_calling_every_film_positive_is_a_reader_who_is_always_wrong_on_negatives(prevalence: float) -> None:
    assert f1_of_all(prevalence) == pytest.approx(f1_at(prevalence, 1.0, 0.0))


def test_f1_moves_with_prevalence_as_published() -> None:
    assert [round(f1_at(prevalence, 0.8, 0.8), 2) for prevalence in (0.0128, 0.25, 0.5)] == [0.09, 0.67, 0.8]
    assert f1_at(0.5, 0.0, 1.0) == 0.0
