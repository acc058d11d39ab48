"""How a recipe does where films look otherwise than those it was fitted on: whole kinds of films, held out with their patients.

A random fold asks whether more of the same is read well. Kermany's published test folder is not more of the same, and is
not looked at here; the sets of `wetread.training.small.shifts` stand in for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.cohort import crude_baseline
from wetread.errors import DataError
from wetread.training.config import TrainConfig
from wetread.training.films import FilmSet
from wetread.training.measure import crude_table
from wetread.training.small.figures import TEST_PREVALENCE, calls, enough
from wetread.training.small.films import file_number, load_small_films
from wetread.training.small.recipe import SmallData
from wetread.training.small.shifts import SETS, held_out
from wetread.training.whole_file import write_whole
from wetread.truth import check_disjoint

__all__ = ["ACCURACY", "OUT_OF_FOLD", "Shifted", "kept_shifts", "score_without", "shift_figures"]

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bool = NDArray[np.bool_]
Score = Callable[[Ints, Ints, int], tuple[NDArray[np.float32], NDArray[np.float32]]]
Say = Callable[[str], None]

OUT_OF_FOLD = "out of fold"
ACCURACY = f"accuracy where {TEST_PREVALENCE:.1%} are positive"
_TRIED = (0.99, 0.98, 0.97, 0.96, 0.95)
_SEED = 50


@dataclass(frozen=True, eq=False)
class _Films:
    """Films as `held_out` and `calls` ask about them; `wide` is 0 where the archive does not know it."""

    names: tuple[str, ...]
    labels: Ints
    patients: NDArray[np.str_]
    series: NDArray[np.str_]
    numbers: Ints
    wide: Float

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, eq=False)
class Shifted:
    """What a run found on films that look different.

    Parameters
    ----------
    crude
        float64 (films,): score of each film, out of fold, from statistics that know nothing of lungs.
    sets
        By name: bool (films,) of the films held out, and float64 logits of them, in their order, by a network that saw
        none of their patients.
    """

    crude: Float
    sets: dict[str, tuple[Bool, Float]]


def score_without(
    config: TrainConfig, films: FilmSet, fold: Ints, score: Score, data: Path, out: Path, say: Say
) -> None:
    """Fit without each of the recipe's sets in turn, and score it; `shifts-….npz` in the run folder.

    What is there is not done again.
    """
    path = out / f"shifts-{config.sha256[:12]}.npz"
    if path.exists():
        return
    crude = crude_baseline(crude_table(films), _labels(films), fold, seed=config.fit.seed)
    sets = held_out(_told(films, _wide(config, films, data, out)), fold, crude)
    patients = np.array(films.patients)
    kept: dict[str, Any] = {"crude": crude, "names": np.array(config.data.held_out)}
    for place, name in enumerate(config.data.held_out):
        away = sets[name]
        inside, outside = np.flatnonzero(~np.isin(patients, patients[away])), np.flatnonzero(away)
        check_disjoint(patients[inside].tolist(), patients[outside].tolist(), what="held-out patient")
        logits, _ = score(inside, outside, config.fit.seed + _SEED + SETS.index(name))
        kept |= {f"away{place}": away, f"logits{place}": logits[:, 0].astype(np.float64)}
        say(f"{config.name}: without {name}, {len(outside)} films held out")
    write_whole(path, partial(_saved, kept))


def kept_shifts(config: TrainConfig, run: Path) -> Shifted:
    """What `score_without` left in a run folder.

    Raises
    ------
    DataError
        If it is not there.
    """
    path = run / f"shifts-{config.sha256[:12]}.npz"
    if not path.exists():
        raise DataError(f"{run} holds no {path.name}: fit the recipe first")
    found = np.load(path)
    sets = {str(name): (found[f"away{place}"], found[f"logits{place}"]) for place, name in enumerate(found["names"])}
    return Shifted(found["crude"], sets)


def shift_figures(
    films: FilmSet, logits: Float, found: Shifted, threshold: float, *, seed: int
) -> dict[str, dict[str, Any]]:
    """`calls` at the card's threshold out of fold and on each set, and the accuracy that other thresholds would have.

    Parameters
    ----------
    logits
        float64 (films,), out of fold.
    threshold
        On the score in [0, 1].
    """
    told = _told(films, np.zeros(len(films)))
    scored = {OUT_OF_FOLD: (np.ones(len(films), bool), logits)}
    scored |= {f"held out: {name}": _spread(one) for name, one in found.sets.items()}
    scored = {name: one for name, one in scored.items() if enough(told, one[0])}
    sets = {
        name: calls(told, away, _sigmoid(values), threshold, beside=found.crude, seed=seed)
        for name, (away, values) in scored.items()
    }
    return {"sets": sets, "other thresholds": _others(told.labels == 1, logits, scored)}


def _others(positive: Bool, logits: Float, scored: dict[str, tuple[Bool, Float]]) -> dict[str, dict[str, float]]:
    """By share of positive films that a threshold keeps out of fold: the threshold, and accuracy on each set."""
    found: dict[str, dict[str, float]] = {}
    for share in _TRIED:
        at = float(np.quantile(logits[positive], 1 - share, method="lower"))
        rows = {name: _accuracy(positive[away], values[away] >= at) for name, (away, values) in scored.items()}
        found[f"{share:.0%} of positive films"] = {"threshold": round(float(_sigmoid(np.array(at))), 4), **rows}
    return found


def _accuracy(positive: Bool, called: Bool) -> float:
    mixed = TEST_PREVALENCE * called[positive].mean() + (1 - TEST_PREVALENCE) * (~called[~positive]).mean()
    return round(float(mixed), 4)


def _spread(one: tuple[Bool, Float]) -> tuple[Bool, Float]:
    away, values = one
    everywhere = np.full(len(away), np.nan)
    everywhere[away] = values
    return away, everywhere


def _saved(arrays: dict[str, Any], path: Path) -> None:
    np.savez(path, **arrays)


def _wide(config: TrainConfig, films: FilmSet, data: Path, out: Path) -> Float:
    """Width of each film in heights before it was squashed, found by its likeness to the archive's; 0 where unknown."""
    path = out / "wide.npz"
    if not path.exists():
        found = load_small_films(SmallData(archive=config.data.archive, source=config.data.index), data)
        write_whole(path, partial(np.savez, files=found.files, wide=found.wide, likeness=found.likeness))
    with np.load(path) as kept:
        order = np.argsort(kept["likeness"], kind="stable")
        known = dict(zip(kept["files"][order].tolist(), kept["wide"][order].tolist(), strict=True))
    return np.array([known.get(name, 0.0) for name in films.names])


def _told(films: FilmSet, wide: Float) -> _Films:
    numbers = [file_number(name) for name in films.names]
    return _Films(
        films.names,
        _labels(films),
        np.array(films.patients),
        np.array([series for series, _ in numbers]),
        np.array([number for _, number in numbers]),
        wide,
    )


def _labels(films: FilmSet) -> Ints:
    return films.labels[:, 0].astype(np.int64)


def _sigmoid(logits: Float) -> Float:
    values: Float = 1 / (1 + np.exp(-logits))
    return values
