"""The changes of `wetread.training.augment`, for a whole batch at once and on the accelerator where there is one.

They are made to films that stand in their frame and are stretched already, since that is how the cache keeps them; what
lies beside the film stays black.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from wetread.training.augment import Augmentation

__all__ = ["changed"]

_PATCH = (0.08, 0.25)
"""Least and greatest side of a covered patch, as a share of the film's."""

_REACH = 2.5
"""Standard deviations of a Gaussian blur that its kernel holds."""


@torch.no_grad()
def changed(films: Tensor, content: Tensor, how: Augmentation, rng: torch.Generator) -> Tensor:
    """Changed copies of films.

    Parameters
    ----------
    films
        float32 (n, 1, height, width) in [0, 1].
    content
        (n, 4): top, left, height and width of each film in its frame.
    how
        Strength of each change.
    rng
        A generator on the processor. Films, strengths and seed decide the copies; noise differs between devices.

    Returns
    -------
    float32 (n, 1, height, width) in [0, 1], on the films' device.
    """
    n, _, rows, columns = films.shape
    # All that is drawn for a film but its noise, at once and on the processor: a GPU's generator would draw others.
    drawn = torch.rand(n, 15, generator=rng).to(films.device)
    box = content.to(films.device, torch.float32)
    out = _moved(films, box, how, drawn[:, :6])
    if how.blur:
        out += drawn[:, 6].view(-1, 1, 1, 1) * (_blurred(out, how.blur * rows / 256) - out)
    inside = _box(box[:, 0], box[:, 1], box[:, 2], box[:, 3], rows, columns)
    area = (box[:, 2] * box[:, 3]).clamp(min=1).view(-1, 1, 1, 1)
    if how.gamma:
        out = out.clamp_(0, 1).pow_(2 ** ((2 * drawn[:, 7] - 1) * how.gamma).view(-1, 1, 1, 1))
    if how.contrast:
        mean = (out * inside).sum((2, 3), keepdim=True) / area
        out = (out - mean) * (1 + (2 * drawn[:, 8] - 1) * how.contrast).view(-1, 1, 1, 1) + mean
    if how.noise:
        noise = torch.randn(films.shape, generator=_on(films.device, rng), device=films.device)
        out += noise * (how.noise * drawn[:, 9]).view(-1, 1, 1, 1)
    if how.cover:
        mean = (out * inside).sum((2, 3), keepdim=True) / area
        out = torch.where(_patch(box, drawn[:, 10:], how.cover, rows, columns), mean, out)
    return out.clamp_(0, 1) * inside


def _moved(films: Tensor, box: Tensor, how: Augmentation, drawn: Tensor) -> Tensor:
    """Turned, scaled, stretched, shifted about the middle of each film, and mirrored where that is asked for."""
    _, _, rows, columns = films.shape
    turn, size, stretch, down, across = (2 * drawn[:, :5] - 1).unbind(1)
    angle = turn * math.radians(how.turn_degrees)
    per_row = 1 / ((1 + size * how.scale) * (1 + stretch * how.stretch))
    per_column = 1 / ((1 + size * how.scale) * (1 - stretch * how.stretch))
    mirror = 1 - 2 * (drawn[:, 5] < how.flip).to(films.dtype)
    # From a point of the new picture, seen from the film's middle, to the old: x' = a x + b y, y' = d x + e y.
    a, b = angle.cos() * per_column * mirror, -angle.sin() * per_row
    d, e = angle.sin() * per_column * mirror, angle.cos() * per_row
    middle_y, middle_x = box[:, 0] + box[:, 2] / 2, box[:, 1] + box[:, 3] / 2
    left, above = columns / 2 - middle_x, rows / 2 - middle_y
    x = middle_x + a * left + b * above + across * how.shift * box[:, 3]
    y = middle_y + d * left + e * above + down * how.shift * box[:, 2]
    # The same in PyTorch's coordinates, in which a frame runs from -1 to 1, laid out as two outer sums.
    column = torch.linspace(1 / columns - 1, 1 - 1 / columns, columns, device=films.device)
    row = torch.linspace(1 / rows - 1, 1 - 1 / rows, rows, device=films.device)
    grid = torch.empty(len(films), rows, columns, 2, device=films.device)
    _outer(grid[..., 0], a, column, b * rows / columns, row, 2 * x / columns - 1)
    _outer(grid[..., 1], d * columns / rows, column, e, row, 2 * y / rows - 1)
    return functional.grid_sample(films, grid, align_corners=False)


def _outer(out: Tensor, of_column: Tensor, column: Tensor, of_row: Tensor, row: Tensor, constant: Tensor) -> None:
    across = of_column.view(-1, 1, 1) * column.view(1, 1, -1)
    down = of_row.view(-1, 1, 1) * row.view(1, -1, 1) + constant.view(-1, 1, 1)
    torch.add(across, down, out=out)


def _blurred(films: Tensor, sigma: float) -> Tensor:
    """A Gaussian, tap by tap: PyTorch's convolution of one channel takes ten times as long on a processor."""
    reach = max(1, math.ceil(_REACH * sigma))
    taps = [math.exp(-(offset**2) / (2 * sigma**2)) for offset in range(-reach, reach + 1)]
    rows, columns = films.shape[2:]
    wide = functional.pad(films, (reach, reach, reach, reach), mode="replicate")
    down = torch.zeros_like(wide[:, :, :rows])
    for place, tap in enumerate(taps):
        down.add_(wide[:, :, place : place + rows], alpha=tap / sum(taps))
    both = torch.zeros_like(films)
    for place, tap in enumerate(taps):
        both.add_(down[..., place : place + columns], alpha=tap / sum(taps))
    return both


def _box(top: Tensor, left: Tensor, height: Tensor, width: Tensor, rows: int, columns: int) -> Tensor:
    """True inside a rectangle of each film's: bool (n, 1, rows, columns)."""
    row = torch.arange(rows, device=top.device).view(1, -1)
    column = torch.arange(columns, device=top.device).view(1, -1)
    down = (row >= top.view(-1, 1)) & (row < (top + height).view(-1, 1))
    across = (column >= left.view(-1, 1)) & (column < (left + width).view(-1, 1))
    return (down.unsqueeze(2) & across.unsqueeze(1)).unsqueeze(1)


def _patch(box: Tensor, drawn: Tensor, chance: float, rows: int, columns: int) -> Tensor:
    """Where a patch covers each film: nowhere, or a rectangle inside it."""
    least, most = _PATCH
    share = (least + (most - least) * drawn[:, :2]) * box[:, 2:] * (drawn[:, 4:] < chance)
    corner = box[:, :2] + drawn[:, 2:4] * (box[:, 2:] - share)
    return _box(corner[:, 0], corner[:, 1], share[:, 0], share[:, 1], rows, columns)


def _on(device: torch.device, rng: torch.Generator) -> torch.Generator:
    """A generator on the films' device, seeded by the one at hand."""
    if device.type == "cpu":
        return rng
    seed = int(torch.randint(2**62, (1,), generator=rng))
    return torch.Generator(device).manual_seed(seed)
