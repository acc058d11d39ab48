"""Drawn body parts: limbs, hands and feet, pelves, skulls, spines, and a lateral chest drawn without any CT."""

from __future__ import annotations

import numpy as np

from wetread.training.gate_canvas import Plane, bent, bone, grid, noise, tone

__all__ = ["hand", "lateral_drawing", "limb", "pelvis", "skull", "spine"]

Rng = np.random.Generator


def _frame(rng: Rng) -> tuple[Plane, Plane]:
    return grid(256, int(256 * rng.uniform(0.6, 1.2)))


def _soft(thickness: Plane) -> Plane:
    return np.sqrt(np.clip(thickness, 0, 1)).astype(np.float32)


def _finished(rng: Rng, density: Plane, *, bend: float = 0.02) -> Plane:
    density = density + noise(rng, density.shape, 30) * 0.012 * (density > 0.02)
    density = density + noise(rng, density.shape, 90) * rng.uniform(0, 0.01)
    picture = tone(rng, bent(rng, density.astype(np.float32), bend))
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    if rng.random() < 0.2:  # collimated to white, as old films are, or the detector's frame
        edge = int(rng.uniform(0.05, 0.25) * picture.shape[1])
        picture = picture.copy()
        picture[:, :edge] = picture[:, picture.shape[1] - edge :] = rng.choice([0.0, 0.9, 1.0])
    return np.ascontiguousarray(np.rot90(picture, int(rng.integers(4))) if rng.random() < 0.5 else picture)


def _capsule(
    y: Plane, x: Plane, start: tuple[float, float], end: tuple[float, float], radii: tuple[float, float]
) -> Plane:
    dy, dx = end[0] - start[0], end[1] - start[1]
    along = np.clip(((y - start[0]) * dy + (x - start[1]) * dx) / max(dy * dy + dx * dx, 1e-4), 0, 1)
    away = np.hypot(y - start[0] - along * dy, x - start[1] - along * dx)
    return np.asarray(1 - (away / (radii[0] + (radii[1] - radii[0]) * along)) ** 2, np.float32)


def limb(rng: Rng) -> Plane:
    """One or two limbs: thigh, knee, lower leg, ankle, upper arm, elbow or forearm."""
    y, x = _frame(rng)
    density = np.zeros_like(y)
    for place in [0.0] if rng.random() < 0.75 else [-0.22, 0.22]:
        joint = rng.uniform(-0.1, 1.1)
        thick = rng.uniform(0.07, 0.2) * (1 if place == 0 else 0.6)
        lean, fold = rng.uniform(-0.15, 0.15), rng.uniform(-0.5, 0.5) * (rng.random() < 0.4)
        middle = (joint, place + rng.uniform(-0.05, 0.05))
        ends = [(-0.3, middle[1] + lean), (1.3, middle[1] - lean + fold)]
        bones = rng.uniform(0.22, 0.36) * thick
        for side, end in enumerate(ends):
            soft = _soft(_capsule(y, x, middle, end, (thick * rng.uniform(0.8, 1.1), thick * rng.uniform(0.6, 1.3))))
            density = np.maximum(density, soft * rng.uniform(0.35, 0.6))
            double = side == int(rng.random() < 0.8) and rng.random() < 0.7
            for shift in (-0.35, 0.4) if double else (0.0,):
                off = shift * thick
                radii = (bones * (0.75 if double else 1.1), bones * (0.75 if double else 1.1))
                density = density + bone(
                    y, x, (middle[0], middle[1] + off), (end[0], end[1] + off), radii
                ) * rng.uniform(0.5, 0.9)
    return _finished(rng, density)


def hand(rng: Rng) -> Plane:
    """A hand or a foot (or both hands): five rays of long bones, and a wrist of small ones."""
    y, x = grid(256, int(256 * rng.uniform(0.7, 1.4)))
    density = np.zeros_like(y)
    for place, flip in [(0.0, 1)] if rng.random() < 0.7 else [(-0.3, 1), (0.3, -1)]:
        size = rng.uniform(0.75, 1.15) * (1 if place == 0 else 0.7)
        wrist = (0.5 + 0.32 * size, place)
        spread, stout = rng.uniform(0.6, 1.3), rng.uniform(0.015, 0.026)
        soft = _soft(_capsule(y, x, (1.3, place), wrist, (0.1 * size, 0.09 * size)))
        soft = np.maximum(soft, _soft(_capsule(y, x, wrist, (0.5, place), (0.1 * size, 0.16 * size))))
        for off in (-0.04, 0.04):
            density = (
                density
                + bone(y, x, (1.3, place + off * size), (wrist[0], wrist[1] + off * size), (0.03 * size,) * 2) * 0.7
            )
        for ray in range(5):
            angle = (-0.34 + 0.17 * ray) * spread + (-0.35 if ray == 0 else 0.0)
            lengths = np.array([0.2, 0.13, 0.085, 0.06]) * size * (0.8 if ray in (0, 4) else 1) * rng.uniform(0.9, 1.1)
            at = np.array([wrist[0] - 0.06 * size, place + flip * (ray - 2) * 0.035 * size])
            for piece, length in enumerate(lengths):
                to = at - np.array([np.cos(angle), -flip * np.sin(angle)]) * length
                start, end = (float(at[0]), float(at[1])), (float(to[0]), float(to[1]))
                width = stout * size * (1 - 0.14 * piece)
                density = density + bone(y, x, start, end, (width, width * 0.85)) * 0.75
                soft = np.maximum(soft, _soft(_capsule(y, x, start, end, (width * 2.4, width * 2.2))))
                at = to - np.array([np.cos(angle), -flip * np.sin(angle)]) * 0.01
        for _ in range(8):
            spot = (wrist[0] + rng.uniform(-0.05, 0.03) * size, place + rng.uniform(-0.07, 0.07) * size)
            density = density + _soft(_capsule(y, x, spot, (spot[0] + 0.01, spot[1]), (0.025 * size,) * 2)) * 0.5
        density = density + soft * rng.uniform(0.25, 0.45)
    return _finished(rng, density)


def pelvis(rng: Rng) -> Plane:
    """A pelvis, or one hip with its femur, with bowel gas."""
    y, x = grid(256, int(256 * rng.uniform(0.75, 1.25)))
    shift = rng.choice([0.0, 0.0, -0.3, 0.3])
    x = x - np.float32(shift)
    density = 0.5 * _soft(1 - (np.abs(x) / rng.uniform(0.5, 0.8)) ** 4) * np.clip(1.4 - 0.5 * y, 0, 1)
    crotch = np.clip((y - rng.uniform(0.75, 0.9)) * 12, 0, 1) * np.exp(-((x / 0.06) ** 2))
    density = density * (1 - 0.85 * crotch)
    for side in (-1, 1):
        ring = np.hypot((y - 0.36) / 0.26, (x - side * 0.24) / 0.17)
        density += 0.35 * np.clip(1 - ring**4, 0, 1) + 0.25 * np.exp(-(((ring - 1) / 0.06) ** 2))
        hole = np.hypot((y - 0.7) / 0.075, (x - side * 0.11) / 0.06)
        density += 0.3 * np.exp(-(((hole - 1.2) / 0.22) ** 2)) - 0.12 * np.clip(1 - hole**2, 0, 1)
        head = (0.58 + rng.uniform(-0.02, 0.02), side * 0.3)
        density += 0.42 * _soft(_capsule(y, x, head, (head[0] + 0.005, head[1]), (0.075, 0.075)))
        knee = (1.4, side * rng.uniform(0.25, 0.7))
        density += bone(y, x, head, (0.66, side * 0.42), (0.045, 0.05)) * 0.7
        density += bone(y, x, (0.66, side * 0.41), knee, (0.05, 0.045)) * 0.8
    for place in np.arange(-0.1, 0.45, 0.085):
        density += 0.25 * _soft(_capsule(y, x, (place, -0.03), (place, 0.03), (0.04, 0.04)))
    for _ in range(rng.integers(2, 9)):
        spot = (rng.uniform(0.05, 0.5), rng.uniform(-0.25, 0.25))
        density -= 0.2 * _soft(_capsule(y, x, spot, (spot[0], spot[1] + 0.03), (rng.uniform(0.015, 0.05),) * 2))
    return _finished(rng, np.maximum(density, 0).astype(np.float32), bend=0.03)


def skull(rng: Rng) -> Plane:
    """A skull from the front or the side."""
    y, x = _frame(rng)
    vault = np.hypot((y - 0.4) / 0.34, x / rng.uniform(0.26, 0.38))
    density = 0.3 * np.clip(1 - vault**4, 0, 1) + 0.55 * np.exp(-(((vault - 1) / 0.06) ** 2))
    side = rng.random() < 0.5
    jaw = (0.82, rng.uniform(0.1, 0.2) if side else 0.0)
    density += 0.35 * _soft(_capsule(y, x, (0.6, jaw[1] / 2), jaw, (0.2, 0.12)))
    for place in [(0.5, 0.2)] if side else [(0.5, -0.12), (0.5, 0.12), (0.62, 0.0)]:
        hole = np.hypot((y - place[0]) / 0.07, (x - place[1]) / 0.07)
        density += 0.3 * np.exp(-(((hole - 1) / 0.2) ** 2)) - 0.15 * np.clip(1 - hole**2, 0, 1)
    for level in np.arange(0.75, 1.1, 0.055):
        density += 0.3 * _soft(_capsule(y, x, (level, -0.05), (level, 0.03), (0.026, 0.026)))
    density += 0.3 * _soft(1 - (x / 0.2) ** 2) * np.clip((y - 0.75) * 6, 0, 1)
    return _finished(rng, np.maximum(density, 0).astype(np.float32), bend=0.03)


def spine(rng: Rng) -> Plane:
    """A spine of neck or loin, from the front or the side, or an abdomen with gas."""
    y, x = _frame(rng)
    curve = rng.uniform(-0.12, 0.12) * np.sin(y * np.pi * rng.uniform(0.8, 1.6))
    across = x - curve.astype(np.float32) - np.float32(rng.uniform(-0.1, 0.1))
    width, period = rng.uniform(0.05, 0.12), rng.uniform(0.08, 0.16)
    disc = np.abs((y / period) % 1 - 0.5) > rng.uniform(0.36, 0.44)
    column = np.exp(-((across / width) ** 6))
    density = 0.45 * _soft(1 - (x / rng.uniform(0.3, 0.8)) ** 4) + 0.4 * column * (1 - 0.5 * disc)
    density += 0.25 * np.exp(-(((np.abs(across) - width) / 0.012) ** 2)) * (1 - disc)
    for _ in range(rng.integers(0, 10)):
        spot = (rng.uniform(0, 1), rng.uniform(-0.4, 0.4))
        radius = rng.uniform(0.02, 0.07)
        density -= 0.25 * _soft(_capsule(y, x, spot, (spot[0], spot[1] + 0.04), (radius, radius)))
    return _finished(rng, np.maximum(density, 0).astype(np.float32), bend=0.03)


def lateral_drawing(rng: Rng) -> Plane:
    """A lateral chest: one lung field before the spine, heart in front and below, domes, raised arms."""
    y, x = grid(256, int(256 * rng.uniform(0.6, 1.0)))
    half = rng.uniform(0.26, 0.4)
    lean = rng.uniform(-0.1, 0.1)
    centre = x - lean * (y - 0.5).astype(np.float32)
    body = _soft(1 - (centre / half) ** 4) * rng.uniform(0.5, 0.7)
    top = rng.uniform(0.05, 0.2)
    dome = rng.uniform(0.68, 0.85) + 0.5 * rng.uniform(-0.4, 0.4) * centre + 0.9 * (centre + 0.05) ** 2
    shape = np.hypot(centre / (half * rng.uniform(0.75, 0.9)), np.minimum((y - 0.55) / (0.55 - top), 0))
    lung = np.clip((1 - shape) * 8, 0, 1) * np.clip((dome - y) * 25, 0, 1)
    density = body * (1 - rng.uniform(0.5, 0.8) * lung)
    heart = _soft(_capsule(y, centre, (0.68, -half * 0.35), (0.5, -half * 0.2), (rng.uniform(0.12, 0.2), 0.08)))
    density += heart * rng.uniform(0.08, 0.25)
    back = centre - half * (0.62 + 0.25 * np.sin(np.pi * y))
    disc = np.abs((y / 0.07) % 1 - 0.5) > 0.4
    density += rng.uniform(0.08, 0.3) * np.exp(-((back / 0.055) ** 4)) * (1 - 0.4 * disc)
    for place in np.arange(0.1, 0.9, rng.uniform(0.06, 0.1)):
        rib = np.abs(y - place - (half - centre) * -rng.uniform(0.3, 0.5))
        density += 0.07 * np.exp(-((rib / 0.008) ** 2)) * (centre > 0) * lung
    root = (rng.uniform(0.42, 0.52), rng.uniform(-0.03, 0.05))
    density += rng.uniform(0.05, 0.2) * _soft(_capsule(y, centre, root, (root[0] + 0.08, root[1]), (0.06, 0.05)))
    density += rng.uniform(0.1, 0.4) * np.clip((top + 0.08 - y) * 8, 0, 1) * body
    for _ in range(rng.integers(0, 3)):
        density += np.exp(-((noise(rng, y.shape, 3) - 1.2) ** 2) / 0.5).astype(np.float32) * rng.uniform(0, 0.3) * body
    density += noise(rng, y.shape, 45) * 0.02 * lung
    density += noise(rng, y.shape, 90) * 0.008
    picture = tone(rng, bent(rng, np.maximum(density, 0).astype(np.float32), rng.uniform(0, 0.035)))
    return np.ascontiguousarray(picture[:, ::-1] if rng.random() < 0.5 else picture)
