"""How a network learns: rates, decay, the mean of its weights, a loss that is no number, the room that a step takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from wetread.errors import ConfigError, DataError, UsageError
from wetread.network import NetworkSpec, build
from wetread.network.plans import freeze
from wetread.training.batches import Batch
from wetread.training.tune.judge import better, curve, judged
from wetread.training.tune.memory import film_bytes, fixed_bytes, largest_batch, room_for_batch
from wetread.training.tune.module import Tuned
from wetread.training.tune.recipe import TuneFit
from wetread.training.tune.writing import keep, keep_tensors, load_tensors

CPU = torch.device("cpu")


def module(**settings: object) -> Tuned:
    network = build(NetworkSpec(name="cnn28", pretrained=False))
    freeze(network, "all")
    network.train()
    return Tuned(network, TuneFit(tuned="all", moving=True, **settings), steps=100, seed=1)  # type: ignore[arg-type]


def batch() -> Batch:
    images = torch.from_numpy(np.random.default_rng(0).uniform(size=(4, 1, 32, 32)).astype(np.float32))
    labels = torch.tensor([[0.0], [1.0], [0.0], [1.0]])
    return Batch(images, labels, torch.ones_like(labels), np.arange(4))


def test_the_rate_rises_and_falls() -> None:
    found = module(warm_up=0.1, learning_rate=1e-3, head_faster=4.0).configure_optimizers()
    optimiser, schedule = found["optimizer"], found["lr_scheduler"]["scheduler"]
    rates = []
    for _ in range(100):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    assert rates[0] < rates[5] < rates[9] <= 1e-3
    assert max(rates) == pytest.approx(1e-3)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] < 2e-5
    highest = {group["initial_lr"] for group in optimiser.param_groups}
    assert highest == {1e-3, 4e-3}


def test_only_what_multiplies_decays_and_all_that_learns_is_in_one_group() -> None:
    made = module(weight_decay=0.1)
    optimiser = made.configure_optimizers()["optimizer"]
    for group in optimiser.param_groups:
        assert {parameter.ndim > 1 for parameter in group["params"]} == {group["weight_decay"] == 0.1}
    inside = [id(parameter) for group in optimiser.param_groups for parameter in group["params"]]
    assert sorted(inside) == sorted(id(parameter) for parameter in made.network.parameters() if parameter.requires_grad)


def test_a_loss_that_is_no_number_stops_the_fit() -> None:
    made = module()
    assert torch.isfinite(made.training_step(batch()))
    with torch.no_grad():
        made.network.classifier.bias.fill_(float("nan"))  # type: ignore[union-attr]
    with pytest.raises(DataError, match="no longer a number at step 1: lower learning_rate"):
        made.training_step(batch())


def test_the_mean_of_the_weights_follows_slowly() -> None:
    made = module(averaging=0.9)
    made.on_train_batch_end()
    before = made.scoring_state()["classifier.bias"].clone()
    with torch.no_grad():
        made.network.classifier.bias.fill_(1.0)  # type: ignore[union-attr]
    made.on_train_batch_end()
    after = made.scoring_state()["classifier.bias"]
    assert float(before) < float(after) <= 1.0
    assert any("running_mean" in name for name in made.scoring_state()), "statistics that follow the batches are kept"


def test_what_is_frozen_is_not_kept() -> None:
    network = build(NetworkSpec())
    freeze(network, "last", moving=False)
    made = Tuned(network.train(), TuneFit(), steps=1, seed=1)
    names = set(made.scoring_state())
    assert names == {name for name, parameter in network.named_parameters() if parameter.requires_grad}
    checkpoint = {"state_dict": made.state_dict()}
    made.on_save_checkpoint(checkpoint)
    assert set(checkpoint["state_dict"]) == {f"network.{name}" for name in names}
    made.on_load_checkpoint(checkpoint)
    assert set(checkpoint["state_dict"]) == set(made.state_dict())


# ------------------------------------------------------------------------------------------------------- memory


def test_memory_grows_with_the_batch_and_with_what_learns() -> None:
    network = build(NetworkSpec())
    freeze(network, "classifier", moving=False)
    little = film_bytes(network.train(), 64, 64), fixed_bytes(network)
    freeze(network, "all", moving=False)
    much = film_bytes(network.train(), 64, 64), fixed_bytes(network)
    assert little[0] < much[0] / 3
    assert little[1] < much[1] / 3
    assert film_bytes(network, 128, 128) > 3 * much[0]
    fits = largest_batch(network, 64, 64, 10**9)
    assert room_for_batch(network, fits, 64, 64, device=CPU, asked=lambda _: 10**9) <= 10**9
    with pytest.raises(ConfigError, match=f"at most {fits} films fit"):
        room_for_batch(network, fits + 1, 64, 64, device=CPU, asked=lambda _: 10**9)
    with pytest.raises(ConfigError, match="not even one film fits"):
        room_for_batch(network, 1, 64, 64, device=CPU, asked=lambda _: 10**6)
    assert room_for_batch(network, 10**6, 64, 64, device=CPU, asked=lambda _: None) > 10**9


# ------------------------------------------------------------------------------------------------------ figures


def test_figures_of_films_that_are_told_apart_by_hand() -> None:
    logits = np.array([[2.0], [1.0], [0.0], [-1.0]])
    found = judged(logits, np.array([[1.0], [0.0], [1.0], [0.0]]))
    assert found["auroc"] == 0.75
    assert found["average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["f1_best"] == pytest.approx(0.8)
    assert found["f1_all_positive"] == pytest.approx(2 / 3)
    expected = np.mean(np.log1p(np.exp(np.array([-2.0, 1.0, 0.0, -1.0]))))
    assert found["tune_loss"] == pytest.approx(expected)
    recall, precision, threshold = curve(logits[:, 0], np.array([True, False, True, False]))
    assert recall.tolist() == [0.5, 0.5, 1.0, 1.0]
    assert precision.tolist() == [1.0, 0.5, 2 / 3, 0.5]
    assert threshold.tolist() == [2.0, 1.0, 0.0, -1.0]


def test_what_is_not_said_is_not_judged() -> None:
    logits = np.array([[2.0, 9.0], [1.0, -9.0], [0.0, 0.0], [7.0, 0.0]])
    labels = np.array([[1.0, np.nan], [0.0, np.nan], [1.0, 1.0], [np.nan, 0.0]])
    found = judged(logits, labels)
    assert found["auroc"] == 0.5
    assert found["tune_loss"] < 2


def test_of_equal_passes_the_one_with_the_lower_loss_is_better() -> None:
    best = {"auroc": 0.9, "tune_loss": 0.5}
    assert better(best, None, "auroc")
    assert better({"auroc": 0.91, "tune_loss": 9.0}, best, "auroc")
    assert better({"auroc": 0.9, "tune_loss": 0.4}, best, "auroc")
    assert not better(dict(best), best, "auroc")
    assert not better({"auroc": 0.99, "tune_loss": 0.6}, best, "loss")


# ------------------------------------------------------------------------------------------------------ writing


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path
    keep(folder / "new" / "a.txt", b"one")
    keep_tensors(folder / "b.pt", {"x": torch.ones(2)})
    assert (folder / "new" / "a.txt").read_bytes() == b"one"
    assert torch.equal(load_tensors(folder / "b.pt")["x"], torch.ones(2))
    (folder / "taken").write_text("a file")
    with pytest.raises(UsageError, match="cannot be written"):
        keep(folder / "taken" / "c.txt", b"two")
    for content in (b"", b"PK", b"no tensors at all"):
        (folder / "b.pt").write_bytes(content)
        with pytest.raises(DataError, match=r"b\.pt"):
            load_tensors(folder / "b.pt")
