"""The ROC curve: its points, its area and parts of it, and what a threshold does on the films."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError
from wetread.evaluation.scored import Scored
from wetread.intervals import auroc

__all__ = [
    "OperatingPoint",
    "PartialArea",
    "Roc",
    "operating_point",
    "partial_auroc",
    "roc",
    "sensitivity_at",
    "specificity_at",
]

Float = NDArray[np.float64]
_ROUNDING = 1e-9  # a share of films that equals its target but for rounding reaches it


@dataclass(frozen=True, slots=True, eq=False)
class Roc:
    """The empirical ROC curve, from "no film is called" to "every film is called". Arrays are read-only.

    Parameters
    ----------
    threshold
        (k,) falling scores; a film is called positive at and above one. The first lies just above the highest score.
    sensitivity, specificity
        (k,) at each threshold, in [0, 1].
    auroc
        Area under the curve: chance that a positive film scores above a negative one, ties by halves.
    """

    name: str
    films: int
    positives: int
    threshold: Float
    sensitivity: Float
    specificity: Float
    auroc: float


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What calling films positive at and above `threshold` does on one set of films.

    A likelihood ratio whose denominator is 0 does not exist and is NaN.
    """

    threshold: float
    tp: int
    fp: int
    fn: int
    tn: int
    sensitivity: float
    specificity: float
    likelihood_positive: float
    likelihood_negative: float


@dataclass(frozen=True, slots=True)
class PartialArea:
    """Area under the part of the ROC curve where specificity (or sensitivity) lies in [low, high].

    Parameters
    ----------
    of
        "specificity" or "sensitivity".
    value
        The area itself, at most high - low.
    standardised
        The same between 0.5 (no better than chance) and 1 (perfect), after McClish (Med Decis Making 1989); below 0.5
        where the score is worse than chance there.
    """

    of: str
    low: float
    high: float
    value: float
    standardised: float


def roc(scored: Scored, *, corners: bool = False) -> Roc:
    """Draw the empirical ROC curve; films of one score are one step.

    Parameters
    ----------
    corners
        Leave out points on a straight line between their neighbours: the curve is the same, its list much shorter.

    Raises
    ------
    DataError
        With one class only.
    """
    scored = scored.both_classes("ROC curve")
    threshold, hits, alarms = _called(scored)
    if corners:
        keep = _corners(hits, alarms)
        threshold, hits, alarms = threshold[keep], hits[keep], alarms[keep]
    arrays = threshold, hits / scored.positives, 1 - alarms / scored.negatives
    for array in arrays:
        array.flags.writeable = False
    area = float(auroc(scored.score, scored.label)[0])
    return Roc(scored.name, len(scored), scored.positives, *arrays, area)


def _called(scored: Scored) -> tuple[Float, Float, Float]:
    """Thresholds from above the highest score down to the lowest, with positive and negative films called at each."""
    order = np.argsort(-scored.score, kind="stable")
    score, label = scored.score[order], scored.label[order]
    last = np.flatnonzero(np.append(score[1:] != score[:-1], True))
    hits, alarms = np.cumsum(label)[last], np.cumsum(~label)[last]
    above = np.nextafter(score[0], math.inf)
    return (
        np.concatenate([[above], score[last]]),
        np.concatenate([[0.0], hits.astype(np.float64)]),
        np.concatenate([[0.0], alarms.astype(np.float64)]),
    )


def _corners(hits: Float, alarms: Float) -> NDArray[np.bool_]:
    """Where the curve turns; counts are whole, so their products are exact."""
    up, along = np.diff(hits), np.diff(alarms)
    turns = up[1:] * along[:-1] != up[:-1] * along[1:]
    return np.concatenate([[True], turns, [True]])


def operating_point(scored: Scored, threshold: float) -> OperatingPoint:
    """Count what calling films positive at and above a threshold does.

    Raises
    ------
    DataError
        With one class only.
    ConfigError
        If the threshold is not finite.
    """
    if not math.isfinite(threshold):
        raise ConfigError(f"{scored.name}: a threshold is a finite score, not {threshold}")
    scored = scored.both_classes("sensitivity and specificity")
    called = scored.score >= threshold
    tp, fp = int((called & scored.label).sum()), int((called & ~scored.label).sum())
    fn, tn = scored.positives - tp, scored.negatives - fp
    sensitivity, specificity = tp / (tp + fn), tn / (tn + fp)
    return OperatingPoint(
        float(threshold), tp, fp, fn, tn, sensitivity, specificity,
        sensitivity / (fp / (tn + fp)) if fp else math.nan,
        (fn / (tp + fn)) / specificity if tn else math.nan,
    )  # fmt: skip


def sensitivity_at(scored: Scored, specificity: float) -> OperatingPoint:
    """The highest sensitivity that a threshold reaches while specificity is at least as stated.

    Points are those that films can reach; nothing is interpolated between them. If no score does it, no film is called.

    Raises
    ------
    DataError
        With one class only.
    ConfigError
        If the stated specificity lies outside (0, 1].
    """
    return _reached(scored, specificity, "specificity")


def specificity_at(scored: Scored, sensitivity: float) -> OperatingPoint:
    """The highest specificity that a threshold reaches while sensitivity is at least as stated; as `sensitivity_at`.

    Raises
    ------
    DataError
        With one class only.
    ConfigError
        If the stated sensitivity lies outside (0, 1].
    """
    return _reached(scored, sensitivity, "sensitivity")


def _reached(scored: Scored, target: float, which: str) -> OperatingPoint:
    if not 0 < target <= 1:
        raise ConfigError(f"{scored.name}: a {which} to keep lies in (0, 1], not at {target}: nine in ten is 0.9")
    curve = roc(scored)
    if which == "specificity":
        chosen = np.flatnonzero(curve.specificity >= target - _ROUNDING)[-1]
        chosen = np.flatnonzero(curve.sensitivity == curve.sensitivity[chosen])[0]
    else:
        chosen = np.flatnonzero(curve.sensitivity >= target - _ROUNDING)[0]
    return operating_point(scored, float(curve.threshold[chosen]))


def partial_auroc(scored: Scored, low: float, high: float, *, of: str = "specificity") -> PartialArea:
    """Area under the ROC curve where specificity (or sensitivity) lies in [low, high], straight between its points.

    Raises
    ------
    DataError
        With one class only.
    ConfigError
        If the range is none within [0, 1], or `of` names something else.
    """
    if of not in ("specificity", "sensitivity"):
        raise ConfigError(f"no partial area over {of!r}: choose specificity or sensitivity")
    if not 0 <= low < high <= 1:
        raise ConfigError(f"a partial area lies between two shares, low < high within 0 and 1, not {low} and {high}")
    curve = roc(scored)
    if of == "specificity":
        along, up = 1 - curve.specificity, curve.sensitivity
    else:  # the same curve seen from the other side: classes and directions change places
        along, up = 1 - curve.sensitivity[::-1], curve.specificity[::-1]
    begin, end = 1 - high, 1 - low
    value = _area(along, up, begin, end)
    least, most = (end * end - begin * begin) / 2, end - begin
    return PartialArea(of, float(low), float(high), value, (1 + (value - least) / (most - least)) / 2)


def _area(along: Float, up: Float, begin: float, end: float) -> float:
    """Trapezoids between two abscissae; within an upright piece the end counts at `begin`, the beginning at `end`."""
    inside = (along > begin) & (along < end)
    x = np.concatenate([[begin], along[inside], [end]])
    y = np.concatenate([[_height(along, up, begin)], up[inside], [_height(along, up, end, last=False)]])
    return float(np.trapezoid(y, x))


def _height(along: Float, up: Float, x: float, *, last: bool = True) -> float:
    """Height of the curve at x; at an upright piece its top, or with last=False its foot."""
    same = np.flatnonzero(along == x)
    if same.size:
        return float(up[same[-1] if last else same[0]])
    after = int(np.searchsorted(along, x))
    share = (x - along[after - 1]) / (along[after] - along[after - 1])
    return float(up[after - 1] + share * (up[after] - up[after - 1]))
