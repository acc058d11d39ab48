"""Many AUROCs at once are the AUROCs one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.errors import DataError
from wetread.intervals import auroc, patient_weights
from wetread.intervals.areas import Pairs, areas


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 12), st.sampled_from([3, 50, 10**6]), st.integers(0, 2**31))
def test_they_are_the_auroc_of_each(n: int, count: int, levels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    score, label = rng.integers(0, levels, n) / levels, rng.random(n) < 0.4
    keep, strata = rng.random(n) < 0.7, rng.integers(0, 3, n)
    patient = np.unique(rng.integers(0, count, n), return_inverse=True)[1]
    people = int(patient.max()) + 1
    weights = patient_weights(np.arange(people), resamples=7, seed=seed)
    questions = [Pairs(score, label), Pairs(score, label, keep), Pairs(score, label, strata=strata)]
    found = areas(questions, patient)(weights)
    films = weights[:, patient]
    np.testing.assert_allclose(found[:, 0], auroc(score, label, weights=films), atol=1e-12)
    np.testing.assert_allclose(found[:, 2], auroc(score, label, weights=films, strata=strata), atol=1e-12)
    if keep.any():
        np.testing.assert_allclose(found[:, 1], auroc(score[keep], label[keep], weights=films[:, keep]), atol=1e-12)
    else:
        assert np.isnan(found[:, 1]).all()


def test_what_does_not_fit_is_refused() -> None:
    patient = np.arange(3)
    with pytest.raises(DataError, match="one score and one label for each of 3 films"):
        areas([Pairs([0.1, 0.2], [True, False])], patient)
    with pytest.raises(DataError, match="1 scores are missing"):
        areas([Pairs([0.1, 0.2, np.nan], [True, False, True])], patient)
    with pytest.raises(DataError, match="strata name one group"):
        areas([Pairs([0.1, 0.2, 0.3], [True, False, True], strata=["a"])], patient)
    left_out = areas([Pairs([0.1, 0.2, np.nan], [False, True, True], keep=[True, True, False])], patient)
    assert left_out(np.ones((1, 3))).tolist() == [[1.0]]
