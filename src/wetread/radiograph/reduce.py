"""A film made smaller by halvings: what a network does not need is never made, and every road gives the same pixels.

A halving is the mean of blocks of 2 x 2 pixels; an odd last row or column stands for itself. Halvings compose bit for
bit: two at once are one after another, and a picture halved block by block in the processor's cache is the picture
halved as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError

__all__ = ["FROM", "LEAST", "Enough", "Need", "blockwise", "halve", "halvings", "small", "spare"]

Float = NDArray[np.float32]

LEAST = 256
"""Pixels of a film's longer side that a judgement of the whole picture needs (polarity, blank films); see `small`."""

FROM = 8
"""Films of at least so many times the frame are halved. One halving before the last resize softens a film of four times
the frame enough to move a reading by 0.013 (50 NIH films of 1024 pixels), two in a film of eleven times by 0.006."""

_BLOCK = 1 << 17  # pixels of a block of rows before it is halved: with what is made of it, it stays in the cache


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed of a film by somebody who makes a smaller picture of it.

    Parameters
    ----------
    rows, columns
        The frame that the film is to fill.
    first
        Films of at least so many times the frame are halved; 4 or more, since a halving leaves twice the frame.
    reserve
        Halvings that must follow where a level of a JPEG 2000 picture's wavelet is left out, since that level's low band
        is not what a halving gives. More than a film is ever halved: every level is decoded.
    """

    rows: int
    columns: int
    first: int = FROM
    reserve: int = 1

    def __post_init__(self) -> None:
        if min(self.rows, self.columns) < 1 or self.first < 4 or self.reserve < 0:
            raise ConfigError(f"a frame has rows and columns, and halving begins at 4 times it or later: {self}")

    @classmethod
    def of(cls, enough: Enough) -> Need:
        """A frame of rows and columns as a network needs it, or the need itself."""
        return enough if isinstance(enough, Need) else cls(*enough)


Enough: TypeAlias = tuple[int, int] | Need


def halvings(shape: tuple[int, int], enough: Enough) -> int:
    """How often a film is halved before it is resized into a network's frame.

    Parameters
    ----------
    shape
        Rows and columns of the whole film.
    enough
        Rows and columns of the network's frame, or the `Need` of another picture.

    Returns
    -------
    int
        The largest r with 2**r <= s / 2, where s = max(rows / height, columns / width): a factor of at least 2 is left
        for the antialiased resize. 0 where s is under `FROM` (`Need.first`).
    """
    need = Need.of(enough)
    sides = tuple(zip(shape, (need.rows, need.columns), strict=True))
    if not any(side >= need.first * wanted for side, wanted in sides):
        return 0
    times = 0
    while any(side >= (4 << times) * wanted for side, wanted in sides):
        times += 1
    return times


def spare(shape: tuple[int, int], enough: Enough | None) -> int:
    """How often a film may come halved for a network of this frame or another need: `halvings`, and not below what `small` keeps."""
    if enough is None:
        return 0
    return min(halvings(shape, enough), _surplus(shape))


def halve(pixels: Float, times: int = 1) -> Float:
    """Halve a picture.

    Parameters
    ----------
    pixels
        float32 (rows, columns). It is left as it is.
    times
        How often, 0 or more; with 0 the picture itself comes back.

    Returns
    -------
    float32 (rows, columns), each side divided by 2**times and rounded up.
    """
    return blockwise(pixels.shape, times, lambda begin, end: pixels[begin:end]) if times else pixels


def small(pixels: Float) -> Float:
    """The picture halved until its longer side has under 2 x `LEAST` pixels: the same from a film and its reduced copy."""
    return halve(pixels, _surplus(pixels.shape))


def blockwise(shape: tuple[int, ...], times: int, block: Callable[[int, int], Float]) -> Float:
    """A picture that is made and halved one block of rows after another, so that the whole of it never exists.

    Parameters
    ----------
    shape
        Rows and columns of the whole picture.
    times
        How often it is halved.
    block
        Makes rows `begin` to `end` (exclusive): float32 (rows, columns), which may be overwritten by the next call.
    """
    rows, columns = shape
    step = max(_BLOCK // max(columns, 1) >> times, 1) << times  # every block but the last halves without a rest
    found = np.empty((-(-rows // (1 << times)), -(-columns // (1 << times))), np.float32)
    for begin in range(0, rows, step):
        end = min(begin + step, rows)
        part = block(begin, end)
        for _ in range(times):
            part = _half(part)
        found[begin >> times : (begin >> times) + part.shape[0]] = part
    return found


def _surplus(shape: tuple[int, ...]) -> int:
    longer, times = max(shape), 0
    while longer >= 2 * LEAST:
        longer, times = (longer + 1) // 2, times + 1
    return times


def _half(pixels: Float) -> Float:
    """One halving: rows are added first, in whole lines, then columns."""
    rows, columns = pixels.shape
    tall = np.empty(((rows + 1) // 2, columns), np.float32)
    np.add(pixels[0 : rows - 1 : 2], pixels[1::2], out=tall[: rows // 2])
    if rows % 2:
        np.add(pixels[-1], pixels[-1], out=tall[-1])
    found = np.empty((tall.shape[0], (columns + 1) // 2), np.float32)
    np.add(tall[:, 0 : columns - 1 : 2], tall[:, 1::2], out=found[:, : columns // 2])
    if columns % 2:
        np.add(tall[:, -1], tall[:, -1], out=found[:, -1])
    found *= np.float32(0.25)
    return found
