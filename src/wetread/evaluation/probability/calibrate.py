"""Fit the map from score to probability on films that the network was not fitted on."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from wetread.calibration import Calibration
from wetread.errors import DataError

__all__ = ["calibrate"]

_EDGE = 1e-7
# Largest slope of the mean log-likelihood at its maximum: the mean probability is then within this of the prevalence.
_FLAT = 1e-4


def calibrate(scores: ArrayLike, labels: ArrayLike) -> Calibration:
    """Logistic recalibration on the score's log-odds, by maximum likelihood (Platt 1999; Cox 1958).

    Parameters
    ----------
    scores
        (n,) in [0, 1], from networks that did not see these films (out of fold).
    labels
        (n,) 0 or 1, both present.

    Returns
    -------
    Calibration at the sample's own prevalence.

    Raises
    ------
    DataError
        With one class only; where the score is the same for all films, or falls as the label rises: then there is
        nothing to calibrate; or where it parts the classes without error: then no slope is the likeliest.
    """
    s, y = _checked(scores, labels)
    clipped = np.clip(s, _EDGE, 1 - _EDGE)
    log_odds = np.log(clipped / (1 - clipped))

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        z = parameters[0] * log_odds + parameters[1]
        error = 1 / (1 + np.exp(-np.clip(z, -50, 50))) - y
        return float(np.mean(np.logaddexp(0, z) - y * z)), np.array([np.mean(error * log_odds), np.mean(error)])

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS")
    slope, intercept = (float(value) for value in found.x)
    if slope <= 0:
        raise DataError(f"the score does not rise with the label (slope {slope:.2f}): it holds nothing to calibrate")
    if np.abs(loss(found.x)[1]).max() > _FLAT:
        raise DataError(f"calibration of {y.size} films did not settle: {found.message}")
    return Calibration(slope=slope, intercept=intercept, prevalence=float(y.mean()))


def _checked(scores: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    s, y = np.asarray(scores, np.float64), np.asarray(labels, np.float64)
    if s.ndim != 1 or not s.size or s.shape != y.shape or not np.isfinite(s).all() or not np.isin(y, (0, 1)).all():
        raise DataError("calibration needs one finite score and one label of 0 or 1 for each film")
    if s.min() < 0 or s.max() > 1:
        raise DataError(f"calibration needs scores in [0, 1], not in [{s.min():.3g}, {s.max():.3g}]: apply the sigmoid")
    if y.min() == y.max():
        raise DataError(f"calibration needs both classes; all {y.size} labels are {int(y.max())}")
    if s.min() == s.max():
        raise DataError(f"all {s.size} scores are the same ({s[0]:.3g}): they hold nothing to calibrate")
    if s[y == 1].min() > s[y == 0].max():
        raise DataError(
            f"the score puts every positive above every negative of {s.size} films: no slope is the likeliest. "
            "Calibrate on more films."
        )
    return s, y
