"""The parts of the synthetic chest, each as a layer of density: soft tissue, lungs, heart, airways, abdomen.

Density is in arbitrary units of film brightness; `scene` adds the layers and turns the sum into presentation values.
Shapes follow the look of a frontal film, not any one patient; proportions vary a little with the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from wetread.phantom.canvas import Canvas, Plane, curve, smoothstep

__all__ = ["Build", "abdomen", "heart", "hila", "lungs", "mediastinum", "soft_tissue"]

_F = np.float32
_OUTLINE = (
    (-0.1, 0.0, 0.03, 0.065, 0.1, 0.14, 0.2, 0.34, 0.42, 0.55, 0.7, 0.85, 1.0),
    (0.085, 0.088, 0.105, 0.2, 0.31, 0.42, 0.46, 0.44, 0.405, 0.385, 0.382, 0.392, 0.405),
)
_BAND = (-0.05, 0.08, 0.16, 0.26, 0.4, 0.55, 0.8, 1.0), (0.05, 0.046, 0.042, 0.042, 0.05, 0.055, 0.06, 0.07)
_LATERAL = (
    (0.06, 0.09, 0.12, 0.16, 0.22, 0.3, 0.4, 0.52, 0.66, 0.8, 1.0),
    (0.075, 0.1, 0.15, 0.195, 0.23, 0.258, 0.28, 0.298, 0.311, 0.318, 0.318),
)
_MEDIAL = ((0.06, 0.09, 0.14, 0.3, 0.6, 1.0), (0.07, 0.052, 0.035, 0.03, 0.03, 0.03))
_RIGHT_DOME = ((0.0, 0.06, 0.12, 0.18, 0.24, 0.29, 0.33), (0.745, 0.722, 0.705, 0.709, 0.738, 0.79, 0.86))
_LEFT_DOME = ((0.0, 0.06, 0.12, 0.18, 0.24, 0.29, 0.33), (0.765, 0.755, 0.738, 0.736, 0.762, 0.815, 0.88))


@dataclass(frozen=True, slots=True)
class Build:
    """Proportions of one synthetic patient: factors near 1, and shifts near 0 in patient coordinates."""

    view: Literal["PA", "AP"]
    width: float
    heart: float
    dome: float
    ribs: float

    @classmethod
    def draw(cls, rng: np.random.Generator, view: Literal["PA", "AP"]) -> Build:
        """Proportions from four random numbers. AP: a larger heart and higher domes, as with a bedside film."""
        width, heart, dome, ribs = (2 * float(value) - 1 for value in rng.random(4))
        near = view == "AP"
        larger, higher = (1.16, -0.035) if near else (1.0, 0.0)
        return cls(view, 1 + 0.04 * width, larger + 0.07 * heart, higher + 0.015 * dome, 0.008 * ribs)


def soft_tissue(canvas: Canvas, build: Build) -> Plane:
    """Neck, shoulders and trunk: thickness of the body, 0 in the air beside it."""
    y, x = canvas.y, np.abs(canvas.x)
    edge = curve(y, *_OUTLINE) * _F(build.width)
    near = np.clip(_F(1) - x / edge, _F(0), _F(1))
    rim = np.sqrt(np.minimum(near * _F(3.2), _F(1)))
    thick = curve(y, (0.0, 0.1, 0.25, 0.6, 1.0), (0.5, 0.56, 0.62, 0.66, 0.74))
    return np.asarray(rim * thick, dtype=np.float32)


def lungs(canvas: Canvas, build: Build) -> tuple[Plane, Plane]:
    """Air in the patient's right and left lung: share of the greatest thickness, float32 (rows, columns) in [0, 1] each."""
    y, x = canvas.y, canvas.x
    lateral, medial = curve(y, *_LATERAL) * _F(build.width), curve(y, *_MEDIAL)
    sides = []
    for sign, dome in ((-1, _RIGHT_DOME), (1, _LEFT_DOME)):
        across = (_F(sign) * x - medial) / np.maximum(lateral - medial, _F(0.002))
        round_ = np.clip(across * (_F(1) - across) * _F(4), _F(0), _F(1))
        round_ = np.sqrt(np.sqrt(round_)) * smoothstep((y - _F(0.085)) * _F(12))
        depth = (curve(np.abs(x), *dome) + _F(build.dome) - y) * _F(140)
        recess = smoothstep(depth * _F(0.12) + _F(1)) * _F(0.16)
        sides.append(np.asarray(round_ * (smoothstep(depth) * (_F(1) - recess) + recess), dtype=np.float32))
    return sides[0], sides[1]


def _ellipsoid(canvas: Canvas, x: float, y: float, across: float, down: float, lean: float = 0.0) -> Plane:
    """Thickness of an ellipsoid, 1 at its middle; `lean` moves its lower part to the patient's left."""
    dy = (canvas.y - _F(y)) / _F(down)
    dx = (canvas.x - _F(x) - _F(lean) * (canvas.y - _F(y))) / _F(across)
    return np.asarray(np.sqrt(np.clip(_F(1) - dx * dx - dy * dy, _F(0), _F(1))), dtype=np.float32)


def heart(canvas: Canvas, build: Build) -> Plane:
    """Ventricles (towards the patient's left), right atrium, pulmonary trunk and aortic arch; up to about 1."""
    size, low = build.heart, build.dome
    parts = [
        (1.0, _ellipsoid(canvas, 0.045 * size, 0.625 + low, 0.118 * size, 0.15, 0.34)),
        (0.75, _ellipsoid(canvas, -0.018 * size, 0.60 + low, 0.066 * size, 0.125, 0.0)),
        (0.6, _ellipsoid(canvas, 0.036 * size, 0.44 + low, 0.048 * size, 0.09, 0.15)),
        (0.55, _ellipsoid(canvas, 0.034, 0.305, 0.042, 0.042)),
    ]
    whole = parts[0][1].copy()
    for weight, part in parts[1:]:
        np.maximum(whole, _F(weight) * part, out=whole)
    return np.sqrt(whole) * _F(0.95)


def hila(canvas: Canvas) -> Plane:
    """The roots of both lungs, where the great vessels overlap: a soft density on either side, the left a little higher."""
    right = _ellipsoid(canvas, -0.058, 0.43, 0.05, 0.095, -0.25)
    left = _ellipsoid(canvas, 0.066, 0.41, 0.05, 0.085, 0.2)
    return np.asarray(_F(0.16) * (right * right + left * left), dtype=np.float32)


def mediastinum(canvas: Canvas) -> tuple[Plane, Plane]:
    """Central soft tissue with the spine (density to add), and the air of trachea and main bronchi (to take away)."""
    y, x = canvas.y, canvas.x
    half = curve(y, *_BAND)
    band = smoothstep((half - np.abs(x)) * _F(30) + _F(0.4))
    phase = (y * _F(19) + _F(0.3)) % _F(1)
    disc = smoothstep((np.abs(phase - _F(0.5)) - _F(0.36)) * _F(12))
    column = smoothstep((_F(0.030) + y * _F(0.006) - np.abs(x)) * _F(85))
    process = smoothstep(_F(1) - np.sqrt((x / _F(0.007)) ** 2 + ((phase - _F(0.62)) / _F(0.24)) ** 2))
    solid = band * _F(0.36) + column * (_F(0.10) - disc * _F(0.055)) + process * _F(0.07)
    return np.asarray(solid, dtype=np.float32), _airways(canvas)


def _airways(canvas: Canvas) -> Plane:
    """Trachea down to the carina, then both main bronchi; 1 in the middle of the lumen."""
    y, x = canvas.y, canvas.x
    carina = _F(0.365)
    below = np.maximum(y - carina, _F(0))
    inside = smoothstep((y + _F(0.01)) * _F(30))
    trachea = smoothstep((_F(0.0175) - np.abs(x + y * _F(0.012))) * _F(95)) * inside
    trachea = trachea * smoothstep((carina - y) * _F(50) + _F(0.7))
    right = smoothstep((_F(0.013) - np.abs(x + _F(0.012) + below * _F(0.75))) * _F(95))
    left = smoothstep((_F(0.011) - np.abs(x - _F(0.008) - below * _F(1.15))) * _F(95))
    reach = smoothstep((y - carina) * _F(60) + _F(0.5)) * smoothstep((_F(0.43) - y) * _F(22))
    bronchi = np.maximum(right, left) * reach
    return np.asarray(np.maximum(trachea, bronchi * _F(0.6)), dtype=np.float32)


def abdomen(canvas: Canvas, build: Build, air: Plane) -> tuple[Plane, Plane]:
    """Dense tissue below the domes (right higher), and the gas of the stomach under the left dome (to take away)."""
    y, x = canvas.y, canvas.x
    dome = np.where(x < 0, curve(-x, *_RIGHT_DOME), curve(x, *_LEFT_DOME)) + _F(build.dome)
    dense = smoothstep((y - dome) * _F(7)) * (_F(1) - air)
    fluid = smoothstep((_F(0.842 + build.dome) - y) * _F(160))
    gas = _ellipsoid(canvas, 0.135, 0.815 + build.dome, 0.062, 0.042) * fluid
    return np.asarray(dense, dtype=np.float32), gas
