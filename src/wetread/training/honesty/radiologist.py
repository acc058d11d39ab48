"""Is it as good as a radiologist? What the public reads of NIH's films can answer, and what they cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wetread.bundle import Bundle
from wetread.errors import DataError
from wetread.intervals import auroc
from wetread.intervals.resampling import percentile_interval, resampled
from wetread.training.films import FilmSet
from wetread.truth.sources import read_sources

__all__ = ["LEVEL_SCHEMA", "PUBLISHED", "agreed", "beside_reader", "radiologist_level"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

LEVEL_SCHEMA = "wetread.radiologist-level/1"
PUBLISHED = {
    "source": "Rajpurkar et al., CheXNet, arXiv:1711.05225v3 (2017), table 1",
    "films": 420,
    "radiologists": 4,
    "measure": "F1",
    "radiologists_mean": {"value": 0.387, "low": 0.330, "high": 0.442},
    "network": {"value": 0.435, "low": 0.387, "high": 0.481},
    "difference": {"value": 0.051, "low": 0.005, "high": 0.084},
}
"""What was claimed, as it was printed."""

_OPACITY = "Lung Opacity"
_FEWEST = 20


def radiologist_level(data: Path, bundle: Bundle, films: FilmSet, scores: Float, *, seed: int = 0) -> dict[str, Any]:
    """How readers agree with each other, and where the network and the CheXNet reproduction stand beside them.

    Parameters
    ----------
    data
        The data folder: its `labels` holds what was read again.
    bundle, films, scores
        The released bundle, its development films, and their scores out of fold (films,).

    Raises
    ------
    DataError
        If a table of reads is missing.
    """
    sources = read_sources(data / "labels")
    table = sources.films
    if missing := [
        name for name in ("attending", "majority", "rsna_class", "google_opacity") if name not in table.columns
    ]:
        raise DataError(f"{data / 'labels'} lacks the reads {', '.join(missing)}: nothing can be said of readers")
    reads = table.filter(pl.col("attending").is_not_null() & pl.col("majority").is_not_null())
    both = table.filter(pl.col("rsna_class").is_not_null() & pl.col("google_opacity").is_not_null())
    told: dict[str, Any] = {
        "schema": LEVEL_SCHEMA,
        "bundle": {"name": bundle.card.name, "version": bundle.card.version, "sha256": bundle.sha256},
        "sources": sources.hashes,
        "published": PUBLISHED,
        "attending": agreed(_bool(reads, "attending"), _bool(reads, "majority"), _who(reads), seed),
        "text_label": agreed(_bool(reads, "text_finding"), _bool(reads, "majority"), _who(reads), seed),
        "panels": agreed(_bool(both, "google_opacity"), _opacity(both), _who(both), seed),
    }
    told["chexnet"] = _chexnet(both, seed)
    return told | _network(bundle, films, scores, table, seed)


def agreed(first: Bool, standard: Bool, patients: NDArray[np.str_], seed: int) -> dict[str, Any]:
    """Two yes-or-no reads of the same films, the second taken as the standard: plain values with 95 % intervals."""
    a, b = first.astype(np.float64), standard.astype(np.float64)

    def figures(w: Float) -> Float:
        total = w.sum(axis=1)
        same, one, two = (w @ (a == b)) / total, (w @ a) / total, (w @ b) / total
        chance = one * two + (1 - one) * (1 - two)
        sick, well = w @ b, w @ (1 - b)
        hit, spared = w @ (a * b), w @ ((1 - a) * (1 - b))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.stack([same, (same - chance) / (1 - chance), hit / sick, spared / well], axis=1)

    names = ("agreement", "kappa", "sensitivity", "specificity")
    return {
        "films": len(a),
        "patients": int(np.unique(patients).size),
        "first_positive": int(a.sum()),
        "standard_positive": int(b.sum()),
        **_intervals(names, *resampled(figures, patients, seed=seed)),
    }


def beside_reader(scores: Float, reader: Bool, standard: Bool, patients: NDArray[np.str_], seed: int) -> dict[str, Any]:
    """A score and a reader against one standard: the score's sensitivity where it calls no more healthy films than the reader.

    Raises
    ------
    DataError
        With fewer than 20 films of a class.
    """
    if min(int(standard.sum()), int((~standard).sum())) < _FEWEST:
        raise DataError(f"{int(standard.sum())} positive of {standard.size} films: too few to stand beside a reader")
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))  # films of one score are called together
    sick, well, call = (values.astype(np.float64) for values in (standard, ~standard, reader))

    def figures(w: Float) -> Float:
        alarms = np.cumsum((w * well)[:, order], axis=1)[:, ends]
        hits = np.cumsum((w * sick)[:, order], axis=1)[:, ends]
        allowed = (w @ (well * call))[:, None]
        called = (alarms <= allowed + 1e-9).sum(axis=1)
        reached = np.where(called > 0, np.take_along_axis(hits, np.maximum(called - 1, 0)[:, None], axis=1)[:, 0], 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            theirs, ours = (w @ (sick * call)) / (w @ sick), reached / (w @ sick)
            spared = 1 - allowed[:, 0] / (w @ well)
        return np.stack([auroc(scores, standard, weights=w), theirs, spared, ours, ours - theirs], axis=1)

    names = ("auroc", "reader_sensitivity", "reader_specificity", "sensitivity_at_that_specificity", "difference")
    return {
        "films": len(scores),
        "patients": int(np.unique(patients).size),
        "positives": int(standard.sum()),
        **_intervals(names, *resampled(figures, patients, seed=seed)),
    }


def _chexnet(both: pl.DataFrame, seed: int) -> dict[str, Any] | None:
    """The CheXNet reproduction beside the Google panel, RSNA's readers being the standard; None without its scores."""
    if "prediction_Pneumonia" not in both.columns:
        return None
    scored = both.filter(pl.col("prediction_Pneumonia").is_not_null())
    scores = scored["prediction_Pneumonia"].to_numpy()
    return beside_reader(scores, _bool(scored, "google_opacity"), _opacity(scored), _who(scored), seed)


def _network(bundle: Bundle, films: FilmSet, scores: Float, table: pl.DataFrame, seed: int) -> dict[str, Any]:
    """The network on its development films, out of fold: at its threshold, and beside whoever read the same films."""
    patients = np.array(films.patients)
    read = films.column("rsna_class") != ""
    opacity = films.column("rsna_class") == _OPACITY
    calls = scores >= bundle.card.threshold.score
    share = float(opacity[read].mean())
    known = dict(
        zip(
            table["film"], zip(table["attending"], table["majority"], table["google_opacity"], strict=True), strict=True
        )
    )
    reads = [
        known.get(name, (None, None, None)) if sure == "True" else (None, None, None)
        for name, sure in zip(films.columns["image_index"], films.columns["name_known"], strict=True)
    ]
    panel = np.array([google is not None for _, _, google in reads], bool)
    attended = np.array([attending is not None and majority is not None for attending, majority, _ in reads], bool)
    return {
        "network": {
            **agreed(calls[read], opacity[read], patients[read], seed),
            "threshold": bundle.card.threshold.score,
            "f1": _f1(calls[read], opacity[read]),
            "f1_of_calling_every_film": 2 * share / (1 + share),
        },
        "network_beside_panel": _beside(
            scores, np.array([bool(google) for _, _, google in reads]), opacity, patients, panel & read, seed
        ),
        "network_beside_attending": _beside(
            scores, np.array([bool(attending) for attending, _, _ in reads]),
            np.array([bool(majority) for _, majority, _ in reads]), patients, attended, seed,
        ),
    }  # fmt: skip


def _beside(
    scores: Float, reader: Bool, standard: Bool, patients: NDArray[np.str_], which: Bool, seed: int
) -> dict[str, Any]:
    """`beside_reader` on some films; where they are too few, how many there are."""
    counts = {"films": int(which.sum()), "positives": int(standard[which].sum())}
    if min(counts["positives"], counts["films"] - counts["positives"]) < _FEWEST:
        return counts | {"too_few": True}
    return beside_reader(scores[which], reader[which], standard[which], patients[which], seed)


def _f1(calls: Bool, standard: Bool) -> float:
    return float(2 * (calls & standard).sum() / (calls.sum() + standard.sum()))


def _intervals(names: tuple[str, ...], value: Float, moved: Float) -> dict[str, Any]:
    found = {name: percentile_interval(float(value[k]), moved[:, k]) for k, name in enumerate(names)}
    return {name: {"value": one.value, "low": one.low, "high": one.high} for name, one in found.items()}


def _bool(table: pl.DataFrame, name: str) -> Bool:
    return np.asarray(table[name].to_numpy(), bool)


def _opacity(table: pl.DataFrame) -> Bool:
    return np.asarray((table["rsna_class"] == _OPACITY).to_numpy(), bool)


def _who(table: pl.DataFrame) -> NDArray[np.str_]:
    return np.asarray(table["patient"].to_list(), np.str_)
