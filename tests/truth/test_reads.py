"""What may be called reads, and what is refused by name."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from wetread.errors import DataError
from wetread.truth.reads import Reads


def test_lists_become_places() -> None:
    reads = Reads.of(["f1", "f1", "f2"], ["ann", "ben", "ben"], [True, 0, 1.0])
    assert (reads.films, reads.readers, reads.classes) == (("f1", "f2"), ("ann", "ben"), ("0", "1"))
    assert reads.counts().tolist() == [[[0, 1], [1, 0]], [[0, 0], [0, 1]]]
    assert reads.first().tolist() == [[1, 0], [-1, 1]]
    assert reads.patients == reads.films
    assert len(reads) == 3


def test_numbers_are_ordered_by_size_and_words_as_stated() -> None:
    assert Reads.of(["a", "b", "c"], ["r"] * 3, [10, 9, 2]).classes == ("2", "9", "10")
    assert Reads.of(["a", "b"], ["r"] * 2, ["mild", "severe"], classes=["none", "mild", "severe"]).classes == (
        "none",
        "mild",
        "severe",
    )


def test_an_answer_that_was_not_given_is_kept_as_such() -> None:
    reads = Reads.of(["f1", "f1", "f2", "f2"], ["a", "b", "a", "b"], ["1", None, math.nan, " "])
    assert reads.answer.tolist() == [0, -1, -1, -1]
    assert reads.counts().sum() == 1


def test_repeated_reads_belong_to_one_reader_and_the_first_is_the_first() -> None:
    reads = Reads.of(["f"] * 3, ["a"] * 3, ["yes", "no", "no"], read=[10, 9, 2])
    assert reads.readers == ("a",)
    assert reads.number.tolist() == [2, 1, 0]
    assert reads.classes[reads.first()[0, 0]] == "no"
    assert reads.counts().tolist() == [[[2, 1]]]


def test_a_first_read_without_answer_leaves_the_next() -> None:
    reads = Reads.of(["f", "f"], ["a", "a"], [None, "no"], read=[1, 2])
    assert reads.first().tolist() == [[0]]


def test_a_table_and_a_matrix_are_the_same_reads() -> None:
    rows = [["1", None, "0"], ["1", "1", "1"]]
    matrix = Reads.of_matrix(rows, readers=["a", "b", "a"], films=["f1", "f2"])
    table = Reads.of_table(
        pl.DataFrame(
            {
                "film": ["f1"] * 3 + ["f2"] * 3,
                "reader": ["a", "b", "a"] * 2,
                "value": rows[0] + rows[1],
                "read": [1, 1, 2] * 2,
            }
        )
    )
    assert matrix.readers == table.readers == ("a", "b")
    np.testing.assert_array_equal(matrix.counts(), table.counts())
    np.testing.assert_array_equal(matrix.number, table.number)


def test_patients_are_kept_by_film() -> None:
    reads = Reads.of(["f1", "f2", "f2", "f3"], list("abab"), [1, 0, 1, 1], patient=["p", "q", None, ""])
    assert reads.patients == ("p", "q", "f3")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["f"], ["a", "b"], [1]), "one reader for each read: 2 given for 1 reads"),
        ((["f", None], ["a", "b"], [1, 1]), "entry 2 of the reads has no film"),
        ((["f", "g"], ["a", " "], [1, 1]), "entry 2 of the reads has no reader"),
        ((["f", "f"], ["a", "a"], [1, 1]), "reader 'a' has 2 reads of film 'f', and nothing says"),
        ((["f"], ["a"], [None]), "not one answer"),
        (([], [], []), "not one answer"),
    ],
)
def test_what_is_no_set_of_reads_is_refused(arguments: tuple[list[str], list[str], list[int]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Reads.of(*arguments)


def test_an_answer_outside_the_allowed_names_reader_and_film() -> None:
    with pytest.raises(DataError, match="reader 'b' answered 'maybe' on film 'f2'; the answers allowed are yes, no"):
        Reads.of(["f1", "f2"], ["a", "b"], ["yes", "maybe"], classes=["yes", "no"])
    with pytest.raises(DataError, match="different words"):
        Reads.of(["f1"], ["a"], ["yes"], classes=["yes", "yes"])


def test_numbers_of_reads_and_patients_may_not_contradict() -> None:
    with pytest.raises(DataError, match="read number 1 of film 'f' by reader 'a' is there 2 times"):
        Reads.of(["f", "f"], ["a", "a"], [1, 0], read=[1, 1])
    with pytest.raises(DataError, match="film 'f' is said to be of 2 patients"):
        Reads.of(["f", "f"], ["a", "b"], [1, 0], patient=["p", "q"])


def test_tables_and_matrices_of_another_shape_are_refused() -> None:
    with pytest.raises(DataError, match="reader, value missing among film, Reader"):
        Reads.of_table(pl.DataFrame({"film": ["f"], "Reader": ["a"]}))
    with pytest.raises(DataError, match=r"rows of \[1, 2\]"):
        Reads.of_matrix([[1, 2], [1]])
    with pytest.raises(DataError, match="3 readers named for rows of 2"):
        Reads.of_matrix([[1, 2]], readers=["a", "b", "c"])
    with pytest.raises(DataError, match="2 films named for 1 rows"):
        Reads.of_matrix([[1, 2]], films=["f", "g"])


def test_unknown_readers_and_answers_are_named() -> None:
    reads = Reads.of(["f"], ["a"], [1])
    with pytest.raises(DataError, match="no reads by 'z'; there are reads by a"):
        reads.reader_place("z")
    with pytest.raises(DataError, match=r"'2' is none of the answers \(1\)"):
        reads.class_place("2")
