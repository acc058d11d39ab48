"""The drawing ground of the phantom: patient coordinates for every pixel, value noise, and painting in small windows.

Only operations that IEEE 754 rounds exactly (+, -, *, /, square root, comparison) touch whole pictures, so that the same
seed gives the same film on every machine and not only on the one that it was first made on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Canvas", "Plane", "curve", "smoothstep", "value_noise"]

Plane = NDArray[np.float32]

ASPECT = 840 / 1024
"""Width of the imaged field in units of its height."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture of `rows` by `columns` pixels and where each lies on the patient.

    Patient coordinates are in units of the imaged field's height: y runs from 0 (neck) to 1 (abdomen), x from about
    -0.41 (the patient's right, on the left of the picture) over 0 (midline) to 0.41 (the patient's left).
    """

    rows: int
    columns: int
    y: Plane = field(init=False, repr=False, compare=False)
    """float32, (rows, 1)."""
    x: Plane = field(init=False, repr=False, compare=False)
    """float32, (1, columns)."""

    def __post_init__(self) -> None:
        down = (np.arange(self.rows) + 0.5 - self.rows / 2) / self.scale + 0.5
        across = (np.arange(self.columns) + 0.5 - self.columns / 2) / self.scale
        object.__setattr__(self, "y", down.astype(np.float32)[:, None])
        object.__setattr__(self, "x", across.astype(np.float32)[None, :])

    @property
    def scale(self) -> float:
        """Pixels per unit of patient coordinates."""
        return min(float(self.rows), self.columns / ASPECT)

    def window(self, left: float, right: float, top: float, bottom: float) -> tuple[slice, slice]:
        """Rows and columns that hold the given box of patient coordinates; may be empty."""
        columns = [edge * self.scale + self.columns / 2 for edge in (left, right)]
        rows = [(edge - 0.5) * self.scale + self.rows / 2 for edge in (top, bottom)]
        return _clip(rows[0] - 1, rows[1] + 1, self.rows), _clip(columns[0] - 1, columns[1] + 1, self.columns)


def _clip(first: float, last: float, length: int) -> slice:
    start = min(max(int(first), 0), length)
    return slice(start, max(start, min(int(last) + 1, length)))


def smoothstep(values: Plane) -> Plane:
    """0 below 0, 1 above 1, and a smooth rise (3 t² - 2 t³) between."""
    t = np.clip(values, np.float32(0), np.float32(1))
    smooth: Plane = t * t * (np.float32(3) - np.float32(2) * t)
    return smooth


def curve(at: Plane, positions: Sequence[float], values: Sequence[float]) -> Plane:
    """A smooth line that has `values` near `positions`, taken at `at`: linear between, with the corners rounded off."""
    reach = float(np.min(np.diff(positions))) / 2
    wide = at.astype(np.float64)
    line = np.zeros(at.shape)
    for offset in np.linspace(-reach, reach, 9):
        line += np.interp(wide + offset, positions, values) / 9
    return line.astype(np.float32)


def value_noise(rng: np.random.Generator, canvas: Canvas, cell: float) -> Plane:
    """Smooth noise, float32 (rows, columns) in [-1, 1]: random values on a lattice, interpolated linearly between.

    `cell` is the distance of lattice points in patient coordinates, so that the pattern does not depend on the size.
    """
    lattice = rng.random((int(1 / (ASPECT * cell)) + 3, int(1 / cell) + 3), dtype=np.float32) * np.float32(
        2
    ) - np.float32(1)
    row, row_share = _lattice(canvas.y.ravel() / np.float32(cell), lattice.shape[0])
    column, column_share = _lattice(canvas.x.ravel() / np.float32(cell) + np.float32(0.5 / cell), lattice.shape[1])
    across = lattice[:, column] + (lattice[:, column + 1] - lattice[:, column]) * column_share
    noise = across[row] + (across[row + 1] - across[row]) * row_share[:, None]
    return np.asarray(noise, dtype=np.float32)


def _lattice(position: Plane, length: int) -> tuple[NDArray[np.intp], Plane]:
    inside = np.clip(position, np.float32(0), np.float32(length - 1.001))
    index = inside.astype(np.intp)
    share = inside - index.astype(np.float32)
    return index, smoothstep(share)
