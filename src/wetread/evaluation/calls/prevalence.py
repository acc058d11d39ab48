"""What a call is worth where pneumonia is rare and where it is common: PPV, NPV and F1, never without the prevalence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.tally import Estimate, Tally, share, tally
from wetread.evaluation.scored import Scored
from wetread.intervals import Interval, proportion
from wetread.intervals.diagnostic import Counts
from wetread.intervals.value import normal_quantile

__all__ = ["AtPrevalence", "Worth", "f1", "f1_all_positive", "f1_at", "worth"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AtPrevalence:
    """What calls at one threshold are worth at one prevalence.

    Parameters
    ----------
    prevalence
        Share of positive films.
    stated
        True where the set's sensitivity and specificity were carried to a prevalence that somebody stated; False where
        films were counted, at the set's own.
    ppv, npv
        Share of calls, and of films not called, that are right.
    f1
        Harmonic mean of PPV and sensitivity.
    f1_all_positive
        F1 of calling every film positive at this prevalence: what F1 is to be held against.
    f1_gain
        `f1` minus `f1_all_positive`. Its interval is over patients, the prevalence of each resample its own.
    called
        Share of films called.
    """

    prevalence: float
    stated: bool
    ppv: Estimate
    npv: Estimate
    f1: Estimate
    f1_all_positive: float
    f1_gain: Estimate
    called: float

    def __str__(self) -> str:
        return (
            f"F1 {self.f1} at {self.prevalence:.1%} positive films, where calling every film positive gives "
            f"{self.f1_all_positive:.3f}"
        )


@dataclass(frozen=True, slots=True)
class Worth:
    """Calls of one set of films at one threshold: counts, rates that no prevalence changes, and those that it does.

    `clustered` says whether patients have several films; then every `Estimate.stated` is over patients.
    """

    name: str
    threshold: float
    films: int
    patients: int
    clustered: bool
    tp: int
    fp: int
    fn: int
    tn: int
    sensitivity: Estimate
    specificity: Estimate
    likelihood_ratio_positive: Estimate
    likelihood_ratio_negative: Estimate
    sample: AtPrevalence
    stated: tuple[AtPrevalence, ...]


def worth(
    scored: Scored,
    threshold: float,
    *,
    prevalences: Sequence[float] = (),
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Worth:
    """What calling films of `scored` at and above `threshold` is worth, at their own and at each stated prevalence.

    Intervals from formulas: exact for shares of films; F1 by the delta method; likelihood ratios on the logarithm
    (Simel 1991); predictive values at a stated prevalence on the log-odds (Mercaldo 2007). Where a count is 0 these do
    not exist, and the exact limits of sensitivity and specificity are carried over together.

    Raises
    ------
    ConfigError
        For a threshold that is not a number or a prevalence outside (0, 1).
    DataError
        With one class only.
    """
    for prevalence in prevalences:
        _checked(prevalence)
    found = tally(scored, threshold, resamples=resamples, seed=seed)
    tp, fp, fn, tn = (int(count) for count in found.counts)
    ratios = {
        "likelihood_ratio_positive": _carried(found, _ratio_positive, level, 0, "likelihood"),
        "likelihood_ratio_negative": _carried(found, _ratio_negative, level, 1, "likelihood"),
    }
    return Worth(
        name=scored.name, threshold=float(threshold), films=len(scored), patients=scored.patients,
        clustered=found.clustered, tp=tp, fp=fp, fn=fn, tn=tn,
        sensitivity=_share(found, (0, 2), found.sick, level), specificity=_share(found, (3, 1), found.well, level),
        sample=_at_sample(scored, threshold, found, level),
        stated=tuple(_at_stated(found, float(prevalence), level) for prevalence in prevalences),
        **ratios,
    )  # fmt: skip


def f1_all_positive(prevalence: float) -> float:
    """F1 of calling every film positive: precision is then the prevalence, sensitivity 1.

    >>> round(f1_all_positive(0.6875), 3)
    0.815
    """
    if not 0 <= prevalence <= 1:
        raise ConfigError(f"a prevalence lies between 0 and 1, not at {prevalence}: one in ten is 0.1")
    return 2 * prevalence / (1 + prevalence)


def f1_at(sensitivity: float, specificity: float, prevalence: float) -> float:
    """F1 where a share `prevalence` of films is positive, from the two rates that do not depend on it.

    >>> [round(f1_at(0.8, 0.8, p), 4) for p in (0.0128, 0.1, 0.5)]
    [0.0929, 0.4444, 0.8]
    """
    _checked(prevalence)
    hit, alarm = prevalence * sensitivity, (1 - prevalence) * (1 - specificity)
    return 2 * hit / (hit + alarm + prevalence)


def f1(tp: float, fp: float, fn: float, *, method: str = "delta", level: float = 0.95) -> Interval:
    """F1 from counts of independent films, with its interval.

    Parameters
    ----------
    tp, fp, fn
        True positives, false positives and false negatives; not all 0.
    method
        "delta": normal with variance F (1 - F) (2 - F) / (2 tp + fp + fn), kept within [0, 1].
        "exact", "wilson": F1 is 2 J / (1 + J) of Jaccard's share J = tp / (tp + fp + fn), so that share's limits are
        carried over; of use near 0 and 1, where the first collapses.

    Raises
    ------
    DataError
        If a count is negative or not finite, or nothing was called and nothing is positive.
    ConfigError
        For an unknown method.

    >>> str(f1(80, 20, 40))
    '0.727 (0.661-0.794)'
    """
    if not all(math.isfinite(count) and count >= 0 for count in (tp, fp, fn)) or tp + fp + fn == 0:
        raise DataError(f"no F1 from {tp} true positives, {fp} false positives and {fn} false negatives")
    union = tp + fp + fn
    value, total = 2 * tp / (tp + union), tp + union
    if method == "delta":
        half = normal_quantile(level) * math.sqrt(value * (1 - value) * (2 - value) / total)
        return Interval(value, max(value - half, 0.0), min(value + half, 1.0), level, "delta method")
    if method not in ("exact", "wilson"):
        raise ConfigError(f"no interval {method!r} for F1: choose delta, exact or wilson")
    jaccard = proportion(tp, union, method=method, level=level)
    low, high = (2 * end / (1 + end) for end in (jaccard.low, jaccard.high))
    return Interval(value, low, high, level, f"{jaccard.method}, of Jaccard's share")


def _at_sample(scored: Scored, threshold: float, found: Tally, level: float) -> AtPrevalence:
    called = scored.score >= threshold
    tp, fp, fn, tn = (float(count) for count in found.counts)
    units = [int(np.unique(scored.patient[part]).size) for part in (called, ~called, called | scored.label)]
    formula = f1(tp, fp, fn, method="delta" if tp and fp + fn else "exact", level=level)
    constant = f1_all_positive(scored.prevalence)
    return AtPrevalence(
        prevalence=scored.prevalence,
        stated=False,
        ppv=_share(found, (0, 1), units[0], level),
        npv=_share(found, (3, 2), units[1], level),
        f1=_not_collapsed(found.estimate(_f1, formula, level=level), units[2], found.clustered),
        f1_all_positive=constant,
        f1_gain=found.estimate(_f1_gain, level=level),
        called=(tp + fp) / (tp + fp + fn + tn),
    )


def _not_collapsed(found: Estimate, units: int, clustered: bool) -> Estimate:
    """At 0 and 1 every resample repeats the value: the exact interval for as many patients, who all agree, instead."""
    if found.value not in (0.0, 1.0) or found.patients is None:
        return found
    hits = units if found.value else 0
    exact = f1(hits, units - hits, 0, method="exact", level=found.patients.level)
    patients = Interval(exact.value, exact.low, exact.high, exact.level, f"{exact.method}, {units} patients who agree")
    return Estimate(patients if clustered or found.films is None else found.films, found.films, patients)


def _at_stated(found: Tally, prevalence: float, level: float) -> AtPrevalence:
    def at(rate: Callable[[Float, Float, float], Float]) -> Callable[[Float, Float], Float]:
        return lambda se, sp: rate(se, sp, prevalence)

    se, sp = (float(rate[0]) for rate in _rates(found.counts[None]))
    score = _carried(found, at(_f1_of_rates), level, 2, "f1", prevalence)
    constant = f1_all_positive(prevalence)
    return AtPrevalence(
        prevalence=prevalence,
        stated=True,
        ppv=_carried(found, at(_ppv_of_rates), level, 0, "predictive", prevalence),
        npv=_carried(found, at(_npv_of_rates), level, 1, "predictive", prevalence),
        f1=score,
        f1_all_positive=constant,
        f1_gain=_less(score, constant),
        called=prevalence * se + (1 - prevalence) * (1 - sp),
    )


def _carried(
    found: Tally,
    of_rates: Callable[[Float, Float], Float],
    level: float,
    which: int,
    formula: str,
    prevalence: float = math.nan,
) -> Estimate:
    """A function of sensitivity and specificity alone, with the formula's interval and that over patients."""
    se, sp = _rates(found.counts[None])
    value = float(of_rates(se, sp)[0])
    if found.counts.all():
        counts = Counts(*(float(count) for count in found.counts))
        if formula == "f1":
            films = _f1_interval(counts, prevalence, level)
        elif formula == "predictive":
            films = counts.predictive_values(prevalence, level=level)[which]
        else:
            films = counts.likelihood_ratios(level=level)[which]
        return found.estimate(lambda counts: of_rates(*_rates(counts)), films, level=level)
    tp, fp, fn, tn = (float(count) for count in found.counts)
    films = _box(value, of_rates, (tp, tp + fn), (tn, tn + fp), level, "films")
    if not len(found.draws):
        return Estimate(films, films)
    rates = float(se[0]) * found.sick, float(sp[0]) * found.well
    patients = _box(value, of_rates, (rates[0], found.sick), (rates[1], found.well), level, "patients")
    return Estimate(patients if found.clustered else films, films, patients)


def _box(
    value: float,
    of_rates: Callable[[Float, Float], Float],
    hits: tuple[float, float],
    passes: tuple[float, float],
    level: float,
    units: str,
) -> Interval:
    """Exact limits of both rates at half the error each (Bonferroni): the function rises, or falls, in both."""
    each = 1 - (1 - level) / 2
    se, sp = proportion(*hits, level=each), proportion(*passes, level=each)
    ends = of_rates(np.array([se.low, se.high]), np.array([sp.low, sp.high]))
    low, high = float(np.min(ends)), float(np.max(ends))
    return Interval(value, low, high, level, f"exact limits of sensitivity and specificity together, counting {units}")


def _f1_interval(counts: Counts, prevalence: float, level: float) -> Interval:
    """Delta method on the log-odds of Jaccard's share J = F1 / (2 - F1), the two rates independent."""
    sick, well = counts.tp + counts.fn, counts.fp + counts.tn
    se, alarm = counts.tp / sick, counts.fp / well
    value = f1_at(se, 1 - alarm, prevalence)
    jaccard = value / (2 - value)
    # log J = log se + log prevalence - log(prevalence + (1 - prevalence) alarm)
    of_alarm = (1 - prevalence) / (prevalence + (1 - prevalence) * alarm)
    variance = (1 - se) / se / sick + of_alarm**2 * alarm * (1 - alarm) / well
    middle, half = math.log(jaccard / (1 - jaccard)), normal_quantile(level) * math.sqrt(variance) / (1 - jaccard)
    low, high = (1 / (1 + math.exp(-x)) for x in (middle - half, middle + half))
    return Interval(
        value, 2 * low / (1 + low), 2 * high / (1 + high), level, "delta method on the log-odds of Jaccard's share"
    )


def _less(found: Estimate, constant: float) -> Estimate:
    def moved(interval: Interval | None) -> Interval | None:
        return interval and Interval(interval.value - constant, interval.low - constant, interval.high - constant,
                                     interval.level, interval.method)  # fmt: skip

    stated = moved(found.stated)
    assert stated is not None
    return Estimate(stated, moved(found.films), moved(found.patients))


def _share(found: Tally, columns: tuple[int, int], units: int, level: float) -> Estimate:
    yes, no = columns
    draws = _divide(found.draws[:, yes], found.draws[:, yes] + found.draws[:, no])
    counts = found.counts
    return share(
        float(counts[yes]), float(counts[yes] + counts[no]), draws, units, clustered=found.clustered, level=level
    )


def _checked(prevalence: float) -> None:
    if not 0 < prevalence < 1:
        raise ConfigError(
            f"a stated prevalence lies between 0 and 1, ends excluded, not at {prevalence}: one in ten is 0.1"
        )


def _divide(part: Float, whole: Float) -> Float:
    """NaN of 0 of 0, infinite of something of 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Float = np.asarray(part, np.float64) / whole
    return ratio


def _rates(counts: Float) -> tuple[Float, Float]:
    """Sensitivity and specificity of counts (b, 4)."""
    tp, fp, fn, tn = counts.T
    return _divide(tp, tp + fn), _divide(tn, tn + fp)


def _ratio_positive(se: Float, sp: Float) -> Float:
    return _divide(se, 1 - sp)


def _ratio_negative(se: Float, sp: Float) -> Float:
    return _divide(1 - se, sp)


def _ppv_of_rates(se: Float, sp: Float, prevalence: float) -> Float:
    return _divide(prevalence * se, prevalence * se + (1 - prevalence) * (1 - sp))


def _npv_of_rates(se: Float, sp: Float, prevalence: float) -> Float:
    return _divide((1 - prevalence) * sp, (1 - prevalence) * sp + prevalence * (1 - se))


def _f1_of_rates(se: Float, sp: Float, prevalence: float) -> Float:
    return _divide(2 * prevalence * se, prevalence * se + (1 - prevalence) * (1 - sp) + prevalence)


def _f1(counts: Float) -> Float:
    tp, fp, fn, _ = counts.T
    return _divide(2 * tp, 2 * tp + fp + fn)


def _f1_gain(counts: Float) -> Float:
    tp, fp, fn, tn = counts.T
    sick = tp + fn
    gain: Float = _f1(counts) - 2 * sick / (sick + tp + fp + fn + tn)
    return gain
