"""Decision curves: whether acting on a probability does more good than calling every film positive, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.tally import resampled_cells
from wetread.evaluation.scored import Scored

__all__ = ["DecisionCurve", "decision_curve", "net_benefit"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DecisionCurve:
    """Net benefit of three ways to decide, at each threshold probability; to call no film has 0 everywhere.

    Parameters
    ----------
    prevalence, reweighted
        Share of positive films that the benefit is for; True where that is not the set's own but a stated one.
    threshold
        float64 (k,), rising: a film is called from this probability on, and a false alarm is taken to do
        threshold / (1 - threshold) of the good of one hit.
    tp, fp
        (k,) films called rightly and wrongly.
    benefit, low, high
        (k,) net benefit of the model, in hits per film, with its pointwise interval over patients (NaN without resamples).
    all_positive
        (k,) of calling every film.
    gain, gain_low, gain_high
        (k,) of the model over the better of calling all and calling none, paired, over patients.
    avoided
        (k,) how many calls fewer per film than calling all, at no hit lost: (benefit - all_positive) / odds of threshold.
    useful
        Ranges of thresholds (first, last) where `gain_low` is above 0; on the given grid. Short ones at the far end stand
        on the few films called there.
    method
        How the intervals were made.
    """

    name: str
    films: int
    patients: int
    prevalence: float
    reweighted: bool
    threshold: Float
    tp: Float
    fp: Float
    benefit: Float
    low: Float
    high: Float
    all_positive: Float
    gain: Float
    gain_low: Float
    gain_high: Float
    avoided: Float
    useful: tuple[tuple[float, float], ...]
    level: float
    method: str


def net_benefit(tp: ArrayLike, fp: ArrayLike, films: ArrayLike, threshold: ArrayLike) -> Float:
    """Hits less weighted false alarms, per film: tp / n - fp / n * t / (1 - t) (Vickers and Elkin 2006).

    >>> float(net_benefit(75, 98, 750, 0.2).round(6))
    0.067333
    """
    t, n = np.asarray(threshold, np.float64), np.asarray(films, np.float64)
    value: Float = np.asarray(tp) / n - np.asarray(fp) / n * (t / (1 - t))
    return value


def decision_curve(
    scored: Scored,
    thresholds: Sequence[float] | Float | None = None,
    *,
    prevalence: float | None = None,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> DecisionCurve:
    """Net benefit at each threshold probability (None: 0.01 to 0.99).

    Parameters
    ----------
    prevalence
        Where the set was enriched: positives and negatives are weighted so that this share is positive. The
        probabilities stay as they are; restate them first (`recalibration.restated`) if they were made for another
        prevalence, since the threshold is a probability too.

    Raises
    ------
    DataError
        If the scores are not called probabilities, or one class is missing.
    ConfigError
        For thresholds or a prevalence outside (0, 1), or fewer than no resamples.
    """
    at = np.arange(1, 100) / 100 if thresholds is None else np.unique(np.asarray(thresholds, np.float64))
    if at.ndim != 1 or not at.size or not ((at > 0) & (at < 1)).all():
        raise ConfigError("threshold probabilities lie between 0 and 1, ends excluded: one in ten is 0.1")
    if prevalence is not None and not 0 < prevalence < 1:
        raise ConfigError(f"a prevalence lies between 0 and 1, not at {prevalence}: one in ten is 0.1")
    if not scored.probability:
        raise DataError(f"{scored.name}: its scores are not called probabilities, and a decision curve is of those")
    scored.both_classes("net benefit")
    rung = np.searchsorted(at, scored.score, side="right")  # how many thresholds call the film
    cell = np.where(scored.label, 0, at.size + 1) + rung
    sums, draws = resampled_cells(
        [(cell, np.ones(len(scored)))], 2 * (at.size + 1), scored.patient, resamples=resamples, seed=seed
    )
    tp, fp = (part[0] for part in _called(sums[None], at.size)[:2])
    value = _benefits(sums[None], at, prevalence)
    moved = _benefits(draws, at, prevalence)
    low, high = _ends(moved[0], level)
    gain_low, gain_high = _ends(moved[2], level)
    lost = int(np.isnan(moved[0][:, 0]).sum()) if len(draws) else 0
    how = f"pointwise percentiles over {resamples} resamples of patients" + (
        f", {lost} without an answer" if lost else ""
    )
    return DecisionCurve(
        name=scored.name, films=len(scored), patients=scored.patients,
        prevalence=scored.prevalence if prevalence is None else float(prevalence), reweighted=prevalence is not None,
        threshold=_frozen(at), tp=_frozen(tp), fp=_frozen(fp), benefit=_frozen(value[0][0]), low=low, high=high,
        all_positive=_frozen(value[1][0]), gain=_frozen(value[2][0]), gain_low=gain_low, gain_high=gain_high,
        avoided=_frozen((value[0][0] - value[1][0]) * (1 - at) / at), useful=_ranges(at, gain_low > 0),
        level=level, method=how if resamples else "no interval asked for",
    )  # fmt: skip


def _called(counts: Float, k: int) -> tuple[Float, Float, Float]:
    """True and false positives at each of k thresholds (b, k), and films of either class (b, 2), from cells."""
    sick, well = counts[:, : k + 1], counts[:, k + 1 :]
    hits, alarms = (np.cumsum(part[:, ::-1], axis=1)[:, ::-1] for part in (sick, well))
    return hits[:, 1:], alarms[:, 1:], np.stack([hits[:, 0], alarms[:, 0]], axis=1)


def _benefits(counts: Float, at: Float, prevalence: float | None) -> tuple[Float, Float, Float]:
    """Net benefit of the model and of calling all, and the gain over the better of all and none, each (b, k)."""
    hits, alarms, whole = _called(counts, at.size)
    sick, well = whole[:, :1], whole[:, 1:]
    if prevalence is None:
        share = sick / (sick + well)
    else:
        share = np.where((sick > 0) & (well > 0), prevalence, np.nan)
    se, fa = hits / np.where(sick > 0, sick, 1), alarms / np.where(well > 0, well, 1)
    model = net_benefit(share * se, (1 - share) * fa, 1, at)
    everything = net_benefit(share, 1 - share, 1, at)
    return model, everything, model - np.maximum(everything, 0)


def _ends(moved: Float, level: float) -> tuple[Float, Float]:
    """Pointwise percentiles; NaN where more than a tenth of the resamples have no answer."""
    known = moved[np.isfinite(moved).all(axis=1)]
    if not len(known) or len(known) < 0.9 * len(moved):
        return _frozen(np.full(moved.shape[1], np.nan)), _frozen(np.full(moved.shape[1], np.nan))
    low, high = np.percentile(known, (50 - 50 * level, 50 + 50 * level), axis=0)
    return _frozen(low), _frozen(high)


def _ranges(at: Float, good: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    edge = np.diff(np.concatenate([[0], good.astype(int), [0]]))
    pairs = zip(np.flatnonzero(edge == 1), np.flatnonzero(edge == -1), strict=True)
    return tuple((float(at[begin]), float(at[end - 1])) for begin, end in pairs)


def _frozen(values: Float) -> Float:
    values = np.array(values)
    values.flags.writeable = False
    return values
