"""A model recalibrated on a few hundred cases of the place that uses it, and how sure that can be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.tally import Estimate, estimate, over_patients, resampled_cells
from wetread.evaluation.probability.logistic import log_odds, probability
from wetread.evaluation.probability.recalibration import KINDS, Recalibration, fit_draws, fitted_parameters, recalibrate
from wetread.evaluation.scored import Scored
from wetread.intervals import Interval
from wetread.intervals.resampling import resampled

__all__ = ["Local", "Tried", "local", "tried"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """A recalibration fitted on local cases, with what it could have been on others of the same kind.

    Parameters
    ----------
    fit
        The map; its counts say on how many films, patients and positives.
    prevalence
        At which all probabilities here are: the local cases' own, or the one asked for.
    parameters
        Those of the map, each with its interval over patients; () for "none" and "isotonic".
    score, probability, low, high
        float64 (m,): scores, their new probability, and its pointwise interval over patients.
    width
        Mean of `high` - `low` over quantiles of the local films' own scores: how sure it is where films are.
    answered, resamples
        On how many resamples of patients there was a fit, and of how many.
    method
        How intervals were made.
    """

    fit: Recalibration
    prevalence: float
    parameters: tuple[Interval, ...]
    score: Float
    probability: Float
    low: Float
    high: Float
    width: float
    answered: int
    resamples: int
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One kind of recalibration on patients that it was not fitted on (cross-fitted among the local ones).

    `brier` and `log_loss` are means over films, small is good; the gains are those of leaving the scores as they are
    minus these, paired, over patients: where an interval holds 0, the cases at hand do not show that it helps. Gains
    are NaN where the scores are no probabilities, so that there is nothing to gain on. `why_not` is "" unless the kind
    could not be fitted.
    """

    kind: str
    brier: Estimate | None
    brier_gain: Estimate | None
    log_loss: Estimate | None
    log_loss_gain: Estimate | None
    why_not: str = ""


def local(
    scored: Scored,
    kind: str = "platt",
    *,
    at: ArrayLike | None = None,
    prevalence: float | None = None,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Local:
    """Recalibrate on local cases and resample their patients to see how far each probability could have moved.

    Parameters
    ----------
    at
        (m,) scores to state probabilities for; None: 99 steps between 0 and 1, or of the local scores' own quantiles.
    prevalence
        Where the local cases were chosen so that their mix is not the clinic's: state probabilities for this one.

    Raises
    ------
    ConfigError, DataError
        As `recalibrate`; for fewer than 20 resamples; if more than a tenth of the resamples have no fit.
    """
    if resamples < 20:
        raise ConfigError(f"intervals need at least 20 resamples, not {resamples}")
    fit = recalibrate(scored, kind)
    default = (
        np.arange(1, 100) / 100 if scored.probability else np.unique(np.quantile(scored.score, np.arange(1, 100) / 100))
    )
    score = default if at is None else np.asarray(at, np.float64)
    middle = fit.probabilities(score, prevalence)
    seen = np.unique(np.quantile(scored.score, np.linspace(0, 1, 201)))
    asked, k = np.concatenate([score, seen]), len(fit.parameters)

    def refitted(weights: Float) -> Float:
        new = fit_draws(scored, kind, weights)(asked)
        if prevalence is not None:
            new = _restated_rows(new, weights @ scored.label / weights.sum(axis=1), prevalence)
        return np.concatenate([fitted_parameters(scored, kind, weights), new], axis=1)

    moved = resampled(refitted, scored.patient, resamples=resamples, seed=seed)[1]
    known = moved[np.isfinite(moved).all(axis=1)]
    if len(known) < 0.9 * resamples:
        raise DataError(
            f"{scored.name}: {kind!r} could be fitted on {len(known)} of {resamples} resamples of {scored.patients} patients: "
            "too few cases for an interval. Collect more, or recalibrate 'in-the-large' only"
        )
    low, high = np.percentile(known[:, k:], (50 - 50 * level, 50 + 50 * level), axis=0)
    m = score.size
    how = f"pointwise percentiles over {len(known)} resamples of patients"
    return Local(
        fit, fit.prevalence if prevalence is None else float(prevalence),
        tuple(over_patients(value, known[:, i], level=level) for i, value in enumerate(fit.parameters)),
        _frozen(score), _frozen(middle), _frozen(low[:m]), _frozen(high[:m]), float((high[m:] - low[m:]).mean()),
        len(known), resamples, level, how,
    )  # fmt: skip


def tried(
    scored: Scored,
    kinds: Iterable[str] = KINDS,
    *,
    folds: int = 5,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[Tried, ...]:
    """Each kind of recalibration on local patients that it was not fitted on, beside leaving the scores as they are.

    Raises
    ------
    ConfigError
        For an unknown kind or fewer than two folds.
    DataError
        With one class only, or fewer patients than folds.
    """
    chosen = tuple(kinds)
    if folds < 2 or not set(chosen) <= set(KINDS):
        raise ConfigError(f"at least 2 folds, and kinds of {', '.join(KINDS)}; not {folds} and {', '.join(chosen)}")
    scored.both_classes("recalibration")
    if scored.patients < folds:
        raise DataError(f"{scored.name}: {scored.patients} patients do not make {folds} folds")
    fold = _folds(scored, folds, seed)
    before = _losses(scored, scored.score) if scored.probability else None
    found = []
    for kind in chosen:
        try:
            found.append(_tried(scored, kind, fold, before, resamples, seed, level))
        except DataError as error:
            found.append(Tried(kind, None, None, None, None, str(error)))
    return tuple(found)


def _tried(
    scored: Scored, kind: str, fold: NDArray[np.intp], before: Float | None, resamples: int, seed: int, level: float
) -> Tried:
    new = np.empty(len(scored))
    for number in np.unique(fold):
        away = fold == number
        new[away] = recalibrate(scored.where(~away), kind).probabilities(scored.score[away])
    after = _losses(scored, new)
    gain = np.full_like(after, np.nan) if before is None else before - after
    told = [_mean(scored, part, resamples, seed, level) for part in (*after, *gain)]
    return Tried(kind, told[0], told[2], told[1], told[3])


def _mean(scored: Scored, part: Float, resamples: int, seed: int, level: float) -> Estimate:
    one = np.zeros(part.size, np.intp)
    if np.isnan(part).any():
        return estimate(np.nan, np.empty(0), None, clustered=False, level=level)
    sums, draws = resampled_cells(
        [(one, part), (one + 1, np.ones(part.size))], 2, scored.patient, resamples=resamples, seed=seed
    )
    clustered = scored.patients < len(scored)
    return estimate(float(sums[0] / sums[1]), draws[:, 0] / draws[:, 1], clustered=clustered, level=level)


def _losses(scored: Scored, p: Float) -> Float:
    """Squared error and log loss of each film, (2, n); probabilities kept 1e-7 away from 0 and 1 for the latter."""
    odds = log_odds(p)
    y = scored.label
    return np.stack([(p - y) ** 2, np.logaddexp(0, odds) - y * odds])


def _folds(scored: Scored, folds: int, seed: int) -> NDArray[np.intp]:
    """Patients dealt out by lot, those with a positive film first, so that each fold has its share of them."""
    names, who = np.unique(scored.patient, return_inverse=True)
    sick = np.bincount(who, weights=scored.label) > 0
    shuffled = np.random.default_rng(seed).permutation(names.size)
    dealt = np.empty(names.size, np.intp)
    dealt[shuffled[np.argsort(~sick[shuffled], kind="stable")]] = np.arange(names.size) % folds
    return dealt[who]


def _restated_rows(p: Float, share: Float, prevalence: float) -> Float:
    """Each row's probabilities (b, m), at that row's share of positives (b,), stated for one prevalence."""
    known = (share > 0) & (share < 1)
    prior = log_odds(np.array(prevalence)) - log_odds(share)
    return np.where(known[:, None], probability(log_odds(p) + prior[:, None]), np.nan)


def _frozen(values: Float) -> Float:
    values = np.array(values)
    values.flags.writeable = False
    return values
