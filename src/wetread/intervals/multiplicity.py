"""P-values of a family of tests, corrected for how many there are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError

__all__ = ["METHODS", "adjusted"]

Float = NDArray[np.float64]

METHODS = {
    "bonferroni": "the chance of any false finding, whatever the tests have to do with each other",
    "holm": "the chance of any false finding, whatever the tests have to do with each other; never weaker than Bonferroni",
    "hochberg": "the chance of any false finding, if the tests are independent or positively dependent",
    "bh": "the expected share of false ones among the findings (false discovery rate), if the tests are independent or "
    "positively dependent",
}
"""What each correction holds at the stated level."""


def adjusted(p: ArrayLike, method: str = "holm") -> Float:
    """Corrected p-values, in the order given: compare each with the level for the whole family.

    Parameters
    ----------
    p
        (k,) in [0, 1], all tests of the family, also those that found nothing.
    method
        "bonferroni" (Dunn 1961), "holm" (1979), "hochberg" (1988), or "bh" (Benjamini and Hochberg 1995).

    Returns
    -------
    float64 (k,), at most 1, and never below the p-value itself. Empty for an empty family.

    Raises
    ------
    ConfigError
        For an unknown method.
    DataError
        If a p-value is missing or lies outside [0, 1].

    >>> adjusted([0.01, 0.04, 0.03]).round(12).tolist()
    [0.03, 0.06, 0.06]
    >>> adjusted([0.01, 0.04, 0.03], "bh").round(12).tolist()
    [0.03, 0.04, 0.04]
    """
    if method not in METHODS:
        raise ConfigError(f"no correction {method!r} for many tests: choose one of {', '.join(METHODS)}")
    given = np.asarray(p, np.float64)
    if given.ndim != 1 or not ((given >= 0) & (given <= 1)).all():  # also false for NaN
        raise DataError(f"p-values to correct are a list of numbers in [0, 1], none missing; got {given.tolist()}")
    count = given.size
    order = np.argsort(given, kind="stable")
    rank = np.arange(1, count + 1)
    if method == "bonferroni":
        corrected = count * given[order]
    elif method == "holm":  # from the smallest up: none may fall below the one before
        corrected = np.maximum.accumulate((count - rank + 1) * given[order])
    else:  # from the largest down: none may rise above the one after
        factor = count - rank + 1 if method == "hochberg" else count / rank
        corrected = np.minimum.accumulate((factor * given[order])[::-1])[::-1]
    found = np.empty(count)
    found[order] = np.minimum(corrected, 1)
    return found
