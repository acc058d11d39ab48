"""Two sets of calls on the same films: McNemar's test, intervals of the difference, and both where patients repeat."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.intervals import Interval

__all__ = ["ClusteredMcnemar", "Mcnemar", "clustered_mcnemar", "difference_interval", "discordant", "mcnemar"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mcnemar:
    """Do two sets of calls on the same films call equally often? From the films on which they differ alone.

    `p_exact` is the two-sided binomial test, `p_mid` its mid-p version (Fagerland, Lydersen and Laake, BMC Med Res
    Methodol 2013: the one to prefer for few discordant films), `p` and `p_corrected` the chi-squares without and with
    Edwards' continuity correction.
    """

    first_only: int
    second_only: int
    chi_square: float
    p: float
    chi_square_corrected: float
    p_corrected: float
    p_exact: float
    p_mid: float


@dataclass(frozen=True, slots=True)
class ClusteredMcnemar:
    """McNemar's test where patients have several films, and the difference in shares, second minus first.

    `chi_square` is Obuchowski's (Statistics in Medicine 1998), which weighs films alike; `chi_square_durkalski` weighs
    patients alike (Durkalski and others, Statistics in Medicine 2003). With one film a patient the latter is McNemar's.
    NaN where no two calls differ, or one patient's alone do.
    """

    films: int
    patients: int
    first_only: int
    second_only: int
    difference: Interval
    chi_square: float
    p: float
    chi_square_durkalski: float
    p_durkalski: float


def mcnemar(first_only: int, second_only: int) -> Mcnemar:
    """McNemar's test (Psychometrika 1947) from how many films only the first called, and only the second.

    With no discordant film there is no evidence of a difference: every p is 1.

    Raises
    ------
    DataError
        If a count is negative or no whole number.

    >>> found = mcnemar(150, 86)
    >>> round(found.chi_square, 4), round(found.chi_square_corrected, 4)
    (17.3559, 16.8178)
    """
    from scipy.special import bdtr, chdtrc

    b, c = _count(first_only), _count(second_only)
    n = b + c
    if n == 0:
        return Mcnemar(b, c, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0)
    plain = (b - c) ** 2 / n
    corrected = (abs(b - c) - (b != c)) ** 2 / n
    tail = float(bdtr(min(b, c), n, 0.5))
    at = math.exp(math.lgamma(n + 1) - math.lgamma(b + 1) - math.lgamma(c + 1) - n * math.log(2))
    return Mcnemar(
        b, c, plain, float(chdtrc(1, plain)), corrected, float(chdtrc(1, corrected)), min(1.0, 2 * tail),
        min(1.0, 2 * tail - at),
    )  # fmt: skip


def discordant(first: ArrayLike, second: ArrayLike) -> tuple[int, int, int]:
    """How many films only the first calls, how many only the second, and how many there are.

    Raises
    ------
    DataError
        If calls are not 0 or 1, or not two lists of one length.
    """
    a, b = _calls(first, second)
    return int((a & ~b).sum()), int((b & ~a).sum()), int(a.size)


def difference_interval(
    first_only: int, second_only: int, films: int, *, method: str = "tango", level: float = 0.95
) -> Interval:
    """Share called by the second less share called by the first, on the same films, (second_only - first_only) / films.

    Parameters
    ----------
    films
        All of them, also those on which both say the same.
    method
        "tango": from the score test (Tango, Statistics in Medicine 1998). "agresti-min": normal after one half is added
        to each cell (Agresti and Min, Statistics in Medicine 2005).

    Raises
    ------
    DataError
        If the counts are not whole, negative, more than the films, or there is no film.
    ConfigError
        For another method, or a level outside (0, 1).

    >>> str(difference_interval(40, 20, 160))
    '-0.125 (-0.218--0.031)'
    """
    from scipy.special import ndtri

    b, c, n = _count(first_only), _count(second_only), _count(films)
    if not 0 < n >= b + c:
        raise DataError(f"{b} and {c} discordant of {n} films: give how many of how many, at least one film in all")
    if not 0 < level < 1:
        raise ConfigError(f"an interval's level lies between 0 and 1, not at {level}: 95 % is 0.95")
    z = float(ndtri(0.5 + level / 2))
    if method == "tango":
        low, high = _tango(b, c, n, z)
        return Interval((c - b) / n, low, high, level, "score (Tango)")
    if method == "agresti-min":
        middle = (c - b) / (n + 2)
        half = z * math.sqrt(max(b + c + 1 - (c - b) ** 2 / (n + 2), 0.0)) / (n + 2)
        low, high = max(-1.0, middle - half), min(1.0, middle + half)
        return Interval((c - b) / n, low, high, level, "normal, one half added to each cell (Agresti-Min)")
    raise ConfigError(f"no interval {method!r} for a paired difference: choose tango or agresti-min")


def clustered_mcnemar(
    first: ArrayLike, second: ArrayLike, patients: ArrayLike, *, level: float = 0.95
) -> ClusteredMcnemar:
    """McNemar's test and the difference in shares where films of one patient are not independent.

    Parameters
    ----------
    first, second
        (n,) calls of 0 or 1 on the same films.
    patients
        (n,) who each film is of.

    Raises
    ------
    DataError
        If calls are not 0 or 1, lengths differ, or there are fewer than two patients.
    ConfigError
        For a level outside (0, 1).
    """
    from scipy.special import chdtrc, ndtri

    a, b = _calls(first, second)
    names, owner = np.unique(np.asarray(patients), return_inverse=True)
    if owner.shape != a.shape:
        raise DataError(f"one patient for each of {a.size} films, not {owner.shape}")
    if not 0 < level < 1:
        raise ConfigError(f"an interval's level lies between 0 and 1, not at {level}: 95 % is 0.95")
    k, n = names.size, a.size
    if k < 2:
        raise DataError(f"{n} films of one patient: how patients differ needs two at least")
    gain = np.bincount(owner, weights=b.astype(np.float64) - a, minlength=k)
    films = np.bincount(owner, minlength=k)
    share = float(gain.sum()) / n
    se = math.sqrt(k / (k - 1) * float(((gain - films * share) ** 2).sum())) / n
    half = float(ndtri(0.5 + level / 2)) * se
    interval = Interval(share, max(-1.0, share - half), min(1.0, share + half), level, "ratio estimate over patients")
    several = int((gain != 0).sum()) > 1
    obuchowski = (k - 1) / k * float(gain.sum() ** 2 / (gain**2).sum()) if several else math.nan
    each = gain / films
    durkalski = float(each.sum() ** 2 / (each**2).sum()) if several else math.nan
    return ClusteredMcnemar(
        n, k, int((a & ~b).sum()), int((b & ~a).sum()), interval,
        obuchowski, float(chdtrc(1, obuchowski)), durkalski, float(chdtrc(1, durkalski)),
    )  # fmt: skip


def _tango(b: int, c: int, n: int, z: float) -> tuple[float, float]:
    """The differences at which the score test just does not reject, one on each side of the estimate."""
    from scipy.optimize import brentq

    found = (c - b) / n

    def excess(difference: float) -> float:
        # Share called by the first alone, most likely under this difference.
        linear = -(b + c) + (2 * n - c + b) * difference
        constant = -b * difference * (1 - difference)
        first = (math.sqrt(max(linear**2 - 8 * n * constant, 0.0)) - linear) / (4 * n)
        return n * (found - difference) ** 2 - z**2 * (2 * first + difference * (1 - difference))

    near = 1e-12  # at the estimate itself the variance may be 0, and so the excess
    low = -1.0 if found - near <= -1 else float(brentq(excess, -1.0, found - near, xtol=1e-14))
    high = 1.0 if found + near >= 1 else float(brentq(excess, found + near, 1.0, xtol=1e-14))
    return low, high


def _calls(first: ArrayLike, second: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    a, b = np.asarray(first), np.asarray(second)
    if a.ndim != 1 or a.shape != b.shape or not a.size:
        raise DataError(f"two sets of calls on the same films are two lists of one length, not {a.shape} and {b.shape}")
    if any(values.dtype.kind not in "fiub" or not np.isin(values, (0, 1)).all() for values in (a, b)):
        raise DataError("calls are 0 or 1: apply a threshold first")
    return a == 1, b == 1


def _count(value: int) -> int:
    if not (math.isfinite(value) and value >= 0 and value == int(value)):
        raise DataError(f"counts are whole numbers, zero or more, not {value}")
    return int(value)
