"""Corrected p-values: as published, and what holds for any family."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals.oracles import oracle
from wetread.errors import ConfigError, DataError
from wetread.intervals.multiplicity import METHODS, adjusted

FAMILIES = st.lists(st.floats(0, 1), max_size=12)


@pytest.mark.requirement("REQ-STATISTICS")
@pytest.mark.parametrize(
    ("method", "entry"), [("bonferroni", "bonferroni"), ("holm", "holm"), ("hochberg", "hochberg"), ("bh", "BH")]
)
def test_oracle_multiplicity(method: str, entry: str) -> None:
    published = oracle("multiplicity")
    np.testing.assert_allclose(adjusted(published["p"], method), published[entry], rtol=1e-12)


def test_by_hand() -> None:
    assert adjusted([0.5, 0.001, 0.4, 0.02]).tolist() == pytest.approx([0.8, 0.004, 0.8, 0.06])
    assert adjusted([0.04, 0.01, 0.03, 0.005], "hochberg").tolist() == pytest.approx([0.04, 0.03, 0.04, 0.02])
    assert adjusted([0.04, 0.01, 0.03, 0.005], "bh").tolist() == pytest.approx([0.04, 0.02, 0.04, 0.02])


@given(FAMILIES, st.sampled_from(sorted(METHODS)), st.randoms())
def test_order_bounds_and_independence_of_the_rows(p: list[float], method: str, random: object) -> None:
    found = adjusted(p, method)
    assert ((found <= 1) & (found >= np.array(p) * (1 - 1e-12))).all()
    place = list(range(len(p)))
    random.shuffle(place)  # type: ignore[attr-defined]
    np.testing.assert_allclose(adjusted([p[k] for k in place], method), found[place])
    ranked = found[np.argsort(p, kind="stable")]
    assert (np.diff(ranked) >= -1e-15).all()


@given(FAMILIES)
def test_each_method_is_as_strict_as_its_name(p: list[float]) -> None:
    bonferroni, holm, hochberg, bh = (adjusted(p, method) for method in ("bonferroni", "holm", "hochberg", "bh"))
    for looser, stricter in ((holm, bonferroni), (hochberg, holm), (bh, hochberg)):
        assert (looser <= stricter + 1e-12).all()


def test_what_cannot_be_corrected_is_refused() -> None:
    assert adjusted([]).shape == (0,)
    assert adjusted([0.2]).tolist() == [0.2]
    with pytest.raises(ConfigError, match=r"'sidak'.*choose one of bonferroni, holm, hochberg, bh"):
        adjusted([0.1], "sidak")
    for wrong in ([0.1, float("nan")], [1.2], [-0.1], [[0.1]]):
        with pytest.raises(DataError, match="none missing"):
            adjusted(wrong)
