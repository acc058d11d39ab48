"""What does a network read where it should, and what elsewhere? Films with only the lungs left, and with the lungs taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wetread.intervals import Interval, auroc, bootstrap_auroc
from wetread.intervals.resampling import percentile_interval, resampled
from wetread.training.films import FilmSet
from wetread.training.honesty.lungs import SIDE, LungAtlas

__all__ = ["KINDS", "altered", "beside_whole", "blanked", "write_altered"]

Float = NDArray[np.float32]
Scores = NDArray[np.float64]

KINDS = ("lungs only", "lungs taken out", "outline only")
"""How pictures are altered; see `altered`."""
_SOFT = 0.015  # of the film's side: how softly the mask ends, since a sharp rim is a sign of its own


@dataclass(frozen=True, slots=True)
class Share:
    """AUROC of one way of altering films, and how much less it is than that on whole films, on the same resamples."""

    auroc: Interval
    lost: Interval


def altered(picture: Float, mask: NDArray[np.bool_]) -> dict[str, Float]:
    """The picture altered in each way of `KINDS`: float32 of its own size.

    What is taken out becomes the average grey of what is taken out: the film's exposure stays, its content goes. "outline
    only" takes out both, so what it still tells is the shape of the mask and two grey levels.
    """
    soft = _soft(mask, (picture.shape[0], picture.shape[1]))
    inner = float((picture * soft).sum() / soft.sum()) if soft.any() else float(picture.mean())
    outer = float((picture * (1 - soft)).sum() / max(float((1 - soft).sum()), 1e-6))
    return {
        "lungs only": soft * picture + (1 - soft) * np.float32(outer),
        "lungs taken out": (1 - soft) * picture + soft * np.float32(inner),
        "outline only": soft * np.float32(inner) + (1 - soft) * np.float32(outer),
    }


def blanked(films: FilmSet, films_paths: Mapping[str, Sequence[Path]]) -> dict[str, FilmSet]:
    """The same films with the altered pictures in the place of their own."""
    return {kind: replace(films, paths=tuple(paths)) for kind, paths in films_paths.items()}


def write_altered(
    pictures: Any, atlas: LungAtlas, folder: Path
) -> tuple[dict[str, list[Path]], NDArray[np.bool_], int]:
    """Write every picture altered in each way; the files by kind, the masks (films, `SIDE`, `SIDE`), and how many films
    showed their own lung field.
    """
    paths: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    masks, own = [], 0
    for place, picture in enumerate(pictures):
        mask, found = atlas.mask(picture)
        masks.append(mask)
        own += found
        for number, (kind, changed) in enumerate(altered(picture, mask).items()):
            path = folder / f"{place}-{number}.png"
            Image.fromarray(np.rint(changed.clip(0, 1) * 255).astype(np.uint8)).save(path, compress_level=1)
            paths[kind].append(path)
    return paths, np.stack(masks) if masks else np.zeros((0, SIDE, SIDE), bool), own


def beside_whole(
    scores: Mapping[str, Scores], whole: Scores, labels: NDArray[np.int64], patients: Sequence[str], *, seed: int = 0
) -> tuple[Interval, dict[str, Share]]:
    """AUROC on whole films, and of each alteration beside it; films, labels and patients (n,) alike for all."""
    who = np.asarray(patients)
    found = {}
    for kind, one in scores.items():

        def both(weights: NDArray[np.float64], one: Scores = one) -> NDArray[np.float64]:
            return np.stack([auroc(each, labels, weights=weights) for each in (whole, one)], axis=1)

        value, moved = resampled(both, who, seed=seed)
        found[kind] = Share(
            percentile_interval(float(value[1]), moved[:, 1]),
            percentile_interval(float(value[0] - value[1]), moved[:, 0] - moved[:, 1]),
        )
    return bootstrap_auroc(whole, labels, who, seed=seed), found


def _soft(mask: NDArray[np.bool_], size: tuple[int, int]) -> Float:
    """The mask at the size of a picture, ending softly: float32 in [0, 1]."""
    from scipy import ndimage

    grown = Image.fromarray(mask.astype(np.float32)).resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return np.asarray(ndimage.gaussian_filter(np.asarray(grown), _SOFT * max(size)), np.float32).clip(0, 1)
