"""Changes of a whole batch: the same as those of one film, on the processor as on an accelerator."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from training.made import picture
from wetread.errors import ConfigError
from wetread.training.augment import Augmentation, augment
from wetread.training.changes import changed

SIZE = 64


def only(**strengths: float) -> Augmentation:
    return Augmentation(**({field.name: 0.0 for field in fields(Augmentation)} | strengths))


def films(count: int = 4, size: int = SIZE) -> Tensor:
    pictures = [picture(seed, opaque=bool(seed % 2), size=size) for seed in range(count)]
    return torch.from_numpy(np.stack(pictures).astype(np.float32) / 255).unsqueeze(1)


def whole(count: int, size: int = SIZE) -> Tensor:
    return torch.tensor([[0, 0, size, size]] * count)


def made(
    how: Augmentation, *, seed: int = 0, count: int = 4, content: Tensor | None = None, what: Any = None
) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    what = films(count) if what is None else what
    return changed(what, whole(len(what)) if content is None else content, how, rng)


def test_no_change_leaves_films_as_they_are() -> None:
    assert torch.allclose(made(only()), films(), atol=1e-5)


def test_a_seed_gives_the_same_copies_and_another_others() -> None:
    assert torch.equal(made(Augmentation()), made(Augmentation()))
    assert not torch.equal(made(Augmentation()), made(Augmentation(), seed=1))


@pytest.mark.parametrize("name", [field.name for field in fields(Augmentation)])
def test_each_change_changes_something_and_each_film_otherwise(name: str) -> None:
    strength = {"turn_degrees": 7.0, "gamma": 0.5, "noise": 0.05, "blur": 3.0, "cover": 1.0, "flip": 1.0}.get(name, 0.2)
    same = films(1).expand(4, -1, -1, -1).clone()
    out = made(only(**{name: strength}), what=same)
    assert (out - same).abs().amax(dim=(1, 2, 3)).min() > 0.005
    if name != "flip":
        assert not torch.equal(out[0], out[1])


@pytest.mark.requirement("REQ-AUGMENTATION")
@given(st.integers(0, 2**32), st.integers(0, 10), st.integers(0, 10), st.integers(20, 54))
@settings(max_examples=25, deadline=None)
def test_copies_stay_in_range_and_inside_their_film(seed: int, top: int, left: int, side: int) -> None:
    content = torch.tensor([[top, left, side, side]])
    frame = torch.zeros(1, 1, SIZE, SIZE)
    frame[..., top : top + side, left : left + side] = 0.2 + 0.6 * torch.rand(1, 1, side, side)
    out = made(Augmentation(noise=0.3, cover=1, flip=0.5), seed=seed, content=content, what=frame)
    assert out.shape == frame.shape
    assert out.dtype == torch.float32
    assert 0 <= float(out.min()) <= float(out.max()) <= 1
    out[..., top : top + side, left : left + side] = 0
    assert (out == 0).all()


@pytest.mark.requirement("REQ-AUGMENTATION")
def test_a_mirror_image_is_one_and_off_by_default() -> None:
    assert Augmentation().flip == 0
    assert torch.allclose(made(only(flip=1.0)), films().flip(3), atol=1e-5)
    half = made(only(flip=0.5), what=films(1).expand(64, -1, -1, -1).clone())
    mirrored = int(((half - films(1).flip(3)).abs().amax(dim=(1, 2, 3)) < 1e-4).sum())
    assert 16 < mirrored < 48


def test_a_film_beside_the_frame_is_mirrored_about_its_own_middle() -> None:
    frame = torch.zeros(1, 1, SIZE, SIZE)
    frame[0, 0, :, 4:44] = torch.linspace(0.1, 0.9, 40)
    out = made(only(flip=1.0), content=torch.tensor([[0, 4, SIZE, 40]]), what=frame)
    assert torch.allclose(out[0, 0, 10, 4:44], torch.linspace(0.9, 0.1, 40), atol=1e-4)


def blob(size: int = SIZE) -> Tensor:
    """A round spot right of the middle and above it."""
    rows, columns = np.mgrid[:size, :size]
    spot = np.exp(-((rows - 0.3 * size) ** 2 + (columns - 0.7 * size) ** 2) / (2 * 3.0**2))
    return torch.from_numpy(spot.astype(np.float32)).view(1, 1, size, size)


def centre(film: Any) -> tuple[float, float]:
    grey = np.asarray(film, np.float64).reshape(np.asarray(film).shape[-2:])
    rows, columns = np.mgrid[: grey.shape[0], : grey.shape[1]]
    return float((grey * rows).sum() / grey.sum()), float((grey * columns).sum() / grey.sum())


class Rigged(np.random.Generator):
    """A generator of one film's changes whose positions are given."""

    def __init__(self, positions: list[float]) -> None:
        super().__init__(np.random.PCG64(0))
        self._positions = positions

    def uniform(self, *asked: Any) -> Any:
        """Five numbers are a film's position; the two for its greys, and single ones, are 0."""
        if len(asked) < 3:
            return 0.0
        return np.array(self._positions) if asked[2] == 5 else np.zeros(asked[2])


@pytest.mark.parametrize(
    "positions",
    [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1], [0.7, -0.5, 0.4, -0.8, 0.6]],
)
def test_a_batch_moves_a_film_where_one_film_is_moved(positions: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    how = only(turn_degrees=20, scale=0.2, stretch=0.15, shift=0.1)
    alone = augment(blob()[0, 0].numpy(), how, Rigged(positions))
    drawn = torch.full((1, 15), 0.5)
    drawn[0, :5] = (torch.tensor(positions) + 1) / 2

    def rigged(*_: Any, **__: Any) -> Tensor:
        return drawn

    monkeypatch.setattr(torch, "rand", rigged)
    together = changed(blob(), whole(1), how, torch.Generator())
    assert centre(together) == pytest.approx(centre(alone), abs=0.15)
    assert np.abs(together[0, 0].numpy() - alone).max() < 0.06


def test_a_cut_out_covers_at_most_a_quarter_of_each_side_with_the_mean() -> None:
    flat = films(1).expand(32, -1, -1, -1).clone()
    out = made(only(cover=1.0), what=flat)
    touched = (out != flat)[:, 0]
    for film, mask in zip(out[:, 0], touched, strict=True):
        rows, columns = mask.any(1).nonzero().flatten(), mask.any(0).nonzero().flatten()
        assert 2 <= len(rows) <= 17
        assert 2 <= len(columns) <= 17
        assert film[mask].unique().numel() == 1
        assert float(film[mask][0]) == pytest.approx(float(flat[0].mean()), abs=1e-4)


def test_noise_has_at_most_its_strength() -> None:
    grey = torch.full((16, 1, SIZE, SIZE), 0.5)
    spread = (made(only(noise=0.05), what=grey) - grey).flatten(1).std(dim=1)
    assert 0.01 < float(spread.max()) <= 0.052


@pytest.mark.parametrize("change", [{"flip": 1.1}, {"flip": -0.1}, {"cover": 2.0}, {"shift": 0.5}])
def test_strengths_beyond_sense_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="augmentation strengths"):
        Augmentation(**change)


def test_one_film_is_mirrored_only_where_it_is_asked_for() -> None:
    film = picture(1, opaque=True).astype(np.float32) / 255
    plain = augment(film, only(), np.random.default_rng(3))
    assert np.abs(augment(film, only(flip=1.0), np.random.default_rng(3)) - plain[:, ::-1]).max() < 1e-6
    # a change that is left out draws nothing, so that earlier recipes give the copies that they gave
    rng = np.random.default_rng(3)
    augment(film, only(), rng)
    again = np.random.default_rng(3)
    augment(film, only(flip=1.0), again)
    assert rng.uniform() != again.uniform()
