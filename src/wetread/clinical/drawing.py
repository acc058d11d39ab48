"""The film as a picture for people, with the attention outlined under a banner that says what the picture is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont
    from PIL.ImageFont import ImageFont as BitmapFont

__all__ = ["BANNER", "BANNER_NO_OUTLINE", "BANNER_REFUSED", "drawn", "film", "under_banner", "wrapped"]

BANNER = "wetread attention outline — preliminary, not a localisation"
BANNER_NO_OUTLINE = "wetread copy of the film — preliminary, no attention outlined"
BANNER_REFUSED = "wetread copy of the film — NOT READ, refused"

_LARGEST = 1200  # pixels of the longer side: a screen's worth, in a page that mails easily
_SMALLEST = 560  # a research thumbnail is enlarged, or neither banner nor line would be legible
_LINE, _HALO = (255, 209, 26), (0, 0, 0)  # luminance 0.67 on 0: one of the two stands out on any gray
_BANNER_GROUND, _BANNER_INK = (255, 209, 26), (20, 20, 20)
_FINER = 3  # the lines are drawn this many times larger, then reduced: Pillow does not smooth lines itself

Outlines = Sequence[Sequence[tuple[float, float]]]


def film(
    pixels: NDArray[np.float32], outlines: Outlines, banner: str = BANNER, *, shape: tuple[int, int] | None = None
) -> bytes:
    """The film as a PNG with outlines on it, under a banner.

    The picture is a copy to look at: 8 bits, its longer side scaled to at most 1200 pixels (a film whose longer side
    is under 560 is enlarged to that), so no measurement should be made on it. The same arguments give the same bytes.

    Parameters
    ----------
    pixels
        float32, (rows, columns), 0 to 1, air dark and bone bright.
    outlines
        Closed outlines, each of (row, column) points in the whole film's pixels, (0, 0) the centre of the first one.
        Points outside the film are cut off at its edge.
    banner
        What the strip above the film says.
    shape
        Rows and columns of the whole film, where `pixels` are a reduced copy of it.

    Returns
    -------
    bytes
        A PNG file, RGB, without metadata.
    """
    buffer = io.BytesIO()
    under_banner(drawn(pixels, outlines, shape=shape), banner).save(buffer, format="PNG", compress_level=6)
    return buffer.getvalue()


def drawn(
    pixels: NDArray[np.float32],
    outlines: Outlines = (),
    *,
    shape: tuple[int, int] | None = None,
    largest: int = _LARGEST,
) -> Image:
    """The film with outlines on it as an RGB picture without a banner; its longer side has at most `largest` pixels."""
    from PIL import Image

    rows, columns = pixels.shape
    gray = Image.fromarray(np.rint(pixels * 255).astype(np.uint8))
    longer = max(rows, columns)
    scale = min(1.0, largest / longer) if longer >= _SMALLEST else _SMALLEST / longer
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    if size != gray.size:
        gray = gray.resize(size, Image.Resampling.LANCZOS)
    picture = gray.convert("RGB")
    rows, columns = shape or (rows, columns)
    _outline(picture, outlines, (size[1] / rows, size[0] / columns))
    return picture


def _outline(picture: Image, outlines: Outlines, scale: tuple[float, float]) -> None:
    """Draw every outline as a thin bright line in a dark halo."""
    from PIL import Image, ImageDraw

    if not any(outlines):
        return
    width = max(2.0, min(picture.size) / 320)
    large = (picture.width * _FINER, picture.height * _FINER)
    for colour, thickness in ((_HALO, 2.6 * width), (_LINE, width)):
        mask = Image.new("L", large, 0)
        pen = ImageDraw.Draw(mask)
        for outline in outlines:
            # A pixel's centre lies half a pixel from its edge, before and after scaling.
            points = [((c + 0.5) * scale[1] * _FINER, (r + 0.5) * scale[0] * _FINER) for r, c in outline]
            _closed_line(pen, points, round(thickness * _FINER))
        picture.paste(colour, (0, 0), mask.reduce(_FINER))


def _closed_line(pen: ImageDraw, points: list[tuple[float, float]], width: int) -> None:
    """A closed line with round corners."""
    if len(points) > 1:
        pen.line([*points, points[0]], fill=255, width=width)
    for x, y in points:
        radius = (width - 1) / 2
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def under_banner(picture: Image, banner: str, *, narrowest: int = 320) -> Image:
    """The picture under its banner, on as many lines as its width asks for."""
    from PIL import Image, ImageDraw, ImageFont

    width = max(picture.width, narrowest)
    font = ImageFont.load_default(size=max(14, min(26, width // 40)))
    height = round(font.getbbox("Ag")[3] * 1.25)
    lines = wrapped(banner, font, width - 2 * height)
    strip = height * len(lines) + height // 2
    sheet = Image.new("RGB", (width, picture.height + strip), (0, 0, 0))
    sheet.paste(picture, ((width - picture.width) // 2, strip))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, width - 1, strip - 1), fill=_BANNER_GROUND)
    for number, words in enumerate(lines):
        _write(pen, words, font, (width, height // 4 + number * height, height))
    return sheet


def wrapped(text: str, font: FreeTypeFont | BitmapFont, width: int) -> list[list[str]]:
    """The words of `text` in lines no wider than `width` pixels (a longer word stands alone)."""
    lines: list[list[str]] = [[]]
    for word in text.split():
        if lines[-1] and _length([*lines[-1], word], font) > width:
            lines.append([])
        lines[-1].append(word)
    return lines


def _length(words: list[str], font: FreeTypeFont | BitmapFont) -> float:
    space = font.getlength("n")
    return sum(space if word == "—" else font.getlength(word) for word in words) + space * (len(words) - 1) / 2


def _write(pen: ImageDraw, words: list[str], font: FreeTypeFont | BitmapFont, place: tuple[int, int, int]) -> None:
    """Write a centred line of words; `place` is the width to centre in, the top and the line's height."""
    width, top, height = place
    space = font.getlength("n")
    x = (width - _length(words, font)) / 2
    for word in words:
        if word == "—":  # Pillow's own font has no dash
            middle = top + round(height * 0.46)
            pen.line((round(x), middle, round(x + space), middle), fill=_BANNER_INK, width=max(1, height // 14))
            x += space * 1.5
            continue
        pen.text((round(x), top), word, font=font, fill=_BANNER_INK)
        x += font.getlength(word) + space / 2
