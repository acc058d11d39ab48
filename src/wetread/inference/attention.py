"""Where the network's evidence lies: its own class-activation map, spread over the film and outlined."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetread.inference.reading import Attention
from wetread.preprocess import InputSpec, heat_to_source

__all__ = ["attention"]

# Outlines are drawn on a small copy of the heat: a network's cell is some hundred film pixels wide. The heat of a large
# film is first made at four times that size, which moves an outline by less than a thirtieth of a cell.
_SIDE = 96
_FINER = 4
_LEVEL = 0.5
# An outline around less than this share of the film is a speck between two cells.
_SMALLEST = 0.002


def attention(evidence: NDArray[np.float32], shape: tuple[int, int], spec: InputSpec, worth: str) -> Attention:
    """Turn a map of evidence into heat and outlines on the film.

    Parameters
    ----------
    evidence
        float32 (cells down, cells across) over the network's frame, in log-odds; its mean is the film's logit.
    shape
        Rows and columns of the film.
    spec
        How the film was fitted into the frame.
    worth
        What was measured of such maps, in a sentence.

    Notes
    -----
    The heat is relative to this film: 0 at the median cell and below, 1 at the strongest, in a film called absent too.
    A map without any differences has no outline.
    """
    median, strongest = float(np.median(evidence)), float(evidence.max())
    if strongest - median < 1e-6:
        return Attention(np.zeros_like(evidence), shape, spec, worth)
    relative = np.clip((evidence - median) / (strongest - median), 0, 1).astype(np.float32)
    return Attention(relative, shape, spec, worth, _outlines(relative, shape, spec))


def _outlines(
    cells: NDArray[np.float32], shape: tuple[int, int], spec: InputSpec
) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Closed outlines of the heat at half its strength, (row, column) in film pixels, the largest first."""
    from contourpy import contour_generator
    from PIL import Image

    rows, columns = shape
    scale = max(rows, columns) / _SIDE
    size = (max(2, round(columns / scale)), max(2, round(rows / scale)))
    heat = heat_to_source(cells, shape, spec, size=None if scale <= _FINER else (_FINER * size[1], _FINER * size[0]))
    small = np.asarray(Image.fromarray(np.clip(heat, 0, 1)).resize(size, Image.Resampling.BILINEAR))
    # A rim of zeros closes outlines that run along the film's edge.
    lines = contour_generator(z=np.pad(small, 1)).lines(_LEVEL)
    found = []
    for line in lines:
        # The rim shifts by 1; a pixel's centre lies half a pixel from its edge, in the copy and on the film.
        points = (np.asarray(line)[:, ::-1] - 0.5) * (rows / size[1], columns / size[0]) - 0.5
        inside = np.clip(points, 0, (rows - 1, columns - 1))
        if (area := _area(inside)) >= _SMALLEST * rows * columns:
            found.append((area, tuple((round(float(row), 1), round(float(column), 1)) for row, column in inside)))
    return tuple(outline for _, outline in sorted(found, key=lambda pair: -pair[0]))


def _area(points: NDArray[np.float64]) -> float:
    """Area inside a closed outline, by the shoelace formula."""
    row, column = points.T
    return abs(float(np.dot(row, np.roll(column, -1)) - np.dot(column, np.roll(row, -1)))) / 2
