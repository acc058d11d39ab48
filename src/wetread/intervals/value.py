"""An estimate and how far it may be off."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Interval", "normal_quantile"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its two-sided interval, 95 % unless `level` says otherwise.

    `value` lies outside the interval only where a resampled statistic is that far from symmetric; `method` says in
    words how the interval was made, and does not count when two intervals are compared.
    """

    value: float
    low: float
    high: float
    level: float = 0.95
    method: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f})"


def normal_quantile(level: float) -> float:
    """How many standard errors to each side hold `level` of a normal distribution.

    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + level / 2)
