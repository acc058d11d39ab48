"""Whether probabilities mean what they say: among films called 30 %, are three in ten positive?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.tally import Estimate, estimate, resampled_cells, share
from wetread.evaluation.probability.goodness import Goodness, hosmer_lemeshow, spiegelhalter
from wetread.evaluation.probability.logistic import Groups, grouped, log_odds, logistic, probability
from wetread.evaluation.probability.lowess import lowess
from wetread.evaluation.scored import Scored
from wetread.intervals import Interval
from wetread.intervals.value import normal_quantile

__all__ = ["Bin", "Reliability", "reliability"]

Float = NDArray[np.float64]
_UNKNOWN = "none: no slope is the likeliest, the probabilities are all alike or part the classes"


@dataclass(frozen=True, slots=True)
class Bin:
    """Films whose probability lies from `low` to below `high`: how many, their mean probability, the positive share."""

    low: float
    high: float
    films: int
    patients: int
    mean_probability: float
    observed: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """How far probabilities are from what came, on one set of films. Every `Estimate` has its interval over patients.

    Parameters
    ----------
    bins, binning
        The reliability diagram, and in words how it was binned. Bins without films are left out.
    brier, skill
        Mean squared difference (Brier 1950), and 1 minus its ratio to that of stating the prevalence for every film.
    ece, rms, largest
        Mean, root mean square and largest absolute difference of the bins, weighted by films.
    ece_if_calibrated
        The mean `ece` that chance alone gives these films if every probability is right (labels drawn anew from them,
        films independent): `ece` is never 0, and is to be held against this. Resampling adds the same excess once more,
        so the interval of `ece` lies high.
    rms_debiased
        `rms` with each bin's sampling variance taken off (Kumar, Liang and Ma 2019); 0 where nothing is left.
    in_the_large
        Log-odds to add to every film's to bring the mean probability to the prevalence (slope fixed at 1); 0 is right.
    slope, intercept
        Of the logistic regression of the label on the log-odds (Cox 1958); 1 and 0 are right, a slope below 1 means
        probabilities too far apart.
    emax, e90, eavg
        Largest, 90 % quantile and mean of |probability - smooth| over films, the smooth by `lowess` (Harrell 2015).
    smooth_at, smooth
        float64 (m,): the smooth curve at up to 200 probabilities.
    hosmer_lemeshow, spiegelhalter
        Tests of the probabilities (1980, 1986) that take films as independent.
    spiegelhalter_by_patient
        The same statistic with the variance of the patients' sums.
    """

    name: str
    films: int
    patients: int
    clustered: bool
    prevalence: float
    mean_probability: float
    bins: tuple[Bin, ...]
    binning: str
    brier: Estimate
    skill: Estimate
    ece: Estimate
    rms: Estimate
    largest: Estimate
    ece_if_calibrated: float
    rms_debiased: float
    in_the_large: Estimate
    slope: Estimate
    intercept: Estimate
    emax: float
    e90: float
    eavg: float
    smooth_at: Float
    smooth: Float
    hosmer_lemeshow: Goodness
    spiegelhalter: Goodness
    spiegelhalter_by_patient: Goodness


def reliability(
    scored: Scored,
    *,
    bins: int = 10,
    scheme: str = "width",
    groups: int = 10,
    fitted: bool = False,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Reliability:
    """Hold the probabilities of a set against its labels.

    Parameters
    ----------
    bins, scheme
        How many bins, of equal "width" or of equal "count" of films, each from its low end to below its high end.
    groups
        Of Hosmer and Lemeshow's test, by quantiles of the probability.
    fitted
        True if the probabilities were fitted on these very films: the test then has groups - 2 degrees of freedom, and
        on other films as many as groups.

    Raises
    ------
    DataError
        If the scores are not called probabilities, or one class is missing.
    ConfigError
        For fewer than one bin or three groups, an unknown scheme, or fewer than no resamples.
    """
    if bins < 1 or groups < 3 or resamples < 0:
        raise ConfigError(f"at least 1 bin, 3 groups and 0 resamples, not {bins}, {groups} and {resamples}")
    if not scored.probability:
        raise DataError(f"{scored.name}: its scores are not called probabilities, so they cannot be calibrated ones")
    scored.both_classes("calibration")
    p, y = scored.score, scored.label
    place, edges, words = _binned(p, bins, scheme)
    like = grouped(log_odds(p), y)
    sums, draws, counts = _sums(scored, place, len(edges) - 1, like, resamples, seed)
    clustered = scored.patients < len(scored)

    def told(rate: Callable[[Float], Float]) -> Estimate:
        return estimate(float(rate(sums[None])[0]), rate(draws), clustered=clustered, level=level)

    curve = lowess(p, y.astype(np.float64))
    off = np.abs(p - curve)
    at = np.unique(np.quantile(p, np.linspace(0, 1, 200)))
    order = np.argsort(p)
    offset, intercept, slope = _lines(scored, like, counts, level, clustered)
    return Reliability(
        name=scored.name, films=len(scored), patients=scored.patients, clustered=clustered,
        prevalence=scored.prevalence, mean_probability=float(p.mean()),
        bins=_bins(scored, place, edges, draws, clustered, level), binning=words,
        brier=told(_brier), skill=told(_skill), ece=told(_ece), rms=told(_rms), largest=told(_largest),
        ece_if_calibrated=_by_chance(p, place, seed), rms_debiased=_debiased(sums),
        in_the_large=offset, slope=slope, intercept=intercept,
        emax=float(off.max()), e90=float(np.quantile(off, 0.9)), eavg=float(off.mean()),
        smooth_at=_frozen(at), smooth=_frozen(np.interp(at, p[order], curve[order])),
        hosmer_lemeshow=hosmer_lemeshow(p, y, groups=groups, fitted=fitted),
        spiegelhalter=spiegelhalter(p, y), spiegelhalter_by_patient=spiegelhalter(p, y, scored.patient),
    )  # fmt: skip


def _frozen(values: Float) -> Float:
    values.flags.writeable = False
    return values


def _binned(p: Float, bins: int, scheme: str) -> tuple[NDArray[np.intp], Float, str]:
    if scheme == "width":
        edges = np.arange(bins + 1) / bins  # 3 / 10 is the number that people write as 0.3
    elif scheme == "count":
        edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)))
        edges = edges if edges.size > 1 else np.append(edges, edges)
    else:
        raise ConfigError(f"no bins of equal {scheme!r}: choose width or count")
    place = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, edges.size - 2)
    return place, edges, f"{edges.size - 1} bins of equal {'width' if scheme == 'width' else 'number of films'}"


def _sums(
    scored: Scored, place: NDArray[np.intp], k: int, groups: Groups, resamples: int, seed: int
) -> tuple[Float, Float, Float]:
    """Sums on all films and on resamples, then the counts of the groups on resamples.

    Films, positives and probability of each bin, and last the squared error.
    """
    p, y = scored.score, scored.label.astype(np.float64)
    one, end = np.ones(p.size), 3 * k + 1
    cells = [
        (place, one),
        (k + place, y),
        (2 * k + place, p),
        (np.full(p.size, 3 * k), (p - y) ** 2),
        (end + groups.cell, one),
    ]
    size = end + 2 * groups.at.size
    sums, draws = resampled_cells(cells, size, scored.patient, resamples=resamples, seed=seed)
    return sums[:end], draws[:, :end], draws[:, end:]


def _parts(sums: Float) -> tuple[Float, Float, Float, Float]:
    n, y, p = np.split(sums[:, :-1], 3, axis=1)
    return n, y, p, sums[:, -1]


def _brier(sums: Float) -> Float:
    n, _, _, square = _parts(sums)
    value: Float = square / n.sum(axis=1)
    return value


def _skill(sums: Float) -> Float:
    n, y, _, _ = _parts(sums)
    prevalence = y.sum(axis=1) / n.sum(axis=1)
    known = (prevalence > 0) & (prevalence < 1)
    return np.where(known, 1 - _brier(sums) / np.where(known, prevalence * (1 - prevalence), 1), np.nan)


def _ece(sums: Float) -> Float:
    n, y, p, _ = _parts(sums)
    value: Float = np.abs(y - p).sum(axis=1) / n.sum(axis=1)
    return value


def _rms(sums: Float) -> Float:
    n, y, p, _ = _parts(sums)
    value: Float = np.sqrt(((y - p) ** 2 / np.where(n > 0, n, 1)).sum(axis=1) / n.sum(axis=1))
    return value


def _largest(sums: Float) -> Float:
    n, y, p, _ = _parts(sums)
    value: Float = (np.abs(y - p) / np.where(n > 0, n, 1)).max(axis=1)
    return value


def _debiased(sums: Float) -> float:
    n, y, p, _ = (part[0] for part in _parts(sums[None]))
    several = n > 1
    n, y, p = n[several], y[several], p[several]
    square = ((y - p) / n) ** 2 - (y / n) * (1 - y / n) / (n - 1)
    return math.sqrt(max(float((n * square).sum() / n.sum()), 0.0)) if n.size else math.nan


def _by_chance(p: Float, place: NDArray[np.intp], seed: int, times: int = 200) -> float:
    rng = np.random.default_rng(seed)
    found = [np.abs(np.bincount(place, weights=(rng.uniform(size=p.size) < p) - p)).sum() for _ in range(times)]
    return float(np.mean(found) / p.size)


def _bins(
    scored: Scored, place: NDArray[np.intp], edges: Float, draws: Float, clustered: bool, level: float
) -> tuple[Bin, ...]:
    found, k = [], len(edges) - 1
    for index in np.unique(place):
        member = place == index
        n, positive = int(member.sum()), int(scored.label[member].sum())
        there = draws[:, index]
        moved = np.where(there > 0, draws[:, k + index] / np.where(there > 0, there, 1), np.nan)
        patients = int(np.unique(scored.patient[member]).size)
        found.append(Bin(float(edges[index]), float(edges[index + 1]), n, patients, float(scored.score[member].mean()),
                         share(positive, n, moved, patients, clustered=clustered, level=level)))  # fmt: skip
    return tuple(found)


def _lines(
    scored: Scored, groups: Groups, draws: Float, level: float, clustered: bool
) -> tuple[Estimate, Estimate, Estimate]:
    """Calibration in the large, intercept and slope: Wald's interval for films, fitted on resamples for patients."""
    x, y = log_odds(scored.score), scored.label
    one, number = np.ones((x.size, 1)), groups.number
    offset = logistic(one, y, offset=x)[0]
    films = _wald(one, offset, x + offset[0], level)
    moved = _moved(np.ones((number.size, 1)), groups, draws, offset, number)
    found = [estimate(films[0].value, moved[:, 0], films[0], clustered=clustered, level=level)]
    both = np.column_stack([one, x])
    line = logistic(both, y)[0]
    if np.isfinite(line).all():
        films = _wald(both, line, both @ line, level)
        moved = _moved(np.column_stack([np.ones(number.size), number]), groups, draws, line)
    else:
        films = [Interval(math.nan, math.nan, math.nan, level, _UNKNOWN)] * 2
        moved = np.empty((0, 2))
    found += [estimate(each.value, moved[:, i], each, clustered=clustered, level=level) for i, each in enumerate(films)]
    return found[0], found[1], found[2]


def _moved(columns: Float, groups: Groups, draws: Float, exact: Float, offset: Float | None = None) -> Float:
    """Coefficients on resamples; what grouping moves them by on all films is taken off."""
    if not len(draws):
        return np.empty((0, exact.size))
    whole = np.bincount(groups.cell, minlength=groups.label.size).astype(np.float64)
    some = whole > 0
    columns, label, offset = columns[some], groups.label[some], None if offset is None else offset[some]
    middle = logistic(columns, label, whole[None, some], offset=offset, start=exact)[0]
    moved: Float = logistic(columns, label, draws[:, some], offset=offset, start=middle) - middle + exact
    return moved


def _wald(columns: Float, beta: Float, odds: Float, level: float) -> list[Interval]:
    p = probability(odds)
    error = np.sqrt(np.diag(np.linalg.inv((columns * (p * (1 - p))[:, None]).T @ columns)))
    half = normal_quantile(level) * error
    return [Interval(float(b), float(b - h), float(b + h), level, "Wald") for b, h in zip(beta, half, strict=True)]
