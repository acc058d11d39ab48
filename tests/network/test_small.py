"""Small networks and their committee."""

from __future__ import annotations

import pytest
import torch

from wetread.network.small import Committee, SmallNetwork


def some(films: int = 3) -> torch.Tensor:
    return torch.rand(films, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def network(seed: int) -> SmallNetwork:
    torch.manual_seed(seed)
    return SmallNetwork(width=8).eval()


def test_the_mean_of_a_map_is_its_logit() -> None:
    logits, maps = network(0)(some())
    assert logits.shape == (3, 1)
    assert maps.shape == (3, 1, 7, 7)
    torch.testing.assert_close(maps.mean(dim=(2, 3)), logits)
    assert maps.flatten(1).std(dim=1).min() > 0, "the map shows no place"


def test_a_committee_answers_with_the_mean_of_its_members() -> None:
    members = [network(seed) for seed in range(3)]
    logits, maps = Committee(members).eval()(some())
    each = [member(some()) for member in members]
    torch.testing.assert_close(logits, sum(one[0] for one in each) / 3)
    torch.testing.assert_close(maps, sum(one[1] for one in each) / 3)
    torch.testing.assert_close(maps.mean(dim=(2, 3)), logits)


def test_the_middle_moves_every_score_alike() -> None:
    members = [network(seed) for seed in range(2)]
    plain, moved = (Committee(members, middle).eval()(some()) for middle in (0.0, 1.5))
    torch.testing.assert_close(moved[0], plain[0] - 1.5)
    torch.testing.assert_close(moved[1].mean(dim=(2, 3)), moved[0])


def test_a_committee_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one member"):
        Committee([])


def test_films_in_a_batch_do_not_change_each_other() -> None:
    films, member = some(4), network(1)
    together, _ = member(films)
    alone = torch.cat([member(films[place : place + 1])[0] for place in range(4)])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)
