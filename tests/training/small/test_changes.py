"""Changed copies, and the stretch that every film gets."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.preprocess import InputSpec, prepare_pixels
from wetread.training.augment import Augmentation
from wetread.training.small.changes import changed, framed, stretched, uneven

STILL = Augmentation(turn_degrees=0, scale=0, stretch=0, shift=0, gamma=0, contrast=0, noise=0, blur=0, cover=0)


def films(count: int = 4) -> torch.Tensor:
    rows, columns = np.mgrid[:28, :28] / 27
    waves = [0.5 + 0.4 * np.sin(4 * rows * (1 + place)) * np.cos(3 * columns) for place in range(count)]
    return torch.from_numpy(np.stack(waves)[:, None].astype(np.float32))


def test_training_stretches_films_as_the_clinic_does() -> None:
    spec = InputSpec(height=28, width=28, percentiles=(2.0, 98.0))
    ours = stretched(films(), spec.percentiles)
    theirs = np.stack([prepare_pixels(film[0].numpy(), spec) for film in films()])
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-5)


def test_a_flat_film_is_no_division_by_nothing() -> None:
    flat = torch.full((1, 1, 28, 28), 0.4)
    assert torch.isfinite(stretched(flat, (2.0, 98.0))).all()


def test_without_strength_nothing_changes() -> None:
    same = changed(films(), STILL, np.random.default_rng(0))
    torch.testing.assert_close(same, films(), atol=1e-4, rtol=0)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_a_changed_film_is_a_film(seed: int) -> None:
    how = Augmentation(gamma=1.0, contrast=0.4, noise=0.05, cover=1.0)
    copies = changed(films(), how, np.random.default_rng(seed))
    assert copies.shape == (4, 1, 28, 28)
    assert copies.min() >= 0
    assert copies.max() <= 1
    again = changed(films(), how, np.random.default_rng(seed))
    torch.testing.assert_close(copies, again)
    assert (copies - films()).abs().mean() > 1e-3


def test_films_are_not_changed_in_place() -> None:
    before = films()
    changed(before, Augmentation(cover=1.0), np.random.default_rng(0))
    torch.testing.assert_close(before, films())


def test_a_shift_moves_the_film_and_exposure_does_not() -> None:
    spot = torch.zeros(64, 1, 28, 28)
    spot[:, :, 13:15, 13:15] = 1
    grid = torch.arange(28.0)

    def rows(copies: torch.Tensor) -> torch.Tensor:
        return (copies.sum(dim=(1, 3)) * grid).sum(dim=1) / copies.sum(dim=(1, 2, 3))

    moved = changed(spot, Augmentation(0, 0, 0, 0.1, 0, 0, 0, 0, 0), np.random.default_rng(1))
    assert 1.5 < (rows(moved) - 13.5).abs().max() <= 2.9, "a tenth of the film, no more"
    exposed = changed(0.5 * spot, Augmentation(0, 0, 0, 0, 1.0, 0, 0, 0, 0), np.random.default_rng(1))
    torch.testing.assert_close(rows(exposed), rows(spot), atol=1e-2, rtol=0)
    assert exposed.amax(dim=(1, 2, 3)).std() > 0.05


def test_uneven_exposure_moves_grey_levels_by_place_and_black_and_white_nowhere() -> None:
    flat = torch.full((2, 1, 32, 32), 0.5)
    moved = uneven(flat, 0.5, np.random.default_rng(0))
    assert moved.shape == flat.shape
    assert float(moved.flatten(1).std(dim=1).min()) > 0.02
    assert float(moved.min()) >= 0
    assert float(moved.max()) <= 1
    assert float((moved[:, :, 1:] - moved[:, :, :-1]).abs().max()) < 0.1, "it changes smoothly"
    for level in (0.0, 1.0):
        ends = torch.full((1, 1, 32, 32), level)
        torch.testing.assert_close(uneven(ends, 0.5, np.random.default_rng(1)), ends)
    torch.testing.assert_close(uneven(flat, 0.0, np.random.default_rng(2)), flat)


def test_a_framed_film_is_squeezed_one_way_with_black_beside_it() -> None:
    bright = torch.full((64, 1, 32, 32), 1.0)
    laid = framed(bright, 1.0, np.random.default_rng(0))
    rows, columns = (laid[:, 0].amax(dim=axis) > 0.5 for axis in (2, 1))
    high, wide = rows.sum(dim=1), columns.sum(dim=1)
    assert bool(((high == 32) | (wide == 32)).all()), "one side fills the frame"
    assert int((high < 30).sum()) > 20, "films wider than high"
    assert int((wide < 32).sum()) > 3, "and some higher than wide"
    assert int(high.min()) >= 16
    assert int(wide.min()) >= 24
    torch.testing.assert_close(framed(bright, 0.0, np.random.default_rng(0)), bright)
    some = (framed(bright, 0.5, np.random.default_rng(0)).amin(dim=(1, 2, 3)) < 0.5).sum()
    assert 16 < int(some) < 48
