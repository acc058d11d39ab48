"""Pictures that are no films: pages of text, plots, test patterns, noise, textures, drawings, photographs."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from wetread.errors import ConfigError
from wetread.training.gate_canvas import Plane, bent, grid, noise, resized, tone, unit

__all__ = ["drawing", "noisy", "page", "pattern", "photograph", "plot", "texture"]

Rng = np.random.Generator

# Photographs that lie inside the package scikit-image (docs/gate.md says what it states of each);
# `HELD` are never fitted and stand for natural pictures in the evaluation, with the two of scikit-learn (CC BY 2.0).
FITTED = ("astronaut.png", "camera.png", "coffee.png", "coins.png", "brick.png", "hubble_deep_field.jpg", "moon.png")
HELD = (
    "chelsea.png",
    "rocket.jpg",
    "grass.png",
    "gravel.png",
    "cell.png",
    "ihc.png",
    "page.png",
    "text.png",
    "retina.jpg",
)


def _letters(rng: Rng, length: int) -> str:
    vowels, rest = "aeiou", "bcdfghjklmnprstvw"
    return "".join(str(rng.choice(list(vowels if place % 2 else rest))) for place in range(length))


def _size(rng: Rng) -> tuple[int, int]:
    return 288, int(288 * rng.uniform(0.65, 1.4))


def _shades(rng: Rng, picture: Plane) -> Plane:
    return np.asarray(1 - picture if rng.random() < 0.5 else picture, np.float32)


def page(rng: Rng) -> Plane:
    """A page of text: lines or columns of words, sometimes a heading, a table, a figure's box; dark on bright or not."""
    rows, columns = _size(rng)
    image = Image.new("L", (columns, rows), 255)
    draw = ImageDraw.Draw(image)
    size = int(rng.integers(6, 26))
    font, head = ImageFont.load_default(size), ImageFont.load_default(2 * size)
    margin, y = int(rng.uniform(4, 40)), int(rng.uniform(4, 50))
    parts = int(rng.integers(1, 4)) if size < 13 else 1
    if rng.random() < 0.6:
        draw.text((margin, y), _letters(rng, 12).title(), 0, font=head)
        y += 3 * size
    left = margin
    for _ in range(parts):
        width, line = (columns - 2 * margin) // parts - 6, y
        while line < rows - margin:
            text = " ".join(_letters(rng, int(rng.integers(2, 9))) for _ in range(14))
            keep = int(len(text) * min(1.0, width / max(1.0, draw.textlength(text, font=font))))
            if rng.random() < 0.9:
                draw.text((left, line), text[: max(1, keep)], 0, font=font)
            line += int(size * 1.35)
        left += width + 8
    if rng.random() < 0.3:
        a, b = sorted(rng.uniform(0.1, 0.9, 2))
        draw.rectangle(
            (a * columns * 0.5, a * rows, columns * 0.9, b * rows + 2), outline=0, fill=int(rng.integers(0, 256))
        )
    return _shades(rng, np.asarray(image, np.float32) / 255)


def plot(rng: Rng) -> Plane:
    """Curves, bars or points between axes."""
    rows, columns = _size(rng)
    image = Image.new("L", (columns, rows), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(10)
    left, bottom = int(0.12 * columns), int(0.88 * rows)
    draw.line((left, 10, left, bottom), 0)
    draw.line((left, bottom, columns - 8, bottom), 0)
    for tick in range(6):
        draw.text((left + tick * (columns - left) // 6, bottom + 4), f"{tick * 2}", 0, font=font)
        draw.text((4, bottom - tick * bottom // 6 - 6), f"{tick / 5:.1f}", 0, font=font)
    for _ in range(rng.integers(1, 5)):
        shade = int(rng.integers(0, 170))
        heights = np.cumsum(rng.normal(size=40))
        heights = (heights - heights.min()) / max(float(np.ptp(heights)), 1e-3)
        xs = np.linspace(left + 4, columns - 12, 40)
        ys = bottom - 6 - heights * (bottom - 30)
        kind = rng.integers(3)
        if kind == 0:
            draw.line([(float(a), float(b)) for a, b in zip(xs, ys, strict=True)], shade, width=int(rng.integers(1, 5)))
        elif kind == 1:
            for a, b in zip(xs[::3], ys[::3], strict=True):
                draw.rectangle((a, b, a + columns / 25, bottom), fill=shade, outline=0)
        else:
            for a, b in zip(xs, ys, strict=True):
                draw.ellipse((a - 3, b - 3, a + 3, b + 3), fill=shade)
    return _shades(rng, np.asarray(image, np.float32) / 255)


def pattern(rng: Rng) -> Plane:
    """A technical test pattern: grey steps, line pairs, grids, discs, ramps."""
    rows = 288
    columns = int(rows * rng.uniform(0.8, 1.3))
    y, x = grid(rows, columns)
    picture = np.full((rows, columns), rng.uniform(0, 1), np.float32)
    if rng.random() < 0.2:
        picture = unit(x * rng.choice([-1, 1]) + y * rng.uniform(-1, 1))
    if rng.random() < 0.7:
        step = rng.uniform(0.05, 0.2)
        lines = (np.abs((y / step) % 1 - 0.5) > 0.47) | (np.abs((x / step) % 1 - 0.5) > 0.47)
        picture[lines] = rng.choice([0.0, 1.0, 0.8])
    for _ in range(rng.integers(2, 16)):
        top, left = int(rng.uniform(0, 0.85) * rows), int(rng.uniform(0, 0.85) * columns)
        tall, wide = int(rng.uniform(0.05, 0.4) * rows), int(rng.uniform(0.05, 0.6) * columns)
        for place in [left, columns - left - wide] if rng.random() < 0.6 else [left]:
            part = (slice(top, top + tall), slice(max(0, place), max(0, place) + wide))
            kind = rng.integers(4)
            if kind == 0:
                picture[part] = rng.random()
            elif kind == 1:
                picture[part] = (np.floor(x[part] * rng.uniform(6, 30)) % 6) / 5
            elif kind == 2:
                wave = (x if rng.random() < 0.5 else y)[part]
                picture[part] = np.sin(wave * rng.uniform(60, 700)) > 0
            else:
                picture[part] = np.where(np.hypot(y[part] - y[part].mean(), x[part] - x[part].mean()) < 0.1, 1.0, 0.1)
    image = Image.fromarray((picture * 255).astype(np.uint8))
    for _ in range(rng.integers(0, 12)):
        spot = (float(rng.uniform(0, columns)), float(rng.uniform(0, rows)))
        ImageDraw.Draw(image).text(
            spot, f"{int(rng.integers(0, 100))}%", int(rng.integers(256)), font=ImageFont.load_default(11)
        )
    return np.asarray(image, np.float32) / 255


def noisy(rng: Rng) -> Plane:
    """Noise: white, salt and pepper, coarse, of many scales, in stripes; or a ramp with noise."""
    rows, columns = _size(rng)
    kind = rng.integers(6)
    made: Any
    if kind == 0:
        made = rng.normal(size=(rows, columns))
    elif kind == 1:
        made = (rng.random((rows, columns)) < rng.uniform(0.02, 0.5)).astype(np.float32)
    elif kind == 2:
        made = noise(rng, (rows, columns), int(rng.integers(1, 60)))
    elif kind == 3:
        made = sum(noise(rng, (rows, columns), 2**k) / 2 ** (k * rng.uniform(0.3, 1.2)) for k in range(1, 8))
    elif kind == 4:
        made = rng.normal(size=(rows, 1)) * np.ones((1, columns)) + 0.3 * rng.normal(size=(rows, columns))
        made = made if rng.random() < 0.5 else made[:, :].T[:rows, :columns]
    else:
        y, x = grid(rows, columns)
        made = y * rng.normal() + x * rng.normal() + rng.normal(size=y.shape) * rng.uniform(0, 0.3)
    low, high = np.percentile(made, (0.5, 99.5))
    clipped: Plane = np.clip((made - low) / max(high - low, 1e-6), 0, 1).astype(np.float32)
    return clipped


def texture(rng: Rng) -> Plane:
    """Cells, waves, wood, clouds with edges, fur: computed, not photographed."""
    rows, columns = _size(rng)
    y, x = grid(rows, columns)
    kind = rng.integers(5)
    if kind == 0:
        spots = rng.uniform(-0.7, 1.2, (int(rng.integers(8, 90)), 2)).astype(np.float32)
        far = np.sort(np.stack([np.hypot(y - a, x - b) for a, b in spots]), axis=0)
        made = far[0] if rng.random() < 0.5 else far[1] - far[0]
    elif kind == 1:
        angle = rng.uniform(0, np.pi)
        made = np.sin(
            (y * np.sin(angle) + x * np.cos(angle)) * rng.uniform(15, 200)
            + noise(rng, (rows, columns), 4) * rng.uniform(0, 5)
        )
    elif kind == 2:
        made = np.sin(
            np.hypot(y - rng.random(), x - rng.uniform(-0.5, 0.5)) * rng.uniform(20, 150)
            + noise(rng, (rows, columns), 6) * 2
        )
    elif kind == 3:
        made = np.abs(sum(noise(rng, (rows, columns), 2**k) / 2**k for k in range(1, 7)))
    else:
        made = bent(rng, rng.normal(size=(rows, columns)).astype(np.float32), 0.2, cells=6)
    return tone(rng, _shades(rng, unit(np.asarray(made))))


def drawing(rng: Rng) -> Plane:
    """Lines, filled shapes and faces by hand: cartoons, diagrams, a child's chest film."""
    rows, columns = _size(rng)
    image = Image.new("L", (columns, rows), int(rng.choice([255, 255, 230, 0])))
    draw = ImageDraw.Draw(image)

    def ink() -> int:
        return int(rng.integers(0, 256))

    def box(share: float) -> tuple[float, float, float, float]:
        a, b = rng.uniform(0, 0.9 * columns), rng.uniform(0, 0.9 * rows)
        return a, b, a + rng.uniform(4, share * columns), b + rng.uniform(4, share * rows)

    for _ in range(rng.integers(3, 25)):
        kind = rng.integers(5)
        width = int(rng.integers(1, 7))
        if kind == 0:
            draw.ellipse(box(0.6), outline=ink(), width=width, fill=ink() if rng.random() < 0.4 else None)
        elif kind == 1:
            draw.rectangle(box(0.6), outline=ink(), width=width, fill=ink() if rng.random() < 0.3 else None)
        elif kind == 2:
            points = np.cumsum(rng.normal(0, 18, (20, 2)), axis=0) + rng.uniform(0, 1, 2) * (columns, rows)
            draw.line([(float(a), float(b)) for a, b in points], ink(), width=width)
        elif kind == 3:
            draw.polygon([(float(a), float(b)) for a, b in rng.uniform(0, 1, (5, 2)) * (columns, rows)], outline=ink())
        else:
            draw.arc(box(0.8), float(rng.uniform(0, 180)), float(rng.uniform(180, 360)), ink(), width=width)
    if rng.random() < 0.3:
        _chest_by_hand(rng, draw, columns, rows)
    return np.asarray(image, np.float32) / 255


def _chest_by_hand(rng: Rng, draw: ImageDraw.ImageDraw, columns: int, rows: int) -> None:
    """Two lungs, ribs and a heart as an artist would draw them: flat fills and outlines."""
    body, lung, line = (int(value) for value in rng.integers(0, 256, 3))
    draw.rounded_rectangle((0.1 * columns, 0.05 * rows, 0.9 * columns, rows), 40, fill=body)
    for left in (0.18, 0.54):
        draw.ellipse(
            (left * columns, 0.15 * rows, (left + 0.28) * columns, 0.8 * rows), fill=lung, outline=line, width=3
        )
        for rib in np.arange(0.2, 0.75, 0.09):
            draw.arc(
                (left * columns, rib * rows, (left + 0.28) * columns, (rib + 0.15) * rows), 180, 360, line, width=3
            )
    draw.ellipse((0.45 * columns, 0.45 * rows, 0.7 * columns, 0.75 * rows), fill=body)


@cache
def _picture(path: str) -> Plane:
    return np.asarray(Image.open(path).convert("L"), np.float32) / 255


def pictures(package: str, names: tuple[str, ...], folder: str) -> list[Path]:
    """Files of sample pictures inside an installed package."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError(f"the gate is fitted with sample pictures of {package}: pip install it")
    found = [Path(spec.submodule_search_locations[0]) / folder / name for name in names]
    return [path for path in found if path.is_file()]


def photograph(rng: Rng, *, held: bool = False) -> Plane:
    """A part of a photograph, in any size; `held` ones are never fitted."""
    files = pictures("skimage", HELD if held else FITTED, "data")
    if held:
        files = files + pictures("sklearn", ("china.jpg", "flower.jpg"), "datasets/images")
    whole = _picture(str(files[rng.integers(len(files))]))
    share = rng.uniform(0.3, 1.0, 2)
    tall, wide = (max(32, int(part * side)) for part, side in zip(share, whole.shape, strict=True))
    top, left = (int(rng.integers(0, side - part + 1)) for side, part in zip(whole.shape, (tall, wide), strict=True))
    part = whole[top : top + tall, left : left + wide]
    part = resized(part, 256, max(64, min(600, int(256 * wide / tall))))
    part = np.rot90(part, int(rng.integers(4)))
    return tone(rng, _shades(rng, np.ascontiguousarray(part)) if rng.random() < 0.4 else np.ascontiguousarray(part))
