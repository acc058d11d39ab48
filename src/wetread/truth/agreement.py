"""How far readers agree: every usual coefficient beside the others, with intervals, and what their difference means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.intervals import Interval
from wetread.intervals.resampling import percentile_interval, resampled
from wetread.intervals.value import normal_quantile
from wetread.truth.coefficients import (
    Coefficient,
    Level,
    brennan_prediger,
    class_specific,
    cohen,
    conger,
    fleiss,
    gwet,
    krippendorff,
    observed,
)
from wetread.truth.reads import Reads

__all__ = ["Agreement", "Estimate", "agreement", "analytic_interval"]

Float = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One coefficient with its intervals.

    `analytic` takes films as independent and follows the paper's standard error `se`; `resampled` draws patients again.
    Either is None where it does not exist (no formula, or too few films on which it varies).
    """

    name: str
    value: float
    se: float | None
    analytic: Interval | None
    resampled: Interval | None
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, None where there is no number."""
        return {
            "name": self.name,
            "value": _number(self.value),
            "se": self.se,
            "analytic_interval": None if self.analytic is None else [self.analytic.low, self.analytic.high],
            "resampled_interval": None if self.resampled is None else [self.resampled.low, self.resampled.high],
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the readers of a set of films agree.

    Parameters
    ----------
    films, patients, read_by_two
        How many films and patients, and on how many films two readers or more answered.
    shares
        For each reader, and for "all", how often each answer was given.
    estimates
        Of all readers together.
    pairs
        For each two readers the same, where there are more than two.
    within
        For each reader with repeated reads, agreement of the first two reads of a film.
    remarks
        Sentences that follow from the numbers: what a low kappa beside a high AC1 means, and the like.
    """

    classes: tuple[str, ...]
    readers: tuple[str, ...]
    films: int
    patients: int
    read_by_two: int
    level: str
    shares: dict[str, dict[str, float | None]]
    estimates: tuple[Estimate, ...]
    pairs: dict[str, tuple[Estimate, ...]]
    within: dict[str, tuple[Estimate, ...]]
    remarks: tuple[str, ...]

    def estimate(self, name: str) -> Estimate:
        """The estimate of that name.

        Raises
        ------
        DataError
            If there is none.
        """
        for found in self.estimates:
            if found.name == name:
                return found
        raise DataError(f"no {name!r} was estimated; there are {', '.join(e.name for e in self.estimates)}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        plain["estimates"] = [estimate.to_dict() for estimate in self.estimates]
        for kind in ("pairs", "within"):
            plain[kind] = {who: [e.to_dict() for e in found] for who, found in plain[kind].items()}
        return plain | {name: list(plain[name]) for name in ("classes", "readers", "remarks")}


def agreement(reads: Reads, *, level: Level = "nominal", resamples: int = 2000, seed: int = 0) -> Agreement:
    """Measure agreement between readers, pair by pair, and of each reader with themselves.

    Between readers the first read of each counts; repeated reads tell how far a reader agrees with themselves.

    Parameters
    ----------
    level
        "ordinal" adds weighted kappas (two readers) and Krippendorff's alpha for ordered answers; "interval" and "ratio"
        its alpha for numbers.
    resamples
        Draws of patients for the resampled intervals; 0 leaves them out.

    Raises
    ------
    DataError
        If no film was read by two readers, there is one answer only, or answers are no numbers where `level` needs them.
    ConfigError
        For an unknown level.
    """
    first, classes = reads.first(), len(reads.classes)
    within = _within(reads, resamples, seed)
    both = int(((first >= 0).sum(axis=1) >= 2).sum())
    if not both and not within:
        raise DataError("no film was read by two readers, nor twice by one: there is nothing to compare")
    if classes < 2:
        raise DataError(f"every read says {reads.classes[0]!r}: with one answer there is nothing to agree about")
    values = _values(reads.classes) if level in ("interval", "ratio") else None
    estimates = (
        _estimate(_coefficients(first, reads.classes, level, values), reads.patients, resamples, seed) if both else ()
    )
    several = len(reads.readers) > 2
    pairs = {
        f"{reads.readers[a]} and {reads.readers[b]}": _estimate(
            _coefficients(first[:, (a, b)], reads.classes, level, values), reads.patients, resamples, seed
        )
        for a, b in combinations(range(len(reads.readers)), 2)
        if several and (first[:, (a, b)] >= 0).all(axis=1).any()
    }
    return Agreement(
        classes=reads.classes,
        readers=reads.readers,
        films=len(reads.films),
        patients=len(set(reads.patients)),
        read_by_two=both,
        level=level,
        shares=_shares(first, reads),
        estimates=estimates,
        pairs=pairs,
        within=within,
        remarks=tuple(_remarks(estimates, reads, both)),
    )


def analytic_interval(coefficient: Coefficient, *, level: float = 0.95) -> Interval | None:
    """Interval from the coefficient's own standard error, within [-1, 1]; None where it has none.

    >>> import numpy as np
    >>> both = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], [20, 5, 10, 15], axis=0)
    >>> found = analytic_interval(cohen(both, 2))
    >>> round(found.low, 4), round(found.high, 4)
    (0.1511, 0.6489)
    """
    if not math.isfinite(coefficient.se) or not math.isfinite(coefficient.value):
        return None
    quantile = normal_quantile(level)
    if math.isfinite(coefficient.df):
        from scipy.special import stdtrit

        quantile = float(stdtrit(coefficient.df, 0.5 + level / 2))
    half, value = quantile * coefficient.se, coefficient.value
    method = "standard error of the paper, films independent"
    return Interval(value, max(value - half, -1.0), min(value + half, 1.0), level, method)


def _coefficients(answers: Ints, names: Sequence[str], level: Level, values: Float | None) -> list[Coefficient]:
    k, two = len(names), answers.shape[1] == 2
    found = [observed(answers, k)]
    if two:
        found.append(cohen(answers, k))
        if level != "nominal":
            found += [cohen(answers, k, weights="linear"), cohen(answers, k, weights="quadratic")]
    else:
        found += [fleiss(answers, k), conger(answers, k)]
    found += [gwet(answers, k), brennan_prediger(answers, k), krippendorff(answers, k)]
    if level != "nominal":
        found.append(krippendorff(answers, k, level=level, values=values))
    return found + [class_specific(answers, k, place, name) for place, name in enumerate(names)]


def _estimate(
    coefficients: Sequence[Coefficient], patients: Sequence[str], resamples: int, seed: int
) -> tuple[Estimate, ...]:
    """All coefficients from the same resamples."""
    moved = None
    if resamples:
        _, moved = resampled(
            lambda w: np.stack([c(w) for c in coefficients], axis=1), list(patients), resamples=resamples, seed=seed
        )
    return tuple(
        Estimate(
            c.name,
            c.value,
            c.se if math.isfinite(c.se) else None,
            analytic_interval(c),
            None if moved is None else _percentiles(c.value, moved[:, place]),
            c.source,
        )
        for place, c in enumerate(coefficients)
    )


def _percentiles(value: float, moved: Float) -> Interval | None:
    try:
        return percentile_interval(value, moved) if math.isfinite(value) else None
    except DataError:  # undefined on too many resamples
        return None


def _within(reads: Reads, resamples: int, seed: int) -> dict[str, tuple[Estimate, ...]]:
    found = {}
    for place, name in enumerate(reads.readers):
        twice = np.full((len(reads.films), 2), -1, np.int64)
        mine = (reads.reader == place) & (reads.number < 2)
        twice[reads.film[mine], reads.number[mine]] = reads.answer[mine]
        both = np.flatnonzero((twice >= 0).all(axis=1))
        if both.size and len(reads.classes) > 1:
            patients = [reads.patients[film] for film in both]
            found[name] = _estimate(
                _coefficients(twice[both], reads.classes, "nominal", None), patients, resamples, seed
            )
    return found


def _values(classes: Sequence[str]) -> Float:
    try:
        return np.array([float(name) for name in classes])
    except ValueError as error:
        raise DataError(
            f"answers are numbers where their distance counts, not {', '.join(classes)}: give numbers, or take ordinal"
        ) from error


def _shares(first: Ints, reads: Reads) -> dict[str, dict[str, float | None]]:
    columns = {name: first[:, place] for place, name in enumerate(reads.readers)} | {"all": first.ravel()}
    return {
        who: {
            name: float((said == k).sum() / (said >= 0).sum()) if (said >= 0).any() else None
            for k, name in enumerate(reads.classes)
        }
        for who, said in columns.items()
    }


def _remarks(estimates: Sequence[Estimate], reads: Reads, both: int) -> list[str]:
    by_name = {estimate.name: estimate.value for estimate in estimates}
    remarks = []
    kappa = by_name.get("Cohen's kappa", by_name.get("Fleiss' kappa", math.nan))
    ac1 = by_name.get("Gwet's AC1", math.nan)
    if ac1 - kappa > 0.1:
        remarks.append(
            f"Kappa ({kappa:.2f}) lies well below AC1 ({ac1:.2f}) though readers agree on "
            f"{by_name['observed agreement']:.0%} of pairs: one answer is rare, and then kappa falls whatever readers do "
            "(Feinstein and Cicchetti 1990). Report both, with the shares of the answers."
        )
    if len(set(reads.patients)) < len(reads.films):
        remarks.append(
            "Some patients have several films: the resampled intervals draw patients, the analytic ones do not."
        )
    if len(reads.films) > both:
        remarks.append(f"{len(reads.films) - both} of {len(reads.films)} films were not read by two readers.")
    return remarks


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
