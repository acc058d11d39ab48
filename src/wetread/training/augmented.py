"""A picture of augmented examples: what each change alone makes of a film, and all of them together."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from wetread.errors import ConfigError
from wetread.training.augment import Augmentation
from wetread.training.cache import Cache
from wetread.training.changes import changed

__all__ = ["augmented_picture"]

_CAPTION, _GAP = 18, 4
_NAMES = {
    "turn_degrees": "turn {:g}°",
    "scale": "scale {:.0%}",
    "stretch": "stretch {:.0%}",
    "shift": "shift {:.0%}",
    "gamma": "exposure 2^{:g}",
    "contrast": "contrast {:.0%}",
    "noise": "noise {:g}",
    "blur": "resolution {:g}",
    "cover": "cut-out",
    "flip": "mirrored",
}


def augmented_picture(
    cache: Cache, places: NDArray[np.int64], how: Augmentation, *, seed: int = 0, together: int = 3
) -> Image.Image:
    """Films beside their changed copies, a row a film.

    Parameters
    ----------
    cache, places
        Which films.
    how
        Strengths: a change of strength 0 has no column. A cut-out or mirror image is shown on every film of its column,
        however rare it is in training.
    seed
        Of the changes: the same seed gives the same picture.
    together
        Columns with all changes at once, as in training.

    Returns
    -------
    An 8-bit grey picture; the first column holds the films as they are. It shows films, so that it must not leave the
    place where they may be.

    Raises
    ------
    ConfigError
        If there is no film to show.
    """
    if not len(places):
        raise ConfigError("augmented examples need at least one film")
    films = torch.from_numpy(cache.take(places))
    content = torch.from_numpy(cache.content[places])
    columns = [("as it is", films)]
    for number, (caption, alone) in enumerate(_alone(how)):
        columns.append((caption, changed(films, content, alone, _rng(seed, number))))
    columns += [("all together", changed(films, content, how, _rng(seed, 100 + one))) for one in range(together)]
    return _laid_out(columns)


def _alone(how: Augmentation) -> list[tuple[str, Augmentation]]:
    """Each change of this augmentation with its caption, and no other."""
    nothing = Augmentation(**{field.name: 0.0 for field in fields(how)})
    found = []
    for field in fields(how):
        strength = float(getattr(how, field.name))
        if strength:
            shown = 1.0 if field.name in ("cover", "flip") else strength
            found.append((_NAMES[field.name].format(strength), replace(nothing, **{field.name: shown})))
    return found


def _rng(seed: int, number: int) -> torch.Generator:
    return torch.Generator().manual_seed(1000 * seed + number)


def _laid_out(columns: list[tuple[str, torch.Tensor]]) -> Image.Image:
    rows, _, height, width = columns[0][1].shape
    size = (len(columns) * (width + _GAP) + _GAP, rows * (height + _GAP) + _CAPTION + _GAP)
    sheet = Image.new("L", size, 255)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=12)
    for across, (caption, films) in enumerate(columns):
        left = _GAP + across * (width + _GAP)
        draw.text((left, 2), caption, fill=0, font=font)
        for down, film in enumerate(films[:, 0]):
            grey = np.rint(film.numpy() * 255).astype(np.uint8)
            sheet.paste(Image.fromarray(grey), (left, _CAPTION + down * (height + _GAP)))
    return sheet
