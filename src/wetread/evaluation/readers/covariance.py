"""How the figures of merit of readers and tests vary together when other cases had come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError
from wetread.evaluation.readers.merit import Merit, about, contribution_rows, contributions, enough, values
from wetread.evaluation.readers.study import Study

__all__ = ["COVARIANCES", "covariance"]

Float = NDArray[np.float64]
COVARIANCES = ("jackknife", "delong", "unbiased")
_AT_ONCE = 8_000_000  # comparisons held in memory at a time (64 MB)


def covariance(study: Study, merit: Merit, threshold: float | None, method: str) -> tuple[Float, Float, int]:
    """Figures of merit (t, r), their covariance matrix over cases (t, r, t, r), and of how many patients they are.

    Only cases that a figure of merit is about are counted and left out: sensitivity is about positive ones.

    Parameters
    ----------
    method
        "jackknife": leaves each patient out once (Quenouille 1956), (N-1)/N times the sum of squares.
        "delong": from structural components (DeLong, DeLong and Clarke-Pearson 1988); where patients have several
        cases, the sums over each patient (Obuchowski, Biometrics 1997).
        "unbiased": from unbiased second moments of the pairs (Gallas, Academic Radiology 2006); one case a patient.

    Raises
    ------
    ConfigError
        For an unknown method, or one that cannot do what is asked.
    DataError
        With too few cases of a class.
    """
    if method not in COVARIANCES:
        raise ConfigError(f"no covariance {method!r}: choose {', '.join(COVARIANCES)}")
    enough(study, merit)
    study = about(study, merit)
    single = study.patients == study.truth.size
    t, r, c = study.rating.shape
    if callable(merit) or (method == "jackknife" and not single):
        if method != "jackknife":
            raise ConfigError(f"a figure of merit of your own has no {method} covariance: choose jackknife")
        value, matrix = _leave_one_out(study, merit, threshold)
        return value.reshape(t, r), matrix.reshape(t, r, t, r), study.patients
    parts = contributions(study, merit, threshold)
    positive, negative = parts.positive.reshape(t * r, -1), parts.negative.reshape(t * r, -1)
    if method == "unbiased" and not single:
        raise ConfigError("unbiased covariances take one case a patient: choose jackknife or delong for several")
    if method == "jackknife":
        matrix = _jackknife(positive, negative)
    elif method == "unbiased" and merit == "auc":
        matrix = _unbiased(study.rating.reshape(t * r, c), study.truth)
    else:
        matrix = _delong(positive, negative, study.patient[study.truth], study.patient[~study.truth])
    return parts.value, matrix.reshape(t, r, t, r), study.patients


def _jackknife(positive: Float, negative: Float) -> Float:
    """In closed form: leaving out a case moves a mean by its deviation over one less than the count."""
    m, n = positive.shape[1], negative.shape[1]
    moved = np.concatenate([positive / max(m - 1, 1), negative / max(n - 1, 1)], axis=1)
    matrix: Float = (m + n - 1) / (m + n) * (moved @ moved.T)
    return matrix


def _leave_one_out(study: Study, merit: Merit, threshold: float | None) -> tuple[Float, Float]:
    t, r, c = study.rating.shape
    rating = study.rating.reshape(t * r, c)
    _, owner = np.unique(study.patient, return_inverse=True)
    count = int(owner.max()) + 1
    without = np.array(
        [values(rating[:, owner != one], study.truth[owner != one], merit, threshold) for one in range(count)]
    )
    moved = without - without.mean(axis=0)
    return values(rating, study.truth, merit, threshold), (count - 1) / count * (moved.T @ moved)


def _delong(
    positive: Float, negative: Float, owner_positive: NDArray[np.str_], owner_negative: NDArray[np.str_]
) -> Float:
    """Sums over patients; with one case a patient this is DeLong's sample covariance over the number of cases."""
    m, n = positive.shape[1], negative.shape[1]
    _, owner = np.unique(np.concatenate([owner_positive, owner_negative]), return_inverse=True)
    patients = int(owner.max()) + 1
    a, b = _sums(positive, owner[:m], patients), _sums(negative, owner[m:], patients)
    with_positive, with_negative = np.unique(owner[:m]).size, np.unique(owner[m:]).size
    matrix = np.zeros((len(positive), len(positive)))
    if with_positive > 1:
        matrix += with_positive / (with_positive - 1) * (a @ a.T) / m**2
    if with_negative > 1:
        matrix += with_negative / (with_negative - 1) * (b @ b.T) / n**2
    if m and n:
        across = patients / (patients - 1) * (a @ b.T) / (m * n)
        matrix += across + across.T
    return matrix


def _sums(parts: Float, owner: NDArray[np.intp], patients: int) -> Float:
    total = np.zeros((patients, len(parts)))
    np.add.at(total, owner, parts.T)
    return total.T


def _unbiased(rating: Float, truth: NDArray[np.bool_]) -> Float:
    """Covariance of AUCs from products over pairs that share both cases, one case, the other case, or none."""
    value, positive, negative = contribution_rows(rating, truth, "auc", None)
    m, n = positive.shape[1], negative.shape[1]
    below, above = (positive + value[:, None]) * n, (negative + value[:, None]) * m
    both = _products(rating[:, truth], rating[:, ~truth])
    same_positive, same_negative = below @ below.T, above @ above.T
    total = np.outer(value, value) * (m * n) ** 2
    none = (total - same_positive - same_negative + both) / (m * n * (m - 1) * (n - 1))
    # The square of the mean holds all products, the square of the expectation only those that share no case.
    matrix: Float = total / (m * n) ** 2 - none
    return matrix


def _products(positive: Float, negative: Float) -> Float:
    """Sum over all pairs of cases of the product of two rows' comparisons: (k, k)."""
    k, m = positive.shape
    step = max(1, _AT_ONCE // max(1, k * negative.shape[1]))
    total = np.zeros((k, k))
    for begin in range(0, m, step):
        some = positive[:, begin : begin + step, None]
        won = ((some > negative[:, None, :]) + 0.5 * (some == negative[:, None, :])).reshape(k, -1)
        total += won @ won.T
    return total
