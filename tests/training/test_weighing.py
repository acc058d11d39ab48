"""What films weigh, and the way back to the prevalence that was found."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.errors import ConfigError
from wetread.training.weighing import label_weights, loss, offset, order, prevalence, to_natural

NAN = np.nan


def labels(*columns: list[float]) -> np.ndarray:
    return np.array(columns, np.float32).T


def test_natural_order_is_each_film_once() -> None:
    places = np.arange(3, 20)
    dealt = order(labels([0.0] * 20), places, "natural", np.random.default_rng(0))
    assert sorted(dealt) == places.tolist()
    assert dealt.tolist() != places.tolist()


def test_balanced_order_takes_turns_and_wears_no_film_out() -> None:
    told = labels([1.0] * 3 + [0.0] * 17)
    dealt = order(told, np.arange(20), "balanced", np.random.default_rng(0))
    assert told[dealt, 0].tolist() == [1.0, 0.0] * 10
    counts = np.bincount(dealt, minlength=20)
    assert set(counts[:3]) <= {3, 4}
    assert counts[3:].max() == 1


@pytest.mark.parametrize("column", [[1.0] * 4, [0.0] * 4, [1.0, 0.0, NAN, 0.0]])
def test_what_cannot_be_balanced_is_refused(column: list[float]) -> None:
    with pytest.raises(
        ConfigError, match="balanced sampling needs positive and negative films and the first label of each"
    ):
        order(labels(column), np.arange(4), "balanced", np.random.default_rng(0))


def test_weighted_labels_weigh_alike_by_kind_and_one_on_average() -> None:
    told = labels([1, 0, 0, 0], [1, NAN, 1, 0])
    weights = label_weights(told, np.arange(4), "weighted")
    assert weights[:, 0].tolist() == pytest.approx([2, 2 / 3, 2 / 3, 2 / 3])
    assert weights[:, 1].tolist() == pytest.approx([0.75, 0, 0.75, 1.5])
    assert label_weights(told, np.arange(4), "natural").tolist() == [[1, 1], [1, 0], [1, 1], [1, 1]]
    alone = label_weights(labels([1, 1]), np.arange(2), "weighted")
    assert alone.tolist() == [[1], [1]]


def test_prevalence_counts_what_is_said() -> None:
    assert prevalence(labels([1, 0, NAN, NAN], [NAN] * 4), np.arange(4))[0] == 0.5
    assert np.isnan(prevalence(labels([NAN] * 4), np.arange(4))[0])


@pytest.mark.requirement("REQ-NATURAL-PREVALENCE")
def test_offsets_undo_what_sampling_did() -> None:
    told = labels([1.0] * 10 + [0.0] * 90, [1.0] * 5 + [0.0] * 5 + [1.0] * 9 + [0.0] * 81)
    places = np.arange(100)
    assert offset(told, places, "natural").tolist() == [0, 0]
    assert offset(told, places, "weighted").tolist() == pytest.approx([np.log(1 / 9), np.log(14 / 86)])
    # among positives half have the second finding, among negatives a tenth: balanced, 30 % do
    assert offset(told, places, "balanced").tolist() == pytest.approx(
        [np.log(1 / 9), np.log(14 / 86) - np.log(0.3 / 0.7)], abs=1e-5
    )
    assert offset(labels([1.0] * 4), np.arange(4), "weighted").tolist() == [0]


@pytest.mark.requirement("REQ-NATURAL-PREVALENCE")
@pytest.mark.parametrize("sampling", ["natural", "balanced", "weighted"])
@pytest.mark.parametrize("focal", [0.0, 2.0])
def test_a_fitted_constant_comes_back_to_the_natural_prevalence(sampling: str, focal: float) -> None:
    told = labels([1.0] * 12 + [0.0] * 68)
    places = np.arange(80)
    # An even number of turns, so that both kinds weigh the same.
    dealt = order(told, places, sampling, np.random.default_rng(0))
    weights = torch.from_numpy(label_weights(told, places, sampling)[dealt])
    target = torch.from_numpy(told[dealt])
    score = torch.zeros(1, 1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([score], max_iter=100, tolerance_grad=1e-12, tolerance_change=1e-14)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        found = loss(score.expand(80, 1), target.double(), weights.double(), focal=focal)
        found.backward()
        return found

    optimiser.step(closure)
    fitted = score.detach().numpy().astype(np.float32)
    natural = to_natural(fitted, offset(told, places, sampling), focal)
    assert float(natural[0, 0]) == pytest.approx(np.log(12 / 68), abs=1e-3)


@given(st.floats(-30, 30), st.floats(0.5, 5))
@settings(max_examples=60, deadline=None)
def test_focal_scores_are_brought_back_in_order_and_about_a_half(logit: float, focal: float) -> None:
    pair = to_natural(np.array([[logit], [-logit], [logit + 0.1]], np.float32), np.zeros(1, np.float32), focal)[:, 0]
    assert np.isfinite(pair).all()
    assert pair[0] == pytest.approx(-pair[1], abs=1e-4)
    assert pair[2] > pair[0]
    assert abs(pair[0]) >= abs(logit) * (1 - 1e-5) - 1e-6  # focal loss makes scores too timid


def test_loss_is_the_mean_of_what_is_said() -> None:
    logits = torch.tensor([[0.0, 5.0], [1.0, -3.0]])
    target, weights = torch.tensor([[1.0, 0.0], [0.0, 0.0]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    plain = torch.nn.functional.binary_cross_entropy_with_logits(logits[:, 0], target[:, 0])
    assert float(loss(logits, target, weights)) == pytest.approx(float(plain) / 2)
    assert float(loss(logits, target, weights, outputs=torch.tensor([1.0, 0.0]))) == pytest.approx(float(plain))


def test_focal_loss_is_that_of_its_paper_and_finite() -> None:
    chance = torch.sigmoid(torch.tensor(1.5))
    wanted = -((1 - chance) ** 2) * torch.log(chance)
    one = torch.ones(1, 1)
    assert float(loss(torch.full((1, 1), 1.5), one, one, focal=2.0)) == pytest.approx(float(wanted))
    sure = torch.full((1, 1), -200.0, requires_grad=True)
    loss(sure, one, one, focal=2.0).backward()
    assert sure.grad is not None
    assert torch.isfinite(sure.grad).all()
