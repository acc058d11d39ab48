"""Every headline number with its intervals, all from the same resamples of patients.

Patients are drawn with replacement, with all their films (cluster bootstrap, Field and Welsh, J R Stat Soc B 2007).
Blocks of resamples have random streams of their own: the numbers depend on the seed alone, not on threads or memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.alike import exact_instead
from wetread.evaluation.bootstrap.draws import BLOCK, copies
from wetread.evaluation.bootstrap.weighted import Key, Points, Weighted
from wetread.evaluation.scored import Scored
from wetread.intervals import Interval
from wetread.intervals.bca import bca_interval
from wetread.intervals.resampling import percentile_interval

__all__ = ["Estimate", "Headline", "Moved", "Points", "difference", "headline", "moved"]

Float = NDArray[np.float64]
_PUSHED = ("average_precision", "best_f1")  # higher on resamples than on films, since copies agree with each other
_AT_ONCE = 500_000  # films times resamples that one thread works on: a few MB, so that it stays near the processor
_USUAL = Points()
_GROUPS = 2000  # most groups that the jackknife leaves out, one at a time


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with two intervals over the same resampled patients.

    Parameters
    ----------
    name
        "auroc", "average_precision", "sensitivity", ...: `Headline` lists them.
    at
        The threshold, specificity or sensitivity it is taken at; None for those that are taken at none.
    percentile, bca
        The estimate with its limits. BCa is the one to print: resamples of average_precision and best_f1 lie too high,
        since copies of a film never part, and BCa takes that off. Limits are NaN where an interval cannot be had, and
        exact ones stand where every resample gives the same (`alike.exact_instead`); `method` says so.
    unanswered
        Resamples in which the number does not exist (one class only, nobody called, ...).
    """

    name: str
    at: float | None
    percentile: Interval
    bca: Interval
    unanswered: int

    @property
    def value(self) -> float:
        """The number on all films; NaN where it does not exist."""
        return self.percentile.value

    @property
    def stated(self) -> Interval:
        """The one to print: percentile, but BCa for the numbers that copies of films push up in every resample."""
        pushed = self.name in _PUSHED and np.isfinite([self.bca.low, self.bca.high]).all()
        return self.bca if pushed else self.percentile


@dataclass(frozen=True, slots=True)
class Headline:
    """The numbers of one set of films (or, from `difference`, of one score minus another), as `estimates`.

    Always: prevalence, f1_all_positive (F1 of calling every film positive), auroc, average_precision, best_f1 (over all
    thresholds of each resample: it flatters). At each threshold: sensitivity, specificity, ppv, npv, f1, f1_gain (f1
    less f1_all_positive), likelihood_positive, likelihood_negative, called (share of films).
    At each share: sensitivity_at_specificity, specificity_at_sensitivity. Of probabilities: brier, brier_skill (1 less
    brier over that of the prevalence said of every film), observed_minus_expected (prevalence less mean probability),
    observed_over_expected.

    Parameters
    ----------
    groups
        How many groups of patients the jackknife behind BCa left out, one at a time; all patients singly if they are
        2,000 or fewer.
    """

    name: str
    films: int
    patients: int
    positives: int
    resamples: int
    seed: int
    groups: int
    estimates: tuple[Estimate, ...]

    def find(self, name: str, at: float | None = None) -> Estimate:
        """The estimate of a name, at a threshold or share.

        Raises
        ------
        ConfigError
            If it is not among them.
        """
        for estimate in self.estimates:
            if (estimate.name, estimate.at) == (name, at):
                return estimate
        there = ", ".join(sorted({each.name for each in self.estimates}))
        where = "" if at is None else f" at {at}"
        raise ConfigError(f"{self.name}: no estimate {name!r}{where}: there are {there}, each where it was asked for")


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """The numbers themselves: `value` (k,), on `resamples` (b, k), and without each group of patients, `left_out` (g, k).

    Columns are those of `keys`, (name, at). NaN where there is no answer. What is computed from several columns row by
    row (a PPV at another prevalence, a ratio) has its interval from the same rows.
    """

    keys: tuple[Key, ...]
    value: Float
    resamples: Float
    left_out: Float

    def column(self, name: str, at: float | None = None) -> tuple[float, Float, Float]:
        """Value, resamples and jackknife of one number.

        Raises
        ------
        ConfigError
            If it is not among the keys.
        """
        if Key(name, at) not in self.keys:
            raise ConfigError(f"no number {name!r} at {at}: there are {', '.join(sorted({k.name for k in self.keys}))}")
        index = self.keys.index(Key(name, at))
        return float(self.value[index]), self.resamples[:, index], self.left_out[:, index]


def headline(
    scored: Scored,
    *,
    points: Points = _USUAL,
    resamples: int = 10_000,
    seed: int = 0,
    level: float = 0.95,
    threads: int = 2,
) -> Headline:
    """Every headline number of one set of films, with percentile and BCa intervals over resampled patients.

    Parameters
    ----------
    points
        Thresholds, specificities and sensitivities that numbers are taken at.
    threads
        How many at once; the numbers do not depend on it.

    Raises
    ------
    DataError
        With one class or one patient only.
    ConfigError
        If the level lies outside (0, 1), or there are no resamples.
    """
    _known(level)
    drawn = moved(scored, points=points, resamples=resamples, seed=seed, threads=threads)
    return _summary(scored.name, scored, drawn, seed, level)


def difference(
    first: Scored,
    second: Scored,
    *,
    points: Points = _USUAL,
    second_thresholds: Sequence[float] | None = None,
    resamples: int = 10_000,
    seed: int = 0,
    level: float = 0.95,
    threads: int = 2,
) -> Headline:
    """Every headline number of one score minus that of another of the same films, both on the same resamples (paired).

    Parameters
    ----------
    second_thresholds
        Where the second score is called, one for each of `points.thresholds`; the same where None. `Estimate.at` is the
        first's.

    Raises
    ------
    DataError
        If films, patients or labels differ; as `headline`.
    ConfigError
        If the thresholds are not as many; as `headline`.
    """
    _known(level)
    _paired(first, second)
    others = points if second_thresholds is None else replace(points, thresholds=tuple(second_thresholds))
    if len(others.thresholds) != len(points.thresholds):
        raise ConfigError(
            f"{len(points.thresholds)} thresholds of the first score and {len(others.thresholds)} of the second: give pairs"
        )
    # Calibration is compared where both scores are probabilities.
    both = first.probability and second.probability
    one, two = (
        moved(replace(scored, probability=both), points=where, resamples=resamples, seed=seed, threads=threads)
        for scored, where in ((first, points), (second, others))
    )
    apart = Moved(one.keys, one.value - two.value, one.resamples - two.resamples, one.left_out - two.left_out)
    return _summary(f"{first.name} minus {second.name}", first, apart, seed, level, own=False)


def _known(level: float) -> None:
    if not 0 < level < 1:
        raise ConfigError(f"an interval's level lies between 0 and 1, not at {level}: 95 % is 0.95")


def _paired(first: Scored, second: Scored) -> None:
    one, two = np.argsort(first.film), np.argsort(second.film)
    for what in ("film", "patient", "label"):
        if not np.array_equal(getattr(first, what)[one], getattr(second, what)[two]):
            raise DataError(
                f"{first.name} and {second.name} are not the same films with the same patients and labels (they differ "
                f"by {what}): a difference on the same resamples needs that; keep the films they have in common"
            )


def moved(
    scored: Scored, *, points: Points = _USUAL, resamples: int = 10_000, seed: int = 0, threads: int = 2
) -> Moved:
    """The numbers of `headline` as they are, on resampled patients and without groups of patients.

    Raises
    ------
    DataError, ConfigError
        As `headline`.
    """
    if resamples < 1 or threads < 1:
        raise ConfigError(f"{scored.name}: at least one resample and one thread, not {resamples} and {threads}")
    films = Weighted.of(scored.both_classes("AUROC"), points)
    if films.patients < 2:
        raise DataError(f"{scored.name}: all films are of one patient: there is nobody to draw instead")
    at_once = max(1, _AT_ONCE // films.films)

    def block(number: int) -> Float:
        rows = min(BLOCK, resamples - number * BLOCK)
        return _in_parts(films, copies(films.patients, seed, number, rows), at_once)

    with ThreadPoolExecutor(threads) as pool:
        drawn = np.concatenate(list(pool.map(block, range(-(-resamples // BLOCK)))))
        left_out = _left_out(films, seed, at_once, pool)
    whole = films.numbers(np.ones((1, films.patients), np.int32))[0]
    return Moved(films.keys, whole, drawn, left_out)


def _in_parts(films: Weighted, rows: Iterator[NDArray[np.int32]], at_once: int) -> Float:
    found, held = [], []
    for row in rows:
        held.append(row)
        if len(held) == at_once:
            found.append(films.numbers(np.stack(held)))
            held = []
    if held:
        found.append(films.numbers(np.stack(held)))
    return np.concatenate(found)


def _left_out(films: Weighted, seed: int, at_once: int, pool: ThreadPoolExecutor) -> Float:
    """Without each group of patients in turn. Groups are drawn, since neighbours by name may be alike."""
    groups = min(films.patients, _GROUPS)
    of = np.arange(films.patients) % groups
    if groups < films.patients:
        of = np.random.default_rng([seed, 1 << 40]).permutation(of)

    def part(begin: int) -> Float:
        rows = range(begin, min(begin + BLOCK, groups))
        return _in_parts(films, ((of != group).astype(np.int32) for group in rows), at_once)

    return np.concatenate(list(pool.map(part, range(0, groups, BLOCK))))


def _summary(name: str, scored: Scored, drawn: Moved, seed: int, level: float, *, own: bool = True) -> Headline:
    """With `own`, numbers are of `scored` itself, and those that no resample moves have exact intervals instead."""
    estimates = []
    for index, (key, at) in enumerate(drawn.keys):
        value, resamples, left_out = float(drawn.value[index]), drawn.resamples[:, index], drawn.left_out[:, index]
        known = resamples[~np.isnan(resamples)]
        unanswered = resamples.size - known.size
        if own and known.size and (known == value).all():
            percentile = bca = exact_instead(scored, key, at, value, level)
        else:
            percentile = _or_none(percentile_interval, value, level, resamples)
            bca = _or_none(bca_interval, value, level, resamples, left_out)
        estimates.append(Estimate(key, at, percentile, bca, unanswered))
    return Headline(
        name, len(scored), scored.patients, scored.positives, len(drawn.resamples), seed, len(drawn.left_out),
        tuple(estimates),
    )  # fmt: skip


def _or_none(make: Callable[..., Interval], value: float, level: float, *samples: Float) -> Interval:
    """An interval, or one without limits that says why: one number without an answer spoils no other."""
    reason = "the number does not exist on these films"
    if not np.isnan(value):
        try:
            return make(value, *samples, level=level)
        except DataError as error:
            reason = str(error)
    return Interval(value, np.nan, np.nan, level, f"none: {reason}")
