"""What an attention map is worth: does it point at what readers outlined, more than a map that never saw the film?

Most opacities lie where lungs are, and lungs lie where they always do. So beside every figure of the maps stand those of
two that know nothing of the film: the middle of the picture, and the average of other patients' boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.intervals import Interval
from wetread.intervals.resampling import percentile_interval, resampled

__all__ = ["Localisation", "Measure", "checked_maps", "coverage", "inside", "localisation"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
_FINE = 128  # points a side, at least, on which a box is laid out
_BUMP = 0.25  # spread of the map that only knows the middle, as a share of the film's side
_SMALL = 1e-12


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure, as a mean over films: of the maps, of two baselines, and the paired differences.

    Parameters
    ----------
    map, centre, average_box
        Of the maps; of the middle of the film; of the average box of the other patients.
    over_centre, over_average_box
        The maps' figure minus each baseline's, on the same resamples of patients.
    chance
        What a map that is flat, or a point thrown at random, would reach.
    """

    map: Interval
    centre: Interval
    average_box: Interval
    over_centre: Interval
    over_average_box: Interval
    chance: float


@dataclass(frozen=True, slots=True)
class Localisation:
    """Maps against readers' boxes.

    Parameters
    ----------
    films, patients, boxes
        Films with at least one box, their patients, and all their boxes.
    without_boxes
        Films that were given but have no box: nothing is said of those.
    covered
        Mean share of the film inside boxes.
    area
        Share of each film that a map outlines for `overlap`.
    flat
        Films whose map is the same everywhere; they count as chance does.
    pointing
        Share of films whose strongest point lies in a box (pointing game; Zhang and others, IJCV 2018).
    overlap
        Intersection over union of the strongest `area` of the map with the boxes.
    energy
        Share of the map's positive sum that lies in boxes (Wang and others, CVPR workshops 2020).
    resamples, seed
        Of the bootstrap over patients.
    """

    films: int
    patients: int
    boxes: int
    without_boxes: int
    covered: float
    area: float
    flat: int
    pointing: Measure
    overlap: Measure
    energy: Measure
    resamples: int
    seed: int


def inside(points: ArrayLike, boxes: ArrayLike) -> Bool:
    """Whether points lie in any of the boxes: bool (p,).

    Parameters
    ----------
    points
        (p, 2) of row and column.
    boxes
        (k, 4) of left, top, width, height in the same unit. Left and upper edges belong to a box.

    >>> inside([[5, 2], [2, 5]], [[4, 0, 3, 4]]).tolist()
    [False, True]
    """
    row, column = np.asarray(points, np.float64).reshape(-1, 2).T[:, :, None]
    left, top, width, height = np.asarray(boxes, np.float64).reshape(-1, 4).T
    hit: Bool = ((column >= left) & (column < left + width) & (row >= top) & (row < top + height)).any(axis=1)
    return hit


def coverage(boxes: ArrayLike, rows: int, columns: int) -> Float:
    """Share of each cell of a grid over the film that lies in any box: float64 (rows, columns).

    Parameters
    ----------
    boxes
        (k, 4) of left, top, width, height as shares of the film.

    >>> coverage([[0.0, 0.0, 0.5, 1.0], [0.25, 0, 0.5, 1]], 1, 2).tolist()
    [[1.0, 0.5]]
    """
    finer = [-(-_FINE // side) for side in (rows, columns)]
    down, across = (
        (np.arange(side * fine) + 0.5) / (side * fine) for side, fine in zip((rows, columns), finer, strict=True)
    )
    left, top, width, height = (side[:, None, None] for side in np.asarray(boxes, np.float64).reshape(-1, 4).T)
    hit = (across >= left) & (across < left + width) & (down[:, None] >= top) & (down[:, None] < top + height)
    cells = hit.any(axis=0).reshape(rows, finer[0], columns, finer[1])
    return np.asarray(cells.mean(axis=(1, 3)), np.float64)


def localisation(
    maps: ArrayLike,
    boxes: Sequence[ArrayLike],
    patients: Sequence[str],
    *,
    area: float = 0.1,
    resamples: int = 2000,
    seed: int = 0,
) -> Localisation:
    """Hold maps against readers' boxes, and against maps that never saw the film.

    Parameters
    ----------
    maps
        (n, rows, columns) numbers over the whole film, higher is stronger. From networks that did not see these films.
    boxes
        For each film (k, 4) of left, top, width, height as shares of the film; empty where readers outlined nothing.
    patients
        (n,) who each film is of.
    area
        Share of the film that is outlined for the overlap.

    Raises
    ------
    ConfigError
        If the area lies outside (0, 1).
    DataError
        If lengths differ, a map is not finite, a box leaves the film or has no area, or no film has a box.
    """
    if not 0 < area < 1:
        raise ConfigError(f"an outline takes a share between 0 and 1 of the film, not {area:g}")
    m, marks = checked_maps(maps), [np.asarray(each, np.float64).reshape(-1, 4) for each in boxes]
    if not len(m) == len(marks) == len(patients):
        raise DataError(
            f"one map, boxes and patient a film: {len(m)} maps, {len(marks)} boxes, {len(patients)} patients"
        )
    wrong = [place + 1 for place, mark in enumerate(marks) if not _on_film(mark)]
    if wrong:
        raise DataError(f"boxes of {len(wrong)} films leave the film or have no area (film {wrong[0]} of the list): give "
                        "left, top, width and height as shares of the film")  # fmt: skip
    there = np.array([len(mark) > 0 for mark in marks])
    if not there.any():
        raise DataError(f"none of {len(m)} films has a box: a map cannot be held against nothing")
    m, marks = m[there], [mark for mark in marks if len(mark)]
    who, patient = np.unique(np.asarray(patients)[there], return_inverse=True)
    rows, columns = m.shape[1:]
    inner = np.stack([coverage(mark, rows, columns) for mark in marks])
    average = _average_box(inner, patient)
    centre = np.broadcast_to(_bump(rows, columns), m.shape)
    figures = np.stack([_figures(each, marks, inner, area) for each in (m, centre, average)], axis=2)
    middle = [float(inside([[0.5, 0.5]], mark)[0]) for mark in marks]
    figures[:, 0, 1] = middle  # the middle itself: on a grid of even sides no cell is centred there
    shares = inner.mean(axis=(1, 2))
    chance = (shares.mean(), (area * shares / (area + shares - area * shares)).mean(), shares.mean())
    flat = figures.reshape(len(m), -1)
    value, moved = resampled(lambda w: w @ flat / w.sum(axis=1, keepdims=True), patient, resamples=resamples, seed=seed)
    measures = [_measure(value[3 * k : 3 * k + 3], moved[:, 3 * k : 3 * k + 3], float(chance[k])) for k in range(3)]
    return Localisation(
        films=len(m),
        patients=who.size,
        boxes=sum(map(len, marks)),
        without_boxes=int((~there).sum()),
        covered=float(shares.mean()),
        area=area,
        flat=int((np.ptp(m, axis=(1, 2)) == 0).sum()),
        pointing=measures[0],
        overlap=measures[1],
        energy=measures[2],
        resamples=resamples,
        seed=seed,
    )


def checked_maps(maps: ArrayLike) -> Float:
    """Maps as float64 (films, rows, columns).

    Raises
    ------
    DataError
        If they have another shape, or a number is missing.
    """
    m = np.asarray(maps, np.float64)
    if m.ndim != 3 or not m.size or not np.isfinite(m).all():
        raise DataError(
            f"maps are finite numbers (films, rows, columns), not {m.shape} with {int((~np.isfinite(m)).sum())} missing"
        )
    return m


def _on_film(mark: Float) -> bool:
    """Whether boxes have an area and lie on the film; a thousandth is given for rounding."""
    left, top, width, height = mark.T
    return bool(
        (np.isfinite(mark).all() and (width > 0).all() and (height > 0).all())
        and (mark[:, :2] >= -1e-3).all()
        and (left + width <= 1 + 1e-3).all()
        and (top + height <= 1 + 1e-3).all()
    )


def _bump(rows: int, columns: int) -> Float:
    down, across = ((np.arange(side) + 0.5) / side - 0.5 for side in (rows, columns))
    return np.asarray(np.exp(-(down[:, None] ** 2 + across**2) / (2 * _BUMP**2)))


def _average_box(inner: Float, patient: NDArray[np.int64]) -> Float:
    """For each film the mean of the other patients' boxes; flat where there is no other patient."""
    own = np.zeros((int(patient.max()) + 1, *inner.shape[1:]))
    np.add.at(own, patient, inner)
    others = (len(patient) - np.bincount(patient))[patient]
    rest = inner.sum(axis=0) - own[patient]
    # What is left of a difference of equal sums is rounding, and would point somewhere.
    return np.where(others[:, None, None] > 0, np.round(rest, 9) / np.maximum(others, 1)[:, None, None], 1.0)


def _figures(maps: Float, marks: Sequence[Float], inner: Float, area: float) -> Float:
    """Pointing, overlap and energy of each film: (n, 3). Cells of the same strength share what they reach."""
    n, rows, columns = maps.shape
    cells, covered = maps.reshape(n, -1), inner.reshape(n, -1)
    where = np.stack(
        np.meshgrid((np.arange(rows) + 0.5) / rows, (np.arange(columns) + 0.5) / columns, indexing="ij"), -1
    )
    strongest = cells == cells.max(axis=1, keepdims=True)
    hits = np.stack([inside(where, mark) for mark in marks])
    pointing = (strongest & hits).sum(axis=1) / strongest.sum(axis=1)

    wanted = area * cells.shape[1]
    edge = -np.sort(-cells, axis=1)[:, [int(np.ceil(wanted)) - 1]]
    above, level = cells > edge, cells == edge
    part = (wanted - above.sum(axis=1)) / level.sum(axis=1)
    both = (covered * above).sum(axis=1) + part * (covered * level).sum(axis=1)
    overlap = both / (wanted + covered.sum(axis=1) - both)

    positive = np.maximum(cells, 0)
    total = positive.sum(axis=1)
    share = (positive * covered).sum(axis=1) / np.maximum(total, _SMALL)
    energy = np.where(total > _SMALL, share, covered.mean(axis=1))
    return np.stack([pointing, overlap, energy], axis=1)


def _measure(value: Float, moved: Float, chance: float) -> Measure:
    own = [percentile_interval(float(value[k]), moved[:, k]) for k in range(3)]
    over = [percentile_interval(float(value[0] - value[k]), moved[:, 0] - moved[:, k]) for k in (1, 2)]
    return Measure(own[0], own[1], own[2], over[0], over[1], chance)
