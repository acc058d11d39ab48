"""The numbers of one set of films under whole copies of its patients: one sort serves all resamples.

Scores are sorted once. Then a resample is a row of counts, one a patient; running sums of them over the sorted films
hold every true and false positive of every threshold, so that each number below costs a few passes over the films.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError
from wetread.evaluation.scored import Scored

__all__ = ["Key", "Points", "Weighted"]

Float = NDArray[np.float64]
Whole = NDArray[np.signedinteger]
_ROUNDING = 1e-9  # a share of films that equals its target but for rounding reaches it


@dataclass(frozen=True, slots=True)
class Points:
    """Where on the ROC curve numbers are taken.

    Parameters
    ----------
    thresholds
        Scores at and above which a film is called positive.
    specificities, sensitivities
        Shares in (0, 1] to hold while the other is read off.

    Raises
    ------
    ConfigError
        If a threshold is not finite, or a share lies outside (0, 1].
    """

    thresholds: tuple[float, ...] = ()
    specificities: tuple[float, ...] = (0.9,)
    sensitivities: tuple[float, ...] = (0.9,)

    def __post_init__(self) -> None:
        for name in ("thresholds", "specificities", "sensitivities"):
            object.__setattr__(self, name, tuple(float(value) for value in getattr(self, name)))
        if not np.isfinite(self.thresholds).all():
            raise ConfigError(f"thresholds are finite scores, not {self.thresholds}")
        shares = (*self.specificities, *self.sensitivities)
        if not all(0 < share <= 1 for share in shares):
            raise ConfigError(
                f"a specificity or sensitivity to hold lies in (0, 1], not in {shares}: nine in ten is 0.9"
            )


class Key(NamedTuple):
    """Which number: its name, and the threshold or the share it is taken at, if any."""

    name: str
    at: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """A set of films prepared for many resamples. Only indices and running sums are kept.

    `keys` names the columns that `numbers` gives.
    """

    keys: tuple[Key, ...]
    patients: int
    films: int
    _points: Points
    _of_positive: NDArray[np.intp]  # patient of each positive film, scores rising
    _of_negative: NDArray[np.intp]
    _levels: NDArray[np.intp]  # where each distinct score of the positives begins among them
    _below: NDArray[np.intp]  # negatives that score less than each such level
    _upto: NDArray[np.intp]  # negatives that score no more
    _level_after: NDArray[np.intp]  # for each negative: levels that score no more
    _cut_levels: NDArray[np.intp]  # for each threshold: levels below it
    _cut_negatives: NDArray[np.intp]
    _sums: Float | None  # (patients, 3): squared error, probability, films; for probabilities only
    _dtype: type[np.signedinteger]

    @classmethod
    def of(cls, scored: Scored, points: Points) -> Self:
        """Sort the films. Both classes must be there."""
        _, of = np.unique(scored.patient, return_inverse=True)
        patients = int(of.max()) + 1
        order = np.argsort(scored.score, kind="stable")
        label = scored.label[order]
        positive, negative = order[label], order[~label]
        high, low = scored.score[positive], scored.score[negative]
        levels = np.flatnonzero(np.append(True, high[1:] != high[:-1]))
        at = high[levels]
        sums: Float | None = None
        if scored.probability:
            columns = (scored.score - scored.label) ** 2, scored.score, np.ones(len(scored))
            sums = np.stack([np.bincount(of, column, patients) for column in columns], axis=1).astype(np.float64)
        most = patients * int(np.bincount(of).max())
        return cls(
            _keys(points, scored.probability), patients, len(scored),
            points,
            of[positive], of[negative], levels,
            np.searchsorted(low, at, "left"), np.searchsorted(low, at, "right"), np.searchsorted(at, low, "right"),
            np.searchsorted(at, points.thresholds, "left"), np.searchsorted(low, points.thresholds, "left"), sums,
            np.int32 if 2 * most < np.iinfo(np.int32).max else np.int64,
        )  # fmt: skip

    def numbers(self, copies: Whole) -> Float:
        """Every number of `keys` for each row of copies of patients.

        Parameters
        ----------
        copies
            (b, patients) whole numbers, zero or more.

        Returns
        -------
        float64 (b, keys); NaN where a row has no answer.
        """
        copies = copies.astype(self._dtype, copy=False)
        # Running sums begin with 0: entry i counts what lies below film (or level) i.
        negatives = _running(copies[:, self._of_negative], self._dtype)
        each = np.add.reduceat(copies[:, self._of_positive], self._levels, axis=1, dtype=self._dtype)
        positives = _running(each, self._dtype)
        with np.errstate(divide="ignore", invalid="ignore"):
            columns = [
                *self._curves(each, positives, negatives),
                *self._at_thresholds(positives, negatives),
                *self._at_shares(positives, negatives),
                *self._probabilities(copies, positives[:, -1].astype(np.float64)),
            ]
        found = np.stack(columns, axis=1)
        found[~np.isfinite(found)] = np.nan
        return found

    def _curves(self, each: Whole, positives: Whole, negatives: Whole) -> list[Float]:
        """Prevalence, F1 of calling all, AUROC, average precision, best F1."""
        p, n = positives[:, -1].astype(np.float64), negatives[:, -1].astype(np.float64)
        below = negatives[:, self._below]
        won = (each * (below + negatives[:, self._upto]).astype(np.float64)).sum(axis=1) / 2
        hits = (positives[:, -1:] - positives[:, :-1]).astype(np.float64)
        calls = hits + (negatives[:, -1:] - below)
        # Where nobody is called there are no hits either: any divisor gives the 0 that such a step adds.
        average = (each * (hits / np.maximum(calls, 1))).sum(axis=1) / p
        best = (2 * hits / np.maximum(calls + p[:, None], 1)).max(axis=1)
        return [p / (p + n), 2 * p / (2 * p + n), won / (p * n), average, np.where(p > 0, best, np.nan)]

    def _at_thresholds(self, positives: Whole, negatives: Whole) -> list[Float]:
        p, n = positives[:, -1].astype(np.float64), negatives[:, -1].astype(np.float64)
        found = []
        for level, film in zip(self._cut_levels, self._cut_negatives, strict=True):
            fn, tn = positives[:, level].astype(np.float64), negatives[:, film].astype(np.float64)
            tp, fp = p - fn, n - tn
            f1 = 2 * tp / (2 * tp + fp + fn)
            found += [
                tp / p, tn / n, tp / (tp + fp), tn / (tn + fn), f1, f1 - 2 * p / (2 * p + n),
                (tp / p) / (fp / n), (fn / p) / (tn / n), (tp + fp) / (p + n),
            ]  # fmt: skip
        return found

    def _at_shares(self, positives: Whole, negatives: Whole) -> list[Float]:
        """Best sensitivity at least specificity, and the reverse; see `roc.sensitivity_at`."""
        p, n = positives[:, -1].astype(np.float64), negatives[:, -1].astype(np.float64)
        found = []
        for share in self._points.specificities:
            target = np.maximum(np.ceil(share * n - _ROUNDING * n), 1)
            film = _first(negatives, target) - 1
            level = self._level_after[np.minimum(film, self._level_after.size - 1)]
            found.append((p - np.take_along_axis(positives, level[:, None], axis=1)[:, 0]) / np.where(n > 0, p, np.nan))
        for share in self._points.sensitivities:
            target = np.maximum(np.ceil(share * p - _ROUNDING * p), 1)
            level = _first(positives, p - target + 1) - 1  # the last that has no more than p - target below it
            film = self._below[np.clip(level, 0, self._below.size - 1)]
            found.append(np.take_along_axis(negatives, film[:, None], axis=1)[:, 0] / np.where(p > 0, n, np.nan))
        return found

    def _probabilities(self, copies: Whole, p: Float) -> list[Float]:
        if self._sums is None:
            return []
        error, expected, films = (copies.astype(np.float64) @ self._sums).T
        brier, prevalence = error / films, p / films
        return [brier, 1 - brier / (prevalence * (1 - prevalence)), (p - expected) / films, p / expected]


def _keys(points: Points, probability: bool) -> tuple[Key, ...]:
    names = ("prevalence", "f1_all_positive", "auroc", "average_precision", "best_f1")
    at_threshold = (
        "sensitivity", "specificity", "ppv", "npv", "f1", "f1_gain", "likelihood_positive", "likelihood_negative",
        "called",
    )  # fmt: skip
    calibration = ("brier", "brier_skill", "observed_minus_expected", "observed_over_expected")
    return (
        *(Key(name) for name in names),
        *(Key(name, at) for at in points.thresholds for name in at_threshold),
        *(Key("sensitivity_at_specificity", share) for share in points.specificities),
        *(Key("specificity_at_sensitivity", share) for share in points.sensitivities),
        *(Key(name) for name in (calibration if probability else ())),
    )


def _running(counts: Whole, dtype: type[np.signedinteger]) -> Whole:
    sums: Whole = np.zeros((counts.shape[0], counts.shape[1] + 1), dtype)
    np.cumsum(counts, axis=1, dtype=dtype, out=sums[:, 1:])
    return sums


def _first(running: Whole, target: Float) -> NDArray[np.intp]:
    """For each row, the first place whose running sum reaches the target."""
    # In the sums' own type: a target of another would have each row copied to it.
    targets = target.astype(running.dtype)
    return np.array([row.searchsorted(at) for row, at in zip(running, targets, strict=True)], np.intp)
