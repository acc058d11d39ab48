"""Reference standards: labels by hand, and what their record says."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truth.published import OBSERVERS, PATIENTS
from wetread.errors import ConfigError, DataError
from wetread.truth.reads import Reads
from wetread.truth.rules import Adjudicated, DawidSkene, KOfN, Rule, SingleReader, TextMined, Weighted
from wetread.truth.standard import reference_standard

THREE = ("ann", "ben", "cleo")


def reads(*rows: Sequence[object], readers: Sequence[str] = THREE, classes: Sequence[object] | None = (0, 1)) -> Reads:
    return Reads.of_matrix(rows, readers=readers, classes=classes)


RULES: list[Rule] = [
    SingleReader("ann"),
    TextMined("ann", positive="1", ppv=0.6, npv=0.9),
    KOfN(),
    KOfN(1, positive="1"),
    KOfN(3, positive="1"),
    Weighted({"ann": 20, "ben": 4, "cleo": 1}),
    Adjudicated("ann", "ben", "cleo"),
    DawidSkene(),
]
SOME = reads((1, 1, 1), (0, 0, 0), (1, 0, 1), (1, 0, 0), (1, None, 0), (None, None, None), (0, 1, 1), (1, 1, None))


@pytest.mark.requirement("REQ-REFERENCE-STANDARD")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_every_rule_gives_label_support_and_record(rule: Rule) -> None:
    found = reference_standard(SOME, rule)
    assert len(found.labels) == len(found.why) == len(found.support) == len(found.films) == 8
    for label, why, support in zip(found.labels, found.why, found.support, strict=True):
        assert (label is None) == (why is not None)
        assert label in (None, *found.classes)
        assert np.isnan(support) if label is None else (np.isnan(support) or 0 <= support <= 1)
    record = found.record
    assert record.rule == type(rule).__name__
    assert record.statement
    assert record.support_is
    assert record.readers["ann"] == {"films": 7, "reads": 7}
    assert record.missing_reads == 5
    assert record.repeated_reads == 0
    assert sum(record.labels.values()) + sum(record.undecided.values()) == record.films == 8
    assert json.loads(json.dumps(record.to_dict())) == record.to_dict()
    table = found.table()
    assert table.columns == ["film", "label", "support", "readers", "why", "share_0", "share_1"]
    assert table["readers"].to_list() == [3, 3, 3, 3, 2, 0, 3, 2]


def test_majority_by_hand() -> None:
    found = reference_standard(SOME, KOfN())
    assert found.labels == ("1", "0", "1", "0", None, None, "1", "1")
    assert found.support.tolist()[:4] == pytest.approx([1, 1, 2 / 3, 2 / 3])
    assert found.why[4] == "missing reads could decide"
    assert found.why[5] == "no answer"
    assert found.record.details == {"k": 2, "n": 3, "unanimous": 2}


def test_k_of_n_with_a_positive_answer_by_hand() -> None:
    assert reference_standard(SOME, KOfN(1, positive="1")).labels == ("1", "0", "1", "1", "1", None, "1", "1")
    assert reference_standard(SOME, KOfN(3, positive="1")).labels == ("1", "0", "0", "0", "0", None, "0", None)


def test_two_readers_who_differ_are_a_tie() -> None:
    found = reference_standard(reads((1, 0), (1, 1), readers=("ann", "ben")), KOfN())
    assert found.labels == (None, "1")
    assert found.why == ("no answer has enough", None)


def test_weights_decide_and_the_record_says_how_often() -> None:
    found = reference_standard(SOME, Weighted({"ann": 20, "ben": 4, "cleo": 1}, reason="years"))
    assert found.labels == ("1", "0", "1", "1", "1", None, "0", "1")
    assert found.support[3] == pytest.approx(0.8)
    assert found.record.source == "years"
    assert found.record.details["labels_that_equal_weights_would_change"] == 3
    tie = reference_standard(reads((1, 0, None)), Weighted({"ann": 2, "ben": 2, "cleo": 1}))
    assert tie.labels == (None,)
    assert "more than half" in str(tie.why[0])


@pytest.mark.requirement("REQ-REFERENCE-STANDARD")
def test_two_readers_and_an_adjudicator_by_hand() -> None:
    found = reference_standard(SOME, Adjudicated("ann", "ben", "cleo"))
    assert found.labels == ("1", "0", "1", "0", None, None, "1", "1")
    assert found.support[[0, 2, 3, 7]] == pytest.approx([1, 2 / 3, 2 / 3, 1])
    assert found.why[4] == "one of the two readers has not answered"
    assert found.record.details["agreed"] == 3
    assert found.record.details["adjudicated"] == 3
    assert found.record.details["adjudicator_sided_with"] == {"ann": 1, "ben": 2, "neither": 0}
    waiting = reference_standard(reads((1, 0, None)), Adjudicated("ann", "ben", "cleo"))
    assert waiting.why == ("the two differ and the adjudicator has not decided",)


def test_an_adjudicator_is_not_asked_where_two_agree() -> None:
    found = reference_standard(reads((1, 1, 0)), Adjudicated("ann", "ben", "cleo"))
    assert (found.labels, found.support[0]) == (("1",), 1)


def test_a_single_read_knows_nothing_of_its_error_and_repeats_do() -> None:
    once = reference_standard(reads((1,), (0,), readers=["ann"]), SingleReader())
    assert np.isnan(once.support).all()
    assert "unknown" in once.record.support_is
    twice = reference_standard(reads((1, 1, 0), (1, 0, None), readers=["ann"] * 3), SingleReader())
    assert twice.labels == ("1", None)
    assert twice.why == (None, "own reads differ")
    assert twice.support[0] == pytest.approx(2 / 3)
    assert twice.record.readers == {"ann": {"films": 2, "reads": 5}}
    assert twice.record.repeated_reads == 3


@pytest.mark.requirement("REQ-LABEL-NOISE")
def test_text_mined_labels_are_worth_what_was_measured() -> None:
    found = reference_standard(SOME, TextMined("ann", positive="1", ppv=0.6, npv=0.9))
    assert found.support[:2] == pytest.approx([0.6, 0.9])
    assert "0.6" in found.record.support_is
    bare = reference_standard(SOME, TextMined("ann"))
    assert np.isnan(bare.support).all()
    assert "never as the truth" in bare.record.statement


def test_repeated_reads_are_one_voice() -> None:
    """Ann read three times: still one reader against two."""
    five = ("ann", "ann", "ann", "ben", "cleo")
    assert reference_standard(reads((1, 1, 1, 0, 0), readers=five), KOfN()).labels == ("0",)
    assert reference_standard(reads((1, 1, 1, 0, 0), readers=five), Weighted(dict.fromkeys(THREE, 1))).labels == ("0",)
    assert reference_standard(reads((1, 1, 0, 1, 0), readers=five), KOfN()).labels == ("1",)
    shared = reference_standard(reads((1, 1, 0, 1, 0), readers=five), Weighted(dict.fromkeys(THREE, 1)))
    assert shared.support[0] == pytest.approx((2 / 3 + 1) / 3)


def test_dawid_skene_as_a_standard() -> None:
    published = Reads.of_matrix(PATIENTS, readers=OBSERVERS, films=[str(i + 1) for i in range(45)])
    found = reference_standard(published, DawidSkene())
    record = found.record
    assert record.readers["1"] == {"films": 45, "reads": 135}
    assert record.repeated_reads == 90
    assert record.details["marginals"]["2"] == pytest.approx(0.42198339, abs=5e-9)
    assert record.details["converged"]
    # With one voice for each observer, patient 12 has a plurality that is not tied, and the model agrees with it.
    assert record.details["differs_from_plurality"] == ["2", "36"]
    assert (found.labels[1], found.labels[11], found.labels[35]) == ("4", "3", "4")
    assert found.support[34] == pytest.approx(0.948, abs=5e-4)


def test_a_reader_who_is_wrong_more_often_than_right_is_named() -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 200)
    rows = [[t if rng.uniform() < 0.9 else 1 - t for _ in range(3)] + [1 - t] for t in truth]
    found = reference_standard(reads(*rows, readers=(*THREE, "dora")), DawidSkene())
    assert found.record.details["readers_who_say_another_class_more_often_than_the_true_one"] == ["dora"]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(*[st.sampled_from([0, 1, None])] * 3), min_size=1, max_size=12), st.permutations(range(3)))
def test_majority_does_not_depend_on_who_is_named_first(rows: list[tuple[int | None, ...]], order: list[int]) -> None:
    if not any(answer is not None for row in rows for answer in row):
        return
    there = reference_standard(reads(*rows), KOfN())
    other = reads(*[[row[k] for k in order] for row in rows], readers=[THREE[k] for k in order])
    assert reference_standard(other, KOfN()).labels == there.labels
    equal, sevens = (reference_standard(reads(*rows), Weighted(dict.fromkeys(THREE, weight))) for weight in (1, 7.0))
    assert equal.labels == sevens.labels
    assert equal.support == pytest.approx(sevens.support, nan_ok=True)


@pytest.mark.requirement("REQ-REFERENCE-STANDARD")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TextMined(ppv=0.5), "state ppv, npv and the positive answer together"),
        (lambda: TextMined(positive="1", ppv=1.5, npv=0.5), "a share between 0 and 1"),
        (lambda: KOfN(0), "at least one reader"),
        (lambda: Weighted({"ann": -1}), "not so: ann"),
        (lambda: Weighted({}), "no weights at all"),
        (lambda: Adjudicated("ann", "ben", "ann"), "three different people"),
        (lambda: reference_standard(SOME, KOfN(4)), "4 readers cannot agree where 3 read"),
        (lambda: reference_standard(SOME, KOfN(1)), "two answers could both have that many"),
        (lambda: reference_standard(SOME, SingleReader()), "name the reader; there are reads by ann, ben, cleo"),
        (lambda: reference_standard(SOME, "majority"), "no rule"),
        (
            lambda: reference_standard(reads((1, 2, 3), classes=None), KOfN(2, positive="1")),
            "needs two answers, not 1, 2, 3",
        ),
    ],
)
def test_contradictions_are_refused(make: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()  # type: ignore[operator]


def test_unknown_readers_and_weights_are_named() -> None:
    with pytest.raises(DataError, match="no reads by 'zoe'"):
        reference_standard(SOME, Adjudicated("ann", "zoe", "ben"))
    with pytest.raises(DataError, match="no weight for ben, cleo"):
        reference_standard(SOME, Weighted({"ann": 1}))
    with pytest.raises(DataError, match="three readers or more"):
        reference_standard(reads((1, 0), readers=("ann", "ben")), DawidSkene())
