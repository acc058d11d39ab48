"""The synthetic film as a picture: layers of density added up, tone, noise, a side marker; and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, UsageError
from wetread.phantom import anatomy
from wetread.phantom.bones import bones
from wetread.phantom.canvas import Canvas, Plane, smoothstep, value_noise
from wetread.phantom.vessels import vessels

__all__ = ["BORDER", "Opacity", "Truth", "picture"]

Side = Literal["left", "right"]
BORDER = 0.012
"""Width of the black collimated border, as a share of the shorter side of the picture."""
SMALLEST = 64
LARGEST = 8192
_F = np.float32


@dataclass(frozen=True, slots=True)
class Opacity:
    """A consolidation to draw: where it lies in which lung, its size and strength.

    Parameters
    ----------
    side
        The patient's "left" or "right" lung (the patient's left lies on the right of the picture).
    height
        0 at the apex to 1 at the base of the visible lung.
    depth
        0 at the medial to 1 at the lateral edge of the visible lung, at that height.
    radius
        In units of the imaged field's height (about 0.43 m): 0.02 to 0.15.
    strength
        1 makes the middle about as bright as the heart; 0.1 to 1.5.

    Raises
    ------
    ConfigError
        If a value lies outside its range.
    """

    side: Side = "right"
    height: float = 0.62
    depth: float = 0.5
    radius: float = 0.075
    strength: float = 1.0

    def __post_init__(self) -> None:
        if self.side not in ("left", "right"):
            raise ConfigError(f"an opacity lies in the left or the right lung, not in {self.side!r}")
        ranges = {"height": (0.0, 1.0), "depth": (0.0, 1.0), "radius": (0.02, 0.15), "strength": (0.1, 1.5)}
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ConfigError(
                    f"{name} of an opacity lies in [{low}, {high}], not at {value}: choose a value inside"
                )


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is known of a synthetic film because it was drawn so.

    Parameters
    ----------
    right_lung, left_lung
        bool, (rows, columns): the visible air-filled lung of the patient's right and left, without heart and mediastinum.
    opacity
        The opacity as asked for, or None.
    centre
        (row, column) of its middle in pixels, or None.
    radius
        In pixels; beyond it the film is the same as without the opacity. None where there is no opacity.
    """

    right_lung: NDArray[np.bool_]
    left_lung: NDArray[np.bool_]
    opacity: Opacity | None = None
    centre: tuple[float, float] | None = None
    radius: float | None = None

    @property
    def side(self) -> Side | None:
        """The lung that holds the opacity, or None."""
        return self.opacity.side if self.opacity else None


def picture(
    seed: int,
    *,
    opacity: Opacity | bool | None = None,
    view: Literal["PA", "AP"] = "PA",
    size: tuple[int, int] = (1024, 840),
) -> tuple[Plane, Truth]:
    """Draw a synthetic frontal chest film.

    Parameters
    ----------
    seed
        Non-negative; the same seed and arguments give the same picture.
    opacity
        An `Opacity`; True for one at a place that the seed chooses; None or False for none. The rest of the picture
        does not depend on it.
    view
        "PA", or "AP" for the look of a bedside film: larger heart, higher domes, shoulder blades over the lungs.
    size
        (rows, columns), each 64 to 8192.

    Returns
    -------
    pixels
        float32, (rows, columns), presentation values in [0, 1], air dark and bone bright. Each is k / 255 with k an
        integer, 0 and 1 both occur, so that eight bits hold the picture without loss.
    truth
        Lungs and opacity.

    Raises
    ------
    UsageError
        If the seed, the view or the size is none of these.
    """
    _check(seed, view, size)
    rng = np.random.Generator(np.random.PCG64(seed))
    canvas = Canvas(*size)
    build = anatomy.Build.draw(rng, view)
    right, left = anatomy.lungs(canvas, build)
    hidden = anatomy.heart(canvas, build)
    solid, airways = anatomy.mediastinum(canvas)
    truth = Truth(_visible(right, hidden, solid), _visible(left, hidden, solid))
    air = right + left
    density = _density(canvas, build, air, hidden, solid, airways)
    behind_heart = np.minimum(hidden * _F(1.5), _F(1))
    density += vessels(rng, canvas) * air * (_F(1) - _F(0.8) * behind_heart)
    density += anatomy.hila(canvas) * air
    density += _texture(rng, canvas) * (air * _F(0.9) + _F(0.25)) * (density > 0)
    grain = rng.random(size, dtype=np.float32)
    chosen = _chosen(rng, opacity)
    if chosen is not None:
        centre, radius = _place(canvas, truth, chosen)
        truth = replace(truth, opacity=chosen, centre=centre, radius=radius)
        density += _consolidation(rng, canvas, centre, radius) * _F(chosen.strength) * np.minimum(air, _F(1))
    return _develop(canvas, density, grain), truth


def _check(seed: int, view: str, size: tuple[int, int]) -> None:
    if seed < 0:
        raise UsageError(f"a seed is a non-negative integer, not {seed}")
    if view not in ("PA", "AP"):
        raise UsageError(f"the phantom is a frontal film, view PA or AP, not {view!r}")
    if not all(SMALLEST <= length <= LARGEST for length in size):
        raise UsageError(f"the phantom has {SMALLEST} to {LARGEST} rows and columns, not {size[0]} by {size[1]}")


def _visible(air: Plane, hidden: Plane, solid: Plane) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = (air > 0.3) & (hidden < 0.15) & (solid < 0.15)
    return mask


def _density(canvas: Canvas, build: anatomy.Build, air: Plane, hidden: Plane, solid: Plane, airways: Plane) -> Plane:
    """All layers but texture: how bright the film would be if tone were linear."""
    body = anatomy.soft_tissue(canvas, build)
    dense, gas = anatomy.abdomen(canvas, build, np.minimum(air, _F(1)))
    inside = np.minimum(body * _F(4), _F(1))
    density = body - air * body * _F(0.72) + hidden * _F(0.42) * np.minimum(air + _F(0.25), _F(1))
    density += (solid - airways * _F(0.2)) * inside
    density += dense * (_F(0.5) - gas * _F(0.38)) * inside
    density += bones(canvas, build) * inside * (_F(1) + dense)
    return np.asarray(np.maximum(density, _F(0)), dtype=np.float32)


def _texture(rng: np.random.Generator, canvas: Canvas) -> Plane:
    texture = np.zeros((canvas.rows, canvas.columns), dtype=np.float32)
    for cell, weight in ((0.11, 0.022), (0.035, 0.016), (0.013, 0.014), (0.0055, 0.009)):
        texture += value_noise(rng, canvas, cell) * _F(weight)
    return texture


def _chosen(rng: np.random.Generator, opacity: Opacity | bool | None) -> Opacity | None:
    """The opacity to draw. Chosen last, so that everything else is the same with and without it."""
    if isinstance(opacity, Opacity):
        return opacity
    if not opacity:
        return None
    where = [float(value) for value in rng.random(4)]
    side: Side = "left" if where[0] < 0.5 else "right"
    return Opacity(side, height=0.3 + 0.45 * where[1], depth=0.35 + 0.3 * where[2], radius=0.06 + 0.03 * where[3])


def _place(canvas: Canvas, truth: Truth, opacity: Opacity) -> tuple[tuple[float, float], float]:
    """Centre and radius in pixels from the lung's own coordinates: always inside the visible lung."""
    lung = truth.left_lung if opacity.side == "left" else truth.right_lung
    rows = np.flatnonzero(lung.any(axis=1))
    row = int(rows[round(opacity.height * (len(rows) - 1))])
    columns = np.flatnonzero(lung[row])
    outwards = opacity.depth if opacity.side == "left" else 1 - opacity.depth
    column = int(columns[round(outwards * (len(columns) - 1))])
    return (float(row), float(column)), opacity.radius * canvas.scale


def _consolidation(rng: np.random.Generator, canvas: Canvas, centre: tuple[float, float], radius: float) -> Plane:
    """A soft-edged patch with a mottled inside; exactly 0 beyond its radius."""
    down = (np.arange(canvas.rows, dtype=np.float32)[:, None] - _F(centre[0])) / _F(radius)
    across = (np.arange(canvas.columns, dtype=np.float32)[None, :] - _F(centre[1])) / _F(radius)
    inside = np.maximum(_F(1) - down * down - across * across, _F(0))
    coarse = value_noise(rng, canvas, 0.045)
    mottle = value_noise(rng, canvas, 0.018) * _F(0.3) + value_noise(rng, canvas, 0.008) * _F(0.15)
    patch = smoothstep(inside * (_F(1.05) + coarse * _F(0.7) + mottle)) * (_F(1) + mottle * _F(0.3))
    return np.asarray(patch * _F(0.42), dtype=np.float32)


def _develop(canvas: Canvas, density: Plane, grain: Plane) -> Plane:
    """Tone, quantum noise, marker, collimation, and rounding to k / 255."""
    bright = density * _F(0.98) / np.sqrt(_F(1) + density * density * _F(0.52))
    bright += (grain - _F(0.5)) * _F(0.022) * (density > 0)
    steps = np.rint(np.clip(bright * _F(0.93), _F(0), _F(1)) * _F(255))
    for left, right, top, bottom in ((0.352, 0.361, 0.045, 0.095), (0.352, 0.384, 0.087, 0.095)):  # a lead "L"
        rows, columns = canvas.window(left, right, top, bottom)
        steps[rows, columns] = 255
    edge = max(1, round(BORDER * min(canvas.rows, canvas.columns)))
    for band in (steps[:edge], steps[-edge:], steps[:, :edge], steps[:, -edge:]):
        band[...] = 0
    return np.asarray(steps / _F(255), dtype=np.float32)
