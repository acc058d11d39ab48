"""The bones of the synthetic chest: ribs, clavicles, shoulder blades and upper arms, added up in one layer of density."""

from __future__ import annotations

import numpy as np

from wetread.phantom.anatomy import Build
from wetread.phantom.canvas import Canvas, Plane, curve, smoothstep

__all__ = ["bones"]

_F = np.float32
_RIBS = 10
_REACH = (0.115, 0.18, 0.225, 0.256, 0.278, 0.293, 0.304, 0.312, 0.317, 0.32)
"""How far each rib comes from the midline."""
_CLAVICLE = (0.0, 0.05, 0.1, 0.16, 0.22, 0.28, 0.36), (0.232, 0.21, 0.182, 0.158, 0.135, 0.112, 0.098)


def bones(canvas: Canvas, build: Build) -> Plane:
    """Ribs with their posterior and anterior arcs, clavicles, shoulder blades and upper arms, float32 (rows, columns)."""
    layer = np.zeros((canvas.rows, canvas.columns), dtype=np.float32)
    for sign in (-1, 1):
        for number in range(_RIBS):
            _rib(canvas, build, layer, number, sign)
        _clavicle(canvas, build, layer, sign)
        _shoulder(canvas, build, layer, sign)
    return layer


def _side(canvas: Canvas, sign: int, near: float, far: float, top: float, bottom: float) -> tuple[slice, slice]:
    """A window that lies `near` to `far` from the midline, on one side."""
    return canvas.window(*((-far, -near) if sign < 0 else (near, far)), top, bottom)


def _tube(distance: Plane, half: float, wall: float) -> Plane:
    """Radiographic thickness of a tube: a bright rim (cortex) round a weaker inside; 0 beyond `half`."""
    squared = distance * distance
    outer = np.sqrt(np.maximum(_F(1) - squared / _F(half * half), _F(0)))
    inner = np.sqrt(np.maximum(_F(1) - squared / _F((half - wall) ** 2), _F(0)))
    return np.asarray(outer - _F(0.55) * inner, dtype=np.float32)


def _rib(canvas: Canvas, build: Build, layer: Plane, number: int, sign: int) -> None:
    """One side of one rib: an inclined loop seen from the front, so an ellipse: high at the back, low in front."""
    reach = _REACH[number] * build.width
    drop = float(np.interp(number, (0, 2, 6, 9), (0.045, 0.075, 0.105, 0.115)))
    top = 0.085 + 0.0635 * number + build.ribs + 0.004 * sign
    shear = float(np.interp(number, (0, 3, 9), (0.05, 0.14, 0.24)))
    half = 0.0095 if number else 0.0115
    rows, columns = _side(canvas, sign, 0.025, reach + 0.02, top - 0.02, top + 2 * drop + shear * reach + 0.03)
    x = np.abs(canvas.x[:, columns])
    y = canvas.y[rows] - _F(top + drop) - _F(shear) * (x - _F(0.06))
    across, down = _F(1 / reach**2), _F(1 / drop**2)
    form = x * x * across + y * y * down
    root = np.sqrt(form)
    steep = np.sqrt((x * across) ** 2 + (y * down) ** 2) + _F(1e-6)
    distance = np.asarray((form - root) / steep, dtype=np.float32)
    behind = smoothstep(y * _F(-14) + _F(0.5))
    # cartilage does not show: the anterior arcs end short of the breastbone, the lowest ones soon
    end, strength = (0.13, 0.75) if number < 8 else (0.24, 0.5)
    ahead = smoothstep((x - _F(end)) * _F(14)) * _F(strength)
    weight = behind * smoothstep((x - _F(0.028)) * _F(70)) + (_F(1) - behind) * ahead
    layer[rows, columns] += _F(0.17) * weight * _tube(distance, half, 0.0024)


def _clavicle(canvas: Canvas, build: Build, layer: Plane, sign: int) -> None:
    lift = -0.02 if build.view == "AP" else 0.0
    rows, columns = _side(canvas, sign, 0.02, 0.34, 0.04, 0.27)
    x = np.abs(canvas.x[:, columns])
    line = curve(x, *_CLAVICLE) + _F(lift + 0.003 * sign)
    widen = _F(1) + _F(0.55) * smoothstep((_F(0.06) - x) * _F(25)) + _F(0.3) * smoothstep((x - _F(0.26)) * _F(15))
    ends = smoothstep((x - _F(0.026)) * _F(90)) * smoothstep((_F(0.325) - x) * _F(60))
    distance = np.asarray((canvas.y[rows] - line) * _F(0.92) / widen, dtype=np.float32)
    layer[rows, columns] += _F(0.24) * ends * _tube(distance, 0.0125, 0.0027)


def _shoulder(canvas: Canvas, build: Build, layer: Plane, sign: int) -> None:
    """Shoulder blade, over the lung on an AP film and turned away from it on a PA film; the head of the humerus."""
    near = build.view == "AP"
    inner = 0.205 if near else 0.268
    rows, columns = _side(canvas, sign, inner - 0.03, 0.42, 0.08, 0.50)
    x, y = np.abs(canvas.x[:, columns]), canvas.y[rows]
    medial = [inner + out for out in (0.05, 0.012, 0.0, 0.015, 0.045, 0.08)]
    border = curve(y, (0.08, 0.14, 0.22, 0.32, 0.42, 0.5), medial)
    outer = curve(y, (0.08, 0.2, 0.3, 0.4, 0.5), (0.40, 0.35, inner + 0.1, inner + 0.075, inner + 0.075))
    ends = smoothstep((y - _F(0.125)) * _F(60)) * smoothstep((_F(0.455) - y) * _F(60))
    blade = smoothstep((x - border) * _F(150)) * smoothstep((outer - x) * _F(100)) * ends
    rim = smoothstep(_F(1) - np.abs(x - border - _F(0.005)) * _F(170)) * ends
    bulge = _F(1) - ((x - _F(0.385)) / _F(0.042)) ** 2 - ((y - _F(0.185)) / _F(0.05)) ** 2
    head = np.sqrt(np.maximum(bulge, _F(0)))
    layer[rows, columns] += blade * _F(0.05 if near else 0.04) + rim * _F(0.06) + head * _F(0.13)
