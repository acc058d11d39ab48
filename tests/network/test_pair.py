"""A tuned and a small network that answer together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from wetread.bundle.engine import ENGINES, start
from wetread.network import NetworkSpec
from wetread.network.lite import build_lite
from wetread.network.pair import Pair, mixed, reduced
from wetread.network.small import Committee, SmallNetwork
from wetread.training.exporting import to_onnx


def films(number: int = 3, side: int = 64) -> torch.Tensor:
    grey = torch.rand(number, 1, side, side, generator=torch.Generator().manual_seed(0))
    return grey * torch.linspace(0.2, 1, number)[:, None, None, None]


def pair(weight: float = 0.5) -> Pair:
    torch.manual_seed(0)
    tuned = build_lite(NetworkSpec(pretrained=False))
    torch.nn.init.normal_(tuned.classifier.weight, std=0.05)
    members = [SmallNetwork(8, blocks=(1, 1, 1)) for _ in range(2)]
    return Pair(tuned, Committee(members), 40, weight).eval()


def test_a_pair_answers_with_the_weighted_mean_of_both() -> None:
    whole = pair(0.25)
    logits, maps = whole(films())
    tuned, small = whole.tuned(films()), whole.small(reduced(films(), 40))
    torch.testing.assert_close(logits, 0.75 * tuned[0] + 0.25 * small[0])
    assert tuned[1].shape[-1] == 2
    assert small[1].shape[-1] == 5
    assert maps.shape == (3, 1, 10, 10)
    torch.testing.assert_close(maps.mean(dim=(2, 3)), logits, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(maps[:, :, 4, 7], 0.75 * tuned[1][:, :, 0, 1] + 0.25 * small[1][:, :, 2, 3])


def test_maps_of_one_size_are_mixed_cell_by_cell() -> None:
    first, second = films(2, 4), films(2, 4).flip(3)
    _, maps = mixed((torch.zeros(2, 1), first), (torch.zeros(2, 1), second), 0.5)
    torch.testing.assert_close(maps, (first + second) / 2)


@pytest.mark.parametrize("side", [32, 40, 64])
def test_a_reduced_film_keeps_its_mean_and_its_places(side: int) -> None:
    film = torch.zeros(1, 1, 160, 160)
    film[:, :, :80, 80:] = 1
    small = reduced(film, side)
    assert small.shape == (1, 1, side, side)
    assert float(small.mean()) == pytest.approx(0.25)
    assert float(small[0, 0, : side // 2, side // 2 :].min()) == 1
    assert float(small[0, 0, side // 2 :].max()) == 0


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_network_that_counts_for_nothing_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        pair(weight)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Constant folding:UserWarning")
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_every_engine_answers_as_pytorch_does(tmp_path: Path) -> None:
    whole = pair()
    to_onnx(whole, films(2), tmp_path / "pair.onnx")
    with torch.no_grad():
        logits, maps = whole(films())
    assert float(logits.std()) > 1e-3
    for engine in ENGINES:
        ours, heat = start(tmp_path / "pair.onnx", engine).run(films().numpy())
        np.testing.assert_allclose(ours, logits.numpy(), atol=1e-4)
        np.testing.assert_allclose(heat, maps.numpy(), atol=1e-4)
