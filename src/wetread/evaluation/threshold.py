"""Choose a threshold by a stated rule, with the interval that the choice itself has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.intervals import patient_weights

__all__ = ["ChosenThreshold", "choose_threshold"]

_RULES = {
    "youden": "largest sensitivity + specificity - 1 (Youden 1950) on out-of-fold scores of the development films",
}


@dataclass(frozen=True, slots=True)
class ChosenThreshold:
    """A threshold on the score (call "present" at and above it), why, and its 95 % interval over resampled patients.

    `sensitivity` and `specificity` are those on the films it was chosen on: they flatter, and never stand for a test.
    """

    score: float
    rule: str
    interval: tuple[float, float]
    sensitivity: float
    specificity: float


def choose_threshold(
    scores: ArrayLike,
    labels: ArrayLike,
    patients: ArrayLike,
    *,
    rule: str = "youden",
    resamples: int = 2000,
    seed: int = 0,
) -> ChosenThreshold:
    """Choose the threshold of `rule` ("youden") and resample patients to see how far it could have moved.

    Raises
    ------
    ConfigError
        For an unknown rule.
    DataError
        With one class only.
    """
    if rule not in _RULES:
        raise ConfigError(f"no threshold rule {rule!r}: choose one of {', '.join(_RULES)}")
    s, y = np.asarray(scores, np.float64), np.asarray(labels).astype(bool)
    if s.shape != y.shape or not np.isfinite(s).all() or y.all() or not y.any():
        raise DataError("a threshold needs finite scores and both classes")
    order = np.argsort(-s, kind="stable")
    weights = np.vstack([np.ones(s.size), patient_weights(patients, resamples=resamples, seed=seed)])
    chosen, sensitivity, specificity = _youden(s[order], y[order], weights[:, order])
    low, high = np.nanpercentile(chosen[1:], (2.5, 97.5))
    return ChosenThreshold(
        float(chosen[0]),
        _RULES[rule],
        (float(min(low, chosen[0])), float(max(high, chosen[0]))),
        float(sensitivity[0]),
        float(specificity[0]),
    )


def _youden(s: NDArray[np.float64], y: NDArray[np.bool_], w: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """For each row of weights: threshold midway between the last film called and the next, sensitivity, specificity."""
    hits, alarms = np.cumsum(w * y, axis=1), np.cumsum(w * ~y, axis=1)
    with np.errstate(invalid="ignore"):
        sensitivity, false_alarms = hits / hits[:, -1:], alarms / alarms[:, -1:]
    last_of_ties = np.append(s[1:] != s[:-1], True)
    index = np.where(last_of_ties, sensitivity - false_alarms, -np.inf).argmax(axis=1)
    below = np.append(s[1:], 0.0)
    row = np.arange(len(w))
    return (s[index] + below[index]) / 2, sensitivity[row, index], 1 - false_alarms[row, index]
