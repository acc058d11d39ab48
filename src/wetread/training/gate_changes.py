"""What is done to frontal films: `varied` keeps them readable (another room, a journal's figure), the rest does not."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from wetread.training.gate_canvas import Plane, grid, noise, resized, unit

__all__ = ["cropped", "montage", "on_screen", "saturated", "sick", "varied"]

Rng = np.random.Generator


def varied(rng: Rng, picture: Plane, *, strength: float = 1.0) -> Plane:
    """Cropped and turned a little, stretched, bordered, collimated, written on, re-exposed, blurred, JPEG-compressed.

    The same for films and for the synthetic kinds, so that none of it tells them apart. `strength` 0 to 1.
    """
    p = picture
    if rng.random() < 0.6:
        angle = float(rng.uniform(-7, 7) * strength)
        fill = float(rng.choice([0.0, float(np.median(p))]))
        p = np.asarray(Image.fromarray(p).rotate(angle, Image.Resampling.BILINEAR, fillcolor=fill))
    top, bottom, left, right = (float(value) for value in rng.uniform(-0.08, 0.08, 4) * strength)
    rows, columns = p.shape
    p = p[
        int(max(0, top) * rows) : rows - int(max(0, bottom) * rows),
        int(max(0, left) * columns) : columns - int(max(0, right) * columns),
    ]
    if rng.random() < 0.5 * strength:
        stretch = np.exp(rng.uniform(-0.2, 0.2))
        p = resized(p, p.shape[0], max(16, int(p.shape[1] * stretch)))
    p = _exposed(rng, p, strength)
    if rng.random() < 0.45 * strength:
        p = _bordered(rng, p)
    if rng.random() < 0.5 * strength:
        p = _written(rng, p)
    return _worn(rng, p, strength)


def _exposed(rng: Rng, p: Plane, strength: float) -> Plane:
    """Gamma, window, S-curve, local contrast, a sloping brightness: the grey levels of another maker."""
    p = p ** np.float32(np.exp(rng.uniform(-0.55, 0.55) * strength))
    if rng.random() < 0.6:
        p = np.clip((p - rng.uniform(0, 0.15) * strength) / (1 - rng.uniform(0, 0.3) * strength), 0, 1)
    if rng.random() < 0.3:
        steep = rng.uniform(1, 6)
        p = unit(1 / (1 + np.exp(-steep * (p - rng.uniform(0.35, 0.65)))))
    if rng.random() < 0.3 * strength:
        from scipy.ndimage import gaussian_filter

        p = np.clip(p + rng.uniform(0.2, 1.2) * (p - gaussian_filter(p, 0.08 * p.shape[0])), 0, 1)
    if rng.random() < 0.4 * strength:
        p = np.clip(p + noise(rng, p.shape, 1) * rng.uniform(0, 0.12), 0, 1)
    return np.asarray(p, np.float32)


def sick(rng: Rng, p: Plane) -> Plane:
    """White lungs: soft bright fields over the middle of the film, a fluid level, tubes and leads."""
    y, x = grid(*p.shape)
    p = p.copy()
    top = float(np.percentile(p, 97))
    for _ in range(rng.integers(1, 4)):
        spot = rng.uniform(0.25, 0.8), rng.choice([-1, 1]) * rng.uniform(0.12, 0.3)
        away = np.hypot((y - spot[0]) / rng.uniform(0.08, 0.35), (x - spot[1]) / rng.uniform(0.08, 0.25))
        cloud = np.exp(-(away**2)) * rng.uniform(0.3, 0.95) * np.clip(1 + noise(rng, p.shape, 8) * 0.25, 0, 1.3)
        p += (top - p) * np.clip(cloud, 0, 1) * (p < top)
    if rng.random() < 0.5:
        image = Image.fromarray((np.clip(p, 0, 1) * 255).astype(np.uint8))
        draw = ImageDraw.Draw(image)
        for _ in range(rng.integers(1, 4)):
            points = (
                np.cumsum(rng.normal(0, 0.05, (12, 2)), axis=0) * p.shape[0] + rng.uniform(0.2, 0.8, 2) * p.shape[::-1]
            )
            draw.line(
                [(float(a), float(b)) for a, b in points],
                int(rng.integers(180, 256)),
                width=int(rng.integers(1, 4)),
                joint="curve",
            )
        p = np.asarray(image, np.float32) / 255
    return np.clip(p, 0, 1).astype(np.float32)


def _bordered(rng: Rng, p: Plane) -> Plane:
    """A letterbox, a shutter or the edge of the plate: dark, bright or grey, on any side; sometimes a frame line."""
    shade = float(rng.choice([0.0, 0.0, 1.0, rng.random()]))
    pads = [
        (
            int(rng.uniform(0, 0.13) * side * (rng.random() < 0.7)),
            int(rng.uniform(0, 0.13) * side * (rng.random() < 0.7)),
        )
        for side in p.shape
    ]
    if rng.random() < 0.25:  # one sliver, as of a neighbouring figure
        p = p.copy()
        p[:, -max(1, int(rng.uniform(0, 0.1) * p.shape[1])) :] = float(rng.choice([0.0, 1.0]))
    return np.pad(p, pads, constant_values=shade).astype(np.float32)


def _written(rng: Rng, p: Plane) -> Plane:
    """Side markers, a projection, letters of a figure, arrows, a white label."""
    image = Image.fromarray((np.clip(p, 0, 1) * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    rows, columns = p.shape
    for _ in range(rng.integers(1, 4)):
        text = str(rng.choice(["R", "L", "A", "B", "(A)", "PA", "AP", "SUPINE, AP", "PORTABLE", "a", "1"]))
        size = max(7, int(rng.uniform(0.03, 0.09) * rows))
        edge = rng.random() < 0.8
        spot = (
            float(rng.choice([rng.uniform(0, 0.2), rng.uniform(0.75, 0.95)]) if edge else rng.random()) * columns,
            float(rng.choice([rng.uniform(0, 0.15), rng.uniform(0.85, 0.95)]) if edge else rng.random()) * rows,
        )
        shade = int(rng.choice([255, 255, 0]))
        if rng.random() < 0.25:
            draw.rectangle(
                (spot[0] - 2, spot[1] - 2, spot[0] + size * len(text) * 0.7, spot[1] + size * 1.3), fill=255 - shade
            )
        draw.text(spot, text, shade, font=ImageFont.load_default(size))
    if rng.random() < 0.3:
        for _ in range(rng.integers(1, 4)):
            a, b = rng.uniform(0.25, 0.75) * columns, rng.uniform(0.25, 0.75) * rows
            draw.line((a, b, a + rng.uniform(-0.1, 0.1) * columns, b + rng.uniform(-0.1, 0.1) * rows), 255, width=2)
            draw.polygon((a, b, a + 6, b + 2, a + 2, b + 6), fill=255)
    return np.asarray(image, np.float32) / 255


def _worn(rng: Rng, p: Plane, strength: float) -> Plane:
    from scipy.ndimage import gaussian_filter

    if rng.random() < 0.4 * strength:
        p = gaussian_filter(p, rng.uniform(0.3, 1.6))
    if rng.random() < 0.4 * strength:
        p = p + rng.normal(0, rng.uniform(0, 0.035), p.shape)
    p = np.clip(p, 0, 1)
    if rng.random() < 0.5 * strength:
        image, buffer = Image.fromarray((p * 255).astype(np.uint8)), BytesIO()
        image.save(buffer, "JPEG", quality=int(rng.integers(25, 95)))
        p = np.asarray(Image.open(buffer), np.float32) / 255
    return np.ascontiguousarray(p, np.float32)


def cropped(rng: Rng, p: Plane) -> Plane:
    """A part of a film that does not show both lungs: a third to a half of it, a quadrant, one lung, the abdomen's edge."""
    rows, columns = p.shape
    while True:
        tall, wide = rng.uniform(0.2, 0.45), rng.uniform(0.2, 0.45)
        kind = rng.integers(3)
        if kind == 0:  # one side
            tall, wide = rng.uniform(0.6, 1.0), rng.uniform(0.3, 0.52)
        elif kind == 1:  # upper or lower part
            tall, wide = rng.uniform(0.18, 0.32), rng.uniform(0.7, 1.0)
        top, left = rng.uniform(0, 1 - tall), rng.uniform(0, 1 - wide)
        if kind == 0:
            left = float(rng.choice([rng.uniform(0, 0.06), 1 - wide - rng.uniform(0, 0.06)]))
        elif kind == 1:
            top = float(rng.choice([rng.uniform(0, 0.05), 1 - tall - rng.uniform(0, 0.05)]))
        part = p[int(top * rows) : int((top + tall) * rows), int(left * columns) : int((left + wide) * columns)]
        if min(part.shape) >= 40 and part.std() > 0.03:
            return resized(part, 256, int(256 * part.shape[1] / part.shape[0]))


def saturated(rng: Rng, p: Plane) -> Plane:
    """Most of the film burned to white or to black."""
    dark = rng.random() < 0.5
    at = float(
        np.quantile(
            p[p > 0.03] if (p > 0.03).any() else p, rng.uniform(0.05, 0.3) if not dark else rng.uniform(0.4, 0.8)
        )
    )
    slope = rng.uniform(4, 40)
    q = 1 - np.clip((at - p) * slope, 0, 1) if not dark else np.clip((p - at) * slope, 0, 1)
    return np.asarray(q, np.float32)


def montage(rng: Rng, pictures: list[Plane]) -> Plane:
    """Two to six films side by side on one sheet."""
    columns = int(rng.integers(1, 4))
    rows = int(rng.integers(2 if columns == 1 else 1, 3))
    side, gap = 200 // max(rows, columns), int(rng.integers(0, 6))
    sheet = np.full((rows * (side + gap), columns * (side + gap)), rng.choice([0.0, 1.0]), np.float32)
    for place in range(rows * columns):
        top, left = (place // columns) * (side + gap), (place % columns) * (side + gap)
        sheet[top : top + side, left : left + side] = resized(pictures[int(rng.integers(len(pictures)))], side, side)
    return sheet


def on_screen(rng: Rng, p: Plane) -> Plane:
    """A film photographed from a monitor or a light box: perspective, bezel or window, moire, glare, uneven light."""
    side = 288
    wide = int(side * rng.uniform(0.8, 1.6))
    shade = rng.uniform(0, 0.35)
    scene = (
        np.full((side, wide), shade, np.float32)
        + noise(rng, (side, wide), 3) * 0.06
        + noise(rng, (side, wide), 70) * 0.02
    )
    if rng.random() < 0.3:  # a light box glows around the film
        scene = scene + rng.uniform(0.4, 0.7)
    tall = int(side * rng.uniform(0.5, 0.88))
    across = min(wide - 8, int(tall * rng.uniform(0.8, 1.5)))
    film = _lit(rng, resized(p, tall, across))
    if rng.random() < 0.5:  # the viewer's own window
        bar = max(3, int(rng.uniform(0.02, 0.1) * tall))
        film[:bar] = rng.uniform(0.1, 0.9)
        for _ in range(rng.integers(2, 9)):
            left = int(rng.uniform(0, 0.95) * across)
            film[1 : bar - 1, left : left + 6] = rng.random()
    bezel = int(rng.uniform(0.02, 0.07) * side)
    top, left = (side - tall) // 2, (wide - across) // 2
    scene[max(0, top - bezel) : top + tall + bezel, max(0, left - bezel) : left + across + bezel] = rng.choice(
        [0.03, 0.1, 0.6]
    )
    scene[top : top + tall, left : left + across] = film
    scene = _seen(rng, scene)
    y, x = grid(*scene.shape)
    if rng.random() < 0.6:  # a lamp or a window mirrored in the glass
        spot = rng.uniform(0.1, 0.9), rng.uniform(-0.4, 0.4)
        glare = np.exp(
            -(((y - spot[0]) / rng.uniform(0.05, 0.25)) ** 2) - ((x - spot[1]) / rng.uniform(0.05, 0.25)) ** 2
        )
        scene = scene + glare.astype(np.float32) * rng.uniform(0.2, 0.8)
    lit: Plane = np.clip(scene, 0, 1).astype(np.float32)
    return lit


def _lit(rng: Rng, film: Plane) -> Plane:
    """The monitor's own light: raised black, pixel grid and moire."""
    y, x = grid(*film.shape)
    film = rng.uniform(0.05, 0.3) + film * rng.uniform(0.4, 0.8)
    pitch, angle = rng.uniform(60, 500), rng.uniform(-0.4, 0.4)
    waves = np.sin((x * np.cos(angle) + y * np.sin(angle)) * pitch + noise(rng, film.shape, 2) * rng.uniform(0, 6))
    return np.asarray(film * (1 + waves * rng.uniform(0.03, 0.13)), np.float32)


def _seen(rng: Rng, scene: Plane) -> Plane:
    """From where the photographer stood."""
    rows, columns = scene.shape
    corners = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], float)
    moved = corners + rng.uniform(-0.12, 0.12, (4, 2)) * (columns, rows)
    lines, right = [], []
    for (x, y), (u, v) in zip(corners, moved, strict=True):
        lines += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    weights = np.linalg.solve(np.array(lines), np.array(right))
    image = Image.fromarray(scene).transform(
        (columns, rows),
        Image.Transform.PERSPECTIVE,
        tuple(float(w) for w in weights),
        Image.Resampling.BILINEAR,
        fillcolor=0.1,
    )
    return np.asarray(image, np.float32)
