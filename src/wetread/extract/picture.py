"""A film as a picture of a chosen size, encoded as PNG, and the way back from its points to the film's.

    picture = (film + 0.5) * scale + pad - 0.5        in pixels, the first pixel's centre is 0

A film of four times the frame (with `exact`, eight) is halved 2 x 2 while at least twice the frame's pixels a side are
left, and then every film is resized with an antialiased bilinear filter: the road of `wetread.preprocess`, without its
percentile stretch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.extract.options import Options
from wetread.radiograph import Radiograph
from wetread.radiograph.reduce import halve, halvings

__all__ = ["encoded", "fitted", "to_picture", "to_source"]

_LEVEL = 1  # of zlib: 3 is a twentieth smaller and takes a third longer (benchmarks/extract.json)

Grey = NDArray[np.uint8] | NDArray[np.uint16]


def fitted(film: Radiograph, options: Options) -> tuple[Grey, dict[str, Any]]:
    """The film in its frame, and the transform that took it there.

    Parameters
    ----------
    film
        Whole, or reduced for this frame.

    Returns
    -------
    picture
        uint8 or uint16 (rows, columns), 0 black: air; the greatest value of its type white.
    transform
        `source` and `picture`: rows and columns; `scale` and `pad`: (row, column), see `to_source`; `halvings`.
    """
    from PIL import Image

    rows, columns = film.shape
    scale = options.size / max(rows, columns)
    height, width = max(1, round(rows * scale)), max(1, round(columns * scale))
    times = halvings(film.shape, options.need)
    small = halve(film.pixels, times - (film.reduction.bit_length() - 1))
    if small.shape != (height, width):
        small = np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BILINEAR))
    kind, white = (np.uint8, 255) if options.bits == 8 else (np.uint16, 65535)
    grey = np.rint(np.clip(small, 0, 1) * np.float32(white)).astype(kind)
    top, left = 0, 0
    if options.letterbox:
        top, left = (options.size - height) // 2, (options.size - width) // 2
        frame = np.zeros(options.frame, kind)
        frame[top : top + height, left : left + width] = grey
        grey = frame
    source = _stored_shape(film)
    transform = {
        "source": list(source),
        "picture": list(grey.shape),
        "scale": [height / source[0], width / source[1]],
        "pad": [top, left],
        "halvings": times,
    }
    return grey, transform


def _stored_shape(film: Radiograph) -> tuple[int, int]:
    """Rows and columns as the file stores them: before pixels that are not square were made so."""
    facts = film.facts
    stretched = any(step.name == "aspect" for step in film.steps)
    return (facts.rows, facts.columns) if stretched and facts.rows and facts.columns else film.shape


def encoded(picture: Grey) -> bytes:
    """The picture as a PNG file that holds the picture and nothing else."""
    import imagecodecs

    return bytes(imagecodecs.png_encode(np.ascontiguousarray(picture), level=_LEVEL))


def to_source(points: NDArray[np.floating], transform: Mapping[str, Any] | str) -> NDArray[np.float64]:
    """Map points of a picture to its film.

    Parameters
    ----------
    points
        (n, 2) of (row, column) in the picture, in pixels; the first pixel's centre is 0.
    transform
        The manifest's column `transform`, as JSON or parsed.

    Returns
    -------
    float64 (n, 2) of (row, column) in the film's stored pixels. Points beside the film map outside it.
    """
    scale, pad = _numbers(transform)
    mapped: NDArray[np.float64] = (np.asarray(points, np.float64) + 0.5 - pad) / scale - 0.5
    return mapped


def to_picture(points: NDArray[np.floating], transform: Mapping[str, Any] | str) -> NDArray[np.float64]:
    """Map points of a film to its picture; the inverse of `to_source`."""
    scale, pad = _numbers(transform)
    mapped: NDArray[np.float64] = (np.asarray(points, np.float64) + 0.5) * scale + pad - 0.5
    return mapped


def _numbers(transform: Mapping[str, Any] | str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    told = json.loads(transform) if isinstance(transform, str) else transform
    return np.asarray(told["scale"], np.float64), np.asarray(told["pad"], np.float64)
