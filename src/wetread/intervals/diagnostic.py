"""What a two-by-two table of a test against a reference says: its rates, its ratios, and its worth at a prevalence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wetread.errors import DataError
from wetread.intervals.proportions import proportion
from wetread.intervals.value import Interval, normal_quantile

__all__ = ["Counts"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a test and a reference said what: true and false positives, false and true negatives.

    Counts may be fractions (weighted films). Units are taken as independent by every interval here.

    Raises
    ------
    DataError
        If a count is negative or not finite, or the reference has one class only.
    """

    tp: float
    fp: float
    fn: float
    tn: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(x) and x >= 0 for x in (self.tp, self.fp, self.fn, self.tn)):
            raise DataError(f"counts are zero or more, and finite: {self}")
        if self.tp + self.fn == 0 or self.fp + self.tn == 0:
            raise DataError(f"the reference has one class only ({self}): neither rate can be estimated from that")

    @property
    def prevalence(self) -> float:
        """Share of reference positives in the table."""
        return (self.tp + self.fn) / (self.tp + self.fp + self.fn + self.tn)

    def sensitivity(self, *, method: str = "exact", level: float = 0.95) -> Interval:
        """Share of reference positives that the test calls."""
        return proportion(self.tp, self.tp + self.fn, method=method, level=level)

    def specificity(self, *, method: str = "exact", level: float = 0.95) -> Interval:
        """Share of reference negatives that the test does not call."""
        return proportion(self.tn, self.fp + self.tn, method=method, level=level)

    def ppv(self, *, method: str = "exact", level: float = 0.95) -> Interval:
        """Share of the test's positives that are right, at the table's own prevalence."""
        return proportion(self.tp, self.tp + self.fp, method=method, level=level)

    def npv(self, *, method: str = "exact", level: float = 0.95) -> Interval:
        """Share of the test's negatives that are right, at the table's own prevalence."""
        return proportion(self.tn, self.tn + self.fn, method=method, level=level)

    def likelihood_ratios(self, *, level: float = 0.95) -> tuple[Interval, Interval]:
        """Positive and negative likelihood ratio, intervals on the logarithm (Simel, Samsa and Matchar 1991).

        Raises
        ------
        DataError
            If a cell is 0: then one of the ratios is 0 or infinite.
        """
        self._no_empty_cell("likelihood ratio")
        z, diseased, healthy = normal_quantile(level), self.tp + self.fn, self.fp + self.tn

        def ratio(sick: float, well: float) -> Interval:
            value = (sick / diseased) / (well / healthy)
            half = z * math.sqrt(1 / sick - 1 / diseased + 1 / well - 1 / healthy)
            return Interval(value, value * math.exp(-half), value * math.exp(half), level, "normal on the logarithm")

        return ratio(self.tp, self.fp), ratio(self.fn, self.tn)

    def predictive_values(self, prevalence: float, *, level: float = 0.95) -> tuple[Interval, Interval]:
        """PPV and NPV at a stated prevalence, by Bayes; intervals on the log-odds (Mercaldo, Lau and Zhou 2007).

        Raises
        ------
        DataError
            If the prevalence lies outside (0, 1), or a cell is 0: then the log-odds have no standard error.
        """
        if not 0 < prevalence < 1:
            raise DataError(f"a prevalence lies between 0 and 1, not at {prevalence}: one in ten is 0.1")
        self._no_empty_cell("predictive value at another prevalence")
        diseased, healthy = self.tp + self.fn, self.fp + self.tn
        se, sp = self.tp / diseased, self.tn / healthy
        odds, z = math.log(prevalence / (1 - prevalence)), normal_quantile(level)
        positive = math.log(se / (1 - sp)) + odds
        negative = math.log(sp / (1 - se)) - odds
        half_positive = z * math.sqrt((1 - se) / se / diseased + sp / (1 - sp) / healthy)
        half_negative = z * math.sqrt(se / (1 - se) / diseased + (1 - sp) / sp / healthy)
        return _from_odds(positive, half_positive, level), _from_odds(negative, half_negative, level)

    def _no_empty_cell(self, what: str) -> None:
        if 0 in (self.tp, self.fp, self.fn, self.tn):
            raise DataError(f"no {what} with an interval from {self}: a cell is 0")


def _from_odds(middle: float, half: float, level: float) -> Interval:
    value, low, high = (1 / (1 + math.exp(-x)) for x in (middle, middle - half, middle + half))
    return Interval(value, low, high, level, "Bayes at the stated prevalence, normal on the log-odds")
