"""AUROC against labels that are sometimes wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetread.errors import DataError
from wetread.intervals import auroc
from wetread.intervals.noisy import apparent_auroc, true_auroc


def test_the_apparent_auroc_is_that_of_labels_with_independent_errors() -> None:
    rng = np.random.default_rng(0)
    sick = rng.uniform(size=60_000) < 0.2
    score = sick * 1.5 + rng.normal(size=60_000)
    noisy = rng.uniform(size=60_000) < np.where(sick, 0.6, 0.07)
    ppv, npv = sick[noisy].mean(), (~sick[~noisy]).mean()
    expected = apparent_auroc(float(auroc(score, sick)[0]), float(ppv), float(npv))
    assert auroc(score, noisy)[0] == pytest.approx(expected, abs=0.008)
    assert expected < auroc(score, sick)[0] - 0.1


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_the_formula_inverts_and_stays_in_bounds(true: float, ppv: float, npv: float) -> None:
    apparent = apparent_auroc(true, ppv, npv)
    assert 0 <= apparent <= 1
    assert abs(apparent - 0.5) <= abs(true - 0.5) + 1e-9
    if abs(ppv + npv - 1) > 1e-3:
        assert true_auroc(apparent, ppv, npv) == pytest.approx(true, abs=1e-6)


def test_ends_of_the_formula() -> None:
    assert apparent_auroc(0.8, 1, 1) == 0.8
    assert apparent_auroc(1, 0.4, 0.6) == 0.5
    assert apparent_auroc(0.8, 0, 0) == pytest.approx(0.2)
    with pytest.raises(DataError, match="says nothing of the truth"):
        true_auroc(0.6, 0.4, 0.6)
    with pytest.raises(DataError, match="ppv lies between 0 and 1"):
        apparent_auroc(0.8, 1.2, 0.5)
