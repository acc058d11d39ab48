"""Maximum likelihood of the true class and of each reader's error rates, from reads alone (Dawid and Skene 1979)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError

__all__ = ["Fit", "fit_dawid_skene"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What expectation maximisation ended at.

    `posterior` (films, classes): chance of each class given the reads, NaN for a film without any. `marginals`
    (classes,). `confusion` (readers, classes, classes): chance that a reader says the column where the row is true; a row
    is NaN where the reader saw no such film. `log_likelihood` without the multinomial constants, as the paper has it.
    """

    posterior: Float
    marginals: Float
    confusion: Float
    log_likelihood: float
    iterations: int
    converged: bool


def fit_dawid_skene(counts: Float, *, tolerance: float = 1e-13, limit: int = 5000, smoothing: float = 0.0) -> Fit:
    """Fit the model to counts of answers.

    A reader's repeated reads of one film are several draws from that reader's one row of error rates, as the paper has
    it: they belong in the counts of that reader, and entering them as separate workers is another model with other
    answers. Readers are taken to err independently of each other given the true class; where they see the same trap,
    the posterior is surer than it should be.

    Parameters
    ----------
    counts
        (films, readers, classes) how often each reader gave each answer.
    tolerance
        Stop when no film's belief in any class moves by more than this.
    limit
        Most iterations.
    smoothing
        Added to every cell of the error rates' counts; 0 is the paper's.

    Raises
    ------
    DataError
        With fewer than three readers: then the model is not identified.
    ConfigError
        If a setting is out of range.
    """
    if counts.ndim != 3 or not (counts >= 0).all():
        raise DataError(f"counts of answers are (films, readers, classes), zero or more, not {counts.shape}")
    if (counts.sum(axis=(0, 2)) > 0).sum() < 3:
        raise DataError("Dawid-Skene needs three readers or more: with fewer, many error rates explain the reads alike")
    if limit < 1 or tolerance <= 0 or smoothing < 0:
        raise ConfigError("Dawid-Skene: limit is 1 or more, tolerance above 0, smoothing 0 or more")
    read = counts.sum(axis=(1, 2)) > 0
    n = counts[read]
    posterior = n.sum(axis=1) / n.sum(axis=(1, 2))[:, None]
    likelihood, iterations, converged = float("nan"), 0, False
    marginals, confusion = _maximise(posterior, n, smoothing)
    for iterations in range(1, limit + 1):  # noqa: B007  # the last one is reported
        before = posterior
        posterior, likelihood = _expect(n, marginals, confusion)
        marginals, confusion = _maximise(posterior, n, smoothing)
        converged = float(np.abs(posterior - before).max()) < tolerance
        if converged:
            break
    whole = np.full((len(counts), counts.shape[2]), np.nan)
    whole[read] = posterior
    return Fit(whole, marginals, confusion, likelihood, iterations, bool(converged))


def _maximise(posterior: Float, n: Float, smoothing: float) -> tuple[Float, Float]:
    """Equations 2.3 and 2.4 of the paper: error rates and marginals from the present belief."""
    cells = np.einsum("ij,ikl->kjl", posterior, n) + smoothing
    rows = cells.sum(axis=2, keepdims=True)
    confusion = np.divide(cells, rows, out=np.full_like(cells, np.nan), where=rows > 0)
    return posterior.mean(axis=0), confusion


def _expect(n: Float, marginals: Float, confusion: Float) -> tuple[Float, float]:
    """Equation 2.5: the belief from error rates and marginals, on the logarithm; and the log-likelihood."""
    with np.errstate(divide="ignore"):
        chance = np.log(np.where(np.isnan(confusion), 1.0, confusion))  # a row nobody filled says nothing
        prior = np.log(marginals)
    # A count of 0 adds nothing, also where the chance is 0: 0 * -inf is no number.
    said = np.where(np.isneginf(chance), 0.0, chance)
    never = np.isneginf(chance).astype(np.float64)
    evidence = prior + np.einsum("ikl,kjl->ij", n, said)
    evidence = np.where(np.einsum("ikl,kjl->ij", n, never) > 0, -np.inf, evidence)
    top = evidence.max(axis=1, keepdims=True)
    weight = np.exp(evidence - top)
    total = weight.sum(axis=1, keepdims=True)
    posterior: Float = weight / total
    return posterior, float((np.log(total) + top).sum())
