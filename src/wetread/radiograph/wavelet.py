"""JPEG 2000 pictures at a lower resolution: the finest wavelet levels are never decoded, which is most of the work.

A wavelet's low band is not what halving gives: its pixels lie on the even ones of the film instead of between two of
them, and it is a little sharper (5/3) or a little softer (9/7) than the mean of blocks. Both are made good by a filter
of four taps (`taps`) whose moments up to the third are those of the difference. What is left is the fine detail near
the lower resolution's limit, so that a caller leaves out few
levels and keeps a reserve of halvings (`wetread.radiograph.door`).

Pillow decodes (its OpenJPEG); a codestream that is not of the plainest kind is left to the full decoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Plain", "aligned", "decode", "plain", "taps"]

Words = NDArray[np.unsignedinteger[Any]]
Float = NDArray[np.float32]

# Markers of the main header (ISO/IEC 15444-1 table A.2).
_SOC_SIZ, _SOT, _EOC = b"\xff\x4f\xff\x51", 0xFF90, b"\xff\xd9"
_COD = 0xFF52
_HARMLESS = frozenset({0xFF5C, 0xFF64, 0xFF55, 0xFF57})  # QCD, COM, TLM, PLM
_REVERSIBLE = 1  # the 5/3 wavelet
_MOST_BITS = 16

# Second moments of the analysis low-pass filters (ISO/IEC 15444-1 annex F), in squares of a pixel. Neither is shifted.
_NINE = (0.266864118442872, -0.078223266528988, -0.016864118442875, 0.026748757410810)
_MOMENT = {True: -0.5, False: 2 * sum(n * n * weight for n, weight in enumerate(_NINE, 1))}

# The 5/3 wavelet counts in whole numbers: each rounding of its lifting adds a quarter on average, in both directions.
_ROUNDED_UP = 0.5

_BLOCK = 1 << 16  # pixels of a block of rows that is filtered at a time


@dataclass(frozen=True, slots=True)
class Plain:
    """A codestream of the plainest kind: one tile at the origin, one unsigned component, no high throughput.

    Parameters
    ----------
    rows, columns, precision
        Size and bits per sample.
    levels
        How often its wavelet halves.
    reversible
        True for the 5/3 wavelet, False for 9/7.
    """

    rows: int
    columns: int
    precision: int
    levels: int
    reversible: bool


def plain(frame: bytes) -> Plain | None:
    """What a codestream says of itself, or None where it is of another kind, boxed in a JP2 file, or cut short."""
    if not frame.startswith(_SOC_SIZ) or not frame[-4:].rstrip(b"\0").endswith(_EOC):
        return None
    try:
        return _parsed(frame)
    except IndexError:
        return None


def _parsed(frame: bytes) -> Plain | None:
    columns, rows, *origin_and_tile = (_big(frame, 8 + 4 * field, 4) for field in range(8))
    left, top, tile_columns, tile_rows, tile_left, tile_top = origin_and_tile
    components, depth, across, down = _big(frame, 40), frame[42], frame[43], frame[44]
    if left or top or tile_left or tile_top or tile_columns < columns or tile_rows < rows:
        return None
    if components != 1 or (across, down) != (1, 1) or depth >= _MOST_BITS:  # the highest bit says signed
        return None
    place, coding = 4 + _big(frame, 4), b""
    while (marker := _big(frame, place)) != _SOT:
        if marker == _COD and not coding:
            coding = frame[place + 4 : place + 14]
        elif marker not in _HARMLESS:  # another coding of a component, a region of interest, high throughput ...
            return None
        place += 2 + max(_big(frame, place + 2), 2)
    # Scod, SGcod (progression, two of layers, transform of components), SPcod: levels, block's two sides, style, wavelet
    levels, style, wavelet = coding[5], coding[8], coding[9]
    if levels > 32 or style & 0xC0 or wavelet > _REVERSIBLE:
        return None
    return Plain(rows, columns, depth + 1, levels, wavelet == _REVERSIBLE)


def _big(frame: bytes, place: int, length: int = 2) -> int:
    if place + length > len(frame):
        raise IndexError
    return int.from_bytes(frame[place : place + length], "big")


def decode(frame: bytes, stream: Plain, levels: int) -> Words | None:
    """The picture at 1 / 2**levels of its size, in place and sharpness what halvings of it would be, nearly.

    Parameters
    ----------
    frame, stream
        The codestream, and what `plain` said of it.
    levels
        At least 1.

    Returns
    -------
    uint8 or uint16 (rows, columns), each side divided by 2**levels and rounded up, or None where it cannot be had so:
    then the full decoder is to say what there is.
    """
    if not 1 <= levels <= stream.levels:
        return None
    low = _low_band(frame, levels, (-(-stream.rows // (1 << levels)), -(-stream.columns // (1 << levels))))
    if low is None:
        return None
    shift = 8 * low.dtype.itemsize - stream.precision  # Pillow moves samples up to fill its 8 or 16 bits
    return (
        None
        if shift < 0
        else aligned(
            np.right_shift(low, shift, dtype=low.dtype), levels, stream.reversible, (1 << stream.precision) - 1
        )
    )


def _low_band(frame: bytes, levels: int, size: tuple[int, int]) -> Words | None:
    from PIL import Image

    try:
        with Image.open(BytesIO(frame), formats=("JPEG2000",)) as image:
            # Pillow's own `reduce` rounds the size half up where the standard rounds up, and then fails (Pillow 13).
            # tests/radiograph/test_wavelet.py holds this private name.
            image._size = (size[1], size[0])
            (tile,) = image.tile
            codec, _, *rest = tuple(tile.args or ())
            image.tile = [tile._replace(extents=(0, 0, size[1], size[0]), args=(codec, levels, *rest))]
            image.load()
            if image.mode not in ("L", "I;16"):
                return None
            low = np.asarray(image)
    except (OSError, ValueError, TypeError, AttributeError, SyntaxError):
        return None
    return low.astype(low.dtype.newbyteorder("="), copy=False) if low.shape == size else None


def taps(levels: int, reversible: bool) -> Float:
    """Weights of the pixels at -1, 0, 1 and 2 that make a low band the mean of blocks, to the third moment.

    A block's mean lies half a block less half a pixel after its first pixel, where the low band lies; its second moment
    is (4**levels - 1) / 12, the low band's the filter's own times (4**levels - 1) / 3.
    """
    size = 2**levels
    shift = (size - 1) / (2 * size)
    spread = (1 - size**-2) * (1 / 12 - _MOMENT[reversible] / 3)
    places = np.array([-1.0, 0.0, 1.0, 2.0])
    moments = [1.0, shift, shift**2 + spread, shift**3 + 3 * shift * spread]
    weights = np.linalg.solve(np.vander(places, increasing=True).T, moments)
    return np.asarray(weights, np.float32)


def aligned(low: Words, levels: int, reversible: bool, highest: int) -> Words:
    """A low band moved and filtered to lie as halvings do (`taps`), whole numbers from 0 to `highest`."""
    rows, columns = low.shape
    weights = taps(levels, reversible)
    found = np.empty_like(low)
    step = max(_BLOCK // columns, 1)
    for begin in range(0, rows, step):
        end = min(begin + step, rows)
        around = low[np.clip(np.arange(begin - 1, end + 2), 0, rows - 1)].astype(np.float32)
        wide = np.empty((end - begin, columns + 3), np.float32)
        wide[:, 1:-2] = _weighted(weights, [around[place : place + end - begin] for place in range(4)])
        wide[:, 0], wide[:, -2], wide[:, -1] = wide[:, 1], wide[:, -3], wide[:, -3]
        whole = _weighted(weights, [wide[:, place : place + columns] for place in range(4)])
        np.rint(whole - np.float32(_ROUNDED_UP * levels if reversible else 0), out=whole)
        np.clip(whole, 0, highest, out=whole)
        found[begin:end] = whole
    return found


def _weighted(weights: Float, parts: list[Float]) -> Float:
    total: Float = parts[0] * weights[0]
    for weight, part in zip(weights[1:], parts[1:], strict=True):
        total += part * weight
    return total
