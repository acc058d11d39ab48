"""AUROC with its variance in closed form, by film or by patient, and tests of two areas.

By film: DeLong, DeLong and Clarke-Pearson (Biometrics 1988), from ranks as Sun and Xu (IEEE Signal Process Lett 2014),
so n log n. By patient: Obuchowski (Biometrics 1997), which is the same where each patient has one film.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.scored import Scored
from wetread.intervals import Interval
from wetread.intervals.value import normal_quantile

__all__ = ["Area", "AreaDifference", "area", "covariance", "paired_difference", "placements", "unpaired_difference"]

Float = NDArray[np.float64]
_UNITS = {"patient": "Obuchowski, films clustered by patient", "film": "DeLong, films taken as independent"}


@dataclass(frozen=True, slots=True)
class Area:
    """An AUROC with its variance.

    Parameters
    ----------
    unit
        "patient" or "film": what was taken as independent.
    interval
        The AUROC and its interval; `interval.method` says how it was made.
    variance
        Estimated variance of the AUROC; 0 where the score parts the classes without error, or is the same everywhere.
    """

    name: str
    films: int
    patients: int
    positives: int
    unit: str
    interval: Interval
    variance: float


@dataclass(frozen=True, slots=True)
class AreaDifference:
    """The AUROC of one minus that of another, with a two-sided test of no difference.

    Parameters
    ----------
    first, second
        The two areas.
    difference
        first - second with its normal interval; NaN limits where there is no standard error.
    standard_error, z, p
        Of the difference. Where the standard error is 0: no difference has z 0 and p 1, any other has NaN.
    covariance
        Of the two areas: 0 where they have no patient in common.
    df, p_welch
        Of two areas without a unit in common: Welch's degrees of freedom, and p from Student's t with as many, which is
        what some programs print for the unpaired test. NaN otherwise.
    """

    first: float
    second: float
    difference: Interval
    standard_error: float
    z: float
    p: float
    covariance: float
    unit: str
    df: float = math.nan
    p_welch: float = math.nan


def placements(scored: Scored) -> tuple[Float, Float]:
    """For each positive film the share of negatives it beats, and for each negative the share of positives that beat it.

    Returns
    -------
    (positives,) and (negatives,) in [0, 1], ties by halves, in the order of the films. The mean of each is the AUROC.

    Raises
    ------
    DataError
        With one class only.
    """
    scored = scored.both_classes("AUROC")
    positive, negative = scored.score[scored.label], scored.score[~scored.label]
    return _beats(positive, negative), 1 - _beats(negative, positive)


def _beats(these: Float, those: Float) -> Float:
    those = np.sort(those)
    share: Float = (np.searchsorted(those, these, "left") + np.searchsorted(those, these, "right")) / (2 * those.size)
    return share


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """What one area's variance is made of: its value, and what each unit adds to it above or below the mean."""

    value: float
    units: NDArray[np.generic]
    positive: Float  # (units,) sums over the unit's positive films, divided by their number
    negative: Float
    with_positive: int
    with_negative: int


def _parts(scored: Scored, unit: str) -> _Parts:
    if unit not in _UNITS:
        raise ConfigError(f"no unit {unit!r} for the variance of an AUROC: choose patient or film")
    wins, losses = placements(scored)
    value = float(wins.mean())
    name = scored.patient if unit == "patient" else scored.film
    units, of = np.unique(name, return_inverse=True)
    positive = np.bincount(of[scored.label], wins - value, units.size) / wins.size
    negative = np.bincount(of[~scored.label], losses - value, units.size) / losses.size
    with_positive, with_negative = (int(np.unique(of[which]).size) for which in (scored.label, ~scored.label))
    if min(with_positive, with_negative) < 2:
        raise DataError(
            f"{scored.name}: a variance needs at least two {unit}s with positive and two with negative films, "
            f"not {with_positive} and {with_negative}: add films, or give the AUROC without an interval"
        )
    return _Parts(value, units, positive, negative, with_positive, with_negative)


def _covariance(parts: Sequence[_Parts]) -> Float:
    """Obuchowski's covariance of areas that share all units (the same films)."""
    positive = np.stack([part.positive for part in parts])
    negative = np.stack([part.negative for part in parts])
    i10, i01, i = parts[0].with_positive, parts[0].with_negative, parts[0].units.size
    cross = positive @ negative.T
    return (
        i10 / (i10 - 1) * positive @ positive.T
        + i01 / (i01 - 1) * negative @ negative.T
        + i / (i - 1) * (cross + cross.T)
    )


def area(scored: Scored, *, unit: str = "patient", method: str = "logit", level: float = 0.95) -> Area:
    """AUROC with a closed-form variance and interval.

    Parameters
    ----------
    unit
        "patient" (Obuchowski 1997) or "film" (DeLong 1988).
    method
        "logit": normal on the log-odds of the area, so that limits stay within 0 and 1. "normal": on the area itself,
        limits cut at 0 and 1. An area of exactly 0 or 1 has no standard error: its bound is exact for as many pairs of
        one positive and one negative as can be made without using a patient twice, each won (Clopper-Pearson).

    Raises
    ------
    DataError
        With fewer than two units of a class.
    ConfigError
        For an unknown unit or method, or a level outside (0, 1).
    """
    _known(method, level)
    parts = _parts(scored, unit)
    variance = max(float(_covariance([parts])[0, 0]), 0.0)
    pairs = min(parts.with_positive, parts.with_negative, parts.units.size // 2)
    interval = _interval(parts.value, variance, pairs, method, level, _UNITS[unit])
    return Area(scored.name, len(scored), scored.patients, scored.positives, unit, interval, variance)


def _known(method: str, level: float) -> None:
    if method not in ("logit", "normal"):
        raise ConfigError(f"no interval {method!r} for an AUROC: choose logit or normal")
    if not 0 < level < 1:
        raise ConfigError(f"an interval's level lies between 0 and 1, not at {level}: 95 % is 0.95")


def _interval(value: float, variance: float, pairs: int, method: str, level: float, words: str) -> Interval:
    if value in (0, 1):
        bound = ((1 - level) / 2) ** (1 / pairs)
        words = f"exact for {pairs} pairs without a patient in common, since no pair of films is out of order"
        return Interval(value, bound if value else 0.0, 1.0 if value else 1 - bound, level, words)
    if not variance:
        return Interval(value, value, value, level, f"{words}; no unit differs from another, so the variance is 0")
    half = normal_quantile(level) * math.sqrt(variance)
    if method == "normal":
        return Interval(value, max(value - half, 0.0), min(value + half, 1.0), level, f"{words}; normal")
    middle, half = math.log(value / (1 - value)), half / (value * (1 - value))
    low, high = (1 / (1 + math.exp(-(middle + side))) for side in (-half, half))
    return Interval(value, low, high, level, f"{words}; normal on the log-odds")


def covariance(models: Sequence[Scored], *, unit: str = "patient") -> Float:
    """Covariance matrix of the AUROCs of several scores of the same films, (k, k).

    Raises
    ------
    DataError
        If the sets differ in films, patients or labels; with fewer than two units of a class.
    ConfigError
        With no set, or for an unknown unit.
    """
    if not models:
        raise ConfigError("a covariance is of at least one set of scores")
    for other in models[1:]:
        _same_films(models[0], other)
    return _covariance([_parts(scored, unit) for scored in models])


def _same_films(first: Scored, second: Scored) -> None:
    """Order does not matter: units and sums come sorted."""
    one, two = np.argsort(first.film), np.argsort(second.film)
    for what in ("film", "patient", "label"):
        if not np.array_equal(getattr(first, what)[one], getattr(second, what)[two]):
            raise DataError(
                f"{first.name} and {second.name} are not the same films with the same patients and labels (they differ "
                f"by {what}): a paired comparison needs that; keep the films they have in common, or compare unpaired"
            )


def paired_difference(first: Scored, second: Scored, *, unit: str = "patient", level: float = 0.95) -> AreaDifference:
    """Compare the AUROCs of two scores of the same films, in any order.

    Raises
    ------
    DataError
        If films, patients or labels differ; with fewer than two units of a class.
    ConfigError
        For an unknown unit, or a level outside (0, 1).
    """
    _known("normal", level)
    matrix = covariance([first, second], unit=unit)
    values = tuple(float(placements(scored)[0].mean()) for scored in (first, second))
    return _difference(values, matrix, unit, level, f"{_UNITS[unit]}; paired, normal")


def unpaired_difference(first: Scored, second: Scored, *, unit: str = "patient", level: float = 0.95) -> AreaDifference:
    """Compare AUROCs of two sets of different films. Patients who have films in both are allowed for.

    With unit "patient", each patient's part in one area times the same patient's part in the other, summed, is the
    covariance; without a patient in common it is 0, as by DeLong.

    Raises
    ------
    DataError
        If a film stands in both sets (then compare paired); with fewer than two units of a class.
    ConfigError
        For an unknown unit, or a level outside (0, 1).
    """
    _known("normal", level)
    twice = np.intersect1d(first.film, second.film).size
    if twice:
        raise DataError(
            f"{first.name} and {second.name} have {twice} films in common: compare them paired, on films that both "
            "scored, or take the films out of one"
        )
    parts = [_parts(scored, unit) for scored in (first, second)]
    matrix = np.diag([float(_covariance([part])[0, 0]) for part in parts])
    shared, one, two = np.intersect1d(parts[0].units, parts[1].units, return_indices=True)
    if shared.size:
        everybody = parts[0].units.size + parts[1].units.size - shared.size
        whole = [part.positive + part.negative for part in parts]
        matrix[0, 1] = matrix[1, 0] = everybody / (everybody - 1) * float(whole[0][one] @ whole[1][two])
    found = _difference((parts[0].value, parts[1].value), matrix, unit, level, f"{_UNITS[unit]}; unpaired, normal")
    return found if shared.size else _with_welch(found, np.diag(matrix), [part.units.size for part in parts])


def _with_welch(found: AreaDifference, variances: Float, units: list[int]) -> AreaDifference:
    from scipy.special import stdtr

    if not found.standard_error:
        return found
    df = float(variances.sum() ** 2 / (variances**2 / (np.array(units) - 1)).sum())
    return replace(found, df=df, p_welch=float(2 * stdtr(df, -abs(found.z))))


def _difference(values: tuple[float, ...], matrix: Float, unit: str, level: float, words: str) -> AreaDifference:
    first, second = values
    difference = first - second
    variance = float(matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1])
    # What cancels in full leaves rounding behind.
    error = math.sqrt(variance) if variance > 1e-14 * float(np.trace(matrix)) else 0.0
    if error:
        z = difference / error
    else:
        z = 0.0 if abs(difference) < 1e-12 else math.nan
    p = math.erfc(abs(z) / math.sqrt(2))
    half = normal_quantile(level) * error if not math.isnan(z) else math.nan
    interval = Interval(difference, difference - half, difference + half, level, words)
    return AreaDifference(first, second, interval, error, z, p, float(matrix[0, 1]), unit)
