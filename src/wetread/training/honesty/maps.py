"""What a network's maps are worth: against readers' boxes, and against those of the same network with its weights mixed up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.evaluation.maps.attention import coverage, localisation
from wetread.evaluation.maps.randomisation import sanity
from wetread.training.films import FilmSet

if TYPE_CHECKING:
    from torch import nn

__all__ = ["against_boxes", "boxes_of", "mixed_up", "under_random_weights"]

Float = NDArray[np.float32]
_SIDE = 1024  # boxes are given in the pixels of the untouched film, which is a square
_AT_ONCE = 16


def boxes_of(films: FilmSet) -> list[NDArray[np.float64]]:
    """Readers' boxes of each film, (k, 4) of left, top, width and height as shares of the film; empty where there are none."""
    texts = films.columns.get("rsna_boxes_xywh_1024", ("",) * len(films))
    return [np.array(json.loads(text) if text else [], np.float64).reshape(-1, 4) / _SIDE for text in texts]


def against_boxes(
    films: FilmSet, maps: Float, masks: NDArray[np.bool_] | None, *, seed: int = 0
) -> dict[str, Any] | None:
    """Maps (films, rows, columns) out of fold against readers' boxes, as plain values; None where no film has a box.

    With masks of the lungs (films, rows, columns of any size), also how much of the boxes they hold: what an ablation by
    these masks is worth.
    """
    boxes = boxes_of(films)
    places = [place for place, box in enumerate(boxes) if len(box)]
    if not places:
        return None
    found = localisation(maps, boxes, films.patients, seed=seed)
    plain: dict[str, Any] = asdict(found)
    if masks is not None:
        shares = []
        for place in places:
            covered = coverage(boxes[place], *masks[place].shape)
            shares.append(float((covered * masks[place]).sum() / covered.sum()))
        plain["boxes_in_lungs"] = {
            "mean": float(np.mean(shares)),
            "median": float(np.median(shares)),
            "films": len(places),
        }
    return plain


def mixed_up(network: nn.Module, seed: int, *, only: Sequence[str] = ()) -> nn.Module:
    """A copy whose parameters keep their values and lose their order: every tensor's entries are permuted.

    Parameters
    ----------
    only
        Names of parameters; without any, all are mixed up.

    Raises
    ------
    DataError
        If a name is no parameter's.
    """
    import torch

    copy = deepcopy(network).eval()
    parameters = dict(copy.named_parameters())
    if unknown := set(only) - set(parameters):
        raise DataError(f"the network has no parameters {', '.join(sorted(unknown))}")
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name in only or parameters:
            flat = parameters[name].flatten()
            parameters[name].copy_(flat[torch.randperm(flat.numel(), generator=generator)].view_as(parameters[name]))
    return copy


def under_random_weights(
    network: nn.Module, last: Sequence[str], films: Float, patients: Sequence[str], *, seed: int = 0
) -> dict[str, Any]:
    """How alike the maps of films (n, 1, height, width) are to those after the last layer, or all, was mixed up."""
    own = _maps(network, films)
    told = {}
    for title, only in (("last layer mixed up", last), ("every layer mixed up", ())):
        other = _maps(mixed_up(network, seed, only=only), films)
        told[title] = asdict(sanity(own, other, patients, seed=seed))
    return told


def _maps(network: nn.Module, films: Float) -> Float:
    import torch

    with torch.no_grad():
        parts = [
            network(torch.from_numpy(films[begin : begin + _AT_ONCE]))[1][:, 0].numpy()
            for begin in range(0, len(films), _AT_ONCE)
        ]
    return np.concatenate(parts)
