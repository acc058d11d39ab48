"""Choose a threshold by a stated rule, with the interval that the choice itself has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.intervals import bootstrap

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
        With one class only, a score outside [0, 1], or so few patients that many resamples hold one class only.
    """
    if rule not in _RULES:
        raise ConfigError(f"no threshold rule {rule!r}: choose one of {', '.join(_RULES)}")
    s, y = _checked(scores, labels, patients)
    order = np.argsort(-s, kind="stable")
    chosen, sensitivity, specificity = _youden(s[order], y[order], np.ones((1, s.size)))

    def threshold(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return _youden(s[order], y[order], weights[:, order])[0]

    moved = bootstrap(threshold, patients, resamples=resamples, seed=seed)
    return ChosenThreshold(
        float(chosen[0]),
        _RULES[rule],
        (min(moved.low, moved.value), max(moved.high, moved.value)),
        float(sensitivity[0]),
        float(specificity[0]),
    )


def _checked(
    scores: ArrayLike, labels: ArrayLike, patients: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    s, y = np.asarray(scores, np.float64), np.asarray(labels)
    if s.ndim != 1 or s.shape != y.shape or s.shape != np.shape(patients):
        raise DataError("a threshold needs one score, one label and one patient for each film")
    if not (np.isin(y, (0, 1)).all() and (y == 0).any() and (y == 1).any()):
        raise DataError("a threshold needs labels of 0 and 1, and both of them")
    if not ((s >= 0) & (s <= 1)).all():  # also false for NaN
        raise DataError("a threshold needs finite scores in [0, 1]")
    return s, y == 1


def _youden(s: NDArray[np.float64], y: NDArray[np.bool_], w: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """For each row of weights: threshold midway between the last film called and the next, sensitivity, specificity.

    A row that holds one class only has no threshold: NaN.
    """
    hits, alarms = np.cumsum(w * y, axis=1), np.cumsum(w * ~y, axis=1)
    with np.errstate(invalid="ignore"):
        sensitivity, false_alarms = hits / hits[:, -1:], alarms / alarms[:, -1:]
    last_of_ties = np.append(s[1:] != s[:-1], True)
    gain = np.where(last_of_ties, sensitivity - false_alarms, -np.inf)
    index = gain.argmax(axis=1)
    below = np.append(s[1:], 0.0)
    row = np.arange(len(w))
    threshold = np.where(np.isnan(gain[row, index]), np.nan, (s[index] + below[index]) / 2)
    return threshold, sensitivity[row, index], 1 - false_alarms[row, index]
