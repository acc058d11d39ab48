"""Probabilities made right again where a model has come to: on local cases, and at another prevalence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.calibration import Calibration
from wetread.errors import ConfigError, DataError
from wetread.evaluation.probability.logistic import log_odds, logistic, probability
from wetread.evaluation.scored import Scored

__all__ = ["KINDS", "Recalibration", "fit_draws", "fitted_parameters", "recalibrate", "restated"]

Float = NDArray[np.float64]
KINDS = ("none", "in-the-large", "temperature", "platt", "beta", "isotonic")
_OF_PROBABILITIES = ("none", "in-the-large", "temperature", "beta")
_EDGE = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Recalibration:
    """A map from score to probability, fitted on some films; it holds where films are like those.

    Parameters
    ----------
    kind
        "none": the score itself. "in-the-large": log-odds plus a number. "temperature": log-odds times a number (Guo
        and others 2017). "platt": slope and intercept (Platt 1999; Cox 1958), the only one of a score that is no
        probability, with "isotonic". "beta": a log p - b log(1 - p) + c with a, b >= 0 (Kull and others 2017).
        "isotonic": the best rising steps (Zadrozny and Elkan 2002), joined by straight lines.
    parameters
        (c,), (slope,), (slope, intercept) or (a, b, c), in log-odds; () for "none" and "isotonic".
    knots, values
        float64 (k,): where an isotonic map bends, and its probabilities there; empty for the others.
    of_probability
        Whether it takes probabilities, whose log-odds it changes, or raw scores.
    prevalence
        Share of positive films among those it was fitted on: the prevalence at which its probabilities are.
    films, patients, positives
        What it was fitted on.
    """

    kind: str
    parameters: tuple[float, ...]
    knots: Float
    values: Float
    of_probability: bool
    prevalence: float
    films: int
    patients: int
    positives: int

    def probabilities(self, scores: ArrayLike, prevalence: float | None = None) -> Float:
        """Probabilities of scores (n,), at the prevalence of the fit or restated for another.

        Raises
        ------
        DataError
            If a score is not finite, or outside [0, 1] where the map takes probabilities.
        ConfigError
            If the prevalence lies outside (0, 1).
        """
        s = np.asarray(scores, np.float64)
        if not np.isfinite(s).all() or (self.of_probability and ((s < 0) | (s > 1)).any()):
            raise DataError(f"{self.kind}: scores are finite" + (" and in [0, 1]" if self.of_probability else ""))
        if self.kind == "isotonic":
            fitted: Float = np.interp(s, self.knots, self.values)
        else:
            fitted = _mapped(self.kind, np.array([self.parameters]), s, self.of_probability)[0]
        return fitted if prevalence is None else restated(fitted, self.prevalence, prevalence)

    def for_device(self) -> Calibration:
        """The map in the form that a released model carries.

        Raises
        ------
        ConfigError
            Unless it is a rising straight line in the log-odds of a probability.
        """
        if not self.of_probability or self.kind not in ("none", "in-the-large", "temperature", "platt"):
            raise ConfigError(f"a released model carries a line in the log-odds, not {self.kind!r}: fit 'platt'")
        slope, intercept = {
            "none": (1.0, 0.0),
            "in-the-large": (1.0, *self.parameters),
            "temperature": (*self.parameters, 0.0),
            "platt": self.parameters,
        }[self.kind]
        return Calibration(float(slope), float(intercept), self.prevalence)


def recalibrate(scored: Scored, kind: str = "platt") -> Recalibration:
    """Fit a map of one kind by maximum likelihood (isotonic: least squares), films weighing alike.

    Raises
    ------
    ConfigError
        For an unknown kind.
    DataError
        With one class only; for a kind that takes probabilities where the scores are none; where nothing is the
        likeliest (the scores are all alike, or part the classes), or the map does not rise with the score.
    """
    if kind not in KINDS:
        raise ConfigError(f"no recalibration {kind!r}: choose one of {', '.join(KINDS)}")
    scored.both_classes("recalibration")
    if kind in _OF_PROBABILITIES and not scored.probability:
        raise DataError(
            f"{scored.name}: {kind!r} takes probabilities; of scores that are none, fit 'platt' or 'isotonic'"
        )
    if scored.score.min() == scored.score.max() and kind not in ("none", "in-the-large"):
        raise DataError(f"{scored.name}: all {len(scored)} scores are the same: they hold nothing to calibrate")
    knots, values = np.empty(0), np.empty(0)
    parameters: tuple[float, ...] = ()
    if kind == "isotonic":
        knots, values = _isotonic(scored.score, scored.label.astype(np.float64), np.ones(len(scored)))
    else:
        parameters = tuple(float(x) for x in _fitted(kind, scored.score, scored.label, None, scored.probability)[0])
        _checked(scored, kind, parameters)
    for array in (knots, values):
        array.flags.writeable = False
    return Recalibration(
        kind, parameters, knots, values, scored.probability, scored.prevalence, len(scored), scored.patients,
        scored.positives,
    )  # fmt: skip


def restated(probabilities: ArrayLike, prevalence: float, new_prevalence: float) -> Float:
    """Probabilities (n,) right at one prevalence, stated for another: the odds times the ratio of prior odds.

    As `wetread.calibration.restate` (Saerens and others 2002), for many at once. It holds where only the mix of
    positives and negatives changed, not what either looks like.

    Raises
    ------
    ConfigError
        If a prevalence lies outside (0, 1).
    """
    for name, value in (("prevalence", prevalence), ("new prevalence", new_prevalence)):
        if not 0 < value < 1:
            raise ConfigError(f"a {name} lies between 0 and 1, ends excluded, not at {value}")
    prior = log_odds(np.array([new_prevalence, prevalence]))
    return probability(log_odds(np.asarray(probabilities, np.float64)) + prior[0] - prior[1])


def fitted_parameters(scored: Scored, kind: str, weights: Float) -> Float:
    """Parameters (b, c) of a kind on each row of weights (b, n); NaN without a fit, no column for "isotonic"."""
    if kind == "isotonic":
        return np.empty((len(weights), 0))
    return _fitted(kind, scored.score, scored.label, weights, scored.probability)


def fit_draws(scored: Scored, kind: str, weights: Float) -> Callable[[Float], Float]:
    """Fit a kind on each row of weights (b, n): a function from scores (m,) to probabilities (b, m), NaN without a fit."""
    if kind == "isotonic":
        there = (weights @ scored.label > 0) & (weights @ ~scored.label > 0)
        y = scored.label.astype(np.float64)
        fits = [_isotonic(scored.score, y, row) if both else None for row, both in zip(weights, there, strict=True)]
        return lambda s: np.stack([np.full(s.size, np.nan) if fit is None else np.interp(s, *fit) for fit in fits])
    parameters = fitted_parameters(scored, kind, weights)
    return lambda s: _mapped(kind, parameters, s, scored.probability)


def _checked(scored: Scored, kind: str, parameters: tuple[float, ...]) -> None:
    if not np.isfinite(parameters).all():
        raise DataError(
            f"{scored.name}: {kind!r} has no likeliest fit on {len(scored)} films: the score parts the classes"
        )
    rising = {"temperature": parameters[:1], "platt": parameters[:1], "beta": parameters[:2]}.get(kind, (1.0,))
    if not max(rising) > 0:
        raise DataError(
            f"{scored.name}: the score does not rise with the label (slope {max(rising):.2f}): it holds nothing to calibrate"
        )


def _columns(s: Float, of_probability: bool) -> Float:
    return log_odds(s) if of_probability else s


def _mapped(kind: str, parameters: Float, s: Float, of_probability: bool) -> Float:
    """Probabilities (b, m) by parameters (b, c) of scores (m,)."""
    if kind == "none":
        return np.tile(s, (len(parameters), 1))
    if kind == "beta":
        p = np.clip(s, _EDGE, 1 - _EDGE)
        return probability(parameters @ np.stack([np.log(p), -np.log1p(-p), np.ones(p.size)]))
    x = _columns(s, of_probability)
    one = np.ones(x.size)
    rows = {"in-the-large": [one], "temperature": [x], "platt": [x, one]}[kind]
    odds = parameters @ np.stack(rows)
    return probability(odds + x if kind == "in-the-large" else odds)


def _fitted(kind: str, s: Float, y: NDArray[np.bool_], weights: Float | None, of_probability: bool) -> Float:
    rows = 1 if weights is None else len(weights)
    if kind == "none":
        return np.empty((rows, 0))
    x = _columns(s, of_probability)
    one = np.ones(x.size)
    if kind == "in-the-large":
        return logistic(one[:, None], y, weights, offset=x)
    if kind == "temperature":
        return logistic(x[:, None], y, weights)
    if kind == "beta":
        return _beta(s, y, np.ones((1, y.size)) if weights is None else weights)
    # Raw scores may be of any size: the search is among standard ones.
    middle, wide = (0.0, 1.0) if of_probability else (float(x.mean()), float(x.std()))
    found = logistic(np.column_stack([(x - middle) / wide, one]), y, weights)
    return np.column_stack([found[:, 0] / wide, found[:, 1] - found[:, 0] * middle / wide])


def _beta(s: Float, y: NDArray[np.bool_], weights: Float) -> Float:
    """Where a coefficient would be negative it is 0, and the others are fitted again."""
    p = np.clip(s, _EDGE, 1 - _EDGE)
    columns = np.column_stack([np.log(p), -np.log1p(-p), np.ones(p.size)])
    found = logistic(columns, y, weights)
    for fixed in (0, 1):
        again = found[:, fixed] < 0
        if again.any():
            free = np.flatnonzero(np.arange(3) != fixed)
            found[again, fixed] = 0
            found[np.ix_(again, free)] = logistic(columns[:, free], y, weights[again])
    # Both together below 0: the score falls as the label rises, and the rising map is flat.
    below = (found[:, :2] < 0).any(axis=1)
    if below.any():
        found[below, :2] = 0
        found[below, 2:] = logistic(columns[:, 2:], y, weights[below])
    return found


def _isotonic(s: Float, y: Float, weights: Float) -> tuple[Float, Float]:
    """Knots and values of the rising steps, films of one score pooled first."""
    from scipy.optimize import isotonic_regression

    here = weights > 0
    level, place = np.unique(s[here], return_inverse=True)
    w = np.bincount(place, weights=weights[here])
    mean = np.bincount(place, weights=weights[here] * y[here]) / w
    steps = isotonic_regression(mean, weights=w).x
    bend = np.ones(level.size, bool)
    bend[1:-1] = (steps[1:-1] != steps[:-2]) | (steps[1:-1] != steps[2:])
    return level[bend], np.asarray(steps[bend], np.float64)
