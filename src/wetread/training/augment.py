"""Changes that a chest film can bear without changing what it shows.

Positioning (small turn, scale, shift, stretch), exposure (gamma, contrast), the detector (noise, resolution) and a
covered patch. No mirror image unless it is asked for: it puts the heart on the right.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wetread.errors import ConfigError

__all__ = ["Augmentation", "augment", "copied"]

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far each change may go; 0 leaves it out.

    Parameters
    ----------
    turn_degrees, scale, stretch, shift
        Largest turn; largest relative change of size, and of height against width; largest shift as a share of the film.
    gamma, contrast, noise, blur
        Largest log2 of the exposure's power; relative change of contrast; standard deviation of noise in grey levels
        of [0, 1]; radius of blur in pixels of a film 256 pixels high.
    cover
        Chance of covering one patch of at most a quarter of each side with the film's mean grey.
    flip
        Chance of a mirror image, which no upright film is.
    """

    turn_degrees: float = 7.0
    scale: float = 0.12
    stretch: float = 0.12
    shift: float = 0.05
    gamma: float = 0.5
    contrast: float = 0.2
    noise: float = 0.02
    blur: float = 0.8
    cover: float = 0.25
    flip: float = 0.0

    def __post_init__(self) -> None:
        values = (
            self.turn_degrees,
            self.scale,
            self.stretch,
            self.shift,
            self.gamma,
            self.contrast,
            self.noise,
            self.blur,
            self.cover,
            self.flip,
        )
        chance = max(self.cover, self.flip)
        if min(values) < 0 or max(self.scale, self.stretch, self.shift, self.contrast) >= 0.5 or chance > 1:
            raise ConfigError(f"augmentation strengths are not negative and below a half (chances: at most 1): {self}")


def augment(pixels: Float, how: Augmentation, rng: np.random.Generator) -> Float:
    """One changed copy of a picture, float32 (rows, columns) in [0, 1], of the same size."""
    rows, columns = pixels.shape
    turn, size, stretch, down, across = rng.uniform(-1, 1, 5)
    angle = np.deg2rad(turn * how.turn_degrees)
    # Pillow asks for the map from the new picture to the old: one inverse scale for each direction.
    per_row = 1 / ((1 + size * how.scale) * (1 + stretch * how.stretch))
    per_column = 1 / ((1 + size * how.scale) * (1 - stretch * how.stretch))
    a, b = np.cos(angle) * per_column, -np.sin(angle) * per_row
    d, e = np.sin(angle) * per_column, np.cos(angle) * per_row
    centre_x, centre_y = columns / 2, rows / 2
    c = centre_x - a * centre_x - b * centre_y + across * how.shift * columns
    f = centre_y - d * centre_x - e * centre_y + down * how.shift * rows
    picture = Image.fromarray(pixels).transform(
        (columns, rows), Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BILINEAR
    )
    changed = np.clip(np.asarray(_blurred(picture, how.blur * rows / 256 * rng.uniform(0, 1))), 0, 1)
    power, contrast = rng.uniform(-1, 1, 2)
    changed = np.power(changed, 2 ** (power * how.gamma), dtype=np.float32)
    changed = (changed - changed.mean()) * (1 + contrast * how.contrast) + changed.mean()
    changed += rng.normal(0, how.noise * rng.uniform(0, 1) + 1e-12, changed.shape)
    if rng.uniform() < how.cover:
        height, width = (int(rng.uniform(0.08, 0.25) * side) for side in (rows, columns))
        top, left = int(rng.uniform(0, rows - height)), int(rng.uniform(0, columns - width))
        changed[top : top + height, left : left + width] = changed.mean()
    if how.flip and rng.uniform() < how.flip:  # nothing is drawn for a change that is left out
        changed = changed[:, ::-1]
    kept: Float = np.clip(changed, 0, 1).astype(np.float32)
    return kept


def copied(pixels: Float, rng: np.random.Generator) -> Float:
    """The same film as another archive keeps it: reduced (to 60 % to 100 %) and JPEG-compressed (quality 75 to 95).

    float32 (rows, columns) in [0, 1], of the reduced size. What a network makes of it should not differ.
    """
    share, quality = rng.uniform(0.6, 1.0), int(rng.integers(75, 96))
    size = (max(8, round(pixels.shape[1] * share)), max(8, round(pixels.shape[0] * share)))
    small = Image.fromarray(np.round(pixels * 255).astype(np.uint8)).resize(size, Image.Resampling.LANCZOS)
    file = BytesIO()
    small.save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), np.float32) / np.float32(255)


def _blurred(picture: Image.Image, radius: float) -> Image.Image:
    """Pillow blurs 8-bit pictures only; a smaller copy enlarged again loses the same detail from float pixels."""
    if radius < 0.3:
        return picture
    small = (max(8, round(picture.width / (1 + radius))), max(8, round(picture.height / (1 + radius))))
    return picture.resize(small, Image.Resampling.BILINEAR).resize(picture.size, Image.Resampling.BICUBIC)
