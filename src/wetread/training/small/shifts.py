"""Films that look otherwise than those a network was fitted on: held-out sets that imitate another hospital's or year's.

A random fold asks only whether more of the same is read well. Another set differs in when it was filmed, how the film was
cut and exposed, how sharp it is and how many are ill; each of these is held out, or made, here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["CHANGES", "SETS", "LabelledFilms", "held_out"]

Bool = NDArray[np.bool_]
Images = NDArray[np.uint8]
# The source's numbers begin at 115 and 383; its own test folder holds the numbers before these, and for persons those
# in gaps between 100 and 250.
_EARLY_NORMAL = {"IM": 300, "NORMAL2-IM": 600}
_NEAR_GAP = {"bacteria": (50, 310), "virus": (0, 330)}
_WIDE, _HARD = 1.30, 0.75

SETS = (
    "earliest numbers",
    "other series of normal films",
    "wide normal films",
    "normal films that crude statistics take for ill",
)
"""What `held_out` calls its sets. Networks fell first on the last two."""


class LabelledFilms(Protocol):
    """Films of one collection as `wetread.training.small.films.SmallFilms` has them, of any size."""

    def __len__(self) -> int: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def labels(self) -> NDArray[np.int64]: ...

    @property
    def patients(self) -> NDArray[np.str_]: ...

    @property
    def series(self) -> NDArray[np.str_]: ...

    @property
    def numbers(self) -> NDArray[np.int64]: ...

    @property
    def wide(self) -> NDArray[np.float64]: ...


def held_out(films: LabelledFilms, fold: NDArray[np.int64], crude: NDArray[np.float64]) -> dict[str, Bool]:
    """Sets of films to be held out with all films of their patients, by what they differ in.

    Parameters
    ----------
    fold
        Patient-wise fold of each film; the pneumonia films of the first one go with sets of normal films.
    crude
        Score of each film, out of fold, from statistics that know nothing of lungs.
    """
    normal = films.labels == 0
    some_ill = ~normal & (fold == 0)
    early = np.zeros(len(films), bool)
    for series, last in _EARLY_NORMAL.items():
        early |= (films.series == series) & (films.numbers <= last)
    for series, (low, high) in _NEAR_GAP.items():
        early |= (films.series == series) & (films.numbers >= low) & (films.numbers <= high)
    sets = [early, (films.series == "IM") | some_ill, (normal & (films.wide > _WIDE)) | some_ill]
    if normal.any():
        sets.append((normal & (crude > np.quantile(crude[normal], _HARD))) | some_ill)
    return dict(zip(SETS, sets, strict=False))


def _gamma(power: float) -> Callable[[Images], Images]:
    def change(films: Images) -> Images:
        changed: Images = np.rint(255 * (films / 255) ** power).astype(np.uint8)
        return changed

    return change


def _contrast(times: float) -> Callable[[Images], Images]:
    def change(films: Images) -> Images:
        middle = films.mean(axis=(1, 2), keepdims=True)
        changed: Images = np.clip(np.rint((films - middle) * times + middle), 0, 255).astype(np.uint8)
        return changed

    return change


def _resized(films: Images, box: Callable[[int], tuple[float, float, float, float]], through: int | None) -> Images:
    side = films.shape[1]
    out = []
    for film in films:
        picture = Image.fromarray(film)
        if through is not None:
            picture = picture.resize((through, through), Image.Resampling.BILINEAR)
        out.append(np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC, box=box(picture.width))))
    return np.stack(out)


def _coarse(films: Images) -> Images:
    return _resized(films, lambda side: (0, 0, side, side), films.shape[1] * 5 // 7)


def _near(films: Images) -> Images:
    return _resized(films, lambda side: (side * 0.06, side * 0.06, side * 0.94, side * 0.94), None)


def _noisy(films: Images) -> Images:
    noise = np.random.default_rng(0).normal(0, 255 * 0.03, films.shape)
    return np.clip(np.rint(films + noise), 0, 255).astype(np.uint8)


CHANGES: dict[str, Callable[[Images], Images]] = {
    "as they are": lambda films: films,
    "darker (power 1.5)": _gamma(1.5),
    "brighter (power 0.67)": _gamma(0.67),
    "contrast 0.7": _contrast(0.7),
    "contrast 1.3": _contrast(1.3),
    "coarser (through 20 x 20)": _coarse,
    "nearer (middle 88 %)": _near,
    "noise of 3 %": _noisy,
}
"""Films (n, side, side) to changed films of the same shape: exposure, detector, resolution, distance."""
