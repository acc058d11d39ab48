"""From a network's score to a probability, and from one prevalence to another.

Applied by the device, fitted by the workshop (`wetread.evaluation`). A probability without its prevalence is not a
probability: the same film, the same score and the same network mean 60 % where a third of films are positive and 4 %
where one in a hundred is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from wetread.errors import ConfigError

__all__ = ["Calibration", "logit", "restate", "sigmoid"]

# A score of exactly 0 or 1 has no finite log-odds; float32 cannot tell anything nearer to the ends apart.
_EDGE = 1e-7


def logit(probability: float) -> float:
    """Log-odds of `probability`, which is first kept 1e-7 away from 0 and 1.

    >>> logit(0.5)
    0.0
    """
    clipped = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(clipped / (1 - clipped))


def sigmoid(log_odds: float) -> float:
    """Probability of `log_odds`, without overflow at either end.

    >>> sigmoid(0.0)
    0.5
    """
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


def restate(probability: float, prevalence: float, new_prevalence: float) -> float:
    """State a probability calibrated at `prevalence` for films of which a share `new_prevalence` is positive.

    By Bayes' theorem the odds are multiplied by the ratio of prior odds (Saerens et al., Neural Computation 2002). It
    holds where only the mix changed: the positives, and the negatives, look as they did.

    >>> round(restate(0.6, 0.3, 0.01), 3)
    0.034
    """
    for name, value in (("prevalence", prevalence), ("new prevalence", new_prevalence)):
        if not 0 < value < 1:
            raise ConfigError(f"a {name} lies between 0 and 1, ends excluded, not at {value}")
    return sigmoid(logit(probability) + logit(new_prevalence) - logit(prevalence))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic recalibration (Platt 1999): log-odds = slope * logit(score) + intercept, at a stated prevalence.

    Parameters
    ----------
    slope
        More than 0, so that a higher score never means a lower probability.
    intercept
        In log-odds.
    prevalence
        Share of positive films among those it was fitted on, between 0 and 1.
    """

    slope: float
    intercept: float
    prevalence: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and self.slope > 0 and math.isfinite(self.intercept)):
            raise ConfigError(f"a calibration rises with the score: slope {self.slope}, intercept {self.intercept}")
        if not 0 < self.prevalence < 1:
            raise ConfigError(f"a calibration's prevalence lies between 0 and 1, not at {self.prevalence}")

    def probability(self, score: float, prevalence: float | None = None) -> float:
        """Probability for a score in [0, 1], at the prevalence of the fit or restated for another."""
        calibrated = sigmoid(self.slope * logit(score) + self.intercept)
        return calibrated if prevalence is None else restate(calibrated, self.prevalence, prevalence)
