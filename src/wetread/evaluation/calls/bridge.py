"""From one version of a model to the next: the threshold that keeps what the old one did."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.tally import Estimate, estimate, over_patients, resampled_sums
from wetread.evaluation.calls.ladder import Ladder
from wetread.evaluation.calls.prevalence import worth
from wetread.evaluation.calls.threshold import Tuned
from wetread.evaluation.scored import Scored
from wetread.intervals import Interval
from wetread.intervals.resampling import resampled

__all__ = ["Bridge", "bridge"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bridge:
    """The new version's threshold that keeps a rate of the old one, found on films that both have scored.

    Parameters
    ----------
    keep
        The rate that is kept: "sensitivity" or "specificity".
    old_threshold
        Of the old version, given.
    threshold
        Of the new one; its interval is over patients, the search repeated on each resample.
    old_sensitivity, old_specificity, sensitivity, specificity
        Of the old version at its threshold, and of the new one at the new: on these films, which chose it.
    kept
        New minus old in the rate that is kept, the thresholds held: paired, over patients. Its interval says how far
        the two may differ elsewhere.
    gained
        New minus old in the other rate, the search repeated on each resample: paired, over patients.
    hits_gained, hits_lost, alarms_gained, alarms_cleared
        Films whose call changes: positives newly called and no longer called, negatives likewise.
    tuned
        The new threshold, for `wetread.evaluation.calls.applied.apply` to test on other patients.
    """

    keep: str
    old_threshold: float
    threshold: Interval
    old_sensitivity: Estimate
    old_specificity: Estimate
    sensitivity: Estimate
    specificity: Estimate
    kept: Estimate
    gained: Estimate
    hits_gained: int
    hits_lost: int
    alarms_gained: int
    alarms_cleared: int
    tuned: Tuned


def bridge(
    old: Scored,
    new: Scored,
    threshold: float,
    *,
    keep: str = "sensitivity",
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Bridge:
    """Find the new version's threshold that keeps the old one's sensitivity (or specificity) at its `threshold`.

    It is the highest threshold with at least the old sensitivity, or the lowest with at least the old specificity.

    Raises
    ------
    ConfigError
        If the threshold is not a number, `keep` is neither rate, or no resample is asked for.
    DataError
        If the two sets differ in films, patients or labels, or hold one class only.
    """
    if keep not in ("sensitivity", "specificity"):
        raise ConfigError(f"a bridge keeps sensitivity or specificity, not {keep!r}")
    if math.isnan(threshold) or resamples < 1:
        raise ConfigError(f"a bridge needs a threshold and resamples, not {threshold} and {resamples}")
    old, new = _matched(old, new)
    was, y = old.score >= threshold, old.label
    floor = 0.0 if new.probability else None
    ladder = Ladder.of(new.score, y, floor=floor, corners=keep == "sensitivity")
    first, moved = resampled(partial(_search, ladder, was, y, keep), old.patient, resamples=resamples, seed=seed)
    chosen = float(first[0])
    found = over_patients(chosen, moved[:, 0], level=level)
    interval = Interval(chosen, min(found.low, chosen), max(found.high, chosen), level, found.method)
    before, after = (
        worth(one, cut, resamples=resamples, seed=seed, level=level) for one, cut in ((old, threshold), (new, chosen))
    )
    now, target = new.score >= chosen, before.sensitivity.value if keep == "sensitivity" else before.specificity.value
    return Bridge(
        keep=keep, old_threshold=float(threshold), threshold=interval,
        old_sensitivity=before.sensitivity, old_specificity=before.specificity,
        sensitivity=after.sensitivity, specificity=after.specificity,
        kept=_held(old, was, now, keep, resamples, seed, level),
        gained=estimate(float(first[1]), moved[:, 1], clustered=after.clustered, level=level),
        hits_gained=int((~was & now & y).sum()), hits_lost=int((was & ~now & y).sum()),
        alarms_gained=int((~was & now & ~y).sum()), alarms_cleared=int((was & ~now & ~y).sum()),
        tuned=Tuned(
            chosen, f"keeps the {keep} ({target:.4g}) of the old version at its threshold {threshold:.4g}", interval, keep,
            target, after.sensitivity.value, after.specificity.value, new.name, new.list_hash, len(new), new.patients,
            new.positives,
        ),
    )  # fmt: skip


def _matched(old: Scored, new: Scored) -> tuple[Scored, Scored]:
    """Both sets with their films in one order."""
    if old.list_hash != new.list_hash:
        raise DataError(f"{old.name} and {new.name} are not the same films: a bridge needs both versions on each film")
    old.both_classes("bridge")
    old, new = old.where(np.argsort(old.film)), new.where(np.argsort(new.film))
    if (old.label != new.label).any() or (old.patient != new.patient).any():
        wrong = int(((old.label != new.label) | (old.patient != new.patient)).sum())
        raise DataError(
            f"{old.name} and {new.name}: {wrong} films have another label or patient in one than in the other"
        )
    return old, new


def _search(ladder: Ladder, was: NDArray[np.bool_], y: NDArray[np.bool_], keep: str, weights: Float) -> Float:
    """On each row of weights (b, n): the new threshold, and new minus old in the other rate; NaN with one class."""
    hits, alarms = ladder.counts(weights)
    sick, well = hits[:, -1], alarms[:, -1]
    there, row = (sick > 0) & (well > 0), np.arange(len(weights))
    old_hits, old_alarms = weights @ (was & y), weights @ (was & ~y)
    if keep == "sensitivity":
        step = (hits >= old_hits[:, None]).argmax(axis=1)
        gain = (old_alarms - alarms[row, step]) / np.where(there, well, 1)
    else:
        step = (alarms <= old_alarms[:, None]).sum(axis=1) - 1
        gain = (hits[row, step] - old_hits) / np.where(there, sick, 1)
    return np.stack([np.where(there, ladder.cut[step], np.nan), np.where(there, gain, np.nan)], axis=1)


def _held(
    films: Scored, was: NDArray[np.bool_], now: NDArray[np.bool_], keep: str, resamples: int, seed: int, level: float
) -> Estimate:
    """New minus old in the rate that is kept, both thresholds held, on resampled patients."""
    of = films.label if keep == "sensitivity" else ~films.label
    better = (now.astype(np.float64) - was) * of * (1 if keep == "sensitivity" else -1)
    sums = resampled_sums(
        np.stack([better, of], axis=1).astype(np.float64), films.patient, resamples=resamples, seed=seed
    )
    with np.errstate(invalid="ignore"):
        draws = sums[:, 0] / sums[:, 1]
    return estimate(float(better.sum() / of.sum()), draws, clustered=films.patients < len(films), level=level)
