"""Films with a score and a label."""

from __future__ import annotations

import numpy as np
import pytest

from wetread.collections import lists
from wetread.errors import DataError
from wetread.evaluation.scored import Scored, list_hash


def scored(**changed: object) -> Scored:
    given = {
        "film": ["a", "b", "c", "d"], "patient": ["p", "p", "q", "r"], "label": [0, 1, 0, 1], "score": [0.1, 0.4, 0.2, 0.8],
        "probability": True, "groups": {"view": ["PA", None, "AP", "PA"]}, "name": "the test set",
    } | changed  # fmt: skip
    return Scored(**given)  # type: ignore[arg-type]


def test_counts() -> None:
    films = scored()
    assert (len(films), films.patients, films.positives, films.negatives, films.prevalence) == (4, 3, 2, 2, 0.5)
    assert films.groups["view"].tolist() == ["PA", "", "AP", "PA"]
    assert films.label.dtype == bool
    assert films.score.dtype == np.float64


def test_arrays_are_its_own_and_read_only() -> None:
    score = np.array([0.1, 0.4, 0.2, 0.8])
    films = scored(score=score)
    score[0] = 9
    assert films.score[0] == 0.1
    with pytest.raises(ValueError, match="read-only"):
        films.score[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        films.groups["view"][0] = "AP"


def test_where_keeps_the_rows_together() -> None:
    part = scored().where([False, True, False, True], "positives")
    assert part.film.tolist() == ["b", "d"]
    assert part.groups["view"].tolist() == ["", "PA"]
    assert part.name == "positives"


def test_a_list_has_one_hash_in_every_room() -> None:
    """Else a split, a bundle's card and an evaluation would call the same films by different names."""
    assert list_hash(["b.png", "a.png"]) == lists.list_hash(["a.png", "b.png"])


def test_list_hash_does_not_depend_on_order() -> None:
    films = scored()
    assert films.list_hash == list_hash(films.film[::-1])
    assert films.list_hash != films.where([0, 1, 2]).list_hash


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"score": [0.1, np.nan, 0.2, np.inf]}, r"2 of 4 films \(row 2, 4\) have no finite score"),
        ({"score": ["a", "b", "c", "d"]}, "scores are numbers"),
        ({"score": [0.1, 1.4, 0.2, -1]}, r"row 2, 4\) have scores outside \[0, 1\]"),
        ({"score": [0.1, 0.2]}, "scores are one for each of 4 films"),
        ({"label": [0, 1, 2, 1]}, r"row 3\) have a label that is neither 0 nor 1"),
        ({"label": [0, 1, np.nan, 1]}, "neither 0 nor 1"),
        ({"label": ["0", "1", "0", "1"]}, "labels are 0 or 1"),
        ({"patient": ["p", "", None, "r"]}, r"row 2, 3\) have no patient"),
        ({"film": ["a", "b", "a", "d"]}, r"2 of 4 films \(row 1, 3\) stand there more than once"),
        ({"film": ["a", "b", None, "d"]}, "have no name"),
        ({"film": []}, "no films"),
        ({"groups": {"view": ["PA"]}}, "view are one for each"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message) as refused:
        scored(**changed)
    assert "the test set" in str(refused.value)


def test_scores_that_are_no_probabilities_may_be_any_number() -> None:
    assert scored(score=[-3.0, 2.0, 40.0, 1e9], probability=False).score[3] == 1e9


def test_one_class_is_refused_only_where_both_are_needed() -> None:
    films = scored(label=[1, 1, 1, 1])
    with pytest.raises(DataError, match="all 4 films are positive: there is no AUROC"):
        films.both_classes("AUROC")
