"""The drawing ground of the gate's synthetic kinds: coordinates, soft shapes, noise, tone. Nothing here is a film.

The pictures only need to look right at the gate's own 160 pixels, so they are drawn small and quickly, each from a
generator of random numbers that its caller seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["Plane", "bent", "bone", "grid", "noise", "resized", "tone", "unit"]

Plane = NDArray[np.floating[Any]]
"""A picture, (rows, columns); float32 or float64."""
Rng = np.random.Generator


def grid(rows: int, columns: int) -> tuple[Plane, Plane]:
    """Coordinates (y, x): 0 to 1 down, and in the same unit across, 0 in the middle."""
    y = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) / rows
    x = (np.arange(columns, dtype=np.float32)[None, :] + 0.5 - columns / 2) / rows
    return np.broadcast_to(y, (rows, columns)).astype(np.float32), np.broadcast_to(x, (rows, columns)).astype(
        np.float32
    )


def unit(picture: NDArray[Any]) -> Plane:
    """Stretched to [0, 1]; zeros where it is flat."""
    low, high = float(picture.min()), float(picture.max())
    return ((picture - low) / max(high - low, 1e-6)).astype(np.float32)


def resized(picture: NDArray[Any], rows: int, columns: int) -> Plane:
    """Antialiased bilinear."""
    image = Image.fromarray(np.ascontiguousarray(picture, np.float32))
    return np.asarray(image.resize((columns, rows), Image.Resampling.BILINEAR))


def noise(rng: Rng, shape: tuple[int, ...], cells: int) -> Plane:
    """Smooth random field with about `cells` bumps a side, mean 0, of the order of 1."""
    coarse = rng.normal(size=(cells + 2, cells + 2)).astype(np.float32)
    image = Image.fromarray(coarse).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(image, np.float32)


def bent(rng: Rng, picture: Plane, strength: float, cells: int = 3) -> Plane:
    """Bent by a smooth random field of at most a few times `strength` (a share of the side)."""
    from scipy.ndimage import map_coordinates

    rows, columns = picture.shape
    down = np.arange(rows)[:, None] + noise(rng, (rows, columns), cells) * strength * rows
    across = np.arange(columns)[None, :] + noise(rng, (rows, columns), cells) * strength * columns
    return np.asarray(map_coordinates(picture, [down, across], order=1, mode="nearest"), np.float32)


def tone(rng: Rng, picture: Plane) -> Plane:
    """A random exposure: gamma, window and a little of an S-curve; the order of grey levels stays."""
    p = unit(picture) ** np.float32(np.exp(rng.uniform(-0.6, 0.6)))
    low, high = rng.uniform(-0.05, 0.12), rng.uniform(0.85, 1.1)
    p = np.clip((p - low) / (high - low), 0, 1)
    if rng.random() < 0.4:
        steep = rng.uniform(2, 7)
        p = 1 / (1 + np.exp(-steep * (p - rng.uniform(0.35, 0.65))))
    return unit(p)


def bone(y: Plane, x: Plane, start: tuple[float, float], end: tuple[float, float], radii: tuple[float, float]) -> Plane:
    """A long bone from `start` to `end` (y, x): thick at both ends, its cortex brighter than its marrow."""
    ay, ax = start
    dy, dx = end[0] - ay, end[1] - ax
    length = max(float(np.hypot(dy, dx)), 1e-3)
    along = np.clip(((y - ay) * dy + (x - ax) * dx) / length**2, 0, 1)
    away = np.hypot(y - ay - along * dy, x - ax - along * dx)
    flare = (
        1 + 0.55 * np.exp(-along * length / (2.2 * radii[0])) + 0.55 * np.exp(-(1 - along) * length / (2.2 * radii[1]))
    )
    radius = (radii[0] + (radii[1] - radii[0]) * along) * flare / 1.1
    inside = np.clip(1 - (away / radius) ** 2, 0, 1)
    cortex = np.exp(-(((away / radius) - 0.82) ** 2) / 0.02) * (away < radius)
    return (np.sqrt(inside) * 0.55 + cortex * 0.4).astype(np.float32)
