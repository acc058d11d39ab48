"""Vessels of the lung: two trees that branch from the hila."""

from __future__ import annotations

import math

import numpy as np

from wetread.phantom.canvas import Canvas, Plane

__all__ = ["vessels"]

_HILUM = {-1: (0.062, 0.425), 1: (0.068, 0.405)}
_GENERATIONS = 5
_STRAIGHT = 2
"""The last generations are too short to bend."""
_F = np.float32


def vessels(rng: np.random.Generator, canvas: Canvas) -> Plane:
    """Density of the vascular tree of both lungs, float32 (rows, columns): thick at the hilum, fine in the periphery."""
    layer = np.zeros((canvas.rows, canvas.columns), dtype=np.float32)
    for sign, (x, y) in _HILUM.items():
        for start in np.linspace(-1.15, 1.45, 9):
            _branch(rng, canvas, layer, sign, (x, y), float(start) + 0.25 * _draw(rng), 0.0062, _GENERATIONS)
    return layer


def _draw(rng: np.random.Generator) -> float:
    return 2 * float(rng.random()) - 1


def _branch(
    rng: np.random.Generator,
    canvas: Canvas,
    layer: Plane,
    sign: int,
    start: tuple[float, float],
    angle: float,
    radius: float,
    left: int,
) -> None:
    """One vessel and its branches. `angle`: 0 points outwards, positive down; `left`: generations still to come."""
    length = (0.05 + 0.012 * left * 0.35) * (1 + 0.3 * _draw(rng))
    bend = angle + 0.18 * _draw(rng)
    middle = (start[0] + length / 2 * math.cos(angle), start[1] + length / 2 * math.sin(angle))
    end = (middle[0] + length / 2 * math.cos(bend), middle[1] + length / 2 * math.sin(bend))
    bends = left > _STRAIGHT
    for first, last in ((start, middle), (middle, end)) if bends else ((start, end),):
        _paint(canvas, layer, sign, first, last, radius)
    if left > 1:
        for turn in (-0.32, 0.32):
            _branch(rng, canvas, layer, sign, end, bend + turn * (1 + 0.5 * _draw(rng)), radius * 0.74, left - 1)


def _paint(
    canvas: Canvas, layer: Plane, sign: int, start: tuple[float, float], end: tuple[float, float], radius: float
) -> None:
    """Add a cylinder seen from the side."""
    (x0, y0), (x1, y1) = (sign * start[0], start[1]), (sign * end[0], end[1])
    soft = max(radius, 0.7 / canvas.scale)  # a vessel finer than a pixel is drawn a pixel wide and fainter
    rows, columns = canvas.window(min(x0, x1) - soft, max(x0, x1) + soft, min(y0, y1) - soft, max(y0, y1) + soft)
    dx, dy = canvas.x[:, columns] - _F(x0), canvas.y[rows] - _F(y0)
    along = np.clip((dx * _F(x1 - x0) + dy * _F(y1 - y0)) / _F((x1 - x0) ** 2 + (y1 - y0) ** 2), _F(0), _F(1))
    off = (dx - along * _F(x1 - x0)) ** 2 + (dy - along * _F(y1 - y0)) ** 2
    round_ = np.maximum(_F(1) - off / _F(soft * soft), _F(0))
    layer[rows, columns] = np.maximum(layer[rows, columns], round_ * _F((0.035 + radius * 17) * radius / soft))
