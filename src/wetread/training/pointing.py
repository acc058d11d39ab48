"""What an attention map is worth: does its strongest point lie in a reader's box more often than the film's centre does?"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.evaluation.maps.attention import coverage, inside
from wetread.preprocess import InputSpec, to_source
from wetread.training.films import FilmSet

__all__ = ["pointing_game", "worth"]

# Boxes are given in the pixels of the untouched film.
_BOX_SIDE = 1024


def pointing_game(films: FilmSet, maps: NDArray[np.float32], spec: InputSpec) -> dict[str, Any] | None:
    """Share of films with boxes whose map's strongest cell has its centre in a box (pointing game, Zhang et al. 2018).

    Parameters
    ----------
    maps
        float32 (films, rows, columns) of evidence over the network's frame, out of fold.

    Returns
    -------
    films, hits of the map and of the image centre, and the mean share of the film that boxes cover (what a point
    thrown at random would hit); None where no film has a box.
    """
    columns = films.columns.get("rsna_boxes_xywh_1024", ())
    places = [place for place, text in enumerate(columns) if text and json.loads(text)]
    if not places:
        return None
    hits, centre, covered = [], [], []
    for place in places:
        boxes = np.array(json.loads(columns[place]), float)
        points = [_strongest(maps[place], spec), (_BOX_SIDE / 2, _BOX_SIDE / 2)]
        hit, middle = inside(points, boxes)
        hits.append(hit)
        centre.append(middle)
        covered.append(coverage(boxes / _BOX_SIDE, 1, 1)[0, 0])
    return {
        "films": len(places),
        "map_hits": int(sum(hits)),
        "centre_hits": int(sum(centre)),
        "covered_share": round(float(np.mean(covered)), 3),
    }


def worth(found: dict[str, Any] | None) -> str:
    """The sentence of the card."""
    if found is None:
        return (
            "The worth of the outline was not measured: no reader's boxes exist for these films. It is no localisation."
        )
    share = found["map_hits"] / found["films"]
    return (
        f"On {found['films']} films with radiologists' boxes around an opacity the strongest point lay in a box in "
        f"{share:.0%}; the film's centre does so in {found['centre_hits'] / found['films']:.0%}, a random point in "
        f"{found['covered_share']:.0%}. The outline is no localisation."
    )


def _strongest(evidence: NDArray[np.float32], spec: InputSpec) -> tuple[float, float]:
    row, column = np.unravel_index(int(evidence.argmax()), evidence.shape)
    cell = np.array([spec.height / evidence.shape[0], spec.width / evidence.shape[1]])
    point = (np.array([[row, column]]) + 0.5) * cell - 0.5
    down, across = to_source(point, (_BOX_SIDE, _BOX_SIDE), spec)[0]
    return float(down), float(across)
