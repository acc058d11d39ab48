"""The recommender: every question has an answer, and the answers that matter are right."""

from __future__ import annotations

import json
from itertools import product

import pytest

from wetread.errors import ConfigError
from wetread.truth import rules
from wetread.truth.advice import RULES, SOURCES
from wetread.truth.recommend import Question, recommend

EVERY = [
    Question(claim, stage, readers, (2.0, 20.0, 5.0, 9.0, 3.0)[:readers] if years else (), adjudicator, ct, culture)  # type: ignore[arg-type]
    for claim, stage, readers, years, adjudicator, ct, culture in product(
        ("sign", "disease"),
        ("training", "tuning", "test"),
        range(6),
        (True, False),
        (True, False),
        (True, False),
        (True, False),
    )
]


def test_every_question_has_an_answer_that_is_whole() -> None:
    for question in EVERY:
        advice = recommend(question)
        assert advice.why
        assert advice.sources
        assert len(advice.document) >= 8
        assert advice.may_say
        assert advice.may_not_say
        assert advice.sufficient or advice.missing
        assert advice.rule is None or hasattr(rules, advice.rule)
        assert json.loads(json.dumps(advice.to_dict())) == advice.to_dict()
        assert advice.standard in str(advice)


def test_every_rule_is_reached_and_every_source_used() -> None:
    reached = {recommend(question).standard for question in EVERY}
    assert {entry.standard for entry in RULES} == reached
    used = {source for question in EVERY for source in recommend(question).sources}
    assert used == set(SOURCES.values())


def test_films_alone_never_carry_a_disease() -> None:
    for question in EVERY:
        if question.claim == "disease" and question.stage == "test" and not question.evidence:
            advice = recommend(question)
            assert not advice.sufficient
            assert advice.may_say.startswith("only of the radiographic sign")
            assert "pneumonia in patients" in advice.may_not_say


@pytest.mark.requirement("REQ-REFERENCE-STANDARD")
def test_text_mined_labels_are_never_the_truth_of_a_test() -> None:
    for question in EVERY:
        advice = recommend(question)
        assert advice.rule != "TextMined" or question.stage != "test"
        if question.stage == "test" and question.readers < 2:
            assert not advice.sufficient or question.evidence


@pytest.mark.parametrize(
    ("question", "rule", "sufficient"),
    [
        (Question("sign", "test", 3), "KOfN", True),
        (Question("sign", "test", 2, adjudicator=True), "Adjudicated", True),
        (Question("sign", "test", 4, adjudicator=True), "Adjudicated", True),
        (Question("sign", "test", 4), "KOfN", False),
        (Question("sign", "test", 2), "KOfN", False),
        (Question("sign", "test", 1), "SingleReader", False),
        (Question("sign", "test", 0), None, False),
        (Question("disease", "test", 3, ct=True), None, True),
        (Question("disease", "test", 0, culture=True), None, False),
        (Question("disease", "test", 3), "KOfN", False),
        (Question("sign", "tuning", 1), "SingleReader", True),
        (Question("sign", "training", 3, (20, 2, 5)), "DawidSkene", True),
        (Question("sign", "training", 3, (20, 19, 15)), "KOfN", True),
        (Question("sign", "training", 0), "TextMined", True),
        (Question("disease", "training", 0), "TextMined", True),
    ],
)
def test_answers_that_matter(question: Question, rule: str | None, sufficient: bool) -> None:
    advice = recommend(question)
    assert (advice.rule, advice.sufficient) == (rule, sufficient)


def test_unequal_readers_and_ct_add_reasons() -> None:
    assert any("weights stated before" in why for why in recommend(Question("sign", "test", 3, (20, 2, 5))).why)
    assert not any("weights stated before" in why for why in recommend(Question("sign", "test", 3, (20, 18, 15))).why)
    assert any("A CT shows" in why for why in recommend(Question("sign", "test", 3, ct=True)).why)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Question("diagnosis", "test"), "no claim 'diagnosis': choose sign or disease"),  # type: ignore[arg-type]
        (lambda: Question("sign", "pilot"), "no stage 'pilot'"),  # type: ignore[arg-type]
        (lambda: Question("sign", "test", -1), "zero or more"),
        (lambda: Question("sign", "test", 2, (3,)), "1 for 2 readers"),
    ],
)
def test_no_question_that_contradicts_itself(make: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()  # type: ignore[operator]
