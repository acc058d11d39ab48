"""How good may the score really be, if the reference standard is itself sometimes wrong?

Two answers stand side by side. If the reference errs without regard to the score, the figures against the truth follow
from those against the reference. If it may err in any way at all, they lie between bounds that no film can leave
(sharp ones: for each there is a truth that fits everything that was seen). Real errors lie between: hard films are hard
for the reference and for the score, and then the first answer flatters nobody, nor does it hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.draws import over_patients
from wetread.evaluation.scored import Scored
from wetread.intervals.noisy import true_auroc

__all__ = ["Bounds", "LabelErrors", "Reference", "label_errors"]

Float = NDArray[np.float64]
_IN_CACHE = 400000  # weights worked on at a time: many passes are made over them


@dataclass(frozen=True, slots=True)
class Reference:
    """How often the reference standard is right, on films like these.

    Parameters
    ----------
    ppv, npv
        Share of films labelled positive that are positive, and of those labelled negative that are negative.

    Raises
    ------
    ConfigError
        If a share lies outside [0, 1], or a label says nothing of the truth (PPV + NPV not above 1).
    """

    ppv: float
    npv: float

    def __post_init__(self) -> None:
        if not (0 <= self.ppv <= 1 and 0 <= self.npv <= 1):
            raise ConfigError(f"a reference's PPV and NPV lie between 0 and 1, not at {self.ppv:g} and {self.npv:g}")
        if self.ppv + self.npv <= 1:
            raise ConfigError(
                f"a reference of PPV {self.ppv:g} and NPV {self.npv:g} says nothing of the truth: their sum exceeds 1"
            )

    @classmethod
    def from_rates(cls, sensitivity: float, specificity: float, labelled: float) -> Reference:
        """From the reference's own sensitivity and specificity, and the share of films that it labels positive.

        The share that is truly positive follows (Rogan and Gladen 1978).

        Raises
        ------
        ConfigError
            If a share lies outside its range, or no true share of positives fits: a reference with these rates would
            label more, or fewer, films positive.

        >>> found = Reference.from_rates(0.9, 0.95, labelled=0.22)
        >>> round(found.ppv, 3), round(found.npv, 3)
        (0.818, 0.974)
        """
        if not (0 <= sensitivity <= 1 and 0 <= specificity <= 1 and 0 < labelled < 1):
            raise ConfigError(f"shares lie between 0 and 1, not at {sensitivity:g}, {specificity:g} and {labelled:g}")
        if sensitivity + specificity <= 1:
            raise ConfigError(
                f"a reference of sensitivity {sensitivity:g} and specificity {specificity:g} is no better than chance"
            )
        sick = (labelled + specificity - 1) / (sensitivity + specificity - 1)
        if not 0 < sick < 1:
            raise ConfigError(
                f"a reference of sensitivity {sensitivity:g} and specificity {specificity:g} labels between "
                f"{1 - specificity:.3g} and {sensitivity:.3g} of films positive, not {labelled:.3g}: its rates are those "
                "of other films"
            )
        return cls(sick * sensitivity / labelled, (1 - sick) * specificity / (1 - labelled))


@dataclass(frozen=True, slots=True)
class Bounds:
    """One figure against the truth.

    Parameters
    ----------
    apparent
        Against the reference as it is.
    independent
        Against the truth, if the reference errs without regard to the score. It may leave [0, 1]: then that cannot be.
    low, high
        Against the truth, whatever the reference's errors have to do with the score.
    lowest, highest
        The same with the chance of the draw: 2.5th percentile of `low` and 97.5th of `high` over resampled patients.
    ceiling
        What a score that knows the truth would reach against this reference: more cannot be asked for, and a score that
        reaches more has learnt the reference's errors.
    """

    apparent: float
    independent: float
    low: float
    high: float
    lowest: float
    highest: float
    ceiling: float


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """Figures against the truth behind a reference that errs; sensitivity and specificity only with a threshold.

    `prevalence` is the share of films that are truly positive, `reference` what was believed of the labels. The
    reference's own PPV and NPV are taken as known: try others within their intervals.
    """

    name: str
    films: int
    patients: int
    reference: Reference
    prevalence: float
    auroc: Bounds
    sensitivity: Bounds | None
    specificity: Bounds | None
    threshold: float | None
    resamples: int
    seed: int
    lost: int


def label_errors(
    scored: Scored, reference: Reference, *, threshold: float | None = None, resamples: int = 1000, seed: int = 0
) -> LabelErrors:
    """AUROC, and sensitivity and specificity at a threshold, against the truth that the labels only point to.

    With independent errors each side of the label is a mixture of truly positive and truly negative films, and the
    figures follow by unmixing them (for the rates Gart and Buck, Am J Epidemiol 1966; for the AUROC see
    `wetread.intervals.noisy`). Without that, any films may be the mislabelled ones, as many as `reference` says: the
    figures are highest when those are the ones that the score seemed to get wrong, and lowest the other way round
    (rates: Thibodeau, Biometrics 1981; areas: the same films chosen from the ends of the order).

    Parameters
    ----------
    reference
        PPV and NPV of the labels on films like these.
    threshold
        Positive is called at and above it.

    Raises
    ------
    ConfigError
        If the threshold is no number.
    DataError
        If the films are of one class, or more than a tenth of the resamples are.
    """
    scored.both_classes("AUROC against the truth")
    if threshold is not None and not np.isfinite(threshold):
        raise ConfigError(f"{scored.name}: a threshold is a finite number, not {threshold}")
    sick = scored.prevalence * reference.ppv + (1 - scored.prevalence) * (1 - reference.npv)
    statistic = _Statistic(scored, reference, np.inf if threshold is None else threshold)
    _, patient = np.unique(scored.patient, return_inverse=True)
    value, moved = over_patients(
        lambda copies: statistic(copies, patient), int(patient.max()) + 1, resamples=resamples, seed=seed
    )
    known = moved[np.isfinite(moved).all(axis=1)]
    if len(known) < 0.9 * resamples:
        raise DataError(
            f"{scored.name}: only {len(known)} of {resamples} resamples hold both classes: too few patients for bounds"
        )

    def bounds(first: int, independent: float, ceiling: float) -> Bounds:
        apparent, low, high = (float(each) for each in value[first : first + 3])
        lowest, highest = np.percentile(known[:, first + 1], 2.5), np.percentile(known[:, first + 2], 97.5)
        return Bounds(apparent, independent, low, high, float(lowest), float(highest), ceiling)

    area = bounds(0, true_auroc(float(value[0]), reference.ppv, reference.npv), (reference.ppv + reference.npv) / 2)
    rates: list[Bounds | None] = [None, None]
    if threshold is not None:
        unmixed = _unmixed(float(value[3]), 1 - float(value[6]), reference)
        ceilings = (reference.ppv, reference.npv)
        rates = [bounds(3 + 3 * k, unmixed[k], ceilings[k]) for k in range(2)]
    return LabelErrors(
        scored.name, len(scored), scored.patients, reference, sick, area, rates[0], rates[1], threshold, resamples, seed,
        resamples - len(known),
    )  # fmt: skip


def _unmixed(hits: float, alarms: float, reference: Reference) -> tuple[float, float]:
    """Sensitivity and specificity from the shares called among films labelled positive and negative, errors independent.

    hits = PPV se + (1 - PPV) (1 - sp); alarms = (1 - NPV) se + NPV (1 - sp): two equations, two unknowns.
    """
    p, n = reference.ppv, reference.npv
    spread = p + n - 1
    sensitivity = (n * hits - (1 - p) * alarms) / spread
    false_alarms = (p * alarms - (1 - n) * hits) / spread
    return sensitivity, 1 - false_alarms


class _Statistic:
    """AUROC, sensitivity, specificity: each apparent, lowest and highest, for each row of weights (b, 9)."""

    def __init__(self, scored: Scored, reference: Reference, threshold: float) -> None:
        order = np.argsort(scored.score, kind="stable")
        self._order = order
        self._y = scored.label[order]
        score = scored.score[order]
        self._levels = np.flatnonzero(np.append(True, score[1:] != score[:-1]))
        self._called = score >= threshold
        self._reference = reference

    def __call__(self, copies: Float, patient: NDArray[np.int64]) -> Float:
        rows = max(1, _IN_CACHE // patient.size)
        return np.concatenate([self._some(copies[at : at + rows, patient]) for at in range(0, len(copies), rows)])

    def _some(self, weights: Float) -> Float:
        w = weights[:, self._order]
        positive, negative = w * self._y, w * ~self._y
        p, n = self._reference.ppv, self._reference.npv
        sick = p * positive.sum(axis=1), (1 - n) * negative.sum(axis=1)
        top = _last(positive, sick[0]) + _last(negative, sick[1])
        bottom = _first(positive, sick[0]) + _first(negative, sick[1])
        columns = [self._area(positive, negative), self._area(bottom, w - bottom), self._area(top, w - top)]
        for right, truth in ((self._called, True), (~self._called, False)):
            columns.append(_share(positive if truth else negative, right))
            # The truly sick among the highest scores are the ones that are called, and the truly healthy the rest.
            columns += [_share(each if truth else w - each, right) for each in (bottom, top)]
        return np.stack(columns, axis=1)

    def _area(self, positive: Float, negative: Float) -> Float:
        """AUROC of weights of both kinds that the films of each score hold."""
        up = np.add.reduceat(positive, self._levels, axis=1)
        down = np.add.reduceat(negative, self._levels, axis=1)
        won = (up * (np.cumsum(down, axis=1) - down / 2)).sum(axis=1)
        pairs = up.sum(axis=1) * down.sum(axis=1)
        there = pairs > 0
        return np.where(there, won / np.where(there, pairs, 1), np.nan)


def _first(weights: Float, amount: Float) -> Float:
    """So much of each row's weight, taken from its beginning."""
    before = np.cumsum(weights, axis=1) - weights
    return np.clip(amount[:, None] - before, 0, weights)


def _last(weights: Float, amount: Float) -> Float:
    """So much of each row's weight, taken from its end."""
    return weights - _first(weights, weights.sum(axis=1) - amount)


def _share(weights: Float, right: NDArray[np.bool_]) -> Float:
    whole = weights.sum(axis=1)
    there = whole > 0
    return np.where(there, weights @ right / np.where(there, whole, 1), np.nan)
