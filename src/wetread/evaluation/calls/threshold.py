"""Choose a threshold by a stated rule, with the interval that the choice itself has."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.tally import over_patients
from wetread.evaluation.calls.ladder import Ladder
from wetread.evaluation.calls.rule import Rule
from wetread.evaluation.scored import Scored, list_hash
from wetread.intervals import Interval, bootstrap
from wetread.intervals.resampling import resampled

__all__ = ["ChosenThreshold", "FilmList", "Tuned", "choose_threshold", "stated", "tune"]

Float = NDArray[np.float64]
# What the cards of released bundles say; the films of another rule's choice are the caller's to name.
_WORDS = {
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


@dataclass(frozen=True, slots=True, eq=False)
class FilmList:
    """Who the films of a set are, where nothing else of the set is needed or known.

    Parameters
    ----------
    film
        (n,) names.
    patient
        (n,) names, or None where they are not known.
    name
        What the set is called in print.
    """

    film: NDArray[np.str_]
    patient: NDArray[np.str_] | None = None
    name: str = "tuning films"

    def __post_init__(self) -> None:
        if np.ndim(self.film) != 1 or not np.size(self.film):
            raise DataError(f"{self.name}: there are no films in the list")
        if self.patient is not None and np.shape(self.patient) != np.shape(self.film):
            raise DataError(f"{self.name}: patients are one for each of {np.size(self.film)} films")

    @property
    def list_hash(self) -> str:
        """SHA-256 of the film names, as `Scored.list_hash`."""
        return list_hash(self.film)


@dataclass(frozen=True, slots=True)
class Tuned:
    """A threshold, the rule that chose it, and the films that it was chosen on.

    Parameters
    ----------
    threshold
        Call a film at and above it.
    rule
        In words.
    interval
        Where the rule puts the threshold when other patients of the same kind had come; NaN ends where that is unknown.
    kind, target
        Of the rule; "stated" and None where no rule of ours chose.
    sensitivity, specificity
        On the films that it was chosen on: they flatter, and never stand for a test. NaN where unknown.
    tuned_on, list_hash
        Name of that set, and the hash of its list; "" where nobody knows.
    films, patients, positives
        How many it held; 0 where unknown.
    """

    threshold: float
    rule: str
    interval: Interval
    kind: str
    target: float | None
    sensitivity: float
    specificity: float
    tuned_on: str
    list_hash: str
    films: int
    patients: int
    positives: int


def tune(
    scored: Scored, rule: Rule | None = None, *, resamples: int = 2000, seed: int = 0, level: float = 0.95
) -> Tuned:
    """Choose the threshold of `rule` (Youden's if None) on a set of films that no test will use.

    Where the rule asks for confidence in a rate, the threshold is moved until the lower bound of the rate reaches the
    target: by resampled patients, and by the exact bound for independent films; the more careful of both is taken.

    Raises
    ------
    DataError
        With one class only; if too few films, or too few patients, allow the confidence asked for.
    ConfigError
        For no resamples.
    """
    rule = rule or Rule()
    if resamples < 1:
        raise ConfigError(f"a threshold's interval needs at least one resample, not {resamples}")
    scored.both_classes("threshold")
    floor = 0.0 if scored.probability else None
    ladder = Ladder.of(scored.score, scored.label, floor=floor, corners=rule.kind != "specificity")

    def threshold(weights: Float) -> Float:
        step, there = rule.step(*ladder.counts(weights))
        return np.where(there, ladder.cut[step], np.nan)

    value, moved = resampled(threshold, scored.patient, resamples=resamples, seed=seed)
    chosen = float(value) if rule.confidence is None else _careful(scored, rule, ladder, moved)
    called = scored.score >= chosen
    found = over_patients(chosen, moved, level=level)
    return Tuned(
        chosen, str(rule), Interval(chosen, min(found.low, chosen), max(found.high, chosen), level, found.method),
        rule.kind, rule.target, float(called[scored.label].mean()), float(1 - called[~scored.label].mean()),
        scored.name, scored.list_hash, len(scored), scored.patients, scored.positives,
    )  # fmt: skip


def stated(threshold: float, *, tuned_on: Scored | FilmList | str = "", rule: str = "stated, no rule told") -> Tuned:
    """A threshold that somebody else chose, on films that are given, or on a list of which only the hash is known.

    Raises
    ------
    ConfigError
        If the threshold is not a number, or the hash is no SHA-256 in hexadecimal.
    """
    if math.isnan(threshold):
        raise ConfigError("a threshold is a number, not NaN")
    digest = tuned_on.strip().lower() if isinstance(tuned_on, str) else tuned_on.list_hash
    if digest and (len(digest) != 64 or set(digest) - set("0123456789abcdef")):
        raise ConfigError(f"the hash of a list is 64 hexadecimal digits (SHA-256), not {len(digest)} characters")
    films, patients, positives, name = 0, 0, 0, "a list known by its hash" if digest else ""
    if not isinstance(tuned_on, str):
        films, name = int(np.size(tuned_on.film)), tuned_on.name
        patients = 0 if tuned_on.patient is None else int(np.unique(tuned_on.patient).size)
    if isinstance(tuned_on, Scored):
        positives = tuned_on.positives
    unknown = Interval(float(threshold), math.nan, math.nan, method="none: the choice was made elsewhere")
    return Tuned(float(threshold), rule, unknown, "stated", None, math.nan, math.nan, name, digest,
                 films, patients, positives)  # fmt: skip


def choose_threshold(
    scores: ArrayLike,
    labels: ArrayLike,
    patients: ArrayLike,
    *,
    rule: str = "youden",
    resamples: int = 2000,
    seed: int = 0,
) -> ChosenThreshold:
    """Choose a threshold by a rule and resample patients to see how far it could have moved.

    Parameters
    ----------
    scores, labels, patients
        (n,) scores in [0, 1], labels of 0 and 1, and whose film each is.
    rule
        "youden", "f1", "sensitivity=0.9", "specificity=0.9", "net-benefit=0.1" or "cost=10" (`Rule`).

    Raises
    ------
    ConfigError
        For an unknown rule.
    DataError
        With one class only, a score outside [0, 1], or so few patients that many resamples hold one class only.
    """
    wanted = Rule.of(rule)
    s, y = _checked(scores, labels, patients)
    ladder = Ladder.of(s, y, floor=0.0, corners=wanted.kind != "specificity")

    def threshold(weights: Float) -> Float:
        step, there = wanted.step(*ladder.counts(weights))
        return np.where(there, ladder.cut[step], np.nan)

    moved = bootstrap(threshold, patients, resamples=resamples, seed=seed)
    called = s >= moved.value
    return ChosenThreshold(
        moved.value,
        _WORDS.get(rule, str(wanted)),
        (min(moved.low, moved.value), max(moved.high, moved.value)),
        float(called[y].mean()),
        float(1 - called[~y].mean()),
    )


def _checked(scores: ArrayLike, labels: ArrayLike, patients: ArrayLike) -> tuple[Float, NDArray[np.bool_]]:
    s, y = np.asarray(scores, np.float64), np.asarray(labels)
    if s.ndim != 1 or s.shape != y.shape or s.shape != np.shape(patients):
        raise DataError("a threshold needs one score, one label and one patient for each film")
    if not (np.isin(y, (0, 1)).all() and (y == 0).any() and (y == 1).any()):
        raise DataError("a threshold needs labels of 0 and 1, and both of them")
    if not ((s >= 0) & (s <= 1)).all():  # also false for NaN
        raise DataError("a threshold needs finite scores in [0, 1]")
    return s, y == 1


def _careful(scored: Scored, rule: Rule, ladder: Ladder, moved: Float) -> float:
    """The threshold at which the lower bound of the rate, one-sided at the rule's confidence, reaches the target.

    A rate falls or rises steadily along the ladder. So the share of resamples that reach the target at a threshold is
    the share whose own thresholds lie on its far side, and the bound is a quantile of those.
    """
    from scipy.special import betaincinv

    assert rule.confidence is not None
    assert rule.target is not None
    known = moved[np.isfinite(moved)]
    if known.size < 0.9 * moved.size:
        raise DataError(f"{scored.name}: too few patients of both classes for confidence in a threshold")
    hits, alarms = (counts[0] for counts in ladder.counts(np.ones((1, len(scored)))))
    right = hits if rule.kind == "sensitivity" else alarms[-1] - alarms
    whole = right.max()
    bound = np.where(right > 0, betaincinv(np.maximum(right, 0.5), whole - right + 1, 1 - rule.confidence), 0.0)
    reached = np.flatnonzero(bound >= rule.target)
    if not reached.size:
        raise DataError(
            f"{scored.name}: {whole:.0f} {'positive' if rule.kind == 'sensitivity' else 'negative'} films allow no "
            f"{rule.kind} of {rule.target:g} with {rule.confidence:g} confidence, whatever the threshold: tune on more, "
            "or ask for less"
        )
    if rule.kind == "sensitivity":
        return float(min(ladder.cut[reached[0]], np.quantile(known, 1 - rule.confidence, method="lower")))
    return float(max(ladder.cut[reached[-1]], np.quantile(known, rule.confidence, method="higher")))
