"""Long tables become studies; what is no study is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evaluation.readers.cases import random_study
from wetread.errors import DataError
from wetread.evaluation.readers import Study

ROWS: dict[str, Any] = {
    "reader": ["b", "b", "a", "a", "b", "b", "a", "a"],
    "test": ["film", "film", "film", "film", "ai", "ai", "ai", "ai"],
    "case": ["2", "1", "1", "2", "1", "2", "1", "2"],
    "truth": [0, 1, 1, 0, 1, 0, 1, 0],
    "rating": [1, 5, 4, 2, 3, 2, 5, 1],
}


def test_a_long_table_keeps_the_order_of_its_rows() -> None:
    study = Study.from_rows(**ROWS)
    assert (study.tests, study.readers, study.case.tolist()) == (("film", "ai"), ("b", "a"), ["2", "1"])
    assert study.truth.tolist() == [False, True]
    assert study.rating.tolist() == [[[1, 5], [2, 4]], [[2, 3], [1, 5]]]
    assert (study.positives, study.negatives, study.patients) == (1, 1, 2)


def test_what_no_row_says_was_not_read() -> None:
    study = Study.from_rows(**{key: values[:-1] for key, values in ROWS.items()})
    assert np.isnan(study.rating[1, 1, 0])
    with pytest.raises(DataError, match=r"1 of 8 readings are missing \(first: reader 2 of 2 under test 2 of 2"):
        study.complete()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rating": [1, 5, 4, 2, 3, 2, 5, np.nan]}, "leave out the row"),
        ({"rating": list("abcdefgh")}, "finite numbers"),
        ({"truth": [0, 1, 1, 0, 1, 0, 1, 1]}, "1 cases have two different truths"),
        ({"truth": [0, 1, 1, 0, 1, 0, 1, 2]}, "0 or 1"),
        ({"case": ["2", "1", "1", "2", "1", "2", "1", "1"], "truth": [0, 1, 1, 0, 1, 0, 1, 1]}, "1 of 8 rows repeat"),
        ({"case": ["2"]}, "columns of one length"),
        ({"patient": ["p", "q", "q", "p", "q", "p", "q", "q"]}, "two different patients"),
    ],
)
def test_a_long_table_that_contradicts_itself_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        Study.from_rows(**{**ROWS, **change})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rating": np.zeros((2, 3))}, "tests x readers x cases"),
        ({"rating": np.full((1, 1, 2), np.inf)}, "infinite"),
        ({"truth": [0.5, 1]}, "0 or 1"),
        ({"truth": [0, 1, 1]}, "one for each of 2"),
        ({"tests": ("x", "y")}, "1 tests need 1 different names"),
        ({"case": np.array(["p", "p"])}, "name of another"),
        ({"patient": np.array(["p", ""])}, "no patient"),
    ],
)
def test_a_study_is_valid_or_not_there(change: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        Study(**{"rating": np.zeros((1, 1, 2)), "truth": np.array([0, 1]), **change})


def test_some_tests_alone_in_another_order() -> None:
    study = random_study(0, tests=3)
    assert np.array_equal(study.only(["test 3", "test 1"]).rating, study.rating[[2, 0]])
    with pytest.raises(DataError, match="no test"):
        study.only(["test 4"])


def test_arrays_cannot_be_changed() -> None:
    study = random_study(0)
    for values in (study.rating, study.truth, study.case, study.patient):
        assert not values.flags.writeable
