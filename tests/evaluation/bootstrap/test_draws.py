"""Who is drawn: patients with replacement, the same ones for every figure of a seed."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.sets import made_up
from wetread.errors import ConfigError
from wetread.evaluation.bootstrap import draws
from wetread.evaluation.bootstrap.draws import copies, over_patients
from wetread.evaluation.bootstrap.resample import headline
from wetread.evaluation.scrutiny.negatives import hard_negatives
from wetread.evaluation.scrutiny.subgroups import subgroups


@pytest.mark.requirement("REQ-INTERVALS")
def test_a_draw_is_as_many_patients_as_there_are() -> None:
    drawn = np.stack(list(copies(50, 0, 0, 2000)))
    assert (drawn.sum(axis=1) == 50).all()
    assert drawn.mean(axis=0) == pytest.approx(np.ones(50), abs=0.1)
    assert drawn.var() == pytest.approx(1 - 1 / 50, abs=0.03)
    assert not (np.stack(list(copies(50, 0, 1, 2000))) == drawn).all()
    assert not (np.stack(list(copies(50, 1, 0, 2000))) == drawn).all()


def test_rooms_and_groups_share_their_resamples() -> None:
    """Of one seed, the AUROC's interval is the same whoever prints it."""
    scored = made_up()
    everybody = type(scored)(
        scored.film, scored.patient, scored.label, scored.score, True, {"all": np.full(len(scored), "yes")}
    )
    one = headline(scored, resamples=230, seed=5).find("auroc").percentile
    two = hard_negatives(scored, {}, resamples=230, seed=5).auroc
    three = subgroups(everybody, resamples=230, seed=5).covariates[0].groups[0].auroc
    for other in (two, three):
        assert other is not None
        assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=1e-12)


def test_memory_is_bounded_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def statistic(weights: np.ndarray) -> np.ndarray:
        sizes.append(len(weights))
        return weights @ np.arange(14.0).reshape(7, 2)

    whole = over_patients(statistic, 7, resamples=250, seed=3)
    monkeypatch.setattr(draws, "_AT_ONCE", 7 * 30)
    sizes.clear()
    parts = over_patients(statistic, 7, resamples=250, seed=3)
    assert max(sizes) == 30
    assert whole[1].shape == (250, 2)
    assert whole[0].tolist() == [42, 49]
    np.testing.assert_array_equal(whole[1], parts[1])
    np.testing.assert_array_equal(whole[1][:120], over_patients(statistic, 7, resamples=120, seed=3)[1])


def test_no_resamples_are_refused() -> None:
    with pytest.raises(ConfigError, match="at least one resample"):
        over_patients(lambda weights: weights, 3, resamples=0, seed=0)
