"""What the groups that films stand in tell of a label, on patients that were not fitted on."""

from __future__ import annotations

import numpy as np
import pytest

from wetread.errors import DataError
from wetread.intervals import auroc
from wetread.intervals.crossfit import group_baseline, groups_together


def test_one_fold_is_refused() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1])
    with pytest.raises(DataError, match="at least 2 folds"):
        group_baseline(["PA"] * 6, labels, np.zeros(6, np.int64))
    with pytest.raises(DataError, match="at least 2 folds"):
        groups_together([["PA"] * 6], labels, np.zeros(6, np.int64))


def test_shares_of_groups_by_hand() -> None:
    groups = ["PA", "PA", "AP", "AP", "PA", "PA", "AP", ""]
    labels = np.array([0, 1, 1, 1, 0, 0, 0, 1])
    fold = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    # Fold 1 knows 1 of 2 PA, 2 of 2 AP, 3 of 4 over all, nobody without a view. Fold 0 knows 0 of 2, 0 of 1, 1 of 4.
    expected = [-0.25, -0.25, -0.25, -0.25, -0.25, -0.25, 0.25, 0]
    np.testing.assert_allclose(group_baseline(groups, labels, fold), expected)


def test_groups_may_be_any_values() -> None:
    labels, fold = np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1])
    missing = [True, False, True, False]
    np.testing.assert_allclose(group_baseline(missing, labels, fold), [-0.5, 0.5, -0.5, 0.5])


def test_one_group_tells_nothing() -> None:
    labels = np.random.default_rng(3).integers(0, 2, 60)
    fold = np.arange(60) % 5
    assert float(auroc(group_baseline(["PA"] * 60, labels, fold), labels)[0]) == 0.5


def test_groups_together_know_more_than_each_alone() -> None:
    rng = np.random.default_rng(5)
    first, second = rng.integers(0, 2, 4000), rng.integers(0, 2, 4000)
    labels = (rng.uniform(size=4000) < 1 / (1 + np.exp(2 - first - 1.5 * second))).astype(np.int64)
    fold = np.arange(4000) % 5
    both = groups_together([first, second], labels, fold)
    alone = [float(auroc(group_baseline(group.tolist(), labels, fold), labels)[0]) for group in (first, second)]
    assert float(auroc(both, labels)[0]) > max(alone) + 0.03


@pytest.mark.parametrize("label", [0, 1])
def test_folds_of_one_class_tell_nothing(label: int) -> None:
    labels = np.full(6, label)
    np.testing.assert_array_equal(groups_together([list("aabbcc")], labels, np.arange(6) % 2), np.zeros(6))


def test_the_fold_that_is_scored_teaches_nothing() -> None:
    rng = np.random.default_rng(6)
    group, labels, fold = rng.integers(0, 4, 300), rng.integers(0, 2, 300), np.arange(300) % 3
    turned = np.where(fold == 1, 1 - labels, labels)
    np.testing.assert_array_equal(
        groups_together([group], turned, fold)[fold == 1], groups_together([group], labels, fold)[fold == 1]
    )
