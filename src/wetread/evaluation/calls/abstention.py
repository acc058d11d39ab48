"""What is gained by leaving the doubtful films to somebody else, and which films those are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError
from wetread.evaluation.bootstrap.tally import Estimate, estimate, resampled_cells
from wetread.evaluation.probability.logistic import log_odds, probability
from wetread.evaluation.scored import Scored

__all__ = ["Abstention", "abstention"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Abstention:
    """Rates among the films that are read when those nearest to the threshold are left unread (risk-coverage curve).

    Parameters
    ----------
    threshold
        Films are called at and above it.
    distance
        How nearness was measured, in words.
    coverage
        float64 (k,), falling from 1: share of films read. Ties are left unread together, so steps may be uneven.
    margin
        (k,) films at least this far from the threshold are read.
    below, above
        (k,) the band of scores left unread, ends excluded.
    risk, risk_low, risk_high
        (k,) share of wrong calls among films read, with its pointwise interval over patients.
    sensitivity, specificity, ppv, npv
        (k,) among films read; NaN where there is nothing to take a share of.
    positives_unread
        (k,) share of all positive films that are left unread: leaving out the hard positives is no gain.
    area
        Mean risk over the coverages of the curve, with its interval over patients; small is good.
    area_by_chance, area_at_best
        The same if films were left out by lot (the risk of reading all), and if every wrong call were left out first.
    """

    name: str
    films: int
    patients: int
    threshold: float
    distance: str
    coverage: Float
    margin: Float
    below: Float
    above: Float
    risk: Float
    risk_low: Float
    risk_high: Float
    sensitivity: Float
    specificity: Float
    ppv: Float
    npv: Float
    positives_unread: Float
    area: Estimate
    area_by_chance: float
    area_at_best: float
    level: float
    method: str


def abstention(
    scored: Scored,
    threshold: float,
    *,
    steps: int = 50,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Abstention:
    """Leave ever more of the films nearest to the threshold unread, in `steps` of equal numbers of films.

    Nearness is the difference of log-odds where scores are probabilities and the threshold lies inside (0, 1), else the
    plain difference of scores (El-Yaniv and Wiener 2010 for the curve; Geifman and El-Yaniv 2017 for its area).

    Raises
    ------
    ConfigError
        If the threshold is not finite, for fewer than 2 steps or fewer than no resamples.
    DataError
        With one class only.
    """
    if not np.isfinite(threshold) or steps < 2:
        raise ConfigError(
            f"an abstention curve needs a finite threshold and 2 steps or more, not {threshold} and {steps}"
        )
    scored.both_classes("abstention curve")
    odds = scored.probability and 0 < threshold < 1
    away = np.abs(log_odds(scored.score) - log_odds(np.array(threshold))) if odds else np.abs(scored.score - threshold)
    ranked = np.sort(away)
    margin = np.unique(ranked[np.floor(np.arange(steps) / steps * away.size).astype(int)])
    rung = np.searchsorted(margin, away, side="right") - 1  # the last step at which the film is still read
    called = scored.score >= threshold
    cell = 4 * rung + np.where(called, np.where(scored.label, 0, 1), np.where(scored.label, 2, 3))
    sums, draws = resampled_cells(
        [(cell, np.ones(len(scored)))], 4 * margin.size, scored.patient, resamples=resamples, seed=seed
    )
    tp, fp, fn, tn = (part[0] for part in _read(sums[None]))
    everyone = tp + fp + fn + tn
    risk, moved = _risk(sums[None])[0], _risk(draws)
    low, high = _ends(moved, level)
    width = log_odds(np.array(threshold)) if odds else np.float64(threshold)
    band = [_back(width + sign * margin, odds) for sign in (-1, 1)]
    return Abstention(
        name=scored.name, films=len(scored), patients=scored.patients, threshold=float(threshold),
        distance="difference of log-odds" if odds else "difference of scores",
        coverage=_frozen(everyone / everyone[0]), margin=_frozen(margin), below=_frozen(band[0]), above=_frozen(band[1]),
        risk=_frozen(risk), risk_low=low, risk_high=high,
        sensitivity=_share(tp, tp + fn), specificity=_share(tn, tn + fp), ppv=_share(tp, tp + fp), npv=_share(tn, tn + fn),
        positives_unread=_frozen(1 - (tp + fn) / (tp[0] + fn[0])),
        area=estimate(float(risk.mean()), moved.mean(axis=1), clustered=scored.patients < len(scored), level=level),
        area_by_chance=float(risk[0]), area_at_best=_at_best(everyone, float(fp[0] + fn[0])),
        level=level, method=f"pointwise percentiles over {resamples} resamples of patients",
    )  # fmt: skip


def _read(cells: Float) -> tuple[Float, Float, Float, Float]:
    """True and false positives, false and true negatives among the films read, each (b, k)."""
    b, size = cells.shape
    read = np.cumsum(cells.reshape(b, size // 4, 4)[:, ::-1], axis=1)[:, ::-1]
    return read[:, :, 0], read[:, :, 1], read[:, :, 2], read[:, :, 3]


def _risk(cells: Float) -> Float:
    tp, fp, fn, tn = _read(cells)
    whole = tp + fp + fn + tn
    return np.where(whole > 0, (fp + fn) / np.where(whole > 0, whole, 1), np.nan)


def _at_best(read: Float, wrong: float) -> float:
    return float((np.maximum(wrong - (read[0] - read), 0) / read).mean())


def _back(width: Float, odds: bool) -> Float:
    return probability(width) if odds else width


def _ends(moved: Float, level: float) -> tuple[Float, Float]:
    """Pointwise percentiles; NaN where more than a tenth of the resamples read no film."""
    low, high = np.full(moved.shape[1], np.nan), np.full(moved.shape[1], np.nan)
    for step in range(moved.shape[1]):
        known = moved[np.isfinite(moved[:, step]), step]
        if known.size and known.size >= 0.9 * len(moved):
            low[step], high[step] = np.percentile(known, (50 - 50 * level, 50 + 50 * level))
    return _frozen(low), _frozen(high)


def _share(part: Float, whole: Float) -> Float:
    return _frozen(np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan))


def _frozen(values: Float) -> Float:
    values = np.array(values)
    values.flags.writeable = False
    return values
