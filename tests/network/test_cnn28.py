"""The small network: its size, its map, and that it learns and forgets a shift."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from wetread.errors import ConfigError
from wetread.network import NetworkSpec, build
from wetread.network.cnn28 import Cnn28

SPEC = NetworkSpec("cnn28", pretrained=False, dropout=0.0)


def test_it_is_small() -> None:
    count = sum(parameter.numel() for parameter in build(SPEC).parameters())
    assert 0.3e6 < count < 1.5e6


@torch.no_grad()
@pytest.mark.parametrize("size", [(28, 28), (32, 32), (64, 48)])
def test_its_map_has_a_cell_for_four_pixels(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    network = build(NetworkSpec("cnn28", outputs=3, pretrained=False)).eval()
    nn.init.normal_(network.classifier.weight)
    logits, maps = network(torch.rand(2, 1, *size))
    assert maps.shape == (2, 3, size[0] // 4, size[1] // 4)
    torch.testing.assert_close(maps.mean(dim=(2, 3)), logits)
    assert float(maps.std()) > 0


def films(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise of 20 x 20 pixels, and in every other film a faint round spot somewhere."""
    generator = torch.Generator().manual_seed(seed)
    grey = 0.5 + 0.05 * torch.randn(count, 1, 20, 20, generator=generator)
    places = torch.rand(count, 2, generator=generator) * 12 + 4
    rows, columns = torch.meshgrid(torch.arange(20.0), torch.arange(20.0), indexing="ij")
    labels = (torch.arange(count) % 2).float()
    away = (rows - places[:, 0, None, None]) ** 2 + (columns - places[:, 1, None, None]) ** 2
    spots = 0.25 * labels[:, None, None] * torch.exp(-away / 12)
    return (grey + spots[:, None]).clamp(0, 1), labels


def test_it_learns_a_spot_wherever_it_lies_and_shows_it() -> None:
    torch.manual_seed(1)
    network = build(SPEC).train()
    x, y = films(60, 0)
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3)
    for step in range(15):
        rows = torch.arange(step % 3 * 20, step % 3 * 20 + 20)
        loss = nn.functional.binary_cross_entropy_with_logits(network(x[rows])[0][:, 0], y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    network.eval()
    fresh, labels = films(40, 1)
    with torch.no_grad():
        logits, maps = network(fresh)
    sick, well = logits[labels == 1, 0], logits[labels == 0, 0]
    assert float((sick[:, None] > well[None]).float().mean()) > 0.95
    spots = nn.functional.avg_pool2d(fresh[labels == 1], 4).flatten(1).argmax(dim=1)
    found = maps[labels == 1].flatten(1).argmax(dim=1)
    away = torch.stack([found // 5 - spots // 5, found % 5 - spots % 5]).abs().amax(dim=0)
    assert float((away <= 1).float().mean()) > 0.7


def test_published_weights_are_not_claimed() -> None:
    with pytest.raises(ConfigError, match="no ImageNet weights for cnn28: set pretrained = false"):
        NetworkSpec("cnn28")


def test_a_saved_state_of_its_own_is_a_start(tmp_path: Path) -> None:
    torch.manual_seed(2)
    first = build(SPEC)
    assert isinstance(first, Cnn28)
    nn.init.normal_(first.classifier.weight)
    torch.save(first.state_dict(), tmp_path / "first.pt")
    torch.manual_seed(3)
    second = build(NetworkSpec("cnn28", outputs=2, weights=str(tmp_path / "first.pt")))
    for (name, one), two in zip(first.state_dict().items(), second.state_dict().values(), strict=True):
        if name.startswith("classifier"):
            assert not two.any()
        else:
            assert torch.equal(one, two), name
