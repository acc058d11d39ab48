"""Changed copies of a whole batch of small films at once, and the stretch of grey levels that the bundle's films get too."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from wetread.training.augment import Augmentation

__all__ = ["changed", "framed", "stretched", "uneven"]

# Widths to heights of films as hospitals send them; Kermany's were one to two times as wide as high.
_SHAPES = (0.8, 1.8)
_FIELD = 3


def changed(films: Tensor, how: Augmentation, rng: np.random.Generator) -> Tensor:
    """One changed copy of each film, float32 (n, 1, height, width) in [0, 1]: as `augment`, without its blur.

    Films of 28 pixels have lost what a blur would take.
    """
    moved = _moved(films, how, rng)
    moved = moved.pow(torch.exp2(_drawn(rng, len(films), how.gamma)))
    middle = moved.mean(dim=(2, 3), keepdim=True)
    moved = (moved - middle) * (1 + _drawn(rng, len(films), how.contrast)) + middle
    grain = torch.from_numpy(rng.normal(0, 1, moved.shape).astype(np.float32))
    moved = moved + grain * how.noise * _drawn(rng, len(films), 1).abs()
    return _covered(moved, how.cover, rng).clamp(0, 1)


def stretched(films: Tensor, percentiles: tuple[float, float]) -> Tensor:
    """Grey levels at these percentiles of each film become 0 and 1, as `prepare` does for a film that fills the frame."""
    levels = torch.quantile(films.flatten(1), torch.tensor(percentiles) / 100, dim=1)[..., None, None, None]
    return ((films - levels[0]) / (levels[1] - levels[0]).clamp(min=1e-6)).clamp(0, 1)


def uneven(films: Tensor, strength: float, rng: np.random.Generator) -> Tensor:
    """Films exposed more in one place than in another.

    Parameters
    ----------
    films
        float32 (n, 1, height, width) in [0, 1].
    strength
        Standard deviation of the log2 of the exposure's power at 3 x 3 points, between which it changes smoothly.
    """
    field = torch.from_numpy(rng.normal(0, strength, (len(films), 1, _FIELD, _FIELD)).astype(np.float32))
    power = functional.interpolate(field, size=films.shape[2:], mode="bicubic", align_corners=True)
    return films.pow(torch.exp2(power))


def framed(films: Tensor, chance: float, rng: np.random.Generator) -> Tensor:
    """Some films laid into the same frame as if they were not square: squeezed one way, with black beside them.

    `prepare` does so with a hospital's film of such a shape; a collection of squashed films shows none.
    """
    low, high = np.log(_SHAPES)
    shape = np.exp(rng.uniform(low, high, len(films)))
    shape[rng.random(len(films)) >= chance] = 1
    scale = torch.zeros(len(films), 2, 3)
    scale[:, 0, 0] = torch.from_numpy(np.maximum(1 / shape, 1))
    scale[:, 1, 1] = torch.from_numpy(np.maximum(shape, 1))
    grid = functional.affine_grid(scale, list(films.shape), align_corners=False)
    return functional.grid_sample(films, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _drawn(rng: np.random.Generator, films: int, most: float) -> Tensor:
    return torch.from_numpy(rng.uniform(-most, most, (films, 1, 1, 1)).astype(np.float32))


def _moved(films: Tensor, how: Augmentation, rng: np.random.Generator) -> Tensor:
    """Turn, scale, stretch and shift; what comes from outside repeats the film's edge."""

    def drawn(most: float) -> Tensor:
        return _drawn(rng, len(films), most).flatten()

    size, stretch, turn = 1 + drawn(how.scale), drawn(how.stretch), drawn(np.deg2rad(how.turn_degrees))
    across, down = 1 / (size * (1 - stretch)), 1 / (size * (1 + stretch))
    cosine, sine = torch.cos(turn), torch.sin(turn)
    # The map from the new film to the old, in halves of the film's side: a shift by all of it is 2.
    rows = (
        torch.stack([cosine * across, -sine * down, drawn(2 * how.shift)], dim=1),
        torch.stack([sine * across, cosine * down, drawn(2 * how.shift)], dim=1),
    )
    grid = functional.affine_grid(torch.stack(rows, dim=1), list(films.shape), align_corners=False)
    moved = functional.grid_sample(films, grid, mode="bicubic", padding_mode="border", align_corners=False)
    return moved.clamp(0, 1)


def _covered(films: Tensor, chance: float, rng: np.random.Generator) -> Tensor:
    """Some films with a patch of a tenth to three tenths of each side in their own mean grey."""
    rows, columns = films.shape[2:]
    for place in np.flatnonzero(rng.random(len(films)) < chance):
        height, width = (max(1, int(rng.uniform(0.1, 0.3) * side)) for side in (rows, columns))
        top, left = int(rng.integers(0, rows - height + 1)), int(rng.integers(0, columns - width + 1))
        films[place, :, top : top + height, left : left + width] = films[place].mean()
    return films
