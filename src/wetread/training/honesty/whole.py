"""All that is asked of a released bundle beyond how high its figures are: one result file, made from its run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.bundle import Bundle
from wetread.cohort.people import age_band
from wetread.errors import DataError
from wetread.intervals.crossfit import groups_together
from wetread.preprocess import prepare_pixels
from wetread.training.config import TrainConfig
from wetread.training.films import FilmSet, load_films, pictures
from wetread.training.honesty.ablation import beside_whole, blanked, write_altered
from wetread.training.honesty.control import Folds
from wetread.training.honesty.lungs import LungAtlas
from wetread.training.honesty.maps import against_boxes, under_random_weights
from wetread.training.honesty.predicted import attributes, told_by_score
from wetread.training.honesty.refit import fitted_on_exchanged
from wetread.training.measure import measure
from wetread.training.package import drawn_films
from wetread.training.parity import parity
from wetread.training.questions import id_band, questions
from wetread.training.run import development
from wetread.training.runfolder import RunFolder, open_folder, sigmoid
from wetread.truth import check_disjoint, list_hash

__all__ = ["HONESTY_SCHEMA", "honesty"]

HONESTY_SCHEMA = "wetread.honesty/1"
Float = NDArray[np.float64]
Say = Callable[[str], None]
_TOGETHER = "all metadata together"
_ATLAS, _SHOWN, _RANDOM, _REAL = 200, 300, 200, 32
_EXCHANGES, _SLOW_EXCHANGES = 20, 2  # a probe is fitted in seconds, a tuned network in minutes


def honesty(config: TrainConfig, data: Path, run: Path, bundle: Bundle, figures: Path, say: Say) -> dict[str, Any]:
    """Every check of a released bundle, as plain values.

    Parameters
    ----------
    config, data, run
        The recipe, the data folder, and the run that the bundle was made of.
    bundle
        The released one.
    figures
        `figures.json` of its release: baselines beside the network, on the same folds.
    say
        Told how far it is.

    Raises
    ------
    DataError
        If run, recipe and bundle are not of one piece, or films or figures are missing.
    LeakError
        If a patient stands on two sides.
    """
    everything = load_films(config.data, data)
    films, found = development(everything), open_folder(run)
    _one_piece(config, films, found, bundle)
    scores, fold, seed = found.scores.scores, found.scores.fold, config.fit.seed
    told: dict[str, Any] = {
        "schema": HONESTY_SCHEMA,
        "bundle": {"name": bundle.card.name, "version": bundle.card.version, "sha256": bundle.sha256},
        "recipe_sha256": config.sha256,
        "method": found.method,
        "films": len(films),
        "patients": len(set(films.patients)),
        "positives": int(films.labels[:, 0].sum()),
        "films_sha256": list_hash(films.names),
        "guard": _guard(films, everything.take(everything.is_sealed), fold),
        "questions": _questions(films, scores, fold, figures),
    }
    say("can the score tell who or whence")
    told["told_by_score"] = [
        asdict(one)
        for one in told_by_score(
            scores, films.labels[:, 0].astype(np.int64), np.array(films.patients), attributes(films), seed=seed
        )
    ]
    say("engines")
    told["parity"] = _parity(found, bundle, films)
    say("maps under random weights")
    told["random_weights"] = _random_weights(found, config, films)
    with TemporaryDirectory() as temporary:
        say("lungs")
        atlas = LungAtlas(pictures([films.paths[place] for place in _normal(films)]))
        if found.method == "probe":
            told |= _fitted_again(config, films, fold, atlas, Path(temporary), found, say)
        else:
            told |= _as_released(bundle, films, atlas, Path(temporary), found)
            say("labels exchanged")
            told["shuffle"] = fitted_on_exchanged(
                config, films, fold, found.scores.logits, found.folder, _SLOW_EXCHANGES, say
            )
    return told


def _one_piece(config: TrainConfig, films: FilmSet, found: RunFolder, bundle: Bundle) -> None:
    if found.config.sha256 != config.sha256 or bundle.card.training.get("recipe_sha256") != config.sha256:
        raise DataError(
            f"{config.name}: recipe, run and bundle are not of one piece; make the run again with this recipe"
        )
    if found.scores.films != films.names:
        raise DataError(
            f"{config.name}: the run scored {len(found.scores)} films, the collection holds {len(films)} others"
        )


def _guard(films: FilmSet, sealed: FilmSet, fold: NDArray[np.int64]) -> dict[str, Any]:
    """What stands on two sides. A patient on two sides stops everything; copies of films are counted, where hashes are known."""
    check_disjoint(films.patients, sealed.patients, what="sealed patient")
    for held in np.unique(fold):
        inside, outside = films.take(fold != held), films.take(fold == held)
        check_disjoint(inside.patients, outside.patients)
    where: dict[str, set[int]] = {}
    for sha256, held in zip(films.columns.get("sha256", ()), fold, strict=False):
        where.setdefault(sha256, set()).add(int(held))
    return {
        "sealed_films": len(sealed),
        "sealed_patients": len(set(sealed.patients)),
        "folds": int(np.unique(fold).size),
        "patients_on_two_sides": 0,
        "same_bytes_in_two_folds": sum(len(held) > 1 for held in where.values()) if where else None,
    }


def _questions(films: FilmSet, scores: Float, fold: NDArray[np.int64], figures: Path) -> list[dict[str, Any]]:
    """The release's questions with every baseline, and one more: all that the table says of the patient, together."""
    try:
        known = json.loads(figures.read_text("utf-8"))["cross_validated"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{figures} holds no figures of a release: release the bundle first") from error
    if films.collection != "nih":
        return list(known)
    labels = films.labels[:, 0].astype(np.int64)
    age = np.array([float(text) if text else np.nan for text in films.column("age")])
    groups = [films.column("view"), films.column("sex"), age_band(age), id_band(films), films.column("follow_up")]
    guess = groups_together(groups, labels, fold)
    for one, question in zip(known, questions(films), strict=True):
        if one.get("beside") is not None:
            one["beside"] |= measure(films, question, scores, {_TOGETHER: guess}).get("beside", {})
    return list(known)


def _normal(films: FilmSet) -> NDArray[np.int64]:
    """Films without the label that nobody called abnormal, for the average lung."""
    normal = films.labels[:, 0] == 0
    if films.collection == "nih":
        normal &= films.column("finding_labels") == "No Finding"
    return _spread(np.flatnonzero(normal), _ATLAS)


def _spread(places: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Some of the places, evenly."""
    return places[:: max(1, -(-len(places) // most))]


def _prepared(config: TrainConfig, films: FilmSet, places: NDArray[np.int64]) -> NDArray[np.float32]:
    shown = pictures([films.paths[place] for place in places])
    return np.stack([prepare_pixels(picture, config.input) for picture in shown])


def _parity(found: RunFolder, bundle: Bundle, films: FilmSet) -> dict[str, Any]:
    assert isinstance(found.config, TrainConfig)
    drawn = drawn_films(found.config.input)[:, None].astype(np.float32) / np.float32(255)
    real = _prepared(found.config, films, _spread(np.arange(len(films)), _REAL))
    return parity(found.network(), bundle.network, np.concatenate([drawn, real]), drawn=len(drawn)).to_json()


def _random_weights(found: RunFolder, config: TrainConfig, films: FilmSet) -> dict[str, Any]:
    places = _spread(np.arange(len(films)), _RANDOM)
    network = found.network()
    classifiers = [name for name, _ in network.named_parameters() if name.endswith("classifier.weight")]
    last = ["weight"] if found.method == "probe" else classifiers
    shown = _prepared(config, films, places)
    who = [films.patients[place] for place in places]
    return under_random_weights(network, last, shown, who, seed=config.fit.seed)


def _fitted_again(
    config: TrainConfig,
    films: FilmSet,
    fold: NDArray[np.int64],
    atlas: LungAtlas,
    folder: Path,
    found: RunFolder,
    say: Say,
) -> dict[str, Any]:
    paths, masks, own = write_altered(pictures(films.paths), atlas, folder)
    say("probes of the folds")
    folds = Folds(config, films, fold)
    apart = float(np.abs(folds.scores() - found.scores.logits).max())
    if apart > 1e-3:
        raise DataError(
            f"{config.name}: fitted again, scores differ from the run's by {apart:.2g}: these are other films"
        )
    say("labels exchanged")
    shuffled = folds.shuffled(_EXCHANGES, config.fit.seed)
    say("altered films")
    ablated = folds.ablated(blanked(films, paths), config.fit.seed)
    maps = np.load(found.folder / "oof.npz")["maps"]
    return {
        "shuffle": shuffled,
        "ablation": {"out_of_fold": True, "films": len(films), **_mask_facts(atlas, masks, own), **ablated},
        "boxes": against_boxes(films, maps, masks, seed=config.fit.seed),
    }


def _as_released(bundle: Bundle, films: FilmSet, atlas: LungAtlas, folder: Path, found: RunFolder) -> dict[str, Any]:
    """Without fits of seconds: the released network on some of the films that it was fitted on, altered."""
    places = _spread(np.arange(len(films)), _SHOWN)
    some = films.take(places)
    paths, masks, own = write_altered(pictures(some.paths), atlas, folder)
    scores = {kind: _released(bundle, altered) for kind, altered in blanked(some, paths).items()}
    labels = some.labels[:, 0].astype(np.int64)
    whole, shares = beside_whole(scores, _released(bundle, some), labels, some.patients, seed=found.config.fit.seed)
    return {
        "ablation": {
            "out_of_fold": False, "films": len(some), **_mask_facts(atlas, masks, own), "whole films": asdict(whole),
            "as fitted": {kind: asdict(share) for kind, share in shares.items()},
        },
        "boxes": None,
    }  # fmt: skip


def _mask_facts(atlas: LungAtlas, masks: NDArray[np.bool_], own: int) -> dict[str, Any]:
    return {
        "atlas_films": atlas.films,
        "atlas_tried": atlas.tried,
        "own_lungs_found": own,
        "lung_share": round(float(masks.mean()), 4),
    }


def _released(bundle: Bundle, films: FilmSet) -> Float:
    logits = [
        bundle.engine.run(prepare_pixels(picture, bundle.card.input)[None])[0][0, 0]
        for picture in pictures(films.paths)
    ]
    return sigmoid(np.array(logits))
