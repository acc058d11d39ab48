"""The control with exchanged labels: what the same fit reaches where there is nothing to learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.intervals import auroc

__all__ = ["Shuffle", "exchanged", "shuffle_control"]

Labels = NDArray[np.float32]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shuffle:
    """What fits on exchanged labels reached, out of fold.

    Parameters
    ----------
    runs
        How often labels were exchanged anew.
    moved
        Mean share of films whose label changed.
    left
        Mean AUROC of the true labels against the exchanged ones: what an exchange leaves to be learnt, a half for nothing.
    mean, lowest, highest
        AUROC against the exchanged labels that were fitted: about `left`, unless films leak between folds.
    true_mean
        AUROC of the same scores against the true labels.
    network
        AUROC of the fit on the true labels, on the same folds.
    p
        Share of exchanges, the true labels counted among them, that reach the network's AUROC (Phipson and Smyth 2010).
    """

    runs: int
    moved: float
    left: float
    mean: float
    lowest: float
    highest: float
    true_mean: float
    network: float
    p: float


def exchanged(patients: Sequence[str], labels: Labels, rng: np.random.Generator) -> Labels:
    """Labels with those of whole patients exchanged: each patient gets the labels of another.

    Where every patient's films bear the same labels, of any other: how many films a patient has may tell the label
    (it does in Kermany's collection), and would go on telling it. Elsewhere of one with as many films, so that every
    film gets a label.

    Parameters
    ----------
    labels
        (films, outputs), whose rows stay together.
    """
    films: dict[str, list[int]] = {}
    for place, patient in enumerate(patients):
        films.setdefault(patient, []).append(place)
    same = all((labels[places] == labels[places[0]]).all() for places in films.values())
    alike: dict[int, list[list[int]]] = {}
    for places in films.values():
        alike.setdefault(0 if same else len(places), []).append(places)
    found = labels.copy()
    for group in alike.values():
        for mine, theirs in zip(group, rng.permutation(len(group)), strict=True):
            found[mine] = labels[group[int(theirs)][0]] if same else labels[group[int(theirs)]]
    return found


def shuffle_control(
    score: Callable[[Labels], Scores], labels: Labels, patients: Sequence[str], network: Scores, *, runs: int, seed: int
) -> Shuffle:
    """Fit and score again on labels exchanged between patients.

    Parameters
    ----------
    score
        From labels (films, outputs) to scores (films,) out of fold, on the network's own folds.
    labels
        The true ones; the first output is judged.
    network
        (films,) scores of the fit on the true labels.

    Raises
    ------
    DataError
        For no run, or where an exchange leaves one class.
    """
    if runs < 1:
        raise DataError(f"a control needs at least one exchange of labels, not {runs}")
    truth = labels[:, 0].astype(np.int64)
    reached, true, moved, left = [], [], [], []
    for run in range(runs):
        other = exchanged(patients, labels, np.random.default_rng([seed, run]))
        scores = score(other)
        reached.append(float(auroc(scores, other[:, 0])[0]))
        true.append(float(auroc(scores, truth)[0]))
        moved.append(float((other[:, 0] != labels[:, 0]).mean()))
        left.append(float(auroc(labels[:, 0], other[:, 0])[0]))
    own = float(auroc(network, truth)[0])
    return Shuffle(
        runs, float(np.mean(moved)), float(np.mean(left)), float(np.mean(reached)), min(reached), max(reached),
        float(np.mean(true)), own, (1 + sum(one >= own for one in reached)) / (runs + 1),
    )  # fmt: skip
